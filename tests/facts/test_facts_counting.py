"""Which facts count on a day and how old they are: the form over a table and the form for one row are the same rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.facts import counting, schema

DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
UNTIL = st.one_of(st.just(schema.NEVER), st.just(schema.OVER), DAYS.map(counting.day_number))
FACT = st.fixed_dictionaries(
    {"org": st.just(0), "what": st.just(0), "decided": DAYS.map(counting.day_number), "until": UNTIL,
     "primary": st.booleans(), "disputed": st.booleans(), "state": st.sampled_from([0, 0, 0, 1, 2, 3])}
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Any:
    con = ibis.duckdb.connect()
    yield con
    con.disconnect()


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(FACT, min_size=1, max_size=30), on=DAYS)
def test_over_a_table_those_count_that_count_one_by_one_and_are_as_old(
    engine: Any, rows: list[dict[str, object]], on: date
) -> None:
    facts = schema.facts_of(rows)
    told = engine.to_polars(
        counting.counting(ibis.memtable(facts.to_arrow()), on).select("statement", "months")
    )
    one_by_one = {
        row["statement"]: counting.months(row, on)
        for row in facts.iter_rows(named=True)
        if counting.why_not(row, on) is None
    }
    assert dict(told.iter_rows()) == one_by_one


@settings(max_examples=150, deadline=None)
@given(start=DAYS, on=DAYS)
def test_whole_months_are_those_of_the_calendar_and_equal_in_columns(start: date, on: date) -> None:
    row = {"ym": counting.month_number(start), "day": start.day}
    # The calendar: so many months later is not after the day; a month without that day is whole on its last
    later = [pl.lit(start).dt.offset_by(f"{n}mo").alias(f"{n}") for n in range(1, 110)]
    whole = sum(day <= on for day in pl.select(later).row(0))
    assert counting.months(row, on) == whole
    then = counting.day_numbers(on)
    frame = pl.DataFrame({**row, "then_ym": then.ym, "then_day": then.day})
    told = frame.select(counting.months_between(*(pl.col(name) for name in frame.columns))).item()
    assert told == whole


@settings(max_examples=300, deadline=None)
@given(on=DAYS, months=st.integers(1, 60))
def test_a_window_begins_on_the_first_day_that_is_less_than_its_months_old(on: date, months: int) -> None:
    first = counting.first_day_within(on, months)
    age = lambda day: counting.months({"ym": counting.month_number(day), "day": day.day}, on)  # noqa: E731
    assert age(first) < months <= age(first - timedelta(days=1))


def test_each_reason_stands_alone_and_a_state_comes_before_what_depends_on_the_day() -> None:
    on = date(2026, 11, 20)
    today = counting.day_number(on)
    row = {"state": 0, "decided": today, "until": today, "disputed": False, "primary": True}
    assert counting.why_not(row, on) is None
    for change, why in (
        ({"state": schema.REPAIRED, "primary": False}, "repaired"), ({"state": schema.ENDED}, "ended"),
        ({"state": schema.SUPPRESSED}, "suppressed"), ({"decided": today + 1}, "later"),
        ({"until": today - 1}, "expired"), ({"disputed": True}, "disputed"), ({"primary": False}, "duplicate"),
    ):  # fmt: skip
        assert counting.why_not({**row, **change}, on) == why
    assert set(schema.STATES.values()) - {schema.HELD} == set(counting._STATES)


def test_a_day_and_its_number_are_one() -> None:
    assert counting.day_number(date(1970, 1, 1)) == 0
    for day in (date(1969, 12, 31), date(2026, 11, 20), date(2028, 2, 29)):
        assert counting.as_date(counting.day_number(day)) == day
        assert pl.Series([counting.day_number(day)]).cast(pl.Int32).cast(pl.Date).item() == day
