"""Marks stand beside a statement on both axes, follow from the ledger alone, and are verified column by column."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.records import marking
from xinheng.records import service as records
from xinheng.records.writing import STANDING, standing_frame

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


def act(kind: str = "test.act", days: int = 0) -> evidence.Act:
    return evidence.Act(kind=kind, actor="test", at=LATER + timedelta(days=days))


def some_ids(count: int = 6) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_id FROM records_standing WHERE closed_by IS NULL AND state = 'held'"
            " ORDER BY statement_id LIMIT %s",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def stored() -> dict[int, marking.Row]:
    return {row[0]: row for row in marking._rows(f"SELECT {', '.join(marking.COLUMNS)} FROM {marking.TABLE}")}


def put(ids: list[int], *, kind: str = "disputed", field: str = "", case: str = "异-1", days: int = 0) -> int:
    with evidence.event(act(days=days)) as event:
        return records.mark(
            event=event,
            statement_ids=ids,
            kind=kind,
            field=field,
            since=TODAY + timedelta(days=days),
            case=case,
        )


def take(ids: list[int], *, kind: str = "disputed", case: str = "异-1", days: int = 0) -> int:
    with evidence.event(act(days=days)) as event:
        return records.unmark(
            event=event, statement_ids=ids, kind=kind, case=case, until=TODAY + timedelta(days=days)
        )


def test_a_mark_is_read_from_its_day_until_the_day_it_ends(city: Any) -> None:
    [one, other] = some_ids(2)
    assert put([one], field="fine") == 1
    assert take([one], days=9) == 1
    expected = {one: (records.Mark("disputed", "fine", TODAY, "异-1"),)}
    for shift, found in ((-1, {}), (0, expected), (8, expected), (9, {}), (30, {})):
        assert records.marks([one, other], on=TODAY + timedelta(days=shift)) == found


def test_what_was_known_before_a_mark_ended_stays_known(city: Any) -> None:
    [one] = some_ids(1)
    before = evidence.size()
    put([one])
    between = evidence.size()
    take([one], days=3)
    late = TODAY + timedelta(days=30)
    assert records.marks([one], on=late, known_at=before) == {}
    assert set(records.marks([one], on=late, known_at=between)) == {one}
    assert records.marks([one], on=late, known_at=evidence.size()) == {}


def test_marking_twice_is_once_and_ending_what_is_not_there_is_nothing(city: Any) -> None:
    ids = some_ids(3)
    assert put(ids) == 3
    assert put(ids) == 0
    assert put(ids, field="fine") == 3
    assert take(ids, case="another case") == 0
    assert take(ids) == 6
    assert take(ids) == 0
    assert evidence.verify().ok


def test_two_cases_mark_the_same_entry_and_end_apart(city: Any) -> None:
    [one] = some_ids(1)
    put([one], case="异-1")
    put([one], case="异-2", field="fine")
    take([one], case="异-1", days=1)
    assert [mark.case for mark in records.marks([one], on=TODAY + timedelta(days=1))[one]] == ["异-2"]


def test_versions_of_one_decision_lose_a_mark_together(city: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id FROM records_statement a JOIN records_statement b"
            " ON a.uscc = b.uscc AND a.key = b.key AND a.id < b.id AND a.uscc <> '' ORDER BY a.id LIMIT 1"
        )
        old, new = cursor.fetchone()
    put([old])
    assert set(records.marks([old, new], on=TODAY)) == {old}
    take([new])
    assert records.marks([old, new], on=TODAY) == {}
    assert records.standing_versions([old]) == {old: new}


@pytest.mark.parametrize("column", marking.COLUMNS)
def test_a_changed_value_is_found_in(column: str, city: Any) -> None:
    ids = some_ids(4)
    put(ids, field="fine")
    take(ids[:2], days=2)
    assert evidence.verify().findings == []
    changed: dict[str, Any] = {
        "id": 12345, "statement_id": 7, "kind": "disputee", "field": "", "since": "2026-11-21",
        "until": "2026-11-23", "matter": "异-2", "closed_by": 1,
    }  # fmt: skip
    for row_id in sorted(stored())[:5]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM records_mark WHERE id = %s", [row_id])
            old = cursor.fetchone()[0]
            cursor.execute(f"UPDATE records_mark SET {column} = %s WHERE id = %s", [changed[column], row_id])
            assert not evidence.verify().ok
            at = changed["id"] if column == "id" else row_id
            cursor.execute(f"UPDATE records_mark SET {column} = %s WHERE id = %s", [old, at])
    assert evidence.verify().findings == []


def test_a_mark_gone_or_added_without_an_entry_is_found(city: Any) -> None:
    put(some_ids(2))
    [first, second] = sorted(stored())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_mark WHERE id = %s", [second])
        assert [one.code for one in evidence.verify().findings] == ["mark"]
        cursor.execute(
            "INSERT INTO records_mark SELECT %s, statement_id, kind, field, since, until, matter, closed_by"
            " FROM records_mark WHERE id = %s",
            [second, first],
        )
    assert not evidence.verify().ok


steps = st.lists(
    st.tuples(
        st.booleans(),
        st.lists(st.integers(0, 4), min_size=1, max_size=4, unique=True),
        st.sampled_from(["", "fine", "content"]),
        st.sampled_from(["disputed", "false-material"]),
        st.sampled_from(["异-1", "异-2"]),
    ),
    max_size=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_marks_are_rebuilt_to_equality_from_the_ledger(
    city: Any, taken: list[tuple[bool, list[int], str, str, str]]
) -> None:
    ids = some_ids(5)
    for sets, places, field, kind, case in taken:
        chosen = [ids[place] for place in places]
        if sets:
            put(chosen, field=field, kind=kind, case=case)
        else:
            take(chosen, kind=kind, case=case)
    assert marking.rebuilt(evidence.events()) == stored()


def test_marks_and_standing_share_an_event(city: Any) -> None:
    ids = some_ids(3)
    with evidence.event(act()) as event:
        records.mark(event=event, statement_ids=ids, kind="suppressed", since=TODAY, case="修-1")
        records.restand(event=event, statement_ids=ids, state="suppressed")
        records.mark(event=event, statement_ids=ids[:1], kind="disputed", since=date(2026, 1, 1), case="异-1")
    assert evidence.verify().ok
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=ids[:2], state="repaired")
        records.unmark(event=event, statement_ids=ids, kind="suppressed", case="修-1", until=TODAY)
    assert evidence.verify().ok
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(STANDING)} FROM records_standing ORDER BY id")
        table = standing_frame(cursor.fetchall())
    assert {"repaired", "suppressed"} <= set(table["state"].to_list())
    assert records.rebuild_standing().equals(table)
