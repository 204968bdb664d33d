"""Repair notices: made at decision time, numbered without gaps, served, matched to the entry that comes later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moments import AT
from remedytown import shown
from xinheng.evidence import service as evidence
from xinheng.records import service as records
from xinheng.remedies import entries
from xinheng.remedies import service as remedies
from xinheng.remedies.models import RepairNotice

TODAY = date(2026, 11, 20)
GIVEN = {"at": AT, "actor": "desk:scjg"}


def made(entry: Any, **more: Any) -> remedies.Notice:
    """A notice from the values of an entry, as its authority would have typed them when it decided."""
    found = entries.entry(entry.id)
    values = found.values
    given = {
        "authority": entry.authority, "document": found.document, "subject": values["CF_XDR_MC"], "uscc": entry.uscc,
        "decided_on": entry.decided_on, "categories": values["CF_CFLB"], "fine": values["CF_NR_FK"],
        "basis": values["CF_YJ"], "facts": values["CF_NR"], **GIVEN, **more,
    }  # fmt: skip
    return remedies.repair_notice(**given)


def test_a_notice_says_the_class_the_days_and_the_window_the_entry_will_have(city: Any) -> None:
    for entry in shown(TODAY)[:10]:
        notice = made(entry)
        assert notice.content["severity"] == entry.severity
        assert notice.content["earliest_repair"] == entry.earliest_repair.isoformat()
        assert notice.content["show_until"] == entry.show_until.isoformat()
        assert notice.content["windows"]
        assert notice.served_on is None


def test_a_notice_of_what_is_not_shown_asks_for_nothing(city: Any) -> None:
    from xinheng.reports import paper_words

    entry = shown(TODAY)[0]
    light = made(entry, categories="警告", fine="", facts="给予警告。", token="light")
    assert light.content["severity"] == "minor" and light.content["items"] == [] == light.content["windows"]
    assert "不需要为它申请信用修复" in paper_words.lead_of(light.content)
    assert "可以申请信用修复" in paper_words.lead_of(made(entry, token="heavy").content)


def test_numbers_run_without_gaps_and_a_double_click_is_one_notice(city: Any) -> None:
    one, two = [entry for entry in shown(TODAY) if entry.authority == shown(TODAY)[0].authority][:2]
    first, again, second = made(one, token="f1"), made(one, token="f1"), made(two, token="f2")
    assert first.number == again.number != second.number
    assert first.number.endswith("信修告〔2026〕1号")
    assert second.number.endswith("信修告〔2026〕2号")
    assert list(RepairNotice.objects.order_by("id").values_list("serial", flat=True)) == [1, 2]


def test_an_entry_without_a_day_of_service_is_a_finding_until_there_is_one(city: Any) -> None:
    one, two, three = shown(TODAY)[:3]
    listed = {line.statement: line for line in _all_unserved()}
    assert {one.id, two.id, three.id} <= set(listed)
    # Written another way, it is still the same document
    number = entries.entry(one.id).document.replace("〔", "[").replace("〕", "]")
    notice = made(one, document=number)
    assert {line.statement: line.notice for line in _all_unserved()}[one.id] == notice.number
    remedies.served(number=notice.number, on=TODAY, manner="direct", actor="desk:scjg", at=AT)
    remedies.served(statement=two.id, on=TODAY, manner="post", actor="desk:scjg", at=AT)
    left = {line.statement for line in _all_unserved()}
    assert not {one.id, two.id} & left
    assert three.id in left
    assert remedies.notice(number=notice.number).content["service"] == {
        "on": "2026-11-20",
        "manner": "直接送达",
    }


def test_the_list_goes_on_page_by_page_and_shows_a_unit_its_own(city: Any) -> None:
    body = shown(TODAY)[0].authority
    own, cursor = [], None
    while True:
        page, cursor = remedies.unserved(authority=body, after=cursor, limit=3, on=TODAY)
        own += page
        if cursor is None:
            break
    assert own
    assert {line.authority for line in own} == {body}
    ids = [line.statement for line in own]
    assert ids == sorted(set(ids), reverse=True)
    whole, _ = remedies.unserved(authority=body, limit=500, on=TODAY)
    assert [line.statement for line in whole] == ids


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"manner": "pigeon"}, remedies.ServiceRefused),
        ({"on": date(2026, 11, 21)}, remedies.ServiceRefused),
        ({"on": date(2020, 1, 1)}, remedies.ServiceRefused),
        ({"manner": "electronic"}, remedies.ServiceRefused),
    ],
)
def test_service_that_cannot_be_right_is_refused(
    city: Any, changes: dict[str, Any], error: type[Exception]
) -> None:
    notice = made(shown(TODAY)[0])
    given = {"number": notice.number, "on": TODAY, "manner": "direct", "actor": "desk", "at": AT, **changes}
    with pytest.raises(error):
        remedies.served(**given)
    assert remedies.notice(number=notice.number).served_on is None


def test_electronic_service_needs_the_signed_consent_on_the_notice(city: Any) -> None:
    notice = made(shown(TODAY)[0], consent=True)
    told = remedies.served(number=notice.number, on=TODAY, manner="electronic", actor="desk", at=AT)
    assert told is not None
    assert (told.served_on, told.manner) == (TODAY, "electronic")


@pytest.mark.parametrize("missing", ["document", "subject", "uscc", "authority"])
def test_a_notice_without_what_identifies_the_decision_is_not_made(city: Any, missing: str) -> None:
    with pytest.raises(remedies.NoticeIncomplete):
        made(shown(TODAY)[0], **{missing: ""})


def test_free_text_is_kept_without_personal_data(city: Any) -> None:
    notice = made(shown(TODAY)[0], duties="联系人电话13855512345，缴纳罚款")
    assert "13855512345" not in str(notice.content)
    assert "13855512345" not in RepairNotice.objects.get(number=notice.number).content


def test_erasing_the_entry_empties_its_notice_and_every_proof_holds(city: Any) -> None:
    entry = shown(TODAY)[0]
    notice = made(entry)
    remedies.served(number=notice.number, on=TODAY, manner="direct", actor="desk", at=AT)
    act = evidence.Act(kind="records.erased", actor="operator", at=AT, provision="法院裁定")
    records.erase(statement_ids=[entry.id], act=act)
    with pytest.raises(remedies.NoticeIncomplete):
        remedies.notice(number=notice.number)
    row = RepairNotice.objects.get(number=notice.number)
    assert (row.content, row.salt, row.matching) == ("", "", 0)
    evidence.drain(at=AT)
    assert [one for one in evidence.verify().findings if one.code.startswith("remedies")] == []


def _all_unserved() -> list[remedies.Unserved]:
    return remedies.unserved(limit=2_000, on=TODAY)[0]
