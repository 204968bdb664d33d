"""Being told when an answer changes: subscriptions with a webhook, and the same messages to be read from a cursor.

Messages are CloudEvents with ids only. What is true now is asked of the check and of the gate.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from xinheng.accounts import service as accounts
from xinheng.faces.api import idempotency
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.tokens import Bearer
from xinheng.faces.clock import now
from xinheng.faces.site.views.common import MAX_ID
from xinheng.kernel.errors import XinhengError
from xinheng.subscriptions import service as subscriptions

subscriber = Bearer(subscriptions.SCOPE)
router = Router(tags=["subscriptions"])
READING = {status: EXPECTED[status] for status in (401, 403, 404, 422, 429)}
CHANGING = {**READING, 400: EXPECTED[400], 409: EXPECTED[409]}
KEY = idempotency.parameter(
    "Optional. The same key with the same body gives the subscription it made (`repeated`), as it stands now, and no second"
    " one; with another body it is a 409."
)
Kind = Literal["answer.changed", "entry.recorded", "entry.ended"]


class Subscribing(Schema):
    """What to be told of, and where."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=500,
        description="https address that takes the messages",
        examples=["https://licence.example.gov.cn/hooks/xinheng"],
    )
    kinds: list[Kind] = Field(min_length=1, max_length=3, examples=[["answer.changed"]])
    codes: list[str] = Field(
        min_length=1,
        max_length=subscriptions.MAX_CODES,
        description="unified codes of organisations",
        examples=[["91340621MA2N00000X"]],
    )
    matter: str = Field(
        "",
        max_length=64,
        description="needed for answer.changed: the same organisation has another answer in another matter",
        examples=["food-business-licence"],
    )
    scope: Literal["public", "shared"] = Field(
        "public", description="shared needs the scope check-shared and a purpose"
    )
    purpose: str = Field(
        "", max_length=200, description="for scope shared; each organisation is told that it is watched"
    )


class Subscribed(Schema):
    """A subscription and how its deliveries stand."""

    id: int = Field(examples=[2228224])
    url: str = Field(examples=["https://licence.example.gov.cn/hooks/xinheng"])
    kinds: list[str] = Field(examples=[["answer.changed"]])
    matter: str = Field(examples=["food-business-licence"])
    scope: str = Field(examples=["public"])
    codes: int = Field(description="how many organisations", examples=[120])
    state: str = Field(description="pending | active | stopped | ended", examples=["active"])
    reason: str = Field(description="why it is in this state, a code", examples=["address"])
    since: str = Field(description="UTC", examples=["2026-11-20T02:00:00+00:00"])
    waiting: int = Field(description="messages not delivered yet", examples=[0])
    given_up: int = Field(description="messages that were tried as often as allowed", examples=[0])
    next_at: str | None = Field(description="not tried before; null: at once", examples=[None])
    last_delivered: str | None = Field(examples=["2026-11-20T02:10:00+00:00"])
    repeated: bool = Field(
        False, description="the subscription an earlier request with this Idempotency-Key made"
    )


class Subscriptions(Schema):
    """By number."""

    subscriptions: list[Subscribed]
    next: int | None = Field(description="`after` of the next page; null at the end")


class Codes(Schema):
    """The organisations of a subscription, in order."""

    codes: list[str] = Field(examples=[["91340621MA2N00000X"]])
    next: str | None = Field(description="`after` of the next page; null at the end")


class Confirming(Schema):
    """What was posted to the address as `data.challenge`."""

    model_config = ConfigDict(extra="forbid")

    challenge: str = Field(min_length=1, max_length=200, examples=["5f0c…"])


class Replaying(Schema):
    """Which messages to send again."""

    model_config = ConfigDict(extra="forbid")

    subscription: int = Field(ge=0, le=MAX_ID, examples=[2228224])
    after: int = Field(
        0, ge=0, le=MAX_ID, description="number of the last message you have; 0: from the first"
    )


class Replayed(Schema):
    """How many go out once more, under the ids they had."""

    queued: int = Field(examples=[12])


class Event(Schema):
    """A CloudEvent 1.0. `sequence` runs without gaps for each client; drop an `id` you have seen."""

    specversion: str = Field(examples=["1.0"])
    id: str = Field(examples=["c-1f0a2b3c4d5e-118"])
    source: str = Field(description="the log of this platform", examples=["urn:xinheng:huaibei.example"])
    type: str = Field(examples=["xinheng.answer.changed.v1"])
    subject: str = Field(
        description="code of the organisation to look at again", examples=["91340621MA2N00000X"]
    )
    time: str = Field(examples=["2026-11-20T02:00:00Z"])
    datacontenttype: str = Field(examples=["application/json"])
    sequence: str = Field(examples=["0000000000000000118"])
    data: dict[str, Any] = Field(
        description="subscription, position in the ledger, matter",
        examples=[{"subscription": 2228224, "position": 48211, "matter": "food-business-licence"}],
    )


class Events(Schema):
    """Messages of this client, oldest first."""

    events: list[Event]
    next: int | None = Field(description="`after` of the next page; null at the end")
    last: int = Field(description="number of the newest message there is", examples=[118])


@router.post(
    "/subscriptions", response={201: Subscribed, **CHANGING}, auth=subscriber, openapi_extra=KEY,
    summary="Subscribe to changes",
)  # fmt: skip
def subscribe(request: HttpRequest, body: Subscribing) -> Any:
    """Scope `subscribe`. The address is sent a challenge first (`data.challenge` of a `subscription.confirm`): answer it
    with the challenge as body, or send it to `…/confirm`. Nothing else is sent before. 20 subscriptions a client."""
    client, key = _client(request), idempotency.key_of(request)
    if key and (known := idempotency.known(request, key)):
        return Status(201, _again(client.id, int(known)))
    made = _asked(
        lambda: subscriptions.subscribe(
            client=client, url=body.url, kinds=body.kinds, usccs=body.codes, matter=body.matter, scope=body.scope,
            purpose=body.purpose, actor=f"api:{client.id}", at=now(),
        )
    )  # fmt: skip
    kept = int(idempotency.keep(request, key, str(made.id))) if key else made.id
    if kept != made.id:
        # Two at once: the first one kept is the subscription of the key
        subscriptions.end(client=client.id, id=made.id, actor=f"api:{client.id}", at=now())
        return Status(201, _again(client.id, kept))
    return Status(201, _shown(made))


@router.get(
    "/subscriptions", response={200: Subscriptions, **READING}, auth=subscriber, summary="Your subscriptions"
)
def listed(
    request: HttpRequest, after: int = Query(0, ge=0, le=MAX_ID), limit: int = Query(50, ge=1, le=100)
) -> Any:
    """Scope `subscribe`. Those of this client, ended ones too, with what waits and what was given up."""
    found = subscriptions.subscriptions(client=_client(request).id, after=after, limit=limit + 1)
    return {
        "subscriptions": [_shown(one) for one in found[:limit]],
        "next": found[limit - 1].id if len(found) > limit else None,
    }


@router.get(
    "/subscriptions/{id}", response={200: Subscribed, **READING}, auth=subscriber, summary="One subscription"
)
def one(request: HttpRequest, id: int) -> Any:
    """Scope `subscribe`. Another client's is not found."""
    return _shown(subscriptions.subscription(client=_client(request).id, id=_number(id)))


@router.get(
    "/subscriptions/{id}/codes", response={200: Codes, **READING}, auth=subscriber, summary="What it is about"
)
def codes(
    request: HttpRequest, id: int, after: str = Query("", pattern="^[0-9A-Z]{0,18}$"), limit: int = Query(1000, ge=1, le=1000)
) -> Any:  # fmt: skip
    """Scope `subscribe`. The organisations of a subscription, in the order of their codes."""
    found = subscriptions.codes(client=_client(request).id, id=_number(id), after=after, limit=limit + 1)
    return {"codes": found[:limit], "next": found[limit - 1] if len(found) > limit else None}


@router.post(
    "/subscriptions/{id}/confirm", response={200: Subscribed, **CHANGING}, auth=subscriber, summary="Confirm the address"
)  # fmt: skip
def confirm(request: HttpRequest, id: int, body: Confirming) -> Any:
    """Scope `subscribe`. For receivers that cannot answer the challenge where it arrives. Repeating is harmless."""
    client = _client(request)
    return _shown(
        _asked(
            lambda: subscriptions.confirm(
                client=client.id, id=_number(id), challenge=body.challenge, actor=f"api:{client.id}", at=now()
            )
        )
    )


@router.post(
    "/subscriptions/{id}/challenge", response={200: Subscribed, **CHANGING}, auth=subscriber, summary="Challenge again"
)  # fmt: skip
def challenge(request: HttpRequest, id: int) -> Any:
    """Scope `subscribe`. After deliveries were stopped, or when the first challenge was missed."""
    client = _client(request)
    return _shown(
        _asked(
            lambda: subscriptions.challenge_again(
                client=client.id, id=_number(id), actor=f"api:{client.id}", at=now()
            )
        )
    )


@router.delete(
    "/subscriptions/{id}",
    response={200: Subscribed, **READING},
    auth=subscriber,
    summary="End a subscription",
)
def ended(request: HttpRequest, id: int) -> Any:
    """Scope `subscribe`. Nothing is sent for it any more; its messages can still be read. Repeating is harmless."""
    client = _client(request)
    return _shown(subscriptions.end(client=client.id, id=_number(id), actor=f"api:{client.id}", at=now()))


@router.get("/events", response={200: Events, **READING}, auth=subscriber, summary="Messages from a cursor")
def events(
    request: HttpRequest,
    after: int = Query(0, ge=0, le=MAX_ID, description="number of the last message you have; 0: from the first"),
    limit: int = Query(100, ge=1, le=subscriptions.MAX_PAGE),
) -> Any:  # fmt: skip
    """Scope `subscribe`. The messages of all subscriptions of this client, delivered or not; the same however often it
    is asked. A message says "look again" and nothing else: what is gone does not come back with it."""
    page = subscriptions.feed(client=_client(request).id, after=after, limit=limit)
    return {
        "events": [json.loads(subscriptions.payload(one)) for one in page.messages],
        "next": page.next,
        "last": page.last,
    }


@router.post(
    "/events/replay", response={200: Replayed, **CHANGING}, auth=subscriber, summary="Send messages again"
)
def replay(request: HttpRequest, body: Replaying) -> Any:
    """Scope `subscribe`. Queues the messages of an active subscription after a number for its webhook once more, under
    the ids they had. What is waiting anyway is not sent twice."""
    client = _client(request)
    queued = _asked(
        lambda: subscriptions.replay(
            client=client.id, id=body.subscription, after=body.after, actor=f"api:{client.id}", at=now()
        )
    )
    return {"queued": queued}


WHERE = {
    "webhook-address-refused": "body.url", "matter-unknown": "body.matter", "matter-not-yours": "body.matter",
    "purpose-refused": "body.purpose", "scope-missing": "body.scope", "challenge-wrong": "body.challenge",
}  # fmt: skip


def _asked(work: Any) -> Any:
    """Runs a change; its refusals say which part of the request they are about."""
    try:
        return work()
    except XinhengError as error:
        if isinstance(error, subscriptions.NotActive):
            raise ApiProblem(409, error.code, error.message) from None
        if error.code == "too-many-subscriptions":
            raise ApiProblem(409, error.code, error.message) from None
        if error.code in WHERE:
            status = (
                403
                if error.code in ("purpose-refused", "scope-missing", "challenge-wrong", "matter-not-yours")
                else 422
            )
            raise ApiProblem(status, error.code, error.message, where=WHERE[error.code]) from None
        raise


def _shown(one: subscriptions.Subscription) -> dict[str, Any]:
    return {
        "id": one.id, "url": one.url, "kinds": list(one.kinds), "matter": one.matter, "scope": one.scope,
        "codes": one.codes, "state": one.state, "reason": one.reason, "since": one.since.isoformat(),
        "waiting": one.waiting, "given_up": one.given_up, "next_at": one.next_at.isoformat() if one.next_at else None,
        "last_delivered": one.last_delivered.isoformat() if one.last_delivered else None,
    }  # fmt: skip


def _again(client: str, id: int) -> dict[str, Any]:
    return _shown(subscriptions.subscription(client=client, id=id)) | {"repeated": True}


def _number(id: int) -> int:
    """A number no database chokes on: larger ones do not exist."""
    if 0 <= id <= MAX_ID:
        return id
    raise subscriptions.NoSuchSubscription(
        "没有这个订阅。用 GET /api/v1/subscriptions 列出这个接口账户的订阅。"
    )


def _client(request: HttpRequest) -> accounts.ApiClient:
    client: accounts.ApiClient = request.auth  # type: ignore[attr-defined]
    return client
