"""A run and a result as plain values: the command, the API and the pages say the same, because they ask here."""

from __future__ import annotations

from typing import Any

from xinheng.evaluation.types import Result, Run
from xinheng.law import service as law

points = law.points_text
"""Micro-points as points, with every decimal and none too many."""


def run_told(run: Run) -> dict[str, Any]:
    """A run as programs read it. `distribution` is organisations by grade code; `seconds` is how long it took."""
    return {
        "run": run.number, "model": run.model, "version": run.version, "on": run.on.isoformat(),
        "known_on": run.known_on.isoformat(),
        "organisations": run.organisations, "statements": run.statements, "distribution": dict(run.distribution),
        "position": run.position, "pack": run.pack, "pack_digest": run.pack_digest,
        "model_digest": run.model_digest, "engine": run.engine, "seconds": run.seconds, "digest": run.digest,
        "trial": run.trial, "scope": run.scope,
    }  # fmt: skip


def result_told(result: Result, model: law.EvaluationModel) -> dict[str, Any]:
    """A result as programs read it. `score` and each `sum` are integers of a millionth of a point, `base` + sums = score;
    `points` is the score in points, exactly."""
    names = {one.code: one for one in model.grades}
    grade = names.get(result.grade_code)
    return {
        "uscc": result.uscc, "score": result.score, "points": points(result.score), "base": model.base,
        "grade": result.grade_code, "grade_name": grade.name if grade else "",
        "by_score": model.grades[result.by_score].code if 0 <= result.by_score < len(model.grades) else "",
        "ceiling": model.grades[result.ceiling].code if 0 <= result.ceiling < len(model.grades) else "",
        "vetoes": list(result.vetoes), "sums": dict(result.sums),
    }  # fmt: skip
