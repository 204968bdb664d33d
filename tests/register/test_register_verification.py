from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection

from xinheng.register import service as register
from xinheng.register.store import ENTRY_SCHEMA, NAME_SCHEMA

Load = Callable[..., Any]
Code = Callable[..., str]


def flips(table: str, columns: dict[str, Any]) -> list[tuple[str, str]]:
    return [(table, column) for column in columns]


@pytest.fixture
def filled(load: Load, make_code: Code) -> None:
    header = ["统一社会信用代码", "主体名称", "曾用名", "旧注册号", "行业"]
    load(
        [[make_code(n), f"甲{n}厂（第二名称：乙{n}厂）", f"旧{n}厂", "", "C1"] for n in range(3)],
        header=header,
    )
    load([["320404000009558", "丙塑料厂", "", "", ""]], header=header, day=1)
    load(
        [[make_code(0), "新0厂", "", "", ""], [make_code(9), "丙厂", "", "320404000009558", ""]],
        header=header,
        day=2,
    )
    assert list(register.findings()) == []


@pytest.mark.parametrize(
    ("table", "column"), flips("register_entry", ENTRY_SCHEMA) + flips("register_name", NAME_SCHEMA)
)
def test_a_changed_value_in_any_column_of_any_row_is_found(filled: None, table: str, column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")
        for (row,) in cursor.fetchall():
            for change in changes(table, column):
                cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [row])
                before = cursor.fetchone()[0]
                try:
                    cursor.execute(f"UPDATE {table} SET {column} = {change} WHERE id = %s", [row])
                except (IntegrityError, DataError):
                    # The database itself stood in the way: that is as good as being found
                    continue
                if column == "id":
                    cursor.execute(f"SELECT MAX(id) FROM {table}")
                    now = cursor.fetchone()[0]
                    assert list(register.findings()), (row, change)
                    cursor.execute(f"UPDATE {table} SET id = %s WHERE id = %s", [row, now])
                    continue
                cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [row])
                if cursor.fetchone()[0] == before and column != "current":
                    continue
                assert list(register.findings()), (row, change)
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [before, row])
    assert list(register.findings()) == []


def changes(table: str, column: str) -> list[str]:
    if column == "id":
        return ["(SELECT MAX(id) + 1 FROM " + table + ")", "(SELECT MAX(id) + 100000 FROM " + table + ")"]
    if column == "closed_by":
        return ["NULL", "COALESCE(closed_by, 0) + 1"]
    if column == "current":
        postgres = connection.vendor == "postgresql"
        return ["NOT current"] if postgres else ["1 - current", "current + 2", "'t'"]
    return [f"{column} || 'x'", f"REPLACE({column}, '厂', '广')", "''"]


def test_a_missing_and_an_added_row_are_found(filled: None) -> None:
    for table in ("register_entry", "register_name"):
        columns = ", ".join(ENTRY_SCHEMA if table == "register_entry" else NAME_SCHEMA)
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE kept AS SELECT {columns} FROM {table} WHERE id = (SELECT MAX(id) FROM {table})"
            )
            cursor.execute(f"DELETE FROM {table} WHERE id = (SELECT id FROM kept)")
            assert list(register.findings())
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept")
            assert list(register.findings()) == []
            changed = columns.replace("id, code", "id + 5000000, 'X'", 1)
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {changed} FROM kept")
            assert list(register.findings())
            cursor.execute(f"DELETE FROM {table} WHERE code = 'X'")
            cursor.execute("DROP TABLE kept")
    assert list(register.findings()) == []


@pytest.mark.skipif(
    "config.getoption('--db') == 'postgres'", reason="PostgreSQL refuses bytes that are no text"
)
def test_bytes_that_are_no_text_are_found(filled: None) -> None:
    for table, column in (
        ("register_entry", "name"),
        ("register_name", "norm"),
        ("register_entry", "closed_by"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MAX(id) FROM {table}")
            row = cursor.fetchone()[0]
            cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [row])
            before = cursor.fetchone()[0]
            cursor.execute(f"UPDATE {table} SET {column} = CAST(x'ff41' AS TEXT) WHERE id = %s", [row])
            assert list(register.findings()), (table, column)
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [before, row])
    assert list(register.findings()) == []


def test_damaged_names_are_mended_by_deriving_them_again(filled: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM register_name WHERE current = %s", [False])
    assert list(register.findings())
    assert register.rebuild_names() > 0
    assert list(register.findings()) == []
