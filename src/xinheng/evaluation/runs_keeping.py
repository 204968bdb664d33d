"""A run is one row and one file, bound by the one event it came with."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinheng.evaluation.models_runs import RunRow
from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.records import service as records
from xinheng.register import service as register

RAN, CLEARED = "evaluation.run", "evaluation.cleared"
TABLE = "evaluation_run"
GROUP = 20_000
WORK = "work-"
COLUMNS = (
    "id", "model", "version", "model_digest", "pack", "pack_digest", "position", "engine", "run_on", "known_on", "scope", "trial",
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
    others stay, and a replay compares those. The ledger keeps how many lines went, and what is left."""
    import polars as pl

    # A run still at work, or one that was killed, may have the lines already
    for work in folder().glob(f"{WORK}*"):
        shutil.rmtree(work, ignore_errors=True)
    codes = _codes(erased)
    cut: dict[str, str] = {}
    taken: dict[str, int] = {}
    for file in sorted(folder().glob("run-*.parquet")):
        kept = pl.read_parquet(file)
        left = kept.filter(~pl.col("uscc").is_in(codes))
        if left.height < kept.height:
            fresh = file.with_suffix(".new")
            left.write_parquet(fresh, compression="zstd", compression_level=1, row_group_size=GROUP)
            number = file.stem.removeprefix("run-").lstrip("0")
            cut[number], taken[number] = file_digest(fresh), kept.height - left.height
    if not cut:
        return
    told = evidence.Act(
        kind=CLEARED, actor=act.actor, at=act.at, provision=act.provision, purpose=act.purpose
    )
    with evidence.event(told) as event:
        event.detail["files"], event.detail["lines"] = cut, taken
        event.count(len(cut))
        for number in cut:
            file = file_of(evidence.row_range(int(number))[0])
            file.with_suffix(".new").replace(file)


def _codes(erased: Sequence[records.Parts]) -> list[str]:
    """The codes of the organisations concerned: a line stands under the code that took the place of an old number."""
    old = sorted({parts.uscc for parts in erased})
    return sorted({*old, *(entry.code for entry in register.get(old).values())})


@dataclass(frozen=True)
class Cleared:
    """What lawful erasures took from a run: how many lines, and the digest of the file they left ("": none took any)."""

    lines: int = 0
    file: str = ""


def cleared(run: int) -> Cleared:
    """What lawful erasures took from a run, as the ledger tells. One query."""
    number, found = str(evidence.event_of(run)), Cleared()
    for entry in evidence.events(after=_leaf_of(run), kinds=(CLEARED,)):
        detail = entry.body["detail"]
        if number in detail.get("files", {}):
            found = Cleared(found.lines + int(detail["lines"][number]), detail["files"][number])
    return found


def _leaf_of(run: int) -> int:
    """The ledger position a run's own event begins at: nothing before it concerns the run."""
    number = evidence.event_of(run)
    return evidence.spans([number])[number][0]


def intact(run: int) -> bool:
    """Whether the row and the file of a run are those the ledger bound, or those an erasure of the ledger left."""
    told = evidence.events(after=_leaf_of(run), kinds=(RAN,), limit=1)
    rows = [tuple(map(evidence.plain, row)) for row in RunRow.objects.filter(id=run).values_list(*COLUMNS)]
    if not (told and rows and told[0].body["detail"].get("bound", "") == evidence.rows_digest(rows)):
        return False
    return file_digest(file_of(run)) == (cleared(run).file or rows[0][COLUMNS.index("file")])


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
