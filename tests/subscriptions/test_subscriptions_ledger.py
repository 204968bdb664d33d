"""`ledger verify` finds a flipped bit in every column of every table of the room, and a key that came from nowhere."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from hookkit import Receiver, end, machine, penalised, subscribe, turn

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.subscriptions import keeping
from xinheng.subscriptions import service as subscriptions

# Candidates state nothing: they are gone when the work they tell of is done
TABLES = tuple(sorted(keeping.BOUND))


def fill(receiver: Receiver, other: Receiver) -> None:
    """Subscriptions in several states, messages delivered, failed, waiting and replayed."""
    entries = penalised(3)
    codes = [one.uscc for one in entries]
    client = machine()
    found = subscribe(receiver, client, codes)
    subscribe(other, client, codes)
    subscribe(None, client, codes[:1], url=other.url)
    end([one.id for one in entries])
    other.status = 500
    turn()
    subscriptions.replay(client=client.id, id=found.id, after=3, actor="t", at=AT)
    other.status = 410
    turn(AT + timedelta(hours=1))
    subscriptions.end(client=client.id, id=found.id, actor="t", at=AT + timedelta(hours=1))


def test_every_table_of_the_room_is_bound_or_passing() -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("subscriptions").get_models()}
    assert tables == {*TABLES, "subscriptions_candidate"}


def test_a_flipped_bit_is_found_in_every_column(
    city: Any, receiver: Receiver, receiver_maker: Callable[[], Receiver]
) -> None:
    fill(receiver, receiver_maker())
    assert evidence.verify().findings == []
    missed = []
    for table in TABLES:
        model = next(
            one for one in apps.get_app_config("subscriptions").get_models() if one._meta.db_table == table
        )
        chance = random.Random(table)
        columns = [str(field.column) for field in model._meta.concrete_fields]
        rows = _query(f'SELECT {", ".join(columns)} FROM "{table}"')
        assert rows, f"{table} is empty: the test would prove nothing"
        for place, column in enumerate(columns):
            for row in chance.sample(rows, min(3, len(rows))):
                old, id_ = row[place], row[columns.index("id")]
                new = _flipped(old, chance)
                if not _set(table, column, new, id_):
                    continue  # the database itself refused the value
                if not list(keeping.findings()):
                    missed.append((table, column, old, new))
                assert _set(table, column, old, new if column == "id" else id_)
    assert missed == []
    assert list(keeping.findings()) == []


def test_a_row_too_many_and_a_row_too_few_are_found(
    city: Any, receiver: Receiver, receiver_maker: Callable[[], Receiver]
) -> None:
    fill(receiver, receiver_maker())
    for table in TABLES:
        with transaction.atomic():
            _run(f'DELETE FROM "{table}" WHERE id = (SELECT MAX(id) FROM "{table}")')
            assert list(keeping.findings()), table
            transaction.set_rollback(True)
    with transaction.atomic():
        _run(
            "INSERT INTO subscriptions_turn (id, subscription_id, state, reason) VALUES (99, 1, 'active', 'x')"
        )
        assert list(keeping.findings())
        transaction.set_rollback(True)
    assert list(keeping.findings()) == []


def test_a_key_that_came_from_nowhere_is_found(city: Any, receiver: Receiver) -> None:
    subscribe(receiver, machine(), [penalised()[0].uscc])
    file = city.keys / "webhook.json"
    known = json.loads(file.read_text())
    file.write_text(json.dumps([known[0] | {"x": "A" * 43}]))
    assert "webhook-keys" in {one.code for one in evidence.verify().findings}
    file.write_text(json.dumps(known))
    assert evidence.verify().findings == []
    assert (city.keys / "webhook-1.key").stat().st_mode & 0o077 == 0


def _flipped(old: Any, chance: random.Random) -> Any:
    if isinstance(old, int):
        return old ^ (1 << chance.randrange(30))
    if not old:
        return "x"
    place = chance.randrange(len(old))
    return old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]


def _set(table: str, column: str, value: Any, row: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [value, row])
            return cursor.rowcount == 1
    except DatabaseError:
        return False


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
