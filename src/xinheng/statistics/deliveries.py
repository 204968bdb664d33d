"""Who delivered what last: one row for each source and item, kept by following the ledger, never by reading all batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.statistics.models import Delivery

KINDS = ("intake.closed",)


@dataclass(frozen=True)
class LastDelivery:
    """The last file of one source for one item."""

    source: str
    item: str
    batch: str
    received_on: date
    rows: int
    taken: int
    late: int


def follow(news: Sequence[evidence.Entry], at: datetime) -> None:
    """Follower of the ledger: a file answered whole takes the place of the one before. Safe to repeat."""
    for row in _last(intake.summaries(numbers=[entry.body["detail"]["batch"] for entry in news])):
        known = Delivery.objects.filter(id=row.id).first()
        if known is None or known.batch <= row.batch:
            row.save(force_insert=known is None)


def deliveries() -> list[LastDelivery]:
    """The last delivery of every source for every item, sources in the order of their codes."""
    rows = Delivery.objects.order_by("source", "item").values_list(
        "source", "item", "batch", "received_on", "rows", "taken", "late"
    )
    return [LastDelivery(*row) for row in rows]


def findings() -> Iterator[evidence.Finding]:
    """What differs from the batches this table has followed so far."""
    seen = evidence.size() - evidence.lag()["statistics"]
    told = [entry for entry in evidence.events(kinds=KINDS) if entry.position <= seen]
    numbers = [entry.body["detail"]["batch"] for entry in told]
    should = {_values(row) for row in _last(intake.summaries(numbers=numbers))}
    try:
        are = {_values(row) for row in Delivery.objects.all()}
    except (ValueError, TypeError):
        yield evidence.Finding("delivery-unreadable", "最近报送表里有读不出的值")
        return
    for row in sorted(should ^ are, key=str):
        yield evidence.Finding("delivery-differs", f"最近报送 {row[0]} 与批次不符")


def _last(batches: Iterable[intake.BatchSummary]) -> list[Delivery]:
    """Of each source and item the batch with the highest number: numbers run with the days."""
    found: dict[str, Delivery] = {}
    for batch in sorted(batches, key=lambda one: one.number):
        if batch.state == "done":
            key = f"{batch.source}/{batch.item}"
            taken = batch.counts["accepted"] + batch.counts["updated"]
            found[key] = Delivery(
                key, batch.source, batch.item, batch.number, batch.received_on, batch.rows, taken,
                batch.timeliness["late"],
            )  # fmt: skip
    return list(found.values())


def _values(row: Delivery) -> tuple[object, ...]:
    return tuple(getattr(row, field.attname) for field in row._meta.concrete_fields)
