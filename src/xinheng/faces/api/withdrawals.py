"""What left use, for machines that keep copies: signed notices with numbers only, and how far each has acknowledged them.

A notice never carries content, and an id in it opens nothing: content is asked for where everyone asks, at the gate.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from xinheng.accounts import service as accounts
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.limits import spend
from xinheng.faces.api.tokens import Bearer
from xinheng.faces.clock import now
from xinheng.faces.site.limits import Allowance, visitor
from xinheng.faces.site.views.common import MAX_ID
from xinheng.withdrawals import service as withdrawals

COUNTS = Allowance("api-arrivals", 240, 60)
REFUSALS = {status: EXPECTED[status] for status in (401, 403, 422, 429)}

follower_client = Bearer(withdrawals.SCOPE)
router = Router(tags=["withdrawals"])


class Notice(Schema):
    """One entry that left use."""

    seq: int = Field(description="its number in this log, without gaps", examples=[118])
    statement: int = Field(description="id of the entry", examples=[4259843])
    kind: str = Field(
        description="superseded | annulled | erased | repaired | suppressed (for a time)",
        examples=["repaired"],
    )
    at: str = Field(description="UTC", examples=["2026-11-20T02:00:00+00:00"])
    note: str = Field(
        description="C2SP signed note by a key of the log: xinheng-withdrawal-v1, log, seq, instant, kind, id, one a line"
    )


class Notices(Schema):
    """Notices in order, oldest first."""

    notices: list[Notice]
    next: int | None = Field(description="`after` of the next page; null at the end")
    last: int = Field(description="number of the newest notice there is", examples=[118])
    told: int = Field(description="up to where this client was told", examples=[118])
    acknowledged: int = Field(description="up to where this client acknowledged", examples=[96])


class Acknowledging(Schema):
    """Everything up to and with this number was acted on."""

    model_config = ConfigDict(extra="forbid")

    through: int = Field(ge=0, le=MAX_ID, examples=[118])


class Acknowledged(Schema):
    """How far this client has come."""

    through: int = Field(examples=[118])
    new: int = Field(description="how many were not acknowledged before", examples=[22])
    behind: int = Field(description="how many are still to be acknowledged", examples=[0])


class Arrival(Schema):
    """Where one withdrawal arrived, in numbers: neither which entry it was nor who was told."""

    seq: int = Field(description="number of the notice", examples=[118])
    at: str = Field(examples=["2026-11-20T02:00:00+00:00"])
    followers: int = Field(description="data users it concerns", examples=[4])
    told: int = Field(description="of them, how many were handed the notice", examples=[4])
    acknowledged: int = Field(description="of them, how many say they acted on it", examples=[3])


class Arrivals(Schema):
    """The newest first."""

    arrivals: list[Arrival]
    next: int | None = Field(description="`before` of the next page; null at the end")


@router.get(
    "/withdrawals", response={200: Notices, **REFUSALS}, auth=follower_client, summary="Signed notices of what left use"
)  # fmt: skip
def notices(
    request: HttpRequest,
    after: int | None = Query(
        None,
        ge=0,
        le=MAX_ID,
        description="number of the last notice you have; left out: of the last you acknowledged",
    ),
    limit: int = Query(100, ge=1, le=withdrawals.MAX_PAGE),
) -> dict[str, object]:
    """Scope `follow`. Delete what is named the same day, then acknowledge. That you were told is written into the ledger."""
    page = withdrawals.feed(client=_client(request).id, after=after, limit=limit, at=now())
    return {
        "notices": [
            {"seq": one.seq, "statement": one.statement, "kind": one.kind, "at": one.at.isoformat(), "note": one.note}
            for one in page.notices
        ],
        "next": page.next, "last": page.last, "told": page.told, "acknowledged": page.acknowledged,
    }  # fmt: skip


@router.post(
    "/withdrawals/acknowledge", response={200: Acknowledged, **REFUSALS, 409: EXPECTED[409]}, auth=follower_client,
    summary="Acknowledge notices",
)  # fmt: skip
def acknowledge(request: HttpRequest, body: Acknowledging) -> dict[str, int]:
    """Scope `follow`. Repeating it is harmless; 409 for notices you were not given yet."""
    try:
        done = withdrawals.acknowledge(client=_client(request).id, through=body.through, at=now())
    except withdrawals.NotToldYet as error:
        raise ApiProblem(409, error.code, error.message, where="body.through") from None
    return {"through": done.through, "new": done.new, "behind": done.behind}


@router.get(
    "/withdrawals/arrivals", response={200: Arrivals, 422: EXPECTED[422], 429: EXPECTED[429]},
    summary="Where withdrawals arrived",
)  # fmt: skip
def arrivals(
    request: HttpRequest,
    before: int | None = Query(None, ge=1, le=MAX_ID),
    limit: int = Query(50, ge=1, le=100),
) -> dict[str, object]:
    """Needs no token: for each notice how many data users were told and how many acknowledged it.

    No entry is named: to the public withdrawn, ended and never existed are one answer.
    """
    spend(visitor(request.META), COUNTS, request)
    found = withdrawals.recent(before=before, limit=limit + 1, at=now())
    return {
        "arrivals": [
            {"seq": one.seq, "at": one.at.isoformat(), "followers": one.followers, "told": one.told, "acknowledged": one.acknowledged}
            for one in found[:limit]
        ],
        "next": found[limit - 1].seq if len(found) > limit else None,
    }  # fmt: skip


def _client(request: HttpRequest) -> accounts.ApiClient:
    client: accounts.ApiClient = request.auth  # type: ignore[attr-defined]
    return client
