"""Recomputing everything the register stores, for `ledger verify`: no flipped bit may pass."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from django.db import DatabaseError, connection

from xinheng.evidence import service as evidence
from xinheng.register import spells, store, succession
from xinheng.register.loading import KIND

SHOWN = 20  # findings of one sort that are spelled out; the rest is counted


def findings() -> Iterator[evidence.Finding]:
    """Every value of register_entry, register_name and register_succession that does not follow from the ledger.

    Entries: their bytes against the digest in their event, their ids dense, their closing against what came
    after. Names: derived again from the entries and compared in every column.
    """
    yield from succession.findings()
    broken = False
    for finding in _entries():
        broken = True
        yield finding
    try:
        versions = _closings()
    except _UNREADABLE:
        yield evidence.Finding("register-unreadable", "登记表里有读不出的值")
        return
    for finding in _closed(versions):
        broken = True
        yield finding
    if broken:
        # Names follow from entries: with those damaged, comparing would only repeat it
        return
    yield from _names()


_UNREADABLE = (DatabaseError, pl.exceptions.PolarsError, TypeError, ValueError, UnicodeDecodeError)


def _entries() -> Iterator[evidence.Finding]:
    told = 0
    for entry in evidence.events(kinds=[KIND]):
        start, end = evidence.row_range(entry.id)
        detail = entry.body["detail"]
        told += detail["rows"]
        try:
            rows = store.entries_between(start, end)
        except _UNREADABLE:
            yield evidence.Finding("register-unreadable", f"第 {entry.id} 笔的登记行有读不出的值")
            continue
        if rows["id"].to_list() != list(range(start, start + detail["rows"])):
            yield evidence.Finding(
                "register-range",
                f"第 {entry.id} 笔应有 {detail['rows']} 行登记，实有 {rows.height} 行或编号不连续",
            )
        elif evidence.frame_digest(rows.drop("closed_by")) != detail["digest"]:
            yield evidence.Finding("register-digest", f"第 {entry.id} 笔的登记行与账本所记摘要不符")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {store.ENTRIES}")
        actual = cursor.fetchone()[0]
    if actual != told:
        yield evidence.Finding("row-count", f"{store.ENTRIES} 有 {actual} 行，账本所记为 {told} 行")


def _closings() -> pl.DataFrame:
    """id, code, closed_by and the event that should have closed it."""
    columns = ("id", "code", "old_number", "closed_by")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {store.ENTRIES} ORDER BY id")
        schema = {name: store.ENTRY_SCHEMA[name] for name in columns}
        rows = pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
    unified = (
        rows.filter((pl.col("old_number") != "") & (pl.col("old_number") != pl.col("code")))
        .select(pl.col("id").alias("unified"), pl.col("old_number").alias("code"))
        .sort("unified")
    )
    # Closed by whichever came first: the next version, or a version of the unified code that tells this old
    # number
    return (
        rows.sort("code", "id")
        .with_columns(pl.col("id").shift(-1).over("code").alias("next"))
        .sort("id")
        .join_asof(
            unified, left_on="id", right_on="unified", by="code", strategy="forward", allow_exact_matches=False,
            check_sortedness=False,
        )
        .with_columns((pl.min_horizontal("next", "unified") // (1 << spells.ORDINAL_BITS)).alias("expected"))
    )  # fmt: skip


def _closed(rows: pl.DataFrame) -> Iterator[evidence.Finding]:
    wrong = rows.filter(pl.col("closed_by").ne_missing(pl.col("expected")))
    for entry, actual, expected in wrong.head(SHOWN).select("id", "closed_by", "expected").iter_rows():
        yield evidence.Finding("register-closed", f"登记行 {entry} 的终止记在 {actual}，账本说是 {expected}")
    if wrong.height > SHOWN:
        yield evidence.Finding("register-closed", f"另有 {wrong.height - SHOWN} 行的终止不符")


def _names() -> Iterator[evidence.Finding]:
    try:
        actual = store.all_names()
    except _UNREADABLE:
        yield evidence.Finding("register-names-unreadable", "名称表里有读不出的值")
        return
    expected = spells.derive(store.all_spells())
    columns = list(spells.COLUMNS)
    for code, frame, word in (
        ("register-name-extra", actual.join(expected, on=columns, how="anti"), "不能由登记推出"),
        ("register-name-missing", expected.join(actual, on=columns, how="anti"), "与登记推出的不符或缺失"),
    ):
        for row in frame.sort("id").head(SHOWN)["id"]:
            yield evidence.Finding(code, f"名称行 {row} {word}")
        if frame.height > SHOWN:
            yield evidence.Finding(code, f"另有 {frame.height - SHOWN} 行名称{word}")
    if actual.height != expected.height:
        yield evidence.Finding("row-count", f"{store.NAMES} 有 {actual.height} 行，应有 {expected.height} 行")


def rebuild_names() -> int:
    """Writes the derived table of names anew from the entries; returns how many names there are.

    One transaction: readers see the old table or the new one. Needed after a damage or a change of the name
    key.
    """
    from django.db import transaction

    with transaction.atomic(durable=True):
        evidence.lock("register")
        names = spells.derive(store.all_spells())
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {store.NAMES}")
        evidence.insert_frame(store.NAMES, names.with_columns(pl.col("current").cast(pl.Boolean)))
    return names.height
