"""A disputed entry is printed whole, the field in question marked; reports of earlier releases read as they did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.reports import pdffile, view
from xinheng.reports import service as reports

TODAY = evidence.legal_day(AT)


def disputed(field: str) -> publication.Entry:
    entry = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=1)[0]
    act = evidence.Act(kind="cases.opened", actor="test", at=AT + timedelta(minutes=1))
    with evidence.event(act) as event:
        records.mark(
            event=event, statement_ids=[entry.id], kind="disputed", field=field, since=TODAY, case="异-1"
        )
    return entry


def built(entry: publication.Entry) -> tuple[dict[str, Any], bytes]:
    import json

    pdf = reports.issue(uscc=entry.uscc, audience="public", at=AT + timedelta(minutes=2), actor="test").pdf
    file = pdffile.read(pdf)
    report, proof = (
        json.loads(file.attachment(name, limit=10_000_000)) for name in ("report.json", "proof.json")
    )
    section = next(one for one in report["sections"] if any(e["id"] == entry.id for e in one["entries"]))
    raw = next(one for one in section["entries"] if one["id"] == entry.id)
    return raw | {"view": view.build(report, proof)}, pdf


def shown(entry: dict[str, Any], title: str) -> dict[str, Any]:
    return next(
        one
        for block in entry["view"]["blocks"]
        if block["kind"] == "section"
        for group in block["groups"]
        for one in group["entries"]
        if one["disputes"] and one["title"] == title
    )


def test_the_disputed_field_is_marked_and_nothing_is_left_out(city: Any) -> None:
    field = law.active().items["admin-penalty"].document_number[0]
    entry = disputed(field)
    raw, pdf = built(entry)
    name = law.active().items["admin-penalty"].by_code[field].name
    assert raw["disputes"] == [{"field": field, "label": name, "since": TODAY.isoformat()}]
    assert {one["code"]: one["value"] for one in raw["fields"]}[field] == entry.values[field]
    card = shown(raw, raw["title"])
    assert card["disputes"] == [f"自 2026年11月20日 起，{name}"]
    assert [mark["word"] for mark in card["marks"]] == ["有异议"]
    [marked] = [cell for row in card["rows"] for cell in row if cell["disputed"]]
    assert marked["label"] == name
    evidence.write_trust_bundle(at=AT + timedelta(minutes=3))
    import json

    assert reports.verify(pdf, json.loads(city.trust.read_text())).result == "valid"


def test_a_dispute_about_the_whole_entry_says_so(city: Any) -> None:
    raw, _pdf = built(disputed(""))
    card = shown(raw, raw["title"])
    assert card["disputes"] == ["自 2026年11月20日 起，整条"]
    assert not [cell for row in card["rows"] for cell in row if cell["disputed"]]


def test_a_report_of_an_earlier_release_that_knows_no_disputes_is_laid_out_as_before(city: Any) -> None:
    entry = disputed("")
    raw, _pdf = built(entry)
    for key in ("disputes", "view"):
        raw.pop(key)
    card = view._entry(raw | {"marks": ["已更正"]}, 1, TODAY.isoformat())  # type: ignore[arg-type]
    assert card["disputes"] == [] and card["marks"] == [{"word": "已更正", "settled": True}]
