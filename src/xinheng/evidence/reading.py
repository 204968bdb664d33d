"""Reading the ledger: positions, days, events, and the leaves behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from xinheng.evidence.append import SHANGHAI, header, instant_of, microseconds
from xinheng.evidence.models import Event, Head
from xinheng.kernel.leaf import event_leaf

# Gives (event_id, leaf) of every statement of these events, ordered by event and ordinal
LeafSource = Callable[[Sequence[int]], Iterator[tuple[int, bytes]]]
_leaf_source: list[LeafSource] = []


def register_leaf_source(source: LeafSource) -> None:
    """The room that keeps statements tells the ledger where their leaves are."""
    _leaf_source[:] = [source]


@dataclass(frozen=True)
class Entry:
    """One ledger entry as read back."""

    id: int
    first_leaf: int
    leaves: int
    at: datetime
    kind: str
    body: dict[str, Any]
    leaf: bytes

    @property
    def first_row(self) -> int:
        """The id of the first row written in this event."""
        return self.id << 15

    @property
    def position(self) -> int:
        """Known time: the size of the tree once this entry is in."""
        return self.first_leaf + self.leaves + 1


def entry(row: Event) -> Entry:
    """An event row with its body read."""
    return Entry(
        row.id, row.first_leaf, row.leaves, instant_of(row.instant), row.kind, json.loads(bytes(row.body)),
        bytes(row.leaf),
    )  # fmt: skip


def size() -> int:
    """The number of leaves in the tree: the present known time."""
    head = Head.objects.filter(id=1).first()
    return head.size if head else 0


def last_day() -> date | None:
    """The Shanghai day of the last entry, or None for an empty ledger."""
    head = Head.objects.filter(id=1, size__gt=0).first()
    return instant_of(head.instant).astimezone(SHANGHAI).date() if head else None


def position_on(day: date) -> int:
    """What was known on a day: the last position of that Shanghai day (0 before the first entry)."""
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)
    last = (
        Event.objects.filter(instant__lt=microseconds(end))
        .order_by("-instant", "-first_leaf")
        .values_list("first_leaf", "leaves")
        .first()
    )
    return last[0] + last[1] + 1 if last else 0


def first_row_since(day: date) -> int:
    """The least id that a row written on a Shanghai day or later can have: ids follow the events, events the clock."""
    start = datetime.combine(day, time(), tzinfo=SHANGHAI)
    found = (
        Event.objects.filter(instant__gte=microseconds(start))
        .order_by("instant", "first_leaf")
        .values_list("id", flat=True)
        .first()
    )
    return (found << 15) if found is not None else 1 << 62


def events(*, after: int = 0, kinds: Sequence[str] = (), limit: int | None = None) -> list[Entry]:
    """Entries from position `after` on, in ledger order."""
    rows = Event.objects.filter(first_leaf__gte=after).order_by("first_leaf")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [entry(row) for row in (rows[:limit] if limit else rows)]


def latest(
    *, before: int | None = None, since: int = 0, kinds: Sequence[str] = (), limit: int
) -> list[Entry]:
    """The newest entries first: those that begin before leaf `before` and not before leaf `since`."""
    rows = Event.objects.filter(first_leaf__gte=since).order_by("-first_leaf")
    if before is not None:
        rows = rows.filter(first_leaf__lt=before)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [entry(row) for row in rows[:limit]]


def not_before_the_ledger(at: datetime) -> datetime:
    """`at`, or the newest entry's instant where that is later on the same legal day.

    In a sandbox of one fixed day the clock's hour goes back past midnight, and no paper or status may say an earlier
    instant than what it speaks of. A day before the ledger's stays what it is: writing on it is refused.
    """
    newest = next(iter(latest(limit=1)), None)
    if newest is None or newest.at.astimezone(SHANGHAI).date() != at.astimezone(SHANGHAI).date():
        return at
    return max(at, newest.at)


def kinds() -> list[str]:
    """Every kind of act this ledger holds, in alphabetical order."""
    found: list[str] = []
    last = ""
    # From one kind to the next along the index: tens of steps, however long the ledger is
    while row := Event.objects.filter(kind__gt=last).order_by("kind").values_list("kind", flat=True).first():
        found.append(last := row)
    return found


def event(event_id: int) -> Entry:
    """One entry by the id that rows carry."""
    return entry(Event.objects.get(id=event_id))


def opening(event_id: int) -> tuple[bytes, bytes]:
    """What opens an entry's leaf to a stranger: its salt, and its header with its body (`kernel.leaf.event_leaf`)."""
    row = Event.objects.get(id=event_id)
    bound = header(
        id=row.id, first_leaf=row.first_leaf, leaves=row.leaves, instant=row.instant, kind=row.kind
    )
    return bytes(row.salt), bound + bytes(row.body)


def spans(event_ids: Sequence[int]) -> dict[int, tuple[int, int, datetime]]:
    """For many events at once: first leaf, position, instant."""
    rows = Event.objects.filter(id__in=set(event_ids)).values_list("id", "first_leaf", "leaves", "instant")
    return {row[0]: (row[1], row[1] + row[2] + 1, instant_of(row[3])) for row in rows}


def leaves(first: int, last: int) -> Iterator[bytes]:
    """The committed leaves (32 bytes each) of positions first … last-1, which must fall on event boundaries."""
    rows = list(
        Event.objects.filter(first_leaf__gte=first, first_leaf__lt=last)
        .order_by("first_leaf")
        .values_list("id", "leaves", "leaf")
    )
    for start in range(0, len(rows), 64):
        part = rows[start : start + 64]
        wanted = [event_id for event_id, count, _ in part if count]
        found: dict[int, list[bytes]] = {}
        if wanted:
            for event_id, leaf in _leaf_source[0](wanted):
                found.setdefault(event_id, []).append(leaf)
        for event_id, _, own in part:
            yield from found.get(event_id, ())
            yield bytes(own)


def own_leaf(row: Event) -> bytes:
    """The leaf an event must have, recomputed from all its columns."""
    bound = header(
        id=row.id, first_leaf=row.first_leaf, leaves=row.leaves, instant=row.instant, kind=row.kind
    )
    return event_leaf(bytes(row.salt), bound + bytes(row.body))


def known_events_sql(position: int) -> str:
    """SQL text giving the ids of events known at `position`; an integer goes in, nothing from outside."""
    return f"(SELECT id FROM evidence_event WHERE first_leaf + leaves < {int(position)})"


def database_integrity() -> list[str]:
    """What the database's own check says; empty when it is content."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check(20)")
            return [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("SELECT datname, checksum_failures FROM pg_stat_database WHERE checksum_failures > 0")
        return [f"{name}: {count} pages fail their checksum" for name, count in cursor.fetchall()]
