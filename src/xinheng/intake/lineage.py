"""Batches as others may see them, and the way back from a stored line to the row it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from xinheng.intake import kept
from xinheng.intake.batches import OUTCOMES, TIMELINESS
from xinheng.intake.errors import BatchUnfinished, NoSuchBatch
from xinheng.intake.models import Batch


@dataclass(frozen=True)
class BatchSummary:
    """One batch in a list: where it came from, when, and how it was answered."""

    number: str
    item: str
    source: str
    state: str
    received_on: date
    rows: int
    counts: dict[str, int]
    timeliness: dict[str, int]


def batches(*, source: str | None = None, item: str | None = None, limit: int = 50) -> list[BatchSummary]:
    """The latest batches, newest first."""
    rows = Batch.objects.order_by("-received_on", "-number")
    if source is not None:
        rows = rows.filter(source=source)
    if item is not None:
        rows = rows.filter(item=item)
    return [
        BatchSummary(
            row.number, row.item, row.source, row.state, row.received_on, row.rows,
            {name: getattr(row, name) for name in OUTCOMES}, {name: getattr(row, name) for name in TIMELINESS},
        )
        for row in rows[:limit]
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
