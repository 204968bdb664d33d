"""The journeys of objection and repair (cases/journeys.yaml), walked on the pack alone: a lawyer reads, a machine checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from casewalk import Refused, Walk
from lawcases import HERE, cases

from xinheng.law import notices, packs
from xinheng.law import service as law

DAY = timedelta(days=1)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def with_settings(pack: law.Pack, values: dict[str, str]) -> law.Pack:
    changed = {name: replace(pack.settings[name], value=value) for name, value in values.items()}
    return replace(pack, settings={**pack.settings, **changed})


def with_notice(pack: law.Pack, name: str) -> law.Pack:
    """The pack after this year's notice was loaded."""
    data = notices.parse((HERE / "notices" / f"{name}.yaml").read_bytes())
    notices.check(data, pack)
    text = notices.canonical({str(data["year"]): data})
    loaded = packs.with_notices(pack.code, packs.default_packs_dir(), text)
    return loaded.with_adopted(pack.adopted)


@pytest.mark.parametrize("case", cases("journeys"))
def test_a_case_goes_the_way_the_journey_says(case, pack):
    pack = with_settings(pack, case.get("settings", {}))
    entry = case["entry"]
    opened = day(case["steps"][0]["day"])
    assert opened is not None
    if "decided_on" in entry:
        _check_window(entry, pack)
    if "path" in case:
        _check_path(case["path"], entry, pack, opened)
    if "succession" in case:
        _check_succession(case["succession"], pack)
    kind = law.case_kind(pack=pack, code=case["kind"], on=opened)
    walk = Walk(pack, kind, entry["item"], entry["sector"])
    closed = opened
    for told in case["steps"]:
        closed = _take(walk, told, pack)
    _check_end(case, walk, pack, closed)


def _take(walk: Walk, told: dict[str, Any], pack: law.Pack) -> date:
    on = day(told["day"])
    assert on is not None
    if "refuses" in told:
        with pytest.raises(Refused, match=told["refuses"]):
            walk.act(told["step"], told["who"], on)
        return on
    step = walk.act(told["step"], told["who"], on)
    state = walk.kind.states[walk.state]
    assert walk.state == told["state"]
    assert state.outcome == told.get("outcome", "") and state.final == ("outcome" in told)
    assert step.provision and step.name
    for name in ("effect", "document"):
        if name in told:
            assert getattr(step, name) == told[name]
    if "four_eyes" in told:
        assert step.four_eyes == told["four_eyes"]
    if "needs" in told:
        assert told["needs"] in step.needs
    assert set(told.get("grounds", ())) <= {one.code for one in step.reasons}
    if "clock" not in told:
        assert walk.clock is None
        return on
    assert walk.clock is not None and walk.clock.provision == told["clock"]
    due = walk.clock.due(pack)
    assert (due.due, due.provisional) == (day(told["due"]), told.get("provisional", False))
    assert list(due.unannounced) == told.get("unannounced", [])
    if "late_on" in told:
        assert due.due + DAY == day(told["late_on"])
    if "notice" in told:
        after = walk.clock.due(with_notice(pack, told["notice"]["file"]))
        assert (after.due, after.provisional) == (day(told["notice"]["due"]), told["notice"]["provisional"])
        assert any("演练" in one.notice for one in after.working)
    return on


def _check_window(entry: dict[str, Any], pack: law.Pack) -> None:
    decided = day(entry["decided_on"])
    assert decided is not None
    facts = law.Facts(
        categories=tuple(entry["categories"]),
        simple_procedure=False,
        fine_fen=entry["fine_yuan"] * 100 if "fine_yuan" in entry else None,
        confiscated_fen=entry["confiscated_yuan"] * 100 if "confiscated_yuan" in entry else None,
        sector=entry["sector"],
        decided_on=decided,
    )
    item = pack.items[entry["item"]]
    decision = law.severity(pack=pack, item=item, facts=facts)
    window = law.window(pack=pack, item=item, severity=decision, decided_on=decided, received_on=decided)
    assert window.earliest_repair == day(entry["repair"])
    assert window.show_until == day(entry["until"])


def _check_path(told: dict[str, Any], entry: dict[str, Any], pack: law.Pack, on: date) -> None:
    path = law.repair_path(pack=pack, item=entry["item"], sector=entry["sector"], on=on)
    assert path.repairable == told.get("repairable", True)
    assert path.window == told["window"] == path.windows[0].code
    assert path.provision and (path.repairable or told["why"] in path.why_not)
    if "conditions" in told:
        assert [one.code for one in path.conditions] == told["conditions"]
    if "proven" in told:
        assert [one.code for one in path.conditions if one.proof] == told["proven"]
    if "reorganisation" in told:
        assert [one.code for one in path.reorganisation] == told["reorganisation"]


def _check_succession(told: dict[str, str], pack: law.Pack) -> None:
    before, on = day(told["before"]), day(told["day"])
    assert before and on
    assert law.successor(pack=pack, name_or_code=told["old"], on=before) is None
    found = law.successor(pack=pack, name_or_code=told["old"], on=on)
    assert found is not None and found.department.code == told["to"]


def _check_end(case: dict[str, Any], walk: Walk, pack: law.Pack, closed: date) -> None:
    state = walk.kind.states[walk.state]
    offered = {one.code: one for one in state.remedies}
    for code in case.get("undated", ()):
        assert (offered[code].provision, offered[code].counts_from) == ("", "none")
    for code, until in case.get("from_decision", {}).items():
        decided = day(case["entry"]["decided_on"])
        assert decided is not None and offered[code].counts_from == "decision"
        assert law.due_shown(pack=pack, provision=offered[code].provision, start=decided).due == day(until)
    for code, until in case.get("remedies", {}).items():
        assert offered[code].counts_from == "result"
        answer = law.due_shown(pack=pack, provision=offered[code].provision, start=closed)
        assert answer.due == day(until)
    if state.outcome in law.AGAINST:
        assert {"review", "litigation"} <= set(offered)
    if case.get("again"):
        assert "again" in offered and not offered["again"].provision
    for told in case.get("periods", ()):
        start = day(told["from"])
        assert start is not None
        assert law.due_shown(pack=pack, provision=told["provision"], start=start).due == day(told["due"])
    bare = pack.with_adopted(frozenset())
    for provision in case.get("unadopted", ()):
        with pytest.raises(law.NotAdopted):
            law.due_shown(pack=bare, provision=provision, start=closed)


def test_the_eight_journeys_of_the_issue_are_all_here():
    names = [one.values[0]["name"] for one in cases("journeys")]
    for number in "一二三四五六七八":
        assert any(name.startswith(f"{number}、") for name in names)
    assert Path(HERE / "notices" / "2027-rehearsal.yaml").is_file()
