"""What the register refuses, and what to do about it."""

from __future__ import annotations

from xinheng.kernel.errors import XinhengError


class FileUnreadable(XinhengError):
    """The file is not a CSV or XLSX file that can be read."""

    code = "register.file-unreadable"
    exit = 2


class ColumnsMissing(XinhengError):
    """No row of the file names the two columns without which nothing can be registered."""

    code = "register.columns-missing"
    exit = 2
