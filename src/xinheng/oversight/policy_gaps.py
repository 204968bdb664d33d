"""Gaps in sequences of document numbers, and what may explain them. Pure.

A gap is a question, not an answer: numbers may be shared with decisions about persons (which must not be reported),
with other items, or with cases that ended without a decision. So a gap is 疑似未报, until somebody says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from xinheng.oversight.counting import RUN, merge_runs

# A sequence with more holes than numbers is shared with something we do not see: nothing is concluded from it
MOST_MISSING = 0.5
# A jump longer than this is a new block of numbers, not a row of decisions kept back
LONGEST_GAP = 200
SERIES = ("authority", "prefix", "year")
WHOLE, PERSONS, RETURNED, SPARSE, ASKS = "whole", "persons", "returned", "sparse", "asks"
WHY = (
    "缺号是相邻两个已报文书号之间没有报来的号。缺号不等于漏报，可能的原因有：对自然人的决定共用同一编号（依法不报、未保存）；"
    "许可与处罚或者其他事项共用编号；立案后未作出决定、文书作废；退回的行没有写明文书号。",
    "同一机关、同一字号、同一年度的号放在一起看，各目录项已经用到的号不算缺号；退回的行也算报过。",
    "一个序列的缺号不多于同一单位同一年度被拒收的自然人行和没有写明文书号的退回行时，缺号可由这些行解释，只在序列表中列出，不逐条提示。",
    f"缺号超过全部号的一半，或者一处连缺超过 {LONGEST_GAP} 号的，不据此提示；相邻决定的报送期限还没有到的，也不提示。",
    "以上是本系统的设计选择，不是法律规定。是否漏报由单位说明、由主管部门确认；是否瞒报由考核机关认定。",
)

GAP = {
    "authority": pl.String, "item": pl.String, "prefix": pl.String, "year": pl.Int32, "first": pl.Int32,
    "last": pl.Int32, "lower_on": pl.Date, "upper_on": pl.Date, "missing": pl.Int64, "seen": pl.Int64,
}  # fmt: skip

SEQUENCE = {
    "authority": pl.String, "prefix": pl.String, "year": pl.Int32, "item": pl.String, "first": pl.Int32,
    "last": pl.Int32, "seen": pl.Int64, "missing": pl.Int64, "persons": pl.Int64, "unnumbered": pl.Int64,
    "verdict": pl.String,
}  # fmt: skip


def gaps(runs: pl.DataFrame) -> pl.DataFrame:
    """Every gap between the smallest and the largest number seen of each authority, prefix and year.

    Numbers are pooled over items. `item` is that of the number above the gap; `missing` and `seen` count the whole
    sequence. `lower_on`, `upper_on` are the days of the neighbours where known.
    """
    if runs.is_empty():
        return pl.DataFrame(schema=GAP)
    pooled = merge_runs(runs.select(*RUN).with_columns(pl.lit("").alias("item")))
    found = pooled.with_columns(
        pl.col("last").shift(1).over(SERIES).alias("reach"),
        pl.col("last_on").shift(1).over(SERIES).alias("lower_on"),
    ).with_columns((pl.col("first") - pl.col("reach") - 1).fill_null(0).cast(pl.Int64).alias("hole"))
    whole = found.with_columns(
        pl.col("hole").sum().over(SERIES).alias("missing"),
        (pl.col("last") - pl.col("first") + 1).cast(pl.Int64).sum().over(SERIES).alias("seen"),
    )
    above = runs.group_by(*SERIES, "first").agg(pl.col("item").min())
    return (
        whole.drop("item")
        .filter(pl.col("hole") > 0)
        .join(above, on=[*SERIES, "first"], how="left")
        .select(
            "authority", "item", "prefix", "year", (pl.col("reach") + 1).alias("first"),
            (pl.col("first") - 1).alias("last"), "lower_on", pl.col("first_on").alias("upper_on"), "missing", "seen",
        )
        .select(*GAP)
        .sort(*SERIES, "first")
    )  # fmt: skip


def telling(
    found: pl.DataFrame, *, asks: pl.DataFrame, due: Mapping[tuple[str, date], date | None], cutoff: date
) -> pl.DataFrame:
    """The gaps worth asking about: of sequences that ask (`sequences`), not too long, and not still within their time.

    `due` gives, for an item and the day of the neighbour above, the last day in time (None: no such period).
    """
    length = pl.col("last") - pl.col("first") + 1
    wanted = asks.filter(pl.col("verdict") == ASKS).select(SERIES)
    kept = found.filter(length <= LONGEST_GAP).join(
        wanted, on=list(SERIES), how="semi", maintain_order="left"
    )
    ripe = []
    for item, upper in kept.select("item", "upper_on").iter_rows():
        last = (due.get((item, upper)) or upper) if upper is not None else None
        ripe.append(last is None or last <= cutoff)
    return kept.filter(pl.Series("ripe", ripe, dtype=pl.Boolean))


def sequences(
    runs: pl.DataFrame, *, persons: Mapping[tuple[str, int], int], unnumbered: Mapping[tuple[str, int], int]
) -> pl.DataFrame:
    """Every sequence with its smallest and largest number, how many were seen and how many are missing, the rows that
    may account for missing ones, and a verdict: whole, persons, returned, sparse or asks (worth asking about)."""
    if runs.is_empty():
        return pl.DataFrame(schema=SEQUENCE)
    pooled = merge_runs(runs.select(*RUN).with_columns(pl.lit("").alias("item")))
    items = runs.group_by(SERIES).agg(pl.col("item").unique().sort().str.join(","))
    found = (
        pooled.group_by(SERIES)
        .agg(
            pl.col("first").min(), pl.col("last").max(),
            (pl.col("last") - pl.col("first") + 1).cast(pl.Int64).sum().alias("seen"),
        )
        .join(items, on=list(SERIES))
        .with_columns((pl.col("last") - pl.col("first") + 1 - pl.col("seen")).cast(pl.Int64).alias("missing"))
        .sort(SERIES)
    )  # fmt: skip
    keys = list(found.select("authority", "year").iter_rows())
    found = found.with_columns(
        pl.Series("persons", [persons.get(key, 0) for key in keys], dtype=pl.Int64),
        pl.Series("unnumbered", [unnumbered.get(key, 0) for key in keys], dtype=pl.Int64),
    )
    # What a unit's year could account for is shared by all of its sequences of that year
    holes = pl.col("missing").sum().over("authority", "year")
    verdict = (
        pl.when(pl.col("missing") == 0).then(pl.lit(WHOLE))
        .when(pl.col("missing") > MOST_MISSING * (pl.col("missing") + pl.col("seen"))).then(pl.lit(SPARSE))
        .when(holes <= pl.col("unnumbered")).then(pl.lit(RETURNED))
        .when(holes <= pl.col("unnumbered") + pl.col("persons")).then(pl.lit(PERSONS))
        .otherwise(pl.lit(ASKS))
    )  # fmt: skip
    return found.with_columns(verdict.alias("verdict")).select(*SEQUENCE)
