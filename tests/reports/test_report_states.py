"""How issued reports stand: followed step by step, equal to what a look at everything says, and told to nobody by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.reports import service as reports
from xinheng.reports import statuslist, statuslist_keeping
from xinheng.reports.models import Report

TODAY = evidence.legal_day(AT)


def act(kind: str = "test.changed") -> evidence.Act:
    return evidence.Act(kind=kind, actor="test", at=AT, provision="测试")


def entries(count: int) -> list[publication.Entry]:
    """Penalties of as many different organisations."""
    found: dict[str, publication.Entry] = {}
    for entry in publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=400):
        found.setdefault(entry.uscc, entry)
    assert len(found) >= count
    return list(found.values())[:count]


def issue(uscc: str, **more: Any) -> reports.Issued:
    return reports.issue(uscc=uscc, audience=more.pop("audience", "public"), at=AT, actor="test", **more)


def status(issued: reports.Issued, *, days: int = 0) -> str:
    at = AT + timedelta(days=days)
    told = reports.verify(issued.pdf, evidence.trust_bundle(at=at), at=at)
    assert told.valid, told.reasons
    assert told.status == reports.status_of(number=issued.number, on=evidence.legal_day(at))
    return told.status


def restand(ids: Sequence[int], **said: Any) -> None:
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=list(ids), **said)


def dispute(
    entry: publication.Entry, *, case: str = "淮信异〔2026〕1号", kind: str = "disputed", field: str = ""
) -> None:
    with evidence.event(act("cases.opened")) as event:
        records.mark(event=event, statement_ids=[entry.id], kind=kind, since=TODAY, case=case, field=field)


def settle(entry: publication.Entry, *, case: str = "淮信异〔2026〕1号", kind: str = "disputed") -> None:
    with evidence.event(act("cases.acted")) as event:
        records.unmark(event=event, statement_ids=[entry.id], kind=kind, case=case, until=TODAY)


@pytest.fixture(params=["followed", "not yet followed"])
def catch_up(request: pytest.FixtureRequest) -> Any:
    """A list is right whether or not the follower has seen what happened."""
    return (lambda: evidence.drain(at=AT)) if request.param == "followed" else (lambda: None)


def test_a_report_nothing_happened_to_is_current_and_another_ones_change_leaves_it_so(
    city: Any, catch_up: Any
) -> None:
    one, other = entries(2)
    first, second = issue(one.uscc), issue(other.uscc)
    catch_up()
    assert (status(first), status(second)) == ("current", "current")
    restand([other.id], state="annulled")
    catch_up()
    assert (status(first), status(second)) == ("current", "superseded")


def test_an_objection_makes_reports_that_show_the_entry_disputed_and_its_refusal_makes_them_current(
    city: Any, catch_up: Any
) -> None:
    one, other = entries(2)
    first, second = issue(one.uscc), issue(other.uscc)
    dispute(one)
    catch_up()
    assert (status(first), status(second)) == ("disputed", "current")
    settle(one)
    catch_up()
    assert status(first) == "current"
    assert evidence.verify().findings == []


def test_two_objections_end_with_the_second(city: Any, catch_up: Any) -> None:
    [one] = entries(1)
    issued = issue(one.uscc)
    dispute(one, case="甲")
    dispute(one, case="乙", field="CF_NR")
    catch_up()
    settle(one, case="甲")
    catch_up()
    assert status(issued) == "disputed"
    settle(one, case="乙")
    catch_up()
    assert status(issued) == "current"


def test_a_report_that_says_disputed_is_superseded_once_it_no_longer_is(city: Any, catch_up: Any) -> None:
    [one] = entries(1)
    dispute(one)
    issued = issue(one.uscc)
    catch_up()
    assert status(issued) == "disputed"
    settle(one)
    catch_up()
    assert status(issued) == "superseded"
    assert status(issue(one.uscc)) == "current"


def test_an_upheld_objection_supersedes(city: Any, catch_up: Any) -> None:
    [one] = entries(1)
    issued = issue(one.uscc)
    dispute(one)
    with evidence.event(act("cases.acted")) as event:
        records.unmark(
            event=event, statement_ids=[one.id], kind="disputed", case="淮信异〔2026〕1号", until=TODAY
        )
        records.restand(event=event, statement_ids=[one.id], state="annulled")
    catch_up()
    assert status(issued) == "superseded"


def test_a_mark_of_another_kind_changes_what_the_report_shows(city: Any, catch_up: Any) -> None:
    [one] = entries(1)
    issued = issue(one.uscc)
    dispute(one, kind="false-material")
    catch_up()
    assert status(issued) == "superseded"


def test_an_objection_to_an_entry_the_report_does_not_show_changes_nothing(city: Any, catch_up: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.uscc, s.id FROM records_statement s JOIN records_standing t ON t.statement_id = s.id"
            " WHERE t.closed_by IS NULL AND t.state = 'held' AND t.show_from IS NULL ORDER BY s.id"
        )
        hidden = cursor.fetchall()
    shown = publication.has_any(usccs=sorted({code for code, _ in hidden})[:400], audience="public", on=TODAY)
    both = [(code, statement) for code, statement in hidden if code in shown]
    if not both:
        pytest.skip("no organisation with a hidden and a shown entry in this city")
    code, statement = both[0]
    issued = issue(code)
    with evidence.event(act()) as event:
        records.mark(event=event, statement_ids=[statement], kind="disputed", since=TODAY, case="甲")
    catch_up()
    assert status(issued) == "current"


def test_a_withdrawn_report_stays_withdrawn_whatever_happens_after(city: Any, catch_up: Any) -> None:
    [one] = entries(1)
    issued = issue(one.uscc)
    reports.withdraw(number=issued.number, act=act("report.withdrawn"))
    catch_up()
    assert status(issued) == "withdrawn"
    dispute(one)
    restand([one.id], state="annulled")
    catch_up()
    assert status(issued) == "withdrawn"


def test_erasing_content_withdraws_the_reports_on_its_organisation(city: Any, catch_up: Any) -> None:
    [one] = entries(1)
    issued = issue(one.uscc)
    records.erase(
        statement_ids=[one.id],
        act=evidence.Act(kind="records.erased", actor="t", at=AT, provision="测", purpose="测"),
    )
    catch_up()
    assert status(issued) == "withdrawn"


def test_a_report_is_superseded_on_the_day_after_an_entry_was_last_shown_though_nothing_was_written(
    city: Any, catch_up: Any
) -> None:
    [one] = entries(1)
    restand([one.id], window=(TODAY, TODAY + timedelta(days=3), TODAY))
    issued = issue(one.uscc)
    catch_up()
    size = evidence.size()
    assert [status(issued, days=days) for days in (0, 3, 4)] == ["current", "current", "superseded"]
    assert evidence.size() == size


def test_a_file_taken_in_later_supersedes_reports_on_its_organisations(city: Any, catch_up: Any) -> None:
    [one] = entries(1)
    issued = issue(one.uscc)
    restand([one.id], severity="serious")
    catch_up()
    assert status(issued) == "superseded"


def test_the_table_made_anew_is_the_table_as_kept(city: Any) -> None:
    some = entries(6)
    issued = [issue(entry.uscc) for entry in some]
    dispute(some[0])
    restand([some[1].id], state="repaired")
    reports.withdraw(number=issued[2].number, act=act("report.withdrawn"))
    restand([some[3].id], window=(TODAY, TODAY + timedelta(days=3), TODAY))
    evidence.drain(at=AT)
    kept = sorted(statuslist_keeping.State.objects.values_list())
    assert {row[1] for row in kept} == {0, 1, 2, 3}
    assert reports.rebuild_states() == 6
    assert sorted(statuslist_keeping.State.objects.values_list()) == kept
    assert not list(statuslist_keeping.findings())


def test_a_state_that_was_changed_added_or_lost_is_found(city: Any) -> None:
    first = issue(entries(1)[0].uscc)
    evidence.drain(at=AT)
    serial = Report.objects.get(number=first.number).serial
    table = statuslist_keeping.State.objects
    for change in (
        lambda: table.filter(serial=serial).update(state=3), lambda: table.filter(serial=serial).update(ends_on="2020-01-01"),
        lambda: table.filter(serial=serial).update(serial=serial + 7), lambda: table.create(serial=99, state=0, ends_on=None),
    ):  # fmt: skip
        change()
        assert [finding.code for finding in evidence.verify().findings][:1] == ["report-state"]
        reports.rebuild_states()
    assert evidence.verify().findings == []


def test_what_touches_one_organisation_is_not_a_recount_of_all_reports(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = entries(5)
    for entry in some:
        issue(entry.uscc)
    evidence.drain(at=AT)
    looked: list[int] = []
    original = statuslist_keeping._look
    monkeypatch.setattr(
        statuslist_keeping, "_look", lambda serials: (looked.extend(serials), original(serials))[1]
    )
    restand([some[0].id], state="annulled")
    evidence.drain(at=AT)
    assert len(looked) == 1
    restand([], state="annulled")
    evidence.drain(at=AT)
    statuslist_keeping.signed(number=0, at=AT)
    assert len(looked) == 1


def test_a_second_list_begins_where_the_first_is_full(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, third = entries(3)
    monkeypatch.setattr(statuslist, "ENTRIES", 2)
    monkeypatch.setattr(statuslist, "_BYTES", 131_072 // 4)
    issued = [issue(entry.uscc) for entry in (one, other, third)]
    dispute(third)
    dispute(one)
    assert list(statuslist_keeping.lists()) == [0, 1]
    assert [status(report) for report in issued] == ["disputed", "current", "disputed"]


def test_the_same_list_is_given_while_nothing_changed_and_a_new_one_once_something_did(city: Any) -> None:
    [one] = entries(1)
    issue(one.uscc)
    text, since = reports.status_list(number=0, at=AT)
    assert reports.status_list(number=0, at=AT + timedelta(minutes=4)) == (text, since)
    assert reports.status_list(number=0, at=AT + timedelta(minutes=6))[0] != text
    again = reports.status_list(number=0, at=AT)[0]
    dispute(one)
    assert reports.status_list(number=0, at=AT)[0] != again
    with pytest.raises(Exception, match="没有第 1 号"):
        reports.status_list(number=1, at=AT)


def test_a_report_tells_where_its_status_is_found(city: Any) -> None:
    import json

    from xinheng.reports import pdffile

    issued = issue(entries(1)[0].uscc)
    told = json.loads(pdffile.read(issued.pdf).attachment("report.json", limit=10**8))
    place = told["credentialStatus"]
    assert place["statusListIndex"] == str(told["status_index"]) and place["statusListCredential"].endswith(
        "/status/0"
    )
    assert [one["message"] for one in place["statusMessage"]] == [
        "current",
        "disputed",
        "superseded",
        "withdrawn",
    ]
    assert "credentialStatus" in json.dumps(told)
