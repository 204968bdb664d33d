"""Names through time, derived from the versions of an organisation. Pure and set-based.

The same function writes the table, rebuilds it and checks it: the table is what this gives for all entries.
"""

from __future__ import annotations

import polars as pl

from xinheng.kernel.text import norm_name
from xinheng.register.cleaning import SEPARATOR
from xinheng.register.store import NAME_SCHEMA

ORDINAL_BITS = 15
KEY_LENGTH = 200
COLUMNS = tuple(NAME_SCHEMA)
# Names of ideographs only (and what the key leaves alone) are their own key
_OWN_KEY = r"^[\u4E00-\u9FFF()·0-9a-z-]+$"


def derive(versions: pl.DataFrame) -> pl.DataFrame:
    """Every name these organisations have carried, once per code, ordered by id.

    `versions`: id, code, name, other_names, former_names, since, closed_by of *all* versions of the codes
    concerned. A name's id is its place among the names first told in that event. `current` is 1 for the names
    of the open version, `since` the day from which its latest spell is known, `until` the day on which
    another name took its place.
    """
    ordered = versions.sort("code", "id").with_columns(
        pl.col("since").shift(-1).over("code").alias("next_since")
    )
    told = _told(ordered)
    if told.is_empty():
        return pl.DataFrame(schema=NAME_SCHEMA)
    open_now = (pl.col("role") < 2) & pl.col("closed_by").is_null()
    names = (
        told.sort("id", "place")
        .group_by("code", "name", maintain_order=True)
        .agg(
            pl.col("id").first().alias("first"),
            pl.col("place").first(),
            open_now.any().cast(pl.Int64).alias("current"),
            pl.col("since").filter(pl.col("role") == 0).last().fill_null("").alias("since"),
            pl.col("next_since").filter(pl.col("role") == 0).last().fill_null("").alias("until"),
        )
    )
    names = names.with_columns(
        pl.when(pl.col("current") == 1).then(pl.lit("")).otherwise("until").alias("until"),
        (pl.col("first") // (1 << ORDINAL_BITS)).alias("event"),
    ).sort("first", "place")
    return names.with_columns(
        (pl.col("event") * (1 << ORDINAL_BITS) + pl.int_range(pl.len()).over("event")).alias("id"),
        name_keys(names["name"]).alias("norm"),
    ).select(COLUMNS)


def name_keys(names: pl.Series) -> pl.Series:
    """`kernel.text.norm_name` of many names, cut to the width of the column."""
    distinct = names.filter(~names.str.contains(_OWN_KEY)).unique().to_list()
    keys = names.replace(distinct, [norm_name(name) for name in distinct]) if distinct else names
    return keys.str.slice(0, KEY_LENGTH)


def _told(versions: pl.DataFrame) -> pl.DataFrame:
    """One row per version and name it tells, in order: role 0 the name, 1 further names in force, 2 former
    names."""
    base = ["id", "code", "since", "next_since", "closed_by"]
    parts = [
        versions.select(
            *base, "name", pl.lit(0, dtype=pl.Int64).alias("role"), pl.lit(0, dtype=pl.Int64).alias("at")
        )
    ]
    for role, column in ((1, "other_names"), (2, "former_names")):
        listed = versions.filter(pl.col(column) != "").select(
            *base, pl.col(column).str.split(SEPARATOR).alias("name")
        )
        listed = listed.with_columns(pl.int_ranges(pl.col("name").list.len()).alias("at")).explode(
            "name", "at"
        )
        parts.append(
            listed.select(
                *base, "name", pl.lit(role, dtype=pl.Int64).alias("role"), pl.col("at").cast(pl.Int64)
            )
        )
    return pl.concat(parts).with_columns((pl.col("role") * 100_000 + pl.col("at")).alias("place"))
