"""Messages go out: claimed first, then posted, then the outcome. In order, each subscription for itself.

At least once: what a crash leaves claimed is sent again when its claim ran out, under the id it had.
"""

from __future__ import annotations

import hmac
import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.subscriptions import cloudevents, keeping, keys, policy_retries, reading, signing, transport
from xinheng.subscriptions.policy_addresses import Network, networks
from xinheng.subscriptions.subscribing import activate, challenge_of
from xinheng.subscriptions.types import ACTIVE, CONFIRM, PENDING, STOPPED, Delivered, Message

PART = 50
CLAIM = timedelta(minutes=10)
"""How long a claim holds: longer than any round lasts."""
THREADS = 8


@dataclass(frozen=True)
class _Sent:
    message: Message
    answer: transport.Answer


@dataclass(frozen=True)
class _Task:
    line: reading.Line
    messages: list[Message]


class _None(Exception):
    """Nothing is due any more: another process took it."""


@dataclass(frozen=True)
class _Post:
    """What all deliveries of a round share."""

    kid: str
    key: Ed25519PrivateKey
    allowed: tuple[Network, ...]
    sandbox: bool
    stop: float
    at: datetime

    def all_of(self, task: _Task) -> list[_Sent]:
        """Posts the messages of one subscription in order, until one fails or time is up. Touches no database."""
        done: list[_Sent] = []
        url = task.line.url
        for message in task.messages:
            if time.perf_counter() > self.stop:
                break
            challenge = challenge_of(task.line) if message.kind == CONFIRM else ""
            body = cloudevents.payload(message, challenge=challenge)
            headers = signing.signed(
                url=url, body=body, media_type=cloudevents.MEDIA_TYPE, kid=self.kid, key=self.key, at=self.at
            )
            answer = transport.post(
                url=url, headers=headers, body=body, sandbox=self.sandbox, allowed=self.allowed
            )
            done.append(_Sent(message, answer))
            if not answer.arrived:
                break
        return done


def due_now(*, at: datetime) -> bool:
    """Whether any message is due: what the runner asks every round."""
    return bool(_due(at, limit=1))


def deliver(*, at: datetime, most: int = 1_000, seconds: float = 8.0, actor: str = "platform") -> Delivered:
    """Sends what is due at `at`, at most `most` messages, begun within about `seconds`.

    Safe to run from several processes: a message is claimed in the ledger before it is posted. A subscription whose
    message failed waits; one whose message was tried as often as allowed is stopped until it is confirmed again.
    """
    told: Counter[str] = Counter()
    end = time.perf_counter() + seconds
    while sum(told.values()) < most and time.perf_counter() < end:
        tasks = _claim(at, actor)
        if not tasks:
            break
        keys.publish(at=at)
        kid, key = keys.signer(at=at)
        post = _Post(kid, key, networks(settings.WEBHOOK_NETWORKS), home().sandbox, end, at)
        with ThreadPoolExecutor(THREADS) as pool:
            sent = list(pool.map(post.all_of, tasks))
        for task, results in zip(tasks, sent, strict=True):
            told.update(_settle(task, results, at, actor))
    return Delivered(told["delivered"], told["failed"], told["given-up"], _waiting())


def _claim(at: datetime, actor: str) -> list[_Task]:
    """Takes the next messages of every subscription that is due and may be told."""
    if not _due(at, limit=1):
        return []
    tasks: list[_Task] = []
    try:
        with evidence.event(evidence.Act(kind=keeping.CLAIMED, actor=actor, at=at)) as event:
            evidence.lock(keeping.LOCK)
            for line in _due(at, limit=200):
                if found := reading.waiting_of(line, limit=PART):
                    tasks.append(_Task(line, found))
            if not tasks:
                raise _None
            until = evidence.microseconds(at + CLAIM)
            keeping.attempt(
                event,
                [(task.line.id, one.id, "sending", "", until) for task in tasks for one in task.messages],
            )
    except _None:
        return []
    return tasks


def _due(at: datetime, *, limit: int) -> list[reading.Line]:
    """Subscriptions with something to send whose pause or claim is over, of clients that may be told now."""
    known = sorted(reading.clients())
    if not known:
        return []
    marks = ", ".join(["%s"] * len(known))
    waiting = (
        "EXISTS (SELECT 1 FROM subscriptions_message m WHERE m.subscription_id = subscriptions_subscription.id"
        f" AND m.state IN ({reading.WAITING_SQL})"
    )
    return reading.lines(
        f"next_at <= %s AND client IN ({marks}) AND (state = %s AND {waiting})"
        f" OR state = %s AND {waiting} AND m.kind = %s))",
        [evidence.microseconds(at), *known, ACTIVE, PENDING, CONFIRM],
        limit=limit,
    )


def _settle(task: _Task, sent: Sequence[_Sent], at: datetime, actor: str) -> list[str]:
    """Notes what became of a claim: arrived, failed, and what was not tried goes back."""
    line = task.line
    tried = {one.message.id for one in sent}
    back = [one for one in task.messages if one.id not in tried]
    rows = [(line.id, one.id, "returned", "", 0) for one in back]
    stopped = ""
    for one in sent:
        answer = one.answer
        if answer.arrived:
            rows.append((line.id, one.message.id, "delivered", "", 0))
            continue
        following = policy_retries.after(
            tried=one.message.attempts, at=at, status=answer.status, asked=answer.retry_after
        )
        next_at = evidence.microseconds(following.at) if following.at else 0
        rows.append((line.id, one.message.id, following.outcome, _reason(answer), next_at))
        stopped = _reason(answer) if following.outcome == "given-up" else ""
    with evidence.event(evidence.Act(kind=keeping.DELIVERED, actor=actor, at=at)) as event:
        evidence.lock(keeping.LOCK)
        rows = _still_ours(rows)
        keeping.attempt(event, rows)
        if stopped and reading.line(client=line.client, id=line.id).state in (ACTIVE, PENDING):
            keeping.turn(event, [line.id], STOPPED, stopped)
    if line.state == PENDING and any(_echoed(line, one) for one in sent):
        activate(line, reason="address", actor=actor, at=at)
    return [row[2] for row in rows if row[2] != "returned"]


def _still_ours(rows: Sequence[tuple[int, int, str, str, int]]) -> list[tuple[int, int, str, str, int]]:
    """Without messages somebody else settled meanwhile."""
    ids = ", ".join(str(int(row[1])) for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM subscriptions_message WHERE id IN ({ids}) AND state = 'sending'")
        ours = {row[0] for row in cursor.fetchall()}
    return [row for row in rows if row[1] in ours]


def _echoed(line: reading.Line, sent: _Sent) -> bool:
    """Whether the address answered the challenge with it: as text, or as JSON {"challenge": …}."""
    if sent.message.kind != CONFIRM or not sent.answer.arrived:
        return False
    text = sent.answer.body.decode(errors="replace").strip()
    try:
        told = json.loads(text)
        text = str(told["challenge"]) if isinstance(told, dict) and "challenge" in told else text
    except ValueError:
        pass
    return hmac.compare_digest(text.encode(), challenge_of(line).encode())


def _reason(answer: transport.Answer) -> str:
    if answer.reason:
        return answer.reason
    if 300 <= answer.status < 400:
        return "redirect"
    return "gone" if answer.status == 410 else f"status-{answer.status}"


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM subscriptions_message WHERE state IN ({reading.WAITING_SQL})")
        return int(cursor.fetchone()[0])
