"""How a model's grades and points fall over kinds of organisation: size, sector, county, age, kind, length of file.

Sets in, plain numbers out; no organisation is named. A group of which little is known says so by its size: its shares stand
beside how many they are shares of, and a group without organisations has no share at all, not a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from xinheng.facts.service import month_number

PER_MILLE = 1000
LEAST = 30
"""Groups smaller than this take no part when groups are compared: one organisation would move them by 3 %."""
BINS = 20
AGES = ((12, "0-1"), (36, "1-3"), (60, "3-5"), (120, "5-10"), (240, "10-20"))
OLDEST, UNKNOWN = "20+", "unknown"
FILES = ((1, "0"), (6, "1-5"), (21, "6-20"))
LONGEST = "21+"
DIMENSIONS = ("size", "sector", "county", "age", "kind", "file")


def grouped(orgs: pl.DataFrame, *, on: date) -> pl.DataFrame:
    """Organisations with the group each is in, one column `by_<dimension>` for each; `held` is how many facts it has.

    An organisation whose size, sector, county or founding nobody registered is in the group "unknown".
    """
    months = month_number(on) - pl.col("established_ym")
    age: Any = pl.when(pl.col("established_ym") < 0).then(pl.lit(UNKNOWN))
    for below, name in AGES:
        age = age.when(months < below).then(pl.lit(name))
    file: Any = pl.when(pl.col("held") < FILES[0][0]).then(pl.lit(FILES[0][1]))
    for below, name in FILES[1:]:
        file = file.when(pl.col("held") < below).then(pl.lit(name))
    size = pl.col("size_band")
    return orgs.with_columns(
        pl.when(size < 0).then(pl.lit(UNKNOWN)).otherwise(size.cast(pl.String)).alias("by_size"),
        _known("industry").alias("by_sector"),
        _known("county").alias("by_county"),
        _known("kind").alias("by_kind"),
        age.otherwise(pl.lit(OLDEST)).alias("by_age"),
        file.otherwise(pl.lit(LONGEST)).alias("by_file"),
    )


def spread(scored: pl.DataFrame, *, grades: int) -> dict[str, list[dict[str, Any]]]:
    """For each dimension its groups: organisations, how many in each grade, and the quartiles of their points.

    `scored` is `grouped` organisations with `score` and `grade` (indices; `grades` of them; -1: the model has none).
    """
    return {name: _groups(scored, f"by_{name}", grades) for name in DIMENSIONS}


def whole(scored: pl.DataFrame, *, grades: int) -> dict[str, Any]:
    """All organisations as one group."""
    found = _groups(scored.with_columns(pl.lit("all").alias("by_all")), "by_all", grades)
    return found[0] if found else {"group": "all", "organisations": 0, "grades": [0] * grades}


def histogram(scored: pl.DataFrame) -> list[tuple[int, int, int]]:
    """Points in at most `BINS` steps of equal width: (from, to, organisations), micro-points, both ends included."""
    if scored.is_empty():
        return []
    low, high = (int(scored["score"].min()), int(scored["score"].max()))  # type: ignore[arg-type]
    width = max(1, (high - low) // BINS + 1)
    counted = (
        scored.group_by(((pl.col("score") - low) // width).alias("bin")).agg(pl.len().alias("n")).to_dicts()
    )
    by_bin = {row["bin"]: row["n"] for row in counted}
    last = (high - low) // width
    return [(low + bin * width, low + (bin + 1) * width - 1, by_bin.get(bin, 0)) for bin in range(last + 1)]


def gaps(found: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """For each dimension the groups that fare best and worst: the share (per mille, rounded down) of organisations in the
    worst grade. Groups of fewer than `LEAST` and those of which nothing is known do not count; a dimension with fewer than
    two groups left has no gap and says so by its absence."""
    told: dict[str, dict[str, Any]] = {}
    for name, groups in found.items():
        large = [one for one in groups if one["organisations"] >= LEAST and one["group"] != UNKNOWN]
        if len(large) < 2 or not large[0]["grades"]:
            continue
        shares = [(PER_MILLE * one["grades"][-1] // one["organisations"], one["group"]) for one in large]
        (low, best), (high, worst) = min(shares), max(shares)
        told[name] = {
            "best": best, "best_share": low, "worst": worst, "worst_share": high, "gap": high - low, "groups": len(large),
        }  # fmt: skip
    return told


def _groups(scored: pl.DataFrame, by: str, grades: int) -> list[dict[str, Any]]:
    if scored.is_empty():
        return []
    ordered = pl.col("score").sort()
    last = pl.len() - 1
    frame = scored.group_by(by).agg(
        pl.len().alias("organisations"),
        *((pl.col("grade") == place).sum().alias(f"g{place}") for place in range(grades)),
        ordered.get(0).alias("lowest"),
        ordered.get(last // 4).alias("quarter"),
        ordered.get(last // 2).alias("middle"),
        ordered.get(last * 3 // 4).alias("three_quarters"),
        ordered.get(last).alias("highest"),
    )
    return [
        {
            "group": row[by],
            "organisations": row["organisations"],
            "grades": [row[f"g{place}"] for place in range(grades)],
            "points": [row[name] for name in ("lowest", "quarter", "middle", "three_quarters", "highest")],
        }
        for row in frame.sort(by).to_dicts()
    ]


def _known(column: str) -> pl.Expr:
    return pl.when(pl.col(column) == "").then(pl.lit(UNKNOWN)).otherwise(pl.col(column))
