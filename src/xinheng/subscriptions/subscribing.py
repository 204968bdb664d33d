"""Subscribing, proving that the address listens, ending, and having messages sent again."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from xinheng.accounts import service as accounts
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.kernel import uscc as codes_of
from xinheng.kernel.personal import redact
from xinheng.law import service as law
from xinheng.subscriptions import keeping, keys, reading
from xinheng.subscriptions.errors import BadAddress, BadSubscription, ChallengeWrong, NotActive
from xinheng.subscriptions.policy_addresses import literal_problem, networks, url_problem
from xinheng.subscriptions.types import (
    ACTIVE,
    ANSWER,
    CONFIRM,
    KINDS,
    MAX_CODES,
    MAX_SUBSCRIPTIONS,
    OVER,
    PENDING,
    SHARED,
    STOPPED,
    Subscription,
)

MOST_REPLAYED = 5_000


def subscribe(
    *, client: accounts.ApiClient, url: str, kinds: Sequence[str], usccs: Sequence[str], matter: str = "",
    scope: str = "public", purpose: str = "", actor: str, at: datetime,
) -> Subscription:  # fmt: skip
    """Notes that a client wants to hear of these organisations, and queues the challenge to its address.

    Nothing else is sent until the address has answered the challenge (or the client has sent it back, `confirm`). The
    kind "answer.changed" needs a matter; scope "shared" needs the scope "check-shared", a purpose that fits, and a matter
    that is not deferred: each organisation is told that it is watched. Raises `BadAddress`, `BadSubscription`, what
    `checks` raises for an unknown matter.
    """
    allowed, sandbox = networks(settings.WEBHOOK_NETWORKS), home().sandbox
    if said := url_problem(url, sandbox=sandbox) or literal_problem(url, allowed=allowed, sandbox=sandbox):
        raise BadAddress(f"投递地址不能用：{said}")
    wanted = tuple(dict.fromkeys(kinds))
    about = list(dict.fromkeys(usccs))
    on = evidence.legal_day(at)
    _fits(client, wanted, about, matter, scope, purpose, on)
    digests: dict[str, str] = dict.fromkeys(about, "")
    if ANSWER in wanted:
        digests |= checks.answer_digest(
            usccs=about, matter=matter, asker=reading.asker(client, scope=scope, on=on), on=on
        )
    # Before the first delivery, so that whoever verifies it finds the key published
    keys.publish(at=at)
    purpose = redact(" ".join(purpose.split())[:200])[0]
    act = evidence.Act(kind=keeping.ADDED, actor=actor, at=at, purpose=purpose, detail={"client": client.id})
    with evidence.event(act) as event:
        evidence.lock(keeping.LOCK)
        if len(reading.lines("client = %s AND state <> %s", [client.id, OVER])) >= MAX_SUBSCRIPTIONS:
            raise BadSubscription(
                f"一个接口账户最多 {MAX_SUBSCRIPTIONS} 个订阅。先终止不用的：DELETE /api/v1/subscriptions/编号。",
                code="too-many-subscriptions",
            )
        row = (
            client.id,
            client.body,
            url,
            " ".join(wanted),
            matter if ANSWER in wanted else "",
            scope,
            purpose,
        )
        [made] = keeping.write(event, "subscriptions_subscription", [(*row, PENDING, 0)])
        keeping.write(event, "subscriptions_interest", [(made, one, digests[one]) for one in about])
        keeping.turn(event, [made], PENDING, "added")
        keeping.queue(event, [(client.id, made, CONFIRM, "", evidence.size(), "")])
    if scope == "shared":
        _tell_organisations(client, about, matter, purpose, actor, at)
    return reading.subscription(client=client.id, id=made)


def confirm(*, client: str, id: int, challenge: str, actor: str, at: datetime) -> Subscription:
    """The client sends back what its address was sent: the subscription is active from now on. Twice is once.

    What happened since it was added is looked at again. Raises `NoSuchSubscription`, `ChallengeWrong`, `NotActive`.
    """
    known = reading.line(client=client, id=id)
    if known.state == ACTIVE:
        return reading.subscription(client=client, id=id)
    if known.state != PENDING:
        raise NotActive(f"订阅 {id} 已停送或终止，没有待确认的挑战。请先请求新的挑战。")
    if not hmac.compare_digest(challenge_of(known).encode(), challenge.encode()):
        raise ChallengeWrong(f"送回的挑战与发到订阅 {id} 的地址的不一致。请原样送回 data.challenge。")
    activate(known, reason="client", actor=actor, at=at)
    return reading.subscription(client=client, id=id)


def activate(known: reading.Line, *, reason: str, actor: str, at: datetime) -> None:
    """Makes a pending subscription active and puts its organisations on the list of what to look at again."""
    with evidence.event(evidence.Act(kind=keeping.TURNED, actor=actor, at=at)) as event:
        evidence.lock(keeping.LOCK)
        if reading.line(client=known.client, id=known.id).state == PENDING:
            keeping.turn(event, [known.id], ACTIVE, reason)
            position = evidence.size()
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO subscriptions_candidate (uscc, kind, position)"
                    f" SELECT uscc, '{ANSWER}', %s FROM subscriptions_interest WHERE subscription_id = %s",
                    [position, known.id],
                )
                # The challenge has done its work, whoever sent it back
                cursor.execute(
                    "SELECT id FROM subscriptions_message WHERE subscription_id = %s AND kind = %s"
                    f" AND state IN ({reading.WAITING_SQL})",
                    [known.id, CONFIRM],
                )
                open_ = [row[0] for row in cursor.fetchall()]
            if open_:
                keeping.attempt(event, [(known.id, one, "delivered", "confirmed", 0) for one in open_])


def challenge_again(*, client: str, id: int, actor: str, at: datetime) -> Subscription:
    """Sends a challenge once more, to an address that was silent or was stopped. Until it is answered nothing else is
    sent. An active subscription is left as it is. Raises `NoSuchSubscription`, `NotActive` for one that ended."""
    known = reading.line(client=client, id=id)
    if known.state == OVER:
        raise NotActive(f"订阅 {id} 已终止。请新建一个订阅。")
    if known.state != ACTIVE:
        with evidence.event(evidence.Act(kind=keeping.TURNED, actor=actor, at=at)) as event:
            evidence.lock(keeping.LOCK)
            state = reading.line(client=client, id=id).state
            if state == STOPPED:
                keeping.turn(event, [id], PENDING, "challenged")
            if not any(one.kind == CONFIRM for one in reading.waiting_of(known, limit=1)):
                keeping.queue(event, [(client, id, CONFIRM, "", evidence.size(), "")])
    return reading.subscription(client=client, id=id)


def end(*, client: str, id: int, actor: str, at: datetime) -> Subscription:
    """Ends a subscription: nothing is sent for it any more. Twice is once. Raises `NoSuchSubscription`."""
    if reading.line(client=client, id=id).state != OVER:
        with evidence.event(evidence.Act(kind=keeping.TURNED, actor=actor, at=at)) as event:
            evidence.lock(keeping.LOCK)
            if reading.line(client=client, id=id).state != OVER:
                keeping.turn(event, [id], OVER, "client")
    return reading.subscription(client=client, id=id)


def replay(*, client: str, id: int, after: int, actor: str, at: datetime) -> int:
    """Queues the messages of a subscription after number `after` once more, at most 5,000; returns how many.

    They go out with the ids they had. Messages that are waiting anyway are not queued twice, so repeating it changes
    nothing until they were sent. Raises `NoSuchSubscription`, `NotActive`.
    """
    known = reading.line(client=client, id=id)
    if known.state != ACTIVE:
        raise NotActive(
            f"订阅 {id} 没有生效，不能重发。请先确认地址：POST /api/v1/subscriptions/{id}/challenge。"
        )
    if not _sent(known.id, after, limit=1):
        return 0
    with evidence.event(
        evidence.Act(kind=keeping.REPLAYED, actor=actor, at=at, detail={"client": client, "after": after})
    ) as event:
        evidence.lock(keeping.LOCK)
        found = _sent(known.id, after, limit=MOST_REPLAYED)
        # What is on its way now keeps its claim
        claim = reading.line(client=client, id=id).next_at
        keeping.attempt(event, [(known.id, one, "replayed", "asked", claim) for one in found])
    return len(found)


def challenge_of(known: reading.Line) -> str:
    """What an address has to send back: known to whoever can read what is posted there, kept nowhere."""
    return salted_hmac(
        "xinheng.subscriptions.challenge", f"{known.id}:{known.url}", algorithm="sha256"
    ).hexdigest()


def _sent(subscription: int, after: int, *, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM subscriptions_message WHERE subscription_id = %s AND seq > %s AND kind <> %s"
            " AND state IN ('delivered', 'given-up') ORDER BY seq LIMIT %s",
            [subscription, after, CONFIRM, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _fits(
    client: accounts.ApiClient, kinds: Sequence[str], usccs: Sequence[str], matter: str, scope: str, purpose: str,
    on: date,
) -> None:  # fmt: skip
    """Raises `BadSubscription` for what cannot be watched, or not by this client."""
    if wrong := [one for one in kinds if one not in KINDS]:
        raise BadSubscription(f"没有「{wrong[0]}」这种消息。可以订阅：{'、'.join(KINDS)}。")
    if not kinds or not usccs:
        raise BadSubscription("订阅里要有至少一种消息和至少一个统一社会信用代码。")
    if len(usccs) > MAX_CODES:
        raise BadSubscription(f"一个订阅最多 {MAX_CODES} 个代码，这里有 {len(usccs)} 个。请分成几个订阅。")
    if bad := next((one for one in usccs if not codes_of.is_valid(one)), None):
        raise BadSubscription(f"「{bad[:20]}」不是统一社会信用代码。请核对后再订阅。")
    if ANSWER in kinds and not matter:
        raise BadSubscription(f"订阅 {ANSWER} 要写明事项（matter）：同一组织，不同事项的答复不同。")
    if client.matters and matter and matter not in client.matters:
        raise BadSubscription(f"「{matter}」不在这个接口账户可以核查的事项里。", code="matter-not-yours")
    if not purpose.isprintable():
        raise BadSubscription("用途里有不能显示的字符。请用一句话写明用途。")
    if scope not in ("public", "shared"):
        raise BadSubscription("scope 只能是 public 或 shared。")
    if scope == "shared":
        _fits_shared(client, kinds, matter, purpose, on)


def _fits_shared(
    client: accounts.ApiClient, kinds: Sequence[str], matter: str, purpose: str, on: date
) -> None:
    if SHARED not in client.scopes:
        raise BadSubscription(f"接口账户没有 {SHARED} 权限，只能订阅公开信息的变化。", code="scope-missing")
    if tuple(kinds) != (ANSWER,):
        raise BadSubscription(f"scope 为 shared 的订阅只有 {ANSWER} 一种消息。")
    pack = law.active()
    use = law.use_of(pack=pack, matter=matter)
    if use.deferred is not None:
        raise BadSubscription(
            f"「{use.name}」的核查对当事人暂缓告知，不能长期订阅非公开信息。请在办理时单次核查。",
            code="purpose-refused",
        )
    said = law.purpose_refusal(
        pack=pack, use=use, purpose=purpose, role="department",
        sector=reading.asker(client, scope="shared", on=on).sector, matter=matter,
    )  # fmt: skip
    if said:
        raise BadSubscription(said, code="purpose-refused")


def _tell_organisations(
    client: accounts.ApiClient, usccs: Sequence[str], matter: str, purpose: str, actor: str, at: datetime
) -> None:
    """What is not public is watched: each organisation finds it among who looked."""
    for start in range(0, len(usccs), 1_000):
        accounts.read(
            actor=actor, at=at, what="subscription", purpose=purpose, role="department", unit=client.body,
            subject={"usccs": list(usccs[start : start + 1_000]), "matter": matter},
        )  # fmt: skip
