"""`python -m bench.evaluation`: a city evaluated by us and by others, on the same facts in one run, and what grows with what.

peers    a city by our engine, a query written by hand, Polars, pandas, OpenFisca; every organisation compared
news     the same city after new statements, from base and delta
curve    cities of several sizes, with memory
explain  one score down to its statements and rules, in a home that took its statements in
home     a run and a whole report on a model, in a home with that city's facts
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from bench.__main__ import BENCH_PYTHON
from bench.linkage import watched
from bench.measure import run

PARTS = ("peers", "news", "explain", "curve", "home")
# Pieces that need the peers' own environment
ELSEWHERE = {
    "plain": "evaluation_pandas.plain", "pandas": "evaluation_peers.pandas", "openfisca": "evaluation_openfisca.",
}  # fmt: skip
FULL = {"organisations": 300_000, "statements": 10_000_000, "asked": 300, "taken_in": 100_000}


@click.command()
@click.option("--full", is_flag=True, help=f"the sizes of the published figures: {FULL}")
@click.option("--organisations", default=30_000, show_default=True)
@click.option("--statements", default=1_000_000, show_default=True)
@click.option("--new", default=10_000, show_default=True, help="new statements of part news")
@click.option("--asked", default=60, show_default=True, help="explanations")
@click.option("--taken-in", default=10_000, show_default=True, help="statements of the home they come from")
@click.option("--curve", default="100000", show_default=True, help="numbers of organisations")
@click.option("--each", default=40, show_default=True, help="statements of an organisation, part curve")
@click.option("--spark/--no-spark", default=False, help="the curve on a Spark of this machine as well")
@click.option("--repeat", default=3, show_default=True, help="times; the median is told")
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), default=PARTS, show_default=True)
@click.option("--cores", default="0,1", show_default=True)
@click.option(
    "--bench-python", type=click.Path(path_type=Path), default=BENCH_PYTHON, help="of the peers' environment"
)
@click.option("--keep", type=click.Path(path_type=Path), help="reuse (or leave) the city here")
@click.option("--json", "out", type=click.Path(path_type=Path), help="all figures, as JSON, after each part")
def main(
    full: bool, curve: str, spark: bool, parts: tuple[str, ...], cores: str, bench_python: Path, keep: Path | None, out: Path | None,
    **sizes: int,
) -> None:  # fmt: skip
    """Prints a table for each part, and the figures as JSON where asked."""
    sizes |= FULL if full else {}
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinheng-bench-")))
        os.sched_setaffinity(0, [int(core) for core in cores.split(",")])
        bench = Bench(work, keep or work, sizes, [int(one) for one in curve.split(",")], bench_python, spark)
        click.echo(
            f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores used, Python {platform.python_version()},"
            f" load {os.getloadavg()[0]:.1f}"
        )
        for part in parts:
            getattr(bench, f"part_{part}")()
            if out:
                out.write_text(json.dumps(bench.told, indent=1, ensure_ascii=False) + "\n")


class Bench:
    """One run: its folders, its sizes, and all that was measured so far (`told`)."""

    def __init__(
        self, work: Path, keep: Path, sizes: dict[str, int], curve: list[int], python: Path, spark: bool
    ) -> None:
        self.spark = spark
        self.work, self.city, self.sizes, self.curve, self.python = work, keep / "city", sizes, curve, python
        self.told: dict[str, Any] = {"machine": platform.machine(), "sizes": sizes, "load": os.getloadavg()}

    def piece(
        self, name: str, *words: object, home: str = "home", python: Path | None = None
    ) -> dict[str, Any]:
        """Runs one piece in a process of its own: what it told, and its peak memory."""
        module, function = name.split(".")
        env = {"XINHENG_HOME": str(self.work / home), "DJANGO_SETTINGS_MODULE": "xinheng.settings"}
        started = [function] if function else []
        more = {"python": str(python)} if python else {}
        cost = run(f"bench.{module}", *started, *map(str, words), env=env, **more)
        return {**cost.answer, "peak_mb": cost.peak_mb, "load": round(os.getloadavg()[0], 1)}

    def often(self, work: Callable[[], dict[str, Any]], times: int = 0) -> dict[str, Any]:
        """The run with the median seconds; the greatest memory of all."""
        found = [work() for _ in range(times or self.sizes["repeat"])]
        middle = statistics.median_low(one["seconds"] for one in found)
        told = next(one for one in found if one["seconds"] == middle)
        return {
            **told,
            "peak_mb": max(one["peak_mb"] for one in found),
            "all": [one["seconds"] for one in found],
        }

    def prepare(self) -> None:
        """The city, unless one of these sizes is here."""
        orgs, rows = self.sizes["organisations"], self.sizes["statements"]
        file = self.city / "city.json"
        if file.is_file():
            told = json.loads(file.read_text())
            if (told["organisations"], told["statements"]) == (orgs, rows):
                return
        self.told["made"] = self.piece("evaluation_work.make", self.city, orgs, rows)

    def ours(self, city: Path) -> dict[str, Any]:
        return self.piece("evaluation_work.ours", city, self.work / "ours")

    def peer(self, which: str, city: Path) -> dict[str, Any]:
        """One of the others; its results beside ours."""
        file = self.work / f"{which}.parquet"
        if which in ELSEWHERE:
            told = self.piece(ELSEWHERE[which], city, file, python=self.python)
        else:
            told = self.piece(f"evaluation_peers.{which}", city, file)
        return told

    def equal(self, told: dict[str, Any], which: str) -> None:
        """Holds a peer's results against ours, organisation by organisation. Raises where one differs."""
        found = self.piece(
            "evaluation_work.equal", self.work / "ours" / "results.parquet", self.work / f"{which}.parquet"
        )
        told["compared"] = found
        if not found["equal"]:
            raise click.ClickException(f"{which} differs from ours for {found['different']:,} organisations")

    def part_peers(self) -> None:
        """A city, all of it."""
        self.prepare()
        told = {
            "floor: read + write": self.often(lambda: self.peer("floor", self.city)),
            "xinheng, the run": self.often(lambda: self.ours(self.city)),
        }
        names = {"hand": "DuckDB by hand", "polars": "Polars"}
        if self.python.is_file():
            names |= {"plain": "pandas, joins", "pandas": "pandas, NumPy", "openfisca": "OpenFisca"}
        else:
            click.echo("pandas and OpenFisca need `make bench`, which sets up their environment.", err=True)
        for which, name in names.items():
            # The slow ones once: their figures need no third digit
            told[name] = self.often(
                lambda one=which: self.peer(one, self.city), 0 if which in ("hand", "polars") else 1
            )  # type: ignore[misc]
            self.equal(told[name], which)
        self.told["peers"] = told
        ours, floor = told["xinheng, the run"], told["floor: read + write"]
        click.echo(
            f"\n{ours['organisations']:,} of {self.sizes['organisations']:,} organisations are subjects,"
            f" {self.sizes['statements']:,} statements; grades {ours['grades']}"
        )
        click.echo(
            f"{'':22}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'x floor':>9}{'ours is':>9}{'differ':>8}{'load':>6}"
        )
        for name, one in told.items():
            times = "" if name == "xinheng, the run" else f"{one['seconds'] / ours['seconds']:.2f} x"
            differ = str(one["compared"]["different"]) if "compared" in one else ""
            click.echo(f"{name:22}{one['seconds']:>9.2f}{one['cpu']:>8.2f}{one['peak_mb']:>9.0f}"
                       f"{one['seconds'] / floor['seconds']:>9.1f}{times:>9}{differ:>8}{one['load']:>6}")  # fmt: skip

    def part_news(self) -> None:
        """The city after new statements."""
        self.prepare()
        written = self.piece("evaluation_work.news", self.city, self.sizes["new"])
        try:
            told = self.often(lambda: self.ours(self.city))
            hand = self.peer("hand", self.city)
            self.equal(hand, "hand")
        finally:
            for file in (*self.city.glob("delta-*"), *self.city.glob("gone-*")):
                file.unlink()
        self.told["news"] = {**told, "written": written["seconds"]}
        click.echo(
            f"\nafter {self.sizes['new']:,} new statements, evaluated anew from base and delta: {told['seconds']:.2f} s,"
            f" CPU {told['cpu']:.2f} s, peak {told['peak_mb']:.0f} MB; equal to the query by hand"
        )

    def part_curve(self) -> None:
        """What grows with what."""
        self.told["curve"] = {}
        click.echo(f"\n{'organisations':>14}{'statements':>13}{'MB on disk':>11}{'seconds':>9}{'evaluated':>10}{'CPU s':>8}"
                   f"{'peak MB':>9}{'by hand':>9}{'peak MB':>9}{'load':>6}")  # fmt: skip
        for orgs in self.curve:
            rows = orgs * self.sizes["each"]
            city = self.work / "size"
            made = self.piece("evaluation_work.make", city, orgs, rows)
            ours, hand = self.ours(city), self.peer("hand", city)
            self.equal(hand, "hand")
            spark = self.on_spark(city, ours["digest"]) if self.spark else None
            shutil.rmtree(city)
            self.told["curve"][str(orgs)] = {
                "statements": rows, "made": made, "ours": ours, "hand": hand, "spark": spark,
            }  # fmt: skip
            click.echo(f"{orgs:>14,}{rows:>13,}{made['disk_mb']:>11.0f}{ours['seconds']:>9.2f}{ours['evaluated']:>10.2f}"
                       f"{ours['cpu']:>8.2f}{ours['peak_mb']:>9.0f}{hand['seconds']:>9.2f}{hand['peak_mb']:>9.0f}{ours['load']:>6}")  # fmt: skip

    def on_spark(self, city: Path, digest: str) -> dict[str, Any]:
        """The same by Spark, on as many threads as there are cores. Raises where its results have another digest."""
        threads = len(os.sched_getaffinity(0))
        with watched() as seen:
            told = self.piece("evaluation_work.spark", city, self.work / "spark", threads)
        if told["digest"] != digest:
            raise click.ClickException("Spark's results differ from DuckDB's")
        click.echo(
            f"{'':14}Spark, {threads} threads, same digest: {told['seconds']:.1f} s, peak of it and its Java {seen['peak']:.0f} MB"
        )
        return {**told, "peak_mb": seen["peak"]}

    def part_explain(self) -> None:
        """One score, with everything behind it."""
        files, rows = self.work / "files", self.sizes["taken_in"]
        run("bench.work", "make", str(files), str(rows), str(max(rows // 20, 500)))
        env = {"XINHENG_HOME": str(self.work / "taken-in"), "DJANGO_SETTINGS_MODULE": "xinheng.settings"}
        run("bench.work", "ours", str(files), env=env)
        told = self.piece("evaluation_work.explain", self.sizes["asked"], home="taken-in")
        self.told["explain"] = told
        click.echo(
            f"\none explanation, warm: median {1000 * told['seconds']:.0f} ms, worst of {told['asked']}"
            f" {1000 * told['worst']:.0f} ms, {told['lines']:.0f} contributing statements on the average, {told['most']} at most"
        )

    def part_home(self) -> None:
        """A run as the command makes it, and the report adoption rests on."""
        self.prepare()
        self.piece("evaluation_work.home", self.city)
        made = self.piece("evaluation_work.run")
        told = self.piece("evaluation_work.report")
        self.told["home"] = {"run": made, "report": told}
        click.echo(
            f"\na run with its ledger event: {made['seconds']:.1f} s, CPU {made['cpu']:.1f} s, peak {made['peak_mb']:.0f} MB\n"
            f"the whole report: {told['seconds']:.1f} s, CPU {told['cpu']:.1f} s, peak {told['peak_mb']:.0f} MB"
        )


if __name__ == "__main__":
    main()
