"""The shipped packs: complete, cited, quick, and readable by digest."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from xinheng.law import packs
from xinheng.law import service as law
from xinheng.law.build_items import header_key

# The order and scope of the fields of a version: stored parts are read by it. When this test fails, give the item
# a new version and add a line; never change a line.
LAYOUTS = {
    ("admin-licence", "2018.1"): "4636131bc105",
    ("admin-penalty", "2018.1"): "103c46205426",
    ("abnormal-operation", "2026.1"): "d4e6708f3915",
    ("admin-compulsion", "2026.1"): "b721c2b802fd",
    ("admin-confirmation", "2026.1"): "fe097d3ca3a9",
    ("admin-reward", "2026.1"): "30acfd20f125",
    ("agency-register", "2026.1"): "3f6b713d1a19",
    ("commitment", "2026.1"): "861a94c3b311",
    ("government-contract", "2026.1"): "9fcd7242d5b1",
    ("honour", "2026.1"): "88b6ea439033",
    ("inspection-result", "2026.1"): "783bb3c29227",
    ("judgment-defaulter", "2026.1"): "796f499e6823",
    ("qualification", "2026.1"): "a9e0213584d3",
    ("registration-event", "2026.1"): "587d2acda652",
    ("sector-result", "2026.1"): "3752dc7b1af7",
    ("serious-list", "2026.1"): "f92950e38a2a",
    ("tax-grade-a", "2026.1"): "dcd1de64b301",
}


@pytest.mark.parametrize("code", ["national", "anhui", "huaibei"])
def test_a_shipped_pack_has_no_errors(code):
    findings = [finding for finding in law.check(code) if finding.severity != "info"]
    assert findings == []


def test_the_check_lists_what_an_office_must_verify_and_adopt():
    codes = {finding.code for finding in law.check("huaibei")}
    assert {"verify", "adopt", "choose"} <= codes


def test_a_pack_stands_on_its_province_and_the_nation(strict):
    assert strict.chain == ("national", "anhui", "huaibei")
    assert (strict.region, strict.level, strict.name) == ("340600", "city", "淮北市")
    assert strict.plan["status"] == "ended" and len(strict.plan["indicators"]) == 10


def test_a_pack_loads_in_a_moment():
    law.forget()
    start = time.perf_counter()
    law.load("huaibei")
    # About 0.06 s on an idle core; the bound leaves room for a busy one
    assert time.perf_counter() - start < 1.0


@pytest.mark.parametrize(("code", "count"), [("admin-licence", 28), ("admin-penalty", 30)])
def test_an_item_has_every_field_of_the_standard_in_two_languages(strict, code, count):
    item = strict.items[code]
    assert len(item.fields) == count
    assert all(field.name and field.name_en for field in item.fields)


@pytest.mark.parametrize("code", ["admin-licence", "admin-penalty"])
def test_the_rules_v01_to_v13_are_there_each_cited_or_declared_ours(strict, code):
    rules = strict.items[code].rules
    wanted = {f"V{n:02}" for n in range(1, 14)} - ({"V10"} if code == "admin-licence" else set())
    assert wanted <= {rule.id for rule in rules}
    assert all(rule.source.citation or rule.source.our_choice for rule in rules)
    assert all(rule.message and rule.remedy for rule in rules)


def test_the_penalty_has_the_rule_that_minor_cases_are_not_shown(strict):
    rule = next(rule for rule in strict.items["admin-penalty"].rules if rule.id == "V14")
    assert (rule.kind, rule.outcome, rule.params["severity"]) == ("severity_is", "note", "minor")


@pytest.mark.parametrize("code", sorted(code for code, _ in LAYOUTS))
def test_the_layout_of_a_version_does_not_change(strict, code):
    item = strict.items[code]
    layout = hashlib.sha256(item.layout.encode()).hexdigest()[:12]
    assert LAYOUTS[code, item.version] == layout


@pytest.mark.parametrize(
    ("item", "header", "field"),
    [
        ("admin-licence", "XK_FR_SFZH", "XK_FR_ZJHM"),
        ("admin-licence", "XK_FDDB", "XK_FRDB"),
        ("admin-licence", "XK_XZJG", "XK_XKJG"),
        ("admin-licence", "行政相对人代码_1（统一社会信用代码）", "XK_XDR_SHXYM"),
        ("admin-penalty", "CF_FR_SFZH", "CF_FR_ZJHM"),
        ("admin-penalty", "CF_FR_ZJLX", "CF_FR_ZJLX"),
        ("admin-penalty", "CF_FDDB", "CF_FRDB"),
        ("admin-penalty", "CF_CFWSH", "CF_WSH"),
        ("admin-penalty", "罚款金额（万元）", "CF_NR_FK"),
        ("admin-penalty", "cf_cflb1", "CF_CFLB"),
    ],
)
def test_old_and_misspelt_headers_find_their_field(strict, item, header, field):
    headers = {header_key(name): one.code for one in strict.items[item].fields for name in one.headers}
    assert headers[header_key(header)] == field


@pytest.mark.parametrize("code", ["admin-licence", "admin-penalty"])
def test_identity_numbers_are_dropped_and_the_legal_representative_is_restricted(strict, code):
    item = strict.items[code]
    assert all(f.scope == "drop" for f in item.fields if f.code.endswith(("ZJHM", "ZJLX", "SFZH")))
    assert [item.by_code[name].type for name in item.scopes["restricted"]] == ["person"]


def test_no_department_has_an_invented_code(strict):
    assert len(strict.departments) >= 25
    assert {department.uscc for department in strict.departments} == {""}
    assert all(department.sector in strict.sectors for department in strict.departments)


def test_the_digest_names_the_content_with_its_parents(strict):
    again = packs.from_content(strict.content)
    assert again.digest == strict.digest == hashlib.sha256(strict.content).hexdigest()
    assert strict.digest != law.load("anhui").digest


def test_a_pack_read_from_its_content_gives_the_same_answers(pack, penalty):
    again = packs.from_content(pack.content).with_adopted(pack.adopted)
    facts = law.Facts(("罚款",), False, 20_000_000, None, "market-regulation", date(2026, 5, 10))
    ours = law.severity(pack=pack, item=penalty, facts=facts)
    assert ours == law.severity(pack=again, item=again.items["admin-penalty"], facts=facts)


def test_an_unknown_pack_is_refused_with_the_known_ones_named():
    with pytest.raises(law.PackMissing) as refusal:
        law.load("atlantis")
    assert "huaibei" in refusal.value.message and refusal.value.exit == 2


@pytest.mark.parametrize("code", ["../national", "/tmp", "..", "huaibei/../anhui"])
def test_a_pack_code_cannot_leave_the_folder_of_packs(code):
    with pytest.raises(law.PackMissing):
        law.load(code)


def test_the_calendar_cites_a_notice_for_every_year(strict):
    assert (strict.calendar.first, strict.calendar.last) == (date(2004, 1, 1), date(2026, 12, 31))
    assert "国办发明电〔2025〕7号" in strict.notices[2026]
    assert set(strict.notices) == set(range(2004, 2027))
    assert "文号待核" in strict.notices[2007]


def test_the_2026_make_up_days_are_the_six_of_the_notice(strict):
    days = {day for day in strict.calendar.make_up if day.year == 2026}
    expected = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
    assert days == {date(2026, month, day) for month, day in expected}


def test_the_calendar_agrees_with_an_independent_one_for_twenty_years(strict, shared_data):
    given = {}
    with (shared_data / "holidays_cn_2007_2026.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            given[date.fromisoformat(row["date"])] = row["is_off_day"] == "0"
    day, differing = date(2007, 1, 1), []
    while day <= date(2026, 12, 31):
        if strict.calendar.is_working(day) != given.get(day, day.weekday() < 5):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_a_dated_change_cites_its_own_notice(strict):
    assert "〔2020〕1号" in strict.calendar.kind(date(2020, 2, 1))[2]
    assert "〔2019〕16号" in strict.calendar.kind(date(2020, 1, 27))[2]
    assert "〔2018〕15号" in strict.calendar.kind(date(2018, 12, 31))[2]


def test_the_calendar_files_are_what_the_seeding_script_writes(tmp_path):
    pytest.importorskip("chinese_calendar", reason="chinesecalendar is needed only when a new year is seeded")
    root = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location("seed_calendar", root / "tools" / "seed_calendar.py")
    seeding = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(seeding)
    seeding.OUT = tmp_path
    for year in (2004, 2015, 2019, 2026):
        seeding.write_year(year)
        shipped = root / "packs" / "national" / "calendar" / f"{year}.yaml"
        assert (tmp_path / f"{year}.yaml").read_text("utf-8") == shipped.read_text("utf-8")
