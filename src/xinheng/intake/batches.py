"""The batch row: opened, moved on with every slice, closed; each time inside a ledger event that binds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.intake.errors import BatchBusy
from xinheng.intake.models import Batch

OUTCOMES = ("accepted", "updated", "duplicate", "rejected", "quarantined", "refused_personal")
TIMELINESS = ("on_time", "late", "undated")
COUNTS = ("rows", *OUTCOMES, *TIMELINESS)
OPENED, ROWS, CLOSED = "intake.opened", "intake.rows", "intake.closed"
_COLUMNS = [field.column for field in Batch._meta.concrete_fields]


def find(*, digest: str, item: str, source: str) -> Batch | None:
    """The batch of this file, item and source, if the file was seen before."""
    return Batch.objects.filter(file_digest=digest, item=item, source=source).first()


def open_batch(*, event: evidence.OpenEvent, digest: str, item: str, source: str, received_on: date) -> Batch:
    """A new batch. Numbers run by day without gaps: the number is drawn in the transaction that uses it."""
    evidence.lock("intake.batch")
    lead = received_on.strftime("%Y%m%d")
    taken = Batch.objects.filter(number__startswith=f"{lead}-").count()
    batch = Batch(
        number=f"{lead}-{taken + 1:05d}", file_digest=digest, item=item, source=source, state="open",
        received_on=received_on,
    )  # fmt: skip
    bind(batch, event, insert=True)
    return batch


def must_be_here(batch: Batch, done: int) -> None:
    """Inside a transaction: the batch stands where this run believes it to stand. Raises `BatchBusy`."""
    if Batch.objects.filter(number=batch.number, state="open", done_slices=done).exists():
        return
    raise BatchBusy(
        f"另一个进程正在受理同一文件(批次 {batch.number}),本次运行到此为止,已受理的行不受影响。请等它结束后再查看回执。"
    )


def bind(batch: Batch, event: evidence.OpenEvent, *, insert: bool = False) -> None:
    """Writes the batch row inside `event` and its digest into the event's body."""
    batch.last_event = event.id
    event.count(1)
    batch.save(force_insert=insert, force_update=not insert)
    event.detail["batch"] = batch.number
    event.detail["batch_digest"] = digest_of(batch)


def digest_of(batch: Batch) -> str:
    """What the ledger binds of a batch row: every column."""
    return evidence.rows_digest([tuple(getattr(batch, column) for column in _COLUMNS)])


def add(batch: Batch, counts: Mapping[str, int]) -> None:
    """Adds the counts of one slice."""
    for name in COUNTS:
        setattr(batch, name, getattr(batch, name) + counts.get(name, 0))


def as_counts(outcomes: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Outcome counts with their total as `rows`."""
    counts = dict(outcomes)
    return {**counts, "rows": sum(counts.values())}


def all_rows() -> list[dict[str, Any]]:
    """Every batch row as stored, for verification."""
    return list(Batch.objects.order_by("number").values(*_COLUMNS))
