"""Lists of published statements by item, department, kind and month: candidates in order, no counting, no scan.

The index is derived. It finds candidates; the face asks the gate about each of them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any

import polars as pl
from django.db import connection, transaction

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.search.errors import NoSuchPage

KIND_BITS, MOST_KINDS, KIND_LENGTH = 4, 15, 64
_TABLE = "search_entry"
_COLUMNS = ["id", "item", "authority", "kind", "decided_on", "show_from", "show_until"]


@dataclass(frozen=True)
class EntryPage:
    """Statement ids, newest decision first; `next` goes into `after` of the next call, None at the end."""

    ids: tuple[int, ...] = ()
    next: str | None = None


@dataclass(frozen=True)
class EntryFilters:
    """What a list can be narrowed to: months (newest first), kinds (and outcomes of a fixed set), codes of authorities."""

    months: tuple[str, ...]
    kinds: tuple[str, ...]
    authorities: tuple[str, ...]


def entries(
    *,
    items: Sequence[str],
    on: date,
    authority: str | None = None,
    kind: str | None = None,
    month: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> EntryPage:
    """Candidates for what the public may see of these items on a day: newest decision first.

    `month` is YYYY-MM of the decision. Raises `NoSuchPage` for an `after` this function did not give.
    """
    streams = [_stream(item, on, authority, kind, month, _opened(after), limit + 1) for item in items]
    found = list(islice(merge(*streams, reverse=True), limit + 1))
    ids = tuple(id_ >> KIND_BITS for _, id_ in found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return EntryPage(ids, f"{last[0]}.{last[1]}" if last else None)


def _stream(
    item: str, on: date, authority: str | None, kind: str | None, month: str | None,
    after: tuple[str, int] | None, limit: int,
) -> list[tuple[str, int]]:  # fmt: skip
    where: list[str] = ["item = %s", "kind = %s"]
    values: list[str | int] = [item, kind or ""]
    if authority is not None:
        where.append("authority = %s")
        values.append(authority)
    if month is not None:
        year, number = (int(part) for part in month.split("-"))
        where += ["decided_on >= %s", "decided_on <= %s"]
        values += [f"{month}-01", f"{month}-{monthrange(year, number)[1]:02d}"]
    if after is not None:
        where.append("(decided_on, id) < (%s, %s)")
        values += list(after)
    where += ["show_from <= %s", "(show_until IS NULL OR show_until >= %s)"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT decided_on, id FROM {_TABLE} WHERE {' AND '.join(where)} ORDER BY decided_on DESC, id DESC"
            " LIMIT %s",
            [*values, on.isoformat(), on.isoformat(), limit],
        )
        return [(str(day), id_) for day, id_ in cursor.fetchall()]


def _opened(after: str | None) -> tuple[str, int] | None:
    if not after:
        return None
    day, _, place = after.partition(".")
    try:
        if place.isascii() and place.isdigit() and int(place) < 1 << 63:
            return date.fromisoformat(day).isoformat(), int(place)
    except ValueError:
        pass
    raise NoSuchPage("页码标记不对：请从第一页重新查看。")


def entry_filters(*, items: Sequence[str]) -> EntryFilters:
    """The months, kinds and authorities that occur among published entries of these items. A seek for each, no scan."""
    kinds = sorted({value for item in items for value in _distinct(item, "kind") if value})
    authorities = sorted({value for item in items for value in _distinct(item, "authority")})
    ends = [end for item in items for end in _ends(item)]
    months = tuple(_months(min(ends), max(ends))) if ends else ()
    return EntryFilters(months, tuple(kinds), tuple(authorities))


def _distinct(item: str, column: str) -> list[str]:
    step = f"SELECT MIN({column}) FROM {_TABLE} WHERE item = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(value) AS ({step} UNION ALL SELECT ({step} AND {column} > found.value) FROM found"
            " WHERE found.value IS NOT NULL) SELECT value FROM found WHERE value IS NOT NULL",
            [item, item],
        )
        return [row[0] for row in cursor.fetchall()]


def _ends(item: str) -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for order in ("ASC", "DESC"):
            cursor.execute(
                f"SELECT decided_on FROM {_TABLE} WHERE item = %s AND kind = '' ORDER BY decided_on {order} LIMIT 1",
                [item],
            )
            found += [str(row[0]) for row in cursor.fetchall()]
    return found


def _months(first: str, last: str) -> Iterator[str]:
    year, month = int(last[:4]), int(last[5:7])
    while (text := f"{year:04d}-{month:02d}") >= first[:7]:
        yield text
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


# -- keeping the index ---------------------------------------------------------------------------------------------


def follow(event_ids: Sequence[int]) -> None:
    """Puts the statements that these events wrote or restood where they belong now. Safe to repeat."""
    stands = records.stand_now(event_ids)
    if stands.is_empty():
        return
    remove(stands["id"].to_list())
    evidence.insert_frame(_TABLE, wanted(stands))


def wanted(stands: pl.DataFrame) -> pl.DataFrame:
    """The rows these statements should have: none for what is not held or never shown."""
    shown = stands.filter((pl.col("state") == "held") & pl.col("show_from").is_not_null())
    parts = [
        _of_version(part, item=str(key[0]), version=str(key[1]))
        for key, part in shown.with_columns(
            pl.col("public").cast(pl.String).str.split("\x1f").alias("cells")
        ).with_columns(pl.col("cells").list.get(2).alias("version")).group_by("item", "version")
    ]  # fmt: skip
    if not parts:
        return pl.DataFrame(schema={**dict.fromkeys(_COLUMNS, pl.String), "id": pl.Int64})
    return pl.concat(parts).sort("id")


def _of_version(part: pl.DataFrame, *, item: str, version: str) -> pl.DataFrame:
    kinds = _kinds(law.item(code=item, version=version))
    own = part.select(
        "id", "item", "authority", "decided_on", "show_from", "show_until",
        kinds.list.eval(pl.element().str.strip_chars().str.slice(0, KIND_LENGTH))
        .list.eval(pl.element().filter(pl.element() != ""))
        .list.unique(maintain_order=True).list.head(MOST_KINDS).alias("kind"),
    )  # fmt: skip
    several = (
        own.explode("kind")
        .drop_nulls("kind")
        .with_columns((pl.int_range(pl.len()).over("id") + 1).alias("number"))
    )
    plain = own.with_columns(pl.lit("").alias("kind"), pl.lit(0, dtype=pl.Int64).alias("number"))
    return (
        pl.concat([plain, several.select(plain.columns)])
        .with_columns((pl.col("id") * (1 << KIND_BITS) + pl.col("number")).alias("id"))
        .select(_COLUMNS)
    )


def _kinds(shape: law.Item) -> pl.Expr:
    """The values an entry is listed under: its kinds, and its outcome where that is one of a fixed set of words (how a
    commitment was kept, a grade)."""
    found = pl.lit([], dtype=pl.List(pl.String))
    outcome = shape.by_code.get(shape.card.outcome)
    wanted = [shape.card.kind, shape.card.outcome if outcome is not None and outcome.type == "enum" else ""]
    for code in dict.fromkeys(filter(None, wanted)):
        field = shape.by_code[code]
        if field.scope != "public":
            continue
        cell = pl.col("cells").list.get(4 + shape.scopes["public"].index(field.code))
        found = pl.concat_list(
            found, cell.str.split(field.separator) if field.multi else pl.concat_list(cell)
        )
    return found


def remove(ids: Sequence[int]) -> None:
    """Takes the rows of these statements out. Neighbours, as an intake writes them, go in one stretch."""
    ids = sorted(ids)
    with connection.cursor() as cursor:
        start = 0
        for end in range(1, len(ids) + 1):
            if end == len(ids) or ids[end] != ids[end - 1] + 1:
                stretch = [ids[start] << KIND_BITS, (ids[end - 1] + 1) << KIND_BITS]
                cursor.execute(f"DELETE FROM {_TABLE} WHERE id >= %s AND id < %s", stretch)
                start = end


def rebuild() -> None:
    """Empties the lists and fills them again from all statements there are."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE}")
    for part in _batches():
        with transaction.atomic():
            follow(part)


def faults() -> Iterator[str]:
    """What differs between the lists and what they are made from, statement by statement."""
    seen = 0
    for part in _batches():
        should = wanted(records.stand_now(part))
        low, high = min(part) << 15 << KIND_BITS, (max(part) + 1) << 15 << KIND_BITS
        are = _rows("WHERE id >= %s AND id < %s", [low, high])
        born = should.filter((pl.col("id") >= low) & (pl.col("id") < high))
        told = {tuple(None if cell is None else str(cell) for cell in row) for row in born.iter_rows()}
        seen += len(are)
        yield from (f"公示清单条目 {row[0]} 与来源不符" for row in sorted(told ^ are, key=str))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {_TABLE}")
        if (total := cursor.fetchone()[0]) != seen:
            yield f"公示清单共 {total} 条，其中 {total - seen} 条没有来源"


def _batches() -> Iterator[list[int]]:
    """Events that wrote statements, some at a time, in the order of their ids."""
    ids = sorted(entry.id for entry in evidence.events() if entry.leaves)
    for start in range(0, len(ids), 8):
        yield ids[start : start + 8]


def _rows(condition: str, values: Sequence[Any]) -> set[tuple[str | None, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_COLUMNS)} FROM {_TABLE} {condition}", values)
        return {tuple(None if cell is None else str(cell) for cell in row) for row in cursor.fetchall()}
