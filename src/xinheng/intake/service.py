"""The door of the intake: take a file in, read a receipt again, follow a line back to the row it came from."""

from __future__ import annotations

from pathlib import Path

from xinheng.intake import lineage, receipt, workbook
from xinheng.intake.batches import OUTCOMES, TIMELINESS
from xinheng.intake.errors import (
    BatchUnfinished,
    FileRefused,
    ItemUnknown,
    NoSuchBatch,
    RowsWithheld,
    SourceRefused,
)
from xinheng.intake.lineage import BatchSummary, batches, kept_row
from xinheng.intake.receipt import Receipt
from xinheng.intake.run import run
from xinheng.intake.template import template

__all__ = [
    "OUTCOMES",
    "TIMELINESS",
    "BatchSummary",
    "BatchUnfinished",
    "FileRefused",
    "ItemUnknown",
    "NoSuchBatch",
    "Receipt",
    "RowsWithheld",
    "SourceRefused",
    "batches",
    "kept_row",
    "receipt_of",
    "receipt_xlsx",
    "run",
    "template",
]


def receipt_of(*, batch: str) -> Receipt:
    """The receipt of a finished batch, as first given. Raises `NoSuchBatch`, `BatchUnfinished`."""
    return receipt.restore(lineage.finished(batch), repeated=False)


def receipt_xlsx(*, batch: str, path: Path) -> None:
    """Writes the rows that were not accepted as a workbook, in their order. Raises `NoSuchBatch`, `BatchUnfinished`."""
    row = lineage.finished(batch)
    workbook.write_receipt(receipt.restore(row, repeated=False), Path(path))
