"""The pieces of the linkage benchmark that are ours; each runs alone in its process and prints one line of JSON.

Names come from public registers where a folder of them is given, put together anew until there are enough; without
one they are the synthetic city's. Half of the questions are names as registered, half need more than looking up:
scanned and typed ones, parts dropped, and organisations that are not in the register at all.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

SEED = 4
# What is done to the half that is not as registered; the rest of it is not in the register
CHANGED = (
    ("scan light", 0.40),
    ("scan medium", 0.20),
    ("typed light", 0.15),
    ("part dropped", 0.10),
    ("code damaged", 0.05),
)


def make(folder: str, data: str, size: str, other: str, file_rows: str, per_set: str) -> dict[str, Any]:
    """Writes the two registers (`size` and `other` names), the file to link and the questions of the evaluation."""
    import polars as pl

    from xinheng.linkage.evaluating_data import read
    from xinheng.linkage.evaluating_sets import Plan, questions, registered

    started = time.perf_counter()
    place = Path(folder)
    material = read(Path(data)) if data else _synthetic(place, int(size))
    real = material.register.height
    most = max(int(size), int(other))
    plan = Plan(material, SEED, int(per_set))
    asked = list(questions(plan))
    held = registered(plan, size=most).sample(fraction=1, shuffle=True, seed=SEED)
    # What the evaluation asks for stands in both registers, first
    held = held.sort(
        pl.col("code").is_in(list({one.truth for one in asked})), descending=True, maintain_order=True
    )
    for name, count in (("large", int(size)), ("small", int(other))):
        held.head(max(count, 1)).write_parquet(place / f"{name}.parquet")
    wanted = pl.DataFrame([asdict(one) for one in asked])
    small = held.head(int(other))
    wanted = wanted.filter(pl.Series(_decidable(wanted, small)))
    # A set weighs the same however many lines a list happens to have
    wanted = wanted.sample(fraction=1, shuffle=True, seed=SEED).filter(
        pl.int_range(pl.len()).over("set") < int(per_set)
    )
    wanted = wanted.sort("set", maintain_order=True)
    wanted.write_parquet(place / "questions.parquet")
    file = _file(small, held.slice(int(other)), int(file_rows))
    file.write_parquet(place / "truth.parquet")
    file.select("name", "code").write_csv(place / "file.csv", include_bom=True)
    singles = _file(held.head(int(size)), held.slice(int(size)), 20_000)
    singles.write_parquet(place / "singles.parquet")
    return {"seconds": time.perf_counter() - started, "real": real, "names": held.height, "questions": wanted.height,
            "kind": "public registers" if data else "the synthetic city"}  # fmt: skip


def _decidable(asked: Any, held: Any) -> list[bool]:
    """Where the truth can be known: what is asked without a code is not exactly the name of another organisation."""
    from xinheng.kernel.orgname import fold

    owners: dict[str, set[str]] = {fold(name): set() for name in asked["name"]}
    for code, name in held.select("code", "name").iter_rows():
        if (folded := fold(name)) in owners:
            owners[folded].add(code)
    rows = asked.select("name", "code", "truth").iter_rows()
    return [bool(code) or owners[fold(name)] <= {truth} for name, code, truth in rows]


def _synthetic(place: Path, size: int) -> Any:
    """Material for the evaluation out of the synthetic city: one organisation in four is made, the rest put together."""
    import polars as pl

    from xinheng.linkage.evaluating_data import Material
    from xinheng.synth import service as synth

    districts = {"340602": "杜集区", "340603": "相山区", "340604": "烈山区", "340621": "濉溪县"}
    city = place / "city"
    if not (city / "manifest.json").is_file():
        where = synth.Place(name="淮北市", code="340600", districts=tuple(districts.items()))
        synth.generate(
            out=city, orgs=max(size // 4, 500), records=100, seed=SEED, today=date(2026, 11, 20), place=where
        )
    rows = pl.read_csv(city / synth.read_manifest(city).register, infer_schema=False).select(
        pl.col("统一社会信用代码").alias("code"), pl.col("主体名称").alias("name"),
        pl.lit("安徽省").alias("province"), pl.lit("淮北市").alias("city"),
    )  # fmt: skip
    rows = (
        rows.drop_nulls().unique("name", keep="none", maintain_order=True).unique("code", maintain_order=True)
    )
    return Material(
        register=rows, listed=(), stocks=(), universities=(), divisions={"340600": "淮北市", **districts}
    )


def _file(held: Any, absent: Any, rows: int) -> Any:
    """`rows` questions with their truth: set, name, code, truth. No name twice, as far as the register allows."""
    import polars as pl

    from xinheng.linkage import damage

    rng = random.Random(SEED)
    pairs = held.select("code", "name").rows()
    away = absent.select("name").to_series().to_list()
    kinds = [kind for kind, _ in CHANGED]
    weights = [share for _, share in CHANGED] + [1 - sum(share for _, share in CHANGED)]
    order = rng.sample(range(len(pairs)), len(pairs))
    out = []
    for number in range(rows):
        code, name = pairs[order[number % len(order)]]
        if number % 2 == 0:
            out.append(("as registered", name, "", code))
            continue
        kind = rng.choices([*kinds, "not there"], weights)[0]
        if kind == "not there" and away:
            out.append((kind, away[rng.randrange(len(away))], "", ""))
        elif kind == "part dropped":
            # What departments leave out: the place in front, or the form behind
            out.append((kind, name[3:] if rng.random() < 0.5 else name.removesuffix("有限公司"), "", code))
        elif kind == "code damaged":
            damaged = damage.CODE_DAMAGE["one wrong"](code, rng)
            out.append((kind, damage.scan(name, "medium", rng), damaged, code))
        else:
            how, grade = kind.split() if kind in kinds else ("scan", "bad")
            out.append(
                (kind, getattr(damage, "typed" if how == "typed" else "scan")(name, grade, rng), "", code)
            )
    rng.shuffle(out)
    return pl.DataFrame(out, schema=["set", "name", "code", "truth"], orient="row")


def build(folder: str, which: str) -> dict[str, Any]:
    """Makes the index of one register, as a home does the first time."""
    import shutil

    import polars as pl

    from xinheng.linkage import index

    place = Path(folder) / f"index-{which}"
    shutil.rmtree(place, ignore_errors=True)
    rows = pl.read_parquet(Path(folder) / f"{which}.parquet")
    started = time.perf_counter()
    index.of_rows(place, rows)
    seconds = time.perf_counter() - started
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    return {"seconds": seconds, "names": rows.height, "disk_mb": size / 2**20}


def opened(folder: str, which: str) -> Any:
    """The index of `build`, mapped."""
    import numpy as np

    from xinheng.linkage import segment
    from xinheng.linkage.index import Index

    part = segment.load(Path(folder) / f"index-{which}")
    return Index((0, 0), ((part, np.zeros(part.size, dtype=np.bool_)),))


def timed(asked: list[Any], ask: Callable[[Any], Any], *, warm: int = 50) -> dict[str, Any]:
    """Seconds over all, and milliseconds each: median, 99th percentile, worst. The first ones warm up, uncounted."""
    for one in asked[:warm]:
        ask(one)
    spent = []
    for one in asked[warm:] or asked:
        started = time.perf_counter()
        ask(one)
        spent.append(time.perf_counter() - started)
    total = sum(spent)
    spent = sorted(1000 * one for one in spent)
    p99 = spent[min(int(len(spent) * 0.99), len(spent) - 1)]
    return {"seconds": total, "count": len(spent), "rate": len(spent) / total, "p50": spent[len(spent) // 2],
            "p99": p99, "worst": spent[-1], **memory()}  # fmt: skip


def memory() -> dict[str, float]:
    """Megabytes of this process now: its own, and those of files it has mapped (shared by all processes that do)."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        "own_mb": int(told["RssAnon"].split()[0]) / 1024,
        "mapped_mb": int(told["RssFile"].split()[0]) / 1024,
    }


def singles(folder: str, count: str, *, changed: bool = False) -> list[tuple[str, str]]:
    """Questions (name, code) for one-at-a-time runs; the first few of them warm up. `changed`: without
    the names as registered."""
    import polars as pl

    rows = pl.read_parquet(Path(folder) / "singles.parquet")
    if changed:
        rows = rows.filter(pl.col("set") != "as registered")
    rows = rows.head(int(count))
    return [(name, code) for name, code in rows.select("name", "code").iter_rows()]


def one_floor(folder: str, count: str) -> dict[str, Any]:
    """The floor of one question: reading it and looking its folded text up in a dictionary of the register."""
    import polars as pl

    from xinheng.kernel.orgname import fold

    held = pl.read_parquet(Path(folder) / "large.parquet")
    table = {fold(name): code for code, name in held.select("code", "name").iter_rows()}
    return timed(singles(folder, count), lambda one: table.get(fold(one[0])))


def one_ours(folder: str, count: str, changed: str = "") -> dict[str, Any]:
    """`link_one` against the large register, with reasons for every candidate."""
    from xinheng.linkage.linking import link_one

    index = opened(folder, "large")
    asked = singles(folder, count, changed=bool(changed))
    return timed(asked, lambda one: link_one(name=one[0], code=one[1], index=index))


def file_floor(folder: str) -> dict[str, Any]:
    """The floor of a file: read it, write it with two more columns."""
    import polars as pl

    started = time.perf_counter()
    rows = pl.read_csv(Path(folder) / "file.csv", infer_schema=False)
    rows = rows.with_columns(outcome=pl.lit("none"), linked=pl.lit("", dtype=pl.String))
    rows.write_csv(Path(folder) / "floor.csv", include_bom=True)
    return {"seconds": time.perf_counter() - started, "rows": rows.height}


def file_ours(folder: str) -> dict[str, Any]:
    """The file through `link_frame`: read, link with reasons and candidates, written. What it got right, too."""
    import polars as pl

    from xinheng.linkage.linking import link_frame

    started = time.perf_counter()
    index = opened(folder, "small")
    rows = pl.read_csv(Path(folder) / "file.csv", infer_schema=False).fill_null("")
    told = link_frame(rows, name="name", code="code", index=index)
    best = pl.col("candidates").list.get(0, null_on_oob=True).struct.field("code")
    told.select("outcome", "code", "confidence", "reason", best.alias("best")).write_csv(
        Path(folder) / "ours.csv", include_bom=True
    )
    seconds = time.perf_counter() - started
    truth = pl.read_parquet(Path(folder) / "truth.parquet")
    return {
        "seconds": seconds,
        "rows": rows.height,
        **counted(truth, told["code"], told.select(best.fill_null("")).to_series()),
    }


def home(folder: str) -> dict[str, Any]:
    """A home with the small register loaded and its names indexed, for the whole command."""
    import polars as pl

    from xinheng.faces.initialise import initialise
    from xinheng.linkage import service as linkage
    from xinheng.register import service as register

    held = pl.read_parquet(Path(folder) / "small.parquet").filter(
        "current", pl.col("code").str.len_bytes() == 18
    )
    file = Path(folder) / "register.csv"
    held.unique("code", maintain_order=True).select(统一社会信用代码="code", 主体名称="name").write_csv(file)
    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    initialise(pack="huaibei", sandbox=True, at=at)
    started = time.perf_counter()
    loaded = register.load(path=file, at=at, actor="bench")
    loading = time.perf_counter() - started
    linkage.rebuild_index()
    return {"seconds": time.perf_counter() - started, "loading": loading, "rows": loaded.rows}


def file_command(folder: str) -> dict[str, Any]:
    """`xinheng link` on the file, started as a person starts it: its start and its reading and writing included."""
    out = Path(folder) / "command.csv"
    command = [Path(sys.executable).parent / "xinheng", "link", Path(folder) / "file.csv", "--name", "name",
               "--code", "code", "-o", out, "--json"]  # fmt: skip
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 1):
        raise SystemExit(f"xinheng link ended with {done.returncode}")
    import polars as pl

    truth = pl.read_parquet(Path(folder) / "truth.parquet")
    told = pl.read_csv(out, infer_schema=False).fill_null("")
    linked = told.select(
        pl.when(pl.col("outcome") == "linked").then("uscc").otherwise(pl.lit(""))
    ).to_series()
    return {"seconds": seconds, "rows": told.height, **counted(truth, linked, linked)}


def counted(truth: Any, linked: Any, first: Any) -> dict[str, float]:
    """Precision and recall of links, and how often the first candidate is the right one."""
    import polars as pl

    told = truth.select("truth").with_columns(linked=linked, first=first)
    there = pl.col("truth") != ""
    right = there & (pl.col("linked") == pl.col("truth"))
    row = told.select(
        precision=right.sum() / (pl.col("linked") != "").sum(), recall=right.sum() / there.sum(),
        top1=(there & (pl.col("first") == pl.col("truth"))).sum() / there.sum(),
    ).row(0, named=True)  # fmt: skip
    return {key: float(value) for key, value in row.items()}


def quality_ours(folder: str) -> dict[str, Any]:
    """The evaluation's sets against the small register; also leaves, for the peers, which names share rare features."""
    import polars as pl

    from xinheng.linkage.linking import link_frame

    asked = pl.read_parquet(Path(folder) / "questions.parquet")
    index = opened(folder, "small")
    started = time.perf_counter()
    told = link_frame(asked, name="name", code="code", index=index)
    seconds = time.perf_counter() - started
    first = pl.col("candidates").list.get(0, null_on_oob=True)
    told.select(
        row=pl.row_index(), code=first.struct.field("code"), score=first.struct.field("confidence") / 10_000,
        linked=pl.col("outcome") == "linked",
    ).drop_nulls("code").write_parquet(Path(folder) / "quality-ours.parquet")  # fmt: skip
    return {"seconds": seconds, "rows": asked.height}


def block(folder: str, which: str, source: str, rows: str) -> dict[str, Any]:
    """What our retrieval finds at its widest, before any comparison: asked row, place in the index, name, code."""
    import numpy as np
    import polars as pl

    from xinheng.kernel import codehints
    from xinheng.linkage import candidates, engine
    from xinheng.linkage.parsing import parse_many

    index = opened(folder, which)
    asked = pl.read_parquet(Path(folder) / f"{source}.parquet").head(int(rows))
    started = time.perf_counter()
    parsed = parse_many(asked["name"].to_list())
    every = np.flatnonzero(parsed.whole)
    found = candidates.by_code(
        index, {at: codehints.read_code(code) for at, code in enumerate(asked["code"]) if code}
    )
    found += candidates.equal(index, parsed, every)
    limit, width, kept = engine.STEPS[-1]
    found += candidates.similar(index, parsed, every, limit=limit, width=width, kept=kept)
    told = candidates.together(found)
    seconds = time.perf_counter() - started
    pairs = pl.DataFrame({"asked": told.asked, "doc": told.doc})
    held = index.parts[0][0]
    pairs = pairs.with_columns(
        name=held.names.gather(pairs["doc"]), code=pl.Series(held.code[pairs["doc"].to_numpy()].astype("U18"))
    )
    pairs.write_parquet(Path(folder) / f"pairs-{source}.parquet")
    if source != "truth":
        _lines(asked, pairs, Path(folder) / f"pairs-{source}.jsonl")
    return {"seconds": seconds, "pairs": pairs.height, "rows": asked.height}


def _lines(asked: Any, pairs: Any, file: Path) -> None:
    """The same for a peer in an environment of its own."""
    import polars as pl

    told = pairs.group_by("asked", maintain_order=True).agg(candidates=pl.concat_list("code", "name"))
    rows = (
        asked.with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(told, left_on="row", right_on="asked")
    )
    rows.select("row", "name", "code", "candidates").write_ndjson(file)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
