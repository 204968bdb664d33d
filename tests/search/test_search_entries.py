"""The lists by department, kind and month hold what the gate shows, in order, without counting."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.faces.listing import listed
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.search import service as search

ON = date(2026, 11, 20)
PUBLICITY = ("admin-licence", "admin-penalty")


def everything(items: tuple[str, ...]) -> list[publication.Entry]:
    """All the public may see of these items, straight through the gate."""
    found: list[publication.Entry] = []
    for item in items:
        after = None
        while page := publication.statements(audience="public", on=ON, item=item, after=after, limit=500):
            found += page
            after = page[-1].id
    return found


def walked(**narrow: Any) -> list[publication.Entry]:
    found: list[publication.Entry] = []
    after = None
    while True:
        page = listed(on=ON, after=after, limit=17, **narrow)
        found += page.entries
        after = page.next
        if after is None:
            return found


def kinds_of(entry: publication.Entry) -> set[str]:
    item = law.active().items[entry.item]
    field = item.by_code[item.card.kind]
    cell = entry.values[field.code]
    return set(cell.split(field.separator)) if field.multi else {cell}


def test_a_list_holds_exactly_what_the_gate_shows_newest_decision_first(city: Any) -> None:
    for items in (PUBLICITY, PUBLICITY[:1], PUBLICITY[1:]):
        found, expected = walked(items=items), everything(items)
        assert {entry.id for entry in found} == {entry.id for entry in expected}
        assert len(found) == len(expected) > 40
        days = [entry.decided_on for entry in found]
        assert days == sorted(days, reverse=True)


def test_a_filter_leaves_exactly_the_entries_it_names(city: Any) -> None:
    expected = everything(("admin-penalty",))
    filters = search.entry_filters(items=["admin-penalty"])
    assert set(filters.authorities) >= {entry.authority for entry in expected}
    assert set(filters.kinds) >= {kind for entry in expected for kind in kinds_of(entry)}
    assert filters.months == tuple(sorted(filters.months, reverse=True))
    for authority in (None, expected[0].authority):
        for kind in (None, "罚款", "警告"):
            for month in (None, *filters.months[:3]):
                wanted = {
                    entry.id
                    for entry in expected
                    if authority in (None, entry.authority)
                    and (kind is None or kind in kinds_of(entry))
                    and (month is None or str(entry.decided_on).startswith(month))
                }
                found = walked(items=["admin-penalty"], authority=authority, kind=kind, month=month)
                assert [entry.id for entry in found] == list(dict.fromkeys(entry.id for entry in found))
                assert {entry.id for entry in found} == wanted


def test_no_list_counts(city: Any) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        listed(items=PUBLICITY, on=ON)
        search.entry_filters(items=PUBLICITY)
    assert queries.captured_queries
    assert not [query["sql"] for query in queries.captured_queries if "COUNT(" in query["sql"].upper()]


def test_an_erased_statement_leaves_the_lists_at_once(city: Any) -> None:
    entry = listed(items=["admin-penalty"], on=ON).entries[0]
    act = evidence.Act(
        kind="records.erased", actor="tests", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[entry.id], act=act)
    assert entry.id not in search.entries(items=["admin-penalty"], on=ON, limit=500).ids


def test_what_is_withdrawn_while_the_index_sleeps_is_not_listed(city: Any) -> None:
    entry = listed(items=["admin-penalty"], on=ON).entries[0]
    with evidence.event(evidence.Act(kind="records.annulled", actor="tests", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="annulled")
    assert entry.id in search.entries(items=["admin-penalty"], on=ON, limit=500).ids
    assert entry.id not in {one.id for one in walked(items=["admin-penalty"])}
    evidence.drain(at=AT + timedelta(minutes=1))
    assert entry.id not in search.entries(items=["admin-penalty"], on=ON, limit=500).ids


def test_lists_made_anew_are_the_same(city: Any) -> None:
    before = search.entries(items=PUBLICITY, on=ON, limit=2_000)
    search.rebuild()
    assert search.entries(items=PUBLICITY, on=ON, limit=2_000) == before
    assert list(search.findings()) == []


@pytest.mark.parametrize(
    "after", ["x", "2026-11-01", "2026-13-01.4", "2026-11-01.-1", f"2026-11-01.{1 << 63}"]
)
def test_a_page_mark_that_was_not_given_is_refused(after: str, empty_home: Any) -> None:
    with pytest.raises(search.NoSuchPage):
        search.entries(items=["admin-penalty"], on=ON, after=after)
