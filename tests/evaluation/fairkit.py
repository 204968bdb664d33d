"""A small model made by hand, and frames of scores, for the tests of reports, adoption and publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from xinheng.law import service as law
from xinheng.law.model_types import Clause, EvaluationModel, Filter, Grade, Indicator, Veto, What

__all__ = ["ENOUGH", "ON", "POINT", "What", "cited", "model", "replace", "scores", "source", "where"]
POINT = 1_000_000
ON = date(2026, 11, 20)
ENOUGH: dict[str, Any] = {"organisations": 300, "monotone": {"tried": 5, "improved": []}}
"""Of a report, what an adoption asks for."""


def source(**given: Any) -> law.Source:
    """Where a value comes from; verified and in force unless told otherwise."""
    usual: dict[str, Any] = {
        "id": "fair-test", "where": "test", "in_force": law.InForce(date(2020, 1, 1)), "confidence": "verified",
    }  # fmt: skip
    return law.Source(**{**usual, **given})


def cited(rank: str = "local_regulation", *, last: date | None = None, **given: Any) -> law.Source:
    """A source that cites an article of an instrument of this rank."""
    instrument = law.Instrument(
        "inst", "某省社会信用条例", "", rank, law.InForce(date(2020, 1, 1), last), "verified"
    )
    return source(citation=law.Citation(instrument, "第十条"), **given)


def where(*items: str, **parts: Any) -> Filter:
    return Filter((Clause(items, **parts),))


def model(**given: Any) -> EvaluationModel:
    """Two indicators (a penalty takes 10 points, an honour gives 5), one veto, three grades."""
    penalties = Indicator(
        "penalties",
        "penalty",
        "处罚",
        "Penalties",
        where("admin-penalty"),
        "count",
        -10 * POINT,
        40 * POINT,
        source(),
    )
    honours = Indicator(
        "honours", "positive", "荣誉", "Honours", where("honour"), "count", 5 * POINT, 10 * POINT, source()
    )
    made = EvaluationModel(
        code="fair", version="1", name="试验模型", name_en="Model for tests", purpose="测试", purpose_en="Test", kind="grade",
        subjects=("enterprise",), base=100 * POINT, indicators=(penalties, honours),
        vetoes=(Veto("listed", "列入名单", "Listed", where("serious-list"), 1, 0, "C", source()),),
        grades=(
            Grade("A", "甲", "A", 95 * POINT), Grade("B", "乙", "B", 75 * POINT), Grade("C", "丙", "C", None),
        ),
        source=source(), pack="huaibei", digest="d" * 64,
    )  # fmt: skip
    return replace(made, **given)


def scores(rows: list[tuple[int, int, int]], **more: list[Any]) -> pl.DataFrame:
    """(org, points, grade) as the engine gives them, in micro-points, with a code for each organisation."""
    return pl.DataFrame(
        {
            "org": [org for org, _, _ in rows],
            "uscc": [f"91{org:016d}" for org, _, _ in rows],
            "score": [points * POINT for _, points, _ in rows],
            "grade": [grade for _, _, grade in rows],
            **more,
        }
    )
