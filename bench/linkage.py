"""`python -m bench.linkage`: names finding their organisation, beside floors and peers in the same run.

a   one name at a time against the large register, with reasons, on one core
b   a file of names against the small register, on two cores, the whole way from file to file
c   the evaluation's sets against the small register: what each peer gets right at its best threshold
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
import polars as pl

from bench.__main__ import BENCH_PYTHON
from bench.measure import run

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FULL = {
    "large": 2_000_000,
    "small": 1_000_000,
    "rows": 1_000_000,
    "asked": 20_000,
    "peer_rows": 100_000,
    "per_set": 100,
}


@click.command()
@click.option("--full", is_flag=True, help=f"the sizes of the published figures: {FULL}")
@click.option("--large", default=200_000, show_default=True, help="names in the register of part a")
@click.option("--small", default=100_000, show_default=True, help="names in the register of parts b and c")
@click.option("--rows", default=100_000, show_default=True, help="rows of the file of part b")
@click.option("--asked", default=2_000, show_default=True, help="questions of part a, at most 20,000")
@click.option("--peer-asked", default=100, show_default=True, help="of these, for rapidfuzz")
@click.option(
    "--peer-rows", default=20_000, show_default=True, help="peers link this many rows and are scaled"
)
@click.option("--per-set", default=20, show_default=True, help="questions of each set of part c")
@click.option(
    "--part", "parts", multiple=True, type=click.Choice("abc"), default=("a", "b", "c"), show_default=True
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=SHARED,
    help="public registers; absent: synthetic names",
)
@click.option("--cores", default="0,1", show_default=True, help="which cores; part a uses the first")
@click.option("--keep", type=click.Path(path_type=Path), help="reuse (or leave) registers and indexes here")
@click.option("--json", "out", type=click.Path(path_type=Path), help="all figures, as JSON")
def main(
    full: bool,
    parts: tuple[str, ...],
    data: Path,
    cores: str,
    keep: Path | None,
    out: Path | None,
    **sizes: int,
) -> None:
    """Prints three tables, and their figures as JSON where asked."""
    sizes |= FULL if full else {}
    chosen = [int(core) for core in cores.split(",")]
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinheng-bench-")))
        os.environ |= {"XINHENG_HOME": str(work / "home"), "DJANGO_SETTINGS_MODULE": "xinheng.settings"}
        folder = keep or work
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, sizes, chosen)
        bench.prepare(data if data.is_dir() else None)
        click.echo(f"{platform.machine()}, Python {platform.python_version()}, cores {cores}, load {os.getloadavg()[0]:.1f};"
                   f" names: {bench.told['made']['real']:,} of {bench.told['made']['kind']}, the rest put together from their parts")  # fmt: skip
        for part in parts:
            getattr(bench, f"part_{part}")()
    if out:
        out.write_text(json.dumps(bench.told, indent=1, ensure_ascii=False) + "\n")


class Bench:
    """One run: its folder, its sizes, and all that was measured so far (`told`)."""

    def __init__(self, folder: Path, sizes: dict[str, int], cores: list[int]) -> None:
        self.folder, self.sizes, self.cores = folder, sizes, cores
        self.told: dict[str, Any] = {"machine": platform.machine(), "cores": cores, "sizes": sizes}

    def piece(self, name: str, *arguments: object, cores: int = 2, python: str = "") -> dict[str, Any]:
        """Runs one piece pinned to that many cores; its figures, with the peak memory of it and its helpers."""
        module, function = name.split(".")
        words = [function] if function else []
        everywhere = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.cores[:cores])
        try:
            with watched() as seen:
                more = {"python": python} if python else {}
                cost = run(f"bench.{module}", *words, *map(str, arguments), **more)
        finally:
            os.sched_setaffinity(0, everywhere)
        return {**cost.answer, "peak_mb": seen["peak"], "load": round(os.getloadavg()[0], 1)}

    def prepare(self, data: Path | None) -> None:
        """Registers, questions and indexes, unless an earlier run left them here and nothing changed since."""
        sizes = {one: self.sizes[one] for one in ("large", "small", "rows", "per_set")}
        self.told["made"] = self.kept(
            "made",
            {**sizes, "data": bool(data)},
            lambda: self.piece("linkage_work.make", self.folder, data or "", *sizes.values()),
        )
        self.told["index"] = self.kept(
            "index",
            {**sizes, "data": bool(data), "code": sources()},
            lambda: {one: self.piece("linkage_work.build", self.folder, one) for one in ("large", "small")},
        )
        for which, told in self.told["index"].items():
            click.echo(
                f"index of {told['names']:,} names ({which}): {told['seconds']:.1f} s on two cores,"
                f" peak {told['peak_mb']:.0f} MB, {told['disk_mb']:.0f} MB on disk"
            )

    def kept(self, name: str, wanted: dict[str, Any], make: Callable[[], Any]) -> Any:
        """What `make` told, from an earlier run where that wanted the same."""
        left = self.folder / f"{name}.json"
        if left.is_file() and (before := json.loads(left.read_text()))["wanted"] == wanted:
            return before["told"]
        told = make()
        left.write_text(json.dumps({"wanted": wanted, "told": told}))
        return told

    def part_a(self) -> None:
        """One name at a time."""
        few = min(self.sizes["asked"], 1_000)
        blocked = self.piece("linkage_work.block", self.folder, "large", "singles", few)
        told = {
            "floor: read + look up": self.piece("linkage_work.one_floor", self.folder, self.sizes["asked"], cores=1),
            "xinheng link_one": self.piece("linkage_work.one_ours", self.folder, self.sizes["asked"], cores=1),
            "  the changed half alone": self.piece("linkage_work.one_ours", self.folder, self.sizes["asked"] // 2, "yes", cores=1),
            "rapidfuzz, best of all": self.piece("linkage_peers.one_rapidfuzz", self.folder, self.sizes["peer_asked"], cores=1),
        }  # fmt: skip
        if BENCH_PYTHON.is_file():
            told["nomenklatura logic-v2"] = self._nomenklatura("singles", cores=1)
        self.told["a"] = {**told, "candidates a question": blocked["pairs"] / blocked["rows"]}
        ours = told["xinheng link_one"]["rate"]
        click.echo(f"\na. one name against {self.sizes['large']:,}, one core")
        click.echo(
            f"{'':26}{'a second':>12}{'median ms':>11}{'p99 ms':>9}{'worst':>9}{'own MB':>9}{'mapped':>9}{'ours is':>9}"
        )
        for name, one in told.items():
            times = "" if name.startswith(("xinheng", " ")) else f"{ours / one['rate']:.2g} x"
            click.echo(f"{name:26}{one['rate']:>12,.1f}{one['p50']:>11.3g}{one['p99']:>9.3g}{one['worst']:>9.0f}"
                       f"{one.get('own_mb', 0):>9.0f}{one.get('mapped_mb', 0):>9.0f}{times:>9}")  # fmt: skip
        click.echo(
            f"nomenklatura compares what our retrieval found, {self.told['a']['candidates a question']:.0f} candidates a question; finding them is not counted."
        )

    def part_b(self) -> None:
        """A whole file."""
        peer_rows = min(self.sizes["peer_rows"], self.sizes["rows"])
        told = {
            "floor: read + write": self.piece("linkage_work.file_floor", self.folder),
            "xinheng link_frame": self.piece("linkage_work.file_ours", self.folder),
            "xinheng link, the command": self.command(),
        }
        self.piece("linkage_work.block", self.folder, "small", "truth", peer_rows)
        told["Splink, same candidates"] = self.piece("linkage_peers.file_splink", self.folder, peer_rows)
        told["rapidfuzz, shared pairs"] = self.piece("linkage_peers.file_rapidfuzz", self.folder, peer_rows)
        for one in told.values():
            # What is done once, whatever the size of the file, is not scaled
            once = one.get("once", 0)
            one["scaled"] = once + (one["seconds"] - once) * self.sizes["rows"] / one["rows"]
        self.told["b"] = told
        ours = told["xinheng link_frame"]["scaled"]
        click.echo(
            f"\nb. {self.sizes['rows']:,} names against {self.sizes['small']:,}, two cores; half are as registered"
        )
        click.echo(
            f"{'':26}{'seconds':>9}{'rows/s':>11}{'peak MB':>9}{'ours is':>9}{'precision':>11}{'recall':>9}{'top-1':>8}"
        )
        for name, one in told.items():
            shares = "".join(f"{one[key]:>{width}.4f}" if key in one else " " * width
                             for key, width in (("precision", 11), ("recall", 9), ("top1", 8)))  # fmt: skip
            times = "" if name.startswith("xinheng") else f"{one['scaled'] / ours:.2g} x"
            note = "" if one["rows"] == self.sizes["rows"] else f"  ({one['rows']:,} rows, scaled)"
            click.echo(f"{name:26}{one['scaled']:>9.1f}{self.sizes['rows'] / one['scaled']:>11,.0f}{one['peak_mb']:>9.0f}"
                       f"{times:>9}{shares}{note}")  # fmt: skip
        click.echo(
            "Splink's seconds are those of comparing; our retrieval found its candidates and is not counted."
        )

    def command(self) -> dict[str, Any]:
        """The whole command in a home of its own, which is kept with the rest."""
        before, os.environ["XINHENG_HOME"] = os.environ["XINHENG_HOME"], str(self.folder / "home")
        try:
            wanted = {"small": self.sizes["small"], "made": self.told["made"], "code": sources()}
            if (
                not (self.folder / "home.json").is_file()
                or json.loads((self.folder / "home.json").read_text())["wanted"] != wanted
            ):
                shutil.rmtree(self.folder / "home", ignore_errors=True)
            self.told["home"] = self.kept(
                "home", wanted, lambda: self.piece("linkage_work.home", self.folder)
            )
            told = self.piece("linkage_work.file_command", self.folder)
        finally:
            os.environ["XINHENG_HOME"] = before
        told.pop("top1")
        return told

    def part_c(self) -> None:
        """What each gets right."""
        self.piece("linkage_work.quality_ours", self.folder)
        self.piece("linkage_work.block", self.folder, "small", "questions", 10_000_000)
        self.piece("linkage_peers.quality_splink", self.folder)
        self.piece("linkage_peers.quality_rapidfuzz", self.folder)
        names = {"ours": "xinheng", "splink": "Splink", "rapidfuzz": "rapidfuzz"}
        if BENCH_PYTHON.is_file():
            self._nomenklatura("questions", out=self.folder / "quality-nomenklatura.jsonl")
            told = pl.read_ndjson(self.folder / "quality-nomenklatura.jsonl")
            told.write_parquet(self.folder / "quality-nomenklatura.parquet")
            names["nomenklatura"] = "nomenklatura logic-v2"
        asked = (
            pl.read_parquet(self.folder / "questions.parquet").with_row_index("row").cast({"row": pl.Int64})
        )
        self.told["c"] = {name: self._quality(asked, of) for of, name in names.items()}
        if (linked := quality_as_linked(self.folder, asked)) is not None:
            self.told["c"] = {"xinheng, as it links": linked, **self.told["c"]}
        click.echo(
            f"\nc. {asked.height:,} questions in {asked['set'].n_unique()} sets against {self.sizes['small']:,}; threshold chosen on one half, counted on the other"
        )
        click.echo(
            f"{'':26}{'threshold':>10}{'precision':>11}{'recall':>9}{'F1':>8}{'recall at 99.5 %':>18}{'top-1':>8}{'top-1, bad scans':>18}"
        )
        for name, one in self.told["c"].items():
            sure = f"{one['sure']:.4f}" if one.get("sure") is not None else "-"
            level = f"{one['threshold']:.3f}" if one["threshold"] is not None else "its own"
            click.echo(f"{name:26}{level:>10}{one['precision']:>11.4f}{one['recall']:>9.4f}{one['f1']:>8.4f}"
                       f"{sure:>18}{one['top1']:>8.4f}{one['bad']:>18.4f}")  # fmt: skip

    def _nomenklatura(self, source: str, *, out: Path | str = os.devnull, cores: int = 2) -> dict[str, Any]:
        file = self.folder / f"pairs-{source}.jsonl"
        return self.piece("linkage_nomenklatura.", file, out, cores=cores, python=str(BENCH_PYTHON))

    def _quality(self, asked: pl.DataFrame, of: str) -> dict[str, Any]:
        best = pl.read_parquet(self.folder / f"quality-{of}.parquet").cast({"row": pl.Int64})
        rows = asked.join(best.select("row", got="code", score="score"), on="row", how="left").with_columns(
            pl.col("score").fill_null(-1.0)
        )
        tuned, counted = rows.filter(~pl.col("held_out")), rows.filter("held_out")
        threshold = max(levels(tuned), key=lambda level: shares(tuned, level)["f1"])
        sure = [level for level in levels(tuned) if shares(tuned, level)["precision"] >= 0.995]
        safe = shares(counted, min(sure)) if sure else None
        return {**shares(counted, threshold), "threshold": threshold,
                "sure": safe["recall"] if safe else None, "sure_precision": safe["precision"] if safe else None}  # fmt: skip


def sources() -> str:
    """A digest of the code an index is made by."""
    rooms = Path(__file__).resolve().parent.parent / "src" / "xinheng"
    files = sorted((*rooms.glob("linkage/*.py"), *rooms.glob("kernel/**/*.py"), *rooms.glob("kernel/data/*")))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def quality_as_linked(folder: Path, asked: pl.DataFrame) -> dict[str, Any] | None:
    """Ours by its own decision instead of a threshold: what would be linked without anybody looking."""
    best = pl.read_parquet(folder / "quality-ours.parquet").cast({"row": pl.Int64})
    score = pl.when("linked").then(1.0).otherwise(0.0).alias("score")
    rows = asked.join(best.select("row", score, got="code"), on="row", how="left").with_columns(
        pl.col("score").fill_null(-1.0)
    )
    told = shares(rows.filter("held_out"), 0.5)
    return {**told, "threshold": None, "sure": told["recall"] if told["precision"] >= 0.995 else None}


def levels(rows: pl.DataFrame) -> list[float]:
    """Thresholds worth a try."""
    told = rows.filter(pl.col("score") >= 0)["score"].unique().sort()
    return told.gather_every(max(1, told.len() // 400)).to_list() or [0.5]


def shares(rows: pl.DataFrame, level: float) -> dict[str, float]:
    """Precision, recall and F1 where everything from `level` on is linked; top-1 whatever the score."""
    there, linked = pl.col("truth") != "", pl.col("score") >= level
    hit = there & (pl.col("got") == pl.col("truth")).fill_null(False)
    bad = there & pl.col("set").str.starts_with("scan bad")
    one = rows.select(
        linked=linked.sum(), right=(linked & hit).sum(), there=there.sum(), hit=hit.sum(), bad=bad.sum(), bad_hit=(bad & hit).sum()
    ).row(0, named=True)  # fmt: skip
    precision, recall = one["right"] / max(one["linked"], 1), one["right"] / max(one["there"], 1)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9),
            "top1": one["hit"] / max(one["there"], 1), "bad": one["bad_hit"] / max(one["bad"], 1)}  # fmt: skip


@contextmanager
def watched() -> Iterator[dict[str, float]]:
    """The greatest memory seen of this process's children together, in megabytes: what they share counts once."""
    seen, done = {"peak": 0.0}, threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            seen["peak"] = max(seen["peak"], sum(map(share_of, below(os.getpid()))))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def below(process: int) -> list[int]:
    """Every process that this one started, and those started by them."""
    found: list[int] = []
    for file in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            started = [int(one) for one in file.read_text().split()]
        except OSError:
            continue
        found += [one for child in started for one in (child, *below(child))]
    return found


def share_of(process: int) -> float:
    """A process's share of memory (PSS) in megabytes; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
