"""Standing: closed but never overwritten, on both axes, and rebuildable from statements and acts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.records.errors import NoSuchStatement, NotStanding, NotTheAuthority
from xinheng.records.writing import STANDING, standing_frame

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


def stored() -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(STANDING)} FROM records_standing ORDER BY id")
        return standing_frame(cursor.fetchall())


def act(kind: str = "test.act", **changes: Any) -> evidence.Act:
    return evidence.Act(kind=kind, actor="test", at=LATER, **changes)


def test_standing_is_rebuilt_to_equality_from_statements_and_acts(city: Any) -> None:
    table = stored()
    assert table.filter(pl.col("state") == "superseded").height, (
        "the city holds no correction: nothing is proven"
    )
    assert records.rebuild_standing().equals(table)


def test_standing_is_rebuilt_after_further_acts(city: Any) -> None:
    ids = (
        stored().filter(pl.col("closed_by").is_null() & (pl.col("state") == "held"))["statement_id"].to_list()
    )
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=ids[:5], state="annulled")
    waiting = records.undetermined(limit=1)[0]
    records.classify(
        statement=waiting.id, severity="ordinary", authority=waiting.authority, at=LATER, actor="test"
    )
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=[ids[3], ids[7]], state="superseded")
    assert records.rebuild_standing().equals(stored())
    assert evidence.verify().ok


def test_closing_keeps_the_old_row_as_it_was(city: Any) -> None:
    before = stored().filter(pl.col("closed_by").is_null()).head(1)
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=before["statement_id"].to_list(), state="annulled")
    after = stored().filter(pl.col("id") == before["id"][0])
    assert after.drop("closed_by").equals(before.drop("closed_by"))
    assert after["closed_by"][0] == event.id


def test_a_penalty_without_class_waits_for_its_authority_and_is_shown_once_classed(city: Any) -> None:
    waiting = records.undetermined(limit=500)
    assert waiting
    recent = max(waiting, key=lambda one: str(one.decided_on))
    assert publication.statement(id=recent.id, audience="public", on=TODAY) is None
    window = records.classify(
        statement=recent.id, severity="serious", authority=recent.authority, at=LATER, actor="test"
    )
    assert window.show
    entry = publication.statement(id=recent.id, audience="public", on=TODAY)
    assert entry is not None
    assert (entry.severity, entry.show_until) == ("serious", window.show_until)
    assert recent.id not in {one.id for one in records.undetermined(limit=500)}


def test_only_the_deciding_authority_puts_a_penalty_into_a_class(city: Any) -> None:
    waiting = records.undetermined(limit=1)[0]
    with pytest.raises(NotTheAuthority):
        records.classify(
            statement=waiting.id, severity="minor", authority="113406000031234567", at=LATER, actor="test"
        )


def test_a_statement_no_longer_standing_takes_no_class(city: Any) -> None:
    waiting = records.undetermined(limit=1)[0]
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=[waiting.id], state="annulled")
    with pytest.raises(NotStanding):
        records.classify(
            statement=waiting.id, severity="minor", authority=waiting.authority, at=LATER, actor="test"
        )


def test_erasing_what_is_not_there_is_refused_and_twice_is_once(city: Any) -> None:
    with pytest.raises(NoSuchStatement):
        records.erase(statement_ids=[1], act=act("records.erased"))
    some = stored()["statement_id"][0]
    assert records.erase(statement_ids=[some], act=act("records.erased", provision="依据")) == 1
    assert records.erase(statement_ids=[some], act=act("records.erased", provision="依据")) == 0
    assert evidence.verify().ok
