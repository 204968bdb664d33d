"""What would change a result: a variant of the facts gives what the facts themselves give on that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.evaluation import changing
from xinheng.evaluation.changing import _Case, _Lawful
from xinheng.evaluation.engines import evaluate_facts
from xinheng.evaluation.explained_types import Step
from xinheng.evaluation.policy_changing import Act, Plan
from xinheng.facts import schema
from xinheng.facts.types import OneFacts
from xinheng.law.basis_types import InForce, Source
from xinheng.law.model_types import (
    POINT,
    Clause,
    EvaluationModel,
    Filter,
    Grade,
    Indicator,
    Ladder,
    Veto,
    What,
)

ON = date(2026, 11, 20)
EPOCH = date(1970, 1, 1)
SOURCE = Source(
    "x", "x", InForce(date(2020, 1, 1), None), None, "likely", our_choice=True, because="只为测试"
)
WHATS = (
    What(0, "penalty", severity="serious", side="adverse"),
    What(1, "penalty", severity="ordinary", side="adverse"),
    What(2, "listed", side="adverse"),
    What(3, "commitment", grade="未履行", side="adverse"),
    What(4, "commitment", grade="全部履行", side="positive"),
    What(5, "result", grade="A", side="positive"),
    What(6, "result", grade="D", side="adverse"),
)


def _of(item: str, **told: Any) -> Filter:
    return Filter((Clause((item,), **told),))


def _indicator(code: str, filter: Filter, measure: Any, weight: int = 0, **told: Any) -> Indicator:
    return Indicator(code, "penalty", code, code, filter, measure, weight * POINT, 0, SOURCE, **told)


MODEL = EvaluationModel(
    code="m", version="1", name="测试", name_en="Test", purpose="", purpose_en="", kind="score", subjects=("enterprise",),
    base=1000 * POINT,
    indicators=(
        replace(_indicator("serious", _of("penalty", severities=("serious",)), "sum", within_months=36,
                           brackets=((0, -60 * POINT), (10_000, -90 * POINT)), decay=((0, 1000), (12, 700), (24, 401))),
                cap=170 * POINT),
        _indicator("ordinary", _of("penalty", severities=("ordinary",)), "count", -30, within_months=24,
                   decay=((0, 1000), (6, 333))),
        _indicator("share", _of("commitment"), "share", within_months=36, numerator=_of("commitment", grades=("全部履行",)),
                   brackets=((0, -40 * POINT), (500, -10 * POINT), (1000, 20 * POINT))),
        _indicator("latest", _of("result"), "latest", within_months=24, points=(("A", 40 * POINT), ("D", -120 * POINT))),
        _indicator("listed", _of("listed"), "months-since", brackets=((0, -250 * POINT), (12, -100 * POINT))),
    ),
    vetoes=(Veto("v", "v", "v", _of("listed"), 1, 24, "c", SOURCE),),
    grades=(Grade("a", "甲", "A", 960 * POINT), Grade("b", "乙", "B", 850 * POINT), Grade("c", "丙", "C", None)),
    ladder=Ladder("a", _of("penalty", severities=("serious",)), 24, 36, SOURCE),
    source=SOURCE, pack="p", digest="d",
)  # fmt: skip


@st.composite
def _organisations(draw: Any) -> OneFacts:
    rows = []
    for _ in range(draw(st.integers(0, 9))):
        decided = draw(st.integers(-1500, 0))
        rows.append(
            {
                "org": 0, "what": draw(st.integers(0, 6)), "decided": (ON - EPOCH).days + decided,
                "until": draw(st.sampled_from([schema.NEVER, (ON - EPOCH).days + decided + 1095, (ON - EPOCH).days + 40])),
                "amount": draw(st.sampled_from([0, 9_999, 10_000])), "state": draw(st.sampled_from([0, 0, 0, 1])),
                "disputed": draw(st.sampled_from([False, False, True])), "primary": draw(st.sampled_from([True, True, False])),
            }
        )  # fmt: skip
    founded = draw(st.sampled_from([schema.UNKNOWN, 2026 * 12 - 20, 2026 * 12 + 10 - 30, 2010 * 12]))
    orgs = schema.orgs_of([{"uscc": "91340600MA2TESTX0X", "established_ym": founded}])
    return OneFacts(orgs, schema.facts_of(rows) if rows else schema.empty_facts(), WHATS, (), 1)


def _directly(
    held: OneFacts, acted: dict[int, int | None], on: date, *, refused: bool = False
) -> tuple[int, int]:
    """The same asked without any rewriting: the entries repaired or kept in place, and the engine asked about that day."""
    gone = [one for one, what in acted.items() if what is None]
    kept = {one: what for one, what in acted.items() if what is not None}
    facts = held.facts.with_columns(
        state=pl.when(pl.col("statement").is_in(gone)).then(schema.REPAIRED).otherwise("state").cast(pl.Int8),
        what=pl.col("statement").replace_strict(kept, default=pl.col("what"), return_dtype=pl.Int16),
        disputed=pl.lit(False) if refused else pl.col("disputed"),
    )  # fmt: skip
    told = evaluate_facts(model=MODEL, facts=facts, orgs=held.orgs, whats=WHATS, on=on).row(0, named=True)
    return told["grade"], told["score"]


@given(_organisations(), st.lists(st.integers(0, 2200), max_size=3), st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_variant_gives_what_the_facts_themselves_give_on_that_day(
    held: OneFacts, ahead: list[int], data: Any
) -> None:
    case = _Case(MODEL, held, ON)
    lawful: dict[int, _Lawful] = {}
    for row in case.counted:
        what = case.whats[row["what"]]
        if what.item in ("penalty", "listed"):
            lawful[row["statement"]] = _act(row["statement"], None)
        elif what.grade == "未履行":
            lawful[row["statement"]] = _act(row["statement"], WHATS[4])
    plans = [Plan(frozenset(), ON), *(Plan(frozenset(), ON + timedelta(days=days)) for days in ahead)]
    for days in ahead:
        chosen = data.draw(st.sets(st.sampled_from(sorted(lawful)))) if lawful else set()
        plans.append(Plan(frozenset(chosen), ON + timedelta(days=days)))
    told = case.ask(lawful)(plans)
    for effect in told:
        becomes = {one: 4 if lawful[one].becomes else None for one in effect.plan.statements}
        assert (effect.grade, effect.score) == _directly(held, becomes, effect.plan.on), effect
    refused = case.refused()
    assert (refused.grade, refused.score) == _directly(held, {}, ON, refused=True)


@given(_organisations(), st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_smaller_set_of_acts_on_any_day_does_what_is_told(held: OneFacts, data: Any) -> None:
    """Against the engine asked directly about every set of at most three acts on every day that matters."""
    case = _Case(MODEL, held, ON)
    lawful: dict[int, _Lawful] = {}
    for row in case.counted:
        if case.whats[row["what"]].item in ("penalty", "listed") and len(lawful) < 3:
            ready = ON + timedelta(days=data.draw(st.sampled_from((0, 14, 200))))
            lawful[row["statement"]] = _act(row["statement"], None, ready)
    told = changing._changes(case, lawful)
    ready = {one.act.ready for one in lawful.values()}
    turning = case.days(ready)
    days = sorted({ON, *ready, *turning[:: len(turning) // 4 + 1], *(one.earliest for one in told)})
    reached: list[tuple[int, date, int]] = []
    for size in range(len(lawful) + 1):
        for chosen in combinations(lawful, size):
            first = max((lawful[one].act.ready for one in chosen), default=ON)
            for day in (one for one in days if one >= first):
                reached.append((size, day, _directly(held, dict.fromkeys(chosen), day)[0]))
    now = reached[0][2]
    helping = [one for one in told if one.steps and one.better]
    for one in helping:
        grade = MODEL.grade_index(one.grade)
        assert grade < now and one.smallest
        acted = dict.fromkeys(one.statements)
        assert (grade, one.score) == _directly(held, acted, one.earliest)
        before = [
            it for it in reached if it[2] <= grade and it[0] <= len(one.steps) and it[1] <= one.earliest
        ]
        assert all((it[0], it[1]) == (len(one.steps), one.earliest) for it in before), (one, before)
    for grade in range(now):
        if any(it[2] <= grade for it in reached if it[0]) and not any(
            it[2] <= grade for it in reached if not it[0]
        ):
            assert any(MODEL.grade_index(one.grade) <= grade for one in helping)


def _act(statement: int, becomes: What | None, ready: date = ON) -> _Lawful:
    step = Step("repair", statement, "x", "x", "", "", ON, ready, "", ())
    return _Lawful(Act(statement, "repair", ready, (statement,)), step, becomes)


@given(_organisations())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_between_two_days_that_are_asked_about_the_grade_does_not_turn(held: OneFacts) -> None:
    """The days that are asked about are all that matter: the day before each is like the one asked about before it."""
    case = _Case(MODEL, held, ON)
    days = case.days(set())
    before = [day - timedelta(days=1) for day in days]
    ask = case.ask({})
    told = ask([Plan(frozenset(), day) for day in (ON, *days)])
    eves = ask([Plan(frozenset(), day) for day in before]) if before else []
    for last, eve in zip(told, eves, strict=False):
        assert (last.grade, last.score) == (eve.grade, eve.score), (last.plan.on, eve.plan.on)


def test_an_organisation_without_facts_has_nothing_that_could_change(monkeypatch: Any) -> None:
    held = OneFacts(schema.orgs_of([{"uscc": "91340600MA2TESTX0X"}]), schema.empty_facts(), (), (), 1)
    case = _Case(replace(MODEL, ladder=None), held, ON)
    assert case.lawful() == {} and case.days(set()) == ()
    assert [one.score for one in case.ask({})([Plan(frozenset(), ON)])] == [1000 * POINT]
    assert changing.MOST_ACTS >= 20


def test_where_acts_or_days_are_left_aside_no_larger_set_is_called_smallest(monkeypatch: Any) -> None:
    decided = (ON - EPOCH).days - 100
    rows = [{"org": 0, "what": 0, "decided": decided - 40 * one, "statement": one} for one in range(3)]
    held = OneFacts(schema.orgs_of([{"uscc": "91340600MA2TESTX0X"}]), schema.facts_of(rows), WHATS, (), 1)
    case = _Case(MODEL, held, ON)
    monkeypatch.setattr(case, "_lawful", lambda row: None)
    few, late = Plan(frozenset((0, 1)), ON), Plan(frozenset((0,)), ON + timedelta(days=3000))
    case.lawful(), case.days(set())
    assert case.tried(few) and case.tried(late)
    monkeypatch.setattr(changing, "MOST_ACTS", 2)
    monkeypatch.setattr(changing.policy, "MOST_DAYS", 2)
    case.lawful(), case.days(set())
    assert not case.tried(few) and not case.tried(late) and case.tried(Plan(frozenset((0,)), ON))
