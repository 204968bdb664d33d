"""Which entry a paper is about: asked of the gate for its addressee, the same later, and gone when the content was erased."""

from __future__ import annotations

from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.reports.paper_entry import completed
from xinheng.reports.papers import case_paper

TODAY = evidence.legal_day(AT)


@pytest.fixture
def entry(city: Any) -> publication.Entry:
    return publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=1)[0]


def paper(entry: publication.Entry, **more: Any) -> dict[str, Any]:
    return {
        "kind": "acceptance", "case_kind": "objection", "office": "淮北市公共信用信息中心", "made_on": "2026-11-20", "to": "某公司",
        "to_code": entry.uscc, **more,
    }  # fmt: skip


def restand(id: int, state: str) -> None:
    with evidence.event(evidence.Act(kind="test", actor="t", at=AT, provision="测")) as event:
        records.restand(event=event, statement_ids=[id], state=state)


def shown(told: Any) -> dict[str, str]:
    return {one["label"]: one["value"] for one in told.get("entry", [])}


def test_a_paper_names_the_entry_by_kind_number_authority_and_day(entry: publication.Entry) -> None:
    told = completed(paper(entry), statement=entry.id, on=TODAY)
    assert shown(told)["信息类别"] == "行政处罚"
    assert entry.values["CF_WSH"] in shown(told).values() and entry.values["CF_CFJG"] in shown(told).values()
    assert case_paper(told)


@pytest.mark.parametrize("state", ["annulled", "superseded", "repaired", "suppressed"])
def test_the_entry_reads_the_same_after_it_left_use(state: str, entry: publication.Entry) -> None:
    before = completed(paper(entry), statement=entry.id, on=TODAY)
    restand(entry.id, state)
    assert completed(paper(entry), statement=entry.id, on=TODAY) == before


def test_nothing_is_left_of_an_erased_entry(entry: publication.Entry) -> None:
    act = evidence.Act(kind="records.erased", actor="t", at=AT, provision="测", purpose="测")
    records.erase(statement_ids=[entry.id], act=act)
    assert not completed(paper(entry), statement=entry.id, on=TODAY).get("entry")


def test_no_field_is_shown_that_the_organisation_itself_would_not_see(entry: publication.Entry) -> None:
    own = publication.by_ids(ids=[entry.id], audience="self", on=TODAY)[entry.id]
    told = shown(completed(paper(entry), statement=entry.id, on=TODAY))
    assert set(told.values()) - {"行政处罚"} <= set(own.values.values())


def test_what_a_paper_says_of_its_entry_itself_is_left_alone(entry: publication.Entry) -> None:
    own = [{"label": "甲", "value": "乙"}]
    assert completed({**paper(entry), "entry": own}, statement=entry.id, on=TODAY)["entry"] == own
    assert "entry" not in completed(paper(entry), statement=None, on=TODAY)
    assert "entry" not in completed(paper(entry), statement=77, on=TODAY)


def test_a_transfer_goes_to_the_authority_that_decided_and_names_the_applicant(
    entry: publication.Entry,
) -> None:
    told = completed(paper(entry, kind="transfer", field="CF_NR"), statement=entry.id, on=TODAY)
    assert (told["to_code"], told["applicant"], told["applicant_code"]) == (
        entry.authority,
        "某公司",
        entry.uscc,
    )
    assert told["to"] != "某公司" and told["field"] == "处罚内容"
