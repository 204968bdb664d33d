"""The pieces of the evaluation benchmark that are ours; each runs alone in its process and prints one line of JSON.

A city is facts in the columns of the facts room, written by DuckDB from `range()`: no statement is taken in. What the peers
need to know of the model, besides its arithmetic, is in `rules.json`: which kinds of facts an indicator or a veto takes.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bench.evaluation_peers import watched

PACK, MODEL = "huaibei", "general"
ON = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
EPOCH = date(1970, 1, 1)
FILE = 10_000_000
"""Facts of a file: their row groups are what engines read, not the files."""
# How many in a thousand facts are of an item (our guess of a city); the rest share what is left
ITEMS = {
    "admin-licence": 300, "admin-penalty": 250, "sector-result": 120, "inspection-result": 90, "commitment": 80,
    "tax-grade-a": 40, "honour": 20, "registration-event": 20, "abnormal-operation": 20, "qualification": 20,
    "admin-reward": 10, "government-contract": 10, "admin-compulsion": 6, "serious-list": 3, "judgment-defaulter": 3,
}  # fmt: skip
WARM = 5
SEVERITIES = ("minor", "ordinary", "serious", "undetermined")


def make(folder: str, organisations: str, statements: str) -> dict[str, Any]:
    """Writes organisations and facts. An organisation's facts fall from many to few; a fifth has none."""
    import duckdb

    place, orgs, rows = Path(folder), int(organisations), int(statements)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    started = time.perf_counter()
    whats, buckets = _catalogue()
    with duckdb.connect() as con:
        con.execute(
            f"COPY ({_orgs_sql(orgs)}) TO '{place}/orgs-000001-0000.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )
        con.execute("CREATE TABLE b AS SELECT ?::SMALLINT[] AS of", [buckets])
        for part, first in enumerate(range(0, rows, FILE)):
            last = min(first + FILE, rows)
            con.execute(
                f"COPY ({_facts_sql(first, last, rows, orgs)}) TO '{place}/facts-000001-{part:04}.parquet'"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
            )
    told = {"organisations": orgs, "statements": rows, "whats": [list(one) for one in whats]}
    (place / "city.json").write_text(json.dumps(told, ensure_ascii=False))
    (place / "rules.json").write_text(json.dumps(_rules(), ensure_ascii=False))
    disk = sum(file.stat().st_size for file in place.glob("*.parquet")) / 2**20
    return {"seconds": time.perf_counter() - started, "disk_mb": disk, "whats": len(whats)}


def _catalogue() -> tuple[list[tuple[Any, ...]], list[int]]:
    """Every kind of fact the pack's items can give, and a thousand buckets that draw one."""
    from xinheng.law import service as law
    from xinheng.law.check_models import Space

    pack = law.load(PACK)
    model = law.model(pack=pack, code=MODEL)
    space, whats, weights = Space(pack), [], []
    left = 1000 - sum(ITEMS.values())
    others = sum(code not in ITEMS for code in pack.items)
    for code, item in pack.items.items():
        found = []
        for sub, grade, side in space.cells(item):
            for severity in SEVERITIES if item.severity_from else ("",):
                one = law.What(len(whats) + len(found), code, sub, grade, severity, side)
                # Combinations nobody gives are rarer than those an indicator asks for
                asked = any(law.matches(indicator.filter, one) for indicator in model.indicators)
                found.append((one, 10 if asked else 1))
        share = ITEMS.get(code, left / max(others, 1))
        whole = sum(weight for _, weight in found)
        whats += [(w.id, w.item, w.sub, w.grade, w.severity, w.side, w.sector) for w, _ in found]
        weights += [share * weight / whole for _, weight in found]
    size, reached, buckets = 20_000, 0.0, []
    for at, weight in enumerate(weights):
        reached += weight / sum(weights)
        buckets += [at] * (round(reached * size) - len(buckets))
    return whats, buckets


def _orgs_sql(orgs: int) -> str:
    return f"""
        SELECT i::INTEGER AS org, kind || '340600' || lpad(i::VARCHAR, 9, '0') || 'X' AS uscc, kind, '340602' AS region,
               '34060' || (2 + h % 3) AS county, chr((65 + h % 20)::INTEGER) AS industry,
               (CASE WHEN h % 50 = 0 THEN -1 ELSE 2026 * 12 - h % 300 END)::INTEGER AS established_ym,
               h % 100 < 93 AS active, -1::TINYINT AS size_band
        FROM (SELECT i, h, CASE WHEN h % 97 < 85 THEN '91' WHEN h % 97 < 89 THEN '93' WHEN h % 97 < 92 THEN 'N1'
                                WHEN h % 97 < 95 THEN '52' ELSE '12' END AS kind
              FROM (SELECT i, (hash(i) >> 8)::BIGINT AS h FROM range({orgs}) t(i))) ORDER BY i"""


def _facts_sql(first: int, last: int, rows: int, orgs: int) -> str:
    """The i-th fact: its organisation from the fraction i/rows, everything else from hashes of i; so in their order."""
    today = (ON - EPOCH).days
    return f"""
        SELECT (1 + (i * 999999937) % {rows})::BIGINT AS statement, (o - (o % 5 = 4)::INTEGER)::INTEGER AS org, what,
               (year(d) * 12 + month(d) - 1)::INTEGER AS ym, day(d)::TINYINT AS day, decided,
               (CASE WHEN h // 7 % 10 < 6 THEN 2147483647 ELSE decided + 365 * (1 + h // 71 % 3) END)::INTEGER AS until,
               (decided + 90)::INTEGER AS repair_from, 2147483647::INTEGER AS due,
               (CASE WHEN h // 11 % 2 = 0 THEN 0 ELSE 100 * (10 ** (2 + h // 13 % 5))::BIGINT + h // 17 % 10000 * 100 END)::BIGINT AS amount,
               (h // 19 % 40)::INTEGER AS authority, (h // 2)::BIGINT AS decision, h // 23 % 100 < 96 AS primary,
               (CASE WHEN h // 29 % 100 < 92 THEN 0 ELSE 1 + h // 31 % 3 END)::TINYINT AS state,
               h // 37 % 100 = 0 AS disputed, 1000000000::BIGINT AS known
        FROM (SELECT i, o, h, what, decided, (DATE '1970-01-01' + decided) AS d
              FROM (SELECT i, least({orgs} - 1, floor({orgs} * pow(i / {rows}, 1.5)))::INTEGER AS o, h,
                           b.of[1 + h % {20_000}] AS what, ({today} - (h // 20000) % 1825)::INTEGER AS decided
                    FROM (SELECT i, (hash(i) >> 2)::BIGINT AS h FROM range({first}, {last}) t(i)), b))
        ORDER BY i"""


def _rules() -> dict[str, Any]:
    """The model as a programmer of another system would be given it: numbers, and what belongs where."""
    from xinheng.evaluation.subjects import prefixes
    from xinheng.law import service as law

    model = law.model(pack=law.load(PACK), code=MODEL)
    if (
        model.ladder
        or model.holding
        or model.industries
        or any(one.measure == "months-since" for one in model.indicators)
    ):
        raise NotImplementedError("the peers know count, sum, latest, share and vetoes")  # fmt: skip
    whats = []
    for id, *fields in _catalogue()[0]:
        one = law.What(id, *fields)
        own = [at for at, each in enumerate(model.indicators) if law.matches(each.filter, one)]
        each = model.indicators[own[0]] if own else None
        points = each.points_of(one.grade) if each and each.measure in ("count", "latest") else 0
        above = bool(each and each.numerator and law.matches(each.numerator, one))
        bits = sum(1 << at for at, veto in enumerate(model.vetoes) if law.matches(veto.filter, one))
        if own or bits:
            whats.append([id, own[0] if own else -1, points, int(above), bits])
    return {
        "day": (ON - EPOCH).days, "on_ym": ON.year * 12 + ON.month - 1, "on_day": ON.day,
        "kinds": list(prefixes(model)), "base": model.base, "whats": whats,
        "indicators": [
            {"code": one.code, "measure": one.measure, "cap": one.cap, "within": one.within_months,
             "decay": one.decay, "brackets": one.brackets} for one in model.indicators
        ],
        "vetoes": [[one.within_months, one.at_least, model.grade_index(one.ceiling)] for one in model.vetoes],
        "grades": [one.at_least for one in model.grades],
    }  # fmt: skip


def snapshot(folder: Path) -> Any:
    """A generated city as the facts room would hand it out."""
    from xinheng.facts.types import Facts
    from xinheng.law import service as law

    told = json.loads((folder / "city.json").read_text())
    some = lambda kind: tuple(sorted(folder.glob(f"{kind}-*.parquet")))  # noqa: E731
    return Facts(
        folder=folder, orgs=some("orgs"), facts=some("facts"), deltas=some("delta"), gone=some("gone"),
        whats=tuple(law.What(*one) for one in told["whats"]), authorities=(), position=0,
        organisations=told["organisations"], statements=told["statements"],
    )  # fmt: skip


def ours(folder: str, out: str) -> dict[str, Any]:
    """A whole run but for its ledger event: compiled, evaluated, results sorted by code in one Parquet file, digest."""
    import ibis.backends.duckdb  # noqa: F401  # loading it is not what is measured

    return _whole_run("duckdb", Path(folder), _emptied(out))


def _emptied(out: str) -> Path:
    target = Path(out)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    return target


def _whole_run(engine: str, place: Path, target: Path) -> dict[str, Any]:
    from xinheng.evaluation import engines, store
    from xinheng.evaluation.compile import compile_model
    from xinheng.law import service as law

    model, held = law.model(pack=law.load(PACK), code=MODEL), snapshot(place)
    told: dict[str, Any] = {}
    with watched(told):
        began = time.perf_counter()
        compiled = compile_model(model, held.whats, ON)
        engines.write(engine, compiled, held, target / "parts")
        told["evaluated"] = time.perf_counter() - began
        found = store.gather(target / "parts", target / "results.parquet", compiled)
    shutil.rmtree(target / "parts")
    return {
        **told,
        "organisations": found.organisations,
        "digest": found.digest,
        "grades": found.distribution,
    }


def spark(folder: str, out: str, threads: str) -> dict[str, Any]:
    """The same run in a Spark of this machine, which is started before the clock runs."""
    import ibis.backends.pyspark  # noqa: F401
    from pyspark.sql import SparkSession

    target = _emptied(out)
    builder = SparkSession.builder.master(f"local[{threads}]").appName("xinheng-bench")
    for key, value in {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "4g", "spark.local.dir": str(target / "spark"), "spark.sql.warehouse.dir": str(target / "tables"),
        "spark.sql.shuffle.partitions": str(4 * int(threads)),
    }.items():  # fmt: skip
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.range(1000).selectExpr("sum(id)").collect()
    told = _whole_run("spark", Path(folder), target)
    session.stop()
    shutil.rmtree(target)
    return told


def equal(one: str, two: str) -> dict[str, Any]:
    """Whether two files of results say the same of every organisation, in the columns both have; at least score and grade."""
    a, b = (pl.read_parquet(file).sort("uscc") for file in (one, two))
    shared = [name for name in b.columns if name in a.columns]
    if not {"uscc", "score", "grade"} <= set(shared):
        raise ValueError(f"only {shared} in common")
    kinds = {name: pl.Int64 for name in shared if name != "uscc"}
    a, b = a.select(shared).cast(kinds), b.select(shared).cast(kinds)
    if a.height != b.height:
        return {"seconds": 0, "equal": False, "different": abs(a.height - b.height), "columns": len(shared)}
    wrong = pl.any_horizontal(*(a[name].ne_missing(b[name]) for name in shared))
    different = int(a.select(wrong.alias("w"))["w"].sum())
    return {"seconds": 0, "equal": different == 0, "different": different, "columns": len(shared)}


def news(folder: str, count: str) -> dict[str, Any]:
    """New statements as the facts room writes them: a delta beside the base; one in ten takes an older one's place."""
    import duckdb

    place, new = Path(folder), int(count)
    told = json.loads((place / "city.json").read_text())
    rows, orgs = told["statements"], told["organisations"]
    with duckdb.connect() as con, watched(out := {}):  # type: dict[str, Any]
        con.execute("CREATE TABLE b AS SELECT ?::SMALLINT[] AS of", [_catalogue()[1]])
        fresh = _facts_sql(rows + 1, rows + 1 + new, rows, orgs)
        con.execute(f"""COPY (SELECT * REPLACE (({rows} + row_number() OVER ())::BIGINT AS statement,
            (decision % {orgs})::INTEGER AS org) FROM ({fresh}) ORDER BY org)
            TO '{place}/delta-000002-0000.parquet' (FORMAT parquet, COMPRESSION zstd)""")
        con.execute(f"""COPY (SELECT (1 + i * ({rows} // {new}))::BIGINT AS statement FROM range({new // 10}) t(i))
            TO '{place}/gone-000002-0000.parquet' (FORMAT parquet, COMPRESSION zstd)""")
    return out


# ---- in a home


def home(folder: str) -> dict[str, Any]:
    """A fresh home whose facts are a generated city, as if it had taken all of it in."""
    from xinheng.evidence import service as evidence
    from xinheng.faces.initialise import initialise
    from xinheng.facts import store
    from xinheng.facts.shaping import depends_on
    from xinheng.law import service as law

    initialise(pack=PACK, sandbox=True, at=AT)
    held, place = snapshot(Path(folder)), store.folder()
    place.mkdir(parents=True, exist_ok=True)
    kept = []
    for file in (*held.facts, *held.orgs):
        os.link(file, place / file.name)
        kept.append(
            store.Kept(file.name, pl.scan_parquet(file).select(pl.len()).collect().item(), store.digest(file))
        )
    state = store.State(
        position=evidence.size(), pack=depends_on(law.active()), generation=1, made_by=store.made_by(),
        base=tuple(kept[:-1]), orgs=kept[-1], whats=held.whats,
    )  # fmt: skip
    store.publish(place, state)
    return {"seconds": 0.0}


def run() -> dict[str, Any]:
    """A run as the command makes it, ledger event included."""
    import ibis.backends.duckdb  # noqa: F401

    from xinheng.evaluation import service as evaluation

    told: dict[str, Any] = {}
    with watched(told):
        made = evaluation.run(model=MODEL, on=ON, at=AT, actor="bench")
    return {**told, "organisations": made.organisations}


def report() -> dict[str, Any]:
    """The whole report on a model: 35 evaluations of the city and more."""
    import ibis.backends.duckdb  # noqa: F401

    from xinheng.evaluation import fairness
    from xinheng.law import service as law

    told: dict[str, Any] = {}
    with watched(told):
        body = fairness.report(model=law.model(pack=law.active(), code=MODEL), on=ON, at=AT)
    return {**told, "organisations": body["organisations"], "kilobytes": len(json.dumps(body)) / 1024}


def explain(count: str) -> dict[str, Any]:
    """Explanations of organisations in the home that `bench.work ours` filled, warm; those with most facts come first."""
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation.subjects import prefixes
    from xinheng.evidence import service as evidence
    from xinheng.facts import service as facts
    from xinheng.law import service as law

    evidence.drain(at=AT)
    held = facts.open_facts(at=AT)
    kinds = prefixes(law.model(pack=law.active(), code=MODEL))
    orgs = pl.scan_parquet(held.orgs).filter(pl.col("active"), pl.col("kind").is_in(kinds))
    counted = pl.scan_parquet(held.facts).group_by("org").len().sort("len", "org", descending=True)
    codes = counted.join(orgs, on="org", maintain_order="left").head(int(count) + WARM).collect()["uscc"]
    took, lines = [], []
    for code in codes:
        started = time.perf_counter()
        found = evaluation.explain(uscc=code, model=MODEL, on=ON)
        took.append(time.perf_counter() - started)
        lines.append(sum(len(part.lines) for part in found.parts))
    warm = sorted(took[WARM:])
    return {"seconds": statistics.median(warm), "worst": warm[-1], "asked": len(warm), "lines": statistics.mean(lines),
            "most": max(lines), "statements": held.statements}  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
