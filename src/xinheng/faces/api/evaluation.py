"""Evaluation for machines: models, runs and results of adopted models for authorities; public indices for everyone.

A local number is for the office and the authority that decided against the organisation, never the sole ground of an act.
"""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from xinheng.accounts import service as accounts
from xinheng.evaluation import adoption, indices, publishing, seeing, telling
from xinheng.evaluation import service as evaluation
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.limits import spend
from xinheng.faces.api.opendata import READ
from xinheng.faces.api.tokens import Bearer
from xinheng.faces.clock import now, today
from xinheng.faces.site import index_sheets
from xinheng.faces.site.limits import visitor
from xinheng.faces.site.views.common import MAX_ID
from xinheng.kernel import uscc as codes
from xinheng.law import service as law

router = Router(tags=["evaluation"])
SCOPE = "evaluation"
reading = Bearer(SCOPE)
MOST, PAGE = 100, 50
DUTY = (
    "只用于模型写明的用途：{purpose}。不能单独作为对任何一家作出不利处理的依据；不得转给他人，不得告知公众。"
)
Month = Query("", max_length=7, pattern=r"^(20\d{2}-(0[1-9]|1[0-2]))?$", description="YYYY-MM")


class GradeTold(Schema):
    """A grade of a model, best first."""

    code: str = Field(examples=["A"])
    name: str
    name_en: str
    at_least: int | None = Field(description="millionths of a point; null for the last")


class IndicatorTold(Schema):
    """An indicator of a model. `weight` and `cap` are millionths of a point; cap 0: none."""

    code: str
    family: str
    name: str
    name_en: str
    measure: Literal["count", "sum", "latest", "months-since", "share"]
    weight: int
    cap: int
    citation: str


class Model(Schema):
    """A local model as data. Off until the office adopts it with four eyes."""

    code: str = Field(examples=["general"])
    name: str
    name_en: str
    version: str
    kind: Literal["score", "grade", "risk"]
    subjects: list[str] = Field(
        description="kinds of organisation; individual businesses are never among them"
    )
    state: str = Field(description="off, proposed, adopted, publish-proposed or published")
    usable: bool = Field(description="adopted or beyond: its results may be read")
    simulation: bool = Field(description="a scheme that ended: it may be tried, never adopted")
    citation: str
    digest: str
    base: int = Field(description="millionths of a point")
    rounding: Literal["down"] = Field(description="each contribution, before it is added")
    indicators: list[IndicatorTold]
    grades: list[GradeTold]


class Models(Schema):
    """The models of this place."""

    rules: str = Field(description="digest of the pack")
    models: list[Model]


class RunTold(Schema):
    """One evaluation of all organisations a model is about. How many have which grade is the office's to see."""

    run: str
    model: str
    version: str
    on: str
    known_on: str = Field(
        description="judged by what was known on this day; later than `on` where an earlier day was looked back at"
    )
    organisations: int
    statements: int
    position: int = Field(description="ledger position of the facts")
    pack: str
    pack_digest: str
    model_digest: str
    engine: str = Field(examples=["duckdb"])
    seconds: float
    digest: str = Field(description="of the results, the same for every engine")
    trial: bool
    scope: str


class Runs(Schema):
    """Runs of adopted models, newest first."""

    runs: list[RunTold]
    next: int | None = Field(description="`before` of the next page; null at the end")


class ResultTold(Schema):
    """One organisation's line in a run. `score` = `base` + `sums`, all in millionths of a point."""

    uscc: str = Field(examples=["91340621MA2N00000X"])
    score: int
    points: str = Field(description="the score in points, exactly", examples=["87.5"])
    base: int
    grade: str
    grade_name: str
    by_score: str = Field(description="the grade the score alone would give")
    ceiling: str = Field(description="the best grade vetoes and years leave open")
    vetoes: list[str]
    sums: dict[str, int]


class Results(Schema):
    """What the newest run of a model says about organisations the client's unit decided about."""

    run: RunTold
    results: list[ResultTold]
    not_evaluated: list[str] = Field(description="no subject of the model, or not active then")
    not_yours: list[str] = Field(description="your unit decided nothing about them")
    duty: str


class GradeCount(Schema):
    """How many organisations have a grade, in tens. `organisations` is null where nothing is told: `few` then means fewer than
    `floor`, else the count is left out lest others be worked out from it."""

    grade: str = Field(examples=["first"])
    name: str
    name_en: str
    organisations: int | None
    few: bool


class PublishedTotals(Schema):
    """Totals of the newest run, in tens. No count below `floor`, and none at all where `withheld` says why."""

    on: str
    floor: int = Field(examples=[10])
    organisations: int | None = Field(description="all together, in tens; null where there are too few")
    grades: list[GradeCount] = Field(description="empty where they are withheld")
    withheld: Literal["", "small", "one-sided"] = Field(
        description="small: too few organisations; one-sided: one grade holds nearly all"
    )


class PublishedModel(Schema):
    """A model published with a basis, and how many organisations the newest run gave each grade."""

    model: Model
    basis: str
    totals: PublishedTotals | None


class Published(Schema):
    """Published models. No organisation's own number is among them."""

    models: list[PublishedModel]


class PartTold(Schema):
    """A public part of the index."""

    code: str = Field(examples=["penalties"])
    name: str
    name_en: str
    per: int = Field(description="1000: per thousand organisations; 100: per cent")


class ValueTold(Schema):
    """A value of an area in a month: `n` out of `base`, `micro` in millionths of the unit (-1: too few)."""

    month: str = Field(examples=["2026-10"])
    area: str = Field(
        description="division code or section letter; empty: the whole place", examples=["340621"]
    )
    name: str
    part: str
    n: int
    base: int
    micro: int
    running: bool = Field(description="the month has not ended")


class Indices(Schema):
    """Public values, in the order of months, areas and parts: no ranking. Individual businesses are not counted."""

    by: str
    counted_on: str
    at_least: int = Field(description="areas with fewer organisations are left out")
    parts: list[PartTold]
    values: list[ValueTold]


@router.get(
    "/evaluation/models", response={200: Models, 429: EXPECTED[429]}, auth=reading, summary="Local models with their status"
)  # fmt: skip
def models(request: Any) -> dict[str, Any]:
    """Scope `evaluation`. Every model of the pack; off means its results are read by nobody but the office."""
    pack = law.active()
    found = law.models(pack=pack)
    held = adoption.statuses(models=found.values())
    return {"rules": pack.digest, "models": [_model(one, held[code]) for code, one in found.items()]}


@router.get(
    "/evaluation/runs", response={200: Runs, **{c: EXPECTED[c] for c in (404, 422, 429)}}, auth=reading,
    summary="Runs of adopted models, newest first",
)  # fmt: skip
def runs(
    request: Any,
    model: str = Query("", max_length=64, description="code of a model"),
    before: int = Query(0, ge=0, le=MAX_ID, description="`next` of the page before"),
) -> dict[str, Any]:
    """Scope `evaluation`. Trials of models that are off are not among them."""
    if model:
        _adopted(model)
    found = evaluation.runs(model=model, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    usable = {(one.code, one.digest) for one in _usable()}
    return {
        "runs": [_run(one) for one in shown if not one.trial and (one.model, one.model_digest) in usable],
        "next": shown[-1].id if len(found) > PAGE else None,
    }


@router.get(
    "/evaluation/{model}/results", response={200: Results, **{c: EXPECTED[c] for c in (403, 404, 422, 429)}}, auth=reading,
    summary="What an adopted model says about organisations",
)  # fmt: skip
def results(
    request: Any,
    model: str = Path(..., max_length=64, examples=["general"]),
    uscc: str = Query(..., max_length=2000, description="unified codes separated by commas, at most 100"),
) -> dict[str, Any]:
    """Scope `evaluation`. Only organisations the client's unit decided against or has an open case about, from the newest
    run of an adopted model. That you looked is written down, and each of these organisations is told."""
    client: accounts.ApiClient = request.auth
    wanted = _codes(uscc)
    found = _adopted(model)
    run = evaluation.latest(model=model, digest=found.digest)
    if run is None:
        raise ApiProblem(
            404, "no-such-run", f"模型「{found.name}」采用以后还没有运行过。", where="path.model",
            what_to_do="请信用办运行这个模型。",
        )  # fmt: skip
    mine = seeing.seen_by(body=client.body, usccs=wanted, on=today())
    told = evaluation.results(run=run.id, usccs=sorted(mine))
    if mine:
        accounts.read(
            actor=f"api:{client.id}", at=now(), what="evaluation-results", purpose="监管参考：读取本地评价结果",
            subject={"usccs": sorted(mine), "model": model, "run": run.number}, role="authority", unit=client.body,
        )  # fmt: skip
    return {
        "run": _run(run),
        "results": [telling.result_told(told[code], found) for code in wanted if code in told],
        "not_evaluated": [code for code in wanted if code in mine and code not in told],
        "not_yours": [code for code in wanted if code not in mine],
        "duty": DUTY.format(purpose=found.purpose.rstrip("。")),
    }


@router.get(
    "/evaluation/published", response={200: Published, 429: EXPECTED[429]}, summary="Published models"
)
def published(request: HttpRequest) -> dict[str, Any]:
    """Models published with a basis: their rules and totals by grade, without small counts. No organisation's own number is
    public."""
    spend(visitor(request.META), READ, request)
    shown = publishing.shown(on=today())
    held = adoption.statuses(models=shown)
    told = [
        {
            "model": _model(one, held[one.code]),
            "basis": one.publication.cited if one.publication else "",
            "totals": _totals(one),
        }
        for one in shown
    ]
    return {"models": told}


@router.get(
    "/indices", response={200: Indices, **{c: EXPECTED[c] for c in (404, 422, 429)}},
    summary="Counties and sectors in public numbers, month by month",
)  # fmt: skip
def public_indices(
    request: HttpRequest,
    by: Literal["place", "county", "sector"] = Query(
        "place", description="place, county or sector (GB/T 4754)"
    ),
    first: str = Month,
    last: str = Month,
) -> dict[str, Any]:
    """Public parts, counted through the gate; a month that ended keeps its numbers. No ranking and no composed index."""
    spend(visitor(request.META), READ, request)
    plan, moment = indices.plan(), indices.moment()
    if plan is None or moment is None:
        raise ApiProblem(404, "not-counted-yet", "指数还没有算出来，请过几分钟再来。", where="path")
    names = dict(index_sheets.areas(by))
    return {
        "by": by, "counted_on": moment.day.isoformat(), "at_least": plan.at_least,
        "parts": [
            {"code": one.code, "name": one.name, "name_en": one.name_en, "per": one.per}
            for one in plan.parts if one.public
        ],
        "values": [
            {**{name: getattr(one, name) for name in ValueTold.model_fields if name != "name"}, "name": names.get(one.area, "")}
            for one in indices.indices(by=by, first=first, last=last, public=True)
        ],
    }  # fmt: skip


def _totals(model: law.EvaluationModel) -> dict[str, Any] | None:
    found = publishing.totals(model)
    if found is None:
        return None
    return {
        "on": found.on.isoformat(), "floor": publishing.FLOOR, "organisations": found.organisations, "withheld": found.withheld,
        "grades": [
            {"grade": one.code, "name": one.name, "name_en": one.name_en, "organisations": cell.n, "few": cell.few}
            for one, cell in zip(model.grades, found.cells, strict=False)
        ],
    }  # fmt: skip


def _run(one: evaluation.Run) -> dict[str, Any]:
    """A run without its totals by grade: a client is of a unit, and a unit sees its own organisations."""
    return {name: value for name, value in telling.run_told(one).items() if name != "distribution"}


def _usable() -> list[law.EvaluationModel]:
    found = law.models(pack=law.active(), on=today())
    held = adoption.statuses(models=found.values())
    return [one for code, one in found.items() if held[code].usable]


def _adopted(code: str) -> law.EvaluationModel:
    """A model whose results may be read. A 404 for an unknown one, a 403 for one that is off."""
    found = law.models(pack=law.active(), on=today()).get(code)
    if found is None:
        raise ApiProblem(
            404, "no-such-model", "没有这个模型。", where="path.model",
            what_to_do="用 GET /api/v1/evaluation/models 查模型的代码。",
        )  # fmt: skip
    if not adoption.status_of(code=found.code, digest=found.digest).usable:
        raise ApiProblem(
            403, "model-off", f"模型「{found.name}」没有采用，结果不提供。", where="path.model",
            what_to_do="模型由信用办采用：一人提出，另一人确认。",
        )  # fmt: skip
    return found


def _codes(told: str) -> list[str]:
    wanted = list(dict.fromkeys(part.strip().upper() for part in told.split(",") if part.strip()))
    if not wanted or len(wanted) > MOST or not all(codes.is_valid(one) for one in wanted):
        raise ApiProblem(
            422, "bad-codes", f"uscc 要写成用逗号分开的统一社会信用代码，最多 {MOST} 个。", where="query.uscc"
        )
    return wanted


def _model(one: law.EvaluationModel, status: Any) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "name_en": one.name_en, "version": one.version, "kind": one.kind,
        "subjects": list(one.subjects), "state": status.state, "usable": status.usable, "simulation": one.simulation,
        "citation": one.source.cited, "digest": one.digest, "base": one.base, "rounding": one.rounding,
        "indicators": [
            {
                "code": i.code, "family": i.family, "name": i.name, "name_en": i.name_en, "measure": i.measure,
                "weight": i.weight, "cap": i.cap, "citation": i.source.cited,
            }
            for i in one.indicators
        ],
        "grades": [
            {"code": g.code, "name": g.name, "name_en": g.name_en, "at_least": g.at_least} for g in one.grades
        ],
    }  # fmt: skip
