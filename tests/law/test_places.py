"""The places: what each pack holds, who succeeds whom, which department has which matter."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest

from xinheng.law import packs
from xinheng.law import service as law
from xinheng.law.check_places import CREATES
from xinheng.law.findings import Report
from xinheng.law.indicators import FORMULAS, SUBJECTS
from xinheng.law.reading import PackFiles

PLACES = ("huaibei", "suixi", "xuancheng", "huaian", "huantai")
PROVINCES = ("anhui", "jiangsu", "shandong")
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("code", ["national", *PROVINCES, *PLACES])
def test_every_shipped_pack_passes_the_check(code):
    assert [finding for finding in law.check(code) if finding.severity != "info"] == []


@pytest.mark.parametrize("code", [*PROVINCES, *PLACES])
def test_a_place_has_departments_matters_successions_and_what_is_in_force(code):
    pack = law.load(code)
    assert len(pack.departments) >= 25 and len(pack.successions) >= 10 and len(pack.matters) >= 40
    codes = [unit.code for unit in pack.departments]
    assert len(set(codes)) == len(codes) and all(one.startswith(f"{code}-") for one in codes)
    assert {unit.region for unit in pack.departments} == {pack.region}
    assert any(entry.source.where.startswith(f"{code}/") for entry in pack.in_force)
    assert all(unit.uscc == "" and unit.source for unit in pack.departments)


@pytest.mark.parametrize("code", PLACES)
def test_the_departments_of_a_place_are_its_own_and_not_its_parents(code):
    assert {unit.code.partition("-")[0] for unit in law.load(code).departments} == {code}


@pytest.mark.parametrize("code", [*PROVINCES, *PLACES])
def test_subdivisions_are_those_of_the_published_list(code, shared_data):
    pack = law.load(code)
    digits = {"province": 2, "city": 4, "county": 6}[pack.level]
    file = "divisions_2023_cities.csv" if pack.level == "province" else "divisions_2023_areas.csv"
    with (shared_data / file).open(encoding="utf-8") as lines:
        rows = [(row["code"].ljust(6, "0"), row["name"]) for row in csv.DictReader(lines)]
    # A third digit pair from 71 on is a development zone, which the list counts and the state does not
    wanted = {c: n for c, n in rows if c.startswith(pack.region[:digits]) and not c[4:].startswith("7")}
    if pack.level == "county":
        assert not pack.counties and len(pack.towns) >= 9
    else:
        assert {c: name for c, (name, _) in pack.counties.items()} == wanted


@pytest.mark.parametrize("code", PLACES)
def test_the_ended_plan_keeps_indicators_tasks_and_terms(code):
    plan = law.load(code).plan
    assert plan["status"] == "ended" and date.fromisoformat(plan["to"]) < TODAY
    assert plan["title"] and plan["tasks"] and len(plan["terms"]) >= 10
    assert any("formula" in one for one in plan["indicators"])


@pytest.mark.parametrize("code", PLACES)
def test_an_indicator_is_computable_or_says_why_not(code):
    pack = law.load(code)
    for one in pack.plan["indicators"]:
        assert ("formula" in one) != ("not_computable" in one), one["code"]
        if "formula" in one:
            formula = one["formula"]
            assert formula.keys() - {"kind"} <= set(FORMULAS[formula["kind"]].takes)
            assert set(formula.get("items", ())) <= set(pack.items)


def test_no_formula_counts_persons():
    assert not {"person", "natural_person"} & set(SUBJECTS)


@pytest.mark.parametrize(("code", "count"), [("xuancheng", 36), ("huaian", 36)])
def test_the_task_list_of_a_plan_is_whole_and_every_task_has_its_owners(code, count):
    tasks = law.load(code).plan["tasks"]
    assert [task["code"] for task in tasks] == [str(n) for n in range(1, count + 1)]
    assert all(task["owners"] for task in tasks)


def test_the_dispatch_of_suixi_is_weekly_monthly_and_quarterly_with_nil_returns():
    plan = law.load("suixi").plan
    assert {one["every"] for one in plan["cadences"]} == {"weekly", "monthly", "quarterly"}
    ours = [one for one in plan["cadences"] if one.get("our_choice")]
    assert len(ours) == 1 and "零报告" in ours[0]["what"]["zh"]


def test_a_scanning_fault_of_a_plan_is_not_taken_over():
    assert not any(wrong in law.load("suixi").content.decode() for wrong in ("潼溪", "滩溪"))


@pytest.mark.parametrize("code", PLACES)
def test_a_term_without_a_present_meaning_says_why(code):
    terms = {term["old"]: term for term in law.load(code).plan["terms"]}
    assert terms["黑名单"]["now"] == "严重失信主体名单"
    assert all(term["now"] or term["because"] for term in terms.values())


def test_slogans_and_files_of_persons_have_no_present_meaning():
    terms = {term["old"]: term for term in law.load("huantai").plan["terms"]}
    for old in ("一处失信，处处受制", "一次出格，终身禁入", "个人公共信用基础数据库", "食品药品企业四个等级"):
        assert terms[old]["now"] is None and terms[old]["because"]


@pytest.mark.parametrize(
    ("code", "asked", "department", "on"),
    [
        ("huaibei", "淮北市工商行政管理局", "淮北市市场监督管理局", TODAY),
        ("huaibei", "市工商局", "淮北市市场监督管理局", TODAY),
        ("xuancheng", "宣城市国土资源局", "宣城市自然资源和规划局", TODAY),
        ("xuancheng", "市质监局", "宣城市市场监督管理局", TODAY),
        ("huaian", "淮安市环境保护局", "淮安市生态环境局", TODAY),
        ("huaian", "市扶贫办", "淮安市农业农村局", TODAY),
        ("huantai", "桓台县安全生产监督管理局", "桓台县应急管理局", TODAY),
        ("suixi", "县乡村振兴局", "濉溪县农业农村局", TODAY),
        ("jiangsu", "江苏省食品药品监督管理局", "江苏省药品监督管理局", TODAY),
    ],
)
def test_a_decision_of_a_vanished_agency_is_routed_to_its_successor(code, asked, department, on):
    found = law.successor(pack=law.load(code), name_or_code=asked, on=on)
    assert found is not None and found.department.name == department
    assert found.confidence == "likely" and found.source.cited


@pytest.mark.parametrize(
    ("asked", "on"),
    [
        ("淮北市市场监督管理局", TODAY),  # it is there
        ("濉溪县工商局", TODAY),  # another level's
        ("宣城市工商行政管理局", TODAY),  # another place's
        ("工商局", TODAY),  # says no place
        ("淮北市某某局", TODAY),
        ("", TODAY),
        ("淮北市工商行政管理局", date(2017, 1, 1)),  # not gone yet
        ("市工商局", date(2017, 1, 1)),
    ],
)
def test_what_is_not_a_vanished_agency_of_the_place_has_no_successor(strict, asked, on):
    assert law.successor(pack=strict, name_or_code=asked, on=on) is None


def test_the_bodies_in_between_are_named():
    found = law.successor(pack=law.load("xuancheng"), name_or_code="宣城市扶贫开发局", on=TODAY)
    assert found is not None and found.through == ("宣城市乡村振兴局",)


def test_a_department_is_found_by_code_name_and_short_name(strict):
    unit = law.department(pack=strict, code="huaibei-scjg")
    assert unit is not None
    assert law.department(pack=strict, name=unit.name) == unit == law.department(pack=strict, name=unit.short)
    assert law.department(pack=strict) is None and law.department(pack=strict, uscc="0" * 18) is None


def test_a_department_takes_the_standard_matters_of_its_sector(strict):
    found = {one.code: one for one in strict.matters}
    assert found["food-business-licence"].department == "huaibei-scjg"
    assert found["road-freight-licence"].department == "huaibei-jtys"
    assert "drug-production-licence" not in found  # a province's
    assert "drug-production-licence" in {one.code for one in law.load("anhui").matters}


@pytest.mark.parametrize("code", [*PROVINCES, *PLACES])
def test_every_matter_cites_what_creates_it_and_belongs_to_one_department(code):
    pack = law.load(code)
    units, codes = {unit.code for unit in pack.departments}, [one.code for one in pack.matters]
    assert len(set(codes)) == len(codes)
    for one in pack.matters:
        assert one.department in units and one.item in pack.items and one.name_en
        assert one.basis is not None and one.source.confidence == "likely"
        if one.item in CREATES:
            assert one.basis.instrument.rank in CREATES[one.item]


@pytest.mark.parametrize("code", [*PROVINCES, *PLACES])
def test_what_was_not_verified_is_said_and_is_no_basis(code):
    unknown = [entry for entry in law.load(code).in_force if entry.instrument is None]
    assert unknown and all("未核实" in one.what and one.source.our_choice for one in unknown)
    assert all(one.since is None and one.source.confidence == "unverified" for one in unknown)


@pytest.mark.parametrize("code", PLACES)
def test_a_city_or_county_adds_no_list_measure_or_period(code):
    files = json.loads(law.load(code).content)[-1]["files"]
    forbidden = ("lists.yaml", "measures.yaml", "thresholds.yaml")
    assert not [name for name in files if name in forbidden or name.startswith(("provisions", "publication"))]


@pytest.mark.parametrize(
    ("asked", "kind", "told"),
    [
        ("food-business-licence", "matter", "食品安全法"),
        ("huaibei-scjg", "department", "承接：淮北市工商行政管理局"),
        ("淮北市工商行政管理局", "agency", "由淮北市市场监督管理局承接"),
    ],
)
def test_matters_departments_and_vanished_agencies_are_explained(strict, asked, kind, told):
    explanation = law.explain(pack=strict, code=asked, on=TODAY)
    assert explanation.kind == kind and told in explanation.as_text()
    assert json.dumps(explanation.as_dict(), ensure_ascii=False)


def test_a_matter_is_not_explained_as_in_force_before_its_law(strict):
    assert law.explain(pack=strict, code="food-business-licence", on=date(2010, 1, 1)).applies is None


def test_a_pack_kept_before_places_had_codes_still_reads(strict):
    """As 0.1 kept it: departments without codes, a plan without citations, no matters, successions or in_force."""
    content = json.loads(strict.content)
    for level in content:
        for name in ("matters.yaml", "successions.yaml", "in_force.yaml", "instruments-matters.yaml"):
            level["files"].pop(name, None)
    own = content[-1]["files"]
    own["departments.yaml"].pop("source")
    for unit in own["departments.yaml"]["departments"]:
        unit.pop("code")
    plan = own["plan.yaml"]["plan"]
    for key in ("instrument", "groups", "tasks"):
        plan.pop(key)
    for one in plan["indicators"]:
        one.pop("article")
    old = packs.build([PackFiles(level["pack"], level["files"]) for level in content], Report())
    again = packs.from_content(old.content)
    assert again.digest == old.digest != strict.digest
    assert [unit.name for unit in again.departments] == [unit.name for unit in strict.departments]
    assert {unit.code for unit in again.departments} == {""} and again.plan["status"] == "ended"
    assert again.matters == again.successions == again.in_force == ()
