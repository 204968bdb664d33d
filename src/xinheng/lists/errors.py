"""What the room of lists refuses, and why. Each text says what to do."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class UnknownList(WrongUse):
    """The pack has no such kind of list."""

    code = "unknown-list"


class NoPower(Refused):
    """This unit may not decide a listing of this kind: a credit office lists nobody."""

    code = "list-no-power"


class NoEnd(Refused):
    """The kind of list has no end condition, warning, exits or documents: nothing may be entered on it."""

    code = "list-without-end"


class NotListable(Refused):
    """The organisation cannot be on this kind of list, or is nobody's known code."""

    code = "list-not-listable"


class FactsMissing(WrongUse):
    """A listing without facts, conduct, provision or document."""

    code = "list-facts-missing"


class ListedAlready(Refused):
    """The same fact is being listed, or stands, on the same kind of list."""

    code = "listed-already"


class TooEarly(Refused):
    """A step before its day: a decision before the defence is over, a removal before its first day, an early expiry."""

    code = "list-too-early"


class EndBeyond(WrongUse):
    """A decision that writes an end beyond the kind's stay, before its own day, or none that can be read."""

    code = "list-end-beyond"


class EntryGone(Refused):
    """The entry is no longer on the list: nothing is left to take off."""

    code = "list-entry-gone"


class NotWatchable(Refused):
    """Individual businesses and persons are not watched; nor is what is no organisation."""

    code = "watch-not-possible"


class WatchWrong(WrongUse):
    """A watch without a reason or a basis, or without an end within a year."""

    code = "watch-incomplete"


class NoSuchWatch(WrongUse):
    """This unit has no such watch."""

    code = "no-such-watch"


class Unreadable(WrongUse):
    """A question with a day, a state or a place in a list that is none."""

    code = "list-unreadable"
