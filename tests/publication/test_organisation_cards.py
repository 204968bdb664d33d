"""Cards hold what the tables hold: answers from them are the tables' own, and one that is behind is not used."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import answering, cards
from xinheng.publication import service as publication
from xinheng.publication.policy_visibility import AUDIENCES, STATES, Facts, decide, opens
from xinheng.records import service as records

ON = evidence.legal_day(AT)
DAYS = (ON, ON - timedelta(days=400), ON + timedelta(days=800))
READERS = ("public", "authority")


def all_codes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT uscc FROM records_statement WHERE uscc <> '' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def plain(rows: list[Any]) -> tuple[set[Any], list[tuple[Any, ...]]]:
    """Whom rows are about, and what they say of statements; days as text."""
    told = [tuple(str(cell) if isinstance(cell, date) else cell for cell in row) for row in rows]
    return {one[:7] for one in told}, sorted((one for one in told if one[7] is not None), key=repr)


def due() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc FROM publication_carddue")
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def carded(city: Any) -> Iterator[list[str]]:
    codes = all_codes()
    publication.make_cards(most=1 << 30)
    assert not due()
    yield codes


def test_answers_from_cards_and_from_the_tables_are_the_same_rows(carded: list[str]) -> None:
    items = tuple(law.active().items)
    stranger = "91340600MA2NTEST1X"
    for audience in READERS:
        for on in DAYS:
            asked = [*carded, stranger]
            through = answering.look_up(codes=asked, items=items, audience=audience, on=on)
            direct = answering._from_tables(sorted(asked), items, audience, on)
            assert plain(through) == plain(direct)
            assert {row.code for row in through} == set(asked)
    assert any(plain(answering.look_up(codes=carded, items=items, audience=one, on=ON))[1] for one in READERS)
    one = carded[0]
    assert plain(answering.look_up(codes=[one], items=items[:3], audience="authority", on=ON)) == plain(
        answering._from_tables([one], items[:3], "authority", ON)
    )


def test_a_mark_a_new_standing_and_an_erasure_each_put_the_card_behind_at_once(carded: list[str]) -> None:
    items = tuple(law.active().items)
    seen = [
        row
        for row in answering.look_up(codes=carded, items=items, audience="public", on=ON)
        if row.id is not None
    ]
    uscc, statement = seen[0].code, seen[0].id
    assert statement is not None
    with evidence.event(evidence.Act(kind="cases.test", actor="test", at=AT)) as event:
        records.mark(event=event, statement_ids=[statement], kind=records.DISPUTED, since=ON, case="测1")
    assert due() == {uscc}
    told = answering.look_up(codes=[uscc], items=items, audience="public", on=ON)
    assert any(row.id == statement and row.mark == records.DISPUTED for row in told)
    assert publication.make_cards(most=10) == 1
    assert plain(told) == plain(answering.look_up(codes=[uscc], items=items, audience="public", on=ON))
    with evidence.event(evidence.Act(kind="cases.test", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[statement], state="annulled")
    # Nobody made cards, and still the next answer is without it
    assert all(
        row.id != statement for row in answering.look_up(codes=[uscc], items=items, audience="public", on=ON)
    )
    publication.make_cards(most=10)
    other = next(row for row in seen if row.code != uscc)
    assert other.id is not None
    records.erase(
        statement_ids=[other.id],
        act=evidence.Act(kind="records.erased", actor="test", at=AT, provision="test"),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM publication_card WHERE uscc = %s", [other.code])
        assert cursor.fetchall() == []
    publication.make_cards(most=10)
    assert all(
        row.id != other.id
        for row in answering.look_up(codes=[other.code], items=items, audience="authority", on=ON)
    )


def test_what_changes_while_cards_are_made_stays_due(
    carded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    items = tuple(law.active().items)
    row = next(
        row
        for row in answering.look_up(codes=carded, items=items, audience="public", on=ON)
        if row.id is not None
    )
    assert row.id is not None
    touch(row.id, "测1")
    bodies = cards._bodies

    def late(usccs: Any) -> Any:
        found = list(bodies(usccs))
        touch(row.id, "测2")  # after the tables were read, before the card is written
        return found

    monkeypatch.setattr(cards, "_bodies", late)
    cards.make_cards(most=1)
    monkeypatch.undo()
    assert due() == {row.code}
    told = answering.look_up(codes=[row.code], items=items, audience="public", on=ON)
    assert len([one for one in told if one.id == row.id and one.mark == records.DISPUTED]) == 2


def test_a_card_read_before_an_erasure_is_not_written_after_it(
    carded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    items = tuple(law.active().items)
    row = next(
        row
        for row in answering.look_up(codes=carded, items=items, audience="public", on=ON)
        if row.id is not None
    )
    touch(row.id, "测1")
    bodies = cards._bodies

    def late(usccs: Any) -> Any:
        found = list(bodies(usccs))
        assert row.id is not None
        act = evidence.Act(kind="records.erased", actor="test", at=AT, provision="test")
        records.erase(statement_ids=[row.id], act=act)
        return found

    monkeypatch.setattr(cards, "_bodies", late)
    cards.make_cards(most=1)
    monkeypatch.undo()
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM publication_card WHERE uscc = %s", [row.code])
        assert cursor.fetchall() == []
    assert due() == {row.code}


def touch(statement: int | None, case: str) -> None:
    assert statement is not None
    with evidence.event(evidence.Act(kind="cases.test", actor="test", at=AT)) as event:
        records.mark(event=event, statement_ids=[statement], kind=records.DISPUTED, since=ON, case=case)


def test_an_older_reading_never_replaces_a_newer_card(carded: list[str]) -> None:
    uscc = carded[0]
    (_, at, body) = next(cards._bodies([uscc]))
    cards._store([uscc], [(uscc, at - 1, zlib.compress(b"[1,[]]"))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, body FROM publication_card WHERE uscc = %s", [uscc])
        stored_at, stored = cursor.fetchone()
    assert (stored_at, cards.unpack(bytes(stored))) == (at, cards.unpack(body))


def test_verification_finds_a_flipped_bit_in_every_column_of_a_card(carded: list[str]) -> None:
    assert not list(cards.findings())
    for column in ("uscc", "at", "body"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT uscc, at, body FROM publication_card ORDER BY uscc LIMIT 1")
            uscc, at, body = cursor.fetchone()
            body = bytes(body)
            middle = len(body) // 2
            changed = {
                "uscc": uscc[:-1] + chr(ord(uscc[-1]) ^ 1), "at": at ^ 1,
                "body": body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :],
            }[column]  # fmt: skip
            cursor.execute(f"UPDATE publication_card SET {column} = %s WHERE uscc = %s", [changed, uscc])
        assert [one.code for one in cards.findings()] == ["card"], column
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE publication_card SET uscc = %s, at = %s, body = %s WHERE uscc = %s",
                [uscc, at, body, changed if column == "uscc" else uscc],
            )
    assert not list(cards.findings())


def test_who_has_no_card_is_answered_from_the_tables(carded: list[str]) -> None:
    items = tuple(law.active().items)
    before = answering.look_up(codes=carded, items=items, audience="authority", on=ON)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM publication_card")
    assert plain(answering.look_up(codes=carded, items=items, audience="authority", on=ON)) == plain(before)


@given(
    state=st.sampled_from(["held", "repaired", "suppressed", "superseded", "annulled", "erased"]),
    severity=st.sampled_from(["", "minor", "ordinary", "serious", "undetermined"]),
    rule=st.sampled_from(["", "own-end", "internal-supervision"]),
    first=st.none() | st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    until=st.none() | st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    on=st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    audience=st.sampled_from(AUDIENCES),
)
def test_the_short_form_of_the_gate_says_what_the_long_one_says(
    state: str, severity: str, rule: str, first: date | None, until: date | None, on: date, audience: str
) -> None:
    long = decide(facts=Facts(state, severity, first, until, rule), audience=audience, on=on).visible
    assert opens(state=state, rule=rule, show_from=first, show_until=until, audience=audience, on=on) == long
    as_text = [day.isoformat() if day else None for day in (first, until)]
    assert (
        opens(
            state=state,
            rule=rule,
            show_from=as_text[0],
            show_until=as_text[1],
            audience=audience,
            on=on.isoformat(),
        )
        == long
    )
    assert state in {one for states in STATES.values() for one in states} or not long
