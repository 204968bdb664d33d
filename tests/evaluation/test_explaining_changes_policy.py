"""Which changes are tried and which are the smallest: pure, with a model one can add up by head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.evaluation import policy_changing as policy
from xinheng.evaluation.policy_changing import Act, Asked, Effect, Found, Plan
from xinheng.facts import service as facts

ON = date(2026, 11, 20)
NEVER = 10_000


def _day(number: int) -> date:
    return ON + timedelta(days=number)


@dataclass(frozen=True)
class _Entry:
    """Takes `points`, halved from day `halves`, until the day before `ends`; `veto`: while it stands the grade is 2."""

    points: int
    halves: int = NEVER
    ends: int = NEVER
    ready: int | None = 0
    veto: bool = False
    condition: bool = False


@dataclass
class _Town:
    """Entries by number, and honours that end: +20 each until a day."""

    entries: dict[int, _Entry]
    honours: tuple[int, ...] = ()
    calls: int = 0
    asked: int = 0
    most_at_once: int = 0

    @property
    def acts(self) -> list[Act]:
        return [
            Act(one, "repair", _day(entry.ready), (entry.points, entry.halves, entry.ends, int(entry.veto)), entry.condition)
            for one, entry in self.entries.items() if entry.ready is not None
        ]  # fmt: skip

    @property
    def days(self) -> list[int]:
        told = {0, *self.honours}
        for entry in self.entries.values():
            told |= {entry.halves, entry.ends, entry.ready or 0}
        return sorted(day for day in told if day < NEVER)

    def points(self, one: int, day: int) -> int:
        entry = self.entries[one]
        return 0 if day >= entry.ends else entry.points // 2 if day >= entry.halves else entry.points

    def effect(self, plan: Plan) -> Effect:
        """Grade 0 from 0, 1 from −10, 2 from −30, else 3; no better than 2 under a veto."""
        day = (plan.on - ON).days
        left = [one for one in self.entries if one not in plan.statements]
        score = sum(20 for end in self.honours if day < end) - sum(self.points(one, day) for one in left)
        grade = 0 if score >= 0 else 1 if score >= -10 else 2 if score >= -30 else 3
        held = any(self.entries[one].veto and day < self.entries[one].ends for one in left)
        return Effect(plan, max(grade, 2 if held else 0), score)

    def ask(self, plans: Sequence[Plan]) -> list[Effect]:
        self.calls, self.asked = self.calls + 1, self.asked + len(plans)
        self.most_at_once = max(self.most_at_once, len(plans))
        return [self.effect(plan) for plan in plans]

    def alone(self) -> list[Effect]:
        return [self.effect(Plan(frozenset(), _day(day))) for day in self.days]

    def smallest(self, most: int = policy.MOST_PLANS) -> list[Found]:
        weigh: Callable[[Act, date], int] = lambda act, on: self.points(act.statement, (on - ON).days)  # noqa: E731
        return policy.smallest(self.acts, self.alone(), Asked(self.ask), weigh, most=most)

    def every(self) -> list[Found]:
        """All sets of acts on all days on which all of them are ready, and time alone."""
        acts, told = self.acts, []
        for size in range(len(acts) + 1):
            for chosen in combinations(acts, size):
                first = max((act.ready for act in chosen), default=ON)
                for day in (_day(one) for one in self.days if _day(one) >= first):
                    plan = Plan(frozenset(act.statement for act in chosen), day)
                    told.append(Found(self.effect(plan), True, any(act.condition for act in chosen)))
        return told


def _point(one: Found) -> tuple[int, date, bool]:
    return len(one.effect.plan.statements), one.effect.plan.on, one.condition


def _minimal(town: _Town, grade: int) -> set[tuple[int, date, bool]]:
    """(acts, day, rests on a condition) that reach a grade and that nothing beats; by trying everything."""
    points = {_point(one) for one in town.every() if one.effect.grade <= grade}
    beaten = {
        one for one in points for other in points
        if other != one and all(mine <= its for mine, its in zip(other, one, strict=True))
    }  # fmt: skip
    return {one for one in points - beaten if one[0]}


_entries = st.builds(
    _Entry, points=st.sampled_from((5, 10, 20)), halves=st.sampled_from((30, 60, NEVER)),
    ends=st.sampled_from((45, 90, NEVER)), ready=st.sampled_from((0, 0, 14, 40, None)), veto=st.booleans(),
)  # fmt: skip
_conditions = st.builds(
    _Entry, points=st.sampled_from((10, 20)), ready=st.just(0), veto=st.booleans(), condition=st.just(True)
)
_towns = st.builds(
    lambda known, waiting, honours: _Town(dict(enumerate([*known, *waiting])), tuple(honours)),
    st.lists(_entries, max_size=6), st.lists(_conditions, max_size=1), st.lists(st.sampled_from((20, 50)), max_size=1),
)  # fmt: skip


@given(_towns)
@settings(deadline=None, max_examples=80)
def test_what_is_told_is_what_trying_every_set_on_every_day_finds(town: _Town) -> None:
    """Acts and waiting together: the plans no other is as small, as early and as certain as, of each better grade."""
    told = town.smallest()
    assert all(one.proven for one in told)
    for grade in range(town.alone()[0].grade):
        wanted = _minimal(town, grade)
        mine = {_point(one) for one in told if one.effect.grade <= grade}
        for condition in (False, True):
            of = {one for one in wanted if one[2] is condition}
            assert of <= mine or len(of) > policy.MOST_TOLD, grade
        assert {one for one in mine if one[0]} <= {
            _point(one) for one in town.every() if one.effect.grade <= grade
        }
    for one in told:
        assert _point(one) in set().union(*(_minimal(town, grade) for grade in range(one.effect.grade, 3)))
        assert town.effect(one.effect.plan) == one.effect


@given(_towns)
@settings(deadline=None, max_examples=60)
def test_where_not_everything_can_be_tried_nothing_told_is_superfluous(town: _Town) -> None:
    """With room for a few plans only: no act of a plan can be left out on its day, and what is called smallest is."""
    for one in town.smallest(most=3):
        plan = one.effect.plan
        assert town.effect(plan) == one.effect
        for act in plan.statements:
            assert town.effect(Plan(plan.statements - {act}, plan.on)).grade > one.effect.grade, act
        if one.proven:
            smaller = [
                other for other in town.every()
                if other.effect.grade <= one.effect.grade and other.effect.plan.on <= plan.on
                and len(other.effect.plan.statements) < len(plan.statements) and other.condition <= one.condition
            ]  # fmt: skip
            assert not smaller, smaller


@given(_towns, st.sampled_from((1, 3, 7)), st.sampled_from((1, 5, 40)))
@settings(deadline=None, max_examples=80)
def test_single_acts_are_all_tried_on_every_day_however_few_are_asked_about_at_once(
    town: _Town, most: int, sets: int
) -> None:
    """No act alone reaches a grade on an earlier day than is told, and nothing at all before the first day told; so too
    where two acts are already too many to try. What is called smallest is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "MOST_SETS", sets)
        told = town.smallest(most=most)
    assert town.most_at_once <= max(most, len(town.acts), len(town.days))
    every = town.every()
    for grade in range(town.alone()[0].grade):
        wanted = _minimal(town, grade)
        mine = {_point(one) for one in told if one.effect.grade <= grade}
        assert {one for one in wanted if one[0] == 1} <= mine, grade
        if wanted:
            assert min(one[1] for one in wanted) in {one[1] for one in mine}, grade
    for one in told:
        mine = _point(one)
        smaller = [
            other for other in every
            if other.effect.grade <= one.effect.grade and _point(other)[0] < mine[0] and _point(other)[1] <= mine[1]
            and other.condition <= one.condition
        ]  # fmt: skip
        assert not (one.proven and smaller), smaller


def test_a_set_found_on_one_of_a_few_days_is_tried_on_the_days_before_it() -> None:
    """Ten light entries end on day 100, from which on the three heavy ones suffice; of the days after it only some are
    looked at, and still day 100 is told."""
    light = {one: _Entry(3, halves=101 + one, ends=100) for one in range(10)}
    town = _Town({**light, **{10 + one: _Entry(20, veto=True) for one in range(3)}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "MOST_SETS", 1)
        told = town.smallest(most=30)
    best = [(len(one.effect.plan.statements), one.effect.plan.on) for one in told if one.effect.grade == 0]
    assert best == [(3, _day(100)), (13, _day(0))] and town.calls > 5


def test_one_act_and_waiting_is_told_where_two_acts_take_longer() -> None:
    """One act now and five months of time reach what two acts reach in a year: fewer and earlier, so the two are not told
    for that grade but only for the better one."""
    town = _Town({1: _Entry(40, veto=True), 2: _Entry(40, halves=140, ready=360)})
    told = [
        (len(one.effect.plan.statements), one.effect.plan.on, one.effect.grade) for one in town.smallest()
    ]
    assert told == [(1, _day(140), 2), (2, _day(360), 0)]


def test_forty_different_entries_are_reduced_to_the_heavy_ones_in_few_calls() -> None:
    """Thirty-six light entries are not told to be repaired where four heavy ones are enough."""
    light = {one: _Entry(0, ends=30 + one) for one in range(36)}
    town = _Town({**light, **{36 + one: _Entry(40 + one, veto=True) for one in range(4)}})
    told = town.smallest()
    assert {len(one.effect.plan.statements) for one in told} == {4}
    assert all(min(one.effect.plan.statements) >= 36 for one in told)
    assert town.calls <= 12 and town.asked < 20_000
    some = _Town({one: _Entry(3 + one % 7, halves=40 + one) for one in range(40)})
    told = some.smallest(most=500)
    assert told and some.calls <= 60
    for one in told:
        plan = one.effect.plan
        left = [some.effect(Plan(plan.statements - {act}, plan.on)).grade for act in plan.statements]
        assert min(left) > one.effect.grade


def test_entries_the_model_cannot_tell_apart_are_tried_once() -> None:
    town = _Town({one: _Entry(10) for one in range(40)})
    told = town.smallest()
    assert {len(one.effect.plan.statements) for one in told} == {37, 39, 40} and all(
        one.proven for one in told
    )
    assert town.asked < 400


def test_a_way_without_conditions_is_told_beside_a_shorter_one_with_them() -> None:
    town = _Town({1: _Entry(20, condition=True), 2: _Entry(10, ready=14), 3: _Entry(10, ready=14)})
    told = {
        (len(one.effect.plan.statements), one.condition) for one in town.smallest() if one.effect.grade <= 2
    }
    assert {(1, True), (1, False)} <= told


def test_an_act_that_time_makes_superfluous_is_not_told() -> None:
    assert _Town({1: _Entry(40, ends=30, ready=60)}).smallest() == []
    assert [one.effect.plan.on for one in _Town({1: _Entry(40, ends=30, ready=10)}).smallest()] == [_day(10)]


def test_a_model_without_grades_has_no_smallest_change() -> None:
    nothing = Effect(Plan(frozenset(), ON), -1, 0)
    assert policy.smallest([], [nothing], lambda plans: [nothing for _ in plans], lambda act, on: 0) == []


def test_the_days_on_which_a_grade_turns_by_itself_are_told_and_no_others() -> None:
    def at(days: int, grade: int) -> Effect:
        return Effect(Plan(frozenset(), ON + timedelta(days=days)), grade, -grade)

    told = policy.turning([at(30, 1), at(10, 2), at(60, 1), at(90, 2)], at(0, 2))
    assert [((one.plan.on - ON).days, one.grade) for one in told] == [(30, 1), (90, 2)]


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(1, 120))
def test_an_entry_is_so_many_months_old_from_that_day_and_not_before(decided: date, age: int) -> None:
    row: dict[str, Any] = {"ym": decided.year * 12 + decided.month - 1, "day": decided.day}
    day = policy.day_at(row["ym"], row["day"], age)
    assert facts.months(row, day) == age
    assert facts.months(row, day - timedelta(days=1)) == age - 1
