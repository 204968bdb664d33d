"""What the notices room refuses."""

from __future__ import annotations

from xinheng.kernel.errors import InternalFailure, WrongUse


class NoSuchNotice(WrongUse):
    """No notice of that number for this organisation."""

    code = "no-such-notice"


class BadMailAddress(WrongUse):
    """The address of the mail server cannot be read."""

    code = "notices.smtp-url"


class BadTemplates(InternalFailure):
    """The words of the notices are incomplete."""

    code = "notices.templates"
