"""A listing from its facts to its end: each step in its time, nothing public before it is served, four different ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import listtown as town
from listtown import TODAY
from remedytown import OFFICE, at, desk, end_of_journey, sees, subject
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.notices import service as notices
from xinheng.publication import service as publication
from xinheng.records import service as records

ALL = cases.Reader("office")


def test_a_listing_goes_its_whole_way_and_the_entry_has_its_end_warning_exits_and_papers(city: Any) -> None:
    number, statement, day = town.listed()
    entry = sees("public", statement, day)
    assert entry is not None
    assert entry.item == "serious-list"
    assert entry.decided_on == day
    kind = law.active().lists[town.KIND]
    assert entry.values["YZ_LB"] == kind.name
    papers = {one.kind: one for one in cases.documents(number=number, reader=ALL)}
    assert entry.values["YZ_WSH"] == papers["decision"].number
    assert {"prior-notice", "decision", "repair-notice"} == set(papers)
    assert all(one.served_on == day for kind_, one in papers.items() if kind_ != "prior-notice")
    town.caught_up(day)
    [[found], after] = lists.entries(uscc=entry.uscc, kind=town.KIND, on=day)
    assert after is None
    assert (found.statement, found.own_case, found.state) == (statement, number, "listed")
    assert found.until == entry.show_until == day.replace(year=day.year + 3)
    assert found.warning_on == found.until - timedelta(days=kind.warning)
    assert found.document == papers["decision"].number
    content = papers["decision"].content
    assert {one["label"]: one["date"] for one in content["dates"]}[
        "停留期限届满（期满自动移出，不用申请）"
    ] == found.until.isoformat()
    assert len(content["items"]) == 4
    assert content["remedies"]
    end_of_journey(day)


def test_nothing_is_public_before_decision_and_repair_notice_were_served(city: Any) -> None:
    code = town.firm()
    number = town.opened(uscc=code).case.number
    before = publication.counts(uscc=code, audience="authority", on=TODAY)
    town.noticed(number)
    day = town.after_defence(number)
    town.act(number, "defence-over", day)
    town.decided(number, day)
    with pytest.raises(cases.NotPossible):
        town.act(number, "publish", day)
    town.act(number, "deliver", day, detail=town.served(day))
    assert publication.counts(uscc=code, audience="authority", on=day) == before
    town.act(number, "publish", day)
    assert publication.counts(uscc=code, audience="public", on=day).get("serious-list") == 1


def test_no_decision_before_the_last_day_of_the_defence_is_over_even_after_a_statement(city: Any) -> None:
    number = town.opened().case.number
    case = town.noticed(number)
    assert case.due_on == town.after_defence(number) - timedelta(days=1)
    with pytest.raises(lists.TooEarly):
        town.act(number, "defence-over", case.due_on)
    cases.act(number=number, act="defend", actor=subject(case.uscc), at=at("2026-11-23"), reason="已经整改")
    town.act(number, "decide", case.due_on, reason="决定列入")
    with pytest.raises(lists.TooEarly) as refused:
        town.act(number, "decide", case.due_on, who="two")
    assert case.due_on.isoformat() in refused.value.message
    assert town.act(number, "decide", case.due_on + timedelta(days=1), who="two").case.state == "decided"


def test_a_decision_needs_a_second_person_of_the_same_body(city: Any) -> None:
    number = town.opened().case.number
    town.noticed(number)
    day = town.after_defence(number)
    town.act(number, "defence-over", day)
    first = town.act(number, "decide", day, reason="决定列入")
    assert first.waiting
    with pytest.raises(cases.NotYours):
        town.act(number, "decide", day)
    assert cases.documents(number=number, reader=ALL)[-1].kind == "prior-notice"
    assert not town.act(number, "decide", day, who="two").waiting


def test_facts_that_do_not_hold_leave_nothing_behind(city: Any) -> None:
    code = town.firm()
    number = town.opened(uscc=code).case.number
    town.noticed(number)
    done = town.act(number, "refrain", "2026-11-23", reason="情节轻微，已经改正")
    assert (done.case.outcome, done.case.final) == ("not-listed", True)
    assert not publication.has_any(usccs=[code], audience="self", on=date(2026, 11, 23)) or all(
        one.item != "serious-list"
        for one in publication.statements(audience="self", on=date(2026, 11, 23), uscc=code)
    )
    with pytest.raises(cases.NotPossible):
        town.act(number, "publish", "2026-11-24")


# ---- who may, on what


def test_the_credit_office_lists_nobody(city: Any) -> None:
    with pytest.raises(lists.NoPower) as refused:
        town.opened(actor=OFFICE)
    assert "信用主管部门" in refused.value.message
    with pytest.raises((lists.NoPower, cases.NotYours)):
        cases.open(
            kind="listing", actor=OFFICE, at=at(TODAY), uscc=town.firm(), body=town.regulator(), channel="counter",
            reason=town.FACTS, detail={"list": town.KIND, "documents": ["甲〔2026〕1号"], "trigger": "x"},
        )  # fmt: skip


def test_a_list_of_another_sector_is_refused(city: Any) -> None:
    body = town.regulator()
    with pytest.raises(lists.NoPower) as refused:
        town.opened(authority=body, kind="work-safety-serious")
    assert "移送" in refused.value.message


def test_a_list_that_is_only_received_is_not_decided_here(city: Any) -> None:
    with pytest.raises(lists.NoPower):
        town.opened(kind="tax-serious")


def test_a_countys_unit_is_refused_where_no_power_is_given(city: Any) -> None:
    from xinheng.kernel import uscc

    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    known = {one.authority for one in page}
    county = next(
        (code for code in sorted(known) if not code[2:8].endswith("00") and uscc.is_valid(code)), None
    )
    if county is None:
        first = "11340602" + "MB0000000"
        county = first + uscc.check_char(first)
    with pytest.raises(lists.NoPower):
        town.opened(authority=county)


def test_who_is_not_registered_cannot_be_listed(city: Any) -> None:
    from xinheng.kernel import uscc

    first = "91340600MA9999998"
    with pytest.raises(lists.NotListable):
        town.opened(uscc=first + uscc.check_char(first))
    with pytest.raises(lists.NotListable):
        town.opened(uscc="340602199001011234")


@pytest.mark.parametrize(
    "given", [{"facts": "  "}, {"documents": []}, {"documents": [" "]}, {"trigger": "nothing-such"}]
)
def test_facts_papers_and_conduct_are_all_asked_for(city: Any, given: dict[str, Any]) -> None:
    with pytest.raises(lists.FactsMissing):
        town.opened(**given)


def test_the_same_fact_is_listed_once_while_it_runs_and_while_it_stands(city: Any) -> None:
    code = town.firm()
    first = town.opened(uscc=code).case
    with pytest.raises(lists.ListedAlready) as refused:
        town.opened(uscc=code, documents=["淮市监罚[2026]77 号"])
    assert first.number in refused.value.message
    # Another fact is another matter, and so is another organisation
    other = town.opened(uscc=code, documents=["淮市监罚〔2026〕78号"]).case
    assert other.number != first.number
    assert town.opened(uscc=town.firm(1)).case.number
    town.act(first.number, "refrain", TODAY, reason="不属于本机关")
    assert town.opened(uscc=code).case.number


def test_a_fact_that_a_source_has_listed_already_is_not_listed_here_again(city: Any) -> None:
    code = town.firm()
    _, statement, day = town.listed(uscc=code)
    document = publication.statement(id=statement, audience="public", on=day)
    assert document is not None
    with pytest.raises(lists.ListedAlready):
        town.opened(day, uscc=code, documents=[document.values["YZ_WSH"]])


def test_a_double_click_opens_one_case(city: Any) -> None:
    code = town.firm()
    first = town.opened(uscc=code, token="form-1")
    again = town.opened(uscc=code, token="form-1")
    assert again.repeated
    assert again.case.number == first.case.number


# ---- no entry without an end, through any door


def halved(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The pack as it would be if a kind were written without one of its parts."""
    from dataclasses import replace

    pack = law.active()
    broken = {**pack.lists, town.KIND: replace(pack.lists[town.KIND], **changes)}
    monkeypatch.setattr(law, "active", lambda: replace(pack, lists=broken))


@pytest.mark.parametrize("part", ["stay", "warning", "exits", "basis", "documents"])
def test_a_kind_without_end_warning_exits_papers_or_basis_takes_nobody_at_any_step(
    city: Any, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    from dataclasses import replace

    exits = law.active().lists[town.KIND].exits
    changes: dict[str, Any] = {
        "stay": {"stay": None}, "warning": {"warning": 0}, "exits": {"exits": exits[:1]}, "basis": {"basis": ()},
        "documents": {"exits": tuple(replace(one, document="") for one in exits)},
    }[part]  # fmt: skip
    body, code = town.regulator(), town.firm()
    number = town.opened(authority=body, uscc=code).case.number
    town.noticed(number)
    day = town.after_defence(number)
    town.act(number, "defence-over", day)
    town.act(number, "decide", day, reason="决定列入")
    halved(monkeypatch, **changes)
    # By the door, past the door, and in the middle of a case that began under a whole kind
    with pytest.raises(lists.NoEnd):
        town.opened(day, authority=body, uscc=town.firm(1))
    with pytest.raises(lists.NoEnd):
        cases.open(
            kind="listing", actor=desk(body), at=at(day), uscc=code, body=body, channel="workspace", reason=town.FACTS,
            detail={"list": town.KIND, "documents": ["乙〔2026〕9号"], "trigger": law.active().lists[town.KIND].triggers[0].code},
        )  # fmt: skip
    with pytest.raises(lists.NoEnd):
        town.act(number, "decide", day, who="two")
    assert lists.may_open(authority=body, kind=town.KIND, on=day) != ""
    assert cases.case(number=number, reader=ALL).state == "heard"


def test_every_kind_of_every_shipped_pack_is_whole() -> None:
    for code in (
        "national",
        "anhui",
        "huaibei",
        "suixi",
        "shandong",
        "huantai",
        "jiangsu",
        "huaian",
        "xuancheng",
    ):
        pack = law.load(code)
        assert pack.lists
        assert {kind.code: lists.missing(kind) for kind in pack.lists.values() if lists.missing(kind)} == {}


# ---- the four ends


@pytest.mark.parametrize(
    ("step", "exit_", "state", "more"),
    [("correct", "correction", "corrected", {"reason": "列入的主体有误"}),
     ("revoke", "revocation", "revoked", {"reason": "复议撤销", "detail": {"ruling": "皖复决〔2026〕5号"}})],
)  # fmt: skip
def test_a_correction_and_a_revocation_are_two_ends_each_with_its_paper(
    city: Any, step: str, exit_: str, state: str, more: dict[str, Any]
) -> None:
    number, statement, day = town.listed()
    code = cases.case(number=number, reader=ALL).uscc
    done = town.two(number, step, day, **more)
    assert done.case.state == state
    assert sees("public", statement, day) is None
    assert sees("authority", statement, day) is None
    town.caught_up(day)
    assert lists.of_usccs(usccs=[code], on=day) == {}
    [[gone], _] = lists.entries(uscc=code, state="left", on=day)
    assert (gone.exit, gone.left_on, gone.exit_document) == (exit_, day, done.document)
    assert lists.exits(first=day, last=day).filter(kind=town.KIND, exit=exit_)["n"].to_list() == [1]
    with pytest.raises((lists.EntryGone, cases.NotPossible)):
        town.two(number, "remove", day, reason="已经改正")
    end_of_journey(day)


def test_a_removal_waits_for_its_first_day_and_ends_publication_sharing_and_use(city: Any) -> None:
    number, statement, day = town.listed()
    [standing] = records.open_standing([statement]).to_dicts()
    early = standing["repair_from"]
    if early is not None:
        with pytest.raises(lists.TooEarly):
            town.act(number, "remove", early - timedelta(days=1), reason="已经改正")
        done = town.two(number, "remove", early, reason="已经改正")
    else:
        done = town.two(number, "remove", day, reason="已经改正")
    last = early or day
    assert done.case.state == "removed"
    assert [sees(one, statement, last) for one in ("public", "authority")] == [None, None]
    assert sees("self", statement, last) is not None
    town.caught_up(last)
    [[gone], _] = lists.entries(authority=done.case.body, state="left", on=last, kind=town.KIND)
    assert gone.exit == "removal"
    end_of_journey(last)


def test_a_stay_ends_by_itself_and_the_round_says_so_whenever_it_runs(city: Any) -> None:
    number, statement, day = town.listed()
    town.caught_up(day)
    until = sees("public", statement, day).show_until  # type: ignore[union-attr]
    with pytest.raises(lists.TooEarly):
        town.act(number, "expire", until)
    assert sees("public", statement, until) is not None
    gone = until + timedelta(days=1)
    assert sees("public", statement, gone) is None
    late = gone + timedelta(days=40)
    swept = lists.sweep(at=at(late))
    assert swept.expired >= 1
    assert swept.closed == 1
    assert cases.case(number=number, reader=ALL).state == "expired"
    town.caught_up(late)
    [[left], _] = lists.entries(uscc=cases.case(number=number, reader=ALL).uscc, state="left", on=late)
    assert (left.exit, left.left_on, left.exit_document) == ("expiry", gone, "")
    again = lists.sweep(at=at(late, 11))
    assert (again.warned, again.taken_back, again.expired, again.closed) == (0, 0, 0, 0)
    end_of_journey(late)


# ---- who hears of it, and when


def test_the_organisation_hears_of_it_from_the_prior_notice_on_and_not_before(city: Any) -> None:
    code = town.firm()
    number = town.opened(uscc=code).case.number
    assert [one for one in notices.inbox(uscc=code) if one.case == number] == []
    town.noticed(number)
    told = [one for one in notices.inbox(uscc=code) if one.case == number]
    assert [one.facts["state"] for one in told] == ["notified"]


def test_a_proceeding_left_at_its_facts_is_never_told(city: Any) -> None:
    code = town.firm()
    number = town.opened(uscc=code).case.number
    town.act(number, "refrain", TODAY, reason="事实不成立")
    assert [one for one in notices.inbox(uscc=code) if one.case == number] == []


def test_two_desks_deciding_at_once_make_one_entry(city: Any) -> None:
    number, statement, day = town.listed()
    with pytest.raises(cases.NotPossible):
        town.act(number, "publish", day)
    assert evidence.verify().findings == []
    assert statement == town.statement_of(number)
