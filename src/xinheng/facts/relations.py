"""Facts as one relation for any engine Ibis speaks to: the only form in which anybody counts them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from xinheng.facts import schema
from xinheng.facts.types import Facts

if TYPE_CHECKING:
    import ibis.expr.types as ir


def relation(con: Any, facts: Facts) -> ir.Table:
    """One row per statement that stands in the snapshot, in the columns of `schema.FACTS`, in no order.

    `con` is an Ibis connection that reads Parquet (DuckDB, Spark).
    """
    table = _read(con, facts.facts)
    if facts.gone:
        table = table.anti_join(_read(con, facts.gone), "statement")
    if facts.deltas:
        table = table.select(*schema.FACTS).union(
            _read(con, facts.deltas).select(*schema.FACTS), distinct=False
        )
    return table.select(*schema.FACTS)


def orgs_relation(con: Any, facts: Facts) -> ir.Table:
    """One row per organisation of the snapshot, in the columns of `schema.ORGS`."""
    return _read(con, facts.orgs).select(*schema.ORGS)


def first_day(facts: Facts) -> date | None:
    """The earliest day anything in the snapshot was decided; None where there is nothing in it."""
    files = [*facts.facts, *facts.deltas]
    found = pl.scan_parquet(files).select(pl.col("decided").min().cast(pl.Date)).collect().item()
    return found if isinstance(found, date) else None


def _read(con: Any, files: Sequence[Path]) -> ir.Table:
    """Files as one table. DuckDB takes them together; other engines one by one."""
    if con.name == "duckdb":
        return con.read_parquet([str(file) for file in files])
    first, *rest = (con.read_parquet(str(file)) for file in files)
    for one in rest:
        first = first.union(one, distinct=False)
    return first
