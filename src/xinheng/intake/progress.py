"""How far an open batch is. A note for pages, not a fact: written outside the ledger, gone when the batch is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError

from xinheng.evidence import service as evidence
from xinheng.intake.errors import NoSuchBatch
from xinheng.intake.models import Batch, Progress

EVERY = 0.5  # seconds between two notes
SILENT = 60  # seconds without a sign of life after which a run counts as interrupted


@dataclass(frozen=True)
class ProgressNow:
    """Rows answered, an estimate of all of them, and open, done or interrupted."""

    done: int
    estimate: int
    state: str


class Tracker:
    """Notes the progress of one run, at most twice a second."""

    def __init__(self, batch: str, at: datetime) -> None:
        self._batch, self._at, self._began, self._last = batch, at, time.perf_counter(), -EVERY

    def __call__(self, done: int, estimate: int) -> None:
        passed = time.perf_counter() - self._began
        if passed - self._last < EVERY:
            return
        self._last = passed
        seen = evidence.microseconds(self._at + timedelta(seconds=passed))
        # A note that cannot be written (a busy database) must not stop the intake it tells of
        with suppress(DatabaseError):
            Progress.objects.update_or_create(
                batch=self._batch, defaults={"done": done, "estimate": max(done, estimate), "seen": seen}
            )

    def finish(self) -> None:
        """The batch is done: nothing is left to note."""
        with suppress(DatabaseError):
            Progress.objects.filter(batch=self._batch).delete()


def notes_of(numbers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Rows done and estimated of open batches, by number, with one query (none for an empty list)."""
    if not numbers:
        return {}
    rows = Progress.objects.filter(batch__in=list(numbers)).values_list("batch", "done", "estimate")
    return {batch: (done, estimate) for batch, done, estimate in rows}


def progress_of(*, batch: str, at: datetime | None = None) -> ProgressNow:
    """How far a batch is. With `at`, a run without a sign of life for a minute is interrupted: the same file, sent
    again, goes on where it stopped. Raises `NoSuchBatch`."""
    row = Batch.objects.filter(number=batch).first()
    if row is None:
        raise NoSuchBatch(f"没有批次「{batch}」。请核对批次号。")
    if row.state == "done":
        return ProgressNow(row.rows, row.rows, "done")
    note = Progress.objects.filter(batch=batch).first()
    if note is None:
        return ProgressNow(row.rows, row.rows, "open")
    silent = at is not None and evidence.microseconds(at) - note.seen > SILENT * 1_000_000
    done = max(note.done, row.rows)
    return ProgressNow(done, max(done, note.estimate), "interrupted" if silent else "open")
