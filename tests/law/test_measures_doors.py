"""A measure without a basis cannot be made through any door: packs of any level, adoption, commands, kept packs."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_checker import findings

from xinheng.law import service as law

NATIONAL = Path(__file__).parents[2] / "packs" / "national"
BOTH = {"zh": "某项措施", "en": "Some measure"}
CITED = {
    "in_force": {"from": "2024-01-01", "to": None},
    "citation": {"instrument": "city-regulation", "article": "第一条"},
    "confidence": "verified",
}
GROUND: dict[str, Any] = {
    "code": "own", "lists": ["tax-serious"], "uses": ["subsidy"], "strength": "may", "scope": BOTH, **CITED,
}  # fmt: skip
MEASURE: dict[str, Any] = {
    "code": "own-measure", "name": BOTH, "side": "adverse", "group": 2, "subjects": ["enterprise"], **CITED,
    "grounds": [GROUND],
}  # fmt: skip
CHOICE = {"our_choice": True, "because": "试写", "citation": ""}
NOTICE = {"citation": {"instrument": "city-notice", "article": "第二条"}}


def with_(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(base)
    found.update(changes)
    return {key: value for key, value in found.items() if value != ""}


def of(tmp_path: Path, measure: dict[str, Any], head: dict[str, Any] | None = None) -> set[str]:
    return {one.code for one in findings(tmp_path, {"measures.yaml": {"measures": [measure]}}, head)}


def ground(**changes: Any) -> dict[str, Any]:
    return with_(MEASURE, grounds=[with_(GROUND, **changes)])


def test_a_city_may_add_a_measure_by_a_local_regulation(tmp_path: Path) -> None:
    assert of(tmp_path, MEASURE) == set()


@pytest.mark.parametrize(
    ("measure", "code"),
    [
        (with_(MEASURE, citation=""), "adverse-without-basis"),
        (with_(MEASURE, **CHOICE), "adverse-without-basis"),
        (with_(MEASURE, **NOTICE), "basis-too-low"),
        (with_(MEASURE, grounds=[]), "adverse-without-basis"),
        (with_(MEASURE, grounds=""), "adverse-without-basis"),
        (ground(citation=""), "adverse-without-basis"),
        (ground(**CHOICE), "adverse-without-basis"),
        (ground(**NOTICE), "basis-too-low"),
        (ground(citation={"instrument": "nothing", "article": "第一条"}), "instrument-unknown"),
        (ground(in_force={"from": "2020-01-01", "to": None}), "instrument-later"),
        (ground(in_force=""), "undated"),
        (ground(lists=[]), "form"),
        (ground(uses=[]), "form"),
        (ground(uses=["whatever"]), "dead-link"),
        (ground(lists=["own-list"]), "dead-link"),
        (ground(by=["nobody"]), "dead-link"),
        (ground(matters=["nothing"]), "dead-link"),
        (ground(items=[{"item": "honour"}]), "form"),
        (ground(items=[{"item": "admin-penalty"}]), "out-of-proportion"),
        (ground(items=[{"item": "admin-penalty", "severities": ["minor", "serious"]}]), "out-of-proportion"),
        (ground(strength="shall"), "form"),
        (
            ground(strength="must", citation={"instrument": "sc-2020-49", "article": "有关规定（条款待核）"}),
            "must-without-article",
        ),
        (ground(unless=["honour"]), "form"),
        (with_(MEASURE, subjects=[]), "form"),
        (with_(MEASURE, subjects=["person"]), "dead-link"),
        (with_(MEASURE, group=0), "form"),
        (with_(MEASURE, number=3), "measure-on-persons"),
        (with_(MEASURE, name={"zh": "限制高消费", "en": "No luxury"}), "measure-on-persons"),
        (with_(MEASURE, words=["法定代表人不得任职"]), "measure-on-persons"),
        (ground(scope={"zh": "子女不得就读", "en": "No schooling"}), "measure-on-persons"),
        (with_(MEASURE, parent="nothing"), "dead-link"),
        (with_(MEASURE, parent="fiscal-funds", group=1), "heavier-than-above"),
        (with_(MEASURE, code="fiscal-funds"), "heavier-than-above"),
    ],
)
def test_a_measure_the_law_does_not_carry_is_no_pack(
    tmp_path: Path, measure: dict[str, Any], code: str
) -> None:
    assert code in of(tmp_path, measure)


def test_a_county_makes_no_measure_even_by_a_regulation(tmp_path: Path) -> None:
    head = {"level": "county", "region": "340621", "parent": "huaibei"}
    assert "county-cannot-legislate" in of(tmp_path, MEASURE, head)


@pytest.mark.parametrize(
    "changes",
    [
        {"lists": ["tax-serious", "wage-arrears"]},
        {"uses": ["subsidy", "approval"]},
        {"by": []},
        {"strength": "must"},
        {"until": {"count": 5, "unit": "years"}},
        {"items": [{"item": "judgment-defaulter"}]},
        {"proportion": ""},
    ],
)
def test_what_stands_above_may_be_narrowed_and_never_widened(tmp_path: Path, changes: dict[str, Any]) -> None:
    above = law.load("huaibei").measures["fiscal-funds"]
    theirs = next(one for one in above.grounds if one.code.endswith(".wage-arrears"))
    assert theirs.strength == "must" and theirs.lists == ("wage-arrears",)
    narrow = with_(GROUND, code="wage-arrears", lists=["wage-arrears"], strength="may", by=["finance"])
    same = with_(MEASURE, code="fiscal-funds", grounds=[narrow])
    assert of(tmp_path, same) == set()
    from xinheng.law import check_measures
    from xinheng.law.findings import Report

    report = Report()
    upper = dataclasses.replace(
        theirs, lists=("tax-serious",), by=("finance",), strength="may", proportion="ordinary",
        until=law.Period(3, "years"),
    )  # fmt: skip
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in changes.items()
    }
    if "until" in plain:
        plain["until"] = law.Period(5, "years")
    if "items" in plain:
        plain["items"] = (("judgment-defaulter", ()),)
    check_measures._check_narrower(upper, upper, report)
    assert not report.errors
    check_measures._check_narrower(dataclasses.replace(upper, **plain), upper, report)
    assert {one.code for one in report.errors} == {"heavier-than-above"}


def nation(tmp_path: Path, change: Callable[[dict[str, Any]], None], name: str = "measures.yaml") -> set[str]:
    """The errors of the national pack with one file changed."""
    import shutil

    folder = tmp_path / "national"
    shutil.copytree(NATIONAL, folder)
    data = yaml.load((folder / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    change(data)
    text = (
        yaml.safe_dump(data, allow_unicode=True)
        .replace("'true'", "true")
        .replace("'null'", "null")
        .replace("''", "null")
    )
    import re

    text = re.sub(r"'(\d+)'", r"\1", text)
    (folder / name).write_text(text, encoding="utf-8")
    return {one.code for one in law.check("national", tmp_path) if one.severity == "error"}


@pytest.mark.parametrize("level", ["measure", "ground"])
def test_the_nation_itself_needs_a_law_for_every_measure_and_ground(tmp_path: Path, level: str) -> None:
    def uncite(data: dict[str, Any]) -> None:
        target = data["measures"][0]
        (target if level == "measure" else target["grounds"][0]).pop("citation")

    assert "adverse-without-basis" in nation(tmp_path, uncite)


def test_rights_are_reduced_by_law_or_central_policy_and_not_by_a_departmental_rule(tmp_path: Path) -> None:
    def lower(data: dict[str, Any]) -> None:
        cited = data["measures"][0]["grounds"][0]
        cited["citation"] = {"instrument": "mohrss-45", "article": "某条"}
        cited["in_force"] = {"from": "2022-01-01", "to": ""}

    assert "basis-too-low" in nation(tmp_path, lower)


@pytest.mark.parametrize(
    ("part", "code"),
    [("exits", "list-without-exit"), ("warning", "list-without-end")],
)
def test_a_list_without_exits_or_warning_is_refused(tmp_path: Path, part: str, code: str) -> None:
    assert code in nation(tmp_path, lambda data: data.pop(part), "lists.yaml")


def test_a_list_without_what_puts_one_on_it_is_refused(tmp_path: Path) -> None:
    assert "list-without-trigger" in nation(
        tmp_path, lambda data: data["lists"][0].pop("triggers"), "lists.yaml"
    )


def test_adopting_makes_effective_what_is_written_and_creates_nothing() -> None:
    pack = law.load("huaibei")
    invented = pack.with_adopted(frozenset({"fiscal-funds.everything", "own-measure"}))
    assert set(law.measures(pack=invented, on=date(2026, 11, 21))) == set(
        law.measures(pack=pack, on=date(2026, 11, 21))
    )
    assert "fiscal-funds.everything" not in {one.id for one in law.adoptable(pack=pack)}


def test_a_ground_without_citation_has_no_effect_even_in_a_pack_that_was_never_checked() -> None:
    pack = law.load("huaibei")
    asked: dict[str, Any] = {
        "use": law.use_of(pack=pack, matter="subsidy-grant"), "matter": "subsidy-grant", "sector": "finance",
        "subject_kind": "企业", "on": date(2026, 11, 21),
        "entries": (law.EntryFacts(1, "serious-list", "wage-arrears", "", "held", False, None),),
    }  # fmt: skip
    assert law.may_apply(pack=pack, measure="fiscal-funds", **asked).allowed
    measure = pack.measures["fiscal-funds"]
    bare = tuple(
        dataclasses.replace(one, source=dataclasses.replace(one.source, citation=None))
        for one in measure.grounds
    )
    forged = dataclasses.replace(
        pack, measures={**pack.measures, "fiscal-funds": dataclasses.replace(measure, grounds=bare)}
    )
    told = law.may_apply(pack=forged, measure="fiscal-funds", **asked)
    assert (told.allowed, told.refusal) == (False, "no-basis")
    assert not [one for one in law.hints(pack=forged, **asked) if one.measure == "fiscal-funds"]


def test_what_is_not_in_the_list_is_answered_with_no() -> None:
    pack = law.load("huaibei")
    for name in ("own-measure", "限制高消费", "限制出境", ""):
        told = law.may_apply(
            pack=pack, measure=name, use=law.use_of(pack=pack, matter="subsidy-grant"), matter="subsidy-grant",
            sector="finance", subject_kind="企业", on=date(2026, 11, 21),
            entries=(law.EntryFacts(1, "serious-list", "wage-arrears", "", "held", False, None),),
        )  # fmt: skip
        assert (told.allowed, told.refusal, told.hints) == (False, "no-basis", ())
        assert "不在" in told.says


def test_no_command_writes_a_measure() -> None:
    from xinheng.faces.cli.law import law_command

    takes = {
        "check",
        "explain",
        "clock",
        "adopt",
        "notice",
        "notices",
        "measures",
        "matters",
        "may",
        "rules-audit",
        "models",
    }
    assert set(law_command.commands) == takes
    for name in ("measures", "matters", "may", "rules-audit", "models"):
        assert "_ready" not in (law_command.commands[name].callback or print).__code__.co_names


def test_old_packs_without_uses_are_read_and_answer_that_they_have_none() -> None:
    """A pack kept by digest before there were uses and measures."""
    import json

    from xinheng.law import packs

    pack = law.load("huaibei")
    content = json.loads(pack.content)
    for entry in content:
        for name in ("uses.yaml", "measures.yaml"):
            entry["files"].pop(name, None)
        if "lists.yaml" in entry["files"]:
            for key in ("exits", "warning"):
                entry["files"]["lists.yaml"].pop(key, None)
            for kind in entry["files"]["lists.yaml"]["lists"]:
                for key in ("triggers", "exits", "listing_case", "item", "subjects"):
                    kind.pop(key, None)
        entry["files"].get("matters.yaml", {}).pop("general", None)
        entry["files"].pop("cases/listing.yaml", None)
    old = packs.from_content(json.dumps(content, ensure_ascii=False).encode())
    assert old.lists and not old.measures and not old.uses
    assert old.items["serious-list"].version == pack.items["serious-list"].version
    assert law.measures(pack=old, on=date(2026, 11, 21)) == {}
    with pytest.raises(law.UnknownCode):
        law.use_of(pack=old, matter="food-business-licence")


def test_no_address_of_the_api_writes_a_measure_or_a_kind_of_list() -> None:
    from xinheng.faces.api.app import api

    found = {
        (path.removeprefix("/api/v1"), method)
        for path, acts in api.get_openapi_schema()["paths"].items()
        for method in acts
        if "/measures" in path or "/lists" in path
    }
    assert ("/measures", "get") in found
    assert {pair for pair in found if pair[1] != "get"} <= {("/measures/may", "post")}
