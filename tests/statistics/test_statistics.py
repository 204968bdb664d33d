"""The numbers are those of the gate, follow what ends or is withdrawn, and cost a request nothing that grows."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.statistics import service as statistics
from xinheng.statistics.policy_due import REST, Taken, is_due

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


def everything(on: date = TODAY) -> list[publication.Entry]:
    """All that the public may see, read through the gate page by page."""
    found: list[publication.Entry] = []
    while True:
        page = publication.statements(
            audience="public", on=on, limit=500, after=found[-1].id if found else None
        )
        found += page
        if len(page) < 500:
            return found


def test_every_number_is_what_the_gate_shows_one_by_one(city: Any) -> None:
    assert statistics.refresh(at=AT)
    entries = everything()
    assert len(entries) > 500
    assert dict(statistics.series(by=("item",))) == Counter(entry.item for entry in entries)
    by_month = Counter((entry.item, f"{entry.decided_on:%Y-%m}") for entry in entries)
    assert {row[:2]: row[2] for row in statistics.series(by=("item", "month"))} == by_month
    by_body = Counter(entry.authority for entry in entries if entry.item == "admin-penalty")
    assert dict(statistics.by_department(items=["admin-penalty"])) == by_body
    by_class = Counter(
        (register.kind_of(entry.uscc), entry.severity) for entry in entries if entry.item == "admin-penalty"
    )
    found = statistics.series(by=("kind", "severity"), items=["admin-penalty"])
    assert {row[:2]: row[2] for row in found} == by_class
    assert "minor" not in {severity for _, severity, _ in found}


def test_the_county_is_that_of_the_register_else_of_the_code(city: Any) -> None:
    statistics.refresh(at=AT)
    counties = law.active().counties
    known = register.get({entry.uscc for entry in everything()})

    def county(code: str) -> str:
        place = known[code].region if code in known else code[2:8]
        return place[:6] if place[:6] in counties else ""

    expected = Counter(county(entry.uscc) for entry in everything() if entry.item == "admin-licence")
    assert dict(statistics.by_region(items=["admin-licence"])) == expected
    assert set(expected) & set(counties)


def test_registered_organisations_are_counted_once_each_by_kind_and_state(city: Any) -> None:
    statistics.refresh(at=AT)
    codes: list[str] = []
    while page := register.codes_after(codes[-1] if codes else "", limit=500):
        codes += page
    all_of_them = register.get(codes)
    expected = Counter((register.kind_of(code), one.active) for code, one in all_of_them.items())
    found = {(kind, bool(active)): n for kind, active, n in statistics.organisations(by=("kind", "active"))}
    assert found == expected
    assert statistics.summary(on=TODAY).organisations == len(all_of_them)


def test_a_withdrawn_entry_leaves_the_numbers_at_the_next_refresh(city: Any) -> None:
    statistics.refresh(at=AT)
    before = dict(statistics.series(by=("item",)))["admin-penalty"]
    gone = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=3)
    with evidence.event(evidence.Act(kind="test.annulled", actor="test", at=LATER)) as event:
        records.restand(event=event, statement_ids=[entry.id for entry in gone], state="annulled")
    assert statistics.refresh(at=LATER)
    assert dict(statistics.series(by=("item",)))["admin-penalty"] == before - 3
    assert evidence.verify().ok


def test_an_ended_entry_leaves_the_numbers_with_the_day(city: Any) -> None:
    last = max(
        entry.show_until for entry in everything() if entry.item == "admin-penalty" and entry.show_until
    )
    then = AT + (last - TODAY) + timedelta(days=1)
    assert statistics.refresh(at=AT)
    assert statistics.refresh(at=then), "a new day is counted though nothing was written"
    moment = statistics.as_of()
    assert moment is not None
    assert (moment.day, moment.cut_off) == (last + timedelta(days=1), last)
    assert "admin-penalty" not in dict(statistics.series(by=("item",)))
    assert dict(statistics.series(by=("item",))) == Counter(
        entry.item for entry in everything(last + timedelta(days=1))
    )


def test_what_arrives_today_is_counted_tomorrow(city: Any) -> None:
    """The cut-off is the end of yesterday; a home whose ledger began today counts what it knows."""
    statistics.refresh(at=AT)
    moment = statistics.as_of()
    assert moment is not None
    assert moment.cut_off == TODAY
    tomorrow = AT + timedelta(days=1)
    held = evidence.position_on(TODAY)
    with evidence.event(evidence.Act(kind="test.noted", actor="test", at=tomorrow)):
        pass
    statistics.refresh(at=tomorrow)
    moment = statistics.as_of()
    assert moment is not None
    assert (moment.cut_off, moment.known_at) == (TODAY, held)
    assert held < evidence.size()


def test_nothing_new_is_not_counted_again(city: Any) -> None:
    assert statistics.refresh(at=AT)
    assert not statistics.refresh(at=LATER)
    assert not statistics.refresh(at=LATER, force=True)


@given(
    moved=st.booleans(), days=st.integers(0, 2), seconds=st.integers(-7200, 7200), took=st.integers(0, 120_000),
    hurry=st.booleans(),
)  # fmt: skip
def test_counting_waits_for_its_own_cost_but_never_for_a_new_day(
    moved: bool, days: int, seconds: int, took: int, hurry: bool
) -> None:
    taken = Taken(TODAY, 100, AT, took)
    at = AT + timedelta(seconds=seconds)
    due = is_due(
        taken=taken, on=TODAY + timedelta(days=days), position=101 if moved else 100, at=at, hurry=hurry
    )
    if days:
        assert due
    elif not moved:
        assert not due
    else:
        rested = at < AT or at - AT >= max(REST, timedelta(milliseconds=30 * took))
        assert due == (hurry or rested)


def test_a_home_without_a_count_says_so_and_has_no_numbers(empty_home: Any) -> None:
    summary = statistics.summary(on=TODAY)
    assert summary.as_of is None
    assert (summary.organisations, summary.entries) == (0, {})


def test_an_empty_home_is_counted_to_nothing(empty_home: Any) -> None:
    assert statistics.refresh(at=AT)
    summary = statistics.summary(on=TODAY)
    assert summary.as_of is not None
    assert (summary.organisations, summary.entries, summary.authorities) == (0, {}, 0)
    assert evidence.verify().ok


def test_axes_that_are_not_kept_together_are_refused(city: Any) -> None:
    with pytest.raises(statistics.NoSuchCube):
        statistics.series(by=("authority", "region"))
    with pytest.raises(statistics.NoSuchCube):
        statistics.organisations(by=("name",))


def test_reading_touches_only_the_kept_tables(city: Any) -> None:
    statistics.refresh(at=AT)
    with CaptureQueriesContext(connection) as captured:
        statistics.summary(on=TODAY)
        statistics.by_month(items=["admin-licence"])
        statistics.organisations(by=("kind",))
        statistics.deliveries()
    for query in captured.captured_queries:
        assert "records_" not in query["sql"]
        assert "register_" not in query["sql"]
        assert "intake_" not in query["sql"]


def test_the_last_delivery_of_each_source_and_item_follows_the_ledger(city: Any) -> None:
    found = {(one.source, one.item): one for one in statistics.deliveries()}
    newest: dict[tuple[str, str], intake.BatchSummary] = {}
    for batch in intake.batches(limit=5_000):
        newest.setdefault((batch.source, batch.item), batch)
    assert {key: one.batch for key, one in found.items()} == {key: b.number for key, b in newest.items()}
    some = next(iter(newest.values()))
    mine = found[some.source, some.item]
    assert mine.taken == some.counts["accepted"] + some.counts["updated"]
    assert mine.rows == some.rows


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("statistics_cell", "n = n + 1 WHERE id = 1"),
        ("statistics_cell", "month = '1999-01' WHERE id = 1"),
        ("statistics_body", "founded = '1888' WHERE id = 1"),
        ("statistics_refresh", "known_at = known_at - 1"),
        ("statistics_refresh", "cut_off = '2026-11-18'"),
        ("statistics_delivery", "taken = taken + 1"),
    ],
)
def test_a_changed_number_is_found_by_verification(city: Any, table: str, change: str) -> None:
    statistics.refresh(at=AT)
    assert evidence.verify().ok
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")
    assert not evidence.verify().ok
