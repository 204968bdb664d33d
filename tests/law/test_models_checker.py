"""What the check refuses of an evaluation model, one wrong thing at a time."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from xinheng.law import service as law
from xinheng.law.build_levels import Content
from xinheng.law.build_models import read_model
from xinheng.law.build_parts import Parts
from xinheng.law.check_models import check_model_levels, check_models
from xinheng.law.findings import Report
from xinheng.law.reading import Node

NAME = {"zh": "试", "en": "Trial"}
PENALTIES: dict[str, Any] = {
    "code": "penalties", "family": "penalty", "name": NAME, "items": ["admin-penalty"], "severities": ["ordinary"],
    "measure": "count", "within_months": 24, "weight": -10, "cap": 30, "decay": [[0, 1000], [12, 500]],
}  # fmt: skip
MODEL: dict[str, Any] = {
    "model": "trial", "version": "1", "name": NAME, "purpose": NAME, "kind": "score", "subjects": ["enterprise"],
    "in_force": {"from": "2026-01-01", "to": None}, "our_choice": True, "because": "试", "confidence": "likely",
    "base": 100, "rounding": "down",
    "grades": [{"code": "A", "name": NAME, "at_least": 90}, {"code": "B", "name": NAME}],
    "indicators": [PENALTIES],
}  # fmt: skip


def trial(**changes: Any) -> dict[str, Any]:
    """The model with other parts; `indicator` changes the one indicator, `add` adds another like it."""
    data = deepcopy(MODEL) | {key: value for key, value in changes.items() if key not in ("indicator", "add")}
    own = [deepcopy(PENALTIES) | changes.get("indicator", {})]
    own += [deepcopy(PENALTIES) | {"code": "more"} | one for one in [changes.get("add")] if one]
    return data | {"indicators": [{k: v for k, v in one.items() if v is not None} for one in own]}


def found(pack: law.Pack, data: dict[str, Any]) -> list[law.Finding]:
    """Everything said against a model of this content."""
    report = Report()
    model = read_model(Node(data, "trial/models/trial.yaml", "", report), Parts(pack.instruments, report))
    return [*report.findings, *law.check_model(model, pack)]


def result(**parts: Any) -> dict[str, Any]:
    """An indicator on received results instead of penalties."""
    usual = {"items": ["sector-result"], "severities": None, "weight": None, "cap": None, "decay": None}
    return usual | {"subs": ["公共信用综合评价"], "measure": "latest", **parts}


def veto(**parts: Any) -> dict[str, Any]:
    return {"code": "v", "name": NAME, "items": ["serious-list"], "ceiling": "B"} | parts


SHARE = {
    "items": ["commitment"], "severities": None, "weight": None, "cap": None, "decay": None,
    "grades": ["全部履行", "未履行"], "measure": "share",
}  # fmt: skip
KEPT = {"items": ["commitment"], "grades": ["全部履行"]}
BROKEN = {"items": ["commitment"], "grades": ["未履行"]}


def test_the_trial_model_itself_is_sound(pack: law.Pack) -> None:
    assert found(pack, trial()) == []


REFUSED = {
    "an item that is not in the catalogue": (trial(indicator={"items": ["traffic"]}), "model-outside-catalogue"),
    "an item for supervision only in a credit model": (
        trial(indicator={"items": ["risk-class"], "severities": None}),
        "model-internal-item",
    ),
    "what was repaired": (trial(indicator={"states": ["repaired"]}), "model-not-standing"),
    "what has expired": (trial(indicator={"expired": True}), "model-not-standing"),
    "what is disputed": (trial(indicator={"disputed": True}), "model-not-standing"),
    "a field of a row": (trial(indicator={"fields": {"CF_FRDB": "某"}}), "model-personal"),
    "a legal representative": (
        trial(indicator={"name": {"zh": "法定代表人处罚", "en": "Persons"}}),
        "model-personal",
    ),
    "individual businesses": (trial(subjects=["enterprise", "individual"]), "model-individual"),
    "persons as subjects": (trial(subjects=["person"]), "dead-link"),
    "no subject": (trial(subjects=[]), "form"),
    "an industry that is no letter": (trial(industries=["F51"]), "dead-link"),
    "the same penalties twice": (trial(add={"weight": -5}), "model-double-count"),
    "the same penalties under a narrower filter": (
        trial(indicator={"severities": None}, add={"sectors": ["food"]}),
        "model-double-count",
    ),
    "one tax result from two sources in two indicators": (
        trial(
            indicator=result(items=["tax-grade-a"], subs=None, grades=["A"], weight=5),
            add=result(subs=["纳税信用评价"], grades=["A"], weight=5),
        ),
        "model-double-count",
    ),
    "one tax result from two sources counted twice": (
        trial(
            indicator={
                "items": None, "severities": None, "weight": 5, "measure": "count",
                "any": [{"items": ["tax-grade-a"]}, {"items": ["sector-result"], "subs": ["纳税信用评价"], "grades": ["A"]}],
            }
        ),
        "model-double-count",
    ),
    "a kind nobody knows": (trial(indicator={"subs": ["红头文件"]}), "dead-link"),
    "a severity nobody knows": (trial(indicator={"severities": ["grave"]}), "dead-link"),
    "a sector nobody knows": (trial(indicator={"sectors": ["mining"]}), "dead-link"),
    "conditions that select nothing": (trial(indicator={"side": "positive"}), "model-matches-nothing"),
    "adverse facts that add points": (trial(indicator={"weight": 10}), "model-sign"),
    "good facts that take points": (
        trial(indicator={"items": ["honour"], "severities": None}),
        "model-sign",
    ),
    "a decay that rises again": (trial(indicator={"decay": [[0, 500], [12, 900]]}), "model-decay"),
    "a decay above the whole": (trial(indicator={"decay": [[0, 1100]]}), "form"),
    "a decay that starts late": (trial(indicator={"decay": [[3, 900]]}), "form"),
    "a larger fine that costs less": (
        trial(indicator={"measure": "sum", "weight": None, "brackets": [[0, -20], [100, -10]]}),
        "model-sign",
    ),
    "a newer penalty that costs less": (
        trial(indicator={"measure": "months-since", "weight": None, "decay": None, "brackets": [[0, -5], [12, -10]]}),
        "model-sign",
    ),
    "a newest penalty that costs nothing at first": (
        trial(indicator={"measure": "months-since", "weight": None, "decay": None, "brackets": [[6, -5]]}),
        "model-sign",
    ),
    "a D that is not the worst": (
        trial(indicator=result(grades=["C", "D"], points={"C": -30, "D": -20})),
        "model-sign",
    ),
    "a D that adds points": (trial(indicator=result(grades=["D"], points={"D": 5})), "model-sign"),
    "an A that takes points": (trial(indicator=result(grades=["A"], points={"A": -5})), "model-sign"),
    "points for a grade the filter leaves out": (
        trial(indicator=result(grades=["A"], points={"A": 5, "B": 1})),
        "dead-link",
    ),
    "a share of kept promises that falls": (
        trial(indicator=SHARE | {"numerator": KEPT, "brackets": [[0, 0], [500, -5]]}),
        "model-sign",
    ),
    "a broken promise that brings the first points": (
        trial(indicator=SHARE | {"numerator": KEPT, "brackets": [[0, 5], [500, 10]]}),
        "model-sign",
    ),
    "a share of broken promises that rises": (
        trial(indicator=SHARE | {"numerator": BROKEN, "brackets": [[0, -5], [500, 0]]}),
        "model-sign",
    ),
    "a numerator outside the denominator": (
        trial(indicator=SHARE | {"numerator": {"items": ["honour"]}, "brackets": [[0, -5], [500, 5]]}),
        "form",
    ),
    "a share without a numerator": (trial(indicator=SHARE | {"brackets": [[0, -5]]}), "form"),
    "a count with brackets": (trial(indicator={"brackets": [[0, -5]]}), "form"),
    "no points at all": (trial(indicator={"weight": 0}), "form"),
    "a cap below zero": (trial(indicator={"cap": -5}), "form"),
    "points as a fraction without quotes": (trial(indicator={"weight": -0.5}), "form"),
    "points of seven places": (trial(indicator={"weight": "-0.1234567"}), "form"),
    "points that are no number": (trial(indicator={"weight": "NaN"}), "form"),
    "sums beyond 64 bits": (trial(indicator={"weight": -10_000, "cap": 0}), "model-too-large"),
    "one grade": (trial(grades=[{"code": "A", "name": NAME}]), "form"),
    "grades out of order": (
        trial(grades=[{"code": "A", "name": NAME, "at_least": 1}, {"code": "B", "name": NAME, "at_least": 2}, {"code": "C", "name": NAME}]),
        "form",
    ),
    "a last grade that needs something": (
        trial(grades=[{"code": "A", "name": NAME, "at_least": 1}, {"code": "B", "name": NAME, "at_least": 0}]),
        "form",
    ),
    "a veto to a grade that is not there": (trial(vetoes=[veto(ceiling="D")]), "dead-link"),
    "a veto to the best grade": (trial(vetoes=[veto(ceiling="A")]), "dead-link"),
    "a veto by an honour": (trial(vetoes=[veto(items=["honour"])]), "model-sign"),
    "a ladder broken by an honour": (
        trial(ladder={"grade": "A", "within_months": 36, "breaks": {"items": ["honour"]}}),
        "model-sign",
    ),
    "a ladder that needs a penalty": (
        trial(ladder={"grade": "A", "within_months": 36, "breaks": {"items": ["admin-penalty"]}, "needs": {"items": ["admin-penalty"]}}),
        "model-sign",
    ),
    "a ladder to the lowest grade": (
        trial(ladder={"grade": "B", "within_months": 36, "breaks": {"items": ["admin-penalty"]}}),
        "dead-link",
    ),
    "a published simulation": (
        trial(simulation=True, publication={"citation": {"instrument": "penalty-law", "article": "第四十八条"}, "in_force": {"from": "2026-01-01"}, "confidence": "likely"}),
        "form",
    ),
    "a code used twice": (trial(vetoes=[veto(code="penalties")]), "twice"),
    "a rounding of another kind": (trial(rounding="half-up"), "form"),
    "a misspelt key": (trial(indicator={"weigth": -10}), "unknown-key"),
    "no reason": (trial(because=""), "uncited"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_the_check_refuses(pack: law.Pack, case: str) -> None:
    data, code = REFUSED[case]
    said = found(pack, data)
    assert code in {one.code for one in said}, said
    assert all(one.message and one.remedy and one.where.startswith("trial/models/trial.yaml") for one in said)


ACCEPTED = {
    "two classes of penalties apart": trial(add={"severities": ["serious"]}),
    "two sectors apart": trial(indicator={"sectors": ["food"]}, add={"sectors": ["drugs"]}),
    "two evaluations apart": trial(
        indicator=result(grades=["D"], weight=-5),
        add=result(subs=["环境信用评价"], grades=["不良"], weight=-5),
    ),
    "a share of broken promises": trial(
        indicator=SHARE | {"numerator": BROKEN, "brackets": [[0, 0], [500, -5]]}
    ),
    "half points in quotes": trial(indicator={"weight": "-2.5"}),
    "risk classes in a risk model": trial(
        kind="risk", indicator={"items": ["risk-class"], "severities": None, "grades": ["D"]}
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_the_check_lets_pass(pack: law.Pack, case: str) -> None:
    assert found(pack, ACCEPTED[case]) == []


@pytest.mark.parametrize(
    ("level", "instrument", "code"),
    [
        ("county", "penalty-law", "county-cannot-legislate"),
        ("city", "sc-2019-35", "basis-too-low"),
        ("city", "penalty-law", ""),
    ],
)
def test_only_a_basis_of_rank_lets_results_be_published(
    pack: law.Pack, level: str, instrument: str, code: str
) -> None:
    basis = {"citation": {"instrument": instrument, "article": "第一条"}, "confidence": "likely"}
    report = Report()
    data = trial(publication=basis | {"in_force": {"from": "2026-01-01"}})
    model = read_model(Node(data, "trial/models/trial.yaml", "", report), Parts(pack.instruments, report))
    check_model_levels([Content("trial", level=level, models=[model])], report)  # type: ignore[arg-type]
    assert [one.code for one in report.findings] == ([code] if code else [])


def test_a_publication_of_our_choice_is_no_basis(pack: law.Pack) -> None:
    report = Report()
    data = trial(
        publication={
            "our_choice": True,
            "because": "试",
            "confidence": "likely",
            "in_force": {"from": "2026-01-01"},
        }
    )
    model = read_model(Node(data, "trial/models/trial.yaml", "", report), Parts(pack.instruments, report))
    check_model_levels([Content("trial", level="city", models=[model])], report)
    assert [one.code for one in report.findings] == ["model-without-basis"]


def test_points_are_read_exactly(pack: law.Pack) -> None:
    report = Report()
    data = trial(indicator={"weight": "-0.000001", "cap": 3})
    model = read_model(Node(data, "trial/models/trial.yaml", "", report), Parts(pack.instruments, report))
    assert (model.indicators[0].weight, model.indicators[0].cap, model.base) == (-1, 3_000_000, 100_000_000)
    assert not report.findings


def test_a_pack_with_a_wrong_model_is_refused_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    (folder / "models").mkdir(parents=True)
    head = {
        "pack": "trial", "name": {"zh": "某县", "en": "Some County"}, "level": "county", "region": "340602",
        "parent": "huaibei", "edition": "test",
    }  # fmt: skip
    basis = {"citation": {"instrument": "penalty-law", "article": "第四十八条"}, "confidence": "likely"}
    publication = basis | {"in_force": {"from": "2026-01-01", "to": None}}
    data = trial(subjects=["individual"], add={"weight": -5}, publication=publication)
    for name, content in (("pack.yaml", head), ("models/trial.yaml", data)):
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    said = {one.code for one in law.check("trial", tmp_path) if one.severity == "error"}
    assert said == {"model-individual", "model-double-count", "county-cannot-legislate"}
    with pytest.raises(law.PackRefused, match="个体工商户"):
        law.load("trial", tmp_path)


def test_two_versions_of_a_model_share_no_day(pack: law.Pack) -> None:
    report = Report()
    old, new = (
        read_model(Node(trial(version=one), "trial/models/trial.yaml", "", report), Parts({}, report))
        for one in ("1", "2")
    )
    check_models(replace(pack, models={"trial": (old, new)}), report)
    assert [one.code for one in report.findings] == ["twice"]
