"""What the checker refuses, each time with the place, what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from lawcases import ILLEGAL

from xinheng.law import service as law

HEAD = {
    "pack": "trial",
    "name": {"zh": "某市", "en": "Some City"},
    "level": "city",
    "region": "340600",
    "parent": "anhui",
    "edition": "test",
}
REGULATION = {
    "id": "city-regulation",
    "title": "某市条例",
    "number": "",
    "rank": "local_regulation",
    "in_force": {"from": "2024-01-01", "to": None},
    "confidence": "verified",
}
NOTICE = REGULATION | {"id": "city-notice", "title": "某市办法", "rank": "local_document"}
CITED = {
    "in_force": {"from": "2024-01-01", "to": None},
    "citation": {"instrument": "city-regulation", "article": "第一条"},
    "confidence": "verified",
}
BOTH = {"zh": "某事", "en": "Something"}
CLOCK = {
    "id": "some-clock",
    "name": BOTH,
    "what": BOTH,
    "starts": BOTH,
    "period": {"count": 5, "unit": "working_days"},
    **CITED,
}


def findings(
    tmp_path: Path, files: dict[str, object], head: dict[str, object] | None = None
) -> list[law.Finding]:
    """The errors of a pack of these files under Anhui."""
    folder = tmp_path / "trial"
    content = {
        "pack.yaml": HEAD | (head or {}),
        "instruments.yaml": {"instruments": [REGULATION, NOTICE]},
        **files,
    }
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True)
        path.write_text(text, encoding="utf-8")
    return [finding for finding in law.check("trial", tmp_path) if finding.severity == "error"]


def provisions(**changes: object) -> dict[str, object]:
    return {"provisions/x.yaml": {"provisions": [{k: v for k, v in (CLOCK | changes).items() if v != ""}]}}


def test_the_illegal_county_is_refused_in_every_point():
    errors = [finding for finding in law.check("illegal-county", ILLEGAL) if finding.severity == "error"]
    found = {(finding.code, finding.where.partition("：")[0].partition("/")[2]) for finding in errors}
    assert found == {
        ("adverse-without-basis", "items/petition.yaml"),
        ("county-cannot-legislate", "lists.yaml"),
        ("county-cannot-legislate", "measures.yaml"),
        ("heavier-than-above", "provisions/longer.yaml"),
        ("heavier-than-above", "publication/longer.yaml"),
        ("overlap", "publication/longer.yaml"),
    }


def test_every_refusal_says_where_and_what_to_do_in_chinese():
    for finding in law.check("illegal-county", ILLEGAL):
        assert finding.where.count("/") >= 1 and finding.remedy.endswith("。")
        assert any("\u4e00" <= character <= "\u9fff" for character in finding.message)


def test_the_illegal_county_cannot_be_loaded():
    with pytest.raises(law.PackRefused) as refusal:
        law.load("illegal-county", ILLEGAL)
    assert refusal.value.exit == 3 and len(refusal.value.findings) >= 6
    assert "xinheng law check illegal-county" in refusal.value.message


def test_a_sound_pack_of_a_city_passes(tmp_path):
    assert findings(tmp_path, provisions()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"citation": ""}, "uncited"),
        ({"citation": "", "our_choice": True, "because": ""}, "uncited"),
        ({"citation": {"instrument": "nothing", "article": "第一条"}}, "instrument-unknown"),
        ({"perod": {"count": 5}}, "unknown-key"),
        ({"name": {"zh": "某事"}}, "english-missing"),
        ({"in_force": ""}, "undated"),
        ({"in_force": {"from": "2024-13-01", "to": None}}, "form"),
        ({"in_force": {"from": "2026-01-01", "to": "2025-01-01"}}, "form"),
        ({"in_force": {"from": "2020-01-01", "to": None}}, "instrument-later"),
        ({"confidence": "certain"}, "form"),
        ({"period": {"count": 0, "unit": "working_days"}}, "form"),
        ({"period": {"count": 5, "unit": "fortnights"}}, "form"),
        ({"protective": True}, "form"),
        ({"id": "double-publicity", "period": {"count": 8, "unit": "working_days"}}, "heavier-than-above"),
        ({"id": "double-publicity", "period": {"count": 1, "unit": "months"}}, "heavier-than-above"),
    ],
)
def test_a_faulty_provision_is_refused(tmp_path, changes, code):
    assert code in {finding.code for finding in findings(tmp_path, provisions(**changes))}


def test_a_shorter_period_is_allowed(tmp_path):
    shorter = provisions(id="double-publicity", period={"count": 5, "unit": "working_days"})
    assert findings(tmp_path, shorter) == []


def test_two_versions_of_a_provision_may_not_overlap(tmp_path):
    files = {"provisions/x.yaml": {"provisions": [CLOCK, CLOCK]}}
    assert "overlap" in {finding.code for finding in findings(tmp_path, files)}


def test_a_value_may_not_outlive_the_instrument_it_cites(tmp_path):
    ended = {
        "instruments.yaml": {
            "instruments": [REGULATION | {"in_force": {"from": "2024-01-01", "to": "2025-01-01"}}]
        }
    }
    assert "instrument-ended" in {finding.code for finding in findings(tmp_path, provisions() | ended)}


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ({"region": "370600"}, "region"),
        ({"region": "3406"}, "region"),
        ({"level": "province"}, "level"),
        ({"parent": None}, "level"),
        ({"counties": [{"code": "320802", "name": BOTH}]}, "region"),
        ({"colour": "blue"}, "unknown-key"),
        ({"name": {"zh": "某市", "en": ""}}, "english-missing"),
    ],
)
def test_a_faulty_head_is_refused(tmp_path, head, code):
    assert code in {finding.code for finding in findings(tmp_path, {}, head)}


def item(**changes: object) -> dict[str, object]:
    """A small item, sound by itself."""
    base: dict[str, object] = {
        "item": "own-item",
        "name": BOTH,
        "version": "1",
        "adverse": False,
        "basis": [{"instrument": "city-regulation", "article": "第三条"}],
        "category": "其他信息",
        "publication": "licence-publication",
        "key": ["DM"],
        "roles": dict.fromkeys(
            ("subject_name", "subject_kind", "authority", "authority_name", "source_code", "source_name"),
            "MC",
        )
        | {"subject_code": "DM", "decided_on": "RQ", "document_number": []},
        "card": {"what": "MC"},
        "free_text": ["MC"],
        "fields": [
            {"code": "MC", "name": "名称", "en": "Name", "type": "text", "scope": "public"},
            {"code": "DM", "name": "代码", "en": "Code", "type": "code", "scope": "public"},
            {"code": "RQ", "name": "日期", "en": "Date", "type": "date", "scope": "public"},
        ],
        "rules": [],
        **CITED,
    }
    return {"items/own.yaml": base | changes}


RULE = {
    "id": "V01",
    "kind": "required",
    "fields": ["MC"],
    "outcome": "rejected",
    "message": "「{field}」没有填写",
    "remedy": "请补齐。",
    "citation": CITED["citation"],
    "confidence": "verified",
}
PERSONAL = {"code": "SFZH", "name": "身份证号", "en": "ID", "type": "text", "scope": "shared"}
PUBLIC_PERSON = {"code": "FR", "name": "法定代表人", "en": "Head", "type": "person", "scope": "public"}
TWICE = {
    "code": "MC2",
    "name": "名称二",
    "en": "Name 2",
    "type": "text",
    "scope": "public",
    "headers": ["名 称"],
}
NO_ENGLISH = {"code": "X", "name": "某列", "type": "text", "scope": "public"}


def with_field(extra: dict[str, object]) -> dict[str, object]:
    sound = item()["items/own.yaml"]
    return {"fields": [*sound["fields"], extra]}  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"basis": []}, "item-without-basis"),
        ({"basis": [], "adverse": True}, "adverse-without-basis"),
        ({"adverse": True, "basis": [{"instrument": "city-notice", "article": "第三条"}]}, "basis-too-low"),
        ({"publication": "nowhere"}, "unknown"),
        ({"timeliness": "nowhere"}, "unknown"),
        ({"item": "admin-penalty"}, "item-redefined"),
        ({"key": ["ZZ"]}, "field-unknown"),
        ({"rules": [RULE | {"kind": "guess"}]}, "rule-kind-unknown"),
        ({"rules": [RULE | {"fields": ["ZZ"]}]}, "field-unknown"),
        ({"rules": [RULE | {"kind": "date_not_after", "than": "ZZ"}]}, "field-unknown"),
        ({"rules": [RULE | {"message": "「{value}」不对"}]}, "form"),
        ({"rules": [RULE | {"message": "超过 {limit}"}]}, "form"),
        ({"rules": [RULE | {"outcome": "ignored"}]}, "form"),
        ({"rules": [{k: v for k, v in RULE.items() if k != "citation"}]}, "uncited"),
        ({"rules": [RULE | {"limit": 3}]}, "unknown-key"),
        (with_field(PERSONAL), "personal-kept"),
        (with_field(PUBLIC_PERSON), "person-public"),
        (with_field(TWICE), "header-twice"),
        (with_field(NO_ENGLISH), "english-missing"),
    ],
)
def test_a_faulty_item_is_refused(tmp_path, changes, code):
    assert code in {finding.code for finding in findings(tmp_path, item(**changes))}


def test_a_new_item_with_rules_needs_no_new_code(tmp_path):
    assert findings(tmp_path, item(rules=[RULE])) == []
    rules = law.load("trial", tmp_path).items["own-item"].rules
    assert [rule.source.id for rule in rules if not rule.source.id.startswith("check.")] == ["own-item.V01"]
    # What every item must have comes by itself
    assert {"person_row", "uscc", "date", "registered_unit"} <= {rule.kind for rule in rules}


def test_a_county_may_not_add_an_adverse_item_even_with_a_basis(tmp_path):
    county = {"level": "county", "region": "340621", "parent": "huaibei"}
    found = findings(tmp_path, item(adverse=True), county)
    assert "county-cannot-legislate" in {finding.code for finding in found}


def test_a_lower_pack_may_add_header_names_and_narrow_a_scope(tmp_path):
    change = {"amends": "admin-penalty", "headers": {"CF_CFJG": ["执法机关"]}, "scopes": {"CF_SY": "shared"}}
    assert findings(tmp_path, {"items/admin-penalty.yaml": change}) == []
    amended = law.load("trial", tmp_path).items["admin-penalty"]
    assert "执法机关" in amended.by_code["CF_CFJG"].headers
    assert (amended.by_code["CF_SY"].scope, amended.version) == ("shared", "2018.1+trial")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scopes": {"CF_FRDB": "public"}}, "heavier-than-above"),
        ({"scopes": {"CF_FR_ZJHM": "shared"}}, "heavier-than-above"),
        ({"scopes": {"CF_NOWHERE": "drop"}}, "field-unknown"),
        ({"headers": {"CF_CFJG": ["处罚依据"]}}, "header-twice"),
        ({"amends": "nowhere"}, "item-unknown"),
    ],
)
def test_a_faulty_amendment_is_refused(tmp_path, change, code):
    files = {"items/admin-penalty.yaml": {"amends": "admin-penalty"} | change}
    assert code in {finding.code for finding in findings(tmp_path, files)}


FINE = {"id": "fine-threshold.own", "sector": "market-regulation", "region": "340600", "huge_yuan": None}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"region": "320000", "larger_yuan": 200000}, "region"),
        ({"region": "", "larger_yuan": 200000}, "region"),
        ({"sector": "nowhere", "larger_yuan": 200000}, "unknown"),
        ({"larger_yuan": 200000, "huge_yuan": 100000}, "form"),
        (
            {"larger_yuan": 50000, "citation": {"instrument": "city-notice", "article": "第一条"}},
            "heavier-than-above",
        ),
    ],
)
def test_a_faulty_threshold_is_refused(tmp_path, row, code):
    files = {"thresholds.yaml": {"fines": [FINE | CITED | row]}}
    assert code in {finding.code for finding in findings(tmp_path, files)}


def test_a_milder_local_threshold_is_allowed_and_goes_before_the_national_one(tmp_path):
    from datetime import date

    row = FINE | CITED | {"larger_yuan": 500000}
    assert findings(tmp_path, {"thresholds.yaml": {"fines": [row]}}) == []
    local = law.load("trial", tmp_path)
    facts = law.Facts(("罚款",), False, 20_000_000, None, "market-regulation", date(2026, 5, 10))
    everything = local.with_adopted(frozenset(one.id for one in law.adoptable(pack=local)))
    assert law.severity(pack=everything, item=local.items["admin-penalty"], facts=facts).severity == "minor"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("settings.yaml", "settings: [", "yaml"),
        ("settings.yaml", "- 一", "yaml"),
        ("extra.yaml", "a: 1", "file-unknown"),
        ("calendar/2027.yaml", "year: 2027", "form"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_and_not_guessed(tmp_path, name, text, code):
    assert code in {finding.code for finding in findings(tmp_path, {name: text})}
