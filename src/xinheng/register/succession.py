"""Which body took over another's duties, from which day: what routes an old decision to who may speak about it now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel import uscc

KIND = "register.succeeded"
TABLE = "register_succession"
COLUMNS = ("id", "old", "new", "since")
_LOCK = "register"
_MOST = 5_000
_DEPTH = 10
"""A body merged more often than this in a row points at a circle."""


def succeed(
    *, pairs: Iterable[tuple[str, str, date]], at: datetime, actor: str, provision: str, pack: str
) -> int:
    """Records (old code, new code, from day). What is known, or names itself or no valid code, is left out; returns how
    many are new. One event for each 5,000."""
    wanted = {
        (old, new, day.isoformat())
        for old, new, day in pairs
        if old != new and uscc.is_valid(old) and uscc.is_valid(new)
    }
    new_rows = sorted(wanted - set(_known([old for old, _, _ in wanted])))
    for start in range(0, len(new_rows), _MOST):
        act = evidence.Act(kind=KIND, actor=actor, at=at, provision=provision, pack=pack)
        with evidence.event(act) as event:
            evidence.lock(_LOCK)
            part = [one for one in new_rows[start : start + _MOST] if one not in _known([one[0]])]
            rows = [(event.row_id(at_), *one) for at_, one in enumerate(part)]
            evidence.insert_rows(TABLE, list(COLUMNS), rows)
            event.count(len(rows))
            event.detail.update(rows=len(rows), digest=evidence.rows_digest(rows))
    return len(new_rows)


def successors(codes: Sequence[str], on: date) -> dict[str, str]:
    """For each of these codes that was succeeded by a day, the body that has its duties then, through any number of
    successions."""
    found: dict[str, str] = {}
    for code in dict.fromkeys(codes):
        here = code
        for _ in range(_DEPTH):
            steps = [(since, new) for _, new, since in _known([here]) if since <= on.isoformat()]
            if not steps:
                break
            here = max(steps)[1]
        if here != code:
            found[code] = here
    return found


def findings() -> Iterator[evidence.Finding]:
    """Every row of the table that its event does not bind."""
    told = 0
    for entry in evidence.events(kinds=[KIND]):
        start, end = evidence.row_range(entry.id)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE id >= %s AND id < %s ORDER BY id",
                [start, end],
            )
            rows = cursor.fetchall()
        told += entry.body["detail"]["rows"]
        if evidence.rows_digest(rows) != entry.body["detail"]["digest"]:
            yield evidence.Finding("succession-digest", f"第 {entry.id} 笔的承接关系与账本所记摘要不符")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {TABLE}")
        actual = cursor.fetchone()[0]
    if actual != told:
        yield evidence.Finding("row-count", f"{TABLE} 有 {actual} 行，账本所记为 {told} 行")


def _known(olds: Sequence[str]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for start in range(0, len(olds), 500):
        part = list(olds[start : start + 500])
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT old, new, since FROM {TABLE} WHERE old IN ({marks})", part)
            found += [(row[0], row[1], row[2]) for row in cursor.fetchall()]
    return found
