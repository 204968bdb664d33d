"""A run is one row and one file, bound by the one event it came with."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.records import service as records

RAN, CLEARED = "evaluation.run", "evaluation.cleared"
TABLE = "evaluation_run"
GROUP = 20_000
WORK = "work-"
COLUMNS = (
    "id", "model", "version", "model_digest", "pack", "pack_digest", "position", "engine", "run_on", "scope", "trial",
    "organisations", "statements", "milliseconds", "results", "file", "distribution", "by",
)  # fmt: skip


def folder() -> Path:
    """Where results lie."""
    return home().root / "evaluation"


def file_of(run: int) -> Path:
    """The results of a run."""
    return folder() / f"run-{evidence.event_of(run):012}.parquet"


def file_digest(file: Path) -> str:
    """SHA-256 of a file, hex; "" where it is missing."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def write(event: evidence.OpenEvent, row: tuple[Any, ...]) -> int:
    """Writes a run (without its id) inside `event` and binds it; returns the id."""
    event.count(1)
    made = [(event.row_id(0), *map(evidence.plain, row))]
    evidence.insert_rows(TABLE, COLUMNS, made)
    event.detail["bound"] = evidence.rows_digest(made)
    return event.row_id(0)


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Lawful erasure: kept lines of the organisations concerned go, for their sums tell of what was erased. The lines of
    others stay, and a replay compares those."""
    import polars as pl

    # A run still at work, or one that was killed, may have the lines already
    for work in folder().glob(f"{WORK}*"):
        shutil.rmtree(work, ignore_errors=True)
    codes = sorted({parts.uscc for parts in erased})
    cut: dict[str, str] = {}
    for file in sorted(folder().glob("run-*.parquet")):
        kept = pl.read_parquet(file)
        left = kept.filter(~pl.col("uscc").is_in(codes))
        if left.height < kept.height:
            fresh = file.with_suffix(".new")
            left.write_parquet(fresh, compression="zstd", compression_level=1, row_group_size=GROUP)
            cut[file.stem.removeprefix("run-").lstrip("0")] = file_digest(fresh)
    if not cut:
        return
    told = evidence.Act(
        kind=CLEARED, actor=act.actor, at=act.at, provision=act.provision, purpose=act.purpose
    )
    with evidence.event(told) as event:
        event.detail["files"] = cut
        event.count(len(cut))
        for number in cut:
            file = file_of(evidence.row_range(int(number))[0])
            file.with_suffix(".new").replace(file)


def findings() -> Iterator[evidence.Finding]:
    """Runs that are not what the ledger bound or that only one of the two knows, and results that are not theirs."""
    told = {entry.id: (1, entry.body["detail"].get("bound", "")) for entry in evidence.events(kinds=(RAN,))}
    cut: dict[str, str] = {}
    for entry in evidence.events(kinds=(CLEARED,)):
        cut.update(entry.body["detail"].get("files", {}))
    yield from evidence.unbound(TABLE, COLUMNS, told, code="evaluation-run")
    for event, rows in evidence.rows_by_event(TABLE, ("id", "file")):
        for run, file in rows:
            if file_digest(file_of(run)) != cut.get(str(event), file):
                yield evidence.Finding("evaluation-run", f"第 {event} 笔评价的结果文件缺失或者与账本不符")
