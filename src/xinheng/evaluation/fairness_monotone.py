"""One more adverse fact never helps: tried on real organisations, each with one more fact of every adverse kind there is.

The pack's checker refuses models that could break this; this looks whether the running model keeps it, on facts as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl

from xinheng.facts import service as facts_room
from xinheng.law import service as law

SAMPLE = 60
"""Organisations tried, spread evenly over the points they have."""
MOST = 400
"""Kinds of adverse fact tried at most."""
DRAWS, MOST_ROWS = 3, 1_500_000
"""How often each kind is tried on each organisation, on other days and amounts; fewer where it would take more rows."""
BACK = 1_826
"""How many days back a decision added may lie: five years, further than most models look. A third are of the day asked."""
AMOUNT = 10_000_000
"""A sum of money in fen that is always among those tried: a fine of 100,000 yuan."""
_STEP, _PRIME = 1_103_515_245, 2_147_483_647

Evaluate = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def monotone(
    scored: pl.DataFrame, facts: pl.DataFrame, orgs: pl.DataFrame, whats: Sequence[law.What], *, on: date,
    evaluate: Evaluate, amounts: Sequence[int] = (AMOUNT,), seed: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """How many organisations and kinds of fact were tried how often, and the kinds (ids of `whats`) that improved anyone.

    Each fact added has a day of the last five years and one of `amounts` (fen), drawn by `seed`: the same seed draws the same.
    `evaluate(facts, orgs)` is the model's own engine; everything is tried in one call, on pseudo-organisations. `tried` is 0
    where there was nothing to try: that says nothing about the model.
    """
    adverse = [one.id for one in whats if one.side == "adverse"][:MOST]
    chosen = sample(scored)
    told: dict[str, Any] = {
        "organisations": chosen.height,
        "kinds": len(adverse),
        "draws": 0,
        "amounts": len(amounts),
    }
    if not adverse or chosen.is_empty():
        return told | {"tried": 0, "improved": []}
    draws = max(1, min(DRAWS, MOST_ROWS // (max(1, facts.height) * len(adverse))))
    more_facts, more_orgs = tried(chosen, facts, orgs, adverse * draws, on=on, amounts=amounts, seed=seed)
    after = evaluate(more_facts, more_orgs).select("org", "score", "grade")
    width = len(adverse) * draws + 1
    places = after.with_columns(
        (pl.col("org") // width).alias("place"), (pl.col("org") % width).alias("added")
    )
    before = places.filter(pl.col("added") == 0).select("place", score_before="score", grade_before="grade")
    better = places.join(before, on="place").filter(
        (pl.col("score") > pl.col("score_before")) | (pl.col("grade") < pl.col("grade_before"))
    )
    improved = sorted({adverse[(place - 1) % len(adverse)] for place in better["added"].to_list()})
    return told | {"draws": draws, "tried": chosen.height * (width - 1), "improved": improved}


def amounts_of(model: law.EvaluationModel) -> tuple[int, ...]:
    """The sums of money (fen) at which a model's points may change, and on either side of each."""
    edges = {start for one in model.indicators if one.measure == "sum" for start, _micro in one.brackets}
    return tuple(
        sorted({0, AMOUNT, *edges, *(edge - 1 for edge in edges if edge > 0), *(10 * edge for edge in edges)})
    )


def sample(scored: pl.DataFrame) -> pl.DataFrame:
    """Up to `SAMPLE` organisations, evenly over the order of points (then of organisations)."""
    ordered = scored.select("org", "score").sort("score", "org")
    step = max(1, ordered.height // SAMPLE)
    return ordered.gather_every(step).head(SAMPLE)


def tried(
    chosen: pl.DataFrame, facts: pl.DataFrame, orgs: pl.DataFrame, adverse: Sequence[int], *, on: date,
    amounts: Sequence[int] = (AMOUNT,), seed: int = 0,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """The pseudo-organisations: each chosen one as it is (`org` divisible by the number of kinds + 1), and once for each of
    `adverse` with one more fact of that kind, its day and amount drawn."""
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
    drawn = _drawn(crossed.join(kinds, on="added"), on, amounts, seed)
    one_more = drawn.select(_added(name, kind, newest) for name, kind in facts.schema.items())
    return pl.concat([held, one_more]).sort("org", "statement"), many_orgs.sort("org")


def _drawn(rows: pl.DataFrame, on: date, amounts: Sequence[int], seed: int) -> pl.DataFrame:
    """Each row with the day of a decision and an amount."""
    drawn = ((pl.col("pseudo").cast(pl.Int64) + 1 + seed % _PRIME) % _PRIME * _STEP % _PRIME).alias("drawn")
    back = pl.when(pl.col("drawn") % 3 == 0).then(0).otherwise(pl.col("drawn") // 3 % BACK)
    table = pl.DataFrame(
        {"which": range(len(amounts)), "amount": list(amounts)},
        schema={"which": pl.Int64, "amount": pl.Int64},
    )
    return (
        rows.with_columns(drawn)
        .with_columns(
            (pl.lit(on) - pl.duration(days=back)).alias("date"), (pl.col("drawn") // 7919 % len(amounts)).alias("which")
        )
        .join(table, on="which")
    )  # fmt: skip


def _added(name: str, kind: Any, newest: int) -> pl.Expr:
    """One column of the fact added: a decision of its own that holds and ends by no day."""
    drawn: dict[str, pl.Expr] = {
        "org": pl.col("pseudo"), "what": pl.col("what"), "amount": pl.col("amount"),
        "ym": facts_room.month_of(pl.col("date")), "day": pl.col("date").dt.day(), "decided": pl.col("date").cast(pl.Date),
    }  # fmt: skip
    if name in drawn:
        return drawn[name].cast(kind).alias(name)
    values: dict[str, Any] = {
        "statement": newest, "until": facts_room.NEVER, "repair_from": facts_room.NEVER, "due": facts_room.NEVER, "authority": -1, "decision": -newest,
        "primary": True, "state": facts_room.HELD, "disputed": False, "known": 0,
    }  # fmt: skip
    return pl.lit(values[name], dtype=kind).alias(name)
