"""The tables of the register: reading and writing many rows, the same on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from django.db import connection

ENTRY_SCHEMA: dict[str, Any] = {
    "id": pl.Int64, "code": pl.String, "old_number": pl.String, "name": pl.String, "other_names": pl.String,
    "former_names": pl.String, "kind": pl.String, "region": pl.String, "industry": pl.String,
    "established_on": pl.String, "status": pl.String, "since": pl.String, "closed_by": pl.Int64,
}  # fmt: skip
NAME_SCHEMA: dict[str, Any] = {
    "id": pl.Int64, "code": pl.String, "name": pl.String, "norm": pl.String, "current": pl.Int64,
    "since": pl.String, "until": pl.String,
}  # fmt: skip
ENTRIES, NAMES = "register_entry", "register_name"
_ENTRY = ", ".join(ENTRY_SCHEMA)
LOOKUP = 10_000  # values looked up with one statement


def entries(column: str, values: Iterable[Any], *, current: bool = True) -> pl.DataFrame:
    """Entries whose `column` is one of `values`, by id; only open ones unless `current` is False."""
    where = " AND closed_by IS NULL" if current else ""
    if column == "old_number":
        # The condition of the partial index, word for word: without it SQLite reads the whole table
        where += " AND NOT (old_number = '')"
    return _select(
        f"SELECT {_ENTRY} FROM {ENTRIES} WHERE {{wanted}}{where}", column, values, ENTRY_SCHEMA
    ).sort("id")


def names(column: str, values: Iterable[Any]) -> pl.DataFrame:
    """Names whose `column` is one of `values`, by id."""
    return _select(f"SELECT {_name()} FROM {NAMES} WHERE {{wanted}}", column, values, NAME_SCHEMA).sort("id")


def entry_rows(column: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Open entries as plain rows by id: for the few that a page shows, where a frame costs more than the query."""
    where = " AND closed_by IS NULL" + (" AND NOT (old_number = '')" if column == "old_number" else "")
    found = _fetched(f"SELECT {_ENTRY} FROM {ENTRIES} WHERE {{wanted}}{where}", column, values)
    return [dict(zip(ENTRY_SCHEMA, row, strict=True)) for row in sorted(found)]


def name_rows(codes: Iterable[str]) -> list[tuple[Any, ...]]:
    """Names of these codes as plain rows (code, name, current, since, until) by id."""
    found = _fetched(f"SELECT {_name()} FROM {NAMES} WHERE {{wanted}}", "code", codes)
    return [(row[1], row[2], row[4], row[5], row[6]) for row in sorted(found)]


def entries_between(start: int, end: int) -> pl.DataFrame:
    """Entries written with ids from `start` up to but not including `end`, closed or not."""
    return _rows(
        f"SELECT {_ENTRY} FROM {ENTRIES} WHERE id >= %s AND id < %s ORDER BY id", [start, end], ENTRY_SCHEMA
    )


def all_names() -> pl.DataFrame:
    """The whole derived table of names."""
    return _rows(f"SELECT {_name()} FROM {NAMES} ORDER BY id", [], NAME_SCHEMA)


def names_with_numbers(codes: Iterable[str] | None = None) -> pl.DataFrame:
    """Every name (of these codes, or of all) that an open entry carries or carried: code, name, current, old_number."""
    sql = (
        "SELECT n.code, n.name, n.current, e.old_number FROM register_name n"
        " JOIN register_entry e ON e.code = n.code AND e.closed_by IS NULL"
    )
    schema = {"code": pl.String, "name": pl.String, "current": pl.Boolean, "old_number": pl.String}
    if codes is not None:
        condition = f"{sql} WHERE {{wanted}}"
        found = [
            (code, name, bool(now), number)
            for code, name, now, number in _fetched(condition, "n.code", codes)
        ]
        return pl.DataFrame(found, schema=schema, orient="row")
    parts = []
    with connection.cursor() as cursor:
        cursor.execute(sql)
        # Millions of rows as Python tuples at once would take gigabytes
        while rows := cursor.fetchmany(100_000):
            columns = list(zip(*rows, strict=True))
            columns[2] = tuple(map(bool, columns[2]))
            parts.append(pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema))
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def all_spells() -> pl.DataFrame:
    """Of every entry what names are derived from (see `spells.derive`)."""
    columns = ("id", "code", "name", "other_names", "former_names", "since", "closed_by")
    schema = {name: ENTRY_SCHEMA[name] for name in columns}
    return _rows(f"SELECT {', '.join(columns)} FROM {ENTRIES} ORDER BY id", [], schema)


def close(ids: Sequence[int], *, event_id: int) -> None:
    """Closes open entries: the only change an entry ever sees."""
    with connection.cursor() as cursor:
        for part in _parts(ids):
            condition, argument = _wanted("id", part)
            cursor.execute(
                f"UPDATE {ENTRIES} SET closed_by = %s WHERE {condition} AND closed_by IS NULL",
                [event_id, argument],
            )


def update_names(frame: pl.DataFrame) -> None:
    """Writes current, since and until of names that are there already (columns id, current, since, until)."""
    sql = f"UPDATE {NAMES} SET current = %s, since = %s, until = %s WHERE id = %s"
    with connection.cursor() as cursor:
        rows = frame.select("current", "since", "until", "id").iter_rows()
        cursor.executemany(sql, [(bool(current), *rest) for current, *rest in rows])


def _name() -> str:
    """The columns of a name, the flag as a number: a converter would read every damaged value as false."""
    flag = "CAST(current AS INTEGER)"
    if connection.vendor == "sqlite":
        flag = "CASE typeof(current) WHEN 'integer' THEN current + 0 ELSE -1 END"
    return f"id, code, name, norm, {flag}, since, until"


def _select(sql: str, column: str, values: Iterable[Any], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(_fetched(sql, column, values), schema=schema, orient="row")


def _fetched(sql: str, column: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for part in _parts(list(dict.fromkeys(values))):
            condition, argument = _wanted(column, part)
            cursor.execute(sql.replace("{wanted}", condition), [argument])
            found.extend(cursor.fetchall())
    return found


def _rows(sql: str, arguments: list[Any], schema: dict[str, Any]) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def _wanted(column: str, values: Sequence[Any]) -> tuple[str, Any]:
    """A condition with one parameter for any number of values."""
    if connection.vendor == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))
    return f"{column} = ANY(%s)", list(values)


def _parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + LOOKUP] for start in range(0, len(values), LOOKUP)]
