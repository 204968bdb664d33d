"""A source that does not answer: the mark stays, and rooms above are told inside the transaction that declares it."""

from __future__ import annotations

from collections.abc import Callable

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.remedies.types import Silent

Handler = Callable[[evidence.OpenEvent, list[Silent]], None]
KINDS = ("objection", "repair")
OFFICE, SUBJECT = "office", "subject"
_handlers: list[Handler] = []


def on_silence(handler: Handler) -> None:
    """Registers who is told when bodies did not answer in time: (event, silent cases), in the same transaction."""
    if handler not in _handlers:
        _handlers.append(handler)


def register() -> None:
    """Listens to the sweep of the case engine."""
    for kind in KINDS:
        cases.register_overdue(kind, tell)


def tell(event: evidence.OpenEvent, overdue: list[cases.OverdueCase]) -> None:
    """Tells of the cases in which a body is late. The platform's own lateness is in the public figures; an
    organisation that does not answer harms only itself."""
    silent = [
        Silent(one.number, one.kind, one.statement, one.uscc, one.late, one.due_on)
        for one in overdue
        if one.late not in (OFFICE, SUBJECT, "")
    ]
    if silent:
        for handler in _handlers:
            handler(event, silent)
