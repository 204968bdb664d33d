"""Batches as others may see them, and the way back from a stored line to the row it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from xinheng.intake import kept
from xinheng.intake.batches import OUTCOMES, TIMELINESS
from xinheng.intake.errors import BatchUnfinished, NoSuchBatch
from xinheng.intake.models import Batch, Mending
from xinheng.intake.progress import notes_of


@dataclass(frozen=True)
class BatchSummary:
    """One batch in a list: where it came from, when, and how it was answered. `done` rows of about `estimate` are
    answered (of an open one; else both are its rows); `mends` is the number of the batch it mends, or ""."""

    number: str
    item: str
    source: str
    state: str
    received_on: date
    rows: int
    counts: dict[str, int]
    timeliness: dict[str, int]
    mends: str = ""
    done: int = 0
    estimate: int = 0


def batches(
    *,
    source: str | None = None,
    item: str | None = None,
    number: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[BatchSummary]:
    """The latest batches, newest first; the next page begins after the number of the last one (`after`).

    With `number` that batch alone, where `source` sent it: what another source sent is not found.
    """
    rows = Batch.objects.order_by("-received_on", "-number")
    if number is not None:
        rows = rows.filter(number=number)
    if after is not None:
        rows = rows.filter(number__lt=after)
    if source is not None:
        rows = rows.filter(source=source)
    if item is not None:
        rows = rows.filter(item=item)
    return _summaries(list(rows[:limit]))


def summaries(*, numbers: Sequence[str]) -> list[BatchSummary]:
    """These batches, by number; unknown ones are left out. For followers of `intake.closed`."""
    return _summaries(list(Batch.objects.filter(number__in=list(numbers)).order_by("number")))


def _summaries(rows: Sequence[Batch]) -> list[BatchSummary]:
    mended = dict(
        Mending.objects.filter(batch__in=[row.number for row in rows]).values_list("batch", "mends")
    )
    noted = notes_of([row.number for row in rows if row.state != "done"])
    far = {row.number: noted.get(row.number, (row.rows, row.rows)) for row in rows}
    return [
        BatchSummary(
            row.number, row.item, row.source, row.state, row.received_on, row.rows,
            {name: getattr(row, name) for name in OUTCOMES}, {name: getattr(row, name) for name in TIMELINESS},
            mended.get(row.number, ""), *(max(row.rows, told) for told in far[row.number]),
        )
        for row in rows
    ]  # fmt: skip


def finished(number: str) -> Batch:
    """A batch whose rows are all answered. Raises `NoSuchBatch`, `BatchUnfinished`."""
    batch = Batch.objects.filter(number=number).first()
    if batch is None:
        raise NoSuchBatch(f"没有批次「{number}」。请核对批次号。")
    if batch.state != "done":
        raise BatchUnfinished(
            f"批次 {number} 还没有受理完。请用同一文件再运行一次 xinheng intake,它会从中断处继续。"
        )
    return batch


def kept_row(*, batch: str, row: int) -> dict[str, str] | None:
    """The cells of one row as they came in (redacted), by field code; None for a row that is not kept."""
    for part in kept.read(batch):
        found = part.filter(pl.col("_row") == row)
        if found.height:
            return {name: value or "" for name, value in found.drop(*kept.HEAD).row(0, named=True).items()}
    return None
