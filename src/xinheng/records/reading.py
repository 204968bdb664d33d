"""Reading statements: by id, by key, and the values inside their parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import connection, transaction

from xinheng.evidence import service as evidence
from xinheng.kernel.values import unpack_values

PUBLIC_HEADER, SHARED_HEADER, RESTRICTED_HEADER = 4, 4, 1
PARTS = ("public", "shared", "restricted")


@dataclass(frozen=True)
class Parts:
    """A statement as stored: its bytes, salts and place."""

    id: int
    item: str
    uscc: str
    authority: str
    decided_on: date | None
    public: bytes
    shared: bytes
    restricted: bytes
    salts: bytes
    leaf: bytes

    @property
    def item_version(self) -> str:
        return unpack_values(self.public)[2]

    @property
    def source(self) -> tuple[str, int, str]:
        """Batch number, row in the file and the day it was received."""
        values = unpack_values(self.shared)
        return values[1], int(values[2]), values[3]


def statements(ids: Sequence[int]) -> dict[int, Parts]:
    """Stored statements by id; ids not on file are absent."""
    found: dict[int, Parts] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(ids), 5_000):
            marks = ", ".join(str(int(value)) for value in ids[start : start + 5_000])
            cursor.execute(
                "SELECT id, item, uscc, authority, decided_on, public, shared, restricted, salts, leaf"
                f" FROM records_statement WHERE id IN ({marks})"
            )
            for row in cursor.fetchall():
                found[row[0]] = Parts(*row[:4], as_date(row[4]), *(bytes(cell) for cell in row[5:]))
    return found


def find(keys: pl.DataFrame) -> pl.DataFrame:
    """Statements on file with the same (uscc, key): columns uscc, key, statement_id, digest, state (of open standing).

    A key that was corrected gives several rows; the newest is the one `held`.
    """
    schema = {
        "uscc": pl.String, "key": pl.Int64, "statement_id": pl.Int64, "digest": pl.Int64, "state": pl.String,
    }  # fmt: skip
    if keys.is_empty():
        return pl.DataFrame(schema=schema)
    # PostgreSQL empties the table of wanted keys at the end of a transaction: outside of one it would be empty at once
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS wanted_key (uscc TEXT, key INTEGER)")
            cursor.execute("DELETE FROM temp.wanted_key")
        else:
            cursor.execute(
                "CREATE TEMP TABLE IF NOT EXISTS wanted_key (uscc text, key bigint) ON COMMIT DELETE ROWS"
            )
            cursor.execute("TRUNCATE wanted_key")
        evidence.insert_frame("wanted_key", keys.select("uscc", "key").unique())
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE wanted_key")
        cursor.execute(
            "SELECT w.uscc, w.key, s.id, s.digest, t.state FROM wanted_key w"
            f" {evidence.then()} records_statement s ON s.uscc = w.uscc AND s.key = w.key"
            f" {evidence.then()} records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL"
        )
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def leaves_of_events(event_ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """(event id, leaf) of every statement written in these events, in ledger order within each event."""
    for event_id in event_ids:
        start, end = evidence.row_range(event_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT leaf FROM records_statement WHERE id >= %s AND id < %s ORDER BY id", [start, end]
            )
            for (leaf,) in cursor.fetchall():
                yield event_id, bytes(leaf)


def as_date(value: object) -> date | None:
    """A date column from a raw cursor: SQLite hands text, PostgreSQL a date."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
