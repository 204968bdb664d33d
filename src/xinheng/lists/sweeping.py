"""Once a day: warnings before a stay ends, warnings taken back, stays that ended. As sets; late or twice gives the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import connection

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.lists import keeping, reading
from xinheng.lists.proceedings import KIND, READER
from xinheng.lists.types import Swept
from xinheng.notices import service as notices

PART = 4_000
ACTOR = "platform"
WARNING, TAKEN_BACK, EXPIRED = "warning", "taken-back", "expired"
NOTICE = "list-ending"
Found = Sequence[tuple[int, date]]


def sweep(*, at: datetime, actor: str = ACTOR) -> Swept:
    """Records what is due on the day of `at`, and closes own proceedings whose stay has ended.

    A warning goes to the organisation's inbox too; both take themselves back when the entry leaves first.
    """
    on = evidence.legal_day(at)
    warned = _each(WARNING, lambda: _to_warn(on), at, actor, "名单届满提醒")
    back = _each(TAKEN_BACK, lambda: _to_take_back(on), at, actor, "撤回名单届满提醒")
    ended = _each(EXPIRED, lambda: _ended(on), at, actor, "名单期满移出")
    return Swept(warned, back, ended, _close(on, at))


def _each(sort: str, find: Callable[[], Found], at: datetime, actor: str, purpose: str) -> int:
    done = 0
    while found := find():
        act = evidence.Act(kind=keeping.SWEPT, actor=actor, at=at, purpose=purpose, detail={"sort": sort})
        with evidence.event(act) as event:
            evidence.lock("lists.sweep")
            now = {id_ for id_, _ in find()}
            rows = [(id_, sort, since) for id_, since in found if id_ in now]
            keeping.write(event, "lists_round", rows)
            if sort == WARNING:
                notices.tell_entries(event, kind=NOTICE, entries=[(id_, since) for id_, since in _ends(rows)])
        done += len(rows)
        if not rows:
            return done
    return done


def _ends(rows: Sequence[tuple[int, str, date]]) -> list[tuple[int, date]]:
    known = reading.rows(ids=[row[0] for row in rows])
    return [(id_, ends) for id_, _, _ in rows if id_ in known and (ends := known[id_].ends_on)]


def _to_warn(on: date) -> Found:
    """Entries whose warning has begun and was not recorded: each kind has its own days."""
    found: list[tuple[int, date]] = []
    for kind in law.active().lists.values():
        if kind.warning <= 0:
            continue
        lead = timedelta(days=kind.warning)
        for id_, ends_on in _rows(
            "n.kind = %s AND n.state = 'held' AND n.ends_on >= %s AND n.ends_on <= %s"
            " AND (n.left_on IS NULL OR n.left_on > %s)",
            [kind.code, on, on + lead, on], WARNING, PART - len(found),
        ):  # fmt: skip
            found.append((id_, ends_on - lead))
        if len(found) >= PART:
            break
    return _public(found, on)


def _public(found: Found, on: date) -> Found:
    """What the gate still shows: a follower that is late gives nobody a warning about what has left."""
    known = reading.rows(ids=[id_ for id_, _ in found])
    seen = reading.shown(list(known.values()), on)
    return [(id_, since) for id_, since in found if id_ in seen]


def _to_take_back(on: date) -> Found:
    """Warnings whose entry left before its stay ended, or was replaced by a newer version or taken off the record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.statement_id, n.state, n.left_on, n.ends_on FROM lists_round w"
            " LEFT JOIN lists_entry n ON n.id = w.statement_id WHERE w.sort = 'warning'"
            " AND NOT EXISTS (SELECT 1 FROM lists_round b WHERE b.statement_id = w.statement_id"
            " AND b.sort IN ('taken-back', 'expired'))"
            " AND (n.id IS NULL OR (n.state = 'left' AND (n.left_on IS NULL OR n.left_on <= %s)"
            f" AND n.exit <> 'expiry')) ORDER BY w.statement_id LIMIT {PART}",
            [on.isoformat()],
        )
        return [(row[0], on) for row in cursor.fetchall()]


def _ended(on: date) -> Found:
    """Entries whose last day has passed while they stood on their list."""
    found = _rows(
        "n.state = 'held' AND n.exit IN ('', 'expiry') AND n.shown_until IS NOT NULL AND n.shown_until < %s", [on], EXPIRED, PART,
        day="n.shown_until",
    )  # fmt: skip
    return [(id_, last + timedelta(days=1)) for id_, last in found]


def _rows(
    where: str, params: Sequence[str | date], sort: str, limit: int, *, day: str = "n.ends_on"
) -> list[tuple[int, date]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT n.id, {day} FROM lists_entry n WHERE {where} AND NOT EXISTS"
            " (SELECT 1 FROM lists_round r WHERE r.statement_id = n.id AND r.sort = %s)"
            f" ORDER BY n.id LIMIT {int(limit)}",
            [*map(evidence.plain, params), sort],
        )
        return [(row[0], _day(row[1])) for row in cursor.fetchall()]


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _close(on: date, at: datetime) -> int:
    """Proceedings here whose entry's stay has ended: the case says so too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT n.own_case FROM lists_entry n WHERE n.own_case <> '' AND n.state = 'held'"
            " AND n.exit IN ('', 'expiry') AND n.shown_until < %s",
            [on.isoformat()],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    closed = 0
    for number in sorted(numbers):
        case = cases.case(number=number, reader=READER)
        if case.kind == KIND and case.state in ("delivered", "listed"):
            try:
                cases.act(number=number, act="expire", actor=cases.Actor(ACTOR, "platform"), at=at)
            except XinhengError:
                continue
            closed += 1
    return closed
