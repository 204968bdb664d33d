"""Kinds of case in a pack: what the checker refuses, what a lower pack may not take away, what is kept."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from casewalk import Refused, Walk
from hypothesis import given
from hypothesis import strategies as st
from test_checker import HEAD, NOTICE, REGULATION

from xinheng.law import packs, reading
from xinheng.law import service as law

ON = date(2026, 11, 20)
NATIONAL = packs.default_packs_dir() / "national"


def written(name: str) -> dict[str, Any]:
    """A file of the national pack as data."""
    data = yaml.load((NATIONAL / name).read_text(encoding="utf-8"), Loader=reading.yaml_loader)
    assert isinstance(data, dict)
    return data


def refusals(tmp_path: Path, files: dict[str, Any]) -> set[str]:
    """The codes of the errors of a city's pack of these files."""
    folder = tmp_path / "trial"
    for name, data in {
        "pack.yaml": HEAD,
        "instruments.yaml": {"instruments": [REGULATION, NOTICE]},
        **files,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return {finding.code for finding in law.check("trial", tmp_path) if finding.severity == "error"}


def changed(kind: str, change: Any) -> dict[str, Any]:
    """A national kind written again by the city, with one thing changed."""
    data = copy.deepcopy(written(f"cases/{kind}.yaml"))
    change(data)
    return {f"cases/{kind}.yaml": data}


def state(data: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in data["states"] if one["code"] == code)


def step(data: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in data["steps"] if one["code"] == code)


def nothing(data: dict[str, Any]) -> None:
    pass


@pytest.mark.parametrize("kind", ["objection", "repair", "sync-ticket"])
def test_a_kind_written_again_as_it_is_is_accepted(kind, tmp_path):
    assert refusals(tmp_path, changed(kind, nothing)) == set()


BROKEN = {
    "a step to a state that does not exist": ("form", lambda d: step(d, "accept").update(to="nowhere")),
    "a step from a state that does not exist": (
        "form",
        lambda d: step(d, "accept").update({"from": ["nowhere"]}),
    ),
    "a step nobody may take": ("form", lambda d: step(d, "accept").update(who=[])),
    "a step by somebody unknown": ("form", lambda d: step(d, "accept").update(who=["mayor"])),
    "an effect nobody knows": ("form", lambda d: step(d, "grant").update(effect="repair.delete-all")),
    "two ways to begin": ("form", lambda d: step(d, "accept").update({"from": []})),
    "an adverse step without a law": (
        "step-without-provision",
        lambda d: step(d, "refuse").pop("citation"),
    ),
    "a state with no way out": (
        "no-way-out",
        lambda d: (
            d["steps"].remove(step(d, "supplement"))
            or step(d, "decline").update({"from": ["received"]})
            or step(d, "withdraw").update({"from": ["received"]})
            or step(d, "withdraw-at-counter").update({"from": ["received"]})
        ),
    ),
    "a state nothing leads to": ("unreachable", lambda d: d["steps"].remove(step(d, "request-supplement"))),
    "a desk that can do nothing": (
        "idle-desk",
        lambda d: state(d, "suppressed-temporarily").update(desk="subject"),
    ),
    "a period that does not exist": ("unknown", lambda d: state(d, "received").update(clock="no-such-clock")),
    "a sector that does not exist": (
        "unknown",
        lambda d: state(d, "received").update(clock_by_sector={"magic": "repair-acceptance"}),
    ),
    "a refusal without a next remedy": ("remedy-missing", lambda d: state(d, "refused").pop("remedies")),
    "an end without an outcome": ("outcome-missing", lambda d: state(d, "refused").pop("outcome")),
    "an outcome before the end": ("outcome-early", lambda d: state(d, "received").update(outcome="refused")),
    "a remedy whose period does not exist": ("unknown", lambda d: d["remedies"][0].update(provision="nope")),
    "a remedy with a period that runs from nothing": (
        "form",
        lambda d: d["remedies"][0].update(counts_from="none"),
    ),
    "a remedy that runs from a day nobody knows": (
        "form",
        lambda d: d["remedies"][0].update(counts_from="mood"),
    ),
    "a paper that is not described": ("unknown", lambda d: step(d, "accept").update(document="scroll")),
    "an extension without end": ("endless", lambda d: step(d, "extend").pop("once")),
    "a number that does not tell cases apart": (
        "form",
        lambda d: d["numbering"].update(pattern="{body}第1号"),
    ),
    "a step written twice": ("twice", lambda d: d["steps"].append(copy.deepcopy(step(d, "accept")))),
    "a setting that does not exist": (
        "unknown",
        lambda d: step(d, "grant").update(four_eyes={"setting": "nope"}),
    ),
    "a misspelt word": ("unknown-key", lambda d: step(d, "accept").update(documnt="acceptance")),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_checker_refuses(what, tmp_path):
    code, change = BROKEN[what]
    assert code in refusals(tmp_path, changed("repair", change))


HEAVIER = {
    "a remedy taken away": lambda d: state(d, "refused").update(remedies=["review"]),
    "a clock taken away": lambda d: state(d, "accepted").update(clock="", clock_by_sector={}),
    "a longer clock": lambda d: state(d, "received").update(clock="repair-decision"),
    "a longer clock for one sector": lambda d: state(d, "received").update(
        clock_by_sector={"market-regulation": "repair-feedback"}
    ),
    "withdrawal taken from the subject": lambda d: step(d, "withdraw").update(who=["office"]),
    "more asked of the subject": lambda d: step(d, "supplement").update(needs=["attachment", "reason"]),
    "a second request to supplement": lambda d: step(d, "request-supplement").pop("once"),
    "another result of granting": lambda d: step(d, "grant").update(effect=""),
    "withdrawal only early": lambda d: step(d, "withdraw").update({"from": ["received"]}),
    "a step left out": lambda d: d["steps"].remove(step(d, "extend")),
}


@pytest.mark.parametrize("what", HEAVIER)
def test_a_lower_pack_may_not_bring(what, tmp_path):
    assert "heavier-than-above" in refusals(tmp_path, changed("repair", HEAVIER[what]))


def test_a_lower_pack_may_shorten_a_clock_and_add_a_remedy(tmp_path):
    def kinder(data):
        state(data, "accepted").update(clock="repair-acceptance")
        data["remedies"].append({"code": "mediation", "text": {"zh": "可以申请调解", "en": "Mediation"}})
        state(data, "refused")["remedies"].append("mediation")
        step(data, "grant").update(four_eyes=True)

    assert refusals(tmp_path, changed("repair", kinder)) == set()
    kind = law.case_kind(pack=law.load("trial", tmp_path), code="repair", on=ON)
    assert kind.states["accepted"].clock == "repair-acceptance"
    assert "mediation" in {one.code for one in kind.states["refused"].remedies}


def test_a_lower_pack_writes_its_windows_but_no_conditions(tmp_path):
    base = {key: written("repair.yaml")[key] for key in ("in_force", "citation", "confidence")}
    window = {
        "code": "counter",
        "name": {"zh": "市政务服务大厅三楼", "en": "Third floor of the service hall"},
        "how": {"zh": "工作日上午", "en": "Mornings of working days"},
    }
    assert refusals(tmp_path, {"repair.yaml": {**base, "windows": [window]}}) == set()
    path = law.repair_path(pack=law.load("trial", tmp_path), item="admin-penalty", sector="ecology", on=ON)
    assert [one.name for one in path.windows] == ["信用中国网站", "市政务服务大厅三楼"]
    packs.forget()
    closed = {"id": "own", "items": ["admin-penalty"], "repairable": False, "windows": ["counter"]}
    closed["why_not"] = {"zh": "不予修复", "en": "No"}
    both = {"repair.yaml": {**base, "windows": [window], "paths": [closed]}}
    assert "heavier-than-above" in refusals(tmp_path, both)


@pytest.mark.parametrize(
    ("instrument", "accepted"), [("city-regulation", True), ("city-notice", False), ("", False)]
)
def test_suspension_during_an_objection_needs_a_local_law(instrument, accepted, tmp_path):
    setting = next(s for s in written("settings.yaml")["settings"] if s["name"] == "objection_suspension")
    setting = {**setting, "value": "adopted", "in_force": {"from": "2024-01-01", "to": None}}
    if instrument:
        setting = {key: value for key, value in setting.items() if key not in ("our_choice", "because")}
        setting["citation"] = {"instrument": instrument, "article": "第九条"}
    found = refusals(tmp_path, {"settings.yaml": {"settings": [setting]}})
    assert found == (set() if accepted else {"basis-too-low"})


def test_without_adoption_an_unverified_period_is_no_clock_and_nothing_is_extended(strict):
    objection = law.case_kind(pack=strict, code="objection", on=ON)
    repair = law.case_kind(pack=strict, code="repair", on=ON)
    ask = {"pack": strict, "sector": "ecology", "on": ON}
    assert law.case_clock(kind=objection, state="received", **ask) == ""
    assert law.case_clock(kind=repair, state="received", **ask) == "repair-acceptance"
    assert law.case_clock(kind=repair, state="accepted", **ask) == ""
    extend = repair.by_step["extend"]
    assert "尚未采用" in law.step_refusal(pack=strict, step=extend, item="admin-penalty", on=ON)


def test_a_food_authority_has_the_clocks_of_market_regulation(pack):
    repair = law.case_kind(pack=pack, code="repair", on=ON)
    ask = {"pack": pack, "kind": repair, "state": "received", "on": ON}
    assert law.case_clock(sector="food", **ask) == "samr-repair-acceptance"
    assert law.case_clock(sector="ecology", **ask) == "repair-acceptance" == law.case_clock(sector="", **ask)


def test_questions_the_pack_cannot_answer_are_refused(pack):
    with pytest.raises(law.UnknownCode):
        law.case_kind(pack=pack, code="divorce", on=ON)
    with pytest.raises(law.NoBasis):
        law.case_kind(pack=pack, code="repair", on=date(2026, 3, 31))
    assert set(law.case_kinds(pack=pack, on=date(2026, 3, 31))) == {"objection", "sync-ticket", "listing"}
    with pytest.raises(law.UnknownCode):
        law.case_clock(
            pack=pack, kind=law.case_kind(pack=pack, code="repair", on=ON), state="x", sector="", on=ON
        )
    with pytest.raises(law.UnknownCode):
        law.lead_days(pack=pack, code="notice-nothing")
    with pytest.raises(law.UnknownCode):
        law.repair_path(pack=pack, item="nothing", on=ON)
    with pytest.raises(law.NoBasis):
        law.repair_path(pack=pack, item="admin-penalty", sector="ecology", on=date(2026, 3, 31))


def test_every_adverse_item_has_a_way_and_nothing_else_needs_one(pack):
    for code, item in pack.items.items():
        path = law.repair_path(pack=pack, item=code, on=ON)
        assert path.repairable or (path.why_not and path.why_not_en)
        assert bool(path.windows) == item.adverse


def test_notices_go_out_thirty_days_ahead(pack):
    assert law.lead_days(pack=pack, code="notice-repairable") == 30
    assert law.lead_days(pack=pack, code="notice-ending") == 30


def test_the_kind_of_a_pack_is_one_object_and_part_of_its_digest(pack, strict):
    one = law.case_kind(pack=pack, code="repair", on=ON)
    assert one is law.case_kind(pack=pack, code="repair", on=ON)
    files = reading.from_canonical(strict.content)
    assert "cases/repair.yaml" in files[0].files
    again = packs.from_content(strict.content)
    assert set(again.cases) == set(strict.cases) and again.digest == strict.digest


def test_a_kind_is_explained_with_its_periods_and_who_may_do_what(pack, strict):
    told = law.explain(pack=pack, code="repair", on=ON)
    text = told.as_text()
    assert told.kind == "case" and told.applies and "令第36号" in told.applies.citation
    assert "信用修复受理 3 个工作日" in text and "市场监管信用修复受理（市场监管） 2 个工作日，待核实" in text
    assert (
        "不予修复（终局）" in text
        and "行政复议" in text
        and "撤销修复：已修复 → 修复已撤销，认定单位，两人办理" in text
    )
    assert "未采用，不作期限" in law.explain(pack=strict, code="case.objection", on=ON).as_text()
    assert law.explain(pack=pack, code="repair", on=date(2026, 3, 31)).applies is None


def test_a_pack_kept_from_before_cases_existed_is_readable_and_has_none(strict):
    files = [
        reading.PackFiles(
            one.code, {k: v for k, v in one.files.items() if "cases/" not in k and k != "repair.yaml"}
        )
        for one in reading.from_canonical(strict.content)
    ]
    old = packs.from_content(reading.canonical(files))
    assert old.cases == {} and old.digest != strict.digest
    assert old.items.keys() == strict.items.keys()
    with pytest.raises(law.UnknownCode):
        law.case_kind(pack=old, code="objection", on=ON)


@given(st.data())
def test_whatever_is_done_every_case_can_still_come_to_an_end(data):
    """Random lawful acts: no state is a trap, refusals never change the state, and once means once."""
    pack = law.load("huaibei")
    pack = pack.with_adopted(frozenset(one.id for one in law.adoptable(pack=pack)))
    kind = law.case_kind(pack=pack, code=data.draw(st.sampled_from(sorted(pack.cases))), on=ON)
    walk = Walk(pack, kind, "admin-penalty", data.draw(st.sampled_from(["ecology", "food", ""])))
    walk.act(kind.opening.code, kind.opening.who[0], ON)
    for _ in range(data.draw(st.integers(0, 12))):
        one = data.draw(st.sampled_from(kind.steps))
        who = data.draw(st.sampled_from(["subject", "office", "authority", "exchange", "platform"]))
        before = walk.state
        try:
            walk.act(one.code, who, ON)
        except Refused:
            assert walk.state == before
        assert not one.once or walk.done.count(one.code) <= 1
    assert _ends(kind, walk.state)


def _ends(kind: law.CaseKind, at: str) -> bool:
    reached, new = set(), {at}
    while new:
        reached |= new
        new = {one.to for state_ in reached for one in kind.steps_from(state_)} - reached
    return any(kind.states[code].final for code in reached)
