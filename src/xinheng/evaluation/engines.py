"""Where a compiled model runs: DuckDB in the process, Spark on a cluster, PostgreSQL for small runs.

An engine is given tables named facts, orgs and cells and the query text Ibis wrote for it; nothing else differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from xinheng.evaluation import engine_duckdb
from xinheng.evaluation.compile import FIXED, Compiled, compile_model
from xinheng.evaluation.errors import UnknownEngine
from xinheng.evaluation.types import ENGINES

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from xinheng.facts.types import Facts
    from xinheng.law.service import EvaluationModel, What


def evaluate_facts(
    *, model: EvaluationModel, facts: Any, orgs: Any, whats: Sequence[What], on: date, engine: str = "duckdb",
    connection: Any = None,
) -> pl.DataFrame:  # fmt: skip
    """Scores of every organisation in `orgs`, sorted by org:
    `org, score, grade, by_score, ceiling, vetoed` and one capped sum `i_<indicator code>` for each indicator.

    Pure: reads nothing but its arguments. `facts` and `orgs` are Polars or Arrow tables in the facts room's columns, or,
    with `connection` (an Ibis connection), Ibis tables of it. `grade`, `by_score` and `ceiling` are indices into
    `model.grades` (-1: no grades); `vetoed` has bit n set where the n-th veto holds. `orgs` is taken as given: who is a
    subject has been decided before. Raises `UnknownEngine`, `EngineMissing`.
    """
    return evaluate_variants(
        models=(model,), facts=facts, orgs=orgs, whats=whats, on=on, engine=engine, connection=connection
    )[0]


def evaluate_variants(
    *, models: Sequence[EvaluationModel], facts: Any, orgs: Any, whats: Sequence[What], on: date,
    engine: str = "duckdb", connection: Any = None,
) -> tuple[pl.DataFrame, ...]:  # fmt: skip
    """`evaluate_facts` of several models over the same facts, opened once."""
    compiled = [compile_model(model, whats, on) for model in models]
    found = _engine(engine).query(compiled, facts, orgs, connection=connection)
    return tuple(typed(frame, one) for frame, one in zip(found, compiled, strict=True))


def asked(compiled: Compiled, what: str, facts: Any, orgs: Any) -> pl.DataFrame:
    """The `sums` or `contributions` of a compiled model over a few organisations, on DuckDB."""
    return engine_duckdb.query([compiled], facts, orgs, what=what)[0]


def known(engine: str) -> None:
    """Raises `UnknownEngine` for a name that is none, `EngineMissing` for one that is not installed."""
    _engine(engine).installed()


def write(engine: str, compiled: Compiled, snapshot: Facts, folder: Path, scope: str = "") -> int:
    """Evaluates the model's subjects in a snapshot into Parquet files (uscc and scores) in a new `folder`; returns how
    many statements were there. Raises `TooLarge`."""
    folder.mkdir(parents=True)
    return int(_engine(engine).write(compiled, snapshot, folder, scope))


def kinds_of(compiled: Compiled) -> dict[str, Any]:
    """The column types of scores, whatever engine gave them."""
    import polars as pl

    narrow = {"org": pl.Int32, "grade": pl.Int8, "by_score": pl.Int8, "ceiling": pl.Int8}
    return {name: narrow.get(name, pl.Int64) for name in compiled.columns}


def typed(frame: pl.DataFrame, compiled: Compiled) -> pl.DataFrame:
    """Scores with the same column types whatever engine gave them, in order of org."""
    import polars as pl

    return frame.select(pl.col(name).cast(kind) for name, kind in kinds_of(compiled).items()).sort("org")


def _engine(name: str) -> Any:
    if name not in ENGINES:
        raise UnknownEngine(f"没有「{name}」这种引擎。可用的有：{'、'.join(ENGINES)}。")
    if name == "duckdb":
        return engine_duckdb
    if name == "spark":
        from xinheng.evaluation import engine_spark

        return engine_spark
    from xinheng.evaluation import engine_postgres

    return engine_postgres


__all__ = ["FIXED", "asked", "evaluate_facts", "evaluate_variants", "kinds_of", "known", "typed", "write"]
