"""What `ledger verify` recomputes of this room, and how erasure reaches it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.exchange.passing import ANSWERED, SENT
from xinheng.records import service as records


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what their event bound, or belong to no event."""
    seen = {"exchange_passage": 0, "exchange_answer": 0}
    for entry in evidence.events(kinds=(SENT, ANSWERED)):
        detail = entry.body["detail"]
        if entry.kind == SENT:
            rows = _rows("exchange_passage", "id, statement_id, destination", entry.id)
            seen["exchange_passage"] += len(rows)
            same = evidence.rows_digest(rows) == detail["passage_digest"]
        else:
            rows = _rows("exchange_answer", "id, statement_id, destination, outcome, reason", entry.id)
            seen["exchange_answer"] += len(rows)
            same = evidence.rows_digest([row[:4] for row in rows]) == detail["answer_digest"]
            same = same and _reasons_hold(rows, detail["reasons_digest"])
        if not same:
            yield evidence.Finding("exchange-changed", f"第 {entry.id} 笔的上报记录与账本所记不符")
    for table, count in seen.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            if (total := cursor.fetchone()[0]) != count:
                yield evidence.Finding("exchange-unknown", f"{table} 有 {total - count} 行不在账本中")


def _reasons_hold(rows: list[tuple[object, ...]], digest: str) -> bool:
    """The reasons as told; a reason blank for an erased statement is no fault, and then the rest cannot be compared."""
    if evidence.rows_digest([(row[4],) for row in rows]) == digest:
        return True
    blank = [int(str(row[1])) for row in rows if row[4] == ""]
    return any(records.open_standing(blank).get_column("state") == "erased") if blank else False


def _rows(table: str, columns: str, event_id: int) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {table} WHERE id >= %s AND id < %s ORDER BY id",
            list(evidence.row_range(event_id)),
        )
        return list(cursor.fetchall())


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Cleaner of lawful erasure: what the upper platform wrote about an erased statement goes too."""
    marks = ", ".join(str(parts.id) for parts in erased)
    if marks:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE exchange_answer SET reason = '' WHERE statement_id IN ({marks})")
