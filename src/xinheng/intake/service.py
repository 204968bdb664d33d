"""The door of the intake: take a file in, read a receipt again, follow a line back to the row it came from."""

from __future__ import annotations

from pathlib import Path

from xinheng.intake import lineage, receipt, workbook
from xinheng.intake.batches import OUTCOMES, TIMELINESS
from xinheng.intake.correcting import Correction, correction, write_correction
from xinheng.intake.drops import Dropped, collect_drops, drop_folder
from xinheng.intake.entering import NewEntry, entry, write_entry
from xinheng.intake.errors import (
    BatchUnfinished,
    CorrectionRefused,
    EntryRefused,
    FileRefused,
    ItemUnknown,
    NilReturnRefused,
    NoSuchBatch,
    NothingToMend,
    RowsWithheld,
    SourceRefused,
)
from xinheng.intake.lending import lent_path
from xinheng.intake.lineage import BatchSummary, batches, kept_row, summaries
from xinheng.intake.looking import Look, look
from xinheng.intake.mapping import mapping_of, remember_mapping
from xinheng.intake.mending import ProblemRow, mend, problem_rows, take_up
from xinheng.intake.nil import NilReturn, nil_counts, nil_return, nil_returns
from xinheng.intake.progress import ProgressNow, progress_of
from xinheng.intake.receipt import Receipt
from xinheng.intake.run import run
from xinheng.intake.tables import PlainTable, plain_table
from xinheng.intake.template import template

__all__ = [
    "OUTCOMES",
    "TIMELINESS",
    "BatchSummary",
    "BatchUnfinished",
    "Correction",
    "CorrectionRefused",
    "Dropped",
    "EntryRefused",
    "FileRefused",
    "ItemUnknown",
    "Look",
    "NewEntry",
    "NilReturn",
    "NilReturnRefused",
    "NoSuchBatch",
    "NothingToMend",
    "PlainTable",
    "ProblemRow",
    "ProgressNow",
    "Receipt",
    "RowsWithheld",
    "SourceRefused",
    "batches",
    "collect_drops",
    "correction",
    "drop_folder",
    "entry",
    "errors_file",
    "kept_row",
    "lent_path",
    "look",
    "mapping_of",
    "mend",
    "nil_counts",
    "nil_return",
    "nil_returns",
    "plain_table",
    "problem_rows",
    "progress_of",
    "receipt_of",
    "receipt_xlsx",
    "remember_mapping",
    "run",
    "summaries",
    "take_up",
    "template",
    "write_correction",
    "write_entry",
]


def receipt_of(*, batch: str) -> Receipt:
    """The receipt of a finished batch, as first given. Raises `NoSuchBatch`, `BatchUnfinished`."""
    return receipt.restore(lineage.finished(batch), repeated=False)


def errors_file(*, batch: str, path: Path) -> None:
    """Writes 改错表: only the rows to mend, in the file's own order, with what is wrong; it can be sent back as it is.

    Raises `NoSuchBatch`, `BatchUnfinished`.
    """
    row = lineage.finished(batch)
    workbook.write_receipt(
        receipt.restore(row, repeated=False), Path(path), shown=("rejected", "quarantined")
    )


def receipt_xlsx(*, batch: str, path: Path) -> None:
    """Writes the rows that were not accepted as a workbook, in their order. Raises `NoSuchBatch`, `BatchUnfinished`."""
    row = lineage.finished(batch)
    workbook.write_receipt(receipt.restore(row, repeated=False), Path(path))
