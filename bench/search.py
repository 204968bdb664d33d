"""`python -m bench.search`: names found among millions, beside a plain index and a scan in the same run."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from bench.__main__ import start_postgres
from bench.measure import run


@click.command()
@click.option("--orgs", default=2_000_000, show_default=True)
@click.option("--db", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="reuse (or leave) the generated register here")
@click.option("--home", type=click.Path(path_type=Path), help="reuse (or leave) the built home here (SQLite)")
def main(orgs: int, db: str, keep: Path | None, home: Path | None) -> None:
    """Prints median / 99th percentile / worst in milliseconds for fragments of 2, 3, 4 and 8 characters and misses."""
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinheng-bench-")))
        folder = keep or work / "files"
        folder.mkdir(parents=True, exist_ok=True)
        env = {"XINHENG_HOME": str(home or work / "home"), "DJANGO_SETTINGS_MODULE": "xinheng.settings"}
        if db == "postgres":
            env["XINHENG_DATABASE_URL"] = start_postgres(stack, work)
        if not (folder / "manifest.json").is_file():
            run("bench.search_work", "make", str(folder), str(orgs))
        if not (home and (home / "home.json").is_file()):
            built = run("bench.search_work", "build", str(folder), env=env)
            click.echo(
                f"{built.answer['rows']:,} organisations: register {built.answer['loading']:.0f} s, first index"
                f" {built.seconds:.0f} s, peak {built.peak_mb:.0f} MB ({len(os.sched_getaffinity(0))} cores)"
            )
        answers: dict[str, dict[str, list[float]]] = {}
        peer = run("bench.search_work", "peer", str(folder)).answer
        answers["plain FTS5 bigrams, first 20"] = peer["plain"]
        answers["LIKE scan (20 queries)"] = peer["scan"]
        ours = run("bench.search_work", "ours", str(folder), env=env).answer
        answers["xinheng search.find"] = ours["plain"]
        answers["xinheng, narrowed"] = ours["narrowed"]
        answers["xinheng result page"] = run("bench.search_work", "page", str(folder), env=env).answer[
            "plain"
        ]
        _table(answers)


def _table(answers: dict[str, dict[str, list[Any]]]) -> None:
    kinds = list(next(iter(answers.values())))
    click.echo(f"{'ms: median/p99/worst':30}" + "".join(f"{kind:>22}" for kind in kinds))
    for name, told in answers.items():
        cells = ["{:.1f}/{:.1f}/{:.0f}".format(*told[kind]) for kind in kinds]
        click.echo(f"{name:30}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
