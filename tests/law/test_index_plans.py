"""Indices of places and sectors as data: what a pack may say of them, and how a value becomes points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.law import service as law
from xinheng.law.build_indices import check_indices, read_indices
from xinheng.law.build_parts import Parts
from xinheng.law.findings import Report
from xinheng.law.index_types import FULL, NO_VALUE, IndexPart, IndexPlan
from xinheng.law.model_types import Clause, Filter
from xinheng.law.reading import Node

EVERY = Filter((Clause(("admin-penalty",)),))


def _plan() -> IndexPlan:
    found = law.load("huaibei").indices
    assert found is not None
    return found


def _read(**changes: Any) -> tuple[IndexPlan | None, list[str]]:
    """A plan of one part, with changes to the part, and the codes of what is wrong with it."""
    part: dict[str, Any] = {
        "code": "penalties", "name": {"zh": "处罚", "en": "Penalties"}, "measure": "entries",
        "filter": [{"items": ["admin-penalty"]}], "worst": "100", "best": "0", "weight": 1000, **changes,
    }  # fmt: skip
    told = {
        "our_choice": True, "because": "测试", "confidence": "likely", "in_force": {"from": "2026-01-01"}, "at_least": 30,
        "name": {"zh": "指数", "en": "Index"}, "parts": [{k: v for k, v in part.items() if v is not None}],
    }  # fmt: skip
    report = Report()
    found = read_indices(Node({"indices": told}, "test", "", report), Parts({}, report))
    return found, [finding.where for finding in report.errors]


def test_the_shipped_plan_is_our_choice_weighs_a_whole_and_asks_the_catalogue() -> None:
    plan, pack = _plan(), law.load("huaibei")
    assert plan.source.our_choice
    assert sum(part.weight for part in plan.parts) == 1000
    assert {item for part in plan.parts for item in part.filter.items} <= set(pack.items)
    assert any(part.public for part in plan.parts)
    assert not all(part.public for part in plan.parts)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"weight": 900}, "parts"),
        ({"best": "100"}, "best"),
        ({"worst": 100}, "worst"),
        ({"worst": "-1"}, "worst"),
        ({"measure": "share"}, "numerator"),
        ({"numerator": [{"items": ["admin-penalty"]}]}, "numerator"),
        ({"filter": None}, "filter"),
        ({"public": True, "measure": "repaired"}, "public"),
        ({"public": True, "filter": [{"items": ["commitment"], "grades": ["未履行"]}]}, "public"),
        ({"states": ["repaired"]}, "states"),
    ],
)
def test_a_plan_with_a_fault_is_refused_at_its_place(changes: dict[str, Any], where: str) -> None:
    assert _read()[1] == []
    assert any(where in found for found in _read(**changes)[1]), changes


def test_a_part_outside_the_catalogue_is_refused() -> None:
    pack = law.load("huaibei")
    plan, _ = _read(filter=[{"items": ["no-such-item"]}])
    report = Report()
    check_indices(replace(pack, indices=plan), report)
    assert [finding.code for finding in report.errors] == ["item-unknown"]


def _part(worst: int, best: int, weight: int = 1000, code: str = "p") -> IndexPart:
    return IndexPart(code, "部分", "Part", "entries", EVERY, None, 0, worst, best, weight, False)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**12), st.integers(0, 10**12))
def test_points_stay_between_none_and_all_and_never_fall_on_the_way_to_the_best(
    worst: int, best: int, one: int, other: int
) -> None:
    if worst == best:
        return
    part = _part(worst, best)
    assert part.points(worst) == 0
    assert part.points(best) == FULL
    nearer, farther = sorted((one, other), key=lambda value: abs(value - best))
    if (nearer - best) * (farther - best) >= 0:
        assert 0 <= part.points(farther) <= part.points(nearer) <= FULL


def test_what_was_not_measured_gives_no_points_and_weighs_nothing() -> None:
    plan = replace(_plan(), parts=(_part(10, 0, 600, "a"), _part(10, 0, 400, "b")))
    assert plan.parts[0].points(NO_VALUE) == NO_VALUE
    assert plan.index({"a": 90_000_000, "b": 40_000_000}) == 70_000_000
    assert plan.index({"a": 90_000_000, "b": NO_VALUE}) == 90_000_000
    assert plan.index({}) == NO_VALUE
