"""Rates, ranks, periods, gaps and steps: small decisions, each checked against a plain second opinion."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.oversight import counting, policy_gaps, policy_period, policy_rates, policy_steps
from xinheng.oversight.errors import BadPeriod, StepRefused
from xinheng.oversight.policy_rates import Figures

COUNTS = st.integers(0, 50)


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    on_time, late, undated = draw(COUNTS), draw(COUNTS), draw(COUNTS)
    reported = on_time + late + undated
    returned = draw(st.integers(0, reported))
    return Figures(
        reported=reported,
        on_time=on_time,
        late=late,
        undated=undated,
        returned=returned,
        omitted=draw(COUNTS),
    )


@given(figures())
def test_due_is_reported_plus_omitted_and_rates_lie_between_none_and_all(one: Figures) -> None:
    assert one.due == one.reported + one.omitted
    for rate in (one.reporting, one.timeliness, one.conformity):
        assert rate is None or 0 <= rate <= 1
    assert (one.timeliness is None) == (one.on_time + one.late == 0)
    assert one.conformity is None or one.conformity * one.reported == one.reported - one.returned


@given(st.lists(figures(), max_size=12))
def test_ranks_agree_with_counting_who_is_better(lines: list[Figures]) -> None:
    named = dict(enumerate(lines))
    ranks = policy_rates.ranks(named)
    whole = Fraction(1)
    keys = {
        name: [whole if rate is None else rate for rate in (one.reporting, one.timeliness, one.conformity)]
        for name, one in named.items()
        if one.due
    }
    # Whoever has nothing due has no rank; equals share one; a rank is one more than the number of the better
    assert ranks == {name: 1 + sum(other > key for other in keys.values()) for name, key in keys.items()}


def test_equal_rates_share_a_rank_and_the_next_stays_empty() -> None:
    good, same, bad = (
        Figures(reported=10, on_time=9, late=1),
        Figures(reported=20, on_time=18, late=2),
        Figures(reported=4, late=4),
    )
    assert policy_rates.ranks({"a": good, "b": same, "c": bad, "d": Figures()}) == {"a": 1, "b": 1, "c": 3}


@given(st.fractions(0, 1))
def test_a_rate_is_printed_as_all_or_nothing_only_when_it_is(share: Fraction) -> None:
    printed = policy_rates.percent(share)
    assert (printed == "100.00%") == (share == 1)
    assert (printed == "0.00%") == (share == 0)
    assert abs(Fraction(printed[:-1]) - share * 100) <= Fraction(1, 100)


def test_changes_are_signed_percentage_points() -> None:
    change = policy_rates.change(Fraction(9, 10), Fraction(95, 100))
    assert policy_rates.points(change) == "−5.00"
    assert policy_rates.points(policy_rates.change(Fraction(1), Fraction(1, 2))) == "+50.00"
    assert policy_rates.points(policy_rates.change(None, Fraction(1))) == "—"


@given(st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.sampled_from(["weekly", "monthly", "quarterly"]))
def test_periods_tile_the_calendar(day: date, kind: str) -> None:
    span = policy_period.containing(day, kind)
    assert span.first <= day <= span.last
    assert policy_period.parse(span.code) == span
    assert span.previous.last == span.first - timedelta(days=1)
    assert not span.over(span.last)
    assert span.over(span.last + timedelta(days=1))
    assert span.until(day) == day - timedelta(days=1)


@pytest.mark.parametrize("code", ["2026-13", "2026-W54", "2026-Q5", "2026", "", "2026-1", "x" * 50])
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(BadPeriod):
        policy_period.parse(code)


def runs_frame(serials: list[int], item: str = "admin-penalty") -> pl.DataFrame:
    day = date(2026, 1, 1)
    rows = [("A", item, "罚", 2026, n, n, day + timedelta(days=n), day + timedelta(days=n)) for n in serials]
    return pl.DataFrame(rows, schema=counting.RUN, orient="row")


@given(st.lists(st.integers(1, 60), max_size=40), st.integers(0, 9))
def test_gaps_are_exactly_the_numbers_between_that_nobody_saw(serials: list[int], seed: int) -> None:
    shuffled = list(serials)
    random.Random(seed).shuffle(shuffled)
    half = len(shuffled) // 2
    merged = counting.merge_runs(
        pl.concat([counting.merge_runs(runs_frame(shuffled[:half])), runs_frame(shuffled[half:])])
    )
    assert merged.equals(counting.merge_runs(runs_frame(sorted(set(serials)))))
    found = policy_gaps.gaps(merged)
    told = {n for first, last in found.select("first", "last").iter_rows() for n in range(first, last + 1)}
    assert told == (set(range(min(serials), max(serials) + 1)) - set(serials) if serials else set())
    for row in found.iter_rows(named=True):
        assert row["lower_on"] == date(2026, 1, 1) + timedelta(days=row["first"] - 1)
        assert row["upper_on"] == date(2026, 1, 1) + timedelta(days=row["last"] + 1)


def test_a_number_used_by_another_item_is_not_missing() -> None:
    both = pl.concat([runs_frame([1, 2, 4]), runs_frame([3], item="admin-licence")])
    assert policy_gaps.gaps(both).is_empty()


@pytest.mark.parametrize(
    ("persons", "unnumbered", "verdict"), [(0, 0, "asks"), (2, 0, "persons"), (0, 2, "returned"), (1, 1, "persons"), (1, 0, "asks")]
)  # fmt: skip
def test_rows_about_persons_may_account_for_missing_numbers(
    persons: int, unnumbered: int, verdict: str
) -> None:
    key = ("A", 2026)
    runs = counting.merge_runs(runs_frame([1, 2, 4, 5, 6, 8]))
    told = policy_gaps.sequences(runs, persons={key: persons}, unnumbered={key: unnumbered})
    assert told["verdict"].to_list() == [verdict]
    assert told.select("first", "last", "seen", "missing").row(0) == (1, 8, 6, 2)


def test_a_gap_is_not_asked_about_while_its_decision_may_still_come_in_time() -> None:
    runs = counting.merge_runs(runs_frame([1, 2, 4]))
    found = policy_gaps.gaps(runs)
    asks = policy_gaps.sequences(runs, persons={}, unnumbered={})
    upper = found["upper_on"][0]
    for cutoff, expected in ((upper + timedelta(days=8), 0), (upper + timedelta(days=9), 1)):
        due = {("admin-penalty", upper): upper + timedelta(days=9)}
        assert policy_gaps.telling(found, asks=asks, due=due, cutoff=cutoff).height == expected


@pytest.mark.parametrize("machine", [policy_steps.FINDING, policy_steps.ORDER, policy_steps.BULLETIN])
def test_only_steps_of_the_machine_are_taken_and_those_that_need_a_reason_have_one(
    machine: dict[str, dict[str, bool]],
) -> None:
    for now, follows in machine.items():
        for to in machine:
            if to not in follows:
                with pytest.raises(StepRefused):
                    policy_steps.step(machine, of="X", now=now, to=to, reason="因为")
            elif follows[to]:
                with pytest.raises(StepRefused):
                    policy_steps.step(machine, of="X", now=now, to=to, reason="  ")
                assert policy_steps.step(machine, of="X", now=now, to=to, reason=" 因为 ") == "因为"
            else:
                assert policy_steps.step(machine, of="X", now=now, to=to, reason="") == ""
