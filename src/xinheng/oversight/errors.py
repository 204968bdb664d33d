"""What the quality mirror refuses."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class BadPeriod(WrongUse):
    """Not a week, month or quarter."""

    code = "bad-period"


class PeriodNotOver(Refused):
    """A bulletin is issued when its period is over; a draft may be looked at before."""

    code = "period-not-over"


class NoSuchBulletin(WrongUse):
    """No bulletin of that number."""

    code = "no-such-bulletin"


class NoSuchOrder(WrongUse):
    """No supervision order of that number."""

    code = "no-such-order"


class NoSuchFinding(WrongUse):
    """No finding of that number."""

    code = "no-such-finding"


class StepRefused(Refused):
    """The step does not follow from where the matter stands, or lacks its reason."""

    code = "step-refused"


class NothingToSupervise(Refused):
    """An order needs something that is overdue."""

    code = "nothing-to-supervise"


class ListUnreadable(WrongUse):
    """A list from another face that cannot be read as one."""

    code = "list-unreadable"
