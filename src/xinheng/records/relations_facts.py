"""Relations for rooms that count statements as sets of integers: each statement with its standing, in parts of any size.

They answer for what stands now or for what was known at a ledger position, and never give what was erased.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence

ROWS: dict[str, type[pl.DataType]] = {
    "id": pl.Int64, "item": pl.String, "uscc": pl.String, "authority": pl.String, "decided_on": pl.String, "key": pl.Int64,
    "public": pl.String, "shared": pl.String, "state": pl.String, "severity": pl.String, "show_from": pl.String,
    "show_until": pl.String, "repair_from": pl.String, "known": pl.Int64,
}  # fmt: skip
DATES = ("decided_on", "show_from", "show_until", "repair_from")
_CHUNK = 5_000


def fact_rows(
    *,
    ids: Sequence[int] | None = None,
    usccs: Sequence[str] | None = None,
    after: int = 0,
    limit: int | None = None,
    known_at: int | None = None,
    shared: Sequence[str] = (),
    without: Sequence[str] = (),
) -> pl.DataFrame:
    """Statements with their standing: by ids, by subjects, or the next `limit` after an id, in the order of ids.

    `public` is the stored part as text; `shared` likewise for the items named, "" for all others. `without` are first
    characters of codes whose statements are left out. `known` is the position of the entry that took a statement in.
    With `known_at` (a position) the standing is the one known then. Days are dates.
    """
    where, values = ["s.uscc <> ''", "t.state <> 'erased'"], list[str | int]()
    for start in without:
        where.append("SUBSTR(s.uscc, 1, %s) <> %s")
        values += [len(start), start]
    told = "t.closed_by IS NULL"
    if known_at is not None:
        known = evidence.known_events_sql(known_at)
        told = f"(t.id >> 15) IN {known} AND (t.closed_by IS NULL OR t.closed_by NOT IN {known})"
    text = _shared(shared)
    then = evidence.then()
    sql = (
        f"SELECT s.id, s.item, s.uscc, s.authority, {_text('s.decided_on')}, s.key, {_part('s.public')}, {text},"
        f" t.state, t.severity, {_text('t.show_from')}, {_text('t.show_until')}, {_text('t.repair_from')},"
        f" e.first_leaf + e.leaves + 1 FROM records_statement s {then} records_standing t ON t.statement_id = s.id"
        f" AND {told} {then} evidence_event e ON e.id = (s.id >> 15) WHERE {' AND '.join(where)}"
    )
    if ids is None and usccs is None:
        more = f" LIMIT {int(limit)}" if limit is not None else ""
        return _asked(f"{sql} AND s.id > %s ORDER BY s.id{more}", [*values, after])
    column, wanted = (
        ("s.id", list[str | int](ids)) if ids is not None else ("s.uscc", list[str | int](usccs or ()))
    )
    parts = [
        _asked(
            f"{sql} AND {column} IN ({', '.join(['%s'] * len(part))}) ORDER BY s.id",
            [*values, *part],
        )
        for part in (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
    ]
    return pl.concat(parts) if parts else _asked_nothing()


def disputed(*, ids: Sequence[int] | None = None, known_at: int | None = None) -> list[int]:
    """Statements that bear an objection nobody has decided, of these or of all; as known now or at a position."""
    where = ["kind = 'disputed'", "until IS NULL"]
    if known_at is None:
        where.append("closed_by IS NULL")
    else:
        known = evidence.known_events_sql(known_at)
        where.append(f"(id >> 15) IN {known} AND (closed_by IS NULL OR closed_by NOT IN {known})")
    sql = f"SELECT DISTINCT statement_id FROM records_mark WHERE {' AND '.join(where)}"
    found: set[int] = set()
    with connection.cursor() as cursor:
        if ids is None:
            cursor.execute(sql)
            return sorted(row[0] for row in cursor.fetchall())
        for start in range(0, len(ids), _CHUNK):
            wanted = ", ".join(str(int(one)) for one in ids[start : start + _CHUNK])
            cursor.execute(f"{sql} AND statement_id IN ({wanted})")
            found |= {row[0] for row in cursor.fetchall()}
    return sorted(found)


def restood_in(event_ids: Sequence[int]) -> set[int]:
    """Statements whose standing or marks were written in these entries, erased ones included."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for span in evidence.row_ranges(event_ids):
            for table in ("records_standing", "records_mark"):
                cursor.execute(
                    f"SELECT DISTINCT statement_id FROM {table} WHERE id >= %s AND id < %s", list(span)
                )
                found |= {row[0] for row in cursor.fetchall()}
    return found


def statements_about(usccs: Sequence[str]) -> list[int]:
    """Ids of everything said about these subjects."""
    found: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(usccs), _CHUNK):
            part = list(usccs[start : start + _CHUNK])
            cursor.execute(
                f"SELECT id FROM records_statement WHERE uscc IN ({', '.join(['%s'] * len(part))})", part
            )
            found += [row[0] for row in cursor.fetchall()]
    return found


def _shared(items: Sequence[str]) -> str:
    """The shared part of these items; codes of items come from packs, never from a request."""
    if not items:
        return "''"
    words = ", ".join(f"'{item}'" for item in items if item.replace("-", "").isalnum())
    return f"CASE WHEN s.item IN ({words}) THEN {_part('s.shared')} ELSE '' END"


def _part(column: str) -> str:
    return f"CAST({column} AS TEXT)" if connection.vendor == "sqlite" else f"convert_from({column}, 'UTF8')"


def _text(column: str) -> str:
    return f"CAST({column} AS TEXT)"


def _asked(sql: str, values: Sequence[str | int]) -> pl.DataFrame:
    """Rows as a frame; PostgreSQL copies them out as text, which is several times faster than row by row."""
    schema = dict(ROWS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            whole = io.BytesIO()
            # Django's wrapper for counting queries takes no parameters for a copy
            with cursor.cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", list(values)) as copy:
                for block in copy:
                    whole.write(block)
            whole.seek(0)
            frame = (
                pl.read_csv(whole, has_header=False, schema=schema)
                if whole.getbuffer().nbytes
                else pl.DataFrame(schema=schema)
            )
        else:
            cursor.execute(sql, values)
            columns = list(zip(*cursor.fetchall(), strict=True))
            frame = pl.DataFrame(
                [
                    pl.Series(name, cells, dtype=kind)
                    for (name, kind), cells in zip(schema.items(), columns, strict=True)
                ]
                if columns
                else None,
                schema=None if columns else schema,
            )
    texts = [name for name, kind in schema.items() if kind == pl.String and name not in DATES]
    return frame.with_columns(
        pl.col(texts).fill_null(""), pl.col(DATES).str.to_date("%Y-%m-%d", strict=False)
    )


def _asked_nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={**ROWS, **dict.fromkeys(DATES, pl.Date)})
