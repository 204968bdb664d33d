"""The pages of objection and repair: three ways with their clocks, the earliest day with its working, the numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.faces.site import remedy_sheets
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.remedies import service as remedies

pytest_plugins = ("sitekit",)
TODAY = evidence.legal_day(AT)


def text(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return str(answer.content.decode())


def mark(entry: publication.Entry, kind: str = "disputed", field: str = "") -> None:
    act = evidence.Act(kind="test.marked", actor="test", at=AT + timedelta(minutes=1))
    with evidence.event(act) as event:
        records.mark(event=event, statement_ids=[entry.id], kind=kind, field=field, since=TODAY, case="异-1")


def test_an_entry_leads_to_its_own_pages_of_objection_and_repair(client: Any, seen: Any) -> None:
    page = text(client, f"/statement/{seen.penalty.id}/")
    assert f'href="/objection/{seen.penalty.id}/"' in page
    assert f'href="/repair/{seen.penalty.id}/"' in page
    licence = text(client, f"/statement/{seen.licence.id}/")
    assert f'href="/objection/{seen.licence.id}/"' in licence
    assert f"/repair/{seen.licence.id}/" not in licence


def test_objecting_shows_three_ways_and_what_happens_then_with_its_clocks(client: Any, seen: Any) -> None:
    page = text(client, f"/objection/{seen.penalty.id}/")
    assert page.count("<li><h2>") == 3
    assert "/desk/" in page and f'href="/objection/{seen.penalty.id}/sheet/"' in page
    item = law.active().items["admin-penalty"]
    assert seen.penalty.values[item.document_number[0]] in page
    kind = law.case_kind(pack=law.active(), code="objection", on=TODAY)
    for state in ("received", "with-source"):
        assert kind.states[state].name in page
        provision = law.case_clock(pack=law.active(), kind=kind, state=state, sector="", on=TODAY)
        due = law.due_shown(pack=law.active(), provision=provision, start=TODAY).due
        assert f'datetime="{due.isoformat()}"' in page
    for one in kind.states["refused"].remedies:
        assert one.zh in page


def test_without_an_adopted_period_no_last_day_is_invented(
    client: Any, seen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinheng.faces.site.views.rights.law.case_clock", lambda **_: "")
    page = text(client, f"/objection/{seen.penalty.id}/")
    assert "本地还没有采用任何期限的规定" in page
    assert 'class="clock-table"' in page


def test_the_sheet_for_the_counter_holds_the_entry_and_every_open_field(client: Any, seen: Any) -> None:
    page = text(client, f"/objection/{seen.penalty.id}/sheet/")
    item = law.active().items["admin-penalty"]
    for field in item.fields:
        if field.scope == "public" and seen.penalty.values.get(field.code):
            assert f"□ {field.name}" in page
    assert str(seen.penalty.id) in page


def test_repair_shows_the_earliest_day_with_its_working_the_conditions_and_the_right_window(
    client: Any, seen: Any
) -> None:
    found = remedies.checklist(statement=seen.penalty.id, on=TODAY, audience="public")
    assert found.possible and found.path is not None and found.items
    page = text(client, f"/repair/{seen.penalty.id}/")
    assert found.earliest is not None and f'datetime="{found.earliest.isoformat()}"' in page
    for line in (*found.working, *(one.text for one in found.items)):
        assert line.replace('"', "&quot;") in page
    windows = re.findall(r"<li><h3>([^<]+)</h3>", page)
    assert windows == [one.name for one in found.path.windows]
    assert f'href="/repair/{seen.penalty.id}/letter/"' in page
    letter = text(client, f"/repair/{seen.penalty.id}/letter/")
    for pledge in found.letter["pledges"]:
        assert pledge in letter


def test_what_is_not_repaired_by_application_says_so_and_whom_to_turn_to(client: Any) -> None:
    entries = publication.statements(audience="public", on=TODAY, item="judgment-defaulter", limit=1)
    if not entries:
        pytest.skip("nobody is on that list here")
    page = text(client, f"/repair/{entries[0].id}/")
    path = law.repair_path(pack=law.active(), item="judgment-defaulter", on=TODAY)
    assert path.why_not in page
    assert "可申请修复" not in page.split("<main", 1)[1]
    text(client, f"/repair/{entries[0].id}/letter/", 404)


def test_what_the_public_may_not_see_has_no_such_pages(client: Any, seen: Any) -> None:
    for one in (seen.withheld.id, 5, 10**30):
        for way in ("objection/{}/", "objection/{}/sheet/", "repair/{}/", "repair/{}/letter/"):
            text(client, "/" + way.format(one), 404)


def test_a_disputed_field_is_marked_itself_with_its_day(client: Any, seen: Any) -> None:
    field = law.active().items["admin-penalty"].document_number[0]
    name = law.active().items["admin-penalty"].by_code[field].name
    mark(seen.penalty, field=field)
    page = text(client, f"/statement/{seen.penalty.id}/")
    [row] = re.findall(r'<tr class="disputed">.*?</tr>', page, re.S)
    assert name in row and TODAY.isoformat() in row
    assert len(re.findall(r'class="mark-word disputed"', page)) == 2
    for address in (f"/org/{seen.penalty.uscc}/penalties/", f"/objection/{seen.penalty.id}/"):
        told = re.sub(r"<[^>]+>", "", text(client, address))
        assert f"有异议 · 自 {TODAY} 起 · {name}" in re.sub(r"\s+", " ", told), address
    english = re.sub(r"<[^>]+>", "", text(client, f"/en/statement/{seen.penalty.id}/"))
    assert f"since {TODAY}" in english


def test_a_dispute_about_the_whole_entry_marks_no_field(client: Any, seen: Any) -> None:
    mark(seen.penalty)
    page = text(client, f"/statement/{seen.penalty.id}/")
    assert "整条" in page and '<tr class="disputed">' not in page


def test_false_material_is_not_told_to_the_public(client: Any, seen: Any) -> None:
    mark(seen.penalty, kind="false-material")
    assert "虚假材料" not in text(client, f"/statement/{seen.penalty.id}/")
    told = client.get(f"/api/v1/statements/{seen.penalty.id}").json()
    assert told["marks"] == [] and told["disputes"] == []


def test_the_numbers_name_every_department_and_no_organisation(client: Any, seen: Any) -> None:
    page = text(client, "/remedies/")
    figures = remedies.figures(first=TODAY - timedelta(days=200), last=TODAY)
    assert figures.height > 1
    for sheet in remedy_sheets.sheets(TODAY):
        assert f'id="{sheet.code}"' in page
        for row in sheet.rows:
            assert row.label in page
    assert seen.penalty.uscc not in page


@pytest.mark.parametrize("code", remedy_sheets.CODES)
def test_page_and_file_tell_the_same_numbers(client: Any, code: str) -> None:
    answer = client.get(f"/remedies/{code}.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    sheet = remedy_sheets.sheet(code, on=TODAY)
    assert sheet is not None
    assert len(rows) == len(sheet.rows) + 1
    assert rows[0][1:] == [sheet.head, *(label for _, label in sheet.columns)]
    assert client.get("/remedies/nothing.csv").status_code == 404


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("objection/{}/", 8), ("objection/{}/sheet/", 8), ("repair/{}/", 20), ("repair/{}/letter/", 20)],
)
def test_the_pages_ask_little_of_the_database(
    client: Any, seen: Any, at_most: Callable[[int], Any], address: str, allowed: int
) -> None:
    where = "/" + address.format(seen.penalty.id)
    text(client, where)
    with at_most(allowed):
        text(client, where)


def test_the_numbers_are_counted_once_for_each_entry_of_the_ledger(
    client: Any, seen: Any, at_most: Callable[[int], Any]
) -> None:
    text(client, "/remedies/")
    with at_most(3):
        text(client, "/remedies/")
