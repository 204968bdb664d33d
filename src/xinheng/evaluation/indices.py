"""Indices of places and sectors: what each month was, and how the running one stands.

A month is closed once, by one ledger event that binds its values; after that they are read, never counted again. The
running month is counted at every round. Public values are counted through the gate and hold no composed number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from xinheng.evaluation import indices_counting as counting
from xinheng.evaluation.indices_errors import UnknownIndex
from xinheng.evaluation.indices_keeping import COLUMNS, FIGURES, RUNNING, kept_digest, rows_of
from xinheng.evaluation.models_indices import IndexFigure, IndexRefresh, IndexRunning
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law

KIND = "evaluation.index"
AXES = counting.AXES
BACK, LARGE = 12, 1_000_000
"""Months counted at the first round, and the facts above which only the last one is: each is a whole look back."""


@dataclass(frozen=True)
class IndexValue:
    """A value of an area in a month: `n` out of `base`, `micro` in millionths of its unit (-1: none).

    `part` "" is the index itself (0 to 100 points); `running` marks the month that has not ended.
    """

    month: str
    area: str
    part: str
    n: int
    base: int
    micro: int
    running: bool


@dataclass(frozen=True)
class Moment:
    """Of which moment the running values are: the day, its month, and the ledger position of the facts."""

    day: date
    month: str
    position: int


@dataclass(frozen=True)
class Behind:
    """A statement a value counts, and whose it is. Shown through the gate or not at all."""

    statement: int
    uscc: str


class _Closed(Exception):
    """Another process closed the month meanwhile: the event is taken back."""


def plan() -> law.IndexPlan | None:
    """The parts of the indices of this place; None where its pack has none."""
    return law.active().indices


def indices(
    *, by: str, first: str = "", last: str = "", area: str | None = None, part: str | None = None, public: bool = False
) -> tuple[IndexValue, ...]:  # fmt: skip
    """Values by month, area and part, of the months `first` … `last` (YYYY-MM, both included).

    `by` is place (one area, ""), county (division codes) or sector (section letters of GB/T 4754). Areas with fewer
    organisations than the plan's `at_least` have none. Raises `UnknownIndex` for another axis.
    """
    if by not in AXES:
        raise UnknownIndex(f"没有按「{by}」分的指数。可用：{'、'.join(AXES)}。")
    wanted: dict[str, Any] = {"axis": by, "public": public}
    wanted |= {"month__gte": first} if first else {}
    wanted |= {"month__lte": last} if last else {}
    wanted |= {"area": area} if area is not None else {}
    wanted |= {"part": part} if part is not None else {}
    found = _told(IndexFigure, wanted, running=False)
    months = {one.month for one in found}
    found += [one for one in _told(IndexRunning, wanted, running=True) if one.month not in months]
    return tuple(sorted(found, key=lambda one: (one.month, one.area, one.part)))


def _told(table: Any, wanted: dict[str, Any], *, running: bool) -> list[IndexValue]:
    rows = table.objects.filter(**wanted).values_list("month", "area", "part", "n", "base", "micro")
    return [
        IndexValue(month, area, part, n, base, micro, running) for month, area, part, n, base, micro in rows
    ]


def moment() -> Moment | None:
    """When the running month was counted; None before the first round."""
    row = IndexRefresh.objects.filter(id=1).first()
    return Moment(row.day, row.month, row.position) if row else None


def sweep(*, at: datetime, actor: str = "platform") -> dict[str, Any]:
    """Closes the months that ended and counts the running one anew: {closed, values}. Repeating it changes nothing.

    A month is closed as known at its own end; one that ended before the ledger began is never. The first round closes up
    to twelve, where there are more than a million facts only the last one, as known now: each is a whole look back. A
    home without organisations has no values.
    """
    on = evidence.legal_day(at)
    if plan() is None:
        return {"closed": [], "values": 0}
    snapshot = facts.open_facts(at=at)
    if not snapshot.organisations:
        return {"closed": [], "values": 0}
    due = _due(on, snapshot.statements)
    closed = [month for month in due if _close(month, snapshot, at, actor)]
    return {"closed": closed, "values": _count_running(snapshot, on)}


def rows_behind(
    *, part: str, by: str, area: str, month: str, at: datetime, after: int = 0, limit: int = 50
) -> tuple[Behind, ...]:
    """The statements a value of a month counts, as facts stand now, in order after a key: for the office and the auditor.

    Of a closed month what was repaired, corrected or erased since is not among them: its value stays as it was closed.
    Raises `UnknownIndex`.
    """
    found = plan()
    wanted = next((one for one in found.parts if one.code == part), None) if found else None
    if wanted is None or by not in AXES:
        raise UnknownIndex(f"指数没有「{part}」这一部分，或者不能按「{by}」分。")
    on = min(_last_day(month), evidence.legal_day(at))
    tables = counting.tables(facts.open_facts(at=at))
    told = counting.behind(part=wanted, of=tables, on=on, axis=by, area=area, after=after, limit=limit)
    return tuple(Behind(*row) for row in told)


def _due(on: date, statements: int) -> list[str]:
    """The months before the one of `on` that are to be closed, oldest first: none of which nothing was known at its end."""
    last = IndexFigure.objects.order_by("-month").values_list("month", flat=True).first()
    back = BACK if last is None and statements <= LARGE else 1
    months = [_month(on, -n) for n in range(BACK if last else back, 0, -1)]
    known = (month for month in months if last is None or month > last)
    return [month for month in known if evidence.position_on(_last_day(month))]


def _close(month: str, snapshot: facts.Facts, at: datetime, actor: str) -> bool:
    """Closes a month; False where there was nobody to count, or another process did it meanwhile."""
    on = _last_day(month)
    then = evidence.position_on(on)
    back = 0 < then < snapshot.position and snapshot.statements <= LARGE
    if back:
        with facts.as_known(position=then) as known:
            values = _values(known, on=on, known_at=then)
    else:
        values = _values(snapshot, on=on, known_at=None)
    if not values:
        return False
    position = then if back else snapshot.position
    detail = {"month": month, "position": position, "pack": law.active().digest}
    try:
        with evidence.event(evidence.Act(kind=KIND, actor=actor, at=at, detail=detail)) as event:
            evidence.lock("evaluation-indices")
            if IndexFigure.objects.filter(month=month).exists():
                raise _Closed
            evidence.write_bound(event, FIGURES, COLUMNS, rows_of(month, values), under="evaluation")
    except _Closed:
        return False
    return True


def _count_running(snapshot: facts.Facts, on: date) -> int:
    """Counts the month of `on` unless it was counted from these facts on this day with these parts; how many values."""
    month, pack = _month(on, 0), law.active().digest
    last = IndexRefresh.objects.filter(id=1).first()
    if last and (last.day, last.position, last.pack) == (on, snapshot.position, pack):
        return IndexRunning.objects.count()
    rows = list(enumerate(rows_of(month, _values(snapshot, on=on, known_at=None)), start=1))
    made = [(number, *row) for number, row in rows]
    with transaction.atomic():
        evidence.lock("evaluation-indices")
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {RUNNING}")
        evidence.insert_rows(RUNNING, COLUMNS, made)
        told = (on, month, pack, snapshot.position)
        IndexRefresh.objects.update_or_create(
            id=1,
            defaults={
                "day": on, "month": month, "pack": pack, "position": snapshot.position,
                "digest": kept_digest(told, evidence.rows_digest(made)),
            },
        )  # fmt: skip
    return len(made)


def _values(snapshot: facts.Facts, *, on: date, known_at: int | None) -> Sequence[tuple[bool, counting.Cell]]:
    found, tables = plan(), counting.tables(snapshot)
    assert found is not None
    counties = law.active().counties
    own = counting.counted(plan=found, of=tables, on=on, counties=counties)
    gate = counting.through_gate(plan=found, on=on, known_at=known_at)
    public = counting.counted(plan=found, of=tables, on=on, counties=counties, public=gate)
    return [*_marked(False, own), *_marked(True, public)]


def _marked(public: bool, cells: Iterable[counting.Cell]) -> list[tuple[bool, counting.Cell]]:
    return [(public, cell) for cell in cells]


def _month(on: date, ahead: int) -> str:
    number = on.year * 12 + on.month - 1 + ahead
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _last_day(month: str) -> date:
    """The last day of a month; `UnknownIndex` for what is no month."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise UnknownIndex(f"「{month[:16]}」不是月份。月份写成 2026-10 的样子。") from None
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


__all__ = ["AXES", "Behind", "IndexValue", "Moment", "indices", "moment", "plan", "rows_behind", "sweep"]
