"""What the check refuses of received evaluations, mutual rules, warnings and internal items, one wrong thing at a time."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from xinheng.law import service as law
from xinheng.law.build_parts import Parts
from xinheng.law.build_received import read_results, read_warnings, with_items
from xinheng.law.check_received import check_received
from xinheng.law.findings import Report
from xinheng.law.reading import Node

BOTH = {"zh": "试", "en": "Trial"}
CITED = {
    "in_force": {"from": "2026-03-29", "to": None}, "confidence": "likely",
    "citation": {"instrument": "sc-2026-8", "article": "试"},
}  # fmt: skip
KIND: dict[str, Any] = {
    "code": "trial", "name": BOTH, "item": "sector-result", "written": "环境信用评价", "sector": "ecology",
    "scale": [["诚信"], ["良好"]], **CITED,
}  # fmt: skip
RULE: dict[str, Any] = {
    "code": "trial-rule", "name": BOTH, "says": BOTH, "result": "trial", "grades": ["良好"], "against": ["trial"], **CITED,
}  # fmt: skip
WARNING: dict[str, Any] = {
    "code": "trial-warning", "name": BOTH, "look": BOTH, "kind": "count", "filter": {"items": ["admin-penalty"]},
    "at_least": 2, "within_months": 12, "subjects": ["enterprise"], **CITED,
}  # fmt: skip


@pytest.fixture(scope="module")
def known() -> law.Pack:
    return law.load("huaibei")


def said(
    pack: law.Pack, *, kind: Any = None, rule: Any = None, warning: Any = None, **parts: Any
) -> set[str]:
    """The codes of everything said against a pack with these instead of its own; None leaves a part out."""
    report = Report()
    reader = Parts(pack.instruments, report)

    def merged(base: dict[str, Any], change: Any) -> list[dict[str, Any]]:
        if change is None:
            return []
        data = deepcopy(base) | change
        return [{key: value for key, value in data.items() if value is not None}]

    content = {"results": merged(KIND, kind or {}), "mutual": merged(RULE, rule)}
    kinds, rules = read_results(Node(content, "trial/results.yaml", "", report), reader)
    node = Node({"warnings": merged(WARNING, warning)}, "trial/warning.yaml", "", report)
    found = read_warnings(node, reader)
    items = parts.pop("items", pack.items)
    check_received(
        replace(
            pack, items=items, results=with_items({one.code: one for one in kinds}, items), mutual=tuple(rules),
            warnings=tuple(found), **parts,
        ),
        report,
    )  # fmt: skip
    return {finding.code for finding in report.findings}


def test_the_trial_rules_themselves_are_sound(known: law.Pack) -> None:
    assert said(known, kind={}, rule={}, warning={}) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"item": "none"}, "dead-link"), ({"sector": "none"}, "dead-link"), ({"written": "本地评价"}, "dead-link"),
        ({"scale": [["诚信"], ["最好"]]}, "dead-link"), ({"scale": [["诚信"], ["诚信"]]}, "twice"),
        ({"scale": "诚信"}, "form"), ({"citation": None}, "uncited"), ({"points": 5}, "unknown-key"),
        ({"authority": "淮北市发展和改革委员会"}, "form"),
    ],
)  # fmt: skip
def test_an_evaluation_names_an_item_a_sector_and_grades_that_are_there(
    known: law.Pack, change: dict[str, Any], code: str
) -> None:
    assert code in said(known, kind=change)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"result": "none"}, "dead-link"), ({"grades": ["最好"]}, "dead-link"), ({"grades": []}, "dead-link"),
        ({"against": ["none"]}, "dead-link"), ({"citation": None}, "uncited"),
        ({"citation": None, "our_choice": True, "because": "我们认为"}, "uncited"),
    ],
)  # fmt: skip
def test_a_mutual_rule_is_cited_law_and_never_a_choice_of_ours(
    known: law.Pack, change: dict[str, Any], code: str
) -> None:
    assert code in said(known, kind={}, rule=change)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subjects": ["enterprise", "individual"]}, "individual-warned"), ({"subjects": []}, "form"),
        ({"subjects": ["person"]}, "form"), ({"within_months": None}, "form"), ({"kind": "score"}, "form"),
        ({"kind": "stale", "after_months": 12}, "form"), ({"kind": "ending"}, "form"),
        ({"filter": {"items": ["none"]}}, "dead-link"), ({"filter": {"items": ["risk-class"]}}, "internal-shown"),
        ({"filter": {"items": ["admin-penalty"], "states": ["repaired"]}}, "model-not-standing"),
        ({"measure": "no-bidding"}, "unknown-key"), ({"citation": None}, "uncited"), ({"look": None}, "form"),
    ],
)  # fmt: skip
def test_a_warning_has_an_end_a_basis_and_no_measure_and_names_no_individual_business(
    known: law.Pack, change: dict[str, Any], code: str
) -> None:
    assert code in said(known, warning=change)


def test_what_is_internal_may_not_be_published_adverse_or_counted(known: law.Pack) -> None:
    own = known.items["risk-class"]
    for change in ({"publication": "open-publication"}, {"publication": "withheld-publication"}):
        items = {**known.items, "risk-class": replace(own, **change)}
        assert "internal-shown" in said(known, items=items)
    assert "internal-adverse" in said(known, items={**known.items, "risk-class": replace(own, adverse=True)})
    use = known.uses["approval"]
    counted = replace(use, counts=(*use.counts, law.Count("risk-class", (), (), "adverse")))
    assert "internal-shown" in said(known, uses={**known.uses, "approval": counted})


def test_the_shipped_evaluations_hold_those_the_law_names(known: law.Pack) -> None:
    assert {
        "comprehensive",
        "tax",
        "customs",
        "environment",
        "transport",
        "construction",
        "food-drug",
        "labour",
    } <= set(known.results)
    assert [one.code for one in known.results.values() if one.national] == ["comprehensive"]
    assert [one.code for one in known.results.values() if one.internal] == ["risk-class"]
    [rule] = known.mutual
    assert rule.source.citation is not None and rule.source.confidence == "likely"


def test_every_choice_of_an_evaluation_is_one_the_pack_describes(known: law.Pack) -> None:
    written = {one.written for one in known.results.values() if one.item == "sector-result"}
    assert set(known.items["sector-result"].by_code["PJ_LB"].choices) == written
