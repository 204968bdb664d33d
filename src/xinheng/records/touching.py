"""Telling rooms above which organisations an act touches, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db import connection

from xinheng.evidence import service as evidence

Listener = Callable[[evidence.OpenEvent, Sequence[str]], None]
_listeners: dict[str, Listener] = {}
_CHUNK = 5_000


def register_touched(room: str, listener: Listener) -> None:
    """`listener` hears the codes whose statements, standing or marks an event changes, before the event commits.

    It may be called several times for one event and with the same code again.
    """
    _listeners[room] = listener


def touched(event: evidence.OpenEvent, usccs: Sequence[str]) -> None:
    """These organisations' statements, standing or marks change in `event`."""
    if usccs:
        for listener in _listeners.values():
            listener(event, usccs)


def touched_statements(event: evidence.OpenEvent, statement_ids: Iterable[int]) -> None:
    """The same, told by statements."""
    wanted = sorted(set(statement_ids))
    for start in range(0, len(wanted), _CHUNK):
        numbers = ", ".join(str(int(value)) for value in wanted[start : start + _CHUNK])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT uscc FROM records_statement WHERE id IN ({numbers})")
            touched(event, [row[0] for row in cursor.fetchall() if row[0]])
