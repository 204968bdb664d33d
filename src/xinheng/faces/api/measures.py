"""Measures with their basis, and whether one may be taken: a hint, the department decides. Nothing here creates a measure."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from xinheng.accounts import service as accounts
from xinheng.checks import service as checks
from xinheng.faces.api import check_shapes as shapes
from xinheng.faces.api.checks import SHARED, asker_of
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.limits import spend
from xinheng.faces.api.opendata import READ
from xinheng.faces.api.tokens import Bearer
from xinheng.faces.clock import now, today
from xinheng.faces.site.limits import visitor
from xinheng.law import service as law

router = Router(tags=["measures"])
sharing = Bearer(SHARED)
PURPOSE = "核对一项措施有没有依据"


class Ground(Schema):
    """One provision by which a measure may be taken."""

    code: str
    strength: Literal["must", "may"] = Field(description="must: 应当; may: 可以")
    lists: list[str] = Field(description="kinds of list, by code")
    items: list[str] = Field(description="items of the catalogue, by code")
    uses: list[str] = Field(description="what the organisation is looked up for")
    matters: list[str] = Field(description="only in these matters; empty: all of the uses")
    by: list[str] = Field(description="sectors that may take it; empty: whoever decides such a matter")
    scope: str
    scope_en: str
    until: str = Field(
        description="entry: as long as the entry counts; else a period", examples=["entry", "3 years"]
    )
    proportion: str = Field(description="the least class of a penalty it needs")
    citation: str
    confidence: str
    in_force: bool = Field(description="in force today")


class Measure(Schema):
    """A measure of the national basic list, a lawful supplement to it, or an incentive."""

    code: str = Field(examples=["fiscal-funds"])
    name: str = Field(examples=["限制申请财政性资金项目"])
    name_en: str
    side: Literal["adverse", "incentive"]
    group: int = Field(description="class of the national basic list; 0 for incentives", examples=[1])
    subjects: list[str] = Field(
        description="kinds of organisation it may touch; measures on persons are not held"
    )
    citation: str
    confidence: str
    note: str
    grounds: list[Ground]


class Measures(Schema):
    """All measures of the place."""

    rules: str = Field(description="digest of the pack")
    measures: list[Measure]


class MayRequest(Schema):
    """May the client's unit take this measure against this organisation today?"""

    model_config = ConfigDict(extra="forbid")

    code: shapes.Code = Field(examples=[shapes.CODE])
    measure: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", examples=["fiscal-funds"])
    matter: shapes.MatterCode = Field(examples=["subsidy-grant"])
    purpose: str = Field(
        "",
        max_length=200,
        pattern=shapes.LINE,
        description="what is not public needs one that fits; empty: public facts only",
    )


class MayHint(Schema):
    """An entry that gives a ground, or in `refused` one that gives none (any more) and why."""

    measure: str
    name: str
    name_en: str
    side: Literal["adverse", "incentive"]
    strength: Literal["", "must", "may"]
    ground: str
    citation: str
    confidence: str
    pending: bool
    entry: int
    scope: str
    scope_en: str
    until: str | None
    refused: str
    says: str
    says_en: str


class MayEntry(Schema):
    """An entry the answer rests on, as bodies may see it."""

    statement: int
    item: str
    title: str
    authority: str
    document: str
    severity: str
    until: str
    marks: list[str]


class MayAnswer(Schema):
    """Allowed with provision, scope and until when; or refused and why. A hint: the department decides by law."""

    uscc: str
    name: str
    kind: str
    found: bool
    matter: str
    measure: str
    measure_name: str
    measure_name_en: str
    allowed: bool
    strength: Literal["", "must", "may"]
    refusal: Literal[
        "",
        "no-basis",
        "not-this-department",
        "entry-disputed",
        "entry-repaired",
        "entry-ended",
        "out-of-proportion",
    ]
    says: str
    says_en: str
    citations: list[str]
    until: str | None
    pending: bool
    hints: list[MayHint]
    refused: list[MayHint]
    entries: list[MayEntry]


@router.get(
    "/measures", response={200: Measures, 429: EXPECTED[429]}, summary="Measures and incentives, each with its provisions"
)  # fmt: skip
def measures(request: HttpRequest) -> dict[str, Any]:
    """The national basic list and what lawfully supplements it here. What is not in it nobody may invent."""
    spend(visitor(request.META), READ, request)
    pack, on = law.active(), today()
    found = law.measures(pack=pack, on=on)
    return {"rules": pack.digest, "measures": [_measure(one, on) for one in found.values()]}


@router.post(
    "/measures/may", response={200: MayAnswer, **{c: EXPECTED[c] for c in (400, 401, 403, 413, 422, 429)}}, auth=sharing,
    summary="May my unit take this measure against this organisation?",
)  # fmt: skip
def may(request: Any, body: MayRequest) -> dict[str, Any]:
    """Scope `check-shared`. Refused: no basis in force, not this department, entry disputed, repaired or ended, out of
    proportion to the class. That it was asked is written down."""
    client: accounts.ApiClient = request.auth
    if client.matters and body.matter not in client.matters:
        raise ApiProblem(
            403,
            "matter-not-yours",
            f"「{body.matter}」不在这个接口账户可以核查的事项里。",
            where="body.matter",
        )
    at = now()
    found = checks.may(
        uscc=body.code,
        measure=body.measure,
        matter=body.matter,
        asker=asker_of(client),
        at=at,
        purpose=body.purpose,
    )
    accounts.read(
        actor=f"api:{client.id}", at=at, what="measure-asked", purpose=f"{PURPOSE}：{body.purpose}" if body.purpose else PURPOSE,
        subject={"uscc": found.uscc, "measure": body.measure, "matter": body.matter} if found.found else {"matter": body.matter},
    )  # fmt: skip
    told: dict[str, Any] = found.answer.as_dict()
    return {
        **{key: told[key] for key in told if key not in ("name", "name_en")},
        "measure_name": told["name"], "measure_name_en": told["name_en"], "uscc": found.uscc, "name": found.name,
        "kind": found.kind, "found": found.found, "matter": found.matter,
        "entries": [
            {name: getattr(one, name) for name in MayEntry.model_fields if name != "marks"} | {"marks": list(one.marks)}
            for one in found.entries.values()
        ],
    }  # fmt: skip


def _measure(one: law.Measure, on: date) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "name_en": one.name_en, "side": one.side, "group": one.group,
        "subjects": list(one.subjects), "citation": one.source.cited, "confidence": one.source.confidence,
        "note": one.note, "grounds": [_ground(ground, on) for ground in one.grounds],
    }  # fmt: skip


def _ground(one: law.Ground, on: date) -> dict[str, Any]:
    return {
        "code": one.code, "strength": one.strength, "lists": list(one.lists), "items": [code for code, _ in one.items],
        "uses": list(one.uses), "matters": list(one.matters), "by": list(one.by), "scope": one.scope_text,
        "scope_en": one.scope_text_en, "until": one.until if isinstance(one.until, str) else f"{one.until.count} {one.until.unit}",
        "proportion": one.proportion,
        "citation": one.source.cited, "confidence": one.confidence, "in_force": on in one.in_force,
    }  # fmt: skip
