"""The gate has a set form and an explaining form; they always agree, and neither hints at what it withholds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.publication.errors import UnknownAudience
from xinheng.publication.policy_visibility import AUDIENCES, Facts, decide
from xinheng.records import service as records

TODAY = evidence.legal_day(AT)
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def every_id() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM records_statement ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def seen(audience: str, on: date) -> set[int]:
    found: set[int] = set()
    after = None
    while page := publication.statements(audience=audience, on=on, after=after, limit=200):
        found |= {entry.id for entry in page}
        after = page[-1].id
    return found


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("shift", [-400, -90, 0, 1, 200, 365, 1100])
def test_set_form_and_explaining_form_agree(city: Any, audience: str, shift: int) -> None:
    on = TODAY + timedelta(days=shift)
    explained = {
        answer.id
        for answer in publication.explain(ids=every_id(), audience=audience, on=on)
        if answer.visible
    }
    assert seen(audience, on) == explained


def test_penalties_stop_by_themselves_the_day_after_their_last_day(city: Any) -> None:
    ending = [
        entry
        for entry in publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
        if entry.show_until is not None
    ]
    assert ending
    for entry in ending[:20]:
        assert entry.show_until is not None
        assert publication.statement(id=entry.id, audience="public", on=entry.show_until)
        assert (
            publication.statement(id=entry.id, audience="public", on=entry.show_until + timedelta(days=1))
            is None
        )


def test_minor_and_undetermined_penalties_are_kept_but_not_public(city: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_id, severity FROM records_standing"
            " WHERE closed_by IS NULL AND state = 'held' AND severity IN ('minor', 'undetermined')"
        )
        held = cursor.fetchall()
    assert {severity for _, severity in held} == {"minor", "undetermined"}
    public = seen("public", TODAY)
    own = seen("self", TODAY)
    assert not {row[0] for row in held} & public
    assert {row[0] for row in held} <= own


def test_the_public_never_receives_a_field_that_is_not_public(city: Any) -> None:
    from xinheng.law import service as law

    for entry in publication.statements(audience="public", on=TODAY, limit=200):
        item = law.active().items[entry.item]
        open_fields = {field.code for field in item.fields if field.scope == "public"}
        assert set(entry.values) <= open_fields


def test_an_as_of_answer_shows_only_what_was_known_then(city: Any) -> None:
    before = evidence.position_on(TODAY - timedelta(days=1))
    assert publication.statements(audience="public", on=TODAY, known_at=before) == []
    now = publication.statements(audience="public", on=TODAY, known_at=evidence.size(), limit=500)
    assert [entry.id for entry in now] == [
        entry.id for entry in publication.statements(audience="public", on=TODAY, limit=500)
    ]


def test_an_as_of_answer_never_shows_what_today_withholds(city: Any) -> None:
    entry = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=1)[0]
    known = evidence.size()
    act = evidence.Act(kind="test.annulled", actor="test", at=AT + timedelta(minutes=1))
    with evidence.event(act) as event:
        records.restand(event=event, statement_ids=[entry.id], state="annulled")
    answer = publication.statements(audience="public", on=TODAY, known_at=known, uscc=entry.uscc, limit=500)
    assert entry.id not in {other.id for other in answer}


def test_an_unknown_audience_is_refused(city: Any) -> None:
    with pytest.raises(UnknownAudience):
        publication.statements(audience="bank", on=TODAY)


@given(
    state=st.sampled_from(["held", "superseded", "annulled", "erased"]),
    severity=st.sampled_from(["", "minor", "ordinary", "serious", "undetermined"]),
    show_from=st.none() | DAYS,
    length=st.none() | st.integers(0, 2_000),
    on=DAYS,
)
def test_the_public_sees_a_statement_only_inside_its_window(
    state: str, severity: str, show_from: date | None, length: int | None, on: date
) -> None:
    until = show_from + timedelta(days=length) if show_from and length is not None else None
    answer = decide(facts=Facts(state, severity, show_from, until), audience="public", on=on)
    inside = show_from is not None and show_from <= on and (until is None or on <= until)
    assert answer.visible == (state == "held" and inside)
    assert answer.reasons
    assert answer.parts == (("public",) if answer.visible else ())
