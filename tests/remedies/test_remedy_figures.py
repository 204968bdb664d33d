"""The public numbers, the story of the demonstration, and that the room's own rows cannot be changed unseen."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from flipped import ledger_finds
from moments import AT
from remedytown import ALL, OFFICE, at, desk, grant, open_objection, open_repair, ripe
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.remedies import service as remedies
from xinheng.remedies.figures import departments

TODAY = "2026-11-20"
PERIOD = {"first": date(2026, 11, 1), "last": date(2026, 12, 31)}


def test_objections_and_repairs_are_counted_where_they_were_handled(city: Any) -> None:
    found = ripe(TODAY)
    body = next(one.authority for one in found if sum(one.authority == two.authority for two in found) >= 3)
    one, two, three = [entry for entry in found if entry.authority == body][:3]
    for entry in (one, two):
        done = open_objection(entry.id, TODAY)
        cases.act(number=done.case.number, act="forward", actor=OFFICE, at=at(TODAY))
    repair = open_repair(three.id, TODAY)
    cases.act(number=repair.case.number, act="accept", actor=desk(body), at=at(TODAY))
    numbers = {line.statement: line.number for line in cases.due(reader=ALL, on=date(2026, 11, 20))[0]}
    cases.act(
        number=numbers[one.id], act="uphold-annul", actor=desk(body), at=at("2026-11-24"), reason="撤销"
    )
    grant(repair.case.number, body, "2026-11-27")
    cases.sweep(at=at("2026-12-03"))
    cases.act(number=numbers[two.id], act="refuse", actor=desk(body), at=at("2026-12-04"), reason="一致",
              detail={"ground": "content-correct"})  # fmt: skip
    told = {row["body"]: row for row in remedies.figures(**PERIOD).to_dicts()}
    mine = told[body]
    assert (mine["objections"], mine["upheld"], mine["refused"], mine["upheld_share"]) == (2, 1, 1, 50.0)
    assert (mine["mean_days"], mine["worst_days"]) == (9.0, 14)
    assert (mine["repairs"], mine["repaired"], mine["repair_mean_days"]) == (1, 1, 7.0)
    assert (mine["in_time"], mine["late"], mine["in_time_share"]) == (2, 1, 66.7)
    assert (mine["open"], mine["overdue"]) == (0, 0)
    months = {row["month"]: row for row in remedies.monthly(**PERIOD).to_dicts()}
    assert list(months) == ["2026-11", "2026-12"]
    assert (months["2026-11"]["objections"], months["2026-11"]["upheld"], months["2026-12"]["refused"]) == (
        2,
        1,
        1,
    )


def test_a_department_with_nothing_stands_there_with_zero(empty_home: Any) -> None:
    told = remedies.figures(**PERIOD)
    assert set(departments()) <= set(told["body"].to_list())
    assert told.select("objections", "repairs", "open").sum().row(0) == (0, 0, 0)
    assert told["upheld_share"].null_count() == told.height
    assert told["body"].to_list()[-1] == ""


def test_the_story_of_the_demonstration_has_every_stage_and_is_played_once(city: Any) -> None:
    play = remedies.DemoPlay(ends=date(2026, 11, 20))
    play.until(date(2026, 11, 20), AT)
    assert play.refused == []
    assert play.organisation
    states = {name: cases.case(number=number, reader=ALL).state for name, number in play.cases.items()}
    assert states == {
        "revoked": "revoked", "silent": "with-source", "refused": "refused", "corrected": "upheld-corrected",
        "repaired": "repaired", "annulled": "upheld-annulled", "not-repaired": "refused",
        "reorganised": "suppressed-temporarily", "one-day": "accepted", "supplement": "supplementing",
        "with-source": "with-source", "disputed": "received", "received": "received",
    }  # fmt: skip
    opened = evidence.size()
    play.until(date(2026, 11, 20), AT)
    assert evidence.size() == opened
    assert not law.case_kind(pack=law.active(), code="repair", on=date(2026, 11, 20)).states["accepted"].final


def test_a_changed_value_in_any_column_of_the_rooms_rows_is_found(city: Any) -> None:
    remedies.demo_cases(at=AT)
    cases.sweep(at=at("2026-12-10"))
    evidence.drain(at=at("2026-12-10"))
    assert evidence.verify().findings == []
    tables = (
        "remedies_repairnotice",
        "remedies_service",
        "remedies_message",
        "oversight_silent",
        "oversight_order",
    )
    missed = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id LIMIT 1")
            columns = [column[0] for column in cursor.description]
            row = dict(zip(columns, cursor.fetchone(), strict=True))
            for column in columns:
                old = row[column]
                new = _other(old, column)
                key = new if column == "id" else row["id"]
                cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = %s', [new, row["id"]])
                if not ledger_finds(table.split("_")[0]):
                    missed.append((table, column))
                cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = %s', [old, key])
    assert missed == []
    assert evidence.verify().findings == []


def _other(old: Any, column: str) -> Any:
    """Another value that the column can hold."""
    if isinstance(old, int):
        return old + (1 << 10)
    if column.endswith("_on"):
        return date(2001, 1, 1)
    return f"{old[:-1]}{'x' if old[-1:] != 'x' else 'y'}"
