"""Rows written once, each table of an event bound in its detail as [count, digest]; and what no longer agrees with that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection

from xinheng.evidence import reading
from xinheng.evidence.append import OpenEvent, event_of
from xinheng.evidence.bulk import insert_rows, rows_digest
from xinheng.evidence.verification import Finding

_CHUNK = 5_000


def plain(cell: Any) -> Any:
    """A cell as both databases take it and digests count it: a day as ISO text."""
    return cell.isoformat() if isinstance(cell, date) else cell


def write_bound(
    event: OpenEvent,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    also: Sequence[str] = (),
    under: str = "bound",
) -> list[int]:
    """Writes and counts rows of a table inside `event`, once for each table; returns their ids.

    Rows come without their id, in the order of `columns` (the id first), then `also`. What `columns` hold is bound in the
    detail's `under`; what `also` hold is not, and may change later.
    """
    if not rows:
        return []
    bound = event.detail.setdefault(under, {})
    if table in bound:
        raise ValueError("one event binds the rows of a table in one piece")
    event.count(len(rows))
    made = [(event.row_id(place), *map(plain, row)) for place, row in enumerate(rows)]
    insert_rows(table, [*columns, *also], made)
    bound[table] = [len(made), rows_digest(row[: len(columns)] for row in made)]
    return [row[0] for row in made]


def rows_by_event(table: str, columns: Sequence[str]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Each event with the rows a table holds of it, plain, in the order of their ids; `columns` begin with the id."""
    for event, rows in groupby(_stored(table, columns), key=lambda row: event_of(row[0])):
        yield event, list(rows)


def unbound(
    table: str, columns: Sequence[str], told: Mapping[int, Sequence[Any]], *, code: str
) -> Iterator[Finding]:
    """Rows of a table that differ from what entries told (event → count, digest), are gone, or were never told of."""
    left = dict(told)
    for event, rows in rows_by_event(table, columns):
        if event not in left:
            yield Finding(code, f"{table} 中有账本第 {event} 笔没有记过的行")
        elif [len(rows), rows_digest(rows)] != list(left.pop(event)):
            yield Finding(code, f"{table} 中随第 {event} 笔写入的行与账本不符")
    for event, (count, _) in left.items():
        if count:
            yield Finding(code, f"{table} 中随第 {event} 笔写入的行与账本不符")


def unbound_tables(
    tables: Mapping[str, Sequence[str]], *, kinds: Sequence[str], code: str, under: str = "bound"
) -> Iterator[Finding]:
    """`unbound` for tables with their columns, as `write_bound` bound them in entries of these kinds."""
    told: dict[str, dict[int, Sequence[Any]]] = {table: {} for table in tables}
    for entry in reading.events(kinds=kinds):
        for table, bound in entry.body["detail"].get(under, {}).items():
            told.setdefault(table, {})[entry.id] = bound
    for table, columns in tables.items():
        yield from unbound(table, columns, told[table], code=code)


def _stored(table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" ORDER BY id')
        while part := cursor.fetchmany(_CHUNK):
            yield from (tuple(map(plain, row)) for row in part)
