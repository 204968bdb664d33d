"""Lists of organisations: the kinds with their rules, and who is on one, as the public sees it."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.limits import spend
from xinheng.faces.api.opendata import READ
from xinheng.faces.clock import today
from xinheng.faces.site.limits import visitor
from xinheng.faces.site.views.common import MAX_ID
from xinheng.law import service as law
from xinheng.lists import service as lists

router = Router(tags=["lists"])
PAGE = 50


class Exit(Schema):
    """A way off a list: what it takes."""

    kind: Literal["removal", "correction", "revocation", "expiry"]
    condition: str
    document: str = Field(description="the document it needs; empty for none")
    citation: str


class Period(Schema):
    """A length of time from the day of listing."""

    count: int = Field(examples=[3])
    unit: str = Field(examples=["years"])


class Kind(Schema):
    """A kind of list: who decides, on what, for how long at most, and how an organisation leaves it."""

    code: str = Field(examples=["wage-arrears"])
    name: str
    name_en: str
    item: str = Field(description="item of the catalogue its entries are", examples=["serious-list"])
    authority: str = Field(description="sector whose authorities decide")
    basis: list[str]
    confidence: str
    triggers: list[str]
    stay: Period | None = Field(description="longest stay; null where the law names none")
    early: Period | None = Field(description="earliest early exit; null where there is none")
    warning_days: int = Field(description="days before the end the organisation is told")
    exits: list[Exit]
    here: bool = Field(description="authorities here may run the listing as a proceeding")


class Kinds(Schema):
    """All kinds on which organisations are listed. No one person is on any of them."""

    rules: str = Field(description="digest of the pack")
    kinds: list[Kind]


class ListEntry(Schema):
    """An organisation on a list. It leaves at the latest at `until`; use nothing of it after that."""

    statement: int
    uscc: str = Field(examples=["91340621MA2N00000X"])
    name: str
    authority: str
    authority_name: str
    document: str
    listed_on: str
    until: str | None
    early_on: str | None = Field(description="first day an early exit may be asked for")
    marks: list[str]


class Entries(Schema):
    """Who is on a list today, newest arrival first."""

    kind: str
    name: str
    on: str
    entries: list[ListEntry]
    next: int | None = Field(description="`after` of the next page; null at the end")
    duty: str


DUTY = "再使用须至少每日查询 /api/v1/status；不再公示的，当日删除。"


@router.get("/lists", response={200: Kinds, 429: EXPECTED[429]}, summary="Kinds of lists with their rules")
def kinds(request: HttpRequest) -> dict[str, Any]:
    """Each with authority, basis, triggers, longest stay, early exit and the ways off it."""
    spend(visitor(request.META), READ, request)
    pack = law.active()
    return {
        "rules": pack.digest,
        "kinds": [_kind(one) for one in law.list_kinds(pack=pack, on=today()).values()],
    }


@router.get(
    "/lists/{kind}", response={200: Entries, **{c: EXPECTED[c] for c in (404, 422, 429)}},
    summary="Organisations on a list today",
)  # fmt: skip
def entries(
    request: HttpRequest,
    kind: str = Path(..., max_length=64, examples=["wage-arrears"]),
    after: int = Query(0, ge=0, le=MAX_ID, description="`next` of the page before"),
) -> dict[str, Any]:
    """What the gate shows everyone, fifty at a time. Who left is not here, and there is no file of it to keep."""
    spend(visitor(request.META), READ, request)
    known = law.list_kinds(pack=law.active(), on=today()).get(kind)
    if known is None:
        raise ApiProblem(
            404,
            "no-such-list",
            "没有这一类名单。",
            where="path.kind",
            what_to_do="用 GET /api/v1/lists 查名单的代码。",
        )
    found, more = lists.entries(kind=kind, on=today(), after=after or None, limit=PAGE)
    return {
        "kind": known.code, "name": known.name, "on": today().isoformat(), "next": more, "duty": DUTY,
        "entries": [
            {
                "statement": one.statement, "uscc": one.uscc, "name": one.name, "authority": one.authority,
                "authority_name": one.authority_name, "document": one.document, "listed_on": one.listed_on.isoformat(),
                "until": one.until.isoformat() if one.until else None,
                "early_on": one.early_on.isoformat() if one.early_on else None, "marks": list(one.marks),
            }
            for one in found
        ],
    }  # fmt: skip


def _kind(one: law.ListKind) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "name_en": one.name_en, "item": one.item, "authority": one.authority,
        "basis": [str(basis) for basis in one.basis], "confidence": one.source.confidence,
        "triggers": [trigger.zh for trigger in one.triggers], "stay": _stay(one.stay), "early": _stay(one.early),
        "warning_days": one.warning, "here": one.listing_case,
        "exits": [
            {"kind": way.kind, "condition": way.zh, "document": way.document, "citation": way.source.cited}
            for way in one.exits
        ],
    }  # fmt: skip


def _stay(stay: Any) -> dict[str, Any] | None:
    return {"count": stay.period.count, "unit": stay.period.unit} if stay is not None else None
