"""The one family of failures a caller may show to a person.

Each failure has a stable ``code`` for programs, a Chinese ``message`` that says what is wrong and what to do,
and the ``exit`` status a command ends with: 2 wrong use, 3 refused by law or permission, 4 internal failure.
A message never quotes personal data: it may reach a log, a receipt or a page.
"""

from __future__ import annotations

__all__ = ["InternalFailure", "Refused", "WrongUse", "XinhengError"]


class XinhengError(Exception):
    """Base of every failure of this project; the rooms derive their own in their ``errors.py``.

    A subclass sets ``code`` and ``exit`` as class attributes; one raise may give a narrower ``code``.
    """

    code: str = "internal"
    exit: int = 4

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return self.message


class WrongUse(XinhengError):
    """The caller gave something that cannot be right: an argument, a value, a file."""

    code = "wrong-use"
    exit = 2


class Refused(XinhengError):
    """Law or permission does not allow the act."""

    code = "refused"
    exit = 3


class InternalFailure(XinhengError):
    """Our own fault: a broken invariant, a missing part, a damaged store."""

    code = "internal"
    exit = 4
