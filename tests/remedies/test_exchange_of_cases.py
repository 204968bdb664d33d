"""Repair cases exchanged with a simulated 信用中国: pushed, turned back, told, confirmed; each once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from remedytown import ALL, OFFICE, at, desk, grant, open_repair, ripe, shown
from xinheng.cases import service as cases
from xinheng.home import home
from xinheng.remedies import entries
from xinheng.remedies import service as remedies
from xinheng.remedies.models import Message

TODAY = "2026-11-20"
ACTOR = "simulated-credit-china"


def row(entry: Any, outside: str, **changes: str) -> dict[str, str]:
    return {
        "外部编号": outside, "统一社会信用代码": entry.uscc, "文书号": entries.entry(entry.id).document, "信用承诺": "是",
        "推送日期": TODAY, **changes,
    }  # fmt: skip


def push(rows: list[dict[str, str]], day: str = TODAY) -> remedies.Pushed:
    return remedies.push(rows=rows, at=at(day), actor=ACTOR)


def test_every_row_gets_one_answer_and_a_wrong_one_stops_nobody(city: Any) -> None:
    one, two = ripe(TODAY)[:2]
    early = max(shown(TODAY), key=lambda entry: entry.earliest_repair)
    told = push([
        row(one, "A1"), row(early, "A2"), row(two, "A3", 信用承诺="否"), row(two, "A4", 文书号="没有这个文号"),
        row(two, "A5"), row(two, "A5"), row(two, ""),
    ])  # fmt: skip
    assert told.rows == 7
    assert len(told.opened) == 2
    assert told.repeated == 2
    assert {outside: code for outside, code, _ in told.refused} == {
        "A2": "repair-too-early", "A3": "material-missing", "A4": "no-such-entry",
    }  # fmt: skip


def test_another_firms_row_under_a_number_that_has_a_case_is_turned_back_and_told_once(city: Any) -> None:
    one = ripe(TODAY)[0]
    other = next(entry for entry in ripe(TODAY) if entry.uscc != one.uscc)
    told = push([row(one, "A1"), row(other, "A1")])
    assert (len(told.opened), told.repeated) == (1, 0)
    [(outside, code, why)] = told.refused
    assert (outside, code) == ("A1", "outside-taken")
    assert "已用于另一案件" in why
    assert told.opened[0] not in why
    assert one.uscc not in why
    again = push([row(other, "A1"), row(one, "A1")], "2026-11-23")
    assert (again.opened, again.repeated, len(again.refused)) == ((), 1, 1)
    [line] = remedies.results(at=at("2026-11-23")).to_dicts()
    assert (line["结果"], line["本地编号"]) == ("turned-back", "")
    assert "已用于另一案件" in line["原因"]
    # With a number of its own it is a case
    assert len(push([row(other, "A2")], "2026-11-23").opened) == 1


def test_a_number_given_at_the_counter_binds_the_window_too(city: Any) -> None:
    one = ripe(TODAY)[0]
    other = next(entry for entry in ripe(TODAY) if entry.uscc != one.uscc)
    first = open_repair(one.id, TODAY, actor=OFFICE, channel="counter", outside="A1")
    assert [code for _, code, _ in push([row(other, "A1")]).refused] == ["outside-taken"]
    with pytest.raises(cases.OpenedWrong) as refused:
        open_repair(other.id, TODAY, actor=OFFICE, channel="counter", outside="A1", token="form-2")
    assert "外部编号 A1 已用于另一案件" in refused.value.message
    assert first.case.number not in refused.value.message
    assert open_repair(one.id, TODAY, actor=OFFICE, channel="counter", outside="A1").repeated


def test_the_authoritys_clock_runs_from_the_day_the_case_reached_it(city: Any) -> None:
    one = ripe(TODAY)[0]
    [number] = push([row(one, "A1", 推送日期="2026-10-09")]).opened
    case = cases.case(number=number, reader=ALL)
    assert case.due_on == date(2026, 11, 25)
    assert case.detail["outside_day"] == "2026-10-09"
    assert cases.sweep(at=at("2026-11-25")).overdue == 0


def test_the_same_file_again_changes_nothing(city: Any) -> None:
    one = ripe(TODAY)[0]
    first = push([row(one, "A1")])
    again = push([row(one, "A1")], "2026-11-23")
    assert (again.opened, again.repeated) == ((), 1)
    assert Message.objects.count() == 1
    assert cases.by_outside(kind="repair", outside="A1").number == first.opened[0]  # type: ignore[union-attr]


def test_results_are_told_until_they_are_confirmed_and_a_revocation_is_told_again(city: Any) -> None:
    one = ripe(TODAY)[0]
    [number] = push([row(one, "A1")]).opened
    body = cases.case(number=number, reader=ALL).body
    assert remedies.results(at=at(TODAY)).is_empty()
    cases.act(number=number, act="accept", actor=desk(body), at=at(TODAY))
    grant(number, body, TODAY)
    for _ in range(2):
        told = remedies.results(at=at(TODAY, 17)).to_dicts()
        assert [(line["外部编号"], line["结果"], line["本地编号"]) for line in told] == [
            ("A1", "repaired", number)
        ]
    pairs = [("A1", "repaired"), ("A1", "refused"), ("B9", "repaired")]
    assert remedies.acknowledged(numbers=pairs, at=at(TODAY, 18), actor=ACTOR) == 1
    assert remedies.acknowledged(numbers=pairs, at=at(TODAY, 18), actor=ACTOR) == 0
    assert remedies.results(at=at(TODAY, 18)).is_empty()
    grant(number, body, "2026-11-23", "revoke", reason="伪造", detail={"ground": "false-material"})
    assert remedies.results(at=at("2026-11-23"))["结果"].to_list() == ["revoked"]


def test_a_file_in_either_encoding_is_read_and_one_without_its_columns_is_not(
    city: Any, tmp_path: Path
) -> None:
    one, two = ripe(TODAY)[:2]
    for entry, encoding in ((one, "utf-8-sig"), (two, "gb18030")):
        path = tmp_path / f"{encoding}.csv"
        line = row(entry, f"C-{encoding}")
        path.write_text(f"{','.join(line)}\n{','.join(line.values())}\n", encoding=encoding)
        assert len(remedies.push(path=path, at=at(TODAY), actor=ACTOR).opened) == 1
    bad = tmp_path / "bad.csv"
    bad.write_text("编号,名称\n1,某公司\n", encoding="utf-8")
    with pytest.raises(remedies.PushUnreadable):
        remedies.push(path=bad, at=at(TODAY), actor=ACTOR)


def test_outside_a_sandbox_there_is_no_simulation(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(home()), "sandbox", property(lambda _self: False))
    with pytest.raises(remedies.OnlySimulated):
        push([])
    with pytest.raises(remedies.OnlySimulated):
        remedies.results(at=at(TODAY))
    with pytest.raises(remedies.OnlySimulated):
        remedies.demo_cases(at=at(TODAY))
