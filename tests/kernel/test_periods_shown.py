"""Periods past the last announced year: shown with every supposed day named, and never as final."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.periods import (
    CalendarEnds,
    CalendarGap,
    Pause,
    Period,
    WorkCalendar,
    add_months,
    due,
    last_day,
)
from xinheng.kernel.supposing import (
    due_extended,
    due_shown,
    due_shown_table,
    supposing,
    working_days_between,
)

NOTICE = "国办发明电〔测试〕1号"
HOLIDAYS = {date(2026, 10, d): ("国庆节", NOTICE) for d in range(1, 8)} | {
    date(2026, 1, d): ("元旦", NOTICE) for d in range(1, 4)
}
MAKE_UP = dict.fromkeys((date(2026, 1, 4), date(2026, 9, 20), date(2026, 10, 10)), ("调休", NOTICE))
CALENDAR = WorkCalendar(date(2025, 1, 1), date(2026, 12, 31), HOLIDAYS, MAKE_UP)

days = st.dates(date(2025, 1, 2), date(2028, 6, 30))
units = st.sampled_from(["working_days", "calendar_days", "months", "years"])
periods = st.builds(
    Period,
    st.integers(1, 40),
    units,
    st.sampled_from(["next_day", "same_day"]),
    st.sampled_from(["next_working_day", "none"]),
)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Pause, ...]:
    """Pauses that end, none overlapping another, around the days of the tests."""
    found, first = [], draw(st.dates(date(2026, 1, 1), date(2027, 3, 1)))
    for _ in range(draw(st.integers(0, 3))):
        last = first + timedelta(days=draw(st.integers(0, 20)))
        found.append(Pause(first, last, "等待鉴定"))
        first = last + timedelta(days=draw(st.integers(2, 60)))
    return tuple(found)


@given(periods, st.lists(days, max_size=6))
def test_the_set_form_gives_what_each_day_gives_alone(period, starts):
    table = due_shown_table(period, starts, CALENDAR)
    assert set(table) == set(starts)
    for start, (end, provisional) in table.items():
        alone = due_shown(period, start, CALENDAR)
        assert (end, provisional) == (alone.due, alone.provisional)


@given(periods, days, pauses())
def test_where_the_strict_clock_answers_the_shown_day_is_the_same(period, start, stops):
    try:
        strict = due(period, start, CALENDAR, stops)
    except CalendarEnds:
        shown = due_shown(period, start, CALENDAR, stops)
        assert shown.provisional and shown.due > CALENDAR.last
        return
    assert due_shown(period, start, CALENDAR, stops) == strict
    assert strict.unannounced == ()


@given(periods, days, pauses())
def test_a_day_that_rests_on_an_unannounced_year_says_so_and_is_never_final(period, start, stops):
    shown = due_shown(period, start, CALENDAR, stops)
    uses_calendar = period.unit == "working_days" or period.end == "next_working_day"
    supposed = [day for day in shown.working if "尚未公布" in day.why]
    assert bool(supposed) <= shown.provisional
    assert all(day.date > CALENDAR.last and not day.notice for day in supposed)
    if uses_calendar and shown.due > CALENDAR.last:
        assert shown.provisional and supposed
        assert {day.date.year for day in supposed} <= set(shown.unannounced)
        assert "尚未公布" in shown.as_text() and shown.as_dict()["provisional"] is True
    if not uses_calendar:
        assert not shown.provisional and shown.unannounced == ()


@given(st.integers(1, 30), st.dates(date(2026, 11, 1), date(2027, 11, 30)))
def test_every_day_past_the_announced_year_is_named_as_supposed(count, start):
    shown = due_shown(Period(count, "working_days"), start, CALENDAR)
    late = [day for day in shown.working[1:] if day.date > CALENDAR.last]
    assert all(f"{day.date.year}年放假安排尚未公布" in day.why for day in late)
    for day in late:
        new_year = (day.date.month, day.date.day) == (1, 1)
        assert day.counted == (day.date.weekday() < 5 and not new_year)


@given(periods, days, pauses())
def test_loading_a_year_that_agrees_with_what_was_supposed_moves_nothing(period, start, stops):
    off = {date(year, 1, 1): ("元旦", "新通知") for year in (2027, 2028, 2029, 2030, 2031, 2032)}
    announced = WorkCalendar(CALENDAR.first, date(2032, 12, 31), HOLIDAYS | off, MAKE_UP)
    before, after = due_shown(period, start, CALENDAR, stops), due_shown(period, start, announced, stops)
    assert before.due == after.due
    assert after.provisional <= before.provisional
    assert [day.date for day in before.working] == [day.date for day in after.working]
    assert [day.counted for day in before.working] == [day.counted for day in after.working]


@given(st.integers(1, 30), days, st.sets(st.integers(1, 364), max_size=12))
def test_a_year_with_more_days_off_never_brings_the_due_day_earlier(count, start, off):
    more = {date(2027, 1, 1) + timedelta(days=n): ("假", "新通知") for n in off | {0}}
    announced = WorkCalendar(CALENDAR.first, date(2027, 12, 31), HOLIDAYS | more, MAKE_UP)
    period = Period(count, "working_days")
    assert due_shown(period, start, announced).due >= due_shown(period, start, CALENDAR).due


@given(periods, days, pauses(), st.dates(date(2025, 6, 1), date(2027, 6, 1)), st.integers(0, 15))
def test_a_further_pause_never_brings_the_due_day_earlier(period, start, stops, first, length):
    further = (*stops, Pause(first, first + timedelta(days=length), "再次暂停"))
    assert due_shown(period, start, CALENDAR, further).due >= due_shown(period, start, CALENDAR, stops).due


@given(st.integers(1, 30), days, pauses())
def test_paused_days_are_not_counted_and_all_others_are(count, start, stops):
    shown = due_shown(Period(count, "working_days"), start, CALENDAR, stops)
    assert sum(day.counted for day in shown.working) == count
    for day in shown.working[1:]:
        stopped = any(one.first <= day.date <= one.last for one in stops)
        assert stopped == day.why.startswith("暂停") and not (stopped and day.counted)


@given(periods, days)
def test_the_first_day_counts_only_where_the_rule_says_so(period, start):
    shown = due_shown(period, start, CALENDAR)
    first = shown.working[0]
    assert first.date == start
    if period.first_day == "next_day":
        assert not first.counted and shown.due > start
    elif period.unit == "working_days":
        assert first.counted == supposing(CALENDAR).is_working(start)


@given(st.integers(1, 36), days)
def test_months_end_on_the_corresponding_day_or_the_last_of_a_month_without_one(count, start):
    shown = due_shown(Period(count, "months", end="none"), start, CALENDAR)
    assert shown.due == add_months(start, count)
    assert shown.due.day == min(start.day, last_day(shown.due.year, shown.due.month))
    rolled = due_shown(Period(count, "months", end="next_working_day"), start, CALENDAR)
    assert rolled.due >= shown.due and supposing(CALENDAR).is_working(rolled.due)


@given(periods.filter(lambda one: one.unit != "years"), st.integers(1, 15), days, pauses())
def test_an_extension_runs_on_from_the_end_of_the_period(period, count, start, stops):
    further = Period(count, "working_days")
    base, longer = (
        due_shown(period, start, CALENDAR, stops),
        due_extended(period, further, start, CALENDAR, stops),
    )
    assert longer.due == due_shown(further, base.due, CALENDAR, stops).due > base.due
    assert longer.working[: len(base.working)] == base.working
    assert longer.provisional >= base.provisional
    dates = [day.date for day in longer.working]
    assert dates == sorted(set(dates))


@given(st.integers(1, 20), st.integers(1, 20), days)
def test_an_extension_in_working_days_is_the_sum_of_both(one, other, start):
    both = due_shown(Period(one + other, "working_days"), start, CALENDAR)
    assert (
        due_extended(Period(one, "working_days"), Period(other, "working_days"), start, CALENDAR).due
        == both.due
    )


@given(days, days)
def test_days_left_are_the_working_days_between_and_change_sign(one, other):
    start, end = min(one, other), max(one, other)
    calendar = supposing(CALENDAR)
    counted = sum(calendar.is_working(start + timedelta(days=n + 1)) for n in range((end - start).days))
    assert (
        working_days_between(start, end, CALENDAR) == counted == -working_days_between(end, start, CALENDAR)
    )


def test_days_before_the_calendar_are_refused_and_left_out_of_the_set():
    period = Period(3, "working_days")
    with pytest.raises(CalendarGap):
        due_shown(period, date(2024, 5, 1), CALENDAR)
    assert due_shown_table(period, [date(2024, 5, 1)], CALENDAR) == {}


def test_a_day_beyond_the_list_of_supposed_days_is_counted_day_by_day():
    start = date(2070, 3, 3)
    period = Period(5, "working_days")
    assert due_shown_table(period, [start], CALENDAR)[start] == (due_shown(period, start, CALENDAR).due, True)
