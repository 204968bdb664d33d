"""Rows that came back, taken in again: with the right cells, or after a person has judged to whom they belong. Either
way a new batch, which names the one it mends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.intake import kept, lineage, receipt
from xinheng.intake.errors import BatchUnfinished, NothingToMend
from xinheng.intake.lending import lent_path
from xinheng.intake.models import Batch, Mending
from xinheng.intake.run import run
from xinheng.law import service as law
from xinheng.linkage import service as linkage

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
    return _again(origin, codes, rows, cells, at=at, actor=actor)


def take_up(*, pending: Sequence[int], at: datetime, actor: str) -> list[receipt.Receipt]:
    """Takes rows in again of which a person has judged to whom they belong: a receipt for each batch they came in.

    The rows run through every rule of the intake with the cells they came with; the judgement links them. The same
    judgement again gives the first receipts, a later one is a new occasion. Rows of which no "same" stands (any more)
    are left alone, and so are those of a batch that is still being answered; raises `BatchUnfinished` where there is
    nothing else.
    """
    asked = linkage.pending_rows(pending)
    grounds = {key: _ground(key) for key in dict.fromkeys(row.key for row in asked)}
    wanted: dict[str, dict[int, str]] = {}
    for row in asked:
        if grounds[row.key]:
            wanted.setdefault(row.batch, {})[row.row] = grounds[row.key]
    receipts: list[receipt.Receipt] = []
    unfinished: BatchUnfinished | None = None
    for batch, places in wanted.items():
        try:
            receipts += _taken_up(lineage.finished(batch), places, at, actor)
        except BatchUnfinished as error:
            unfinished = error
    if unfinished is not None and not receipts:
        raise unfinished
    return receipts


def _ground(key: str) -> str:
    """The standing words by which a question is answered with "same"; "" where it is not."""
    stands = linkage.verdicts([key]) if key else None
    if stands is None or "same" not in stands["verdict"].to_list():
        return ""
    return ",".join(str(word.id) for word in linkage.words(key) if word.verdict == "same") or key


def _taken_up(origin: Batch, grounds: Mapping[int, str], at: datetime, actor: str) -> list[receipt.Receipt]:
    item = law.active().items.get(origin.item)
    parts = [part.filter(pl.col("_row").is_in(list(grounds))) for part in kept.read(origin.number)]
    if item is None or not parts:
        return []
    codes = [field.code for field in item.fields if field.scope != "drop"]
    rows = pl.concat(parts, how="diagonal").sort("_row")
    receipts = []
    for start in range(0, rows.height, MOST):
        part = rows.slice(start, MOST)
        occasion = json.dumps([origin.number, [(row, grounds[row]) for row in part["_row"].to_list()]])
        receipts.append(_again(origin, codes, part, {}, at=at, actor=actor, occasion=occasion))
    return receipts


def _again(
    origin: Batch, codes: Sequence[str], rows: pl.DataFrame, cells: Mapping[int, Mapping[str, str]], *,
    at: datetime, actor: str, occasion: str = "",
) -> receipt.Receipt:  # fmt: skip
    """Kept rows as a file of their own, with the cells given laid over them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(codes)
    for row in rows.iter_rows(named=True):
        given = cells.get(row["_row"], {})
        writer.writerow([given.get(code, row.get(code) or "") for code in codes])
    with lent_path(out.getvalue().encode()) as path:
        # Headers are codes: what a source calls its columns plays no part
        answer = run(
            path=path,
            item=origin.item,
            source=origin.source,
            at=at,
            actor=actor,
            mapping={},
            occasion=occasion,
        )
    _name(answer.batch, origin.number, rows["_row"].to_list(), at, actor)
    return answer


def origins(batch: str, row: int) -> list[tuple[str, int]]:
    """The earlier rows a row takes the place of, the nearest first."""
    found: list[tuple[str, int]] = []
    while (mending := Mending.objects.filter(batch=batch).first()) is not None:
        places = json.loads(mending.rows)
        if not 0 <= row - 2 < len(places):
            break
        batch, row = mending.mends, places[row - 2]
        found.append((batch, row))
    return found


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
