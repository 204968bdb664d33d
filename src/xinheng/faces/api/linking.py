"""Which organisations names mean, many at a time. For the machines of departments; changes nothing, and is written down."""

from __future__ import annotations

from typing import Any

import polars as pl
from ninja import Router, Schema
from pydantic import ConfigDict, Field, ValidationError

from xinheng.accounts import service as accounts
from xinheng.faces import linking
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.limits import spend
from xinheng.faces.api.tokens import Bearer
from xinheng.faces.clock import now
from xinheng.faces.site.limits import Allowance

MOST, LARGEST = 10_000, 8 * 1024 * 1024
MOST_WITH_PARTS = 500
LINKS = Allowance("api-links", 60, 60)
PURPOSE = "按名称查找机构代码"
CODE = "91340621MA2N00000X"
REFUSALS = {status: EXPECTED[status] for status in (401, 403, 413, 422, 429)}

link_client = Bearer("link")
router = Router(tags=["linking"], auth=link_client)


class Asked(Schema):
    """A name, and what else is known of whoever it means. Anything sent beside these is refused."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field("", max_length=64, description="comes back as it was sent", examples=["17"])
    name: str = Field(
        max_length=400, description="as it was written, scanned or typed", examples=["濉溪县某某食品有很公司"]
    )
    code: str = Field(
        "", max_length=64, description="whatever stood in the place of the code: whole, masked, damaged, an old number",
        examples=["91340621MA2N*****X"],
    )  # fmt: skip
    region: str = Field("", max_length=64, description="division: its code or its name", examples=["340621"])


class Candidate(Schema):
    """An organisation that may be meant."""

    uscc: str = Field(examples=[CODE])
    name: str = Field(
        description="its name that matched, as it may be shown", examples=["濉溪县某某食品有限公司"]
    )
    confidence: float = Field(description="probability, 0 to 1", examples=[0.9987])


class Part(Schema):
    """How one part of the name compares with the best candidate's. `points` are thousandths of a bit of evidence."""

    part: str = Field(description="code | region | brand | trade | form | branch | name", examples=["form"])
    level: str = Field(examples=["similar"])
    points: int = Field(examples=[1200])
    said: str = Field(examples=["有很公司"])
    held: str = Field(examples=["有限公司"])
    sentence: str = Field(examples=["组织形式只差一个形近的字。"])


class Linked(Schema):
    """What became of one name. `uscc` is empty unless the outcome is linked: a doubtful one is for a person to judge."""

    id: str = Field(examples=["17"])
    outcome: str = Field(description="linked | human | none", examples=["linked"])
    uscc: str = Field(examples=[CODE])
    confidence: float = Field(description="of the best candidate, 0 to 1", examples=[0.9987])
    reason: str = Field(description="one sentence", examples=["字号、行业、区划一致，组织形式有一个形近字。"])
    parts: list[Part] = Field(
        default_factory=list, description=f"in requests of at most {MOST_WITH_PARTS} items"
    )
    candidates: list[Candidate] = Field(default_factory=list, description="best first, at most five")


class Answers(Schema):
    """One answer an item, in the order of the request."""

    linked: int = Field(examples=[1])
    human: int = Field(examples=[0])
    none: int = Field(examples=[0])
    answers: list[Linked]


class Request(Schema):
    """The names of one request."""

    model_config = ConfigDict(extra="forbid")

    items: list[Asked] = Field(min_length=1, max_length=MOST)


BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["items"],
                    "additionalProperties": False,
                    "properties": {
                        "items": {
                            "type": "array", "minItems": 1, "maxItems": MOST, "items": Asked.model_json_schema(),
                        }
                    },
                },
                "example": {
                    "items": [
                        {"id": "17", "name": "濉溪县某某食品有很公司", "code": "91340621MA2N*****X", "region": "340621"}
                    ]
                },
            }
        },
    }
}  # fmt: skip


@router.post(
    "/links", response={200: Answers, **REFUSALS}, openapi_extra=BODY,
    summary="Which organisations these names mean (at most 10,000)",
)  # fmt: skip
def links(request: Any) -> Any:
    """Former and short names, damaged codes and misread characters count as evidence, each part with its reason. Nothing is
    stored but that you asked. Names of persons are not looked up: outcome none."""
    client: accounts.ApiClient = request.auth
    spend(client.id, LINKS, request)
    items = _items(request)
    frame = pl.DataFrame(
        [(item.name, item.code, item.region) for item in items],
        schema=dict.fromkeys(("name", "code", "region"), pl.String), orient="row",
    )  # fmt: skip
    found = linking.answered(frame["name"], frame["code"], frame["region"])
    tally = linking.Tally()
    tally.add(found)
    accounts.read(
        actor=f"api:{client.id}", at=now(), what="links", purpose=PURPOSE,
        subject={"source": client.body, "items": len(items), "linked": tally.linked, "human": tally.human},
    )  # fmt: skip
    with_parts = len(items) <= MOST_WITH_PARTS
    return {
        "linked": tally.linked, "human": tally.human, "none": tally.none,
        "answers": [
            _answer(item, row, with_parts=with_parts)
            for item, row in zip(items, found.iter_rows(named=True), strict=True)
        ],
    }  # fmt: skip


def _answer(item: Asked, row: dict[str, Any], *, with_parts: bool) -> dict[str, Any]:
    candidates = row["candidates"]
    best = candidates[0] if candidates else None
    return {
        "id": item.id, "outcome": row["outcome"], "uscc": row["uscc"], "confidence": row["confidence"],
        "reason": row["reason"],
        "parts": [
            {name: getattr(part, name) for name in Part.model_fields}
            for part in (linking.parts(item.name, item.code, best["code"], best["name"]) if best and with_parts else ())
        ],
        "candidates": [
            {"uscc": one["code"], "name": one["name"], "confidence": one["confidence"]} for one in candidates
        ],
    }  # fmt: skip


def _items(request: Any) -> list[Asked]:
    """The items of the request, read up to 8 MB. A problem names the place, never the value."""
    # Not request.body: Django would hold it to the small limit of ordinary forms
    data = request.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ApiProblem(
            413, "request-too-large", f"一次最多 {LARGEST >> 20} MB。", where="body",
            what_to_do=f"分成几次发，每次最多 {MOST:,} 项。",
        )  # fmt: skip
    try:
        return Request.model_validate_json(data).items
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    where = ".".join(str(part) for part in ("body", *first["loc"]))
    if first["type"] == "too_long" and first["loc"] == ("items",):
        raise ApiProblem(422, "too-many-items", f"一次最多 {MOST:,} 项。", where=where)
    raise ApiProblem(422, "invalid-request", f"请求里有一处不对({first['type']})。", where=where)
