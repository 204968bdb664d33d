"""Clocks of cases: started, paused, gone on, started anew, lengthened, moved by a notice. Nothing is overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from casekit import ALL, BODY, CLERK, EXCHANGE, OFFICE, PNG, SECOND, apply_for_repair, at, object_to, on_day

from xinheng.cases import policy_clock
from xinheng.cases import service as cases
from xinheng.cases.policy_clock import Change, Running
from xinheng.evidence import service as evidence
from xinheng.law import service as law

NOTICE = Path(__file__).parents[1] / "law" / "notices" / "2027-rehearsal.yaml"


def state(**told: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"final": False, "on_return": "restart", **told})


KIND = SimpleNamespace(
    states={"a": state(on_return="resume"), "b": state(), "c": state(), "end": state(final=True)}
)


def step(to: str, *, pauses: bool = False, extends: str = "") -> SimpleNamespace:
    return SimpleNamespace(to=to, pauses=pauses, extends=extends, name="步骤")


@pytest.mark.parametrize(
    ("taken", "now", "rows", "visited", "changes"),
    [
        (step("b"), "a", [Running(1, "a", None)], {"a"}, [Change(1, "", "a"), Change(None, "started", "b")]),
        (step("b", pauses=True), "a", [Running(1, "a", None)], {"a"},
         [Change(1, "paused", "a"), Change(None, "started", "b")]),
        (step("a"), "b", [Running(1, "a", date(2026, 1, 2)), Running(2, "b", None)], {"a", "b"},
         [Change(2, "", "b"), Change(1, "resumed", "a")]),
        (step("b"), "c", [Running(1, "b", date(2026, 1, 2))], {"b", "c"}, [Change(1, "restarted", "b")]),
        (step("b"), "c", [], {"b", "c"}, [Change(None, "restarted", "b")]),
        (step("a"), "c", [], {"a", "c"}, [Change(None, "resumed", "a")]),
        (step("a", extends="x"), "a", [Running(1, "a", None)], {"a"}, [Change(1, "extended", "a")]),
        (step("a"), "a", [Running(1, "a", None)], {"a"}, []),
        (step("end"), "b", [Running(1, "a", date(2026, 1, 2)), Running(2, "b", None)], {"a", "b"},
         [Change(1, "", "a"), Change(2, "", "b")]),
    ],
)  # fmt: skip
def test_a_step_does_to_the_clocks_what_the_states_say(
    taken: Any, now: str, rows: list[Running], visited: set[str], changes: list[Change]
) -> None:
    assert policy_clock.changes(KIND, taken, now, rows, frozenset(visited)) == changes


def test_the_day_of_the_pause_counts_and_the_day_of_the_return_does_not() -> None:
    assert policy_clock.pause_between(date(2026, 3, 2), date(2026, 3, 5)) == (
        date(2026, 3, 3),
        date(2026, 3, 5),
    )
    assert policy_clock.pause_between(date(2026, 3, 2), date(2026, 3, 2)) is None


def test_supplements_start_the_period_of_acceptance_anew(ran: Any) -> None:
    number = apply_for_repair().case.number
    asked = cases.act(
        number=number, act="request-supplement", actor=CLERK, at=at(1), detail={"supplements": ["凭证"]}
    )
    assert (asked.case.due_on, asked.case.desk, asked.case.clock) == (None, "subject", "")
    upload = [cases.Upload("凭证.png", PNG)]
    back = cases.act(number=number, act="supplement", actor=EXCHANGE, at=at(10), attachments=upload)
    assert back.case.started_on == date(2026, 11, 30) and back.case.due_on == date(2026, 12, 3)
    with pytest.raises(cases.NotPossible):
        cases.act(
            number=number,
            act="request-supplement",
            actor=CLERK,
            at=at(11),
            detail={"supplements": ["又一件"]},
        )
    assert [clock.cause for clock in cases.clocks(number=number, reader=ALL)] == ["started", "restarted"]


def test_an_extension_keeps_what_the_day_was(ran: Any) -> None:
    number = apply_for_repair().case.number
    accepted = cases.act(number=number, act="accept", actor=CLERK, at=at(1)).case
    done = cases.act(number=number, act="extend", actor=CLERK, at=at(2), reason="案情复杂")
    assert done.case.due_on > accepted.due_on and done.case.state == "accepted"  # type: ignore[operator]
    with pytest.raises(cases.NotPossible):
        cases.act(number=number, act="extend", actor=CLERK, at=at(3), reason="案情复杂")
    first, old, new = cases.clocks(number=number, reader=ALL)
    assert (old.due_on, new.moved_from, new.cause) == (accepted.due_on, old.id, "extended") and old.ended_on
    assert new.extension and new.working[-1]["date"] == done.case.due_on.isoformat()  # type: ignore[union-attr]
    assert first.ended_on == date(2026, 11, 21)


def test_a_period_that_is_over_cannot_be_extended(ran: Any) -> None:
    number = apply_for_repair().case.number
    cases.act(number=number, act="accept", actor=CLERK, at=at(1))
    with pytest.raises(cases.NotPossible, match="届满"):
        cases.act(number=number, act="extend", actor=CLERK, at=at(40), reason="案情复杂")
    assert cases.case(number=number, reader=ALL).version == 2


def test_a_pushed_case_runs_from_the_day_it_was_received(ran: Any) -> None:
    case = apply_for_repair(at=at(4), received_on=date(2026, 11, 20)).case
    assert (case.opened_on, case.started_on, case.due_on) == (
        date(2026, 11, 20),
        date(2026, 11, 20),
        date(2026, 11, 25),
    )
    with pytest.raises(cases.OpenedWrong):
        apply_for_repair(outside="XF-9", at=at(4), received_on=date(2026, 11, 25))


def test_a_day_in_an_unannounced_year_is_provisional_and_never_past(ran: Any) -> None:
    late = on_day(date(2026, 12, 30))
    number = apply_for_repair(at=late).case.number
    case = cases.case(number=number, reader=ALL, on=date(2026, 12, 30))
    assert case.provisional and case.due_on and case.due_on.year == 2027
    told = cases.sweep(at=on_day(date(2027, 3, 1)))
    assert told.overdue == 0 and cases.case(number=number, reader=ALL).overdue is None
    counted = cases.counters(reader=ALL, on=date(2027, 3, 1))
    assert (counted.open, counted.overdue, counted.provisional) == (1, 0, 1)


def test_a_notice_moves_open_clocks_keeps_both_results_and_tells(ran: Any) -> None:
    if not hasattr(law, "load_notice"):
        pytest.skip("notices cannot be loaded yet")
    told: list[cases.MovedCase] = []
    cases.register_moved(lambda event, moved: told.extend(moved))
    late = on_day(date(2026, 12, 30))
    number = apply_for_repair(at=late).case.number
    closed = object_to(at=late).case.number
    cases.act(
        number=closed,
        act="correct-own-copy",
        actor=OFFICE,
        at=late,
        reason="误",
        detail={"changes": {"a": "b"}},
    )
    before = cases.case(number=number, reader=ALL)
    law.load_notice(path=NOTICE, actor="office-1", at=late)
    first = cases.recompute(at=late, actor="office-1", notice="演练通知")
    after = cases.case(number=number, reader=ALL)
    assert (first.looked, first.moved) == (1, 1) and before.provisional and not after.provisional
    old, new = cases.clocks(number=number, reader=ALL)
    assert (old.due_on, old.provisional, new.moved_from, new.cause) == (before.due_on, True, old.id, "moved")
    assert new.why == "演练通知" and old.calendar != new.calendar and old.ended_on == late.date()
    assert [(one.number, one.old_due, one.new_due) for one in told] == [(number, before.due_on, after.due_on)]
    assert after.version == before.version
    again = cases.recompute(at=late, actor="office-1", notice="演练通知")
    assert (again.looked, again.moved) == (1, 0)
    assert cases.sweep(at=on_day(date(2027, 3, 1))).overdue == 1
    assert cases.case(number=number, reader=ALL).overdue == date.fromordinal(after.due_on.toordinal() + 1)  # type: ignore[union-attr]
    assert evidence.verify().findings == []


def test_an_open_case_keeps_the_law_it_was_opened_under(ran: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.cases import kinds

    number = apply_for_repair().case.number
    opened = cases.case(number=number, reader=ALL)
    own = law.active()
    later = replace(own, digest="f" * 64, cases={})
    monkeypatch.setattr(law, "active", lambda: later)
    kinds.forget()
    kept = cases.case(number=number, reader=ALL)
    assert kept.pack == opened.pack and [s.code for s in kept.possible(CLERK)] == [
        s.code for s in opened.possible(CLERK)
    ]
    kinds.forget()


def test_who_is_late_is_whose_turn_it_was(ran: Any) -> None:
    told: list[cases.OverdueCase] = []
    cases.register_overdue("objection", lambda event, late: told.extend(late))
    own = object_to().case.number
    sent = object_to().case.number
    cases.act(number=sent, act="forward", actor=OFFICE, at=at())
    swept = cases.sweep(at=at(60))
    assert dict(swept.by_body) == {BODY: 1, "office": 1} and swept.overdue == 2
    assert {one.number: one.late for one in told} == {own: "office", sent: BODY}
    assert all(one.since.toordinal() == one.due_on.toordinal() + 1 for one in told)
    by_body = {one.body: one for one in cases.counters_by_body(on=at(60).date())}
    assert by_body[BODY].overdue == by_body["office"].overdue == 1
    told.clear()
    assert cases.sweep(at=at(61)).overdue == 0 and told == []


def test_acting_late_declares_what_the_sweep_did_not_see(ran: Any) -> None:
    told: list[cases.OverdueCase] = []
    cases.register_overdue("objection", lambda event, late: told.extend(late))
    number = object_to().case.number
    done = cases.act(number=number, act="forward", actor=OFFICE, at=at(30))
    assert [one.number for one in told] == [number] and done.case.overdue is None
    assert cases.clocks(number=number, reader=ALL)[0].overdue == told[0].since
    assert cases.sweep(at=at(30)).overdue == 0
    assert evidence.verify().findings == []


def test_figures_tell_how_cases_ended_and_how_long_they_took(ran: Any) -> None:
    numbers = {
        last: apply_for_repair(outside=outside).case.number
        for outside, last in (("1", "grant"), ("2", "refuse"))
    }
    for last, number in numbers.items():
        cases.act(number=number, act="accept", actor=CLERK, at=at())
        cases.act(number=number, act=last, actor=CLERK, at=at(), reason="理由")
    for outside in ("1", "2"):
        case = cases.by_outside(kind="repair", outside=outside)
        assert case and case.waiting_step
        cases.act(number=case.number, act=case.waiting_step.act, actor=SECOND, at=at(4))
    object_to(at=at(4))
    frame = cases.figures(first=date(2026, 11, 1), last=date(2026, 11, 30))
    repair = frame.filter(frame["kind"] == "repair").row(0, named=True)
    assert (repair["opened"], repair["closed"], repair["repaired"], repair["refused"]) == (2, 2, 1, 1)
    assert (repair["mean_days"], repair["worst_days"], repair["in_time"], repair["open"]) == (4.0, 4, 2, 0)
    objection = frame.filter(frame["kind"] == "objection").row(0, named=True)
    assert (objection["opened"], objection["closed"], objection["open"]) == (1, 0, 1)
    assert (objection["late"], objection["overdue"], objection["mean_days"]) == (0, 0, None)
    monthly = cases.figures(first=date(2026, 11, 1), last=date(2026, 12, 31), by_month=True)
    assert monthly["month"].unique().to_list() == ["2026-11"] and monthly["closed"].sum() == 2
    assert cases.figures(first=date(2020, 1, 1), last=date(2020, 12, 31)).is_empty()


def test_each_party_answers_for_its_own_days(ran: Any) -> None:
    looked_at_late = object_to(at=at()).case.number
    assert cases.sweep(at=at(10)).by_body == {"office": 1}
    cases.act(number=looked_at_late, act="forward", actor=OFFICE, at=at(10))
    for actor in (CLERK, SECOND):
        cases.act(number=looked_at_late, act="refuse", actor=actor, at=at(12), reason="与决定书一致")
    own_copy = object_to(at=at(12)).case.number
    cases.act(
        number=own_copy, act="correct-own-copy", actor=OFFICE, at=at(13), reason="抄录有误",
        detail={"changes": {"CF_NR": "警告"}},
    )  # fmt: skip
    told = cases.figures(first=date(2026, 11, 1), last=date(2026, 12, 31))
    by_body = {row["body"]: row for row in told.filter(told["kind"] == "objection").to_dicts()}
    department, office = by_body[BODY], by_body[""]
    assert (department["closed"], department["refused"], department["late"]) == (1, 1, 0)
    assert (department["in_time"], department["worst_days"]) == (1, 2), "its days begin when it was asked"
    assert (office["closed"], office["upheld"], office["late"]) == (1, 1, 1)
    assert evidence.verify().findings == []


def test_what_nobody_sees_is_not_kept_of_a_reason(ran: Any) -> None:
    number = object_to(at=at(), reason="金\x00额\u200b写错").case.number
    assert cases.case(number=number, reader=ALL).reason == "金额写错"
