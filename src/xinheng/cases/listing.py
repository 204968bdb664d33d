"""Many cases: lists by due day and sums, each answered from an index of the open ones."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import date
from typing import Any

from xinheng.cases import daycount, kinds, reading, scope
from xinheng.cases.binding import as_date, chunks, day_of, marks, query
from xinheng.cases.policy_act import NO_DAY
from xinheng.cases.types import BodyCounters, Case, CaseLine, Counters, Reader

Cursor = tuple[date, int]
LINE = (
    "id", "number", "kind", "state", "outcome", "uscc", "statement_id", "item", "field", "authority", "body", "channel",
    "outside", "opened_on", "closed_on", "clock", "due_on", "provisional", "overdue_on", "waiting", "version", "pack",
    "clock_id",
)  # fmt: skip
AT_REST = (
    f"c.closed_on IS NULL AND c.holder = 'none' AND c.due_on = '{NO_DAY.isoformat()}' AND c.provisional = 0"
    " AND c.waiting = ''"
)
"""Open, but nobody has to move it by any day."""
SELECTED = ", ".join(f"c.{column}" for column in LINE)


def due(
    *, reader: Reader, on: date, kind: str | None = None, body: str | None = None, until: date | None = None,
    state: str | None = None, after: Cursor | Sequence[Any] | None = None, limit: int = 50,
) -> tuple[list[CaseLine], Cursor | None]:  # fmt: skip
    """Open cases by due day, then id: what is late first, cases whose clock stands still or that have none last. With
    the cursor a list goes on after (None: at its end)."""
    wheres: list[str] = ["c.closed_on IS NULL"]
    params: list[Any] = []
    for column, value in (("kind", kind), ("body", body), ("state", state)):
        if value is not None:
            wheres.append(f"c.{column} = %s")
            params.append(value)
    if until is not None:
        wheres.append("c.due_on <= %s")
        params.append(until.isoformat())
    if after is not None:
        day = after[0].isoformat() if isinstance(after[0], date) else str(after[0])
        wheres.append("c.due_on >= %s AND (c.due_on > %s OR c.id > %s)")
        params += [day, day, int(after[1])]
    parts = []
    for mine, own in scope.branches(reader):
        parts.append(
            query(
                f"SELECT {SELECTED} FROM cases_case c WHERE {mine} AND {' AND '.join(wheres)}"
                " ORDER BY c.due_on, c.id LIMIT %s",
                [*own, *params, limit + 1],
            )
        )
    order = LINE.index("due_on")
    found = list(heapq.merge(*parts, key=lambda row: (str(row[order]), row[0])))[: limit + 1]
    shown = lines(found[:limit], on)
    last = found[limit - 1] if len(found) > limit else None
    return shown, (day_of(last[order]), int(last[0])) if last else None


def counters(*, reader: Reader, on: date) -> Counters:
    """How the open cases of a reader stand on a day. A provisional day is never past; a case that nobody has to move and
    that has no day (an entry on its list until it leaves) is not among them."""
    found: list[tuple[Any, ...]] = []
    for mine, own in scope.branches(reader):
        # Grouped in the order of the index that holds all it asks for: no case is read, nothing is sorted
        by = "c.holder" if mine == scope.EVERY else "c.body"
        found += query(
            f"SELECT {by}, c.due_on, c.provisional, c.waiting, COUNT(*) FROM cases_case c WHERE {mine}"
            f" AND c.closed_on IS NULL GROUP BY {by}, c.due_on, c.provisional, c.waiting"
            # Those at rest are few and have an index of their own: they are taken off again
            " UNION ALL SELECT '', c.due_on, 0, '', -COUNT(*) FROM cases_case c"
            f" WHERE {scope.unindexed(mine)} AND {AT_REST} GROUP BY c.due_on",
            [*own, *own],
        )
    return Counters(*_sums([row[1:] for row in found], on, daycount.soon(on)))


def counters_by_body(*, on: date) -> list[BodyCounters]:
    """The same for everyone whose turn it is: bodies by code, "office", "subject"; cases nobody has to move are left
    out. For the office alone."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in query(
        "SELECT c.holder, c.due_on, c.provisional, c.waiting, COUNT(*) FROM cases_case c WHERE c.closed_on IS NULL"
        " GROUP BY c.holder, c.due_on, c.provisional, c.waiting"
    ):
        found.setdefault(row[0], []).append(row[1:])
    soon = daycount.soon(on)
    return [BodyCounters(body, *_sums(found[body], on, soon)) for body in sorted(found) if body != "none"]


def _sums(found: Sequence[Sequence[Any]], on: date, soon: date) -> list[int]:
    """Rows (due day, provisional, waiting step, how many) as open, today, soon, overdue, provisional, waiting."""
    sums = [0] * 6
    for due_on, provisional, waiting, count in found:
        day = day_of(due_on)
        told = (
            True, day == on, on < day <= soon, day < on and not provisional, bool(provisional), bool(waiting),
        )  # fmt: skip
        sums = [total + count * yes for total, yes in zip(sums, told, strict=True)]
    return sums


def of_subject(
    *, uscc: str, open_only: bool = False, after: int | None = None, limit: int = 50, on: date | None = None,
    own: bool = False,
) -> tuple[list[CaseLine], int | None]:  # fmt: skip
    """The cases of an organisation, newest first, and the id a list goes on after. Who may ask is the caller's to say:
    the subject itself (`own`: only what it was told of), or somebody who may read all cases."""
    if not uscc:
        return [], None
    wheres: list[str] = ["c.uscc = %s"]
    params: list[Any] = [uscc]
    if own:
        wheres.append(scope.TOLD)
    if open_only:
        wheres.append("c.closed_on IS NULL")
    if after is not None:
        wheres.append("c.id < %s")
        params.append(int(after))
    found = query(
        f"SELECT {SELECTED} FROM cases_case c WHERE {' AND '.join(wheres)} ORDER BY c.id DESC LIMIT %s",
        [*params, limit + 1],
    )
    return lines(found[:limit], on), int(found[limit - 1][0]) if len(found) > limit else None


def with_open(*, body: str, usccs: Sequence[str]) -> frozenset[str]:
    """Of these organisations, those with an open case that a unit handles, or that is about an entry of its own and handled
    elsewhere. "" has none."""
    found: set[str] = set()
    for part in chunks(sorted(set(usccs))) if body else ():
        sql = (
            "SELECT DISTINCT c.uscc FROM cases_case c WHERE c.closed_on IS NULL AND (c.body = %s OR c.elsewhere = %s)"
            f" AND c.uscc IN ({marks(part)})"
        )
        found |= {row[0] for row in query(sql, [body, body, *part])}
    return frozenset(found)


def of_statements(
    *, ids: Sequence[int], open_only: bool = True, on: date | None = None
) -> dict[int, list[CaseLine]]:
    """The cases about statements, oldest first; statements without any are absent."""
    found: dict[int, list[CaseLine]] = {}
    where = " AND c.closed_on IS NULL" if open_only else ""
    for part in chunks(sorted(set(ids))):
        rows = query(
            f"SELECT {SELECTED} FROM cases_case c WHERE c.statement_id IN ({marks(part)}){where} ORDER BY c.id",
            part,
        )
        for line in lines(rows, on):
            found.setdefault(line.statement, []).append(line)  # type: ignore[arg-type]
    return found


def by_outside(*, kind: str, outside: str, on: date | None = None) -> Case | None:
    """The case of an outside number, or None."""
    found = reading.rows("c.kind = %s AND c.outside = %s", [kind, outside]) if outside else []
    return reading.shaped(found[0], on) if found else None


def lines(found: Sequence[Sequence[Any]], on: date | None) -> list[CaseLine]:
    """Rows of a list as they are shown."""
    made, shelf = [], kinds.Shelf()
    for cells in found:
        row = dict(zip(LINE, cells, strict=True))
        row["opened_on"] = day_of(row["opened_on"])
        kind = shelf.kind(row)
        state = kind.states[row["state"]]
        due_on = day_of(row["due_on"])
        shown = None if due_on == NO_DAY else due_on
        made.append(
            CaseLine(
                id=row["id"], number=row["number"], kind=row["kind"], kind_name=kind.name, state=row["state"],
                state_name=state.name, desk=state.desk, outcome=row["outcome"], final=state.final, uscc=row["uscc"],
                statement=row["statement_id"], item=row["item"], field=row["field"], authority=row["authority"],
                body=row["body"], channel=row["channel"], outside=row["outside"], opened_on=row["opened_on"],
                closed_on=as_date(row["closed_on"]), clock=row["clock"], due_on=shown,
                provisional=bool(row["provisional"]), paused=row["clock_id"] is not None and shown is None,
                days_left=daycount.left(shown, on, shelf.active), overdue=as_date(row["overdue_on"]),
                waiting=bool(row["waiting"]), version=row["version"],
            )
        )  # fmt: skip
    return made
