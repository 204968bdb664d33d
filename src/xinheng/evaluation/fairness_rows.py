"""The organisations behind a figure: of a group and grade in a run, of a movement between two runs, of a weight.

Always in order of code after a key, so that a page can go on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis
import polars as pl

from xinheng.evaluation import fairness_spread, fairness_time, fairness_weights, runs, store
from xinheng.evaluation.fairness_input import opened
from xinheng.evaluation.types import Run
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts_room
from xinheng.law import service as law

OPEN_DIMENSIONS = ("sector", "county", "age", "kind", "size")
COMPARABLE = ("days", "versions", "again")
FEW, NO_FACTS = 500, ("accounts", "evaluation", "law", "reports")
"""Entries of these rooms are about reading, runs and rules: no fact comes or goes with them."""


@dataclass(frozen=True)
class Moved:
    """One organisation with its points and grade (index) before and after."""

    uscc: str
    score: int
    grade: int
    score_after: int
    grade_after: int


@dataclass(frozen=True)
class Pair:
    """Two runs with the models they were made with and all their lines."""

    runs: tuple[Run, Run]
    models: tuple[law.EvaluationModel, law.EvaluationModel]
    lines: tuple[pl.DataFrame, pl.DataFrame]


def pair(*, first: int, second: int) -> Pair:
    """Two runs side by side, the earlier day first whichever was named first, read once. Raises `UnknownRun`,
    `ResultsMissing`."""
    given = runs.run_of(run=first), runs.run_of(run=second)
    found = given if given[0].on <= given[1].on else given[::-1]
    return Pair(found, (_model(found[0]), _model(found[1])), (_lines(found[0].id), _lines(found[1].id)))


def drift(two: Pair) -> dict[str, Any]:
    """Two runs against each other, over the organisations both have: where they went, and `sort`, what the two differ in.

    `better`, `worse` and `same` are there only where `comparable`: where one thing differs and that alone moved the grades.
    """
    before, after = two.models
    found = fairness_time.matrix(
        *two.lines, grades=len(before.grades), grades_after=len(after.grades), key="uscc"
    )
    sort = sort_of(*two.runs, same_facts=_same_facts(*two.runs))
    if [grade.code for grade in before.grades] != [grade.code for grade in after.grades] and sort != "models":
        sort = "grades"
    if sort not in COMPARABLE:
        found = {name: n for name, n in found.items() if name not in ("better", "worse", "same")}
    return found | {"sort": sort, "comparable": sort in COMPARABLE}


def sort_of(one: Run, two: Run, *, same_facts: bool) -> str:
    """What two runs differ in, the earlier day first.

    `days`: two days of one version, each judged by what was known then. `versions`: two versions on the same facts and day.
    `again`: neither. In the others no movement may be called better or worse: `hindsight`, where an earlier day is judged by
    what was known later, so that what was repaired or annulled since is missing on that side alone; `knowledge`, one day, but
    entries came in or went between the two; `mixed`, another version as well; `models`, two models.
    """
    if one.model != two.model:
        return "models"
    versions = one.model_digest != two.model_digest
    if one.on == two.on:
        return ("versions" if versions else "again") if same_facts else ("mixed" if versions else "knowledge")
    if one.looks_back or two.looks_back:
        return "hindsight"
    return "mixed" if versions else "days"


def _same_facts(one: Run, two: Run) -> bool:
    """Whether nothing that is a fact came in between two runs; beyond `FEW` entries it is taken that something did."""
    first, last = sorted((one.position, two.position))
    if first == last:
        return True
    between = [entry for entry in evidence.events(after=first, limit=FEW) if entry.position <= last]
    return len(between) < FEW and all(
        entry.leaves == 0 and entry.kind.partition(".")[0] in NO_FACTS for entry in between
    )


def moved_between(two: Pair, *, way: str, after: str = "", limit: int = 50) -> list[Moved]:
    """The organisations behind a number of `drift`: `way` is better, worse (where that is told), points, or "i-j" for a cell."""
    return _page(fairness_time.moved(*two.lines, way=way), after, limit)


def moved_by_weight(
    *, model: law.EvaluationModel, indicator: str, way: str, on: date, at: datetime, after: str = "", limit: int = 50,
    most: int = 0,
) -> list[Moved]:  # fmt: skip
    """The organisations whose grade changes with one indicator's points a tenth `up` or `down`; evaluated now.

    Raises `TooLargeForAPage` beyond `most` statements (0: any number).
    """
    with opened(model, on=on, at=at, most=most) as held:
        asis, up, down = held.evaluate(*fairness_weights.variants(model), on=on)
        wide = fairness_weights.joined(asis, up, down, [indicator]).with_columns(
            fairness_weights.changed(model, indicator, way).alias("grade_after"),
            (pl.col("score") - pl.col(f"i_{indicator}") + pl.col(f"{way[0]}_{indicator}")).alias(
                "score_after"
            ),
        )
        changed = held.named(wide).filter(pl.col("grade_after") != pl.col("grade")).sort("uscc")
    return _page(changed, after, limit)


def behind(
    *, run: int, by: str, group: str, grade: int, on: date, at: datetime, after: str = "", limit: int = 50
) -> list[str]:
    """The codes of a run's organisations in one group (`OPEN_DIMENSIONS`) and grade (index; -1: any)."""
    snapshot = facts_room.open_facts(at=at)
    con = ibis.duckdb.connect()
    try:
        orgs = facts_room.orgs_relation(con, snapshot).to_polars()
    finally:
        con.disconnect()
    grouped = fairness_spread.grouped(orgs.with_columns(pl.lit(0).alias("held")), on=on)
    inside = grouped.filter(pl.col(f"by_{by}") == group).select("uscc")
    lines = _lines(run).filter(pl.col("uscc") > after)
    if grade >= 0:
        lines = lines.filter(pl.col("grade") == grade)
    return lines.join(inside, on="uscc").sort("uscc")["uscc"].head(limit).to_list()


def model_of(run: int) -> law.EvaluationModel:
    """The model a run was made with, as the pack of that run has it."""
    return _model(runs.run_of(run=run))


def _model(told: Run) -> law.EvaluationModel:
    return law.model_at(digest=told.pack_digest, code=told.model, version=told.version)


def _lines(run: int) -> pl.DataFrame:
    return store.frame_of(run=run, columns=("uscc", "score", "grade")).collect()


def _page(frame: pl.DataFrame, after: str, limit: int) -> list[Moved]:
    wanted = ("uscc", "score", "grade", "score_after", "grade_after")
    return [
        Moved(*row) for row in frame.filter(pl.col("uscc") > after).select(wanted).head(limit).iter_rows()
    ]
