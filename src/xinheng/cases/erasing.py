"""Lawful erasure reaches the cases about a statement: words, names and files go, what was done and when stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from xinheng.cases import attachments, writing
from xinheng.cases.binding import ATTACHMENT, CASE, DOCUMENT, STEP, Shape, chunks, marks, query, said_in
from xinheng.evidence import service as evidence
from xinheng.records import service as records


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Empties what was written in cases about these statements, and deletes files no other case names. The ledger
    entry says which rows; their commitments stay."""
    ids = sorted(
        row[0]
        for part in chunks([parts.id for parts in erased])
        for row in query(f"SELECT id FROM cases_case WHERE statement_id IN ({marks(part)})", part)
    )
    if not ids:
        return
    told = evidence.Act(
        kind=writing.CLEARED, actor=act.actor, at=act.at, provision=act.provision, purpose=act.purpose
    )
    with evidence.event(told) as event:
        digests = {row[0] for row in _of_cases("sha256", "cases_attachment", ids)}
        _wipe(event, CASE, ids)
        for shape in (STEP, DOCUMENT, ATTACHMENT):
            _wipe(event, shape, [row[0] for row in _of_cases("id", shape.table, ids)])
    _delete(digests)
    _vacuum()


def _of_cases(column: str, table: str, ids: Sequence[int]) -> list[tuple[object, ...]]:
    return [
        row
        for part in chunks(ids)
        for row in query(f"SELECT {column} FROM {table} WHERE case_id IN ({marks(part)})", part)
    ]


def _wipe(event: evidence.OpenEvent, shape: Shape, ids: Sequence[object]) -> None:
    if not ids:
        return
    columns = ", ".join(f"{column} = ''" for column in (*shape.said, "salt"))
    with connection.cursor() as cursor:
        for part in chunks(ids):
            cursor.execute(f"UPDATE {shape.table} SET {columns} WHERE id IN ({marks(part)})", list(part))
    said_in(event).setdefault("cleared", {}).setdefault(shape.name, []).extend(ids)
    event.count(len(ids))


def _delete(digests: Iterable[object]) -> None:
    """After the commit: a name without its file would be damage, a file without its name is nothing."""
    for digest in digests:
        still = query("SELECT 1 FROM cases_attachment WHERE sha256 = %s AND name <> '' LIMIT 1", [digest])
        if not still:
            attachments.path_of(str(digest)).unlink(missing_ok=True)


def _vacuum() -> None:
    """Leaves no cleared byte behind (SQLite: the records room sees to the whole file)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for shape in (CASE, STEP, DOCUMENT, ATTACHMENT):
                cursor.execute(f"VACUUM FULL {shape.table}")
