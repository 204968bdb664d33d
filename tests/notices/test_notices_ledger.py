"""Every column of every table of this room is covered: a changed cell is found."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from flipped import ledger_finds
from moments import AT
from xinheng.evidence import service as evidence
from xinheng.notices import service as notices

pytest_plugins = ("mailkit",)


def _columns() -> list[tuple[str, str]]:
    return [
        (model._meta.db_table, field.column)
        for model in apps.get_app_config("notices").get_models()
        for field in model._meta.concrete_fields
    ]


@pytest.fixture
def told(city: Any, agent: Any, post_office: Any) -> Any:
    """A city in which an organisation was told, by letter too, and opened a notice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.uscc FROM records_statement s JOIN records_standing t ON t.statement_id = s.id"
            " WHERE t.closed_by IS NULL AND t.state = 'held' AND s.item = 'admin-penalty'"
            " AND t.show_until > '2026-12-31' GROUP BY s.uscc ORDER BY COUNT(*), s.uscc"
        )
        firm = cursor.fetchone()[0]
    agent(firm)
    notices.collect(at=AT)
    post_office.answer = "451 try later"
    notices.deliver(at=AT)
    first = notices.inbox(uscc=firm, limit=1)[0]
    notices.read(id=first.id, uscc=firm, account="o-test", at=AT)
    assert evidence.verify().findings == []
    return city


def test_a_changed_cell_of_any_column_is_found(told: Any) -> None:
    missed = []
    for table, column in _columns():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT id, "{column}" FROM "{table}" ORDER BY id DESC LIMIT 1')
            row, old = cursor.fetchone()
            new = old + 7 if isinstance(old, int) else "2031-01-01" if column == "about_on" else f"{old}x"
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [new, row])
            if not ledger_finds("notices"):
                missed.append((table, column))
            cursor.execute(
                f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [old, new if column == "id" else row]
            )
    assert missed == [] and evidence.verify().findings == []


@pytest.mark.parametrize("table", sorted({table for table, _ in _columns()}))
def test_a_row_taken_away_or_put_in_is_found(told: Any, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = (SELECT MAX(id) FROM {table})")
    assert {one.code for one in evidence.verify().findings} & {"notices-row", "notices-state"}
