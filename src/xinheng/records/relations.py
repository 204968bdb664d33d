"""Relations for followers: what a room above may read of statements as sets, to find candidates for the gate."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence

_SCHEMA = {
    "id": pl.Int64, "item": pl.String, "uscc": pl.String, "authority": pl.String, "decided_on": pl.String,
    "public": pl.Binary, "state": pl.String, "show_from": pl.String, "show_until": pl.String,
}  # fmt: skip
_DATES = ("decided_on", "show_from", "show_until")


def stand_now(event_ids: Sequence[int], *, items: Sequence[str] | None = None) -> pl.DataFrame:
    """Statements whose standing was written in these events, as they stand at present, each once.

    Columns: id, item, uscc, authority, decided_on, public (the stored part), state, show_from, show_until. With
    `items` only those of these items, and erased ones.
    """
    rows: list[tuple[object, ...]] = []
    only = (
        "" if items is None else f" AND (s.item IN ({', '.join(['%s'] * len(items))}) OR n.state = 'erased')"
    )
    with connection.cursor() as cursor:
        for event_id in event_ids:
            cursor.execute(
                "SELECT DISTINCT s.id, s.item, s.uscc, s.authority, s.decided_on, s.public, n.state, n.show_from,"
                f" n.show_until FROM records_standing w {evidence.then()} records_standing n"
                " ON n.statement_id = w.statement_id AND n.closed_by IS NULL"
                f" {evidence.then()} records_statement s ON s.id = n.statement_id WHERE w.id >= %s AND w.id < %s{only}",
                [*evidence.row_range(event_id), *(items or ())],
            )
            rows += [
                (*row[:4], row[4] and str(row[4]), bytes(row[5]), row[6], row[7] and str(row[7]), row[8] and str(row[8]))
                for row in cursor.fetchall()
            ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return frame.unique("id").sort("id").with_columns(pl.col(_DATES).str.to_date("%Y-%m-%d"))


def newest(*, item: str, usccs: Sequence[str]) -> dict[str, str]:
    """The latest decision day (YYYY-MM-DD) among what is held about each of these subjects under one item."""
    found: dict[str, str] = {}
    for start in range(0, len(usccs), 500):
        part = list(usccs[start : start + 500])
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT s.uscc, MAX(s.decided_on) FROM records_statement s {evidence.then()} records_standing t"
                " ON t.statement_id = s.id AND t.closed_by IS NULL AND t.state = 'held'"
                f" WHERE s.uscc IN ({marks}) AND s.item = %s GROUP BY s.uscc",
                [*part, item],
            )
            found |= {code: str(day) for code, day in cursor.fetchall() if day}
    return found


def standing_versions(statement_ids: Sequence[int]) -> dict[int, int]:
    """Statement → the version of the same decision that stands now (held, repaired or suppressed): itself, or the one
    that took its place. Decisions of which no version stands are left out."""
    found: dict[int, int] = {}
    for start in range(0, len(statement_ids), 500):
        wanted = ", ".join(str(int(value)) for value in statement_ids[start : start + 500])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT a.id, MAX(b.id) FROM records_statement a {evidence.then()} records_statement b"
                f" ON b.uscc = a.uscc AND b.key = a.key {evidence.then()} records_standing t"
                " ON t.statement_id = b.id AND t.closed_by IS NULL AND t.state IN ('held', 'repaired', 'suppressed')"
                f" WHERE a.uscc <> '' AND a.id IN ({wanted}) GROUP BY a.id"
            )
            found |= dict(cursor.fetchall())
    return found


def newest_versions(statement_ids: Sequence[int]) -> dict[int, int]:
    """Statement → the newest version of the same decision, whatever became of it. Erased statements are left out."""
    return dict(_versions("a.id, MAX(b.id)", "", statement_ids, " GROUP BY a.id"))


def older_versions(statement_ids: Sequence[int]) -> set[int]:
    """Earlier versions of the same decisions."""
    return {older for _, older in _versions("a.id, b.id", " AND b.id < a.id", statement_ids, "")}


def _versions(columns: str, which: str, statement_ids: Sequence[int], tail: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start in range(0, len(statement_ids), 500):
        wanted = ", ".join(str(int(value)) for value in statement_ids[start : start + 500])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM records_statement a {evidence.then()} records_statement b"
                f" ON b.uscc = a.uscc AND b.key = a.key{which} WHERE a.uscc <> '' AND a.id IN ({wanted}){tail}"
            )
            found += cursor.fetchall()
    return found
