"""Relations for counting: what a room above may join of the register, as SQL text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence

SUBJECTS = ("code", "old_number", "kind", "region", "industry", "established_on", "status")
_CHUNK, _ROWS = 5_000, 50_000


def registered_sql() -> str:
    """Every organisation as registered now, once each: code, region, status, established_on.

    `region` is a division code where one is known, `established_on` a day as text; "" where not known.
    """
    return "SELECT code, region, status, established_on FROM register_entry WHERE closed_by IS NULL"


def subjects(
    *, codes: Sequence[str] | None = None, known_at: int | None = None, without: Sequence[str] = ()
) -> pl.DataFrame:
    """Organisations as registered now or as known at a ledger position, of these codes or all, by code: columns `SUBJECTS`.

    A code is found under itself and under the old number it had; `without` are first characters of codes left out. For
    counting, never for a page.
    """
    told, values = "closed_by IS NULL", list[str | int]()
    if known_at is not None:
        known = evidence.known_events_sql(known_at)
        told = f"(id >> 15) IN {known} AND (closed_by IS NULL OR closed_by NOT IN {known})"
    for begin in without:
        told += " AND SUBSTR(code, 1, %s) <> %s"
        values += [len(begin), begin]
    sql = f"SELECT {', '.join(SUBJECTS)} FROM register_entry WHERE {told}"
    if codes is None:
        parts = list(_parts(sql, values))
    else:
        parts = []
        for start in range(0, len(codes), _CHUNK):
            part = list(codes[start : start + _CHUNK])
            marks = ", ".join(["%s"] * len(part))
            for column, more in (("code", ""), ("old_number", " AND NOT (old_number = '')")):
                parts += _parts(f"{sql}{more} AND {column} IN ({marks})", [*values, *part])
    frame = pl.concat([pl.DataFrame(schema=dict.fromkeys(SUBJECTS, pl.String)), *parts])
    return frame.unique("code", keep="first").sort("code")


def _parts(sql: str, values: Sequence[str | int]) -> Iterator[pl.DataFrame]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(_ROWS):
            columns = zip(*rows, strict=True)
            yield pl.DataFrame(
                [
                    pl.Series(name, cells, dtype=pl.String)
                    for name, cells in zip(SUBJECTS, columns, strict=True)
                ]
            )
