"""Reading subscriptions and messages: for their client, and in numbers for the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.accounts import service as accounts
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.subscriptions.errors import NoSuchSubscription
from xinheng.subscriptions.models import WAITING
from xinheng.subscriptions.types import (
    ANSWER,
    MAX_PAGE,
    OVER,
    PENDING,
    SCOPE,
    SHARED,
    Message,
    Page,
    Subscription,
    Trouble,
)

WAITING_SQL = ", ".join(f"'{one}'" for one in WAITING)
_MESSAGE = (
    "m.id, m.client, m.seq, m.subscription_id, m.kind, m.uscc, s.matter, m.position, m.state, m.attempts"
    " FROM subscriptions_message m JOIN subscriptions_subscription s ON s.id = m.subscription_id"
)


@dataclass(frozen=True)
class Line:
    """A subscription as its row stands."""

    id: int
    client: str
    body: str
    url: str
    kinds: tuple[str, ...]
    matter: str
    scope: str
    purpose: str
    state: str
    next_at: int


def lines(where: str = "1 = 1", params: Sequence[Any] = (), *, limit: int = 1_000_000) -> list[Line]:
    """Rows of subscriptions that satisfy a condition (text from code, never from input), oldest first."""
    return [
        Line(row[0], row[1], row[2], row[3], tuple(row[4].split()), *row[5:])
        for row in _rows(
            "SELECT id, client, body, url, kinds, matter, scope, purpose, state, next_at"
            f" FROM subscriptions_subscription WHERE {where} ORDER BY id LIMIT {int(limit)}",
            params,
        )
    ]


def line(*, client: str, id: int) -> Line:
    """One subscription of a client. Raises `NoSuchSubscription`."""
    found = lines("client = %s AND id = %s", [client, id])
    if not found:
        raise NoSuchSubscription(f"没有订阅 {id}。用 GET /api/v1/subscriptions 列出这个接口账户的订阅。")
    return found[0]


def subscriptions(
    *, client: str | None = None, after: int = 0, limit: int = 50, over: bool = True
) -> list[Subscription]:
    """Subscriptions by number after `after`, of one client or (for the office) of all; `over`: ended ones too."""
    where: list[str] = ["id > %s"]
    params: list[Any] = [after]
    if client is not None:
        where, params = [*where, "client = %s"], [*params, client]
    if not over:
        where, params = [*where, "state <> %s"], [*params, OVER]
    return _shown(lines(" AND ".join(where), params, limit=min(limit, MAX_PAGE)))


def subscription(*, client: str, id: int) -> Subscription:
    """One subscription of a client. Raises `NoSuchSubscription`."""
    return _shown([line(client=client, id=id)])[0]


def codes(*, client: str, id: int, after: str = "", limit: int = 1_000) -> list[str]:
    """The organisations a subscription is about, in order, after `after`. Raises `NoSuchSubscription`."""
    return interests(line(client=client, id=id).id, after=after, limit=min(limit, 10_000))


def interests(subscription: int, *, after: str = "", limit: int = 10_000) -> list[str]:
    """Codes of a subscription in order."""
    rows = _rows(
        "SELECT uscc FROM subscriptions_interest WHERE subscription_id = %s AND uscc > %s ORDER BY uscc LIMIT %s",
        [subscription, after, limit],
    )
    return [row[0] for row in rows]


def feed(*, client: str, after: int, limit: int) -> Page:
    """A client's messages from number `after` (exclusive) on, oldest first, at most `limit` (≤ 500).

    The same whether a message was delivered or not, and however often it is asked.
    """
    count = max(1, min(limit, MAX_PAGE))
    rows = _rows(
        f"SELECT {_MESSAGE} WHERE m.client = %s AND m.seq > %s ORDER BY m.seq LIMIT %s",
        [client, after, count + 1],
    )
    last = _rows("SELECT MAX(seq) FROM subscriptions_message WHERE client = %s", [client])[0][0] or 0
    found = messages(rows[:count])
    return Page(tuple(found), found[-1].seq if len(rows) > count else None, last)


def waiting_of(subscription: Line, *, limit: int) -> list[Message]:
    """What waits to be sent for a subscription, oldest first. One that is not confirmed gets its challenge only."""
    only = " AND m.kind = 'subscription.confirm'" if subscription.state == PENDING else ""
    return messages(
        _rows(
            f"SELECT {_MESSAGE} WHERE m.subscription_id = %s AND m.state IN ({WAITING_SQL}){only}"
            " ORDER BY m.seq LIMIT %s",
            [subscription.id, limit],
        )
    )


def messages(rows: Sequence[tuple[Any, ...]]) -> list[Message]:
    """Rows of `_MESSAGE` with the instants of their entries."""
    spans = evidence.spans([evidence.event_of(row[0]) for row in rows])
    found = []
    for id, client, seq, subscription, kind, uscc, matter, position, state, attempts in rows:
        at = spans[evidence.event_of(id)][2]
        found.append(
            Message(id, client, seq, subscription, kind, uscc, matter, position, at, state, attempts)
        )
    return found


def troubles(*, before: int | None = None, limit: int = 50) -> list[Trouble]:
    """Deliveries that failed or were given up, newest first, from the keyset `before` (an id) downwards."""
    rows = _rows(
        "SELECT a.id, a.subscription_id, m.client, m.seq, m.kind, a.outcome, a.reason, a.next_at"
        " FROM subscriptions_attempt a JOIN subscriptions_message m ON m.id = a.message_id"
        " WHERE a.outcome IN ('failed', 'given-up') AND a.id < %s ORDER BY a.id DESC LIMIT %s",
        [before if before is not None else 1 << 62, min(limit, MAX_PAGE)],
    )
    spans = evidence.spans([evidence.event_of(row[0]) for row in rows])
    found = []
    for id, subscription, client, seq, kind, outcome, reason, next_at in rows:
        at = spans[evidence.event_of(id)][2]
        found.append(Trouble(subscription, client, seq, kind, outcome, reason, at, _instant(next_at)))
    return found


def clients() -> dict[str, accounts.ApiClient]:
    """Clients that may be told now: active, and with the scope for it."""
    return {one.id: one for one in accounts.clients() if one.active and SCOPE in one.scopes}


def asker(client: accounts.ApiClient, *, scope: str, on: date) -> checks.Asker:
    """As whom a subscription asks. One about public facts sees nothing more, whatever else its client may."""
    sector = client.sector or checks.sector_of_unit(body=client.body, on=on)
    scopes = client.scopes if scope == "shared" else tuple(one for one in client.scopes if one != SHARED)
    return checks.Asker(
        kind="api", id=client.id, role="department", body=client.body, sector=sector,
        scopes=scopes, matters=client.matters,
    )  # fmt: skip


def known_digests(subscription: int, usccs: Sequence[str]) -> dict[str, str]:
    """For each of these organisations the digest of the answer the client was last told of."""
    found: dict[str, str] = {}
    for start in range(0, len(usccs), 500):
        part = list(usccs[start : start + 500])
        marks = ", ".join(["%s"] * len(part))
        found |= dict(
            _rows(
                f"SELECT uscc, digest FROM subscriptions_interest WHERE subscription_id = %s AND uscc IN ({marks})",
                [subscription, *part],
            )
        )
        # Written later, told later: the last one wins
        found |= dict(
            _rows(
                f"SELECT uscc, digest FROM subscriptions_message WHERE subscription_id = %s AND uscc IN ({marks})"
                " AND kind = %s ORDER BY id",
                [subscription, *part, ANSWER],
            )
        )
    return found


def _shown(found: Sequence[Line]) -> list[Subscription]:
    if not found:
        return []
    ids = ", ".join(str(one.id) for one in found)
    counts = dict(
        _rows(
            f"SELECT subscription_id, COUNT(*) FROM subscriptions_interest WHERE subscription_id IN ({ids}) GROUP BY 1"
        )
    )
    states: dict[tuple[int, str], int] = {
        (row[0], row[1]): row[2]
        for row in _rows(
            "SELECT subscription_id, CASE WHEN state = 'given-up' THEN 'given-up' ELSE 'waiting' END, COUNT(*)"
            f" FROM subscriptions_message WHERE subscription_id IN ({ids})"
            f" AND state IN ({WAITING_SQL}, 'given-up') GROUP BY 1, 2"
        )
    }
    turns = {
        row[0]: (row[1], row[2])
        for row in _rows(
            f"SELECT subscription_id, id, reason FROM subscriptions_turn WHERE subscription_id IN ({ids}) ORDER BY id"
        )
    }
    arrived = dict(
        _rows(
            f"SELECT subscription_id, MAX(id) FROM subscriptions_attempt WHERE subscription_id IN ({ids})"
            " AND outcome = 'delivered' GROUP BY 1"
        )
    )
    events = [evidence.event_of(row) for row in (*(one for one, _ in turns.values()), *arrived.values())]
    spans = evidence.spans(events)
    return [
        Subscription(
            one.id, one.client, one.body, one.url, one.kinds, one.matter, one.scope, one.purpose,
            counts.get(one.id, 0), one.state, turns[one.id][1], spans[evidence.event_of(turns[one.id][0])][2],
            _instant(one.next_at), states.get((one.id, "waiting"), 0), states.get((one.id, "given-up"), 0),
            spans[evidence.event_of(arrived[one.id])][2] if one.id in arrived else None,
        )
        for one in found
    ]  # fmt: skip


def _instant(stamp: int) -> datetime | None:
    return evidence.instant_of(stamp) if stamp else None


def _rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall()
