"""What is told to who does not agree with an outcome: from which day each period runs, and until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from remedytown import ALL, OFFICE, at, desk, grant, open_objection, open_repair, ripe
from wholecity import whole_city
from xinheng.cases import service as cases
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.remedies import service as remedies

TODAY = date(2026, 11, 20)
whole = pytest.fixture(whole_city)


def oldest() -> Any:
    """A penalty against which review could be asked for long ago, since the law on review was made anew."""
    found = [one for one in ripe(TODAY) if one.decided_on >= date(2024, 1, 1)]
    return min(found, key=lambda one: one.decided_on)


def told(**more: Any) -> dict[str, remedies.NextStep]:
    """The next remedies by the day they count from and their provision."""
    return {f"{one.counts_from}:{one.provision}": one for one in remedies.next_steps(**more)}


def test_an_objection_to_a_repair_has_no_last_day_because_no_rule_names_one(city: Any) -> None:
    [one] = remedies.next_steps(kind="repair", state="repaired", on=TODAY)
    assert (one.counts_from, one.provision, one.last_day, one.when) == ("none", "", None, "")


def test_until_service_is_on_record_a_last_day_is_an_estimate_and_says_so(city: Any) -> None:
    review = told(kind="repair", state="refused", on=TODAY)["result:administrative-review"]
    assert not review.exact
    assert review.when == f"自收到之日起算；按今天（{TODAY}）收到推算，最后一天是 {review.last_day}"
    assert str(review.last_day) in review.when_en


@pytest.mark.parametrize("days", [0, 1, 59, 60, 61, 75, 400])
def test_a_served_result_has_one_last_day_whenever_it_is_asked_for(city: Any, days: int) -> None:
    served = TODAY - timedelta(days=days)
    review = told(kind="repair", state="refused", on=TODAY, served=served)["result:administrative-review"]
    start = law.due_shown(pack=law.active(), provision="administrative-review", start=served)
    assert (review.exact, review.last_day, review.from_day) == (True, start.due, served)
    assert review.over == (start.due < TODAY) == ("已经过去" in review.when)
    assert "推算" not in review.when


def test_what_goes_against_the_decision_runs_from_the_decision_and_not_from_the_objection(city: Any) -> None:
    entry = oldest()
    found = told(
        kind="objection", state="refused", on=TODAY, served=TODAY, statement=entry.id
    )["decision:administrative-review"]  # fmt: skip
    assert found.from_day == entry.decided_on
    assert not found.exact
    assert found.over and found.last_day < TODAY
    assert "已经过去" in found.when and str(entry.decided_on) in found.when
    # A decision nobody can look up has no last day to be told
    unknown = told(kind="objection", state="refused", on=TODAY)["decision:administrative-review"]
    assert (unknown.last_day, unknown.when) == (None, "")


def test_the_paper_of_a_refused_objection_says_so_before_and_after_service(city: Any) -> None:
    entry = oldest()
    number = open_objection(entry.id, TODAY).case.number
    case = cases.act(number=number, act="forward", actor=OFFICE, at=at(TODAY)).case
    done = cases.act(
        number=number, act="refuse", actor=desk(case.body), at=at("2026-11-23"), reason="一致",
        detail={"ground": "content-correct"},
    )  # fmt: skip
    assert done.document is not None

    def remedies_of() -> dict[str, dict[str, Any]]:
        [paper] = [one for one in cases.documents(number=number, reader=ALL) if one.kind == "decision"]
        named = {f"{one['counts_from']}:{one['provision']}": one for one in paper.content["remedies"]}
        assert set(named) >= {"result:litigation", "decision:administrative-review"}
        return named

    before = remedies_of()
    assert before["result:administrative-review"]["last_on"] == ""
    assert "已经过去" in before["decision:administrative-review"]["note"]
    papers = cases.documents(number=number, reader=ALL)
    assert remedies.served_on(papers, date(2026, 11, 23)) is None
    [decision] = [one.number for one in papers if one.kind == "decision"]
    cases.serve(
        document=decision, manner="direct", on=date(2026, 11, 24), actor=desk(case.body), at=at("2026-11-24")
    )
    after = remedies_of()
    assert after["result:administrative-review"]["last_on"] > "2027-01-22"
    assert after["decision:administrative-review"] == before["decision:administrative-review"]
    papers = cases.documents(number=number, reader=ALL)
    assert remedies.served_on(papers, date(2026, 11, 23)) == date(2026, 11, 24)


def test_a_paper_served_before_the_outcome_starts_no_period(city: Any) -> None:
    entry = ripe(TODAY)[0]
    done = open_repair(entry.id, TODAY)
    cases.act(number=done.case.number, act="accept", actor=desk(done.case.body), at=at(TODAY, 11))
    accepted = cases.documents(number=done.case.number, reader=ALL)[-1]
    cases.serve(
        document=accepted.number, manner="direct", on=TODAY, actor=desk(done.case.body), at=at(TODAY, 12)
    )
    refused = grant(
        done.case.number, done.case.body, "2026-11-25", "refuse", reason="罚款尚未缴清",
        detail={"ground": "duties-not-done"},
    )  # fmt: skip
    papers = cases.documents(number=refused.case.number, reader=ALL)
    assert any(one.served_on for one in papers)
    assert remedies.served_on(papers, refused.case.closed_on) is None


@pytest.mark.parametrize("counted", ["received_on", "decided_on"])
def test_the_working_begins_with_the_day_the_rule_counts_from(whole: Any, counted: str) -> None:
    item = "serious-list" if counted == "received_on" else "admin-penalty"
    entry = listed(item)[0]
    first = remedies.checklist(statement=entry.id, on=TODAY).working[0]
    assert ("自收到之日起公示" in first) == (counted == "received_on")
    assert ("自文书作出之日起算" in first) == (counted == "decided_on")


def listed(item: str) -> list[Any]:
    from xinheng.publication import service as publication

    return list(publication.statements(audience="public", on=TODAY, item=item, limit=200))


def test_a_listing_is_never_proven_to_have_no_minimum_period(whole: Any) -> None:
    seen: set[bool] = set()
    for entry in listed("serious-list"):
        found = remedies.checklist(statement=entry.id, on=TODAY)
        [period] = [one for one in found.items if one.code == "minimum-period"]
        seen.add(found.earliest is None)
        if found.earliest is None:
            assert (period.state, found.now) == ("by-authority", True)
            assert "没有查到规定" in period.how
        else:
            assert found.earliest == entry.earliest_repair
            assert (period.state == "proven") == found.now == (found.earliest <= TODAY)
            assert any("提前移出" in line and "待核实" in line for line in found.working) or "统计" in str(
                found.working
            )
    assert seen


def test_a_listing_taken_in_before_is_told_its_day_and_keeps_its_standing(
    whole: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.remedies import checklists

    entry = next(one for one in listed("serious-list") if one.earliest_repair is not None)
    real = checklists.entries.entry

    def before(statement: int) -> Any:
        from dataclasses import replace

        found = real(statement)
        rule = ":".join(part for part in found.standing.rule.split(":") if not part.endswith(".early"))
        return replace(found, standing=replace(found.standing, repair_from=None, rule=rule))

    standing = records.open_standing([entry.id]).to_dicts()
    monkeypatch.setattr(checklists.entries, "entry", before)
    found = remedies.checklist(statement=entry.id, on=TODAY)
    assert found.earliest == entry.earliest_repair
    assert records.open_standing([entry.id]).to_dicts() == standing


@pytest.mark.parametrize("kind", ["objection", "repair"])
def test_the_office_closes_a_case_only_on_the_subjects_written_withdrawal(city: Any, kind: str) -> None:
    entry = ripe(TODAY)[0]
    opened = open_objection(entry.id, TODAY) if kind == "objection" else open_repair(entry.id, TODAY)
    said: dict[str, Any] = {"number": opened.case.number, "actor": OFFICE, "at": at("2026-11-23")}
    letter = [cases.Upload("撤回申请.pdf", b"%PDF-1.4\n%%EOF\n")]
    with pytest.raises(cases.NotYours):
        cases.act(act="withdraw", reason="当事人电话撤回", attachments=letter, **said)
    with pytest.raises(cases.Needed):
        cases.act(act="withdraw-at-counter", reason="当事人到窗口撤回", **said)
    with pytest.raises(cases.Needed):
        cases.act(act="withdraw-at-counter", attachments=letter, **said)
    marked = bool(records.marks([entry.id], on=date(2026, 11, 23)).get(entry.id))
    assert marked == (kind == "objection")
    done = cases.act(act="withdraw-at-counter", reason="当事人到窗口撤回", attachments=letter, **said)
    assert done.case.outcome == "withdrawn"
    assert not records.marks([entry.id], on=date(2026, 11, 23)).get(entry.id)
    assert cases.attachments(number=opened.case.number, reader=ALL)
