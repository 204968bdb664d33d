"""The one writer of statements and their standing. A single act is a batch of one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel.leaf import statement_leaves
from xinheng.records.touching import touched, touched_statements

STATEMENT = [
    "id", "item", "uscc", "authority", "decided_on", "key", "digest",
    "public", "shared", "restricted", "salts", "leaf",
]  # fmt: skip
STANDING = [
    "id", "statement_id", "state", "severity", "show_from", "show_until", "repair_from", "rule",
    "valid_from", "valid_to", "closed_by",
]  # fmt: skip

WINDOW = ("show_from", "show_until", "repair_from")


def write(*, event: evidence.OpenEvent, frame: pl.DataFrame, pack: str = "") -> None:
    """Writes statements and the standing they are born with, inside `event`.

    `frame` columns: item, uscc, authority, decided_on (date), key, digest (int64), public, shared, restricted (binary),
    severity, show_from, show_until, repair_from (date or null), rule. Within one call no (uscc, key) may occur twice.
    Salts are drawn here, one per part and row. `pack` is the digest of the pack that classed them, where the act of
    the event names none.
    """
    count = frame.height
    if not count:
        return
    event.count(2 * count)
    first = event.row_id(event.leaves)
    salts = os.urandom(96 * count)
    salt_list = [salts[start : start + 96] for start in range(0, 96 * count, 96)]
    leaves = statement_leaves(
        salt_list, frame["public"].to_list(), frame["shared"].to_list(), frame["restricted"].to_list()
    )
    ids = pl.int_range(first, first + count, dtype=pl.Int64, eager=True).alias("id")
    standing_first = event.row_id(event.detail.get("standing_rows", 0))
    statements = frame.with_columns(
        ids, pl.Series("salts", salt_list, dtype=pl.Binary), pl.Series("leaf", leaves, dtype=pl.Binary)
    ).select(STATEMENT)
    standing = frame.select(
        pl.int_range(standing_first, standing_first + count, dtype=pl.Int64, eager=True).alias("id"),
        ids.alias("statement_id"),
        pl.lit("held").alias("state"),
        "severity",
        "show_from",
        "show_until",
        "repair_from",
        "rule",
        pl.col("decided_on").alias("valid_from"),
        pl.lit(None, dtype=pl.Date).alias("valid_to"),
        pl.lit(None, dtype=pl.Int64).alias("closed_by"),
    )
    evidence.insert_frame("records_statement", statements)
    born: dict[str, object] = {"born": [event.leaves, count]}
    _insert_standing(event, standing, born | ({"pack": pack} if pack else {}))
    event.leaves += count
    touched(event, frame["uscc"].unique().to_list())


def restand(
    *,
    event: evidence.OpenEvent,
    statement_ids: Sequence[int],
    state: str | None = None,
    severity: str | None = None,
    window: tuple[date | None, date | None, date | None] | None = None,
    rule: str | None = None,
) -> None:
    """Closes the open standing of these statements and opens one that differs only in what is given.

    Statements without an open standing are left alone. Standing rows written in `event` take the ordinals after the
    ones already used there.
    """
    if not statement_ids:
        return
    current = open_standing(statement_ids)
    if current.is_empty():
        return
    event.count(2 * current.height)
    _close(event, current["id"].to_list())
    start = event.row_id(event.detail.get("standing_rows", 0))
    said: dict[str, object] = {
        name: value
        for name, value in (("state", state), ("severity", severity), ("rule", rule))
        if value is not None
    }
    if window is not None:
        said |= dict(zip(WINDOW, (day and day.isoformat() for day in window), strict=True))
    changed = restood(current, said).with_columns(
        pl.int_range(start, start + current.height, dtype=pl.Int64, eager=True).alias("id"),
        pl.lit(None, dtype=pl.Int64).alias("closed_by"),
    )
    _insert_standing(event, changed, {"of": current["statement_id"].to_list(), "said": said})
    touched_statements(event, current["statement_id"].to_list())


def restood(standing: pl.DataFrame, said: Mapping[str, object]) -> pl.DataFrame:
    """Standing rows as they are after an act said something about them: the act's own words, replayable."""
    return standing.with_columns(
        pl.lit(value, dtype=pl.String).str.to_date("%Y-%m-%d").alias(name)
        if name in WINDOW
        else pl.lit(value).alias(name)
        for name, value in said.items()
    )


def open_standing(statement_ids: Sequence[int]) -> pl.DataFrame:
    """The open standing rows of these statements, in the order of their ids."""
    names = ", ".join(STANDING)
    rows: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for part in _chunks(sorted(set(statement_ids)), 5_000):
            marks = ", ".join(str(int(value)) for value in part)
            cursor.execute(
                f"SELECT {names} FROM records_standing WHERE closed_by IS NULL AND statement_id IN ({marks})"
                " ORDER BY statement_id"
            )
            rows.extend(cursor.fetchall())
    return standing_frame(rows)


def standing_frame(rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Standing rows as a frame with fixed types, whichever database they came from."""
    schema = {
        "id": pl.Int64, "statement_id": pl.Int64, "state": pl.String, "severity": pl.String,
        "show_from": pl.Date, "show_until": pl.Date, "repair_from": pl.Date, "rule": pl.String,
        "valid_from": pl.Date, "valid_to": pl.Date, "closed_by": pl.Int64,
    }  # fmt: skip
    text = {name: (pl.String if kind == pl.Date else kind) for name, kind in schema.items()}
    dates = [name for name, kind in schema.items() if kind == pl.Date]
    as_text = [tuple(str(cell) if isinstance(cell, date) else cell for cell in row) for row in rows]
    frame = pl.DataFrame(as_text, schema=text, orient="row")
    return frame.with_columns(pl.col(dates).str.to_date("%Y-%m-%d"))


def _insert_standing(event: evidence.OpenEvent, standing: pl.DataFrame, act: Mapping[str, object]) -> None:
    """Writes standing rows and binds them, as written, to the event (closing later does not change the digest).

    `act` says what made them, so that standing can be rebuilt from statements and acts alone.
    """
    standing = standing.select(STANDING)
    evidence.insert_frame("records_standing", standing)
    event.detail["standing_rows"] = event.detail.get("standing_rows", 0) + standing.height
    event.detail.setdefault("standing", []).append(
        {"rows": standing.height, "digest": evidence.frame_digest(standing.drop("closed_by")), **act}
    )


def _close(event: evidence.OpenEvent, standing_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for part in _chunks(standing_ids, 5_000):
            marks = ", ".join(str(int(value)) for value in part)
            cursor.execute(f"UPDATE records_standing SET closed_by = %s WHERE id IN ({marks})", [event.id])
    event.detail.setdefault("closed", []).extend(int(value) for value in standing_ids)


def _chunks(values: Sequence[int], size: int) -> list[Sequence[int]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
