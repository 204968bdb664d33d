"""Life lines: everything stands in its order on one scale, whatever the dates."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xinheng.faces.site import lifeline

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2080, 12, 31))


def share(place: str) -> float:
    assert place.endswith("%")
    return float(place[:-1])


@st.composite
def lives(draw: st.DrawFn) -> lifeline.Dates:
    decided = draw(DAYS)
    later = st.none() | st.integers(0, 1500).map(lambda days: decided + timedelta(days=days))
    shown, repair, ends = draw(later), draw(later), draw(later)
    return lifeline.Dates(str(draw(st.integers(1, 10**9))), "处罚", "文号", decided, shown, repair, ends)


@given(st.lists(lives(), min_size=1, max_size=8), DAYS)
def test_a_later_date_never_stands_further_left(entries: list[lifeline.Dates], on: date) -> None:
    drawn = lifeline.stack(entries, on=on)
    assert drawn is not None
    placed = [(point.on, share(point.at)) for line in drawn.lines for point in line.points] + [
        (on, share(drawn.today))
    ]
    for (one, left), (other, right) in zip(sorted(placed), sorted(placed)[1:], strict=False):
        assert one <= other
        assert left <= right


@given(st.lists(lives(), min_size=1, max_size=8), DAYS)
def test_everything_stays_inside_the_drawing(entries: list[lifeline.Dates], on: date) -> None:
    drawn = lifeline.stack(entries, on=on)
    assert drawn is not None
    places = [drawn.today] + [tick.at for tick in drawn.ticks]
    for line in drawn.lines:
        places += [line.start, line.now, line.end, *(point.at for point in line.points)]
        assert share(line.start) <= share(line.now) <= share(line.end)
    assert all(0 <= share(place) <= 100 for place in places)


@given(lives(), DAYS)
def test_a_point_is_still_to_come_exactly_when_its_day_is_after_today(
    entry: lifeline.Dates, on: date
) -> None:
    points = lifeline.single(entry, on=on).lines[0].points
    assert [point.coming for point in points] == [point.on > on for point in points]
    assert {point.kind: point.on for point in points} == {
        kind: day
        for kind, day in zip(
            ("decided", "shown", "repair", "ends"),
            (entry.decided, entry.shown, entry.repair, entry.ends),
            strict=True,
        )
        if day is not None
    }


def test_without_entries_nothing_is_drawn() -> None:
    assert lifeline.stack([], on=date(2026, 11, 20)) is None


def test_an_entry_without_an_end_runs_to_today_and_says_that_it_is_open() -> None:
    line = lifeline.single(
        lifeline.Dates("1", "处罚", "文号", date(2025, 1, 1)), on=date(2026, 11, 20)
    ).lines[0]
    assert line.open_ended
    assert line.now == line.end


def test_the_years_on_the_scale_are_never_more_than_a_narrow_screen_can_hold() -> None:
    entry = lifeline.Dates("1", "处罚", "文号", date(1990, 5, 1), None, None, date(2029, 5, 1))
    ticks = lifeline.single(entry, on=date(2026, 11, 20)).ticks
    assert 2 <= len(ticks) <= 6


def test_a_life_inside_one_year_is_scaled_in_months() -> None:
    entry = lifeline.Dates("1", "处罚", "文号", date(2026, 3, 20), None, None, date(2026, 9, 1))
    ticks = lifeline.single(entry, on=date(2026, 5, 1)).ticks
    assert ticks[0].label.startswith("2026-")
