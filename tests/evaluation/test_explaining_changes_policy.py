"""Which changes are tried and which are the smallest: pure, with a model one can add up by head."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.evaluation import policy_changing as policy
from xinheng.evaluation.explaining import months
from xinheng.evaluation.policy_changing import Act, Effect, Plan

ON = date(2026, 11, 20)


def _act(statement: int, *, days: int = 0, alike: tuple[int, ...] | None = None, weighs: int = 10) -> Act:
    return Act(statement, "repair", ON + timedelta(days=days), alike or (statement,), weighs)


def _effects(plans: list[Plan], weights: dict[int, int]) -> list[Effect]:
    """A model that takes ten points for each weight left; grade 0 from −10, 1 from −30, else 2."""
    told = []
    for plan in plans:
        score = -sum(weight for one, weight in weights.items() if one not in plan.statements)
        told.append(Effect(plan, 0 if score >= -10 else 1 if score >= -30 else 2, score))
    return told


@given(st.dictionaries(st.integers(1, 8), st.sampled_from((5, 10, 20)), min_size=1))
@settings(deadline=None)
def test_what_is_told_as_smallest_is_what_trying_every_set_finds(weights: dict[int, int]) -> None:
    acts = [_act(one, alike=(weight,), weighs=weight) for one, weight in weights.items()]
    tried = policy.plans(acts, ON)
    now = _effects([Plan(frozenset(), ON)], weights)[0]
    told = list(policy.smallest(_effects(list(tried.plans), weights), now, [now], tried.whole))
    every = [
        Plan(frozenset(one), ON) for size in range(1, len(weights) + 1) for one in combinations(weights, size)
    ]
    for grade in {one.grade for one, _sure in told}:
        least = min(len(one.plan.statements) for one in _effects(every, weights) if one.grade <= grade)
        assert {len(one.plan.statements) for one, _sure in told if one.grade == grade} == {least}
    reachable = {one.grade for one in _effects(every, weights) if one.grade < now.grade}
    # A grade that only comes with a better one is told of as the better one
    assert (not reachable) == (not told)
    assert all(sure for _one, sure in told)


def test_entries_the_model_cannot_tell_apart_are_one_group_and_the_earliest_goes_first() -> None:
    acts = [_act(1, days=90, alike=(7,)), _act(2, days=5, alike=(7,)), _act(3, days=30, alike=(7,))]
    tried = policy.plans(acts, ON)
    assert [sorted(plan.statements) for plan in tried.plans] == [[2], [2, 3], [1, 2, 3]]
    assert [(plan.on - ON).days for plan in tried.plans] == [5, 30, 90]
    assert tried.whole == 3


def test_forty_alike_entries_and_forty_different_ones_are_both_answered() -> None:
    alike = policy.plans([_act(one, alike=(1,)) for one in range(40)], ON)
    assert len(alike.plans) == 40 and alike.whole == 40
    different = policy.plans([_act(one, weighs=one) for one in range(40)], ON)
    assert different.whole == 2 and len(different.plans) <= policy.MOST_PLANS + 40
    heaviest = next(plan for plan in different.plans if len(plan.statements) == 5)
    assert heaviest.statements == {39, 38, 37, 36, 35}


def test_an_act_that_time_makes_superfluous_is_not_told() -> None:
    now = Effect(Plan(frozenset(), ON), 2, -40)
    later = ON + timedelta(days=60)
    by_itself = Effect(Plan(frozenset(), ON + timedelta(days=30)), 1, -20)
    acted = Effect(Plan(frozenset((1,)), later), 1, -20)
    assert list(policy.smallest([acted], now, [now, by_itself], 1)) == []
    sooner = Effect(Plan(frozenset((1,)), ON + timedelta(days=10)), 1, -20)
    assert [one.plan.on for one, _ in policy.smallest([sooner], now, [now, by_itself], 1)] == [sooner.plan.on]


def test_a_set_larger_than_all_that_were_tried_whole_is_not_called_the_smallest() -> None:
    now = Effect(Plan(frozenset(), ON), 2, -40)
    big = Effect(Plan(frozenset(range(5)), ON), 1, -20)
    assert [sure for _one, sure in policy.smallest([big], now, [now], 2)] == [False]
    assert [sure for _one, sure in policy.smallest([big], now, [now], 4)] == [True]


def test_the_days_on_which_a_grade_turns_by_itself_are_told_and_no_others() -> None:
    def at(days: int, grade: int) -> Effect:
        return Effect(Plan(frozenset(), ON + timedelta(days=days)), grade, -grade)

    told = policy.turning([at(30, 1), at(10, 2), at(60, 1), at(90, 2)], at(0, 2))
    assert [((one.plan.on - ON).days, one.grade) for one in told] == [(30, 1), (90, 2)]


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(1, 120))
def test_an_entry_is_so_many_months_old_from_that_day_and_not_before(decided: date, age: int) -> None:
    row = {"ym": decided.year * 12 + decided.month - 1, "day": decided.day}
    day = policy.day_at(row["ym"], row["day"], age)
    assert months(row, day) == age
    assert months(row, day - timedelta(days=1)) == age - 1
