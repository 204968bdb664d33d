"""DuckDB in the process: small tables in memory, or the Parquet files of a snapshot a part of the organisations at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.evaluation.compile import FACTS, ORGS, TABLES, Compiled
from xinheng.evaluation.subjects import subjects

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from xinheng.facts.types import Facts

DIALECT = "duckdb"
PART = 500_000
"""Organisations evaluated at a time: facts lie sorted by organisation, so each part reads its own row groups only, and
memory stays that of a city whatever the size of the province."""
SMALL = 20_000
"""Facts of a few organisations: asked for on a page, answered row by row."""
_FACTS, _ORGS, _CELLS = TABLES
_held = threading.local()


def installed() -> None:
    """DuckDB always is."""


def query(
    compiled: Sequence[Compiled], facts: Any, orgs: Any, *, what: str = "scores", connection: Any = None
) -> list[pl.DataFrame]:
    """One query for each compiled model over tables in memory, or over Ibis tables of `connection`."""
    if connection is not None:
        return _over_ibis(compiled, facts, orgs, what, connection)
    given = _arrow(facts, FACTS)
    small = len(given) <= SMALL
    con = _warm(small=small)
    con.register(_FACTS, given)
    con.register(_ORGS, _arrow(orgs, ORGS))
    try:
        return [_answer(con, one, what, small=small) for one in compiled]
    finally:
        for name in (_FACTS, _ORGS):
            con.unregister(name)


def write(compiled: Compiled, snapshot: Facts, folder: Path, scope: str = "") -> int:
    """Evaluates the model's subjects in a snapshot into Parquet files in `folder` (uscc and scores); returns how many
    statements there were to look at."""
    import ibis

    from xinheng.facts import service as facts_room

    with _own() as con:
        backend = ibis.duckdb.from_connection(con)
        facts, orgs = facts_room.relation(backend, snapshot), facts_room.orgs_relation(backend, snapshot)
        who = subjects(orgs, facts, compiled.model, snapshot.whats, compiled.on, scope)
        con.execute(f"CREATE TEMP VIEW all_facts AS {backend.compile(facts.select(*FACTS))}")
        con.execute(f"CREATE TEMP TABLE who AS {backend.compile(who.select('uscc', *ORGS))}")
        highest = con.execute("SELECT coalesce(max(org), -1) FROM who").fetchall()[0][0]
        _cells(con, compiled)
        for first in range(0, highest + 1, PART):
            span = f"org >= {first} AND org < {first + PART}"
            con.execute(f"CREATE OR REPLACE TEMP VIEW {_FACTS} AS SELECT * FROM all_facts WHERE {span}")
            con.execute(
                f"CREATE OR REPLACE TEMP VIEW {_ORGS} AS SELECT * EXCLUDE (uscc) FROM who WHERE {span}"
            )
            con.execute(
                f"COPY (SELECT w.uscc, s.* FROM ({compiled.sql(DIALECT)}) s JOIN who w USING (org)) "
                f"TO '{folder}/part-{first:012}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
    return snapshot.statements


def _over_ibis(
    compiled: Sequence[Compiled], facts: Any, orgs: Any, what: str, connection: Any
) -> list[pl.DataFrame]:
    con = connection.con
    for name, table, columns in ((_FACTS, facts, FACTS), (_ORGS, orgs, ORGS)):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {connection.compile(table.select(*columns))}")
    try:
        return [_answer(con, one, what) for one in compiled]
    finally:
        for name in (_FACTS, _ORGS):
            con.execute(f"DROP VIEW {name}")


def _answer(
    con: duckdb.DuckDBPyConnection, compiled: Compiled, what: str, *, small: bool = False
) -> pl.DataFrame:
    import polars as pl

    # What is asked twice of one organisation, or of many by one model, finds its cells in the thread's own database
    if not small or _held.__dict__.get("cells") is not compiled:
        _held.cells = None
        _cells(con, compiled)
        _held.cells = compiled if small else None
    text = compiled.sql(DIALECT, what)
    if small:
        done = con.execute(text)
        names = [column[0] for column in done.description]
        return pl.DataFrame(done.fetchall(), schema=dict.fromkeys(names, pl.Int64), orient="row")
    found = pl.from_arrow(con.sql(text).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found


def _cells(con: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    con.register("cells_given", compiled.cells.to_arrow())
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_CELLS} AS SELECT * FROM cells_given")
    con.unregister("cells_given")


def _arrow(frame: Any, columns: dict[str, str]) -> Any:
    import polars as pl

    return frame.select(*columns).to_arrow() if isinstance(frame, pl.DataFrame) else frame.select([*columns])


def _warm(*, small: bool) -> duckdb.DuckDBPyConnection:
    """An empty database for each thread: what is asked of few organisations is asked often. For few facts one thread is
    faster than several that wait for each other."""
    import duckdb

    held: dict[bool, duckdb.DuckDBPyConnection] = _held.__dict__.setdefault("connections", {})
    if small not in held:
        held[small] = duckdb.connect(":memory:", config={"threads": 1} if small else {})
        held[small].execute("SET preserve_insertion_order = false")
    return held[small]


@contextmanager
def _own() -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    con = duckdb.connect(":memory:")
    try:
        con.execute("SET preserve_insertion_order = false")
        yield con
    finally:
        con.close()


__all__ = ["installed", "query", "write"]
