"""How much hangs on each weight: every indicator's points one tenth up, one tenth down, and whose grade changes.

Three evaluations answer it for any number of indicators, exactly: an indicator's sum depends on its own points alone, so the
score under one changed weight is the score as it is, less that indicator's sum, plus its sum where all are changed. What
vetoes and ladders leave open (`ceiling`) does not depend on points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from xinheng.law import service as law

UP, DOWN = 110, 90
HUNDRED = 100


def scaled(model: law.EvaluationModel, percent: int) -> law.EvaluationModel:
    """The model with the points of every indicator at so many per cent, rounded toward zero; caps stay."""
    return replace(
        model,
        indicators=tuple(
            replace(
                one,
                weight=_part(one.weight, percent),
                brackets=tuple((start, _part(micro, percent)) for start, micro in one.brackets),
                points=tuple((grade, _part(micro, percent)) for grade, micro in one.points),
            )
            for one in model.indicators
        ),
    )


def variants(model: law.EvaluationModel) -> tuple[law.EvaluationModel, ...]:
    """The model as it is, all points up, all points down: what has to be evaluated, in one call."""
    return model, scaled(model, UP), scaled(model, DOWN)


def sensitivity(
    model: law.EvaluationModel, asis: pl.DataFrame, up: pl.DataFrame, down: pl.DataFrame
) -> list[dict[str, Any]]:
    """For each indicator how many organisations get a better or a worse grade with its points up, and down.

    The frames are `evaluate_variants` of `variants(model)`. A model without grades has nothing to change: empty. Those most
    depends on come first.
    """
    if not model.grades:
        return []
    codes = [one.code for one in model.indicators]
    wide = joined(asis, up, down, codes)
    counts = wide.select(
        expression
        for code in codes
        for way in ("up", "down")
        for expression in (
            (changed(model, code, way) < pl.col("grade")).sum().alias(f"{code}|{way}|better"),
            (changed(model, code, way) > pl.col("grade")).sum().alias(f"{code}|{way}|worse"),
        )
    ).to_dicts()[0] if codes else {}  # fmt: skip
    found = [
        {"indicator": code}
        | {
            f"{way}_{what}": int(counts[f"{code}|{way}|{what}"])
            for way in ("up", "down")
            for what in ("better", "worse")
        }
        | {"reached": int((asis[f"i_{code}"] != 0).sum())}
        for code in codes
    ]
    return sorted(
        found, key=lambda one: (-sum(n for name, n in one.items() if "_" in name), one["indicator"])
    )


def joined(asis: pl.DataFrame, up: pl.DataFrame, down: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    """The three evaluations side by side: `i_<code>`, `u_<code>`, `d_<code>`."""
    for way, frame in (("u", up), ("d", down)):
        asis = asis.join(
            frame.select("org", *(pl.col(f"i_{code}").alias(f"{way}_{code}") for code in codes)), on="org"
        )
    return asis


def changed(model: law.EvaluationModel, code: str, way: str) -> pl.Expr:
    """The grade (index) under one indicator's points `up` or `down`, on a frame of `joined`."""
    score = pl.col("score") - pl.col(f"i_{code}") + pl.col(f"{way[0]}_{code}")
    return regraded(model, score, pl.col("ceiling"))


def regraded(model: law.EvaluationModel, score: pl.Expr, ceiling: pl.Expr) -> pl.Expr:
    """The grade of a score by the model's thresholds, no better than `ceiling`: grades run from best to worst."""
    missed: pl.Expr = pl.lit(0, dtype=pl.Int64)
    for grade in model.grades:
        if grade.at_least is not None:
            missed = missed + (score < grade.at_least).cast(pl.Int64)
    return pl.max_horizontal(missed, ceiling.cast(pl.Int64))


def _part(micro: int, percent: int) -> int:
    return (1 if micro >= 0 else -1) * (abs(micro) * percent // HUNDRED)
