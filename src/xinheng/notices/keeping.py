"""Rows of this room are written once, each bound by the entry it came with; what a letter's state is follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence

COLLECTED, CLAIMED, DELIVERED, OPENED = (
    "notices.collected", "notices.claimed", "notices.delivered", "notices.opened",
)  # fmt: skip
# Notices of a case, and warnings of lists, are written in their own event
CASE_KINDS = (
    "cases.opened",
    "cases.acted",
    "cases.overdue",
    "cases.moved",
    "cases.reassigned",
    "cases.served",
    "lists.swept",
)
BOUND = {
    "notices_notice": ("id", "statement_id", "kind", "uscc", "case", "step", "about_on", "template", "facts"),
    "notices_delivery": ("id", "notice_id", "account", "language"),
    "notices_attempt": ("id", "delivery_id", "outcome", "reason", "next_at"),
    "notices_opened": ("id", "notice_id", "account"),
}
_MUTABLE = {"notices_delivery": ("state", "attempts", "next_at")}
KEY = "notices"


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Writes rows (without their ids; columns as in `BOUND`, then the changing ones) inside `event`; returns the ids."""
    if not rows:
        return []
    blocks = event.detail.setdefault(KEY, {}).setdefault(table, [])
    first = sum(count for count, _ in blocks)
    event.count(len(rows))
    made = [(event.row_id(first + place), *map(evidence.plain, row)) for place, row in enumerate(rows)]
    width = len(BOUND[table])
    evidence.insert_rows(table, [*BOUND[table], *_MUTABLE.get(table, ())], made)
    blocks.append([len(made), evidence.rows_digest(row[:width] for row in made)])
    return [row[0] for row in made]


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, and letters whose state does not follow from their attempts."""
    told: dict[str, dict[int, list[list[Any]]]] = {table: {} for table in BOUND}
    for entry in evidence.events(kinds=(COLLECTED, CLAIMED, DELIVERED, OPENED, *CASE_KINDS)):
        for table, blocks in entry.body["detail"].get(KEY, {}).items():
            told.setdefault(table, {})[entry.id] = blocks
    for table, columns in BOUND.items():
        yield from _table(table, columns, told[table])
    yield from _letters()


def _table(
    table: str, columns: Sequence[str], told: dict[int, list[list[Any]]]
) -> Iterator[evidence.Finding]:
    for event, rows in evidence.rows_by_event(table, columns):
        if event not in told:
            yield evidence.Finding("notices-row", f"{table} 中有账本第 {event} 笔没有记过的行")
        elif not _hold(rows, told.pop(event)):
            yield evidence.Finding("notices-row", f"{table} 中随第 {event} 笔写入的行与账本不符")
    for event in told:
        yield evidence.Finding("notices-row", f"{table} 中随第 {event} 笔写入的行与账本不符")


def _hold(rows: list[tuple[Any, ...]], blocks: list[list[Any]]) -> bool:
    place = 0
    for count, digest in blocks:
        if evidence.rows_digest(rows[place : place + count]) != digest or len(rows) < place + count:
            return False
        place += count
    return place == len(rows)


def _letters() -> Iterator[evidence.Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT delivery_id, outcome, next_at FROM notices_attempt ORDER BY id")
        last: dict[int, tuple[str, int, int]] = {}
        for delivery, outcome, next_at in cursor.fetchall():
            tried = last.get(delivery, ("", 0, 0))[1] + (outcome == "sending")
            last[delivery] = (outcome, tried, next_at)
        cursor.execute("SELECT id, state, attempts, next_at FROM notices_delivery ORDER BY id")
        for delivery, *state in cursor.fetchall():
            if tuple(state) != last.pop(delivery, ("queued", 0, 0)):
                yield evidence.Finding("notices-state", f"信件 {delivery} 的状态与其投递记录不符")
    for delivery in last:
        yield evidence.Finding("notices-state", f"投递记录提到没有的信件 {delivery}")
