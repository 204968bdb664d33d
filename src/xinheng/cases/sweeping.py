"""The nightly sweep: whose day has passed. As sets, in parts; late or twice gives the same."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.cases import handlers, kinds, overdue, reading, writing
from xinheng.cases.binding import OVERDUE, for_update, insert
from xinheng.cases.types import Swept
from xinheng.evidence import service as evidence

PART = 5_000
"""An overdue row and its case are two rows; the rooms above write what follows from them in the same event."""
ACTOR = "platform"


def sweep(*, at: datetime, actor: str = ACTOR) -> Swept:
    """Declares every open case overdue whose day has passed, since the day after it, and tells the rooms above.

    A provisional day never passes. A sweep that was killed goes on where it stopped; one that comes days late, or twice,
    leaves what daily ones would have left.
    """
    on = evidence.legal_day(at)
    by_body: Counter[str] = Counter()
    while found := _part(at, on, actor):
        by_body.update(found)
    return Swept(sum(by_body.values()), dict(sorted(by_body.items())))


def _part(at: datetime, on: date, actor: str) -> list[str]:
    if not _late(on, limit=1):
        return []
    told = evidence.Act(kind=writing.LATE, actor=actor, at=at, purpose="期限巡查")
    with evidence.event(told) as event:
        evidence.lock("cases.sweep")
        rows = _late(on, limit=PART, tail=for_update())
        made = [
            {
                "case_id": row["id"], "clock_id": row["clock_id"],
                "since": writing.overdue_since(row["due_on"]), "late": row["holder"],
            }
            for row in rows
        ]  # fmt: skip
        ids = insert(event, OVERDUE, made)
        event.count(len(ids))
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE cases_case SET overdue_on = o.since FROM cases_overdue o"
                    " WHERE o.id >= %s AND o.id <= %s AND o.case_id = cases_case.id",
                    [ids[0], ids[-1]],
                )
        event.detail["overdue"] = len(ids)
        event.detail["provisions"] = sorted({row["clock"] for row in rows})
        shelf = kinds.Shelf()
        handlers.late(event, [overdue.of_row(row, shelf) for row in rows])
    return [str(row["holder"]) for row in rows]


def _late(on: date, *, limit: int, tail: str = "") -> list[dict[str, Any]]:
    return reading.rows(
        "c.closed_on IS NULL AND c.due_on < %s AND c.provisional = 0 AND c.overdue_on IS NULL"
        " ORDER BY c.due_on, c.id",
        [on.isoformat()],
        tail=f" LIMIT {limit}{tail}",
    )
