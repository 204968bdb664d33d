"""Repaired, suppressed, disputed: the gate's set form and its explaining form agree, and a dispute hides nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.publication.policy_visibility import AUDIENCES, STATES, TOLD, Facts, decide, marks_told
from xinheng.records import service as records

TODAY = evidence.legal_day(AT)
STATE = ("held", "superseded", "annulled", "repaired", "suppressed")
KINDS = ("disputed", "false-material", "suppressed", "corrected")
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def every_id() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM records_statement ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def seen(audience: str, on: date) -> dict[int, publication.Entry]:
    found: dict[int, publication.Entry] = {}
    after = None
    while page := publication.statements(audience=audience, on=on, after=after, limit=500):
        found |= {entry.id: entry for entry in page}
        after = page[-1].id
    return found


def act(at: Any = AT) -> evidence.Act:
    return evidence.Act(kind="test.act", actor="test", at=at + timedelta(minutes=1))


def penalty() -> publication.Entry:
    return publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=1)[0]


def stand(ids: list[int], state: str) -> None:
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=ids, state=state)


def put(id_: int, kind: str = "disputed", field: str = "", since: date = TODAY, case: str = "异-1") -> None:
    with evidence.event(act()) as event:
        records.mark(event=event, statement_ids=[id_], kind=kind, field=field, since=since, case=case)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(STATE), st.sampled_from([*KINDS, ""]), st.integers(0, 40), st.integers(-3, 3)
        ),
        min_size=3,
        max_size=12,
    ),
    shift=st.sampled_from([-90, -1, 0, 1, 200, 400]),
)
def test_set_form_and_explaining_form_agree_in_every_state_and_with_every_mark(
    city: Any, moves: list[tuple[str, str, int, int]], shift: int
) -> None:
    ids = every_id()
    with evidence.event(act()) as event:
        for place, (state, kind, start, day) in enumerate(moves):
            chosen = ids[start * 20 + place : start * 20 + 200 : 7]
            records.restand(event=event, statement_ids=chosen, state=state)
            if kind:
                field = "content" if place % 2 else ""
                since = TODAY + timedelta(days=day)
                records.mark(
                    event=event, statement_ids=chosen, kind=kind, field=field, since=since, case=str(place)
                )
    on = TODAY + timedelta(days=shift)
    for audience in AUDIENCES:
        told = {one.id: one for one in publication.explain(ids=ids, audience=audience, on=on) if one.visible}
        found = seen(audience, on)
        assert set(found) == set(told)
        for id_, entry in found.items():
            assert (entry.marks, entry.disputes) == (told[id_].marks, told[id_].disputes)
            assert bool(entry.disputes) == ("disputed" in entry.marks)


@given(
    state=st.sampled_from([*STATE, "erased"]), audience=st.sampled_from(AUDIENCES),
    show_from=st.none() | DAYS, until=st.none() | DAYS, on=DAYS,
    kinds=st.sets(st.sampled_from(KINDS)),
)  # fmt: skip
def test_no_mark_takes_part_in_the_decision_and_nobody_is_told_more_than_his_own(
    state: str, audience: str, show_from: date | None, until: date | None, on: date, kinds: set[str]
) -> None:
    answer = decide(facts=Facts(state, "", show_from, until), audience=audience, on=on)
    assert answer.reasons
    if answer.visible:
        assert state in STATES[audience]
    told = marks_told(state=state, kinds=kinds, audience=audience)
    assert set(told) <= set(TOLD[audience]) & (kinds | {state})
    assert "repaired" not in TOLD["public"] and "repaired" not in TOLD["authority"]


@pytest.mark.parametrize(
    ("state", "readers"),
    [
        ("repaired", {"self"}),
        ("suppressed", {"self", "authority"}),
        ("annulled", set()),
        ("superseded", set()),
    ],
)
def test_each_state_is_seen_by_its_readers_only_and_marked(city: Any, state: str, readers: set[str]) -> None:
    entry = penalty()
    stand([entry.id], state)
    found = {
        audience: publication.statement(id=entry.id, audience=audience, on=TODAY) for audience in AUDIENCES
    }
    assert {audience for audience, one in found.items() if one} == readers
    assert all(state in one.marks for one in found.values() if one)


def test_a_dispute_is_told_to_everybody_and_hides_nothing(city: Any) -> None:
    before = penalty()
    field = next(iter(before.values))
    put(before.id, field=field)
    after = publication.statement(id=before.id, audience="public", on=TODAY)
    assert after is not None
    assert after.values == before.values and after.show_until == before.show_until
    assert after.marks == ("disputed",)
    assert after.disputes == (publication.Dispute(field, TODAY),)


def test_a_dispute_about_a_field_the_public_does_not_see_names_no_field(city: Any) -> None:
    entry = penalty()
    everything = publication.by_ids(ids=[entry.id], audience="self", on=TODAY)[entry.id].values
    hidden = next(code for code in everything if code not in entry.values)
    put(entry.id, field=hidden)
    public = publication.statement(id=entry.id, audience="public", on=TODAY)
    own = publication.statement(id=entry.id, audience="self", on=TODAY)
    assert public is not None and own is not None
    assert public.disputes == (publication.Dispute("", TODAY),)
    assert own.disputes == (publication.Dispute(hidden, TODAY),)


def test_false_material_is_told_to_the_subject_and_to_bodies_not_to_the_public(city: Any) -> None:
    entry = penalty()
    put(entry.id, kind="false-material", case="修-1")
    found = publication.statement(id=entry.id, audience="public", on=TODAY)
    assert found is not None and found.marks == ()
    for audience in ("self", "authority"):
        found = publication.statement(id=entry.id, audience=audience, on=TODAY)
        assert found is not None and found.marks == ("false-material",)


def test_known_on_and_valid_on_show_the_marks_as_known_then(city: Any) -> None:
    entry = penalty()
    blank = evidence.size()
    put(entry.id)
    marked = evidence.size()
    later = AT + timedelta(days=9)
    with evidence.event(act(later)) as event:
        records.unmark(
            event=event,
            statement_ids=[entry.id],
            kind="disputed",
            case="异-1",
            until=TODAY + timedelta(days=9),
        )
    on = TODAY + timedelta(days=10)

    def marks(known_at: int | None, valid_on: date) -> tuple[str, ...]:
        page = publication.statements(
            audience="public", on=on, valid_on=valid_on, known_at=known_at, uscc=entry.uscc, limit=500
        )
        return next(one.marks for one in page if one.id == entry.id)

    assert marks(blank, TODAY) == ()
    assert marks(marked, TODAY + timedelta(days=1)) == ("disputed",)
    assert marks(evidence.size(), on) == ()
    assert marks(evidence.size(), TODAY + timedelta(days=1)) == ("disputed",)
    assert marks(None, on) == ()


def test_what_was_repaired_is_gone_from_what_the_public_and_bodies_see_of_the_past(city: Any) -> None:
    entry = penalty()
    known = evidence.size()
    stand([entry.id], "repaired")

    def past(audience: str) -> dict[int, publication.Entry]:
        page = publication.statements(audience=audience, on=TODAY, known_at=known, uscc=entry.uscc, limit=500)
        return {one.id: one for one in page}

    assert entry.id not in past("public")
    assert entry.id not in past("authority")
    assert past("self")[entry.id].marks == ()
    now = publication.statements(
        audience="self", on=TODAY, known_at=evidence.size(), uscc=entry.uscc, limit=500
    )
    assert next(one.marks for one in now if one.id == entry.id) == ("repaired",)


def test_a_repair_taken_back_is_public_again(city: Any) -> None:
    entry = penalty()
    stand([entry.id], "repaired")
    stand([entry.id], "held")
    assert publication.statement(id=entry.id, audience="public", on=TODAY) is not None
