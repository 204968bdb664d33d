"""Mutual findings and warnings as sets: what counts, when it ends, and the same answer as asking one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.evaluation import received_sets as sets
from xinheng.facts import schema
from xinheng.facts import service as facts_room
from xinheng.kernel.periods import add_months
from xinheng.law import service as law

ON = date(2026, 11, 20)
DAY = facts_room.day_number(ON)
PACK = law.load("huaibei")
WHATS = (
    law.What(0, "sector-result", "公共信用综合评价", "D"),
    law.What(1, "sector-result", "公共信用综合评价", "B"),
    law.What(2, "sector-result", "环境信用评价", "诚信"),
    law.What(3, "sector-result", "环境信用评价", "警示"),
    law.What(4, "tax-grade-a", "A", "A"),
    law.What(5, "admin-penalty", "fine", "", "ordinary", "adverse"),
    law.What(6, "admin-penalty", "warning", "", "minor", "adverse"),
    law.What(7, "serious-list", "wage-arrears", "", "serious", "adverse"),
    law.What(8, "commitment", "审批替代型", "未到期"),
    law.What(9, "risk-class", "", "D"),
    law.What(10, "commitment", "审批替代型", "未履行", "", "adverse"),
)
ACTING = ("admin-penalty", "serious-list")
RULES = {rule.code: rule for rule in PACK.warnings}


def fact(what: int, days_ago: int, org: int = 0, **more: Any) -> dict[str, Any]:
    return {"what": what, "org": org, "decided": DAY - days_ago, **more}


def tables(rows: Sequence[dict[str, Any]], orgs: Sequence[dict[str, Any]] = ({},)) -> tuple[Any, Any]:
    people = [{"uscc": f"91340600MA{place:08d}", "county": "340602", **one} for place, one in enumerate(orgs)]
    return (
        ibis.memtable(schema.facts_of([dict(row) for row in rows])),
        ibis.memtable(schema.orgs_of(people)),
    )


def conflicts(rows: Sequence[dict[str, Any]], on: date = ON) -> list[tuple[int, int]]:
    facts, orgs = tables(rows)
    found = sets.conflicts(facts=facts, orgs=orgs, whats=WHATS, pack=PACK, on=on)
    return [(row["first"], row["second"]) for row in found.iter_rows(named=True)]


def warned(
    rows: Sequence[dict[str, Any]], orgs: Sequence[dict[str, Any]] = ({},), on: date = ON
) -> list[dict[str, Any]]:
    facts, people = tables(rows, orgs)
    found = sets.warnings(
        facts=facts, orgs=people, whats=WHATS, rules=PACK.warnings, on=on,
        subject_of=lambda kind: {"91": "enterprise", "92": "individual", "93": "cooperative"}.get(kind, "other"),
        acting=ACTING,
    )  # fmt: skip
    return [row | {"code": PACK.warnings[row["rule"]].code} for row in found.iter_rows(named=True)]


def codes(rows: Sequence[dict[str, Any]], **more: Any) -> list[str]:
    return [row["code"] for row in warned(rows, **more)]


# ---- results that may not stand beside each other


def test_national_d_beside_the_best_grade_of_a_sector_is_found_with_both() -> None:
    assert conflicts([fact(0, 100), fact(2, 50), fact(4, 60)]) == [(1, 2), (1, 3)]


def test_a_newer_national_result_takes_the_place_of_the_old() -> None:
    assert conflicts([fact(0, 400), fact(1, 10), fact(2, 50)]) == []
    assert conflicts([fact(1, 400), fact(0, 10), fact(2, 50)]) == [(2, 3)]


def test_a_newer_sector_result_takes_the_place_of_the_old() -> None:
    assert conflicts([fact(0, 100), fact(2, 50), fact(3, 20)]) == []


@pytest.mark.parametrize(
    "gone",
    [{"disputed": True}, {"until": DAY - 1}, {"state": 1}, {"state": 2}, {"state": 3}, {"primary": False}],
)
def test_what_does_not_stand_conflicts_with_nothing(gone: dict[str, Any]) -> None:
    assert conflicts([fact(0, 100, **gone), fact(2, 50)]) == []
    assert conflicts([fact(0, 100), fact(2, 50, **gone)]) == []


def test_a_rule_says_nothing_before_it_was_in_force() -> None:
    assert conflicts([fact(0, 400), fact(2, 400)], on=date(2026, 1, 1)) == []


def test_a_risk_class_is_never_held_against_anything() -> None:
    assert conflicts([fact(9, 10), fact(2, 50), fact(4, 60)]) == []


# ---- warnings


def test_three_penalties_within_a_year_are_told_and_end_when_fewer_are_left() -> None:
    [row] = warned([fact(5, 300), fact(5, 200), fact(5, 100)])
    assert row["code"] == "penalties-repeated" and row["facts"] == 3
    oldest = ON - timedelta(days=300)
    assert facts_room.as_date(row["since"]) == ON - timedelta(days=100)
    assert facts_room.as_date(row["until"]) == add_months(oldest, 12) - timedelta(days=1)
    assert row["statements"] == [3, 2, 1]


def test_minor_repaired_disputed_and_old_penalties_count_for_nothing() -> None:
    two = [fact(5, 200), fact(5, 100)]
    for more in (
        fact(6, 50), fact(5, 50, state=1), fact(5, 50, disputed=True), fact(5, 50, primary=False), fact(5, 400),
        fact(5, 50, until=DAY - 1), fact(5, -5),
    ):  # fmt: skip
        assert codes([*two, more]) == []


def test_a_warning_ends_with_publication_where_that_is_earlier() -> None:
    [row] = warned([fact(5, 300, until=DAY + 3), fact(5, 200), fact(5, 100)])
    assert facts_room.as_date(row["until"]) == ON + timedelta(days=3)


def test_the_last_national_result_alone_is_looked_at() -> None:
    assert codes([fact(0, 100)]) == ["national-d"]
    assert codes([fact(0, 100), fact(1, 10)]) == []
    assert codes([fact(0, 600)]) == []


def test_a_listing_that_ends_soon_is_told_until_it_ends() -> None:
    [row] = warned([fact(7, 900, until=DAY + 60)])
    assert row["code"] == "listing-ends-unrepaired"
    assert (facts_room.as_date(row["since"]), facts_room.as_date(row["until"])) == (
        ON,
        ON + timedelta(days=60),
    )
    assert codes([fact(7, 900, until=DAY + 61)]) == []
    assert codes([fact(7, 900, until=DAY + 60, state=1)]) == []


def test_a_commitment_whose_due_day_lies_ahead_is_not_overdue_however_old_it_is() -> None:
    assert codes([fact(8, 600, due=DAY + 500)]) == []
    assert codes([fact(8, 600, due=DAY)]) == []


def test_an_overdue_commitment_is_told_from_the_day_after_its_due_day_for_a_year() -> None:
    [row] = warned([fact(8, 90, due=DAY - 1)])
    assert row["code"] == "commitment-overdue"
    assert facts_room.as_date(row["since"]) == ON
    assert facts_room.as_date(row["until"]) == add_months(ON, 12) - timedelta(days=1)
    last = facts_room.day_number(add_months(ON, -12)) - 1
    assert codes([fact(8, 900, due=last)]) == []
    [row] = warned([fact(8, 900, due=last + 1)])
    assert facts_room.as_date(row["until"]) == ON


def test_a_warning_names_the_bodies_that_are_a_reason_or_acted_and_no_others() -> None:
    [row] = warned(
        [fact(5, 300, authority=1), fact(5, 200, authority=1), fact(5, 100, authority=2), fact(6, 90, authority=3),
         fact(2, 80, authority=4), fact(5, 70, authority=5, state=1), fact(7, 60, authority=-1)]
    )  # fmt: skip
    assert row["bodies"] == [1, 2, 3]
    rows = warned([fact(8, 400, 0, authority=6), fact(8, 400, 1, authority=7)], orgs=[{}, {}])
    assert [row["bodies"] for row in rows] == [[6], [7]]


def test_an_open_commitment_without_a_due_day_is_told_after_a_year_and_no_longer_than_another() -> None:
    assert codes([fact(8, 330)]) == []
    [row] = warned([fact(8, 400)])
    assert row["code"] == "commitment-overdue"
    assert facts_room.as_date(row["until"]) == add_months(ON - timedelta(days=400), 24) - timedelta(days=1)
    assert codes([fact(8, 800)]) == []


@pytest.mark.parametrize(
    "org", [{"kind": "92", "uscc": "92340600MA2N0XXXX1"}, {"active": False}, {"kind": ""}, {"kind": "11"}]
)
def test_individual_businesses_what_ended_and_government_are_never_warned_about(org: dict[str, Any]) -> None:
    rows = [fact(5, 300), fact(5, 200), fact(5, 100), fact(0, 10), fact(7, 9, until=DAY + 9)]
    assert codes(rows, orgs=[org]) == []


def test_no_rule_of_the_packs_may_name_individual_businesses_or_take_what_is_internal() -> None:
    for rule in PACK.warnings:
        assert "individual" not in rule.subjects and "risk-class" not in rule.filter.items


_FACTS = st.lists(
    st.tuples(
        st.sampled_from(range(len(WHATS))), st.integers(-40, 900), st.integers(0, 3), st.booleans(),
        st.sampled_from([0, 0, 0, 1]), st.sampled_from([schema.NEVER, schema.NEVER, DAY, DAY + 30, DAY - 1]),
        st.sampled_from([schema.NEVER, DAY + 9, DAY, DAY - 1, DAY - 364, DAY - 365, DAY - 366]),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(_FACTS)
def test_sets_say_what_asking_fact_by_fact_says(
    drawn: list[tuple[int, int, int, bool, int, int, int]],
) -> None:
    rows = [
        fact(what, ago, org, disputed=disputed, state=state, until=until, due=due)
        for what, ago, org, disputed, state, until, due in drawn
    ]
    found = {(row["uscc"], row["code"]): row["facts"] for row in warned(rows, orgs=[{}] * 4)} if rows else {}
    assert found == _one_by_one(rows)


def _one_by_one(rows: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    stand = [
        (place, row) for place, row in enumerate(rows)
        if row["state"] == 0 and not row["disputed"] and row["until"] >= DAY and row["decided"] <= DAY
    ]  # fmt: skip
    told: dict[tuple[str, str], int] = {}
    for org in range(4):
        own = [(place, row) for place, row in stand if row["org"] == org]
        for rule in PACK.warnings:
            n = _hits(rule, own)
            if n:
                told[f"91340600MA{org:08d}", rule.code] = n
    return told


def _hits(rule: law.WarningRule, own: list[tuple[int, dict[str, Any]]]) -> int:
    fits = [(place, row) for place, row in own if law.matches(rule.filter, WHATS[row["what"]])]
    days = {place: facts_room.as_date(row["decided"]) for place, row in own}
    if rule.kind == "count":
        near = [place for place, _ in fits if add_months(days[place], rule.within_months) > ON]
        return len(near) if len(near) >= rule.at_least else 0
    if rule.kind == "ending":
        return sum(row["until"] - DAY <= rule.within_days for _, row in fits)
    if rule.kind == "stale":
        return sum(_stale(rule, days[place], row["due"]) for place, row in fits)
    series: dict[tuple[str, str], tuple[int, int]] = {}
    for place, row in own:
        what = WHATS[row["what"]]
        series[what.item, what.sub] = max(
            series.get((what.item, what.sub), (-1, -1)), (row["decided"], place)
        )
    fitting = {place for place, _ in fits}
    return sum(
        place in fitting and add_months(facts_room.as_date(decided), rule.lasts) > ON for decided, place in series.values()
    )  # fmt: skip


def _stale(rule: law.WarningRule, decided: date, due: int) -> bool:
    if due != schema.NEVER:
        following = facts_room.as_date(due) + timedelta(days=1)
        return following <= ON < add_months(following, rule.lasts)
    return add_months(decided, rule.after_months) <= ON < add_months(decided, rule.after_months + rule.lasts)


def test_a_rule_for_nothing_that_occurs_finds_nothing() -> None:
    facts, orgs = tables([fact(5, 1)])
    none = sets.warnings(
        facts=facts, orgs=orgs, whats=(), rules=PACK.warnings, on=ON, subject_of=lambda kind: kind
    )
    assert none.is_empty() and none.schema == pl.Schema(sets.WARNED)
    assert Path(PACK.warnings[0].source.where.split("：")[0]).name == "warning.yaml"
