"""Recomputing everything the records room stores, for `ledger verify`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel.leaf import leaf_from_commitments, statement_leaves
from xinheng.records import marking
from xinheng.records.writing import STANDING, STATEMENT, standing_frame

SPAN = 40  # events read together: memory stays flat however long the ledger is


def findings() -> Iterator[evidence.Finding]:
    """Every stored value of statements, standing, marks and erasures that does not follow from the ledger."""
    erased = _erased()
    closed_by: dict[int, int] = {}
    claimed_rows = 0
    claimed_standing = 0
    entries = evidence.events()
    yield from _erasure_rows(entries, erased)
    yield from marking.findings(entries)
    for entry in entries:
        for standing_id in entry.body["detail"].get("closed", ()):
            closed_by[standing_id] = entry.id
    for start in range(0, len(entries), SPAN):
        for entry in entries[start : start + SPAN]:
            claimed_rows += entry.leaves
            detail = entry.body["detail"]
            if entry.leaves:
                yield from _statements(entry, erased)
            if detail.get("standing"):
                claimed_standing += detail["standing_rows"]
                yield from _standing(entry, closed_by)
    yield from _totals("records_statement", claimed_rows)
    yield from _totals("records_standing", claimed_standing)


def _statements(entry: evidence.Entry, erased: dict[int, bytes]) -> Iterator[evidence.Finding]:
    start, end = evidence.row_range(entry.id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(STATEMENT)} FROM records_statement WHERE id >= %s AND id < %s ORDER BY id",
            [start, end],
        )
        rows = cursor.fetchall()
    if [row[0] for row in rows] != list(range(start, start + entry.leaves)):
        yield evidence.Finding(
            "statement-range", f"第 {entry.id} 笔应有 {entry.leaves} 条记录,实有 {len(rows)} 条或编号不连续"
        )
        return
    whole = []
    for row in rows:
        if row[0] in erased:
            continue
        if len(_bytes(row[10])) == 96:
            whole.append(row)
        else:
            yield evidence.Finding("statement-salts", f"记录 {row[0]} 的盐值长度不对,账本也没有它的删除")
    leaves = statement_leaves(*([_bytes(row[column]) for row in whole] for column in (10, 7, 8, 9)))
    for row, leaf in zip(whole, leaves, strict=True):
        if leaf != _bytes(row[11]):
            yield evidence.Finding("statement-leaf", f"记录 {row[0]} 的内容与其承诺不符")
        elif (fault := _derived_fault(row)) is not None:
            yield evidence.Finding("statement-derived", f"记录 {row[0]} 的 {fault} 与其内容不符")
    for row in rows:
        if row[0] in erased:
            commitments = erased[row[0]]
            parts = [commitments[i : i + 32] for i in (0, 32, 64)]
            if leaf_from_commitments(parts) != _bytes(row[11]):
                yield evidence.Finding("erased-leaf", f"已删除记录 {row[0]} 的承诺与其叶子不符")
            if any(cell not in ("", None, 0, b"") for cell in map(_plain, row[2:11])):
                yield evidence.Finding("erased-content", f"已删除记录 {row[0]} 仍有内容")


def _derived_fault(row: tuple[object, ...]) -> str | None:
    """The first column that does not follow from the parts, or None."""
    from xinheng.records.derivation import derived

    try:
        expected = derived(*(_bytes(row[column]) for column in (7, 8, 9)))
    except Exception:  # whatever was damaged, the answer is that this row does not hold together
        return "内容"
    actual = {
        "item": row[1], "uscc": row[2], "authority": row[3],
        "decided_on": "" if row[4] is None else str(row[4]), "key": row[5], "digest": row[6],
    }  # fmt: skip
    return next((name for name, value in expected.items() if actual[name] != value), None)


def _standing(entry: evidence.Entry, closed_by: dict[int, int]) -> Iterator[evidence.Finding]:
    start, end = evidence.row_range(entry.id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(STANDING)} FROM records_standing WHERE id >= %s AND id < %s ORDER BY id",
            [start, end],
        )
        rows = cursor.fetchall()
    expected = [closed_by.get(row[0]) for row in rows]
    for row, closer in zip(rows, expected, strict=True):
        if row[10] != closer:
            yield evidence.Finding("standing-closed", f"状态 {row[0]} 的终止记在 {row[10]},账本说是 {closer}")
    try:
        frame = standing_frame(rows)
    except Exception:
        yield evidence.Finding("standing-value", f"第 {entry.id} 笔的状态行有读不出的值")
        return
    offset = 0
    for block in entry.body["detail"]["standing"]:
        part = frame.slice(offset, block["rows"]).drop("closed_by")
        offset += block["rows"]
        if part.height != block["rows"] or evidence.frame_digest(part) != block["digest"]:
            yield evidence.Finding("standing-digest", f"第 {entry.id} 笔的状态行与账本所记摘要不符")
    if offset != frame.height:
        yield evidence.Finding("standing-range", f"第 {entry.id} 笔多出 {frame.height - offset} 行状态")


def _erased() -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_id, commitments FROM records_erasure")
        return {row[0]: _bytes(row[1]) for row in cursor.fetchall()}


def _erasure_rows(entries: list[evidence.Entry], erased: dict[int, bytes]) -> Iterator[evidence.Finding]:
    """Erasures must be in the ledger, and the ledger's erasures in the table, value for value."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_id, commitments, mark FROM records_erasure ORDER BY statement_id")
        rows = {
            row[0]: hashlib.sha256(_bytes(row[1]) + _bytes(row[2])).hexdigest() for row in cursor.fetchall()
        }
    told: dict[int, str] = {}
    for entry in entries:
        if entry.kind == "records.erased":
            told.update({int(key): value for key, value in entry.body["detail"]["erased"].items()})
    for statement_id in sorted(set(rows) | set(told)):
        if rows.get(statement_id) != told.get(statement_id):
            yield evidence.Finding("erasure", f"记录 {statement_id} 的删除与账本不符")


def _totals(table: str, expected: int) -> Iterator[evidence.Finding]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        actual = cursor.fetchone()[0]
    if actual != expected:
        yield evidence.Finding("row-count", f"{table} 有 {actual} 行,账本所记为 {expected} 行")


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def _plain(cell: object) -> object:
    return bytes(cell) if isinstance(cell, memoryview) else cell
