"""Counting as sets: one pass over what the gate opens, one over the register, then sums of sums."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

AXES = ("month", "authority", "region", "kind", "severity")
CELL_COLUMNS = ("id", "cube", "item", *AXES, "n")
BODY_COLUMNS = ("id", "kind", "region", "active", "founded", "n")

# A cube keeps apart what a table or a chart needs, and no more: so it stays small however many entries there are
CUBES: dict[str, tuple[str, ...]] = {
    "class": ("month", "severity"),
    "authority": ("month", "authority"),
    "region": ("month", "region"),
    "kind": ("month", "kind", "severity"),
}

_FINE = {
    "item": pl.String, "month": pl.String, "authority": pl.String, "place": pl.String, "prefix": pl.String,
    "severity": pl.String, "n": pl.Int64,
}  # fmt: skip


def cells(*, on: date, known_at: int, pack: law.Pack) -> pl.DataFrame:
    """Public entries on a day, as known at a position, in every cube."""
    gate, params = publication.visible_sql(audience="public", on=on, known_at=known_at)
    # An organisation the register does not know is placed by its own code (digits 3 to 8)
    sql = (
        "SELECT v.item, SUBSTR(CAST(v.decided_on AS TEXT), 1, 7), v.authority, COALESCE(r.region, SUBSTR(v.uscc, 3, 6)),"
        f" SUBSTR(v.uscc, 1, 2), v.severity, COUNT(*) FROM ({gate}) v"
        f" LEFT JOIN ({register.registered_sql()}) r ON r.code = v.uscc GROUP BY 1, 2, 3, 4, 5, 6"
    )
    fine = _placed(_asked(sql, params, _FINE), pack).with_columns(pl.col("month", "severity").fill_null(""))
    parts = [
        fine.group_by("item", *axes)
        .agg(pl.col("n").sum())
        .with_columns(
            pl.lit(cube).alias("cube"), *(pl.lit("").alias(axis) for axis in AXES if axis not in axes)
        )
        .select("cube", "item", *AXES, "n")
        for cube, axes in CUBES.items()
    ]
    return _numbered(pl.concat(parts).sort("cube", "item", *AXES), CELL_COLUMNS)


def bodies(*, pack: law.Pack) -> pl.DataFrame:
    """Registered organisations by kind, county, whether active, and year of foundation."""
    sql = (
        "SELECT SUBSTR(code, 1, 2), region, status, SUBSTR(established_on, 1, 4), COUNT(*)"
        f" FROM ({register.registered_sql()}) r GROUP BY 1, 2, 3, 4"
    )
    schema = {
        "prefix": pl.String,
        "place": pl.String,
        "status": pl.String,
        "founded": pl.String,
        "n": pl.Int64,
    }
    fine = _placed(_asked(sql, [], schema), pack)
    ended = [status for status in fine["status"].unique() if not register.is_active(status)]
    fine = fine.with_columns((~pl.col("status").is_in(ended)).alias("active"))
    summed = fine.group_by("kind", "region", "active", "founded").agg(pl.col("n").sum())
    return _numbered(summed.sort("kind", "region", "active", "founded"), BODY_COLUMNS)


def _placed(fine: pl.DataFrame, pack: law.Pack) -> pl.DataFrame:
    """With the county (empty where it is none of this place) and the kind of the organisation in words."""
    place = pl.col("place").fill_null("").str.slice(0, 6)
    kinds = {prefix: register.kind_of(prefix.ljust(18, "0")) for prefix in fine["prefix"].unique()}
    return fine.with_columns(
        pl.when(place.is_in(list(pack.counties))).then(place).otherwise(pl.lit("")).alias("region"),
        pl.col("prefix").replace_strict(kinds, return_dtype=pl.String).alias("kind")
        if kinds
        else pl.lit("").alias("kind"),
    )


def _asked(sql: str, params: list[Any], schema: dict[str, Any]) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def _numbered(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    return frame.with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + 1).alias("id")).select(columns)
