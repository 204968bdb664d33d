"""Spark on a cluster: the same query text's meaning over the same Parquet files, in the session that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.evaluation.compile import CELLS, FACTS, ORGS, TABLES, Compiled
from xinheng.evaluation.errors import EngineMissing
from xinheng.evaluation.subjects import subjects

if TYPE_CHECKING:
    import polars as pl

    from xinheng.facts.types import Facts

DIALECT = "pyspark"
_FACTS, _ORGS, _CELLS = TABLES


def installed() -> None:
    """Raises `EngineMissing` where pyspark is not there."""
    _module()


def query(
    compiled: Sequence[Compiled], facts: Any, orgs: Any, *, what: str = "scores", connection: Any = None
) -> list[pl.DataFrame]:
    """One query for each compiled model, over tables in memory or Ibis tables of `connection`."""
    session = connection._session if connection is not None else _session()
    if connection is not None:
        session.sql(connection.compile(facts.select(*FACTS))).createOrReplaceTempView(_FACTS)
        session.sql(connection.compile(orgs.select(*ORGS))).createOrReplaceTempView(_ORGS)
    else:
        _view(session, _FACTS, facts, FACTS)
        _view(session, _ORGS, orgs, ORGS)
    found = []
    for one in compiled:
        _view(session, _CELLS, one.cells, CELLS)
        found.append(_polars(session.sql(one.sql(DIALECT, what))))
    return found


def write(compiled: Compiled, snapshot: Facts, folder: Path, scope: str = "") -> int:
    """Evaluates the model's subjects in a snapshot into Parquet files in `folder` (uscc and scores). On a cluster the
    home's folders are where every worker reaches them."""
    import ibis

    from xinheng.facts import service as facts_room

    session = _session()
    backend = ibis.pyspark.connect(session)
    facts, orgs = facts_room.relation(backend, snapshot), facts_room.orgs_relation(backend, snapshot)
    who = subjects(orgs, facts, compiled.model, snapshot.whats, compiled.on, scope)
    session.sql(backend.compile(facts.select(*FACTS))).createOrReplaceTempView(_FACTS)
    subject = session.sql(backend.compile(who.select("uscc", *ORGS))).cache()
    subject.select(*ORGS).createOrReplaceTempView(_ORGS)
    _view(session, _CELLS, compiled.cells, CELLS)
    scored = session.sql(compiled.sql(DIALECT)).join(subject.select("uscc", "org"), "org")
    scored.write.mode("append").parquet(folder.as_uri())
    subject.unpersist()
    return snapshot.statements


def _view(session: Any, name: str, table: Any, columns: dict[str, str]) -> None:
    import polars as pl

    given = table.select(*columns).to_arrow() if isinstance(table, pl.DataFrame) else table.select([*columns])
    schema = ", ".join(f"`{column}` {_KINDS[kind]}" for column, kind in columns.items())
    session.createDataFrame(given, schema).createOrReplaceTempView(name)


def _polars(frame: Any) -> pl.DataFrame:
    import polars as pl

    found = pl.from_arrow(frame.toArrow())
    assert isinstance(found, pl.DataFrame)
    return found


def _session() -> Any:
    sql = _module()
    builder = sql.SparkSession.builder.appName("xinheng")
    return sql.SparkSession.getActiveSession() or builder.getOrCreate()


def _module() -> Any:
    try:
        import pyspark.sql
    except ImportError as missing:
        raise EngineMissing(
            "没有安装 Spark：请安装 xinheng[spark]，并准备 Java 17 或更高版本；或者改用 --engine duckdb。"
        ) from missing
    return pyspark.sql


_KINDS = {
    "int64": "BIGINT", "int32": "INT", "int16": "SMALLINT", "int8": "TINYINT", "boolean": "BOOLEAN",
}  # fmt: skip

__all__ = ["installed", "query", "write"]
