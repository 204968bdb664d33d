"""Evaluation in a city that does not exist: what the office tried, adopted with four eyes, ran and left to be confirmed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from xinheng.evaluation import adoption, fairness, indices
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.adoption_errors import NotAdoptable
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law

FIRST, SECOND = "desk:office", "desk:office2"
ADOPTED, WAITING = "general", "supervision-risk"
REASON = "演示：分布、稳定性和回测都看过，先在内部使用三个月"
BACK = 3
log = logging.getLogger("xinheng.demo")


def evaluated(*, firms: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """Every model of the place is tried; one is adopted and run for today and three months ago, one waits for a second
    account; the indices are counted. Returns what the ten-minute story names.

    A place without one of these models has a shorter story.
    """
    on = evidence.legal_day(at)
    models = law.models(pack=law.active())
    told: dict[str, Any] = {"organisation": firms.get("serious", "")}
    for code in models:
        told |= {f"trial-{code}": number} if (number := _run(code, on, at)) else {}
    if ADOPTED in models and _propose(models[ADOPTED], on, at):
        adoption.confirm(model=models[ADOPTED], actor=SECOND, at=at)
        told |= {
            "model": ADOPTED,
            "before": _run(ADOPTED, _back(on), at, as_known=True),
            "run": _run(ADOPTED, on, at),
        }
    if WAITING in models and _propose(models[WAITING], on, at):
        told["waiting"] = WAITING
    indices.sweep(at=at)
    evidence.drain(at=at)
    return told


def _propose(model: law.EvaluationModel, on: date, at: datetime) -> bool:
    """A report, and a proposal that rests on it; False where the law refuses the model, or where the city is too small for
    its report to show anything."""
    if adoption.obstacle(model=model, on=on):
        return False
    fairness.make_report(model=model, on=on, at=at, actor=FIRST)
    try:
        adoption.propose(model=model, reason=REASON, actor=FIRST, at=at)
    except NotAdoptable as refused:
        log.warning("demonstration: model %s was not adopted: %s", model.code, refused)
        return False
    return True


def _run(code: str, on: date, at: datetime, *, as_known: bool = False) -> str:
    try:
        return evaluation.run(model=code, on=on, at=at, actor=FIRST, as_known=as_known).number
    except XinhengError as error:
        log.warning("demonstration: model %s was not run: %s", code, error.code)
        return ""


def _back(on: date) -> date:
    """The first of the month three months before."""
    month = on.year * 12 + on.month - 1 - BACK
    return date(month // 12, month % 12 + 1, 1)


__all__ = ["evaluated"]
