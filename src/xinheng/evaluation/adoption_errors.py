"""What adopting and publishing a model refuses."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class NotThisStep(WrongUse):
    """The act does not fit the state the model is in."""

    code = "evaluation.not-this-step"


class OneAccountTwice(Refused):
    """Whoever proposed may not confirm: another account of the office has to."""

    code = "evaluation.four-eyes"


class NotAdoptable(Refused):
    """This model may not be adopted: a simulation, not in force, faulty, or without a report."""

    code = "evaluation.not-adoptable"


class NoBasisToPublish(Refused):
    """Nothing of what it names allows publication."""

    code = "evaluation.no-basis-to-publish"


class NoReason(WrongUse):
    """An act without a reason, or with one too long."""

    code = "evaluation.no-reason"


class UnknownReport(WrongUse):
    """No report of this number."""

    code = "no-such-report"


class TooLargeForAPage(Refused):
    """A report on this many statements is made by the command, not by a page."""

    code = "evaluation.too-large-for-a-page"
