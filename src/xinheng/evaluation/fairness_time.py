"""How stable grades are: between two days, between two versions, and against what happened later.

A back-test takes the model as if it had been used a year ago and asks whom the following twelve months proved it right about.
Where the ledger reaches back that far, the facts are those known then; where it does not, they are today's with what was
decided later left out, and the answer says so: what has been repaired since is then missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from xinheng.facts import service as facts_room

AS_KNOWN, BY_DECISION = "as-known", "by-decision-date"
YEAR = 12


def matrix(
    before: pl.DataFrame, after: pl.DataFrame, *, grades: int, grades_after: int = 0, key: str = "org"
) -> dict[str, Any]:
    """Grades of the same organisations twice: `cells[i][j]` went from grade i to j; those only one of the two has.

    Frames hold `key`, `score`, `grade`. `better`, `worse`, `same` count organisations, and mean something where the indices
    mean the same in both; `points_changed` those whose points differ, be the grade the same. `grades_after`: how many grades
    the second has, where that is another number.
    """
    both = before.select(key, "score", "grade").join(
        after.select(key, "score", "grade"), on=key, suffix="_after"
    )
    cells = [[0] * (grades_after or grades) for _ in range(grades)]
    for row in both.group_by("grade", "grade_after").agg(pl.len().alias("n")).to_dicts():
        if row["grade"] >= 0 and row["grade_after"] >= 0:
            cells[row["grade"]][row["grade_after"]] = row["n"]
    counted = both.select(
        (pl.col("grade_after") < pl.col("grade")).sum().alias("better"),
        (pl.col("grade_after") > pl.col("grade")).sum().alias("worse"),
        (pl.col("grade_after") == pl.col("grade")).sum().alias("same"),
        (pl.col("score_after") != pl.col("score")).sum().alias("points_changed"),
    ).to_dicts()[0]
    return {
        "cells": cells,
        **{name: int(n) for name, n in counted.items()},
        "only_before": before.height - both.height,
        "only_after": after.height - both.height,
    }


def moved(before: pl.DataFrame, after: pl.DataFrame, *, way: str, key: str = "uscc") -> pl.DataFrame:
    """The organisations behind a matrix, by key: `way` is better, worse, points, or "i-j" for one cell."""
    both = before.select(key, "score", "grade").join(
        after.select(key, "score", "grade"), on=key, suffix="_after"
    )
    then, now = pl.col("grade"), pl.col("grade_after")
    if way == "better":
        which = now < then
    elif way == "worse":
        which = now > then
    elif way == "points":
        which = pl.col("score") != pl.col("score_after")
    else:
        first, _, second = way.partition("-")
        which = (then == int(first)) & (now == int(second))
    return both.filter(which).sort(key)


def events(facts: pl.DataFrame, serious: Sequence[int], *, after: int, until: int) -> pl.DataFrame:
    """Organisations with a serious decision later than day `after` and no later than `until` (days since 1970-01-01), once
    each. What was replaced or annulled did not happen; what was repaired since did."""
    return facts.filter(
        pl.col("what").is_in(list(serious))
        & pl.col("primary")
        & (pl.col("state") != facts_room.ENDED)
        & (pl.col("decided") > after)
        & (pl.col("decided") <= until)
    ).select(pl.col("org").unique())


def backtest(scored: pl.DataFrame, hit: pl.DataFrame, *, grades: int, key: str = "org") -> dict[str, Any]:
    """By grade how many had a serious decision in the months after, and how well points ranked them.

    `rank_won / rank_all` is the chance that, of one organisation with such a decision and one without, the one with it had
    fewer points; ties count half (so both numbers are doubled). `rank_all` is 0 where there were none: no chance is told.
    """
    marked = scored.select(key, "score", "grade").join(
        hit.select(key, pl.lit(1).alias("hit")), on=key, how="left"
    ).with_columns(pl.col("hit").fill_null(0))  # fmt: skip
    by_grade = {
        row["grade"]: row
        for row in marked.group_by("grade").agg(pl.len().alias("n"), pl.col("hit").sum()).to_dicts()
    }
    won, all_ = ranked(marked)
    return {
        "grades": [
            [by_grade.get(place, {}).get("n", 0), int(by_grade.get(place, {}).get("hit", 0))]
            for place in range(grades)
        ],
        "organisations": marked.height,
        "with_event": int(marked["hit"].sum()),
        "rank_won": won,
        "rank_all": all_,
    }


def ranked(marked: pl.DataFrame) -> tuple[int, int]:
    """Twice the pairs won and twice all pairs, of organisations with and without an event (`hit` 1, 0) by `score`."""
    steps = (
        marked.group_by("score")
        .agg(
            pl.col("hit").sum().cast(pl.Int64).alias("bad"),
            (1 - pl.col("hit")).sum().cast(pl.Int64).alias("good"),
        )
        .sort("score", descending=True)
        .with_columns((pl.col("good").cum_sum() - pl.col("good")).alias("above"))
    )
    bad, good = int(steps["bad"].sum()), int(steps["good"].sum())
    won = int((steps["bad"] * (2 * steps["above"] + steps["good"])).sum())
    return won, 2 * bad * good
