"""Failures of the checks room."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class PurposeRefused(Refused):
    """What is not public was asked for without a purpose, or with one that does not fit role or matter. Recorded.

    `number` is the evidence number of the refusal.
    """

    code = "purpose-refused"
    number = ""


class MatterUnknown(WrongUse):
    """The matter asked for is not in the directory of matters."""

    code = "matter-unknown"


class MatterNotYours(Refused):
    """A unit or a client asks for a matter that is not its own. Recorded like a refused purpose."""

    code = "matter-not-yours"
    number = ""


class TooManyCodes(WrongUse):
    """A batch holds more than 10,000 codes, or none."""

    code = "too-many-codes"


class CheckUnknown(Refused):
    """There is no check of this number, or it is not the reader's."""

    code = "check-unknown"


class NotSealedYet(Refused):
    """A proof was asked for a check that has not been sealed into the ledger yet."""

    code = "check-not-sealed"


class NotDeferred(Refused):
    """A check that is not deferred was to be released."""

    code = "check-not-deferred"


class CodeUnreadable(WrongUse):
    """What was asked about is no code of an organisation: nothing, words, a person's number. Nothing is written down.

    `code` is "code-unreadable" or "personal-number".
    """

    code = "code-unreadable"
