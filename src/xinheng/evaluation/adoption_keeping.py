"""Acts on models and their reports are written once, each table bound in one piece by the event it came with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence

DECIDED, REPORTED = "evaluation.decided", "evaluation.reported"
BOUND = {
    "evaluation_adoption": (
        "id", "model", "version", "digest", "act", "reason", "basis", "report_id", "by", "done_on",
    ),
    "evaluation_report": ("id", "model", "version", "digest", "made_on", "position", "body", "by"),
}  # fmt: skip


def write(event: evidence.OpenEvent, table: str, row: tuple[Any, ...]) -> int:
    """Writes one row (without its id) inside `event` and binds it; returns the id."""
    event.count(1)
    made = [(event.row_id(0), *(_plain(cell) for cell in row))]
    evidence.insert_rows(table, BOUND[table], made)
    event.detail["evaluation"] = {table: [1, evidence.rows_digest(made)]}
    return event.row_id(0)


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, and rows only one of the two knows."""
    told: dict[str, dict[int, list[Any]]] = {table: {} for table in BOUND}
    for entry in evidence.events(kinds=(DECIDED, REPORTED)):
        for table, bound in entry.body["detail"].get("evaluation", {}).items():
            told.setdefault(table, {})[entry.id] = bound
    for table, columns in BOUND.items():
        yield from _table(table, columns, told[table])


def _table(table: str, columns: Sequence[str], told: dict[int, list[Any]]) -> Iterator[evidence.Finding]:
    names = ", ".join(f'"{name}"' for name in columns)
    stored: dict[int, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" ORDER BY id')
        while rows := cursor.fetchmany(500):
            for row in rows:
                stored.setdefault(evidence.event_of(row[0]), []).append(tuple(_plain(cell) for cell in row))
    for event, (count, digest) in told.items():
        rows = stored.pop(event, [])
        if len(rows) != count or evidence.rows_digest(rows) != digest:
            yield evidence.Finding("evaluation-row", f"{table} 中随第 {event} 笔写入的行与账本不符")
    for event in stored:
        yield evidence.Finding("evaluation-row", f"{table} 中有账本第 {event} 笔没有记过的行")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
