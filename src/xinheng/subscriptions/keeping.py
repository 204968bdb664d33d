"""Rows of this room are written once, each bound by the entry it came with; states follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.subscriptions.types import CONFIRM

ADDED, TURNED, RECORDED, CLAIMED, DELIVERED, REPLAYED = (
    "subscriptions.added", "subscriptions.turned", "subscriptions.recorded", "subscriptions.claimed",
    "subscriptions.delivered", "subscriptions.replayed",
)  # fmt: skip
ACTS = (ADDED, TURNED, RECORDED, CLAIMED, DELIVERED, REPLAYED)
BOUND = {
    "subscriptions_subscription": ("id", "client", "body", "url", "kinds", "matter", "scope", "purpose"),
    "subscriptions_interest": ("id", "subscription_id", "uscc", "digest"),
    "subscriptions_turn": ("id", "subscription_id", "state", "reason"),
    "subscriptions_message": (
        "id",
        "client",
        "seq",
        "subscription_id",
        "kind",
        "uscc",
        "position",
        "digest",
    ),
    "subscriptions_attempt": ("id", "subscription_id", "message_id", "outcome", "reason", "next_at"),
}
_MUTABLE = {
    "subscriptions_subscription": ("state", "next_at"),
    "subscriptions_message": ("state", "attempts"),
}
KEY, LOCK = "subscriptions", "subscriptions"
# What an outcome makes of its message
STATE = {"returned": "queued", "replayed": "queued"}


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Writes rows (without their ids; columns as in `BOUND`, then the changing ones) inside `event`; returns the ids.

    One call for each table and event.
    """
    return evidence.write_bound(event, table, BOUND[table], rows, also=_MUTABLE.get(table, ()), under=KEY)


def queue(event: evidence.OpenEvent, rows: Sequence[tuple[str, int, str, str, int, str]]) -> None:
    """Adds messages (client, subscription, kind, uscc, position, digest), each with the next number of its client.

    The caller holds the lock of the room: numbers follow the order in which messages become readable.
    """
    last = _last_numbers({row[0] for row in rows})
    made = []
    for client, subscription, kind, uscc, position, digest in rows:
        last[client] += 1
        made.append((client, last[client], subscription, kind, uscc, position, digest, "queued", 0))
    write(event, "subscriptions_message", made)


def turn(event: evidence.OpenEvent, subscriptions: Sequence[int], state: str, reason: str) -> None:
    """Brings subscriptions into a state."""
    write(event, "subscriptions_turn", [(one, state, reason) for one in subscriptions])
    ids = ", ".join(str(int(one)) for one in subscriptions)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE subscriptions_subscription SET state = %s WHERE id IN ({ids})", [state])


def attempt(event: evidence.OpenEvent, rows: Sequence[tuple[int, int, str, str, int]]) -> None:
    """Adds attempts (subscription, message, outcome, reason, next_at) and moves messages and subscriptions with them."""
    write(event, "subscriptions_attempt", rows)
    groups: dict[str, list[int]] = {}
    for _, message, outcome, _, _ in rows:
        groups.setdefault(outcome, []).append(message)
    with connection.cursor() as cursor:
        for outcome, messages in groups.items():
            ids = ", ".join(str(int(one)) for one in messages)
            cursor.execute(
                f"UPDATE subscriptions_message SET state = %s, attempts = {_tried(outcome, 'attempts')}"
                f" WHERE id IN ({ids})",
                [STATE.get(outcome, outcome)],
            )
        for subscription, next_at in {row[0]: row[4] for row in rows}.items():
            cursor.execute(
                "UPDATE subscriptions_subscription SET next_at = %s WHERE id = %s", [next_at, subscription]
            )


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, and states that do not follow from the rows they come from."""
    yield from evidence.unbound_tables(BOUND, kinds=ACTS, code="subscriptions-row", under=KEY)
    yield from _states()


def _states() -> Iterator[evidence.Finding]:
    messages: dict[int, tuple[str, int]] = {}
    again: dict[int, int] = {}
    for subscription, message, outcome, next_at in _read(
        "SELECT subscription_id, message_id, outcome, next_at FROM subscriptions_attempt ORDER BY id"
    ):
        tried = messages.get(message, ("", 0))[1]
        tried = 0 if outcome == "replayed" else tried + (outcome in TRIED)
        messages[message], again[subscription] = (STATE.get(outcome, outcome), tried), next_at
    for message, state, attempts in _read(
        "SELECT id, state, attempts FROM subscriptions_message ORDER BY id"
    ):
        if (state, attempts) != messages.get(message, ("queued", 0)):
            yield evidence.Finding("subscriptions-state", f"消息 {message} 的状态与其投递记录不符")
    turns = dict(_read("SELECT subscription_id, state FROM subscriptions_turn ORDER BY id"))
    for one, state, next_at in _read("SELECT id, state, next_at FROM subscriptions_subscription ORDER BY id"):
        if (state, next_at) != (turns.get(one), again.get(one, 0)):
            yield evidence.Finding("subscriptions-state", f"订阅 {one} 的状态与其经过不符")


TRIED = ("failed", "given-up", "delivered")


def _tried(outcome: str, column: str) -> str:
    if outcome == "replayed":
        return "0"
    return f"{column} + 1" if outcome in TRIED else column


def _last_numbers(clients: Iterable[str]) -> dict[str, int]:
    found = dict.fromkeys(clients, 0)
    with connection.cursor() as cursor:
        for client in found:
            cursor.execute("SELECT MAX(seq) FROM subscriptions_message WHERE client = %s", [client])
            found[client] = cursor.fetchone()[0] or 0
    return found


def _read(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(5_000):
            yield from rows


def is_challenge(kind: str) -> bool:
    """Whether a message asks the address to prove that it listens."""
    return kind == CONFIRM
