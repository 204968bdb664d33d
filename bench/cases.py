"""`python -m bench.cases`: lists, sums and the nightly sweep over many open cases, beside the same rows read and written bare."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from bench.__main__ import start_postgres
from bench.measure import Cost, run


@click.command()
@click.option(
    "--cases", "count", default=100_000, show_default=True, help="open ones; half as many closed beside them"
)
@click.option("--db", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True)
def main(count: int, db: str) -> None:
    """Prints milliseconds (median / worst of 30) of lists and sums, and seconds of sweep and recomputation."""
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinheng-bench-")))
        env = {"XINHENG_HOME": str(work / "home"), "DJANGO_SETTINGS_MODULE": "xinheng.settings"}
        if db == "postgres":
            env["XINHENG_DATABASE_URL"] = start_postgres(stack, work)
        built = run("bench.cases_work", "build", str(count), env=env)
        click.echo(
            f"{count:,} open cases, {count // 2:,} closed, {db}, {len(os.sched_getaffinity(0))} cores: built in"
            f" {built.seconds:.0f} s"
        )
        for name, told in run("bench.cases_work", "lists", env=env).answer["told"].items():
            click.echo(f"{name:42}{told[0]:>9.1f} ms median{told[1]:>9.1f} ms worst of 30")
        floor = run("bench.cases_work", "floor", env=env)
        click.echo(f"{'':42}{'seconds':>10}{'x floor':>10}{'peak MB':>10}")
        _line("floor: the late rows read, written bare", floor, floor)
        _line("a fifth falls due, engine alone", run("bench.cases_work", "fifth", env=env), floor, part=5)
        _line(
            "the rest falls due, every room told", run("bench.cases_work", "rest", env=env), floor, part=1.25
        )
        _line("swept again: nothing to do", run("bench.cases_work", "again", env=env), floor)
        _line("recomputed: nothing moved", run("bench.cases_work", "same", env=env), floor)
        _line("recomputed: a notice moves every clock", run("bench.cases_work", "notice", env=env), floor)
        checked = run("bench.cases_work", "check", env=env)
        click.echo(f"room verified in {checked.seconds:.1f} s: {checked.answer['findings']} findings")


def _line(name: str, cost: Cost, floor: Cost, *, part: float = 1) -> None:
    ratio = cost.seconds / (floor.seconds / part)
    rows = cost.answer.get("rows", "")
    click.echo(f"{name:42}{cost.seconds:>10.2f}{ratio:>10.1f}{cost.peak_mb:>10.0f}   {rows}")


if __name__ == "__main__":
    main()
