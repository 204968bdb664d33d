"""The two forms of the index: FTS5 over pre-split pairs on SQLite, a GIN index over an array of pairs on
PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.search.ranking import (
    MARK,
    Query,
    bucket,
    buckets,
    first_place,
    label_number,
    labels,
    numbers,
    tokens,
    words,
)

Row = tuple[int, str, str, str, str]  # id, code, name, key, region
COLUMNS = "id, code, name, key, region"
_TABLE = "search_document"
LOOKUP = 10_000
MAX_ID = (1 << 63) - 1
LAST_LETTER = chr(0x10FFFF)
FEW_BEGINNINGS = 100
SORTED = 2_000  # matches that PostgreSQL fetches to put them in order
# Keys hold letters and digits only: no character of a query is a pattern
_HOLDS = "key LIKE '%%' || %s || '%%'"


def insert(rows: Sequence[Row]) -> None:
    """Adds documents, in the order of their ids."""
    rows = sorted(rows)
    if connection.vendor == "sqlite":
        evidence.insert_rows(_TABLE, ["id", "code", "name", "key", "region"], rows)
        evidence.insert_rows("search_gram", ["rowid", "grams"], [(row[0], words_of(row)) for row in rows])
        return
    with_pairs = ([*row, pairs_of(row)] for row in rows)
    evidence.insert_rows(_TABLE, ["id", "code", "name", "key", "region", "grams"], with_pairs)


def remove(rows: Sequence[Row]) -> None:
    """Takes documents out. The index of words keeps no text, so it must be told again what it was given."""
    if connection.vendor == "sqlite":
        taken = [("delete", row[0], words_of(row)) for row in sorted(rows)]
        evidence.insert_rows("search_gram", ["search_gram", "rowid", "grams"], taken)
    with connection.cursor() as cursor:
        for part in _parts([row[0] for row in rows]):
            condition, argument = _any("id", part)
            cursor.execute(f"DELETE FROM {_TABLE} WHERE {condition}", [argument])


def by_code(codes: Iterable[str]) -> list[Row]:
    """All documents of these codes, in display order."""
    found: list[Row] = []
    with connection.cursor() as cursor:
        for part in _parts(list(dict.fromkeys(codes))):
            condition, argument = _any("code", part)
            cursor.execute(f"SELECT {COLUMNS} FROM {_TABLE} WHERE {condition} ORDER BY id", [argument])
            found.extend(cursor.fetchall())
    return found


def strangers() -> list[str]:
    """Codes that are found by what was said about them, not by the register."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT code FROM {_TABLE} WHERE id %% 2 = 1 ORDER BY code", [])
        return [row[0] for row in cursor.fetchall()]


def walk(*, after: int, limit: int) -> list[Row]:
    """Documents in display order, part by part."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM {_TABLE} WHERE id > %s ORDER BY id LIMIT %s", [after, limit])
        return list(cursor.fetchall())


def clear() -> None:
    """Empties the index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO search_gram(search_gram) VALUES ('delete-all')")
            cursor.execute(f"DELETE FROM {_TABLE}")
        else:
            cursor.execute(f"TRUNCATE {_TABLE}")


def tidy() -> None:
    """Merges what was added in pieces and drops what was deleted; lets PostgreSQL count what is common.

    Work in proportion to the whole index; may run inside a transaction.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO search_gram(search_gram) VALUES ('optimize')")
        else:
            cursor.execute("SELECT gin_clean_pending_list('search_document_grams')")
            cursor.execute(f"ANALYZE {_TABLE}")


def size() -> int:
    """How many documents there are. For upkeep, never for an answer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {_TABLE}")
        return int(cursor.fetchone()[0])


def codes_from(prefix: str, *, after: str, limit: int) -> list[str]:
    """Codes that start with `prefix`, ascending, after the code `after`."""
    # One lower bound only: given two, SQLite may choose the one that reads everything before the prefix
    lower = ("code > %s", after) if after > prefix else ("code >= %s", prefix)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT code FROM {_TABLE} WHERE {lower[0]} AND code < %s ORDER BY code LIMIT %s",
            [lower[1], prefix + "~", limit],
        )
        return [row[0] for row in cursor.fetchall()]


def exact(query: Query, *, start: int, end: int, limit: int) -> list[Row]:
    """Documents whose key is the query's, with start < id < end."""
    narrow, values = "", []
    if query.kinds:
        narrow += f" AND substr(code, 1, 2) IN ({', '.join(['%s'] * len(query.kinds))})"
        values += [kind[1:].upper() for kind in query.kinds]
    if query.region:
        narrow += " AND region LIKE %s"
        values.append(query.region[1:] + "%")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM {_TABLE} WHERE key = %s AND id > %s AND id < %s{narrow} ORDER BY id LIMIT %s",
            [query.key, start, end, *values, limit],
        )
        return list(cursor.fetchall())


def beginning(query: Query, *, start: int, end: int, limit: int) -> list[Row]:
    """Documents whose key starts with the query's."""
    opening = MARK + query.key
    if connection.vendor == "sqlite":
        if (few := _few_beginning(query)) is not None:
            rows = [row for row in few if start < row[0] < end]
            return [row for row in rows if query.admits(id_=row[0], code=row[1], region=row[4])][:limit]
        return _matching(_narrowed(_phrase(opening), query), start, end, limit)
    return _containing(query, [opening], ["key LIKE %s"], [f"{query.key}%"], start, end, limit)


def _few_beginning(query: Query) -> list[Row] | None:
    """All documents whose key starts with the query's, in order, where they are few; else None.

    Few or none is told by the index of keys at once, where the index of words would read all that begins alike.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM {_TABLE} WHERE key >= %s AND key < %s LIMIT %s",
            [query.key, query.key + LAST_LETTER, FEW_BEGINNINGS + 1],
        )
        rows = cursor.fetchall()
    return sorted(rows) if len(rows) <= FEW_BEGINNINGS else None


def fragment(query: Query, *, start: int, end: int, limit: int) -> list[Row]:
    """Documents that hold every term, and do not start with the whole query (those were found before)."""
    if connection.vendor == "sqlite":
        match = " AND ".join(_phrase(term) for term in query.terms)
        few = _few_beginning(query)
        if few is None:
            match = f"({match}) NOT {_phrase(MARK + query.key)}"
        # Few beginnings are left out here: the index would look for each of them through all that begins alike
        rows = _matching(_narrowed(match, query), start, end, limit + len(few or ()))
        return [row for row in rows if few is None or not row[3].startswith(query.key)][:limit]
    conditions = [*([_HOLDS] * len(query.terms)), "key NOT LIKE %s"]
    arguments = [*query.terms, f"{query.key}%"]
    return _containing(query, query.terms, conditions, arguments, start, end, limit)


def holding(query: Query, *, limit: int) -> list[Row]:
    """Documents that hold every term, wherever: all of them, or any `limit` of them if there are as many."""
    if connection.vendor == "sqlite":
        match = " AND ".join(_phrase(term) for term in query.terms)
        return _matching(_narrowed(match, query), start=-1, end=MAX_ID, limit=limit)
    conditions, arguments = [_HOLDS] * len(query.terms), list(query.terms)
    grams = _grams(query, query.terms, conditions, arguments)
    return _with_pairs(grams, conditions, [*arguments, -1, MAX_ID], limit=limit)


def words_of(row: Row) -> str:
    """The words of a document: its pairs in their order, then its labels."""
    return " ".join((words(row[3]), *labels(row[1], row[4])))


def pairs_of(row: Row) -> list[int]:
    """What the array of a document holds: its pairs, its bucket, and its labels."""
    return [*numbers(MARK + row[3]), bucket(row[0]), *map(label_number, labels(row[1], row[4]))]


def _phrase(run: str) -> str:
    return f'"{tokens(run)}"'


def _narrowed(match: str, query: Query) -> str:
    """The match with the labels a document must carry: the region, and one of the kinds."""
    parts = [f"({match})"]
    if query.kinds:
        parts.append(f"({' OR '.join(query.kinds)})")
    if query.region:
        parts.append(query.region)
    return " AND ".join(parts)


def _grams(query: Query, runs: Sequence[str], conditions: list[str], arguments: list[Any]) -> list[int]:
    """PostgreSQL: what the array of a document must hold; several kinds become a condition of their own."""
    grams = [number for run in runs for number in numbers(run)]
    grams += [label_number(label) for label in (query.region, *query.kinds[:1]) if label]
    if len(query.kinds) > 1:
        grams.pop()
        conditions.append("grams && %s::bigint[]")
        arguments.append([label_number(kind) for kind in query.kinds])
    return list(dict.fromkeys(grams))


def _matching(match: str, start: int, end: int, limit: int) -> list[Row]:
    """The words alone first: which documents match is known in their order, so the first ones are the answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.id, d.code, d.name, d.key, d.region FROM"
            " (SELECT rowid FROM search_gram WHERE search_gram MATCH %s AND rowid > %s AND rowid < %s"
            "  ORDER BY rowid LIMIT %s) g JOIN search_document d ON d.id = g.rowid ORDER BY d.id",
            [match, start, end, limit],
        )
        return list(cursor.fetchall())


def _containing(
    query: Query,
    runs: Sequence[str],
    conditions: list[str],
    arguments: list[str],
    start: int,
    end: int,
    limit: int,
) -> list[Row]:
    """PostgreSQL: the next documents with all these pairs, and with the runs themselves.

    Few that match are all fetched and sorted. Of many, the array index gives one length after the other, for the
    length of a name stands in its array too: the planner, which takes neighbouring pairs for independent, would
    sort a tenth of the table for one query and read all of it for another.
    """
    # Names shorter than a run cannot hold it
    start = max(start, first_place(start + 1, max(len(run.strip(MARK)) for run in runs)) - 1)
    conditions, arguments = list(conditions), list(arguments)
    grams = _grams(query, runs, conditions, arguments)
    rows = _with_pairs(grams, conditions, [*arguments, start, end], limit=SORTED + 1)
    if len(rows) <= SORTED:
        return sorted(rows)[:limit]
    found: list[Row] = []
    for length in buckets(start, end):
        if len(found) >= limit:
            break
        found += _with_pairs(
            [*grams, length], conditions, [*arguments, start, end], order="id + 0", limit=limit
        )
    return found[:limit]


def _with_pairs(
    grams: list[int], conditions: list[str], arguments: list[Any], *, limit: int, order: str = ""
) -> list[Row]:
    where = " AND ".join(["grams @> %s::bigint[]", *conditions, "id > %s", "id < %s"])
    last = f"ORDER BY {order} LIMIT %s" if order else "LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM {_TABLE} WHERE {where} {last}", [grams, *arguments, limit])
        return list(cursor.fetchall())


def _any(column: str, values: Sequence[Any]) -> tuple[str, Any]:
    if connection.vendor == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))
    return f"{column} = ANY(%s)", list(values)


def _parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + LOOKUP] for start in range(0, len(values), LOOKUP)]
