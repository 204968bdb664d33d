"""A calendar notice was loaded: every running clock is counted again; what moved is kept beside what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from xinheng.cases import clocking, handlers, kinds, reading, writing
from xinheng.cases.binding import CLOCK, chunks, close, for_update, insert, marks, query
from xinheng.cases.clocking import Counted, Row
from xinheng.cases.types import MovedCase, Recomputed
from xinheng.evidence import service as evidence
from xinheng.law import service as law

PART = 4_000
"""Of a moved clock four rows change: the old one, the new one, its case, and what the rooms above write of it."""


@dataclass(frozen=True, slots=True)
class _Move:
    row: Row
    counted: Counted


def recompute(*, at: datetime, actor: str, notice: str = "") -> Recomputed:
    """Counts every running clock again with the calendar known now. Where a day or its certainty changes, the row ends
    and another begins that names it and the notice; the rooms above are told in the same event.

    Clocks that stand still are counted when they go on. Repeating it changes nothing; killed, it goes on where it
    stopped.
    """
    looked, moved, after = 0, 0, 0
    [(last,)] = query("SELECT COALESCE(MAX(id), 0) FROM cases_clock")
    while True:
        rows = _running(after, int(last))
        if not rows:
            return Recomputed(looked, moved)
        looked, after = looked + len(rows), rows[-1].id
        moving = _moving(rows)
        for start in range(0, len(moving), PART):
            moved += _part(moving[start : start + PART], at, actor, notice)


def _running(after: int, last: int) -> list[Row]:
    found = query(
        f"SELECT {', '.join(clocking.COLUMNS)} FROM cases_clock WHERE closed_by IS NULL AND paused_on IS NULL"
        " AND id > %s AND id <= %s ORDER BY id LIMIT 20000",
        [after, last],
    )
    return [clocking.row_of(row) for row in found]


def _packs(ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in chunks(sorted(set(ids))):
        found |= dict(query(f"SELECT id, pack FROM cases_case WHERE id IN ({marks(part)})", part))
    return found


def _moving(rows: Sequence[Row]) -> list[_Move]:
    """The rows that would come out differently. Each distinct start, provision and pause is counted once."""
    packs, shelf = _packs([row.case_id for row in rows]), kinds.Shelf()
    found = []
    for row in rows:
        counted = clocking.count(
            shelf.pack(packs[row.case_id]), row.provision, row.extension, row.started_on, row.pauses
        )
        if counted and (counted.due_on, counted.provisional) != (row.due_on, row.provisional):
            found.append(_Move(row, counted))
    return found


def _part(moves: Sequence[_Move], at: datetime, actor: str, notice: str) -> int:
    told = evidence.Act(
        kind=writing.MOVED, actor=actor, at=at, pack=law.active().digest, purpose="节假日安排公布后重算期限",
        detail={"notice": notice},
    )  # fmt: skip
    with evidence.event(told) as event:
        law.remember(law.active())
        cases = _cases([one.row.case_id for one in moves])
        still = _still([one.row.id for one in moves])
        moves = [one for one in moves if one.row.id in still]
        clocking.keep_workings(one.counted for one in moves)
        close(event, [one.row.id for one in moves])
        digest = law.active().digest
        ids = insert(event, CLOCK, [_row(one, notice, digest) for one in moves])
        event.count(2 * len(ids))
        _carry(ids)
        event.detail["moved"] = len(ids)
        handlers.moved(event, [_told(one, cases[one.row.case_id], notice) for one in moves])
    return len(moves)


def _cases(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The cases, held in the order of their ids so that two writers never wait for each other."""
    found: dict[int, dict[str, Any]] = {}
    for part in chunks(sorted(set(ids))):
        for row in reading.rows(f"c.id IN ({marks(part)}) ORDER BY c.id", part, tail=for_update()):
            found[row["id"]] = row
    return found


def _still(ids: Sequence[int]) -> set[int]:
    """Those that still run: somebody may have acted since they were counted."""
    found: set[int] = set()
    for part in chunks(list(ids)):
        found |= {
            row[0]
            for row in query(
                f"SELECT id FROM cases_clock WHERE closed_by IS NULL AND id IN ({marks(part)})", part
            )
        }
    return found


def _row(move: _Move, notice: str, digest: str) -> dict[str, Any]:
    old, counted = move.row, move.counted
    return {
        "case_id": old.case_id, "state": old.state, "provision": old.provision, "extension": old.extension,
        "started_on": old.started_on, "pauses": clocking.written(old.pauses), "paused_on": None,
        "due_on": counted.due_on, "provisional": int(counted.provisional), "working": counted.working,
        "calendar": digest, "cause": "moved", "moved_from": old.id, "notice": notice[:80],
    }  # fmt: skip


def _carry(ids: Sequence[int]) -> None:
    """Cases whose shown clock moved show the new one. A day declared past stays so only if it is still the day."""
    if not ids:
        return
    day_after = "date(k.due_on, '+1 day')" if connection.vendor == "sqlite" else "k.due_on + 1"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET clock_id = k.id, due_on = k.due_on, provisional = k.provisional, overdue_on ="
            f" (SELECT o.since FROM cases_overdue o WHERE o.case_id = k.case_id AND o.since = {day_after})"
            " FROM cases_clock k WHERE k.id >= %s AND k.id <= %s AND k.moved_from = cases_case.clock_id"
            " AND k.case_id = cases_case.id",
            [ids[0], ids[-1]],
        )


def _told(move: _Move, row: dict[str, Any], notice: str) -> MovedCase:
    old, new = move.row, move.counted
    return MovedCase(
        row["id"], row["number"], row["kind"], row["state"], row["statement_id"], row["uscc"], row["body"],
        row["authority"], old.provision, old.due_on, new.due_on, old.provisional, new.provisional, notice,
    )  # fmt: skip
