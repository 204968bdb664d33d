"""Statutory time: from a starting day and a period to a due day, with the working shown.

Pure: the calendar is an argument. The rules (民法典 200–204, 行政许可法 82, 行政处罚法 85):

* the day something starts is not counted (`first_day="next_day"`), unless the rule says otherwise;
* working days are Monday to Friday without State Council holidays, plus each year's make-up days;
* months and years run to the corresponding day, or to the last day of the month where there is none;
* a period whose last day is no working day ends on the next working day (`end="next_working_day"`),
  unless the rule says otherwise (publication periods: `end="none"`);
* past the last year whose notice is loaded the answer is an error, never a guess. The last week of that year
  is `provisional`: the next notice may still change one of its days (it did in 2006, 2007, 2018, 2022).

Where a day must be shown all the same, the calendar is asked to `suppose` (`xinheng.kernel.supposing`): then every day
of an unannounced year says so in the working, and the answer is `provisional`.
"""

from __future__ import annotations

import calendar as _civil
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

from xinheng.kernel.errors import XinhengError

__all__ = [
    "CalendarEnds",
    "CalendarGap",
    "Day",
    "Due",
    "Pause",
    "Period",
    "StillPaused",
    "WorkCalendar",
    "add_months",
    "due",
    "due_date",
    "due_table",
    "last_day",
    "working_days_after",
]

Unit = Literal["working_days", "calendar_days", "months", "years"]
FirstDay = Literal["next_day", "same_day"]
EndRule = Literal["next_working_day", "none"]

WORKDAY, WEEKEND, HOLIDAY, MAKE_UP, PAUSED, START = "工作日", "周末", "节假日", "调休上班", "暂停", "起算日"
ONE_DAY = timedelta(days=1)
TAIL_DAYS = 7
"""How many last days of the last loaded year stay provisional. The earliest day a notice ever touched in the
year before its own is 29 December (2007, 2018); a week leaves room. Our choice."""


class CalendarEnds(XinhengError):
    """The answer lies after the last day whose holidays are known."""

    code = "calendar-ends"
    exit = 3


class CalendarGap(XinhengError):
    """The answer lies before the first day whose holidays are known."""

    code = "calendar-starts-later"
    exit = 3


class StillPaused(XinhengError):
    """The clock stands still: a pause has begun and has no end yet."""

    code = "clock-paused"
    exit = 3


@dataclass(frozen=True, slots=True)
class Period:
    """A length of statutory time: `count` `unit`s, at least 1 (0 is allowed for civil periods only)."""

    count: int
    unit: Unit
    first_day: FirstDay = "next_day"
    end: EndRule = "next_working_day"

    def __post_init__(self) -> None:
        if self.count < 0 or (self.count == 0 and self.unit == "working_days"):
            raise ValueError("a period has a positive length")


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count, both ends included; `last` is None while the pause goes on."""

    first: date
    last: date | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the working: was this day counted, and why (and the notice that made it so, if any)."""

    date: date
    counted: bool
    why: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The due day, whether the next holiday notice could still move it, and the working.

    `unannounced` are the years whose holidays were supposed, because no notice is loaded; with any of them the day is
    provisional."""

    due: date
    provisional: bool
    working: tuple[Day, ...]
    unannounced: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The contract of `law clock --json`: due, provisional, working of date, counted, why, notice."""
        working = [
            {"date": day.date.isoformat(), "counted": day.counted, "why": day.why, "notice": day.notice}
            for day in self.working
        ]
        told = {"due": self.due.isoformat(), "provisional": self.provisional, "working": working}
        return {**told, "unannounced": list(self.unannounced)} if self.unannounced else told

    def as_text(self) -> str:
        """The working line by line, then the due day."""
        lines = [
            f"{day.date.isoformat()} {'计' if day.counted else '不计'} {day.why}{day.notice}"
            for day in self.working
        ]
        note = "（暂定：下一年放假通知载入后可能变动）" if self.provisional else ""
        if self.unannounced:
            years = "、".join(str(year) for year in self.unannounced)
            note = f"（暂定：{years} 年放假安排尚未公布，载入通知后重新计算）"
        return "\n".join([*lines, f"截止日：{self.due.isoformat()}{note}"])


@dataclass(frozen=True)
class WorkCalendar:
    """Working days from `first` to `last`, both included.

    `holidays` and `make_up` map a day to (name, notice). Weekends need no entry. Other days raise.
    """

    first: date
    last: date
    holidays: Mapping[date, tuple[str, str]] = field(repr=False)
    make_up: Mapping[date, tuple[str, str]] = field(repr=False)

    def kind(self, day: date) -> tuple[bool, str, str]:
        """(is a working day, why, notice). Raises `CalendarEnds`/`CalendarGap` outside the loaded years."""
        self.require(day)
        if day in self.make_up:
            name, notice = self.make_up[day]
            return True, f"{MAKE_UP}（{name}）", notice
        if day in self.holidays:
            name, notice = self.holidays[day]
            return False, f"{HOLIDAY}（{name}）", notice
        return (False, WEEKEND, "") if day.weekday() >= 5 else (True, WORKDAY, "")

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day. Raises outside the loaded years."""
        return self.kind(day)[0]

    def require(self, day: date) -> None:
        """Raises `CalendarEnds` after the last loaded day, `CalendarGap` before the first."""
        if day > self.last:
            raise CalendarEnds(
                f"算到 {self.last.isoformat()} 之后了：{self.last.year + 1} 年的节假日安排还没有载入，"
                "期限不能推算。请在国务院办公厅发布通知后载入该年日历，再重新计算。"
            )
        if day < self.first:
            raise CalendarGap(
                f"日历从 {self.first.isoformat()} 开始，更早的日期不能按工作日计算。请核对起算日期。"
            )

    def is_provisional(self, day: date) -> bool:
        """Whether the next year's notice could still change `day`."""
        return day > self.last - timedelta(days=TAIL_DAYS)

    def supposed(self, first: date, last: date) -> tuple[int, ...]:
        """The years between two days whose holidays are supposed: none, because this calendar raises instead."""
        return ()

    @property
    def last_day(self) -> date:
        """The last day whose holidays are known."""
        return self.last

    @cached_property
    def working(self) -> list[int]:
        """The ordinals of all working days, ascending: the set form counts on this list."""
        days = range(self.first.toordinal(), self.last.toordinal() + 1)
        off = {day.toordinal() for day in self.holidays}
        worked = {day.toordinal() for day in self.make_up}
        # 0001-01-01 is a Monday with ordinal 1, so ordinal % 7 is 6 on Saturday and 0 on Sunday
        return [n for n in days if n in worked or (n % 7 not in (6, 0) and n not in off)]


def last_day(year: int, month: int) -> int:
    """The number of days of a month."""
    return _civil.monthrange(year, month)[1]


def add_months(start: date, months: int) -> date:
    """The corresponding day `months` later, or the last day of a month without one (民法典 202)."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, last_day(year, month + 1)))


def due_date(period: Period, start: date, calendar: WorkCalendar) -> date:
    """The due day alone, without pauses: what the set form computes. Same answer and errors as `due`."""
    if period.unit == "working_days":
        return _working_due(period, start, calendar)
    end = _civil_end(period, start)
    return end if period.end == "none" else _next_working_day(end, calendar)


def due_table(period: Period, starts: Iterable[date], calendar: WorkCalendar) -> dict[date, date | None]:
    """Due days of many starting days at once; None where the calendar does not reach."""
    table: dict[date, date | None] = {}
    for start in starts:
        if start not in table:
            try:
                table[start] = due_date(period, start, calendar)
            except (CalendarEnds, CalendarGap):
                table[start] = None
    return table


def due(period: Period, start: date, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> Due:
    """The due day with its working. Raises `CalendarEnds`/`CalendarGap` outside the calendar, and
    `StillPaused` when a pause without an end begins before the period is over."""
    stops = tuple(pauses)
    days = list(
        _count_days(period, start, calendar, stops)
        if period.unit in ("working_days", "calendar_days")
        else _run_months(period, start, stops)
    )
    asked = start if period.unit == "working_days" else days[-1].date
    if period.end == "next_working_day" and period.unit != "working_days":
        days = _roll_forward(days, calendar)
    end = days[-1].date
    uses_calendar = period.unit == "working_days" or period.end == "next_working_day"
    provisional = uses_calendar and calendar.is_provisional(end)
    return Due(end, provisional, tuple(days), calendar.supposed(asked, end) if provisional else ())


def working_days_after(start: date, day: date, calendar: WorkCalendar) -> int:
    """How many working days lie in (start, day]; 0 when `day` is not later. Raises outside the calendar."""
    if day <= start:
        return 0
    calendar.require(start + ONE_DAY)
    calendar.require(day)
    return bisect_right(calendar.working, day.toordinal()) - bisect_right(calendar.working, start.toordinal())


def _working_due(period: Period, start: date, calendar: WorkCalendar) -> date:
    first = start if period.first_day == "same_day" else start + ONE_DAY
    calendar.require(first)
    at = bisect_left(calendar.working, first.toordinal()) + period.count - 1
    if at >= len(calendar.working):
        calendar.require(calendar.last + ONE_DAY)
    return date.fromordinal(calendar.working[at])


def _civil_end(period: Period, start: date) -> date:
    """The nominal last day of a period in calendar days, months or years."""
    if period.unit == "calendar_days":
        counted_start = period.first_day == "same_day" and period.count > 0
        return start + timedelta(days=period.count - (1 if counted_start else 0))
    months = period.count * (12 if period.unit == "years" else 1)
    same = add_months(start, months)
    # Counting the first day itself, a month from the 10th ends on the 9th; a month without the day ends whole
    ends_before = period.first_day == "same_day" and period.count > 0 and same.day == start.day
    return same - ONE_DAY if ends_before else same


def _next_working_day(day: date, calendar: WorkCalendar) -> date:
    at = bisect_left(calendar.working, day.toordinal())
    calendar.require(day)
    if at >= len(calendar.working):
        calendar.require(calendar.last + ONE_DAY)
    return date.fromordinal(calendar.working[at])


def _paused(day: date, pauses: tuple[Pause, ...]) -> Pause | None:
    for pause in pauses:
        if pause.first <= day and (pause.last is None or day <= pause.last):
            if pause.last is None:
                raise StillPaused(
                    f"期限自 {pause.first.isoformat()} 起暂停（{pause.why or '原因未注明'}），尚未恢复，"
                    "截止日要等恢复之日登记后才能计算。"
                )
            return pause
    return None


def _count_days(
    period: Period, start: date, calendar: WorkCalendar, pauses: tuple[Pause, ...]
) -> Iterator[Day]:
    """Counts day by day, for periods in working days and in calendar days."""
    by_working_day = period.unit == "working_days"
    day = start
    left = period.count
    if period.first_day == "next_day":
        yield Day(start, False, START)
        day += ONE_DAY
    while left:
        pause = _paused(day, pauses)
        if pause:
            yield Day(day, False, f"{PAUSED}（{pause.why}）" if pause.why else PAUSED)
        else:
            counts, why, notice = calendar.kind(day) if by_working_day else (True, "日历日", "")
            yield Day(day, counts, why, notice)
            left -= counts
        day += ONE_DAY


def _run_months(period: Period, start: date, pauses: tuple[Pause, ...]) -> Iterator[Day]:
    """Months and years are not counted day by day: the corresponding day, then a day more per paused one."""
    counts_start = period.first_day == "same_day"
    if not (counts_start and _paused(start, pauses)):
        yield Day(start, counts_start, START)
    end = _civil_end(period, start)
    day = start if counts_start else start + ONE_DAY
    while day <= end:
        pause = _paused(day, pauses)
        if pause:
            yield Day(day, False, f"{PAUSED}（{pause.why}）" if pause.why else PAUSED)
            end += ONE_DAY
        day += ONE_DAY
    yield Day(end, True, "期限届满的对应日" if end == _civil_end(period, start) else "顺延暂停天数后的届满日")


def _roll_forward(days: list[Day], calendar: WorkCalendar) -> list[Day]:
    """Adds the days after an end that is no working day, up to the first working day (民法典 203)."""
    end = days[-1]
    works, why, notice = calendar.kind(end.date)
    if works:
        supposed = calendar.supposed(end.date, end.date)
        return [*days[:-1], Day(end.date, end.counted, f"{end.why}，{why}", notice)] if supposed else days
    rolled = [*days[:-1], Day(end.date, end.counted, f"{end.why}，遇{why}顺延", notice)]
    while not works:
        day = rolled[-1].date + ONE_DAY
        works, why, notice = calendar.kind(day)
        rolled.append(Day(day, works, why, notice))
    return rolled
