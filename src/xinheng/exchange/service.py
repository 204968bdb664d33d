"""The door of the exchange room: what goes up, what was answered, and the four times kept apart.

Decided is on the document, received is when this platform got it, sent and accepted are kept here. The full exchange
with acknowledgements and daily reconciliation is a later release.
"""

from __future__ import annotations

from xinheng.exchange.answering import Answers, Rejected, answered, rejected
from xinheng.exchange.errors import AnswersUnreadable, OnlySimulated, UnknownDestination
from xinheng.exchange.passing import DESTINATIONS, Sending, Times, outgoing, sent, times
from xinheng.exchange.simulating import simulate

__all__ = [
    "DESTINATIONS",
    "Answers",
    "AnswersUnreadable",
    "OnlySimulated",
    "Rejected",
    "Sending",
    "Times",
    "UnknownDestination",
    "answered",
    "outgoing",
    "rejected",
    "sent",
    "simulate",
    "times",
]
