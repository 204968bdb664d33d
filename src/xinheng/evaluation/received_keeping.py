"""Findings about received results, each table bound in one piece by the event it came with; and the file of warnings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.home import home

FOUND, ENDED, WARNED = "evaluation.mutual-found", "evaluation.mutual-ended", "evaluation.warned"
BOUND = {
    "evaluation_mutual": ("id", "rule", "first_id", "second_id", "authority", "found_on"),
    "evaluation_mutualend": ("id", "mutual_id", "outcome", "ended_on", "by"),
}


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Writes rows (without their ids) of a table inside `event`, once for each event; returns the ids."""
    event.count(len(rows))
    made = [(event.row_id(place), *(_plain(cell) for cell in row)) for place, row in enumerate(rows)]
    evidence.insert_rows(table, BOUND[table], made)
    event.detail["evaluation"] = {table: [len(made), evidence.rows_digest(made)]}
    return [row[0] for row in made]


def warnings_folder() -> Path:
    """Where the list of warnings lies: one file, of the last round. Derived; deleted when anything in it is erased."""
    return home().root / "evaluation" / "warnings"


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, rows only one of the two knows, a list of warnings that was changed."""
    told: dict[str, dict[int, list[Any]]] = {table: {} for table in BOUND}
    for entry in evidence.events(kinds=(FOUND, ENDED)):
        for table, bound in entry.body["detail"].get("evaluation", {}).items():
            told[table][entry.id] = bound
    for table, columns in BOUND.items():
        yield from _table(table, columns, told[table])
    yield from _file()


def _file() -> Iterator[evidence.Finding]:
    files = sorted(warnings_folder().glob("*.parquet")) if warnings_folder().is_dir() else []
    told = {str(entry.id): entry.body["detail"].get("digest") for entry in evidence.events(kinds=(WARNED,))}
    for file in files:
        if told.get(file.stem) != digest_of(file):
            yield evidence.Finding(
                "evaluation-warnings", f"预警名单文件 {file.name} 与账本不符，请重新运行预警"
            )


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
            yield evidence.Finding("evaluation-row", f"{table} 中随第 {event} 笔写入的行与账本不符")
    for event in stored:
        yield evidence.Finding("evaluation-row", f"{table} 中有账本第 {event} 笔没有记过的行")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
