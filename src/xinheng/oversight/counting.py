"""Batches as counts: which row is the first of its decision, in time or late, right or returned, and why. Pure.

A decision is counted once, with the first row that speaks of it. So 已报 = first rows accepted + first rows returned;
a returned row that is mended later was reported when it first came. Returned rows are recognised again by document
number and party (code or name), because either of the two may be what was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from xinheng.oversight.docnumbers import LONGEST_PREFIX, places

TAKEN = ("accepted", "updated", "duplicate")
RETURNED = ("rejected", "quarantined")
# What is on file already says no to these: the decision itself had been reported
KNOWN = ("superseded-version", "annulled-decision", "erased-row")
LONGEST_DOC = 400

BATCH = {"batch": pl.String, "source": pl.String, "item": pl.String, "received_on": pl.Date}
CELL = {
    **BATCH, "month": pl.String, "outcome": pl.String, "first": pl.Boolean, "timeliness": pl.String, "rows": pl.Int64,
}  # fmt: skip
CAUSE = {**BATCH, "code": pl.String, "field": pl.String, "rows": pl.Int64}
RETURNED_ROW = {
    "batch": pl.String, "row": pl.Int64, "source": pl.String, "item": pl.String, "received_on": pl.Date,
    "outcome": pl.String, "doc": pl.String, "party_code": pl.Int64, "party_name": pl.Int64, "again": pl.Boolean,
    "settled_batch": pl.String, "settled_row": pl.Int64, "settled_on": pl.Date,
}  # fmt: skip
RUN_KEY = ("authority", "item", "prefix", "year")
RUN = {
    "authority": pl.String, "item": pl.String, "prefix": pl.String, "year": pl.Int32, "first": pl.Int32,
    "last": pl.Int32, "first_on": pl.Date, "last_on": pl.Date,
}  # fmt: skip
PARTIES = ("party_code", "party_name")
_SETTLED = ("settled_batch", "settled_row", "settled_on")


@dataclass(frozen=True)
class Counted:
    """What batches add. `returned` holds their own rows; `settled` every returned row that they brought in."""

    cells: pl.DataFrame
    causes: pl.DataFrame
    returned: pl.DataFrame
    settled: pl.DataFrame
    runs: pl.DataFrame
    erased: set[str]


def count(rows: pl.DataFrame, *, item: str, earlier: pl.DataFrame) -> Counted:
    """Counts the rows of batches of one item (`intake.answered_rows`, oldest batch first). `earlier`: the returned
    rows of this item and these senders so far (columns of RETURNED_ROW), those that were settled included.

    The same whether batches come one by one or together.
    """
    rows = rows.with_row_index("at").with_columns(pl.lit(item).alias("item"))
    near = _near(rows, earlier)
    returned = _returned(rows, near, earlier)
    settled = _settled(near, returned, earlier)
    returned = with_settled(returned.drop("at"), settled)
    mended = settled.select("settled_batch", "settled_row", pl.lit(True).alias("mends")).unique()
    cells = (
        rows.join(mended, left_on=["batch", "row"], right_on=["settled_batch", "settled_row"], how="left")
        .join(returned.select("batch", "row", "again"), on=["batch", "row"], how="left")
        .with_columns(
            pl.when(pl.col("outcome").is_in(RETURNED))
            .then(~pl.col("again").fill_null(False))
            .otherwise((pl.col("outcome") == "accepted") & pl.col("mends").is_null())
            .alias("first"),
            pl.col("received_on").dt.to_string("%Y-%m").alias("month"),
        )
    )
    by = [name for name in CELL if name != "rows"]
    cells = cells.group_by(by).agg(pl.len().cast(pl.Int64).alias("rows")).select(*CELL).sort(by)
    erased = set(rows.filter("erased")["batch"].unique().to_list())
    return Counted(
        cells, _causes(rows), returned.select(*RETURNED_ROW), settled, runs_of(rows, item=item), erased
    )


def _causes(rows: pl.DataFrame) -> pl.DataFrame:
    """Each rule and field once a row, however often the row breaks it."""
    told = (
        rows.filter(pl.col("outcome").is_in(RETURNED)).select(*BATCH, "row", "problems").explode("problems")
    )
    told = told.drop_nulls("problems").unnest("problems").unique(["batch", "row", "code", "field"])
    by = [*BATCH, "code", "field"]
    return told.group_by(by).agg(pl.len().cast(pl.Int64).alias("rows")).select(*CAUSE).sort(by)


def _near(rows: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Rows that were returned, and taken rows that carry the document number of a returned one; with their parties."""
    cut = rows.with_columns(pl.col("doc").str.slice(0, LONGEST_DOC))
    back = pl.col("outcome").is_in(RETURNED)
    asked = pl.concat([cut.filter(back).select("source", "doc"), earlier.select("source", "doc")])
    asked = asked.filter(pl.col("doc") != "").unique().with_columns(pl.lit(True).alias("asked"))
    found = cut.join(asked, on=["source", "doc"], how="left").filter(back | pl.col("asked")).sort("at")
    return found.with_columns(
        _short(found["code"]).alias("party_code"), _short(found["name_key"]).alias("party_name")
    )


def _returned(rows: pl.DataFrame, near: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The batches' own returned rows; `again` where the decision had been sent before."""
    known = pl.col("problems").list.eval(pl.element().struct.field("code").is_in(KNOWN)).list.any()
    back = pl.col("outcome").is_in(RETURNED)
    mine = near.filter(back).with_columns(known.fill_null(False).alias("known"))
    again = mine["known"]
    for party in PARTIES:
        key = ["source", "doc", party]
        named = (pl.col("doc") != "") & (pl.col(party) != 0)
        before = earlier.select(key).unique().with_columns(pl.lit(True).alias("before"))
        # In the same file, a row that was taken further up
        taken = near.filter(~back).group_by("batch", *key).agg(pl.col("at").min().alias("taken_at"))
        told = mine.join(before, on=key, how="left", maintain_order="left").join(
            taken, on=["batch", *key], how="left", maintain_order="left"
        )
        hit = told.select(
            named
            & (
                pl.col("before").fill_null(False)
                | (pl.col("taken_at") < pl.col("at")).fill_null(False)
                | ~pl.struct(key).is_first_distinct()
            )
        )
        again = again | hit.to_series()
    return mine.with_columns(
        again.alias("again"), pl.lit("").alias("settled_batch"), pl.lit(None, dtype=pl.Int64).alias("settled_row"),
        pl.lit(None, dtype=pl.Date).alias("settled_on"),
    ).select("at", *RETURNED_ROW)  # fmt: skip


def _settled(near: pl.DataFrame, returned: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Open returned rows that a later row brought in: batch, row, and the first such row."""
    open_ = pl.concat(
        [earlier.with_columns(pl.lit(None, dtype=pl.UInt32).alias("at")), returned], how="diagonal"
    )
    open_ = open_.filter((pl.col("settled_batch") == "") & ~pl.col("again") & (pl.col("doc") != ""))
    taken = near.filter(pl.col("outcome").is_in(TAKEN)).select(
        "source", "doc", *PARTIES, pl.col("at").alias("taken_at"), pl.col("batch").alias("settled_batch"),
        pl.col("row").alias("settled_row"), pl.col("received_on").alias("settled_on"),
    )  # fmt: skip
    found = [
        open_.filter(pl.col(party) != 0)
        .select("batch", "row", "at", "source", "doc", party)
        .join(taken.select("taken_at", *_SETTLED, "source", "doc", party), on=["source", "doc", party])
        .select("batch", "row", "at", "taken_at", *_SETTLED)
        for party in PARTIES
    ]
    later = pl.concat(found).filter(pl.col("at").is_null() | (pl.col("taken_at") > pl.col("at")))
    return (
        later.sort("taken_at")
        .unique(["batch", "row"], keep="first")
        .select("batch", "row", *_SETTLED)
        .sort("batch", "row")
    )


def with_settled(returned: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """Returned rows with what settled them filled in where it is told."""
    joined = returned.join(settled, on=["batch", "row"], how="left", suffix="_new", maintain_order="left")
    changed = pl.col("settled_batch_new").is_not_null()
    return joined.with_columns(
        pl.when(changed).then(pl.col(f"{name}_new")).otherwise(name).alias(name) for name in _SETTLED
    ).select(*RETURNED_ROW)


def _short(texts: pl.Series) -> pl.Series:
    """The first 8 bytes of SHA-256 as a signed integer; 0 for nothing."""
    # Only the few rows that were returned, or may have mended one, come here
    told = [
        int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True) if text else 0
        for text in texts
    ]
    return pl.Series(told, dtype=pl.Int64)


def runs_of(rows: pl.DataFrame, *, item: str) -> pl.DataFrame:
    """The serial numbers in batches as runs. A returned row counts: its decision was not kept back."""
    found = pl.concat(
        [rows.select("source", "authority", "decided_on"), places(rows["doc"])], how="horizontal"
    )
    single = found.drop_nulls("serial").select(
        pl.when(pl.col("authority") == "").then("source").otherwise("authority").alias("authority"),
        pl.lit(item).alias("item"), pl.col("prefix").str.slice(0, LONGEST_PREFIX), "year",
        pl.col("serial").alias("first"), pl.col("serial").alias("last"),
        pl.col("decided_on").alias("first_on"), pl.col("decided_on").alias("last_on"),
    )  # fmt: skip
    return merge_runs(single.select(*RUN))


def merge_runs(runs: pl.DataFrame) -> pl.DataFrame:
    """Overlapping and neighbouring runs of one sequence joined; the order of arrival does not matter."""
    if runs.is_empty():
        return pl.DataFrame(schema=RUN)
    ordered = runs.sort(*RUN_KEY, "first", "last")
    reach = pl.col("last").cum_max().over(RUN_KEY).shift(1).over(RUN_KEY)
    opens = (reach.is_null() | (pl.col("first") > reach + 1)).cast(pl.Int32)
    grouped = ordered.with_columns(opens.cum_sum().over(RUN_KEY).alias("group"))
    return (
        grouped.group_by(*RUN_KEY, "group")
        .agg(
            pl.col("first").min(),
            pl.col("last").max(),
            # The day at an end of the run is the earliest known one of that very number
            pl.col("first_on").filter(pl.col("first") == pl.col("first").min()).min(),
            pl.col("last_on").filter(pl.col("last") == pl.col("last").max()).min(),
        )
        .select(*RUN)
        .sort(*RUN_KEY, "first")
    )
