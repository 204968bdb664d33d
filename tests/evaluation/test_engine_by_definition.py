"""The engine against the definition: random cities, every measure, the shipped models."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enginekit import DAYS, SHIPPED, by_hand, city, fact, facts_of, known
from xinheng.evaluation import engines
from xinheng.evaluation.compile import compile_model
from xinheng.facts import schema

MODELS = range(len(SHIPPED) + 1)
QUICK = settings(max_examples=12, deadline=None)


def scored(place: int, facts: pl.DataFrame, orgs: pl.DataFrame, on: date) -> pl.DataFrame:
    model, whats = known(place)
    return engines.evaluate_facts(model=model, facts=facts, orgs=orgs, whats=whats, on=on)


@pytest.mark.parametrize("place", MODELS)
@QUICK
@given(seed=st.integers(0, 10**9), on=st.sampled_from(DAYS))
def test_every_organisation_has_what_the_definition_gives(place: int, seed: int, on: date) -> None:
    model, whats = known(place)
    facts, orgs = city(seed, whats, on, orgs=8, facts=60)
    found = scored(place, facts, orgs, on)
    expected = by_hand(model, facts, orgs, whats, on)
    assert found.select(expected[0].keys()).rows(named=True) == expected


@pytest.mark.parametrize("place", MODELS)
@QUICK
@given(seed=st.integers(0, 10**9), on=st.sampled_from(DAYS))
def test_a_score_is_its_base_and_its_contributions(place: int, seed: int, on: date) -> None:
    model, whats = known(place)
    facts, orgs = city(seed, whats, on, orgs=6, facts=50)
    found = scored(place, facts, orgs, on)
    rows = engines.asked(compile_model(model, whats, on), "contributions", facts, orgs)
    by_slot = {
        (org, slot): micro
        for org, slot, micro in rows.group_by("org", "slot").agg(pl.col("micro").sum()).rows()
    }
    for row in found.rows(named=True):
        total = model.base
        for at, one in enumerate(model.indicators):
            raw = by_slot.get((row["org"], at), 0)
            capped = max(-one.cap, min(one.cap, raw)) if one.cap else raw
            assert row[f"i_{one.code}"] == capped
            total += capped
        assert row["score"] == total


@pytest.mark.parametrize("place", MODELS)
def test_one_organisation_alone_has_the_number_it_has_among_all(place: int) -> None:
    on = DAYS[0]
    _model, whats = known(place)
    facts, orgs = city(place, whats, on, orgs=12, facts=120)
    together = scored(place, facts, orgs, on)
    for org in (0, 5, 11, 14):
        alone = scored(place, facts.filter(pl.col("org") == org), orgs.filter(pl.col("org") == org), on)
        assert alone.equals(together.filter(pl.col("org") == org))


@pytest.mark.parametrize("place", range(len(SHIPPED)))
@QUICK
@given(seed=st.integers(0, 10**9))
def test_one_more_adverse_fact_never_gives_a_better_score_or_grade(place: int, seed: int) -> None:
    on, rnd = DAYS[0], random.Random(seed)
    _model, whats = known(place)
    adverse = [what for what in whats if what.side == "adverse"]
    facts, orgs = city(seed, whats, on, orgs=20, facts=200)
    more = facts_of([
        fact(rnd, adverse, on, org, statement=org + 1, state=0, disputed=False, primary=True, until=schema.NEVER)
        for org in range(20)
    ])  # fmt: skip
    before, after = scored(place, facts, orgs, on), scored(place, pl.concat([facts, more]), orgs, on)
    assert (after["score"] <= before["score"]).all()
    assert (after["grade"] >= before["grade"]).all()
    assert (after["ceiling"] >= before["ceiling"]).all()


@pytest.mark.parametrize("what_ends_it", ["state", "disputed", "primary", "until", "decided"])
def test_what_no_longer_counts_or_not_yet_gives_nothing(what_ends_it: str) -> None:
    on = DAYS[0]
    model, whats = known(len(SHIPPED))
    today = (on - date(1970, 1, 1)).days
    ended: dict[str, Any] = {
        "state": 1, "disputed": True, "primary": False, "until": today - 1, "decided": today + 1,
    }  # fmt: skip
    row = {"org": 0, "what": next(one.id for one in whats if one.item == "a"), "decided": today}
    orgs = schema.orgs_of([{}])
    counting = scored(len(SHIPPED), facts_of([{**row, "until": today}]), orgs, on)
    ending = scored(len(SHIPPED), facts_of([{**row, what_ends_it: ended[what_ends_it]}]), orgs, on)
    assert counting["score"].item() == model.base - 3_333_333
    assert ending["score"].item() == model.base


def test_of_two_decisions_of_one_day_the_later_statement_is_the_newest() -> None:
    on = DAYS[0]
    model, whats = known(len(SHIPPED))
    good, bad = (next(one.id for one in whats if (one.item, one.grade) == ("d", grade)) for grade in "xy")
    today = (on - date(1970, 1, 1)).days
    orgs = schema.orgs_of([{}, {}])
    rows = [
        {"org": 0, "what": good, "decided": today, "statement": 5},
        {"org": 0, "what": bad, "decided": today, "statement": (1 << 47) - 1},
        {"org": 1, "what": bad, "decided": today, "statement": 7},
        {"org": 1, "what": good, "decided": today, "statement": 9},
    ]
    found = scored(len(SHIPPED), facts_of(rows), orgs, on)
    assert found["i_newest"].to_list() == [-9_999_999, 5_000_000]
    assert found["score"].to_list() == [model.base - 9_999_999, model.base + 5_000_000]


@pytest.mark.parametrize(
    ("on", "decided", "months"),
    [
        (date(2026, 2, 28), date(2026, 1, 31), 1),  # the last day of a month completes any month
        (date(2026, 2, 28), date(2026, 1, 29), 1),
        (date(2024, 2, 28), date(2024, 1, 29), 0),  # in a leap year the 28th is not the last
        (date(2026, 4, 30), date(2025, 10, 31), 6),
        (date(2026, 4, 29), date(2025, 10, 30), 5),
        (date(2026, 4, 29), date(2025, 10, 29), 6),
        (date(2026, 4, 29), date(2026, 4, 29), 0),
        (date(2026, 4, 1), date(2026, 3, 31), 0),
    ],
)
def test_months_are_whole_and_end_with_the_month(on: date, decided: date, months: int) -> None:
    model, whats = known(len(SHIPPED))
    what = next(one.id for one in whats if one.item == "a")
    facts = facts_of([{"org": 0, "what": what, "decided": (decided - date(1970, 1, 1)).days}])
    [row] = engines.asked(compile_model(model, whats, on), "contributions", facts, schema.orgs_of([{}])).rows(
        named=True
    )
    falling = model.indicators[0].decay
    decay = [rate for start, rate in falling if start <= months][-1]
    assert (row["months"], row["decay"], row["micro"]) == (months, decay, -(3_333_333 * decay // 1000))
