"""Rows that state something are written once, each table bound in one piece by the event it came with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence

SWEPT, WATCHED, UNWATCHED = "lists.swept", "lists.watched", "lists.unwatched"
BOUND = {
    "lists_round": ("id", "statement_id", "sort", "since"),
    "lists_watch": ("id", "body", "uscc", "reason", "basis", "sector", "by", "since", "until"),
    "lists_watchend": ("id", "watch_id", "ended_on", "reason", "by"),
}


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Writes rows (without their ids) of a table inside `event`, once for each table and event; returns the ids."""
    if not rows:
        return []
    bound = event.detail.setdefault("lists", {})
    if table in bound:
        raise ValueError("one event binds the rows of a table in one piece")
    event.count(len(rows))
    made = [(event.row_id(place), *(_plain(cell) for cell in row)) for place, row in enumerate(rows)]
    evidence.insert_rows(table, BOUND[table], made)
    bound[table] = [len(made), evidence.rows_digest(made)]
    return [row[0] for row in made]


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, rows it never heard of, and entries that differ from their statements."""
    from xinheng.lists import following

    told: dict[str, dict[int, list[Any]]] = {table: {} for table in BOUND}
    for entry in evidence.events(kinds=(SWEPT, WATCHED, UNWATCHED)):
        for table, bound in entry.body["detail"].get("lists", {}).items():
            told.setdefault(table, {})[entry.id] = bound
    for table, columns in BOUND.items():
        yield from _table(table, columns, told[table])
    yield from (evidence.Finding("lists-entry", fault) for fault in following.faults())


def _table(table: str, columns: Sequence[str], told: dict[int, list[Any]]) -> Iterator[evidence.Finding]:
    names = ", ".join(f'"{name}"' for name in columns)
    stored: dict[int, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" ORDER BY id')
        while rows := cursor.fetchmany(5_000):
            for row in rows:
                stored.setdefault(evidence.event_of(row[0]), []).append(tuple(_plain(cell) for cell in row))
    for event, (count, digest) in told.items():
        rows = stored.pop(event, [])
        if len(rows) != count or evidence.rows_digest(rows) != digest:
            yield evidence.Finding("lists-row", f"{table} 中随第 {event} 笔写入的行与账本不符")
    for event in stored:
        yield evidence.Finding("lists-row", f"{table} 中有账本第 {event} 笔没有记过的行")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
