"""Exits by month, kind and reason; and the share of listed enterprises against the 1 % line, in whole numbers."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from django.db import connection

from xinheng.law import service as law
from xinheng.lists import kinds
from xinheng.lists.types import EXITS, Ratio
from xinheng.publication import service as publication
from xinheng.register import service as register

LINE = 100
"""One in so many: the line of the plans."""
MILLION = 1_000_000
EXISTING = "存续"
ENTERPRISE = "企业"
YEAR = timedelta(days=364)
_EXIT = {"month": pl.String, "kind": pl.String, "exit": pl.String, "n": pl.Int64}


def exits(*, first: date, last: date) -> pl.DataFrame:
    """How many entries left in each month of these days, by kind and reason: month, kind, exit, n.

    An entry corrected and listed anew left by correction and came again; one erased by law is in no figure.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, exit, left_on FROM lists_entry WHERE exit <> '' AND left_on >= %s AND left_on <= %s",
            [first.isoformat(), last.isoformat()],
        )
        left = [(kind, exit_, str(day)[:7]) for kind, exit_, day in cursor.fetchall()]
        # A stay that ends leaves no other trace than its last day: the first day off the list is the one after it
        cursor.execute(
            "SELECT kind, shown_until FROM lists_entry WHERE state = 'held' AND exit = ''"
            " AND shown_until >= %s AND shown_until < %s",
            [(first - timedelta(days=1)).isoformat(), last.isoformat()],
        )
        left += [
            (kind, "expiry", (date.fromisoformat(str(day)) + timedelta(days=1)).isoformat()[:7])
            for kind, day in cursor.fetchall()
        ]
    frame = pl.DataFrame(
        left, schema={"kind": pl.String, "exit": pl.String, "month": pl.String}, orient="row"
    )
    return (
        frame.group_by("month", "kind", "exit")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .select(list(_EXIT))
        .sort("month", "kind", "exit")
    )


def ratio(*, on: date) -> Ratio:
    """Distinct enterprises on a serious list or among judgment defaulters, of those that exist, on a day.

    Counted through the gate: what the public may not see does not count. Abnormal operation is no serious list.
    """
    pack = law.active()
    shown, params = publication.visible_sql(audience="public", on=on)
    counted = [one for one in kinds.items(pack) if one != "abnormal-operation"]
    marks = ", ".join(["%s"] * len(counted))
    prefixes = register.prefixes_of(ENTERPRISE)
    firms = " OR ".join(["e.uscc LIKE %s"] * len(prefixes))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.kind, e.uscc FROM lists_entry e JOIN ({shown}) v ON v.id = e.id"
            f" WHERE e.state = 'held' AND e.item IN ({marks}) AND ({firms})",
            [*params, *counted, *(f"{one}%" for one in prefixes)],
        )
        listed = pl.DataFrame(cursor.fetchall(), schema={"kind": pl.String, "uscc": pl.String}, orient="row")
        where = " OR ".join(["r.code LIKE %s"] * len(prefixes))
        cursor.execute(
            f"SELECT COUNT(*) FROM ({register.registered_sql()}) r WHERE r.status = %s AND ({where})",
            [EXISTING, *(f"{one}%" for one in prefixes)],
        )
        existing = int(cursor.fetchone()[0])
    codes = listed["uscc"].unique().to_list()
    still = sum(one.status == EXISTING for one in register.get(codes).values())
    since = on - YEAR
    names = {one.code: one.name for one in pack.lists.values()}
    by_kind = (
        listed.group_by("kind")
        .agg(pl.col("uscc").n_unique().cast(pl.Int64).alias("enterprises"), pl.len().cast(pl.Int64).alias("entries"))
        .with_columns(pl.col("kind").replace_strict(names, default=pl.col("kind"), return_dtype=pl.String).alias("name"))
        .select("kind", "name", "enterprises", "entries")
        .sort("enterprises", "kind", descending=[True, False])
    )  # fmt: skip
    mine = [one.code for one in pack.lists.values() if (one.item or kinds.SERIOUS) in counted]
    left = exits(first=since, last=on).filter(pl.col("kind").is_in(mine))
    gone = left.group_by("exit").agg(pl.col("n").sum())
    reasons = (
        pl.DataFrame({"exit": list(EXITS)})
        .join(gone, on="exit", how="left", maintain_order="left")
        .fill_null(0)
    )
    return Ratio(
        on, len(codes), still, existing, len(codes) * MILLION // existing if existing else 0,
        len(codes) * LINE > existing, since, by_kind, reasons,
    )  # fmt: skip
