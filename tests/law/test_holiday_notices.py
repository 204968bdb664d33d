"""A year's holiday notice loaded into a home: checked, one ledger entry, part of the pack and of its digest."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from lawcases import HERE

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.law import current, notices, packs
from xinheng.law import service as law

FILE = HERE / "notices" / "2027-rehearsal.yaml"
LATE = {"provision": "repair-decision", "start": date(2026, 12, 24)}


def notice(**changes: Any) -> dict[str, Any]:
    """The rehearsal notice as data, with something changed."""
    return {**copy.deepcopy(notices.parse(FILE.read_bytes())), **changes}


def as_file(data: dict[str, Any]) -> str:
    return yaml.safe_dump(data, allow_unicode=True)


def load(**given: Any) -> law.Notice:
    return law.load_notice(actor="test", at=AT, **given)


def test_a_notice_is_one_entry_and_the_law_counts_with_it_at_once(empty_home: Path):
    before = law.active()
    shown = law.due_shown(pack=before, **LATE)
    assert (shown.due, shown.provisional, shown.unannounced) == (date(2027, 1, 5), True, (2027,))
    with pytest.raises(law.CalendarEnds):
        law.due(pack=before, **LATE)
    loaded = load(path=FILE)
    after = law.active()
    entries = [entry for entry in evidence.events() if entry.kind == "law.notice-loaded"]
    assert len(entries) == 1 and entries[0].body["detail"]["notice"]["year"] == 2027
    assert entries[0].body["pack"] == loaded.digest == after.digest != before.digest
    assert law.calendar_until(after) == date(2027, 12, 31)
    strict = law.due(pack=after, **LATE)
    assert (strict.due, strict.provisional) == (date(2027, 1, 4), False)
    assert strict == law.due_shown(pack=after, **LATE)
    assert any(
        day.counted and day.date == date(2026, 12, 27) and "演练" in day.notice for day in strict.working
    )
    assert evidence.verify().findings == []


def test_the_pack_of_before_stays_readable_with_its_calendar(empty_home: Path):
    old = law.remember(law.active())
    load(path=FILE)
    assert law.calendar_until(law.by_digest(old)) == date(2026, 12, 31)
    assert law.calendar_until(law.by_digest(law.active().digest)) == date(2027, 12, 31)
    assert law.by_digest(law.active().digest).cases.keys() == law.active().cases.keys()


def test_loading_the_same_notice_again_changes_nothing_and_says_so(empty_home: Path):
    first = load(path=FILE)
    again = load(content=FILE.read_text(encoding="utf-8"))
    assert not first.repeated and again.repeated and again.digest == first.digest
    assert [one.year for one in law.notices()] == [2027]
    assert sum(entry.kind == "law.notice-loaded" for entry in evidence.events()) == 1


def test_another_notice_for_a_loaded_year_must_name_the_one_it_replaces(empty_home: Path):
    load(path=FILE)
    longer = notice()
    longer["off"][1]["to"] = "2027-02-14"
    longer["notice"]["number"] = "演练〔2027〕2号"
    with pytest.raises(law.NoticeRefused, match="replaces"):
        load(content=as_file(longer))
    with pytest.raises(law.NoticeRefused, match="不是已载入的"):
        load(content=as_file({**longer, "replaces": "国办发明电〔2030〕9号"}))
    load(content=as_file({**longer, "replaces": "演练〔2026〕1号"}))
    assert [one.number for one in law.notices()] == ["演练〔2026〕1号", "演练〔2027〕2号"]
    assert not law.active().calendar.is_working(date(2027, 2, 14))
    assert "演练〔2027〕2号" in law.active().notices[2027]
    assert evidence.verify().findings == []


def test_going_back_to_an_earlier_notice_is_a_new_entry_and_not_a_repetition(empty_home: Path):
    load(path=FILE)
    other = notice(replaces="演练〔2026〕1号")
    other["notice"]["number"] = "演练〔2027〕2号"
    load(content=as_file(other))
    back = load(content=as_file(notice(replaces="演练〔2027〕2号")))
    assert not back.repeated and len(law.notices()) == 3


def test_a_year_of_the_pack_is_replaced_by_naming_its_notice(empty_home: Path):
    data = notices.parse((packs.default_packs_dir() / "national/calendar/2026.yaml").read_bytes())
    data["off"][0]["to"] = "2026-01-04"
    data["work"] = [one for one in data["work"] if one["day"] != "2026-01-04"]
    with pytest.raises(law.NoticeRefused, match="replaces"):
        load(content=as_file(data))
    load(content=as_file({**data, "replaces": "国办发明电〔2025〕7号"}))
    assert not law.active().calendar.is_working(date(2026, 1, 4))


WRONG = {
    "not YAML": ("读不出来", "a: ["),
    "a list": ("键: 值", "- 1"),
    "no dates": ("缺少", as_file({"year": 2027})),
    "a year too far": ("应先载入 2027", notice(year=2028, off=[], work=[])),
    "a forgotten holiday": (
        "没有写端午节",
        notice(off=[one for one in notice()["off"] if one["name"] != "端午节"]),
    ),
    "work on a Monday": ("不是周六", notice(work=[{"name": "春节", "day": "2027-02-22"}])),
    "off and at work": ("既放假又上班", notice(work=[{"name": "春节", "day": "2027-02-06"}])),
    "New Year's Day at work": (
        "2027-01-01 没有放假",
        notice(off=[{"name": "元旦", "from": "2027-01-02", "to": "2027-01-03"}, *notice()["off"][1:]]),
    ),
    "ends before it begins": (
        "颠倒",
        notice(off=[*notice()["off"], {"name": "春节", "from": "2027-03-05", "to": "2027-03-01"}]),
    ),
    "a day of another year": (
        "之内",
        notice(off=[*notice()["off"], {"name": "元旦", "from": "2028-01-01", "to": "2028-01-01"}]),
    ),
    "a day twice": (
        "写了两次",
        notice(off=[*notice()["off"], {"name": "元旦", "from": "2027-01-02", "to": "2027-01-02"}]),
    ),
    "a misspelt word": ("不认识", notice(offf=[])),
    "replaces where nothing is": ("还没有载入", notice(replaces="国办发明电〔2026〕1号")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_notice_is_refused_with(what, empty_home: Path):
    words, data = WRONG[what]
    if "2028" in words or what == "a year too far":
        data = {**data, "off": [_in_year(one, 2028) for one in notice()["off"]], "work": []}
    size = evidence.size()
    with pytest.raises(law.NoticeRefused, match=words):
        load(content=data if isinstance(data, str) else as_file(data))
    assert evidence.size() == size and law.notices() == []


def _in_year(entry: dict[str, str], year: int) -> dict[str, str]:
    return {key: value.replace("2027", str(year)) for key, value in entry.items()}


def test_another_process_hears_of_a_notice_from_the_ledger_alone(empty_home: Path):
    load(path=FILE)
    digest = law.active().digest
    from xinheng.evidence import adoption

    adoption.forget()
    packs.forget()
    assert law.active().digest == digest


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2025, 12, 1), None),
    ],
)
def test_from_november_a_year_without_its_notice_is_missed(on: date, year: int | None):
    assert law.unannounced_year(pack=law.load("huaibei"), on=on) == year


def test_without_a_ledger_no_notice_is_loaded(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(current, "_notice_writer", None)
    with pytest.raises(law.NoticeRefused):
        load(path=FILE)


@pytest.mark.parametrize("year", range(2005, 2027))
def test_the_calendars_of_the_pack_are_whole_by_the_same_rules(year: int):
    data = notices.parse((packs.default_packs_dir() / f"national/calendar/{year}.yaml").read_bytes())
    problems = notices.problems_of(data)
    assert [one for one in problems if not (year == 2020 and "中秋节" in one)] == []


def test_the_command_loads_a_notice_and_says_how_many_clocks_moved(empty_home: Path, cli: Any):
    before = cli("law", "notices", "--json", env={"XINHENG_TODAY": "2026-11-20"})
    assert before.exit == 1 and before.json["missing"] == 2027 and before.json["notices"] == []
    told = cli("law", "notice", FILE, "--json")
    assert told.exit == 0, told.err
    assert told.json["year"] == 2027 and told.json["moved"] == 0 and not told.json["repeated"]
    assert cli("law", "notice", FILE, "--json").json["repeated"]
    after = cli("law", "notices", "--json", env={"XINHENG_TODAY": "2026-11-20"})
    assert after.exit == 0 and after.json["until"] == "2027-12-31" and after.json["missing"] is None
    clock = cli("law", "clock", "repair-decision", "--from", "2026-12-24", "--json")
    assert clock.json["due"] == "2027-01-04"
    assert clock.json["confidence"] == "unverified" and clock.json["our_choice"] is True
    last = cli("law", "clock", "repair-decision", "--from", "2026-12-24").out.strip().splitlines()[-1]
    assert (
        last.startswith("依据：信用修复决定") and "本系统的设计选择" in last and last.endswith("（待核实）")
    )
    likely = cli("law", "clock", "administrative-review", "--from", "2026-11-20").out.strip().splitlines()[-1]
    assert "行政复议法" in likely and "待核实" not in likely


def test_the_command_refuses_a_bad_notice_with_exit_3(empty_home: Path, cli: Any, tmp_path: Path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(as_file(notice(work=[{"name": "春节", "day": "2027-02-22"}])), encoding="utf-8")
    told = cli("law", "notice", bad)
    assert told.exit == 3 and "不是周六" in told.err
    late = cli("law", "clock", "repair-decision", "--from", "2026-12-24")
    assert late.exit == 3
