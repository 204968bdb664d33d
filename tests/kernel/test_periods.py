"""Statutory time: what holds for every period, and the cases a lawyer would try first."""

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
    StillPaused,
    WorkCalendar,
    add_months,
    due,
    due_date,
    due_table,
    last_day,
    working_days_after,
)

NOTICE = "国办发明电〔测试〕1号"
HOLIDAYS = {date(2026, 2, d): ("春节", NOTICE) for d in range(15, 24)} | {
    date(2026, 10, d): ("国庆节", NOTICE) for d in range(1, 8)
}
MAKE_UP = dict.fromkeys((date(2026, 2, 14), date(2026, 2, 28)), ("春节", NOTICE)) | dict.fromkeys(
    (date(2026, 9, 20), date(2026, 10, 10)), ("国庆节", NOTICE)
)
CALENDAR = WorkCalendar(date(2025, 1, 1), date(2026, 12, 31), HOLIDAYS, MAKE_UP)

days = st.dates(date(2025, 1, 2), date(2026, 10, 31))
counts = st.integers(1, 25)
civil = st.sampled_from(["calendar_days", "months", "years"])


@given(days, counts)
def test_a_period_in_working_days_ends_on_a_working_day_and_counts_exactly_that_many(start, count):
    answer = due(Period(count, "working_days"), start, CALENDAR)
    assert CALENDAR.is_working(answer.due)
    assert sum(day.counted for day in answer.working) == count
    assert working_days_after(start, answer.due, CALENDAR) == count


@given(days, counts)
def test_the_first_day_is_not_counted(start, count):
    first = due(Period(count, "working_days"), start, CALENDAR).working[0]
    assert (first.date, first.counted) == (start, False)


@given(days, counts, st.sampled_from(["working_days", "calendar_days", "months", "years"]))
def test_the_quick_answer_equals_the_answer_with_its_working(start, count, unit):
    period = Period(count, unit, end="none" if unit in ("months", "years") else "next_working_day")
    assert due_date(period, start, CALENDAR) == due(period, start, CALENDAR).due


@given(days, st.integers(0, 60), counts)
def test_a_later_start_never_ends_earlier(start, later, count):
    period = Period(count, "working_days")
    second = min(start + timedelta(days=later), date(2026, 10, 31))
    assert due_date(period, start, CALENDAR) <= due_date(period, second, CALENDAR)


@given(days, counts, civil)
def test_a_longer_period_never_ends_earlier(start, count, unit):
    shorter, longer = Period(count, unit, end="none"), Period(count + 1, unit, end="none")
    assert due_date(shorter, start, CALENDAR) <= due_date(longer, start, CALENDAR)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_run_to_the_same_day_or_to_the_end_of_the_month(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == min(start.day, last_day(end.year, end.month))


@given(days, counts, st.integers(0, 10), st.integers(0, 10))
def test_a_pause_never_makes_a_period_end_earlier(start, count, offset, length):
    first = start + timedelta(days=offset)
    pause = Pause(first, first + timedelta(days=length), "补正材料")
    for unit in ("working_days", "calendar_days", "months"):
        period = Period(1 if unit == "months" else count, unit, end="none")
        assert due(period, start, CALENDAR, [pause]).due >= due(period, start, CALENDAR).due


@given(st.lists(days, max_size=30), counts)
def test_the_set_form_gives_each_day_the_scalar_answer(starts, count):
    period = Period(count, "working_days")
    assert due_table(period, starts, CALENDAR) == {day: due_date(period, day, CALENDAR) for day in starts}


def test_the_working_names_weekends_holidays_and_make_up_days_with_their_notice():
    working = due(Period(7, "working_days"), date(2026, 2, 11), CALENDAR).working
    shown = {day.date: (day.counted, day.why, day.notice) for day in working}
    assert shown[date(2026, 2, 14)] == (True, "调休上班（春节）", NOTICE)
    assert shown[date(2026, 2, 17)] == (False, "节假日（春节）", NOTICE)
    assert shown[date(2026, 2, 12)] == (True, "工作日", "")
    assert working[-1].date == date(2026, 2, 27)


def test_a_make_up_saturday_is_counted():
    assert due_date(Period(3, "working_days"), date(2026, 2, 25), CALENDAR) == date(2026, 2, 28)


def test_a_paused_day_is_named_and_not_counted():
    pause = Pause(date(2026, 3, 3), date(2026, 3, 4), "等待补正")
    answer = due(Period(3, "working_days"), date(2026, 3, 2), CALENDAR, [pause])
    assert answer.due == date(2026, 3, 9)
    assert [day.why for day in answer.working if "暂停" in day.why] == ["暂停（等待补正）"] * 2


def test_months_are_prolonged_by_the_days_they_stood_still():
    pause = Pause(date(2026, 3, 1), date(2026, 3, 5))
    answer = due(Period(1, "months", end="none"), date(2026, 2, 10), CALENDAR, [pause])
    assert answer.due == date(2026, 3, 15)


def test_a_pause_without_an_end_has_no_due_day():
    with pytest.raises(StillPaused):
        due(Period(3, "working_days"), date(2026, 3, 2), CALENDAR, [Pause(date(2026, 3, 4), None)])


def test_a_month_from_the_31st_ends_with_the_shorter_month():
    assert due_date(Period(1, "months", end="none"), date(2026, 1, 31), CALENDAR) == date(2026, 2, 28)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_a_period_that_counts_its_first_day_ends_a_day_earlier():
    counted = Period(1, "months", first_day="same_day", end="none")
    assert due_date(counted, date(2026, 3, 10), CALENDAR) == date(2026, 4, 9)
    assert due_date(Period(1, "working_days", first_day="same_day"), date(2026, 3, 10), CALENDAR) == date(
        2026, 3, 10
    )


def test_an_end_on_a_holiday_moves_to_the_next_working_day_and_says_why():
    answer = due(Period(10, "calendar_days"), date(2026, 9, 23), CALENDAR)
    assert answer.due == date(2026, 10, 8)
    assert any("遇节假日（国庆节）顺延" in day.why for day in answer.working)


def test_a_publication_period_does_not_move_from_a_weekend():
    assert due_date(Period(3, "months", end="none"), date(2026, 6, 1), CALENDAR).weekday() == 1
    assert due_date(Period(3, "months", end="none"), date(2026, 5, 1), CALENDAR) == date(2026, 8, 1)


def test_past_the_last_loaded_year_the_clock_refuses():
    for unit in ("working_days", "calendar_days"):
        with pytest.raises(CalendarEnds) as refusal:
            due(Period(7, unit), date(2026, 12, 28), CALENDAR)
        assert refusal.value.exit == 3
        assert "2027" in refusal.value.message
    with pytest.raises(CalendarEnds):
        due_date(Period(7, "working_days"), date(2026, 12, 28), CALENDAR)


def test_before_the_first_loaded_year_the_clock_refuses():
    with pytest.raises(CalendarGap):
        due(Period(7, "working_days"), date(2024, 12, 1), CALENDAR)


def test_a_publication_period_needs_no_calendar():
    assert due_date(Period(3, "years", end="none"), date(2026, 12, 28), CALENDAR) == date(2029, 12, 28)
    assert not due(Period(3, "years", end="none"), date(2026, 12, 28), CALENDAR).provisional


def test_the_last_week_of_the_last_year_is_provisional_because_the_next_notice_may_change_it():
    assert due(Period(3, "working_days"), date(2026, 12, 25), CALENDAR).provisional
    assert not due(Period(3, "working_days"), date(2026, 12, 1), CALENDAR).provisional


def test_the_set_form_leaves_a_day_without_an_answer_empty():
    table = due_table(Period(7, "working_days"), [date(2026, 3, 2), date(2026, 12, 30)], CALENDAR)
    assert table == {date(2026, 3, 2): date(2026, 3, 11), date(2026, 12, 30): None}
