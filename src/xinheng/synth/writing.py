"""One file with its truth, written block by block, and its entry in the manifest."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from .dates import STYLES
from .faults import OUTCOMES
from .manifest import FileEntry
from .plan import Batch
from .schema import Item
from .sheets import CsvWriter, Layout, columns_of, header_row, write_workbook
from .story import StoryFile

__all__ = ["TRUTH_COLUMNS", "FileWriter", "story_frame"]

TRUTH_COLUMNS = ("row", "outcome", "reason", "uscc", "docno", "decided_on", "fine_wan", "late")


class FileWriter:
    """Writes the file of a batch and, beside it, what is expected of each row."""

    def __init__(self, out: Path, item: Layout, batch: Batch, mark: str, folder: str = "files") -> None:
        self._out, self._item, self.batch = out, item, batch
        stem = f"{batch.order:04d}-{batch.item}-{mark}" + ("-story" if batch.story else "")
        self.path = out / folder / f"{stem}.{batch.habits.container}"
        self._truth = out / "truth" / f"{stem}.csv"
        self._truth_handle = self._truth.open("wb")
        self._csv = CsvWriter(self.path, item=item, batch=batch) if batch.habits.container == "csv" else None
        self._rows = 0
        self._expected = dict.fromkeys(OUTCOMES, 0)
        self._reasons: dict[str, int] = {}

    def write(self, frame: pl.DataFrame) -> None:
        """Appends finished rows (a workbook takes all of its rows at once)."""
        if self._csv is not None:
            self._csv.write(frame)
        else:
            write_workbook(self.path, frame, item=self._item, batch=self.batch)
        first = header_row(self.batch.habits) + 1 + self._rows
        person = pl.col("_outcome") == "refused_personal"
        truth = frame.select(
            (pl.int_range(pl.len(), dtype=pl.Int64) + first).alias("row"),
            pl.col("_outcome").alias("outcome"), pl.col("_reason").alias("reason"),
            *(pl.when(person).then(pl.lit("")).otherwise(pl.col(c)).alias(n)
              for c, n in (("_code", "uscc"), ("_docno", "docno"), ("_decided", "decided_on"), ("_fine", "fine_wan"))),
            pl.col("_late").cast(pl.UInt8).alias("late"),
        )  # fmt: skip
        truth.write_csv(self._truth_handle, include_header=self._rows == 0)
        self._rows += frame.height
        for outcome, count in truth["outcome"].value_counts().iter_rows():
            self._expected[outcome] += count
        for reason, count in truth["reason"].value_counts().iter_rows():
            if reason:
                self._reasons[reason] = self._reasons.get(reason, 0) + count

    def finish(self) -> tuple[FileEntry, dict[str, int]]:
        """Closes both files; the entry for the manifest and the reasons with their counts."""
        if self._csv is not None:
            self._csv.close()
        self._truth_handle.close()
        batch, habits = self.batch, self.batch.habits
        entry = FileEntry(
            order=batch.order, path=str(self.path.relative_to(self._out)), truth=str(self._truth.relative_to(self._out)),
            item=batch.item, source=batch.department.code, department=batch.department.name,
            sent_on=(date(1970, 1, 1) + timedelta(days=batch.sent)).isoformat(), rows=self._rows,
            container=habits.container, encoding=habits.encoding, header=habits.header, header_row=header_row(habits),
            date_style=STYLES[habits.date_style], title=habits.title, columns=len(columns_of(self._item, batch)),
            old_ids=batch.old_ids, story=batch.story is not None, expected=self._expected,
            bytes=self.path.stat().st_size,
        )  # fmt: skip
        return entry, self._reasons


def story_frame(story: StoryFile, item: Layout) -> pl.DataFrame:
    """The rows of a story file in the shape of finished rows."""
    frame = pl.DataFrame(list(story.rows), schema=dict.fromkeys(item.codes, pl.String)).fill_null("")
    if isinstance(item, Item):
        code, number, day = (item.field(name) for name in ("XDR_SHXYM", "WSH", "JDRQ"))
        fine = pl.col("CF_NR_FK") if item.prefix == "CF" else pl.lit("")
    else:
        code, number, day, fine = item.subject_code, item.document_number, item.decided_on, pl.lit("")
    return frame.with_columns(
        pl.lit(0).alias("_extra"), pl.Series("_outcome", story.outcomes),
        pl.Series("_reason", ["story"] * frame.height), pl.col(code).alias("_code"),
        (pl.col(number) if number else pl.lit("")).alias("_docno"),
        pl.col(day).str.replace_all("/", "-", literal=True).alias("_decided"),
        fine.alias("_fine"),
        pl.lit(False).alias("_late"),
    )  # fmt: skip
