"""What remedies refuse, and why. Each text says what to do."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class NoSuchEntry(WrongUse):
    """There is no such statement, or this actor may not see it."""

    code = "no-such-entry"


class NotYours(Refused):
    """The entry is another organisation's."""

    code = "not-yours"


class FieldUnknown(WrongUse):
    """The item has no such field, or it is not one that can be objected to."""

    code = "unknown-field"


class ReasonMissing(WrongUse):
    """An objection or an application without a reason."""

    code = "reason-missing"


class AlreadyOpen(Refused):
    """The same is asked already in a case that is open."""

    code = "case-open-already"


class EntryEnded(Refused):
    """The entry is no longer held: nothing is left to object to or to repair."""

    code = "entry-ended"


class NotRepairable(Refused):
    """No provision lets this entry be repaired in this way."""

    code = "not-repairable"


class TooEarly(Refused):
    """Before the first day on which repair may be asked for; the text names the day."""

    code = "repair-too-early"


class MaterialMissing(WrongUse):
    """The commitment or another material is missing."""

    code = "material-missing"


class NoProvisionAdopted(Refused):
    """The act needs an adopted provision, and there is none."""

    code = "no-provision-adopted"


class OnlySimulated(Refused):
    """The simulated exchange works in a sandbox only."""

    code = "only-simulated"


class PushUnreadable(WrongUse):
    """The file of pushed cases lacks columns or cannot be read."""

    code = "push-unreadable"


class NoticeIncomplete(WrongUse):
    """A value is missing without which a repair notice cannot be written."""

    code = "notice-incomplete"


class NotOwnCopy(Refused):
    """What the platform may not correct by itself: its copy says what the source sent, or other content is asked for."""

    code = "not-own-copy"


class RulingUnreadable(WrongUse):
    """A court's ruling that is not named by its case number."""

    code = "ruling-unreadable"


class ReceivedWrong(WrongUse):
    """A day of receipt that lies ahead, or too far back."""

    code = "received-wrong"


class ServiceRefused(WrongUse):
    """A day or manner of service that cannot be right."""

    code = "service-refused"


class WrongWindow(Refused):
    """Repair is asked for at another window; the text names it."""

    code = "wrong-window"
