"""The platform corrects its own copy to what the source sent, and nothing else: the content is the source's to decide."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from remedytown import ALL, OFFICE, at, desk, open_objection, ripe, sees
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.records import service as records
from xinheng.remedies import entries
from xinheng.remedies import service as remedies

TODAY = "2026-11-20"
DAY = date(2026, 11, 20)
SENT = "罚款人民币一万元。"


def as_sent(monkeypatch: pytest.MonkeyPatch, statement: int, **cells: str) -> None:
    """The source's row said this, so that our copy is wrong."""
    batch, row, _ = entries.entry(statement).parts.source
    kept = intake.kept_row(batch=batch, row=row)
    assert kept is not None
    monkeypatch.setattr(intake, "kept_row", lambda **_: {**kept, **cells})


def correct(number: str, **changes: str) -> cases.Done:
    return cases.act(
        number=number, act="correct-own-copy", actor=OFFICE, at=at(TODAY, 11), reason="抄录有误",
        detail={"changes": changes},
    )  # fmt: skip


def test_a_copy_that_says_what_the_source_sent_is_not_corrected_by_the_office(city: Any) -> None:
    entry = ripe(TODAY)[0]
    number = open_objection(entry.id, TODAY).case.number
    before = records.open_standing([entry.id]).to_dicts()
    with pytest.raises(remedies.NotOwnCopy) as refused:
        correct(number, CF_NR_FK="0.01")
    assert "转来源单位核实" in refused.value.message
    assert cases.case(number=number, reader=ALL).state == "received"
    assert records.open_standing([entry.id]).to_dicts() == before
    assert sees("public", entry.id, TODAY).values == entry.values  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "changes",
    [{"CF_NR": "不予处罚。"}, {"CF_NR": SENT, "CF_WFXW": "没有违法"}, {"CF_WFXW": "没有违法"}],
)
def test_what_the_source_did_not_send_is_refused_and_nothing_changes(
    city: Any, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]
) -> None:
    entry = ripe(TODAY)[0]
    number = open_objection(entry.id, TODAY).case.number
    as_sent(monkeypatch, entry.id, CF_NR=SENT)
    with pytest.raises(remedies.NotOwnCopy) as refused:
        correct(number, **changes)
    assert "处罚内容" in refused.value.message
    assert sees("public", entry.id, TODAY).values == entry.values  # type: ignore[union-attr]


def test_a_wrong_copy_is_corrected_to_the_letter_of_the_source(city: Any) -> None:
    entry = ripe(TODAY)[0]
    number = open_objection(entry.id, TODAY).case.number
    with pytest.MonkeyPatch.context() as patch:
        as_sent(patch, entry.id, CF_NR=SENT)
        # Another spelling of the same is taken as meant; what is written is the source's
        done = correct(number, CF_NR=f" {SENT}　")
        assert done.case.state == "upheld-corrected"
        new = cases.steps(number=number, reader=ALL)[-1].detail["effect"]["statement"]
        after = sees("public", new, TODAY)
        assert after is not None
        assert after.values == {**entry.values, "CF_NR": SENT}
        assert remedies.own_copy(statement=new).same
    evidence.drain(at=at(TODAY, 16))
    assert evidence.verify().findings == []


def test_what_the_source_corrected_here_is_not_turned_back_by_the_office(city: Any) -> None:
    entry = ripe(TODAY)[0]
    number = open_objection(entry.id, TODAY).case.number
    case = cases.act(number=number, act="forward", actor=OFFICE, at=at(TODAY)).case
    cases.act(
        number=number, act="uphold-correct", actor=desk(case.body), at=at(TODAY), reason="更正",
        detail={"changes": {"CF_NR": SENT}},
    )  # fmt: skip
    new = cases.steps(number=number, reader=ALL)[-1].detail["effect"]["statement"]
    copy = remedies.own_copy(statement=new)
    assert (copy.corrected, [one[0] for one in copy.differs]) == (True, ["CF_NR"])
    again = open_objection(new, TODAY, reason="还是不对").case.number
    with pytest.raises(remedies.NotOwnCopy):
        correct(again, CF_NR=entry.values["CF_NR"])
    assert sees("public", new, TODAY).values["CF_NR"] == SENT  # type: ignore[union-attr]


def test_a_mask_and_another_spelling_are_no_difference(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ripe(TODAY)[0]
    day = entries.entry(entry.id).parts.decided_on
    assert day is not None
    as_sent(
        monkeypatch, entry.id, CF_JDRQ=f"{day.year}年{day.month}月{day.day}日",
        CF_NR=f"{entry.values['CF_NR']} ［已遮盖］", CF_WSH=entry.values["CF_WSH"].replace("〔", "[").replace("〕", "]"),
    )  # fmt: skip
    assert remedies.own_copy(statement=entry.id).same
    with pytest.raises(remedies.NotOwnCopy):
        remedies.own_changes(statement=entry.id)


def test_a_row_that_came_in_by_its_name_is_not_wrong_for_the_registered_name(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ripe(TODAY)[0]
    item = entries.entry(entry.id).item
    as_sent(monkeypatch, entry.id, **{item.subject_code: "", item.subject_name: "某厂"})
    copy = remedies.own_copy(statement=entry.id)
    assert (copy.linked, copy.same, copy.differs) == (True, True, ())
    as_sent(monkeypatch, entry.id, **{item.subject_code: "", item.subject_name: "某厂", "CF_NR": SENT})
    assert [one[0] for one in remedies.own_copy(statement=entry.id).differs] == ["CF_NR"]


@pytest.mark.parametrize("day", ["2026-11-16", "2026-05-01", "2026-11-21"])
def test_a_day_of_receipt_too_far_back_or_ahead_is_refused(city: Any, day: str) -> None:
    entry = ripe(TODAY)[0]
    with pytest.raises(remedies.ReceivedWrong) as refused:
        open_objection(entry.id, TODAY, received_on=date.fromisoformat(day))
    assert day in refused.value.message
    with pytest.raises(remedies.ReceivedWrong):
        remedies.apply_repair(
            statement=entry.id, actor=OFFICE, at=at(TODAY), channel="counter", commitment=True,
            received_on=date.fromisoformat(day),
        )  # fmt: skip
    assert records.marks([entry.id], on=DAY) == {}


def test_a_fridays_slip_may_be_entered_on_monday_and_runs_from_friday(city: Any) -> None:
    entry, other = ripe(TODAY)[:2]
    # Three working days are the most: Tuesday's slip on Friday
    assert open_objection(other.id, TODAY, received_on=date(2026, 11, 17)).case.due_on == date(2026, 11, 20)
    monday = remedies.apply_repair(
        statement=entry.id,
        actor=OFFICE,
        at=at("2026-11-23"),
        channel="counter",
        commitment=True,
        received_on=DAY,
    )
    assert monday.case.due_on == date(2026, 11, 25)
