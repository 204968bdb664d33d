"""The end a decision writes itself; what the organisation knows of a listing and when; a case at rest is nobody's work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import listtown as town
from listtown import TODAY
from remedytown import OFFICE, at, desk, sees
from xinheng.cases import service as cases
from xinheng.law import service as law
from xinheng.lists import kinds, policy_listing
from xinheng.lists import service as lists
from xinheng.records import service as records

ALL = cases.Reader("office")


def heard(code: str = "") -> tuple[str, date]:
    number = town.opened(uscc=code or town.firm()).case.number
    town.noticed(number)
    day = town.after_defence(number)
    town.act(number, "defence-over", day)
    return number, day


def on_list(until: date | None, code: str = "") -> tuple[str, int, date]:
    """Decided with an end of its own, served and published."""
    number, day = heard(code)
    more = {"detail": {"until": until.isoformat()}} if until else {}
    town.act(number, "decide", day, reason="决定列入", **more)
    town.act(number, "decide", day, who="two")
    town.act(number, "deliver", day, detail=town.served(day))
    town.act(number, "publish", day)
    return number, town.statement_of(number), day


def test_a_decision_writes_its_own_end_and_paper_entry_notice_and_exit_keep_to_it(city: Any) -> None:
    until = date(2027, 12, 1)
    number, statement, day = on_list(until)
    papers = {one.kind: one for one in cases.documents(number=number, reader=ALL)}
    for kind in ("decision", "repair-notice"):
        days = {one["label"]: one["date"] for one in papers[kind].content["dates"]}
        assert until.isoformat() in days.values(), kind
    assert f"停留期限到 {until.isoformat()} 为止" in "".join(papers["decision"].content["paragraphs"])
    entry = sees("public", statement, day)
    assert entry is not None and entry.show_until == until
    town.caught_up(day)
    [[found], _] = lists.entries(uscc=entry.uscc, kind=town.KIND, on=day)
    assert (found.state, found.exit, found.until) == ("listed", "", until)
    assert found.warning_on == until - timedelta(days=law.active().lists[town.KIND].warning)
    # To its last day, and off by itself on the next; the round records an expiry and closes the case
    assert sees("public", statement, until) is not None
    gone = until + timedelta(days=1)
    assert sees("public", statement, gone) is None
    swept = lists.sweep(at=at(gone))
    assert (swept.expired, swept.closed) == (1, 1) or swept.closed == 1
    assert cases.case(number=number, reader=ALL).state == "expired"
    town.caught_up(gone)
    [[left], _] = lists.entries(uscc=entry.uscc, kind=town.KIND, state="left", on=gone)
    assert (left.exit, left.left_on) == ("expiry", gone)
    told = lists.exits(first=gone, last=gone).filter(kind=town.KIND)
    assert told.to_dicts() == [{"month": "2027-12", "kind": town.KIND, "exit": "expiry", "n": 1}]


def test_an_entry_with_its_own_end_can_still_be_removed_corrected_or_revoked_before(city: Any) -> None:
    number, statement, day = on_list(date(2028, 6, 1))
    town.two(number, "revoke", day, reason="复议撤销", detail={"ruling": "皖复决〔2026〕9号"})
    assert sees("public", statement, day) is None
    town.caught_up(day)
    code = cases.case(number=number, reader=ALL).uscc
    [[left], _] = lists.entries(uscc=code, kind=town.KIND, state="left", on=day)
    assert left.exit == "revocation"


@pytest.mark.parametrize("said", ["2029-12-31", "2026-11-20", "2026-13-40", "明年"])
def test_an_end_beyond_the_stay_before_the_decision_or_no_day_is_refused(city: Any, said: str) -> None:
    number, day = heard()
    # Already at the first person: nothing waits for a second that could never be done
    with pytest.raises(lists.EndBeyond):
        town.act(number, "decide", day, reason="决定列入", detail={"until": said})
    assert cases.case(number=number, reader=ALL).waiting_step is None
    assert cases.case(number=number, reader=ALL).state == "heard"
    assert lists.end_refusal(kind=town.KIND, until=said, on=day).endswith("。")


def test_the_last_day_of_the_stay_itself_may_be_written_and_nothing_written_means_it(city: Any) -> None:
    kind = law.active().lists[town.KIND]
    for day in (TODAY, date(2028, 2, 29)):
        longest = kinds.stay_end(kind, day)
        assert longest is not None

        def why(until: date, day: date = day, longest: date = longest) -> str:
            return policy_listing.end_refusal(name=kind.name, until=until, longest=longest, on=day)

        assert why(longest) == ""
        assert why(longest + timedelta(days=1))
        assert why(day)
        assert why(day + timedelta(days=1)) == ""
    assert lists.end_refusal(kind=town.KIND, until=" ", on=TODAY) == ""


def test_a_removal_before_its_day_is_refused_when_it_is_proposed_and_a_revocation_need_not_wait_for_it(
    city: Any,
) -> None:
    number, statement, day = on_list(None)
    if records.open_standing([statement])["repair_from"][0] is None:
        pytest.skip("this kind has no first day of removal")
    with pytest.raises(lists.TooEarly):
        town.act(number, "remove", day, reason="已经改正")
    assert cases.case(number=number, reader=ALL).waiting_step is None
    town.two(number, "revoke", day, reason="法院判决撤销", detail={"ruling": "皖行终〔2026〕7号"})
    assert sees("public", statement, day) is None


def test_a_person_named_in_the_facts_is_masked_before_the_entry_is_public(city: Any) -> None:
    code = town.firm()
    number = town.opened(
        uscc=code, facts="经营者多次销售不合格产品，经办人张三丰签字确认，逾期不改正。"
    ).case.number
    town.noticed(number)
    day = town.after_defence(number)
    town.act(number, "defence-over", day)
    town.decided(number, day)
    town.act(number, "deliver", day, detail=town.served(day))
    town.act(number, "publish", day)
    entry = sees("public", town.statement_of(number), day)
    assert entry is not None
    assert "张三丰" not in "".join(entry.values.values())
    assert "经办人张某某" in entry.values["YZ_LRYY"]


# ---- what the organisation knows


def test_a_listing_is_unknown_to_its_organisation_until_the_prior_notice_is_served(city: Any) -> None:
    code = town.firm()
    number = town.opened(uscc=code).case.number
    own = cases.Reader("organisation", code)

    def knows() -> list[bool]:
        mine, _ = cases.of_subject(uscc=code, own=True)
        due, _ = cases.due(reader=own, on=TODAY)
        try:
            found = cases.case(number=number, reader=own).number == number
        except cases.NoSuchCase:
            found = False
        return [number in [one.number for one in mine], number in [one.number for one in due], found]

    before = cases.counters(reader=own, on=TODAY).open
    assert knows() == [False, False, False]
    with pytest.raises(cases.NoSuchCase):
        cases.steps(number=number, reader=own)
    with pytest.raises(cases.NoSuchCase):
        cases.act(
            number=number,
            act="defend",
            actor=cases.Actor("desk:o", "organisation", code),
            at=at(TODAY),
            reason="?",
        )
    # Whoever works on it knows it all the while
    assert number in [one.number for one in cases.of_subject(uscc=code)[0]]
    town.noticed(number)
    assert knows() == [True, True, True]
    assert cases.counters(reader=own, on=TODAY).open == before + 1


def test_a_listing_dropped_at_its_facts_stays_unknown(city: Any) -> None:
    code = town.firm()
    number = town.opened(uscc=code).case.number
    town.act(number, "refrain", TODAY, reason="事实不成立")
    assert number not in [one.number for one in cases.of_subject(uscc=code, own=True)[0]]
    with pytest.raises(cases.NoSuchCase):
        cases.case(number=number, reader=cases.Reader("organisation", code))


# ---- at rest


def test_an_entry_on_its_list_is_nobodys_open_case_while_it_rests(city: Any) -> None:
    body = town.regulator()
    readers = (cases.Reader("authority", body), ALL, cases.Reader("organisation", town.firm()))
    before = [cases.counters(reader=one, on=TODAY) for one in readers]
    number, _, day = on_list(None, town.firm())
    after = [cases.counters(reader=one, on=TODAY) for one in readers]
    assert [one.open for one in after] == [one.open for one in before]
    late = [cases.counters(reader=one, on=day + timedelta(days=900)).overdue for one in readers]
    assert late == [cases.counters(reader=one, on=day + timedelta(days=900)).overdue for one in readers]
    # A step that waits for a second person is work again
    town.act(number, "correct", day, reason="主体有误")
    if cases.case(number=number, reader=ALL).waiting_step is not None:
        assert cases.counters(reader=ALL, on=day).waiting == before[1].waiting + 1
    assert OFFICE.role == "office" and desk(body).body == body


def test_the_public_card_of_an_entry_with_its_own_end_says_until_when_and_not_that_it_left(
    city: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = date(2027, 12, 1)
    _, statement, day = on_list(until)
    town.caught_up(day)
    monkeypatch.setenv("XINHENG_TODAY", day.isoformat())
    page = client.get(f"/statement/{statement}/").content.decode()
    assert until.isoformat() in page or "2027年12月1日" in page
    assert "已移出" not in page
