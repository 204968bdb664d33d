"""The report on a model, fair and stable: how its grades fall, what they hang on, how they move, whether they were right.

A report is counts only. It is kept, bound by the ledger, and adoption rests on one: whoever confirms a model has seen what it
does. Whoever may look behind a figure asks a run (`behind`, `moved_between`), through the rights of that page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from xinheng.evaluation import adoption_keeping as keeping
from xinheng.evaluation import fairness_monotone, fairness_spread, fairness_time, fairness_weights, runs
from xinheng.evaluation.adoption_errors import UnknownReport
from xinheng.evaluation.engines import evaluate_variants
from xinheng.evaluation.errors import NotYet
from xinheng.evaluation.fairness_input import Held, opened, opened_then
from xinheng.evaluation.models_adoption import Report
from xinheng.evidence import service as evidence
from xinheng.kernel.periods import add_months
from xinheng.law import service as law

SCHEMA = 2
CHURN_MONTHS = (1, 12)
PAGE_STATEMENTS = 2_000_000


@dataclass(frozen=True)
class Kept:
    """A report as it is kept; `body` is what `report` gave."""

    id: int
    model: str
    version: str
    digest: str
    on: date
    position: int
    by: str
    body: Mapping[str, Any]


def report(*, model: law.EvaluationModel, on: date, at: datetime, most: int = 0) -> dict[str, Any]:
    """The report on a model on a day, computed now from one snapshot of the facts; nothing is kept.

    Plain values: `grades` (code, names), `whole` and `spread` by dimension (organisations, by grade, quartiles of
    micro-points), `gaps` between groups, `weights` (whose grade hangs on each), `drift` against the version run before,
    `churn` over one and twelve months, `backtest` over a year, `monotone` (tried, kinds that improved), `limits`.

    `most` refuses more statements than so many (0: any number). Raises `TooLargeForAPage`; `NotYet` for a day to come.
    """
    if on > evidence.legal_day(at):
        raise NotYet(f"{on} 还没有到，不能报告将来的日子。请写今天或者以前的日子。")
    with opened(model, on=on, at=at, most=most) as held:
        older = previous(model)
        wanted = (*fairness_weights.variants(model), *([older] if older else []))
        found = held.evaluate(*wanted, on=on)
        asis, up, down = found[:3]
        width = len(model.grades)
        groups = fairness_spread.spread(held.grouped(asis, on), grades=width)
        return {
            "schema": SCHEMA, "model": model.code, "version": model.version, "digest": model.digest, "on": str(on),
            "position": held.position, "organisations": asis.height, "statements": held.statements,
            "grades": [[one.code, one.name, one.name_en] for one in model.grades],
            "whole": fairness_spread.whole(asis, grades=width),
            "histogram": fairness_spread.histogram(asis),
            "spread": groups,
            "gaps": fairness_spread.gaps(groups),
            "weights": fairness_weights.sensitivity(model, asis, up, down),
            "drift": _drift(model, older, asis, found[3:]),
            "churn": [_churn(model, asis, held, on, months) for months in CHURN_MONTHS],
            "backtest": _backtest(model, held, on),
            "monotone": _monotone(model, asis, held, on),
            "limits": [list(one) for one in model.limits],
        }  # fmt: skip


def make_report(*, model: law.EvaluationModel, on: date, at: datetime, actor: str, most: int = 0) -> Kept:
    """Computes the report and keeps it; a change of state, one ledger event."""
    body = report(model=model, on=on, at=at, most=most)
    pack = law.active()
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    detail = {
        "model": model.code,
        "version": model.version,
        "digest": model.digest,
        "position": body["position"],
    }
    with evidence.event(
        evidence.Act(kind=keeping.REPORTED, actor=actor, at=at, pack=pack.digest, detail=detail)
    ) as event:
        law.remember(pack)
        row = (model.code, model.version, model.digest, on, body["position"], text, actor)
        id_ = keeping.write(event, "evaluation_report", row)
    return report_of(report=id_)


def report_of(*, report: int) -> Kept:
    """A kept report. Raises `UnknownReport`."""
    row = Report.objects.filter(id=report).first()
    if row is None:
        raise UnknownReport(f"没有编号为 {report} 的报告。")
    return _kept(row)


def reports(*, model: str, limit: int = 20) -> list[tuple[int, str, date, str]]:
    """The newest reports on a model: id, version, day, digest; newest first."""
    rows = Report.objects.filter(model=model).order_by("-id")[:limit]
    return [(row.id, row.version, row.made_on, row.digest) for row in rows]


def newest(*, models: Sequence[law.EvaluationModel]) -> dict[str, int]:
    """The newest report on this version of each model, by code. One query."""
    wanted = {one.digest: one.code for one in models}
    rows = Report.objects.filter(digest__in=sorted(wanted)).order_by("id").values_list("digest", "id")
    return {wanted[digest]: id_ for digest, id_ in rows}


def previous(model: law.EvaluationModel) -> law.EvaluationModel | None:
    """The version that was run last before this one, as the pack it was run under has it; None where there was none."""
    for one in runs.runs(model=model.code, limit=200):
        if one.model_digest != model.digest:
            return law.model_at(digest=one.pack_digest, code=model.code, version=one.version)
    return None


def _drift(
    model: law.EvaluationModel, older: law.EvaluationModel | None, asis: pl.DataFrame, found: Sequence[pl.DataFrame]
) -> dict[str, Any] | None:  # fmt: skip
    """What the change of version alone does, on the same facts and day; None where there is no older version or its grades
    are others."""
    if older is None or not found:
        return None
    told: dict[str, Any] = {"version": older.version, "digest": older.digest}
    if [one.code for one in older.grades] != [one.code for one in model.grades]:
        return told | {"comparable": False}
    return told | {"comparable": True} | fairness_time.matrix(found[0], asis, grades=len(model.grades))


def _churn(
    model: law.EvaluationModel, asis: pl.DataFrame, held: Held, on: date, months: int
) -> dict[str, Any]:
    """Grades on an earlier day against those of today; on the earlier day only what was decided by then counts."""
    earlier = add_months(on, -months)
    with opened_then(model, held, day=earlier) as then:
        [before] = then.evaluate(model, on=earlier)
        names = then.named(before), held.named(asis)
    return {"months": months, "from": str(earlier), "basis": then.basis} | fairness_time.matrix(
        *names, grades=len(model.grades), key="uscc"
    )


def _backtest(model: law.EvaluationModel, held: Held, on: date) -> dict[str, Any]:
    """The model a year ago against the serious decisions of the year after."""
    earlier = add_months(on, -fairness_time.YEAR)
    hit = held.serious_after(earlier, on)
    with opened_then(model, held, day=earlier) as then:
        [scored] = then.evaluate(model, on=earlier)
        told = fairness_time.backtest(then.named(scored), hit, grades=len(model.grades), key="uscc")
    return {"from": str(earlier), "until": str(on), "basis": then.basis} | told


def _monotone(model: law.EvaluationModel, asis: pl.DataFrame, held: Held, on: date) -> dict[str, Any]:
    chosen = fairness_monotone.sample(asis)
    facts, orgs = held.of(chosen["org"].to_list())
    told = fairness_monotone.monotone(
        chosen.join(asis, on="org"), facts, orgs, held.whats, on=on,
        evaluate=lambda some, many: evaluate_variants(
            models=(model,), facts=some, orgs=many, whats=held.whats, on=on
        )[0],
        amounts=fairness_monotone.amounts_of(model), seed=held.position,
    )  # fmt: skip
    by_id = {one.id: one for one in held.whats}
    told["improved"] = [[by_id[one].item, by_id[one].sub, by_id[one].grade] for one in told["improved"]]
    return told


def _kept(row: Report) -> Kept:
    return Kept(
        row.id, row.model, row.version, row.digest, row.made_on, row.position, row.by, json.loads(row.body)
    )
