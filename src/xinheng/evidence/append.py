"""Appending to the ledger: one transaction, one event, the head row last."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from xinheng.evidence import adoption
from xinheng.evidence.errors import EarlierThanLedger, TooManyRows
from xinheng.evidence.models import Event, Head
from xinheng.kernel.leaf import event_leaf

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_ROWS = 20_000
ORDINAL_BITS = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who does what, when, under which provision and pack, for which purpose."""

    kind: str
    actor: str
    at: datetime
    provision: str = ""
    pack: str = ""
    purpose: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class OpenEvent:
    """An event being written. Rows written in it take their ids from `row_id`; `at` is the instant of its act."""

    id: int
    detail: dict[str, Any]
    leaves: int = 0
    rows: int = 0
    position: int = 0
    at: datetime = _EPOCH

    def row_id(self, ordinal: int) -> int:
        """The id of the row written at `ordinal` (from 0): it carries the event it came with."""
        return self.id << ORDINAL_BITS | ordinal

    def count(self, rows: int) -> None:
        """Counts rows against the 20,000 that one transaction may write."""
        self.rows += rows
        if self.rows > MAX_ROWS:
            raise TooManyRows(f"一个事务最多写 {MAX_ROWS} 行,这里已有 {self.rows} 行:请分批。")


def event_of(row_id: int) -> int:
    """The event a row was written in."""
    return row_id >> ORDINAL_BITS


def row_range(event_id: int) -> tuple[int, int]:
    """Ids of all rows of an event: from, and up to but not including."""
    return event_id << ORDINAL_BITS, (event_id + 1) << ORDINAL_BITS


def row_ranges(event_ids: Iterable[int]) -> list[tuple[int, int]]:
    """`row_range` of many events, those of neighbours made one: as few questions as there are gaps between the ids."""
    ranges: list[tuple[int, int]] = []
    for event_id in sorted(set(event_ids)):
        first, after = row_range(event_id)
        if ranges and ranges[-1][1] == first:
            first = ranges.pop()[0]
        ranges.append((first, after))
    return ranges


def microseconds(at: datetime) -> int:
    """An aware instant as whole microseconds since 1970 UTC."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant_of(stamp: int) -> datetime:
    """The aware UTC instant of a stored stamp."""
    return _EPOCH + timedelta(microseconds=stamp)


def legal_day(at: datetime) -> date:
    """The Shanghai day of an instant: the day the law counts."""
    return at.astimezone(SHANGHAI).date()


def header(*, id: int, first_leaf: int, leaves: int, instant: int, kind: str) -> bytes:
    """What the event's leaf binds beside its body."""
    return f"{id}|{first_leaf}|{leaves}|{instant}|{kind}\n".encode()


@contextmanager
def event(act: Act) -> Iterator[OpenEvent]:
    """Opens a transaction and one event in it; on leaving, locks the head and gives the event its place.

    Everything written inside commits with the event or not at all. Raises `EarlierThanLedger` for an instant on a
    day before the last entry, `TooManyRows` past 20,000 rows.
    """
    with transaction.atomic(durable=True):
        opened = OpenEvent(id=_next_id(), detail=dict(act.detail), at=act.at)
        yield opened
        _close(opened, act)


def _next_id() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval('evidence_event_number')")
        else:
            cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM evidence_event")
        return int(cursor.fetchone()[0])


def _close(opened: OpenEvent, act: Act) -> None:
    head = Head.objects.select_for_update().get_or_create(id=1)[0]
    stamp = microseconds(act.at)
    if legal_day(act.at) < legal_day(instant_of(head.instant)):
        raise EarlierThanLedger(
            f"账本最后一笔记在 {legal_day(instant_of(head.instant))},不能再以更早的 {legal_day(act.at)} 写入。"
            "读取不受影响;请把日期设为不早于最后一笔的那一天。"
        )
    # Two commands in the same sandbox day may run in either order of wall-clock time
    stamp = max(stamp, head.instant)
    body = canonical(
        {
            "actor": act.actor,
            "provision": act.provision,
            "pack": act.pack,
            "purpose": act.purpose,
            "detail": opened.detail,
        }
    )
    salt = os.urandom(32)
    bound = header(id=opened.id, first_leaf=head.size, leaves=opened.leaves, instant=stamp, kind=act.kind)
    Event.objects.create(
        id=opened.id,
        first_leaf=head.size,
        leaves=opened.leaves,
        instant=stamp,
        kind=act.kind,
        body=body,
        salt=salt,
        leaf=event_leaf(salt, bound + body),
    )
    opened.position = head.size + opened.leaves + 1
    Head.objects.filter(id=1).update(size=opened.position, instant=stamp)
    if act.kind in adoption.SETTLING:
        adoption.forget()


def canonical(value: Any) -> bytes:
    """JSON with one spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def lock(name: str) -> None:
    """Serialises writers that must not decide at the same time (PostgreSQL; SQLite has one writer anyway)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
