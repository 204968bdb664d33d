"""Acts on a small city, for tests of facts: what moves a fact, each in one entry of the ledger."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.facts import checking, store
from xinheng.records import service as records

ON = evidence.legal_day(AT)


def act(kind: str = "records.tested", at: datetime = AT) -> evidence.Act:
    return evidence.Act(kind=kind, actor="test", at=at, provision="测试")


def ids(item: str = "admin-penalty") -> list[int]:
    """Statements about organisations (no individual business), in order."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM records_statement WHERE item = %s AND uscc <> '' AND SUBSTR(uscc, 1, 2) <> '92' ORDER BY id",
            [item],
        )
        return [row[0] for row in cursor.fetchall()]


def restand(statements: list[int], state: str) -> None:
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=statements, state=state)


def dispute(statements: list[int], case: str = "YY1") -> None:
    with evidence.event(act()) as event:
        records.mark(event=event, statement_ids=statements, kind="disputed", since=ON, case=case)


def decide(statements: list[int], case: str = "YY1") -> None:
    with evidence.event(act()) as event:
        records.unmark(event=event, statement_ids=statements, kind="disputed", case=case, until=ON)


def send(
    like: int, *, document: str = "", decided_on: date | None = None, count: int = 1, uscc: str = "",
    show_until: date | None = None,
) -> list[int]:  # fmt: skip
    """New statements like one on file, with other document numbers (several: numbered) or another day; their ids."""
    one = records.statements([like])[like]
    standing = records.open_standing([like]).row(0, named=True)
    item = records.item_of(one.item, one.item_version)
    codes = item.scopes["public"]
    rows = []
    for number in range(count):
        cells = one.public.decode().split("\x1f")
        if document:
            cells[records.PUBLIC_HEADER + codes.index(item.document_number[0])] = (
                document if count == 1 else f"{document}{number:06d}"
            )
        if decided_on is not None:
            cells[records.PUBLIC_HEADER + codes.index(item.decided_on)] = decided_on.isoformat()
        if uscc:
            cells[3] = uscc
            cells[records.PUBLIC_HEADER + codes.index(item.subject_code)] = uscc
        public = "\x1f".join(cells).encode()
        told = records.derived(public, one.shared, one.restricted)
        rows.append(
            {**told, "public": public, "shared": one.shared, "restricted": one.restricted,
             "decided_on": date.fromisoformat(str(told["decided_on"])), "severity": standing["severity"],
             "show_from": standing["show_from"], "show_until": show_until or standing["show_until"],
             "repair_from": standing["repair_from"], "rule": standing["rule"]}
        )  # fmt: skip
    frame = pl.DataFrame(rows).with_columns(
        pl.col("show_from", "show_until", "repair_from", "decided_on").cast(pl.Date)
    )
    with evidence.event(act()) as event:
        records.write(event=event, frame=frame)
        first = event.row_id(0)
    return list(range(first, first + count))


def sums() -> tuple[int, int, int, int]:
    """What the kept facts say, whatever files and numbers they use."""
    state = store.read(store.folder())
    assert state is not None
    return checking.sums(store.folder(), state)
