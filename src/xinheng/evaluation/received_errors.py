"""What goes wrong with findings about received results and with warnings, each with a stable code."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class NoSuchFinding(WrongUse):
    """No finding of that number is open to this unit."""

    code = "no-such-finding"


class FindingOver(Refused):
    """The finding was answered, or is no more."""

    code = "evaluation.finding-over"


class NotTheSector(Refused):
    """Only the authority that made the sector's result answers."""

    code = "evaluation.not-the-sector"


class UnknownOutcome(WrongUse):
    """An answer that is none of those there are."""

    code = "evaluation.unknown-outcome"


class UnknownWarning(WrongUse):
    """No rule of warning has that code, or the page marker is wrong."""

    code = "evaluation.unknown-warning"
