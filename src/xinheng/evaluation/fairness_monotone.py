"""One more adverse fact never helps: tried on real organisations, each with one more fact of every adverse kind there is.

The pack's checker refuses models that could break this; this looks whether the running model keeps it, on facts as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl

from xinheng.evaluation.fairness_time import day_number
from xinheng.law import service as law

SAMPLE = 60
"""Organisations tried, spread evenly over the points they have."""
MOST = 400
"""Kinds of adverse fact tried at most."""
AMOUNT = 10_000_000
"""The money of a fact added, in fen: a fine of 100,000 yuan."""

Evaluate = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def monotone(
    scored: pl.DataFrame, facts: pl.DataFrame, orgs: pl.DataFrame, whats: Sequence[law.What], *, on: date,
    evaluate: Evaluate,
) -> dict[str, Any]:  # fmt: skip
    """How many organisations and kinds of fact were tried, and the kinds (ids of `whats`) that improved anyone.

    `evaluate(facts, orgs)` is the model's own engine; everything is tried in one call, on pseudo-organisations.
    """
    adverse = [one.id for one in whats if one.side == "adverse"][:MOST]
    chosen = sample(scored)
    if not adverse or chosen.is_empty():
        return {"organisations": chosen.height, "kinds": len(adverse), "tried": 0, "improved": []}
    more_facts, more_orgs = tried(chosen, facts, orgs, adverse, on=on)
    after = evaluate(more_facts, more_orgs).select("org", "score", "grade")
    width = len(adverse) + 1
    places = after.with_columns(
        (pl.col("org") // width).alias("place"), (pl.col("org") % width).alias("added")
    )
    before = places.filter(pl.col("added") == 0).select("place", score_before="score", grade_before="grade")
    better = places.join(before, on="place").filter(
        (pl.col("score") > pl.col("score_before")) | (pl.col("grade") < pl.col("grade_before"))
    )
    improved = sorted({adverse[place - 1] for place in better["added"].to_list()})
    return {
        "organisations": chosen.height,
        "kinds": len(adverse),
        "tried": chosen.height * len(adverse),
        "improved": improved,
    }


def sample(scored: pl.DataFrame) -> pl.DataFrame:
    """Up to `SAMPLE` organisations, evenly over the order of points (then of organisations)."""
    ordered = scored.select("org", "score").sort("score", "org")
    step = max(1, ordered.height // SAMPLE)
    return ordered.gather_every(step).head(SAMPLE)


def tried(
    chosen: pl.DataFrame, facts: pl.DataFrame, orgs: pl.DataFrame, adverse: Sequence[int], *, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The pseudo-organisations: each chosen one as it is (`org` divisible by the number of kinds + 1), and once for each
    kind with one more fact of that kind, decided on the day asked."""
    width = len(adverse) + 1
    places = chosen.select("org").with_row_index("place").with_columns(pl.col("place").cast(pl.Int32))
    added = pl.DataFrame({"added": range(width)}, schema={"added": pl.Int32})
    crossed = places.join(added, how="cross").with_columns(
        (pl.col("place") * width + pl.col("added")).cast(pl.Int32).alias("pseudo")
    )
    many_orgs = orgs.join(crossed, on="org").with_columns(pl.col("pseudo").alias("org")).select(orgs.columns)
    held = (
        facts.join(crossed.select("org", "pseudo"), on="org")
        .with_columns(pl.col("pseudo").alias("org"))
        .select(facts.columns)
    )
    newest = max(facts["statement"].to_list(), default=0) + 1
    kinds = pl.DataFrame(
        {"added": range(1, width), "what": list(adverse)},
        schema={"added": pl.Int32, "what": facts.schema["what"]},
    )
    one_more = crossed.join(kinds, on="added").select(
        _added(name, kind, newest, on) for name, kind in facts.schema.items()
    )
    return pl.concat([held, one_more]).sort("org", "statement"), many_orgs.sort("org")


def _added(name: str, kind: Any, newest: int, on: date) -> pl.Expr:
    """One column of the fact added: as if decided on the day asked, of a decision of its own."""
    if name == "org":
        return pl.col("pseudo").alias("org")
    if name == "what":
        return pl.col("what")
    values: dict[str, Any] = {
        "statement": newest, "ym": on.year * 12 + on.month - 1, "day": on.day, "decided": day_number(on),
        "until": 2_147_483_647, "repair_from": 2_147_483_647, "amount": AMOUNT, "authority": -1, "decision": -newest,
        "primary": True, "state": 0, "disputed": False, "known": 0,
    }  # fmt: skip
    return pl.lit(values[name], dtype=kind).alias(name)
