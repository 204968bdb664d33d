"""What the engine refuses. Every message says what, where and what to do, and quotes nobody's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.kernel.errors import InternalFailure, Refused, WrongUse

if TYPE_CHECKING:
    from xinheng.cases.types import Case


class NoSuchCase(WrongUse):
    """No case of that number, or none this reader may know of: the two answers are the same on purpose."""

    code = "no-such-case"


class NoSuchDocument(WrongUse):
    """No document or attachment of that name in a case this reader may know of."""

    code = "no-such-document"


class CaseMovedOn(Refused):
    """Somebody acted since this page was made. `case` is how it stands now; the faces answer 409 with the steps since."""

    code = "case-moved-on"

    def __init__(self, message: str, *, case: Case | None = None) -> None:
        super().__init__(message)
        self.case = case
        self.number = case.number if case else ""


class NotPossible(Refused):
    """The kind knows no such step from the state the case is in."""

    code = "case-step-not-possible"


class NotYours(Refused):
    """Another one has to act: the step belongs to another desk, body or account."""

    code = "case-not-yours"


class Needed(WrongUse):
    """A reason, an attachment, the changes or another thing the step needs is missing."""

    code = "case-needs"


class AttachmentRefused(WrongUse):
    """A file of another type, too large, or too many."""

    code = "case-attachment"


class OpenedWrong(WrongUse):
    """A case without a body that could handle it, or with values the kind does not know."""

    code = "case-opened-wrong"


class EffectMissing(InternalFailure):
    """The pack names an effect that no room offers: nothing was done."""

    code = "case-effect-missing"
