"""What the exchange refuses."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class UnknownDestination(WrongUse):
    """No platform of that name."""

    code = "exchange.unknown-destination"


class AnswersUnreadable(WrongUse):
    """A file of answers without the columns that are needed."""

    code = "exchange.answers-unreadable"


class OnlySimulated(Refused):
    """The simulated upper platform exists in sandboxes only."""

    code = "exchange.sandbox-only"
