"""Everything oversight decides is bound by the ledger; everything it counts follows from the kept rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from mirror_rows import BUREAU, SUBJECT, at, penalty

from xinheng.evidence import service as evidence
from xinheng.oversight import keeping, silence, store
from xinheng.oversight import service as oversight
from xinheng.remedies import service as remedies

TABLES = {model._meta.db_table: model for model in apps.get_app_config("oversight").get_models()}
DECEMBER = at("2026-12-08")
# A row number of the database that nothing refers to
NOT_FACTS = {(table._meta.db_table, "id") for table in store.TABLES}


def fill(send: Callable[..., Any]) -> None:
    """Something in every table."""
    send(
        penalty(1),
        penalty(2, CF_WFXW=""),
        penalty(3, CF_JDRQ="2026/10/9"),
        penalty(5),
        penalty(6),
        penalty(8),
    )
    send(penalty(2), on="2026-11-24")
    oversight.look(at=DECEMBER, actor="t")
    made = oversight.issue(period="2026-11", at=DECEMBER, actor="t")
    oversight.order(body=BUREAU, bulletin=made.number, at=DECEMBER, actor="t")
    late = remedies.Silent("信异〔2026〕1号", "objection", None, SUBJECT, BUREAU, date(2026, 12, 7))
    with evidence.event(evidence.Act(kind="cases.overdue", actor="platform", at=DECEMBER)) as event:
        silence.order_silent(event, [late])


def changed(old: Any, field: Any, chance: random.Random) -> list[Any]:
    if old is None:
        return [date(2020, 1, 1) if "Date" in type(field).__name__ else 1]
    if isinstance(old, bool):
        return [not old]
    if isinstance(old, int):
        return [old ^ 1, old + (1 << chance.randrange(20))]
    if isinstance(old, date):
        return [old + timedelta(days=1 << chance.randrange(5))]
    place = chance.randrange(len(old)) if old else 0
    return [old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :] if old else "x"]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_changed_value_is_found_in_every_column_of(table: str, send: Callable[..., Any]) -> None:
    fill(send)
    assert list(keeping.findings()) == []
    chance = random.Random(table)
    fields = TABLES[table]._meta.concrete_fields
    key = TABLES[table]._meta.pk.column
    with connection.cursor() as cursor:
        rows = list(TABLES[table].objects.order_by("pk").values(*(field.column for field in fields)))
        assert rows, f"{table} is empty: the test would prove nothing"
        missed = []
        for field in fields:
            if (table, field.column) in NOT_FACTS:
                continue
            row = chance.choice(rows)
            for new in changed(row[field.column], field, chance):
                update = f'UPDATE "{table}" SET "{field.column}" = %s WHERE "{key}" = %s'
                try:
                    with transaction.atomic():
                        cursor.execute(update, [new, row[key]])
                except DatabaseError:
                    continue  # the database itself refused the value
                if not list(keeping.findings()):
                    missed.append((field.column, row[field.column], new))
                cursor.execute(update, [row[field.column], new if field.column == key else row[key]])
        assert missed == []
    assert list(keeping.findings()) == []


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_row_that_is_gone_is_found_in(table: str, send: Callable[..., Any]) -> None:
    fill(send)
    row = TABLES[table].objects.order_by("pk").first()
    assert row is not None
    row.delete()
    assert list(keeping.findings())


def test_the_whole_ledger_verifies_with_everything_in_it(send: Callable[..., Any]) -> None:
    fill(send)
    evidence.drain(at=DECEMBER)
    assert evidence.verify().findings == []


def test_followers_may_begin_again(send: Callable[..., Any]) -> None:
    fill(send)
    before = oversight.between(date(2026, 1, 1), date(2026, 12, 31))
    evidence.reset(store.FOLLOWER)
    evidence.drain(at=DECEMBER)
    assert oversight.between(date(2026, 1, 1), date(2026, 12, 31)) == before
    assert store.damage() == []
