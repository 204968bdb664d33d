"""Which row was linked to whom, and on what ground: written by the intake, read by people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.linkage import binding
from xinheng.linkage.binding import LINK, chunks, marks
from xinheng.linkage.errors import NoSuchLink
from xinheng.linkage.queue import days_of
from xinheng.records import service as records

AUTOMATIC, BY_PEOPLE = "automatic", "judged"
COLUMNS = "id, batch, row, item, source, how, confidence, key, name, asked_code, uscc, reason, closed_by"

# A row that was taken in again stands in a later batch: the room that knows says where it stood before
Origins = Callable[[str, int], Sequence[tuple[str, int]]]
_origins: list[Origins] = []


def register_origins(origins: Origins) -> None:
    """The room above says which earlier rows a row takes the place of: (batch, row) → [(batch, row), …]."""
    _origins[:] = [origins]


@dataclass(frozen=True)
class LinkRow:
    """One linked row. `undone` when it no longer holds; `erased` when its content went with its statement."""

    id: int
    batch: str
    row: int
    item: str
    source: str
    how: str
    confidence: int
    key: str
    name: str
    asked_code: str
    uscc: str
    reason: str
    closed_by: int | None
    linked_on: date | None

    @property
    def undone(self) -> bool:
        return self.closed_by is not None

    @property
    def erased(self) -> bool:
        return not self.key


def record(*, event: evidence.OpenEvent, links: pl.DataFrame) -> None:
    """Writes which rows were linked, inside the caller's event: the one that writes the rows' statements.

    Columns: batch, row, item, name, asked_code, uscc, key, how (automatic | judged), confidence (basis points), reason;
    source too where it is known (whoever sent the row sees it come back when the link is undone).
    Not counted against the rows of a transaction: there is one at most for each statement, which is counted.
    """
    if links.is_empty():
        return
    if "source" not in links.columns:
        links = links.with_columns(pl.lit("").alias("source"))
    told = links.with_columns(pl.col("confidence").cast(pl.Int64), pl.col(pl.String).fill_null(""))
    binding.insert(event, LINK, told.iter_rows(named=True))


def links(
    *, after: int | None = None, limit: int = 50, code: str | None = None, how: str = "", item: str = "",
    undone: bool | None = None, batch: str = "",
) -> list[LinkRow]:  # fmt: skip
    """Linked rows, the newest first; the next page begins after the id of the last one."""
    where, params = ["1 = 1"], []
    for condition, value in (
        ("id < %s", after), ("uscc = %s", code or None), ("how = %s", how or None), ("item = %s", item or None),
        ("batch = %s", batch or None),
    ):  # fmt: skip
        if value is not None:
            where.append(condition)
            params.append(value)
    if undone is not None:
        where.append(f"closed_by IS {'NOT NULL' if undone else 'NULL'}")
    return _read(f"{' AND '.join(where)} ORDER BY id DESC LIMIT %s", [*params, limit])


def link_rows(ids: Sequence[int]) -> list[LinkRow]:
    """Links by id, undone ones included; unknown ids are left out."""
    found: list[LinkRow] = []
    for part in chunks(list(ids)):
        found += _read(f"id IN ({marks(part)}) ORDER BY id", list(part))
    return found


def link(id: int) -> LinkRow:
    """One link. Raises `NoSuchLink`."""
    found = link_rows([id])
    if not found:
        raise NoSuchLink("没有这条归属。请从归属列表里打开。")
    return found[0]


def linked_counts() -> dict[tuple[str, bool], int]:
    """How many rows were linked: (how, undone) → rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT how, closed_by IS NOT NULL, COUNT(*) FROM linkage_link GROUP BY 1, 2")
        return {(str(how), bool(undone)): int(count) for how, undone, count in cursor.fetchall()}


def judged_links(key: str, code: str) -> list[LinkRow]:
    """Links that hold because somebody judged this key to be this organisation."""
    return _read(
        "key = %s AND key <> '' AND uscc = %s AND how = %s AND closed_by IS NULL ORDER BY id",
        [key, code, BY_PEOPLE],
    )


def statements_of(rows: Sequence[LinkRow]) -> dict[int, list[int]]:
    """Link → statements that came through it: written in its own event, about its organisation, from its row."""
    found: dict[int, list[int]] = {}
    for event in sorted({evidence.event_of(row.id) for row in rows}):
        here = [row for row in rows if evidence.event_of(row.id) == event]
        wanted = pl.col("uscc").is_in(sorted({row.uscc for row in here} - {""}))
        ids = records.stand_now([event]).filter(wanted)["id"].to_list()
        places: dict[tuple[str, str, int], list[int]] = {}
        for id_, parts in records.statements(ids).items():
            if parts.shared:
                places.setdefault((parts.uscc, *parts.source[:2]), []).append(id_)
        for row in here:
            if at := places.get((row.uscc, row.batch, row.row)):
                found[row.id] = at
    return found


def places_of(batch: str, row: int) -> list[tuple[str, int]]:
    """A row, and the earlier rows it took the place of."""
    return [(batch, row), *(place for origins in _origins for place in origins(batch, row))]


def origins_known() -> bool:
    """Whether a room above tells which earlier rows a row took the place of."""
    return bool(_origins)


def _read(tail: str, params: Sequence[Any]) -> list[LinkRow]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM linkage_link WHERE {tail}", params)
        rows = cursor.fetchall()
    days = days_of([evidence.event_of(row[0]) for row in rows])
    return [LinkRow(*row, days.get(evidence.event_of(row[0]))) for row in rows]  # type: ignore[call-arg]
