"""PostgreSQL for small runs: the facts of some organisations go into temporary tables and the same query runs there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.evaluation.compile import CELLS, FACTS, ORGS, TABLES, Compiled
from xinheng.evaluation.errors import EngineMissing, TooLarge
from xinheng.evaluation.subjects import subjects

if TYPE_CHECKING:
    import polars as pl

    from xinheng.facts.types import Facts

DIALECT = "postgres"
_FACTS, _ORGS, _CELLS = TABLES
MOST = 2_000_000
"""Statements a run may look at here: beyond it DuckDB reads the same facts without copying them."""


def installed() -> None:
    """Raises `EngineMissing` where this home does not live in PostgreSQL."""
    from django.db import connection

    if connection.vendor != "postgresql":
        raise EngineMissing("这个数据目录用的不是 PostgreSQL，不能用它评价。请改用 --engine duckdb。")


def query(
    compiled: Sequence[Compiled], facts: Any, orgs: Any, *, what: str = "scores", connection: Any = None
) -> list[pl.DataFrame]:
    """One query for each compiled model over tables in memory, in one transaction of the home's database, or of a psycopg
    `connection`."""
    from django.db import connection as own
    from django.db import transaction

    if connection is None:
        installed()
    found = []
    within = transaction.atomic() if connection is None else connection.transaction()
    with within, (connection or own).cursor() as cursor:
        _fill(cursor, _FACTS, facts, FACTS)
        _fill(cursor, _ORGS, orgs, ORGS)
        for one in compiled:
            _fill(cursor, _CELLS, one.cells, CELLS)
            found.append(_answer(cursor, one.sql(DIALECT, what)))
            cursor.execute(f"DROP TABLE pg_temp.{_CELLS}")
        cursor.execute(f"DROP TABLE pg_temp.{_FACTS}, pg_temp.{_ORGS}")
    return found


def write(compiled: Compiled, snapshot: Facts, folder: Path, scope: str = "") -> int:
    """Evaluates the model's subjects in a snapshot into one Parquet file in `folder`. Raises `TooLarge`."""
    import ibis

    from xinheng.facts import service as facts_room

    backend = ibis.duckdb.connect()
    try:
        facts, orgs = facts_room.relation(backend, snapshot), facts_room.orgs_relation(backend, snapshot)
        who = subjects(orgs, facts, compiled.model, snapshot.whats, compiled.on, scope)
        chosen = facts.semi_join(who, "org").select(*FACTS)
        count = int(chosen.count().execute())
        if count > MOST:
            raise TooLarge(
                f"要看 {count:,} 条信息，超过 PostgreSQL 上一次评价的 {MOST:,} 条。请改用 --engine duckdb。"
            )
        held, subject = chosen.to_polars(), who.select("uscc", *ORGS).to_polars()
    finally:
        backend.disconnect()
    scored = query([compiled], held, subject)[0]
    scored.join(subject.select("uscc", "org"), on="org").write_parquet(folder / "part-0.parquet")
    return snapshot.statements


def _fill(cursor: Any, name: str, table: Any, columns: dict[str, str]) -> None:
    import polars as pl

    frame = table if isinstance(table, pl.DataFrame) else pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    kinds = ", ".join(f'"{column}" {_KINDS[kind]}' for column, kind in columns.items())
    cursor.execute(f"CREATE TEMP TABLE {name} ({kinds}) ON COMMIT DROP")
    names = ", ".join(f'"{column}"' for column in columns)
    with cursor.copy(f"COPY pg_temp.{name} ({names}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(frame.select(*columns).write_csv(include_header=False).encode())
    cursor.execute(f"ANALYZE pg_temp.{name}")


def _answer(cursor: Any, sql: str) -> pl.DataFrame:
    import polars as pl

    cursor.execute(sql)
    names = [column[0] for column in cursor.description]
    return pl.DataFrame(cursor.fetchall(), schema=dict.fromkeys(names, pl.Int64), orient="row")


_KINDS = {
    "int64": "bigint",
    "int32": "integer",
    "int16": "smallint",
    "int8": "smallint",
    "boolean": "boolean",
}

__all__ = ["installed", "query", "write"]
