"""What the records room refuses."""

from __future__ import annotations

from xinheng.kernel.errors import XinhengError


class NoSuchStatement(XinhengError):
    """A statement id that is not on file (or was erased)."""

    code = "no-such-statement"
    exit = 2


class NotStanding(XinhengError):
    """An act on a statement that no longer stands."""

    code = "not-standing"
    exit = 3


class NotTheAuthority(XinhengError):
    """Someone else than the deciding authority acts on its decision."""

    code = "not-the-authority"
    exit = 3
