"""Comparing the index with what it was made from, for `ledger verify`."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from django.db import DatabaseError, connection

from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.search import entries, store, subjects
from xinheng.search.documents import wanted

PART = 5_000
SHOWN = 20
_UNREADABLE = (
    DatabaseError, TypeError, ValueError, UnicodeDecodeError, XinhengError, pl.exceptions.PolarsError,
)  # fmt: skip


def findings() -> Iterator[evidence.Finding]:
    """Documents that should not be there or are missing, and bigrams that are not those of their document.

    Silent while the follower is behind: then the index is old, not wrong.
    """
    if evidence.lag().get("search"):
        return
    try:
        faults = [f"检索条目 {id_} {word}" for id_, word in _documents()]
        faults += _words() if connection.vendor == "sqlite" else _arrays()
        faults += entries.faults()
    except _UNREADABLE:
        faults = ["检索表里有读不出的值"]
    for fault in faults[:SHOWN]:
        yield evidence.Finding("search-index", f"{fault}；检索可以重建，不影响账本")
    if len(faults) > SHOWN:
        yield evidence.Finding("search-index", f"检索另有 {len(faults) - SHOWN} 处不符")


def _documents() -> Iterator[tuple[int, str]]:
    seen = 0
    for codes in subjects.everyone(part=PART):
        should, are = set(wanted(codes)), set(store.by_code(codes))
        seen += len(are)
        yield from ((row[0], "与来源不符") for row in sorted(are - should))
        yield from ((row[0], "缺失或有改动") for row in sorted(should - are))
    total = store.size()
    if total != seen:
        yield 0, f"共 {total} 条，其中 {total - seen} 条没有来源"


def _words() -> list[str]:
    """The words FTS5 holds against the words of all documents, by a sum over (word, document, place)."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("INSERT INTO search_gram(search_gram) VALUES ('integrity-check')")
        except DatabaseError:
            return ["全文索引自检不通过"]
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_word USING fts5vocab(main, search_gram, instance)"
        )
        cursor.execute("SELECT term, doc, offset FROM temp.search_word")
        held = 0
        while part := cursor.fetchmany(200_000):
            held = (held + _sum(part)) % (1 << 64)
        cursor.execute("DROP TABLE temp.search_word")
    should, last = 0, -1
    while rows := store.walk(after=last, limit=20_000):
        last = rows[-1][0]
        told = [(word, row[0], at) for row in rows for at, word in enumerate(store.words_of(row).split())]
        should = (should + _sum(told)) % (1 << 64)
    return [] if held == should else ["全文索引与检索条目不符"]


def _sum(told: list[tuple[str, int, int]]) -> int:
    frame = pl.DataFrame(told, schema={"term": pl.String, "doc": pl.Int64, "offset": pl.Int64}, orient="row")
    return sum(frame.select(pl.concat_str("term", "doc", "offset", separator=" ").hash())[:, 0].to_list())


def _arrays() -> list[str]:
    faults: list[str] = []
    last = -1
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT {store.COLUMNS}, grams FROM search_document WHERE id > %s ORDER BY id LIMIT 20000",
                [last],
            )
            rows = cursor.fetchall()
            if not rows:
                return faults
            last = rows[-1][0]
            faults += [
                f"检索条目 {row[0]} 的字对不符" for *row, grams in rows if grams != store.pairs_of(tuple(row))
            ]
