"""Who delivers to us, when they last did, and how much lately: read from the intake's batches.

Kept in memory for one position of the ledger and one day: while nothing is written, every visitor gets the same answer
without asking the database again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.register import service as register

LATEST = 2_000


@dataclass(frozen=True)
class Delivery:
    """One finished batch: who sent what, when, and how it was answered."""

    source: str
    name: str
    item: law.Item
    on: date
    taken: int
    refused_personal: int
    updated: int


def deliveries() -> tuple[Delivery, ...]:
    """The finished batches, the newest first (at most the last 2,000)."""
    return _deliveries(evidence.size(), str(home().root), law.active())


@lru_cache(maxsize=4)
def _deliveries(position: int, place: str, pack: law.Pack) -> tuple[Delivery, ...]:
    batches = [
        batch for batch in intake.batches(limit=LATEST) if batch.state == "done" and batch.item in pack.items
    ]
    known = register.get({batch.source for batch in batches})
    return tuple(
        Delivery(
            source=batch.source,
            name=known[batch.source].shown_name if batch.source in known else batch.source,
            item=pack.items[batch.item],
            on=batch.received_on,
            taken=batch.counts["accepted"] + batch.counts["updated"],
            refused_personal=batch.counts["refused_personal"],
            updated=batch.counts["updated"],
        )
        for batch in batches
    )


def latest(found: Sequence[Delivery]) -> list[Delivery]:
    """The last delivery of each source for each item, sources by name."""
    first: dict[tuple[str, str], Delivery] = {}
    for delivery in found:
        first.setdefault((delivery.source, delivery.item.code), delivery)
    return sorted(first.values(), key=lambda one: (one.name, one.item.code))


def departments(found: Sequence[Delivery]) -> dict[str, str]:
    """Code → name of every source that delivered, by name."""
    return {one.source: one.name for one in latest(found)}
