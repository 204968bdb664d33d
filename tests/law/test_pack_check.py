"""What the check of a place refuses: dead links, another place's name, values without a source, slogans as rules.

The broken packs are folders beside; what needs only one wrong value is written here.
"""

from __future__ import annotations

import json
import re
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawcases import ILLEGAL

from xinheng.kernel import divisions
from xinheng.law import packs
from xinheng.law import service as law
from xinheng.law.check_texts import ORDINARY, SLOGANS, other_place
from xinheng.law.findings import Report
from xinheng.law.packs import default_packs_dir
from xinheng.law.reading import PackFiles


def errors(pack: str, code: str = "") -> list[str]:
    """Where the errors of a broken pack are, without the pack's code."""
    found = [one for one in law.check(pack, ILLEGAL) if one.severity == "error"]
    return [one.where.removeprefix(f"{pack}/") for one in found if code in ("", one.code)]


def test_every_dead_link_is_found():
    assert {*errors("dead-links", "dead-link"), *errors("dead-links", "instrument-unknown")} == {
        "departments.yaml：url",
        "departments.yaml：dead-links-scjg.takes",
        "successions.yaml：淮北市工商行政管理局.new",
        "successions.yaml：successions[2].by",
        "matters.yaml：one.department",
        "matters.yaml：two.item",
        "matters.yaml：matters[three].basis.instrument",
        "matters.yaml：four.sector",
        "in_force.yaml：in_force[a].instrument",
        "in_force.yaml：in-force.b.provision",
        "plan.yaml：plan.instrument",
        "plan.yaml：plan.url",
        "plan.yaml：plan.indicators[x].formula.items",
        "plan.yaml：plan.indicators[x].formula.subjects",
        "plan.yaml：plan.tasks[1].owners",
    }


def test_every_name_of_another_place_is_found_and_its_own_are_not():
    assert set(errors("other-place", "other-place")) == {
        "departments.yaml：source",
        "departments.yaml：departments[0].name",
        "departments.yaml：departments[1].code",
        "departments.yaml：departments[1].en",
        "departments.yaml：淮北市交通运输局.region",
        "in_force.yaml：in_force[0].what.zh",
        "in_force.yaml：in_force[0].note",
        "plan.yaml：plan.en",
    }


def test_every_value_without_a_source_is_found():
    assert set(errors("uncited", "uncited")) == {
        "departments.yaml：source",
        "successions.yaml：successions[1].citation",
        "matters.yaml：matters[one].citation",
        "in_force.yaml：in_force[a].citation",
        "plan.yaml：plan.instrument",
        "plan.yaml：plan.indicators[x].article",
        "plan.yaml：plan.tasks[1].article",
        "plan.yaml：plan.cadences[1].article",
    }
    assert set(errors("uncited")) == set(errors("uncited", "uncited"))


@pytest.mark.parametrize("pack", ["dead-links", "other-place", "uncited"])
def test_a_broken_place_cannot_be_loaded(pack):
    with pytest.raises(law.PackRefused) as refusal:
        law.load(pack, ILLEGAL)
    assert refusal.value.exit == 3


def changed(change: dict[tuple[Any, ...], Any], base: str = "huaibei") -> list[str]:
    """The error codes of a shipped pack with some values replaced (path in its own files → value)."""
    content = deepcopy(json.loads(law.load(base).content))
    for path, value in change.items():
        spot = content[-1]["files"]
        for step in path[:-1]:
            spot = spot[step]
        spot[path[-1]] = value
    report = Report()
    packs.build([PackFiles(level["pack"], level["files"]) for level in content], report)
    return [finding.code for finding in report.errors]


UNIT = ("departments.yaml", "departments", 0)
PAST = ("successions.yaml", "successions", 0)
INDICATOR = ("plan.yaml", "plan", "indicators", 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({(*UNIT, "code"): "huaibei-scjg"}, "twice"),
        ({(*UNIT, "code"): "fgw"}, "department-code"),
        ({(*UNIT, "sector"): "market-regulation"}, "twice"),
        ({(*UNIT, "takes"): ["market-regulation"]}, "twice"),
        ({(*UNIT, "region"): "320800"}, "other-place"),
        ({(*PAST, "old"): "淮北市市场监督管理局"}, "still-there"),
        ({("pack.yaml", "counties", 0, "name", "zh"): "杜集县"}, "division-name"),
        ({("pack.yaml", "counties", 0, "code"): "340699"}, "dead-link"),
        ({("pack.yaml", "towns"): [{"code": "340621", "name": {"zh": "某镇", "en": "Town"}}]}, "region"),
        ({(*INDICATOR, "formula", "kind"): "guess"}, "form"),
        ({(*INDICATOR, "formula", "subjects"): ["enterprise"]}, "form"),
        ({(*INDICATOR, "formula"): None}, "form"),
        ({("plan.yaml", "plan", "status"): "forgotten"}, "form"),
        ({("plan.yaml", "plan", "terms", 0, "now"): None}, "form"),
        ({("plan.yaml", "plan", "note"): "一处失信，处处受制"}, "slogan"),
        ({("plan.yaml", "plan", "url"): "ftp://www.gov.cn/x"}, "dead-link"),
        ({("plan.yaml", "plan", "url"): "https://evilgov.cn/x"}, "dead-link"),
        ({("plan.yaml", "plan", "colour"): "红"}, "unknown-key"),
        ({("plan.yaml", "plan", "tasks", 0, "owners"): None}, "form"),
        ({("instruments.yaml", "instruments", 0, "title"): "宣城市的规划"}, "other-place"),
        ({("matters.yaml",): {"confidence": "likely", "matters": [{"code": "x"}]}}, "form"),
    ],
)
def test_one_wrong_value_of_a_place_is_refused(change, code):
    assert code in changed(change)


LOCAL_MATTER = {
    "code": "own-licence",
    "department": "huaibei-scjg",
    "item": "admin-licence",
    "name": {"zh": "某许可", "en": "Some licence"},
    "basis": {"instrument": "food-law", "article": "第三十五条"},
}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"code": "food-business-licence"}, ["twice"]),
        ({"code": "admin-licence"}, ["twice"]),
        ({"sector": "market-regulation"}, ["form"]),
        ({"basis": {"instrument": "ndrc-2018-424", "article": "正文"}}, ["basis-too-low"]),
        ({"basis": {"instrument": "ndrc-36", "article": "第一条"}}, ["basis-too-low"]),
        ({"basis": {"instrument": "penalty-law-1996", "article": "第一条"}}, ["instrument-ended"]),
        ({"item": "admin-penalty", "basis": {"instrument": "ndrc-36", "article": "第一条"}}, []),
    ],
)
def test_a_local_matter_needs_a_law_that_may_create_it(changes, codes):
    matters = {"confidence": "likely", "matters": [LOCAL_MATTER | changes]}
    assert changed({("matters.yaml",): matters}) == codes


def entry(**changes: object) -> dict[tuple[Any, ...], Any]:
    base = {
        "code": "x",
        "what": {"zh": "某规定", "en": "A rule"},
        "instrument": "ndrc-58",
        "since": "2023-05-01",
        "confidence": "likely",
    }
    return {("in_force.yaml",): {"in_force": [base | changes]}}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ["instrument-ended"]),
        ({"until": "2026-03-31"}, []),
        ({"instrument": "ndrc-36"}, ["instrument-later"]),
        ({"instrument": "ndrc-36", "since": "2026-04-01"}, []),
        ({"instrument": "ndrc-36", "since": "2026-04-01", "url": "https://www.ndrc.gov.cn/x.html"}, []),
        ({"instrument": "ndrc-36", "since": "2026-04-01", "url": "https://www.ndrc.com/x"}, ["dead-link"]),
    ],
)
def test_what_is_said_to_be_in_force_is_in_force(changes, codes):
    assert changed(entry(**changes)) == codes


def test_a_department_that_takes_no_matters_leaves_them_to_the_other():
    assert changed({(*UNIT, "sector"): "market-regulation", (*UNIT, "takes"): []}) == []


def test_national_documents_may_have_any_title():
    title = {"title": "关于浙江经验的意见", "rank": "central_policy"}
    given_ = {("instruments.yaml", "instruments", 0, key): value for key, value in title.items()}
    assert "other-place" not in changed(given_)


@given(st.sampled_from(sorted(divisions.names().items())), st.text("甲乙丙的，", max_size=4), st.data())
def test_a_name_is_another_places_unless_it_is_above_or_below(named, around, data):
    """Every listed name in any text, seen from every listed place."""
    code, name = named
    region = data.draw(st.sampled_from(sorted(divisions.names())))
    found = other_place(f"{around}{name}{around}", region)
    same_name = any(n == name and divisions.related(c, region) for c, n in divisions.names().items())
    if divisions.related(code, region) or same_name:
        assert found == ""
    elif name not in ORDINARY and not any(
        own in name for own in (divisions.names()[region], divisions.names()[region][:-1])
    ):
        assert found


@pytest.mark.parametrize(
    "text", ["信用合作市场", "失信名单县级公示", "日照时数", "乡镇和县直部门", "惠民便企"]
)
def test_ordinary_words_are_no_places(text):
    assert other_place(text, "340600") == ""


@pytest.mark.parametrize(
    "code", ["national", "anhui", "jiangsu", "shandong", "huaibei", "suixi", "xuancheng", "huaian", "huantai"]
)
def test_slogans_stand_in_no_shipped_pack_but_as_old_terms(code):
    own = json.loads(law.load(code).content)[-1]["files"]
    for term in own.get("plan.yaml", {}).get("plan", {}).get("terms", []):
        term.pop("old")
    assert not re.search("|".join(SLOGANS), json.dumps(own, ensure_ascii=False))


def tenth_place(folder: Path, *, renamed: bool) -> list[law.Finding]:
    """A pack of Xuzhou copied from Huai'an; `renamed` puts its own names everywhere."""
    target = folder / "xuzhou"
    shutil.copytree(default_packs_dir() / "huaian", target)
    for file in target.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        if renamed:
            for old, new in (("淮安", "徐州"), ("huaian", "xuzhou"), ("Huai'an", "Xuzhou")):
                text = text.replace(old, new)
        if file.name == "pack.yaml":
            head = text.partition("counties:")[0].replace("huaian", "xuzhou").replace("320800", "320300")
            text = head + 'counties:\n  - {code: "320302", name: {zh: 鼓楼区, en: Gulou District}}\n'
        file.write_text(text, encoding="utf-8")
    return [finding for finding in law.check("xuzhou", folder) if finding.severity == "error"]


def test_a_tenth_place_is_a_copied_pack_with_its_own_names(tmp_path):
    assert tenth_place(tmp_path, renamed=True) == []
    pack = law.load("xuzhou", tmp_path)
    assert pack.chain == ("national", "jiangsu", "xuzhou") and pack.matters


def test_a_copied_pack_with_names_left_over_is_refused_wherever_they_stand(tmp_path):
    found = tenth_place(tmp_path, renamed=False)
    files = {one.where.partition("：")[0] for one in found if one.code == "other-place"}
    names = {"pack", "departments", "successions", "plan", "in_force", "instruments"}
    assert files == {f"xuzhou/{name}.yaml" for name in names}
