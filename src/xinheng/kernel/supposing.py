"""Days shown past the last announced holiday year: supposed, said to be so, and never final.

The State Council names the holidays of a year in the November before. Until then a period that runs into that year has
no due day in law's eyes (`periods.due` refuses); a party must still be shown where it stands. So the days of such a year
are counted Monday to Friday, with 1 January off as in every year, every such day says that it is supposed, and the
answer is provisional. A notice that agrees moves nothing; one that does not makes the clock run again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from xinheng.kernel.periods import (
    WEEKEND,
    CalendarGap,
    Day,
    Due,
    Pause,
    Period,
    WorkCalendar,
    due,
    due_date,
)

__all__ = [
    "SupposedCalendar",
    "due_extended",
    "due_shown",
    "due_shown_table",
    "supposing",
    "working_days_between",
]

UNANNOUNCED = "放假安排尚未公布"
AHEAD = 40
"""How many years the list of supposed working days reaches; no period of these laws is longer."""


@dataclass(frozen=True)
class SupposedCalendar(WorkCalendar):
    """A calendar that answers for later years too: Monday to Friday, 1 January off. Days up to `last` are announced."""

    def kind(self, day: date) -> tuple[bool, str, str]:
        """(is a working day, why, notice). Raises `CalendarGap` before the loaded years, never `CalendarEnds`."""
        if day <= self.last:
            return super().kind(day)
        if (day.month, day.day) == (1, 1):
            return False, f"元旦（{day.year}年{UNANNOUNCED}，暂按1月1日放假）", ""
        if day.weekday() >= 5:
            return False, f"{WEEKEND}（{day.year}年{UNANNOUNCED}，暂按不上班）", ""
        return True, f"暂按工作日（{day.year}年{UNANNOUNCED}）", ""

    def require(self, day: date) -> None:
        """Raises `CalendarGap` before the loaded years."""
        if day <= self.last:
            super().require(day)

    def supposed(self, first: date, last: date) -> tuple[int, ...]:
        """The unannounced years between two days."""
        return tuple(range(max(self.last.year + 1, first.year), last.year + 1))

    @cached_property
    def working(self) -> list[int]:
        """The ordinals of working days, announced and then supposed."""
        days = range(self.last.toordinal() + 1, date(self.last.year + AHEAD, 12, 31).toordinal() + 1)
        announced = WorkCalendar(self.first, self.last, self.holidays, self.make_up).working
        off = {date(year, 1, 1).toordinal() for year in range(self.last.year + 1, self.last.year + AHEAD + 1)}
        return [*announced, *(n for n in days if n % 7 not in (6, 0) and n not in off)]


class _Same:
    """A calendar compared by identity: its mappings cannot be hashed."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.calendar is other.calendar

    def __hash__(self) -> int:
        return id(self.calendar)


@lru_cache(maxsize=64)
def _kept(same: _Same) -> SupposedCalendar:
    one = same.calendar
    return SupposedCalendar(one.first, one.last, one.holidays, one.make_up)


def supposing(calendar: WorkCalendar) -> SupposedCalendar:
    """The calendar that supposes what is not announced; the same object for the same calendar."""
    if isinstance(calendar, SupposedCalendar):
        return calendar
    return _kept(_Same(calendar))


def due_shown(period: Period, start: date, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> Due:
    """The due day with its working, past the last announced year too. Equal to `periods.due` where that answers.

    Raises `CalendarGap` before the loaded years, `StillPaused` while a pause has no end.
    """
    return due(period, start, supposing(calendar), pauses)


def due_shown_table(
    period: Period, starts: Iterable[date], calendar: WorkCalendar
) -> dict[date, tuple[date, bool]]:
    """Many starting days at once, without pauses: (due day, provisional). Days the calendar begins after are left out."""
    supposed = supposing(calendar)
    uses_calendar = period.unit == "working_days" or period.end == "next_working_day"
    table: dict[date, tuple[date, bool]] = {}
    for start in starts:
        if start not in table:
            try:
                end = due_date(period, start, supposed)
            except CalendarGap:
                continue
            except IndexError:  # beyond the list: counted day by day
                end = due(period, start, supposed).due
            table[start] = end, uses_calendar and supposed.is_provisional(end)
    return table


def due_extended(
    period: Period,
    extension: Period,
    start: date,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
) -> Due:
    """A period and its lawful extension, which begins when the period ends: one working, one due day."""
    stops = tuple(pauses)
    base = due_shown(period, start, calendar, stops)
    further = due_shown(replace(extension, first_day="next_day"), base.due, calendar, stops)
    working = (*base.working, *_marked(further.working[1:]))
    years = tuple(dict.fromkeys((*base.unannounced, *further.unannounced)))
    return Due(further.due, base.provisional or further.provisional, working, years)


def _marked(days: Iterable[Day]) -> Iterable[Day]:
    return (Day(day.date, day.counted, f"延长：{day.why}", day.notice) for day in days)


def working_days_between(start: date, day: date, calendar: WorkCalendar) -> int:
    """How many working days lie in (start, day], announced or supposed; negative the other way round."""
    supposed = supposing(calendar)
    if day < start:
        return -working_days_between(day, start, calendar)
    supposed.require(start)
    days = supposed.working
    return bisect_right(days, day.toordinal()) - bisect_right(days, start.toordinal())
