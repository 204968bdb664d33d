"""Mending rows that came back: a new batch with the right cells, which names the one it mends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.intake import kept, lineage, receipt
from xinheng.intake.errors import NothingToMend
from xinheng.intake.lending import lent_path
from xinheng.intake.models import Mending
from xinheng.intake.run import run
from xinheng.law import service as law

MENDS = "intake.mends"
BACK = ("rejected", "quarantined")
SETTLED = ("accepted", "updated", "duplicate")
MOST = 5_000


@dataclass(frozen=True)
class ProblemRow:
    """A row to mend: its number in the file, its cells as kept (masked where they were), what is wrong with it."""

    row: int
    outcome: str
    cells: dict[str, str]
    problems: list[dict[str, str]]


def problem_rows(*, batch: str, after: int | None = None, limit: int = 50) -> list[ProblemRow]:
    """Rejected and quarantined rows that no later batch settled, in the file's order after row `after`.

    Raises `NoSuchBatch`, `BatchUnfinished`.
    """
    number = lineage.finished(batch).number
    left = (pl.col("_row") > (after or 0)) & ~pl.col("_row").is_in(sorted(settled(number)))
    rows = _back(number).filter(left).sort("_row").head(limit)
    return [_problem(row) for row in rows.iter_rows(named=True)]


def settled(batch: str) -> set[int]:
    """Rows of a batch that a mending brought in."""
    found: set[int] = set()
    for mending in Mending.objects.filter(mends=batch):
        places = json.loads(mending.rows)
        for part in kept.read(mending.batch, ["_row", "_outcome"]):
            # The mended rows stand below one header line, in the order of `rows`
            done = part.filter(pl.col("_outcome").is_in(SETTLED))["_row"].to_list()
            found |= {places[row - 2] for row in done if 0 <= row - 2 < len(places)}
    return found


def mend(*, batch: str, cells: Mapping[int, Mapping[str, str]], at: datetime, actor: str) -> receipt.Receipt:
    """Takes these rows in again with the cells given laid over the kept ones, through every rule of the intake.

    A cell that was masked stays masked unless it is given anew. The same again gives the first receipt. Raises
    `NothingToMend` for rows that did not come back or fields the item does not have.
    """
    origin = lineage.finished(batch)
    item = law.active().items[origin.item]
    codes = [field.code for field in item.fields if field.scope != "drop"]
    wanted = sorted(cells)
    rows = _back(origin.number).filter(pl.col("_row").is_in(wanted)).sort("_row")
    if not wanted or len(wanted) > MOST or rows["_row"].to_list() != wanted:
        raise NothingToMend(
            f"批次 {batch} 里没有可补正的这些行:只能补正被退回或者待核的行,一次最多 {MOST} 行。请刷新页面后再试。"
        )
    if strange := {code for row in cells.values() for code in row} - set(codes):
        raise NothingToMend(f"「{item.name}」没有字段「{min(strange)[:32]}」。请刷新页面后再试。")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(codes)
    for row in rows.iter_rows(named=True):
        given = cells[row["_row"]]
        writer.writerow([given.get(code, row.get(code) or "") for code in codes])
    with lent_path(out.getvalue().encode()) as path:
        # Headers are codes: what a source calls its columns plays no part
        answer = run(path=path, item=origin.item, source=origin.source, at=at, actor=actor, mapping={})
    _name(answer.batch, origin.number, wanted, at, actor)
    return answer


def _name(batch: str, mends: str, rows: list[int], at: datetime, actor: str) -> None:
    if Mending.objects.filter(batch=batch).exists():
        return
    with evidence.event(evidence.Act(kind=MENDS, actor=actor, at=at, purpose="补正")) as event:
        event.count(1)
        row = (event.row_id(0), batch, mends, json.dumps(rows))
        Mending.objects.create(id=row[0], batch=batch, mends=mends, rows=row[3])
        event.detail["mending_digest"] = evidence.rows_digest([row])


def findings() -> Iterator[evidence.Finding]:
    """Mendings that are not what the ledger bound."""
    told = {entry.id: entry.body["detail"]["mending_digest"] for entry in evidence.events(kinds=(MENDS,))}
    seen: set[int] = set()
    for row in Mending.objects.all():
        event = evidence.event_of(row.id)
        seen.add(event)
        if evidence.rows_digest([(row.id, row.batch, row.mends, row.rows)]) != told.get(event):
            yield evidence.Finding("mending-changed", f"补正关系 {row.id} 与账本所记不符")
    for event in sorted(set(told) - seen):
        yield evidence.Finding("mending-missing", f"账本第 {event} 笔的补正关系不见了")


def _back(batch: str) -> pl.DataFrame:
    parts = [part.filter(pl.col("_outcome").is_in(BACK)) for part in kept.read(batch)]
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema={"_row": pl.Int64})


def _problem(row: dict[str, object]) -> ProblemRow:
    cells = {name: str(value or "") for name, value in row.items() if name not in kept.HEAD}
    problems = [dict(problem) for problem in row["_problems"] or ()]  # type: ignore[attr-defined]
    return ProblemRow(int(str(row["_row"])), str(row["_outcome"]), cells, problems)
