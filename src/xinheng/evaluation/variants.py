"""Variants of one organisation's facts as so many organisations, so that one call of the engine answers them all.

A variant is a plan: entries that go or become another kind, on a day ahead. What counts is decided here as the engine
would decide it on that day; what is left is given the age it will have then, so that the engine's one day serves all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from xinheng.evaluation.policy_changing import Plan
from xinheng.facts import service as facts
from xinheng.law.service import What


def whats(found: Iterable[What]) -> dict[What, int]:
    """Distinct tuples (their own id set to 0) with dense ids from 0."""
    return {what: place for place, what in enumerate(dict.fromkeys(replace(one, id=0) for one in found))}


def facts_of(
    *, counted: pl.DataFrame, plans: Sequence[Plan], on: date, becomes: Mapping[int, int]
) -> pl.DataFrame:
    """The facts of every plan, `org` being its place. `counted` are facts that count on `on`; of the entries a plan acts
    on, those in `becomes` (statement → `what`) turn into that, the others go.

    A fact is (months old on the day of its plan) months old on `on`; one past its last day by then is left out.
    """
    known = {day: facts.day_numbers(day) for day in {plan.on for plan in plans}}
    numbers = [known[plan.on] for plan in plans]
    days = pl.DataFrame(
        [(place, one.ym, one.day, one.number) for place, one in enumerate(numbers)],
        schema={"org": pl.Int32, "then_ym": pl.Int32, "then_day": pl.Int32, "then": pl.Int32}, orient="row",
    )  # fmt: skip
    turned = (
        pl.col("statement").replace_strict(becomes, default=-1, return_dtype=pl.Int16)
        if becomes
        else pl.lit(-1, pl.Int16)
    )
    touched = pl.DataFrame(
        {
            "org": [place for place, plan in enumerate(plans) for _ in plan.statements],
            "statement": [statement for plan in plans for statement in plan.statements],
        },
        schema={"org": pl.Int32, "statement": pl.Int64},
    ).with_columns(turned=turned)  # fmt: skip
    age = facts.months_between(pl.col("ym"), pl.col("day"), pl.col("then_ym"), pl.col("then_day"))
    today = facts.month_number(on)
    return (
        counted.drop("org").join(days, how="cross").join(touched, on=["org", "statement"], how="left")
        .filter((pl.col("until") >= pl.col("then")) & (pl.col("turned").is_null() | (pl.col("turned") >= 0)))
        .with_columns(
            what=pl.coalesce("turned", "what").cast(pl.Int16),
            ym=(today - age).cast(pl.Int32),
            day=pl.lit(1, pl.Int8), until=pl.lit(facts.NEVER, pl.Int32), repair_from=pl.lit(facts.NEVER, pl.Int32),
        )
        .select(counted.columns)
    )  # fmt: skip


def orgs_of(held: pl.DataFrame, plans: Sequence[Plan], *, on: date) -> pl.DataFrame:
    """One organisation for each plan, like the one row of `held`, older by the months its day lies ahead."""
    founded = pl.col("established_ym")
    ages = pl.DataFrame(
        [(place, facts.month_number(plan.on) - facts.month_number(on)) for place, plan in enumerate(plans)],
        schema={"org": pl.Int32, "later": pl.Int32}, orient="row",
    )  # fmt: skip
    return (
        held.head(1).drop("org").join(ages, how="cross")
        .with_columns(established_ym=pl.when(founded < 0).then(founded).otherwise(founded - pl.col("later")))
        .select(held.columns).cast({"established_ym": held.schema["established_ym"]})
    )  # fmt: skip
