"""Failures of stamped batch requests."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class RequestIncomplete(WrongUse):
    """A request lacks something it must say, or holds no code that can be asked about."""

    code = "request-incomplete"


class LetterRefused(WrongUse):
    """The scanned letter cannot be kept, or is not there."""

    code = "letter-refused"


class RequestUnknown(WrongUse):
    """There is no request of this number, or it is another unit's."""

    code = "no-such-request"


class RequestMovedOn(Refused):
    """The request is no longer where the step begins: somebody came first."""

    code = "request-moved-on"


class FourEyes(Refused):
    """Who sent a request may not approve it."""

    code = "request-four-eyes"
