"""Steps of a case, told to its subject inside the case's own event."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.notices import service as notices
from xinheng.publication import service as publication
from xinheng.remedies import service as remedies

pytest_plugins = ("mailkit",)
ON = evidence.legal_day(AT)
NOTICE = Path(__file__).parents[1] / "law" / "notices" / "2027-rehearsal.yaml"


def _entry() -> publication.Entry:
    found = publication.statements(audience="public", on=ON, item="admin-penalty", limit=200)
    return next(one for one in found if one.show_until)


def _object(entry: publication.Entry, **other: Any) -> cases.Case:
    agent = cases.Actor(account="desk:o-test", role="organisation", body=entry.uscc)
    options = {"actor": agent, "channel": "workspace", "at": AT} | other
    return remedies.object(statement=entry.id, reason="金额不对", token="t", **options).case


def _told(uscc: str) -> list[tuple[str, str]]:
    return [(one.kind, one.facts.get("act", "")) for one in notices.inbox(uscc=uscc, limit=50) if one.case]


def test_the_subject_hears_that_it_came_in_and_what_others_did_but_not_of_its_own_steps(city: Any) -> None:
    entry = _entry()
    case = _object(entry)
    assert _told(entry.uscc) == [("case-step", "open")]
    office = cases.Actor(account="desk:office", role="office", body="")
    cases.act(number=case.number, act="forward", actor=office, at=AT, reason="转认定单位核查", token="f")
    assert _told(entry.uscc) == [("case-step", "forward"), ("case-step", "open")]
    agent = cases.Actor(account="desk:o-test", role="organisation", body=entry.uscc)
    cases.act(number=case.number, act="withdraw", actor=agent, at=AT, token="w")
    assert len(_told(entry.uscc)) == 2
    said = notices.words(notices.inbox(uscc=entry.uscc, limit=1)[0], language="zh")
    assert case.number in said.subject and "异议" in said.subject
    assert evidence.verify().findings == []


def test_a_case_of_the_counter_is_told_to_its_subject_too(city: Any) -> None:
    entry = _entry()
    office = cases.Actor(account="desk:office", role="office", body="")
    _object(entry, actor=office, channel="counter")
    assert _told(entry.uscc) == [("case-step", "open")]


def test_a_step_that_was_not_done_tells_nothing(city: Any) -> None:
    entry = _entry()
    case = _object(entry)
    stranger = cases.Actor(account="desk:x", role="organisation", body="91340600MA2N000000")
    with pytest.raises(XinhengError):
        cases.act(number=case.number, act="withdraw", actor=stranger, at=AT, token="x")
    assert len(_told(entry.uscc)) == 1


def test_a_letter_of_a_step_goes_out_with_the_state_in_it(city: Any, agent: Any, post_office: Any) -> None:
    entry = _entry()
    agent(entry.uscc)
    case = _object(entry)
    assert notices.deliver(at=AT).sent == 1
    [letter] = post_office.letters
    assert case.number in letter.get_content() and "金额不对" not in letter.get_content(), (
        "what it wrote stays here"
    )
    assert evidence.verify().findings == []


def test_a_new_holiday_notice_is_told_to_those_whose_day_moved_with_both_days(city: Any) -> None:
    entry = _entry()
    at = AT + timedelta(days=40)  # 30 December: the period crosses New Year
    case = _object(entry, at=at)
    assert case.provisional and case.due_on and case.due_on.year == 2027
    law.load_notice(path=NOTICE, actor="office", at=at)
    moved = cases.recompute(at=at, actor="office").moved
    assert moved == 1
    [told, *_] = notices.inbox(uscc=entry.uscc, limit=50)
    after = cases.case(number=case.number, reader=cases.Reader(role="office"))
    assert (told.kind, told.case) == ("case-moved", case.number)
    assert told.facts["before"] == case.due_on.isoformat() and told.facts["due"] == after.due_on.isoformat()
    words = notices.words(told, language="en")
    assert told.facts["before"] in words.body and told.facts["due"] in words.body
    assert not [one for one in evidence.verify().findings if one.code.startswith("notices")]


def test_a_changed_row_written_in_a_cases_event_is_found(city: Any) -> None:
    _object(_entry())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notices_notice SET facts = '{}' WHERE uscc <> ''")
    assert "notices-row" in {one.code for one in evidence.verify().findings}
