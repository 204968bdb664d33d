"""`ledger verify` finds a flipped bit in any stored value, column by column, in every table that holds facts."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.records import service as records

ROOMS = ("law", "evidence", "register", "records", "intake", "search", "reports")
TABLES = {model._meta.db_table: model for room in ROOMS for model in apps.get_app_config(room).get_models()}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_flipped_bit_is_found_in_every_column_of(table: str, city: Any) -> None:
    _fill_what_the_city_leaves_empty()
    model = TABLES[table]
    assert evidence.verify().findings == []
    chance = random.Random(table)
    columns = [field.column for field in model._meta.concrete_fields]
    key = model._meta.pk.column
    rows = _query(f'SELECT {_names(columns)} FROM "{table}" ORDER BY 1')
    assert rows, f"{table} is empty: the test would prove nothing"
    missed = []
    for position, column in enumerate(columns):
        row = chance.choice(rows)
        old = row[position]
        for new in _flips(old, chance, TABLES[table]._meta.get_field(_field(model, column))):
            if not _set(table, column, new, key, row[columns.index(key)]):
                continue  # the database itself refused the value
            if evidence.verify().ok:
                missed.append((column, old, new))
            _set(table, column, old, key, new if column == key else row[columns.index(key)])
    assert missed == []
    assert evidence.verify().findings == []


def _fill_what_the_city_leaves_empty() -> None:
    """One erasure and one report, so that no table is empty."""
    from xinheng.publication import service as publication
    from xinheng.reports import service as reports

    entry = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=1
    )[0]
    reports.issue(uscc=entry.uscc, audience="public", at=AT, actor="test")
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[entry.id], act=act)
    evidence.drain(at=AT)


def _flips(old: Any, chance: random.Random, field: Any) -> list[Any]:
    if old is None:
        return [date(2020, 1, 1) if "Date" in type(field).__name__ else 1]
    if isinstance(old, bytes | memoryview):
        data = bytearray(bytes(old))
        if not data:
            return [b"\x01"]
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        return [bytes(data)]
    if isinstance(old, bool):
        return [not old]
    if isinstance(old, int):
        return (
            [old ^ 1, old ^ (1 << chance.randrange(40))] if "Small" not in type(field).__name__ else [old ^ 1]
        )
    if isinstance(old, date):
        return [old + timedelta(days=1 << chance.randrange(5))]
    if not old:
        return ["x"]
    place = chance.randrange(len(old))
    return [old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]]


def _set(table: str, column: str, value: Any, key: str, row: Any) -> bool:
    from django.db import DatabaseError, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', [value, row])
            return cursor.rowcount == 1
    except DatabaseError:
        return False


def _query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _field(model: Any, column: str) -> str:
    return next(field.name for field in model._meta.concrete_fields if field.column == column)
