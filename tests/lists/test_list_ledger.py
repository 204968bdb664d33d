"""`ledger verify` finds a flipped bit in every column of every table of the lists; two at one moment make one."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

import listtown as town
from listtown import TODAY
from remedytown import at, desk
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.records import service as records

TABLES = {model._meta.db_table: model for model in apps.get_app_config("lists").get_models()}


def test_a_flipped_bit_is_found_in_every_column_of_every_table(city: Any) -> None:
    _, _, day = town.listed()
    town.received(town.row(town.firm(2), YZ_LRRQ="2023-12-10"), day)
    made = lists.watch(
        body=town.regulator(), uscc=town.firm(), reason="理由", basis="依据", sector="market-regulation",
        until=day + timedelta(days=100), actor="desk:one", at=at(day),
    )  # fmt: skip
    lists.unwatch(id=made.id, body=made.body, reason="消除", actor="desk:one", at=at(day))
    town.caught_up(day)
    lists.sweep(at=at(day, 21))
    evidence.drain(at=at(day, 22))
    assert evidence.verify().findings == []
    missed = []
    for table, model in sorted(TABLES.items()):
        columns = [str(field.column) for field in model._meta.concrete_fields]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(_quoted(columns))} FROM {table} ORDER BY id")
            rows = cursor.fetchall()
        assert rows, f"{table} is empty: the test would prove nothing"
        chance = random.Random(table)
        for place, column in enumerate(columns):
            row = chance.choice(rows)
            new = _flipped(row[place], model._meta.get_field(column), chance)
            if not _set(table, column, new, row[0]):
                continue
            if not _found():
                missed.append((table, column, row[place], new))
            _set(table, column, row[place], new if column == "id" else row[0])
    assert missed == []
    assert evidence.verify().findings == []


def _found() -> bool:
    from xinheng.lists import keeping

    return any(keeping.findings())


def _flipped(old: Any, field: Any, chance: random.Random) -> Any:
    kind = type(field).__name__
    if old is None:
        return "2020-01-01" if kind == "DateField" else 1
    if isinstance(old, int):
        return old ^ (1 << chance.randrange(1, 12))
    if kind == "DateField":
        day = records.as_date(old)
        assert day is not None
        return (day + timedelta(days=1)).isoformat()
    return old[:-1] + chr(ord(old[-1]) ^ 1) if old else "x"


def _set(table: str, column: str, value: Any, id_: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = %s', [value, id_])
            return cursor.rowcount == 1
    except DatabaseError:
        return False


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _at_once(*works: Any) -> list[Any]:
    told: list[Any] = [None] * len(works)

    def run(place: int, work: Any) -> None:
        try:
            told[place] = work()
        except XinhengError as error:
            told[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told


def test_two_desks_opening_the_same_fact_at_once_open_one_case(city: Any) -> None:
    body, code = town.regulator(), town.firm()
    trigger = law.active().lists[town.KIND].triggers[0].code

    def opening(who: str) -> Any:
        return lambda: lists.open_listing(
            authority=body, uscc=code, kind=town.KIND, facts=town.FACTS, documents=["甲〔2026〕1号"], trigger=trigger,
            actor=desk(body, who), at=at(TODAY),
        )  # fmt: skip

    told = _at_once(*(opening(f"clerk{place}") for place in range(4)))
    assert sum(isinstance(one, cases.Done) for one in told) == 1
    assert sum(isinstance(one, lists.ListedAlready) for one in told) == 3
    assert evidence.verify().findings == []


def test_two_desks_publishing_at_once_write_one_entry(city: Any) -> None:
    number = town.opened().case.number
    town.noticed(number)
    day = town.after_defence(number)
    town.act(number, "defence-over", day)
    town.decided(number, day)
    case = town.act(number, "deliver", day, detail=town.served(day)).case

    def publishing(who: str) -> Any:
        return lambda: cases.act(number=number, act="publish", actor=desk(case.body, who), at=at(day))

    told = _at_once(*(publishing(f"clerk{place}") for place in range(3)))
    assert sum(isinstance(one, cases.Done) for one in told) == 1
    town.caught_up(day)
    assert (
        len([one for one in lists.of_usccs(usccs=[case.uscc], on=day)[case.uscc] if one.own_case == number])
        == 1
    )
    assert evidence.verify().findings == []


@pytest.mark.parametrize("how", ["received", "own"])
def test_an_erased_entry_leaves_no_row_and_every_proof_holds(city: Any, how: str) -> None:
    code = town.firm()
    day = TODAY
    if how == "own":
        _, statement, day = town.listed(uscc=code)
    else:
        town.received(town.row(code))
        statement = lists.of_usccs(usccs=[code], on=TODAY)[code][0].statement
    town.caught_up(day)
    act = evidence.Act(
        kind="records.erased", actor="test", at=at(day, 21), provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[statement], act=act)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM lists_entry WHERE id = %s OR uscc = %s AND kind = %s",
            [statement, code, town.KIND],
        )
        assert cursor.fetchone()[0] == 0
    evidence.drain(at=at(day, 22))
    assert lists.of_usccs(usccs=[code], on=day).get(code, []) == []
    assert evidence.verify().findings == []
