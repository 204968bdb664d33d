"""Indices of places and sectors over time: a month is closed once and kept, the running one follows the facts."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.evaluation import indices
from xinheng.evaluation.indices_errors import UnknownIndex
from xinheng.evaluation.indices_keeping import FIGURES, REFRESH, RUNNING
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.publication import service as publication
from xinheng.records import service as records

LATER = datetime(2026, 12, 2, 2, tzinfo=UTC)


def _asked(sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def _told(**wanted: Any) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {(one.area, one.part): (one.n, one.base, one.micro) for one in indices.indices(**wanted)}


def _counted_and_public(on: date) -> int:
    """A penalty that the running month counts and the public sees."""
    rows = indices.rows_behind(part="penalties", by="place", area="", month="2026-11", at=AT, limit=200)
    return min(publication.by_ids(ids=[one.statement for one in rows], audience="public", on=on))


def test_the_running_month_is_counted_and_counting_again_changes_nothing(city: Any) -> None:
    assert indices.moment() is None
    first = indices.sweep(at=AT)
    assert first["closed"] == [], "no month ended since this ledger began"
    assert first["values"] > 0
    before = evidence.size()
    assert indices.sweep(at=AT) == first
    assert evidence.size() == before, "counting the running month is no event"
    values = indices.indices(by="place")
    assert {one.month for one in values} == {"2026-11"}
    assert all(one.running for one in values)
    moment = indices.moment()
    assert moment is not None
    assert (moment.day, moment.month) == (date(2026, 11, 20), "2026-11")


def test_individual_businesses_are_in_no_base(city: Any) -> None:
    indices.sweep(at=AT)
    base = _told(by="place")["", ""][1]
    active = _asked(
        "SELECT COUNT(*) FROM register_entry WHERE closed_by IS NULL AND status IN ('存续', '在业', '开业', '')"
    )[0][0]
    alone = _asked("SELECT COUNT(*) FROM register_entry WHERE closed_by IS NULL AND code LIKE '92%%'")[0][0]
    assert alone > 0
    assert 0 < base <= active
    assert base <= facts.open_facts(at=AT).organisations


def test_a_month_is_closed_once_as_it_was_known_at_its_end(city: Any) -> None:
    indices.sweep(at=AT)
    running = {by: _told(by=by) for by in indices.AXES}
    shown = _counted_and_public(date(2026, 12, 1))
    act = evidence.Act(kind="test.marked", actor="test", at=LATER - timedelta(days=1))
    with evidence.event(act) as event:
        records.mark(
            event=event,
            statement_ids=[shown],
            kind="disputed",
            field="",
            since=date(2026, 12, 1),
            case="异-9",
        )
    told = indices.sweep(at=LATER)
    assert told["closed"] == ["2026-11"]
    closed = {by: _told(by=by, last="2026-11") for by in indices.AXES}
    assert closed.keys() == running.keys()
    counted = {key: value[0] for key, value in closed["place"].items() if key[1] == "penalties"}
    assert counted == {key: value[0] for key, value in running["place"].items() if key[1] == "penalties"}
    december = _told(by="place", first="2026-12")["", "penalties"][0]
    assert december < counted["", "penalties"], "since December it is under objection and does not count"
    assert indices.sweep(at=LATER + timedelta(days=1))["closed"] == []
    events = list(evidence.events(kinds=(indices.KIND,)))
    assert len(events) == 1
    assert events[0].body["detail"]["position"] == evidence.position_on(date(2026, 11, 30))
    assert evidence.verify().findings == []


def test_a_flipped_bit_is_found_in_every_column_of_the_values(city: Any) -> None:
    indices.sweep(at=AT)
    indices.sweep(at=LATER)
    assert evidence.verify().ok
    chance = random.Random(7)
    for table in (FIGURES, RUNNING, REFRESH):
        columns = [
            field.column
            for model in (indices.IndexFigure, indices.IndexRunning, indices.IndexRefresh)
            if model._meta.db_table == table
            for field in model._meta.concrete_fields
        ]
        rows = _asked(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
        assert rows
        for place, column in enumerate(columns):
            row = rows[-1] if column == "id" else chance.choice(rows)
            _asked(f"UPDATE {table} SET {column} = %s WHERE id = %s", [_flipped(row[place]), row[0]])
            assert not evidence.verify().ok, (table, column)
            key = _flipped(row[0]) if column == "id" else row[0]
            _asked(f"UPDATE {table} SET {column} = %s WHERE id = %s", [row[place], key])
    assert evidence.verify().ok


def _flipped(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1 if value in (0, 1) else value + 1
    if isinstance(value, date):
        return value + timedelta(days=1)
    text = str(value)
    return (
        f"{date.fromisoformat(text) + timedelta(days=1)}"
        if text.count("-") == 2
        else f"x{text}"[: len(text) or 1]
    )


def test_what_is_withdrawn_leaves_the_public_numbers_at_the_next_count(city: Any) -> None:
    indices.sweep(at=AT)
    before = _told(by="place", public=True)["", "penalties"][0]
    shown = _counted_and_public(date(2026, 11, 20))
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[shown], act=act)
    indices.sweep(at=AT)
    assert _told(by="place", public=True)["", "penalties"][0] == before - 1


def test_public_values_have_no_index_and_only_public_parts(city: Any) -> None:
    indices.sweep(at=AT)
    plan = indices.plan()
    assert plan is not None
    for by in indices.AXES:
        parts = {one.part for one in indices.indices(by=by, public=True)}
        assert parts <= {part.code for part in plan.parts if part.public}
    assert "" in {one.part for one in indices.indices(by="place")}


def test_the_rows_behind_the_running_month_are_as_many_as_it_counts(city: Any) -> None:
    indices.sweep(at=AT)
    n = _told(by="place")["", "penalties"][0]
    found: list[indices.Behind] = []
    while True:
        after = found[-1].statement if found else 0
        part = indices.rows_behind(
            part="penalties", by="place", area="", month="2026-11", at=AT, after=after, limit=20
        )
        found += part
        if len(part) < 20:
            break
    assert len({one.statement for one in found}) == len(found) == n
    assert not [one for one in found if one.uscc.startswith("92")]


@pytest.mark.parametrize(
    "wanted",
    [
        {"part": "none", "by": "place", "month": "2026-11"},
        {"part": "penalties", "by": "street", "month": "2026-11"},
        {"part": "penalties", "by": "place", "month": "2026-13"},
    ],
)
def test_what_there_is_not_is_refused(city: Any, wanted: dict[str, str]) -> None:
    with pytest.raises(UnknownIndex):
        indices.rows_behind(**wanted, area="", at=AT)
    with pytest.raises(UnknownIndex):
        indices.indices(by="street")


def test_a_home_without_organisations_closes_nothing(empty_home: Any) -> None:
    assert indices.sweep(at=LATER) == {"closed": [], "values": 0}
    assert indices.moment() is None
