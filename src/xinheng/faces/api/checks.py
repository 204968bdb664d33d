"""Check before deciding: one organisation and one matter, one answer; up to 10,000 at a time; feedback on the hints.

The answer is sent as the bytes that were signed: it is not parsed, validated or written again on its way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from xinheng.accounts import service as accounts
from xinheng.checks import service as checks
from xinheng.faces.api import check_shapes as shapes
from xinheng.faces.api import idempotency
from xinheng.faces.api.errors import EXPECTED
from xinheng.faces.api.limits import BATCHES, CHECKS, PUBLIC_CHECKS, spend
from xinheng.faces.api.tokens import AnyBearer, Bearer
from xinheng.faces.clock import now, today
from xinheng.faces.site.limits import visitor

PUBLIC, SHARED, FEEDBACK = "check", "check-shared", "feedback"
REFUSALS = {status: EXPECTED[status] for status in (400, 401, 403, 413, 422, 429)}
KEY = idempotency.parameter(
    "Optional. The same key with the same body gives the first answer again (`repeated`), without a new check; with another"
    " body it is a 409."
)

router = Router(tags=["checks"])
asking, asking_many = AnyBearer((PUBLIC, SHARED), CHECKS), AnyBearer((PUBLIC, SHARED), BATCHES)
reading, feeding_back = AnyBearer((PUBLIC, SHARED, FEEDBACK)), Bearer(FEEDBACK)


def asker_of(client: accounts.ApiClient) -> checks.Asker:
    """As whom a machine asks: as its unit, within its scopes and matters."""
    return checks.Asker(
        "api", client.id, "department", client.body, client.sector, client.scopes, client.matters
    )


@router.get(
    "/checks", response={200: shapes.Check, 403: EXPECTED[403], 422: EXPECTED[422], 429: EXPECTED[429]},
    summary="Check public facts, without an account",
)  # fmt: skip
def look(
    request: HttpRequest,
    code: str = Query(
        ..., min_length=1, max_length=64, pattern=shapes.LINE, description="unified social credit code", examples=[shapes.CODE]
    ),
    matter: str = Query(
        ..., pattern=shapes.MATTER_PATTERN, description="code of the matter", examples=[shapes.MATTER]
    ),
) -> HttpResponse:  # fmt: skip
    """For forms and visitors: signed, but not recorded and without an evidence number. Any page may call it (CORS, no
    cookies). With a token the allowance is the client's."""
    client = asking(request) if request.headers.get("Authorization") else None
    if client is None:
        spend(visitor(request.META), PUBLIC_CHECKS, request)
    asker = asker_of(client) if client is not None else checks.PUBLIC
    at = getattr(request, "asked_at", None) or now()
    answer = checks.check(uscc=code, matter=matter, asker=asker, at=at, record=False)
    response = _sent(answer.body())
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@router.post(
    "/checks", response={200: shapes.Check, **REFUSALS, 409: EXPECTED[409]}, auth=asking, openapi_extra=KEY,
    summary="Check one organisation before deciding",
)  # fmt: skip
def ask(request: Any, body: shapes.CheckRequest) -> HttpResponse:
    """Scope `check`; for what is not public `check-shared` and a purpose that fits. What counts for this matter and nothing
    more, hints with their basis, until when it holds, its evidence number. The evidence is durable before the answer."""
    asker = asker_of(request.auth)

    def answered() -> tuple[str, bytes]:
        answer = checks.check(
            uscc=body.code, matter=body.matter, asker=asker, at=request.asked_at, scope=body.scope, purpose=body.purpose,
            case_number=body.case_number,
        )  # fmt: skip
        return answer.number, answer.body()

    return _once(request, answered, lambda number: checks.repeated(number=number, reader=asker, on=today()))


@router.post(
    "/checks/batch", response={200: shapes.Checks, **REFUSALS, 409: EXPECTED[409]}, auth=asking_many,
    openapi_extra=KEY, summary="Check up to 10,000 organisations for one matter",
)  # fmt: skip
def ask_many(request: Any, body: shapes.BatchRequest) -> HttpResponse:
    """One transaction, one answer a row in the order asked, each with its evidence number; one signature over all of them. A
    row that is no code has an answer without a number (`unchecked`)."""
    asker = asker_of(request.auth)

    def answered() -> tuple[str, bytes]:
        batch = checks.check_many(
            usccs=body.codes, matter=body.matter, asker=asker, at=now(), scope=body.scope, purpose=body.purpose,
            case_number=body.case_number,
        )  # fmt: skip
        told = json.dumps(
            {
                "number": batch.number,
                "digest": batch.digest,
                "signature": batch.signature,
                "seconds": batch.seconds,
            }
        )
        answers = b",".join(one.body() for one in batch.answers)
        return batch.number, b'%s,"answers":[%s]}' % (told[:-1].encode(), answers)

    return _once(
        request, answered, lambda number: checks.repeated_batch(number=number, reader=asker, on=today())
    )


@router.get(
    "/checks/{number}", response={200: shapes.Kept, **{c: EXPECTED[c] for c in (401, 403, 404, 422, 429)}}, auth=reading,
    summary="What is kept of a check of one's unit",
)  # fmt: skip
def kept(
    request: Any, number: str = Path(..., pattern=shapes.NUMBER_PATTERN, examples=[shapes.NUMBER])
) -> dict[str, Any]:
    """The answer with what of it still stands. Another unit's check is a 404."""
    found = checks.evidence(number=number, reader=asker_of(request.auth), on=today())
    return {
        "number": found.number, "outcome": found.outcome, "at": found.at.isoformat(), "unit": found.body,
        "asker": found.asker, "batch": found.batch, "digest": found.digest, "whole": found.whole, "event": found.event,
        "position": found.position, "released_on": found.released_on.isoformat() if found.released_on else None,
        "answer": found.payload,
    }  # fmt: skip


@router.get(
    "/checks/{number}/proof", response={200: shapes.CheckProof, **{c: EXPECTED[c] for c in (404, 409, 422, 429)}},
    summary="Proof that a check is in the ledger",
)  # fmt: skip
def proof(
    request: HttpRequest, number: str = Path(..., pattern=shapes.NUMBER_PATTERN, examples=[shapes.NUMBER])
) -> dict[str, Any]:
    """For whoever was given a check sheet: needs no token and tells nothing about the check. 409 until it is sealed."""
    spend(visitor(request.META), PUBLIC_CHECKS, request)
    return checks.proof(number=number)


@router.post(
    "/checks/{number}/feedback", response={200: shapes.Answered, **REFUSALS, 404: EXPECTED[404], 409: EXPECTED[409]},
    auth=feeding_back, summary="Report whether a hint of kind 应当 was applied",
)  # fmt: skip
def feedback(
    request: Any,
    body: shapes.Answering,
    number: str = Path(..., pattern=shapes.NUMBER_PATTERN, examples=[shapes.NUMBER]),
) -> dict[str, Any]:
    """Scope `feedback`. Needs no Idempotency-Key: the same again is the first one, another answer is a correction."""
    client: accounts.ApiClient = request.auth
    line = checks.answer(
        number=number, hint=body.hint, applied=body.applied, reason=body.reason, document=body.document,
        body=client.body, actor=f"api:{client.id}", at=now(),
    )  # fmt: skip
    return {
        "number": line.number, "hint": line.hint, "version": line.version, "applied": line.applied,
        "reason": line.reason, "document": line.document, "answered_on": line.answered_on.isoformat(),
    }  # fmt: skip


def _once(
    request: Any, answered: Callable[[], tuple[str, bytes]], again: Callable[[str], dict[str, Any]]
) -> HttpResponse:
    """Answers, or tells the first answer again where this key was answered before."""
    key = idempotency.key_of(request)
    if not key:
        return _sent(answered()[1])
    known = idempotency.known(request, key)
    if not known:
        number, told = answered()
        known = idempotency.keep(request, key, number)
        if known == number:
            return _sent(told)
        # Two at once: both answers are evidence, the first one kept is the answer of the key
    return _sent(json.dumps(again(known), ensure_ascii=False).encode())


def _sent(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type="application/json; charset=utf-8")
