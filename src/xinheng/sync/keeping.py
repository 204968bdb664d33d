"""Rows of this room are written once, each table bound in one piece by the event it came with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xinheng.evidence import service as evidence

COMPARED = "sync.compared"
BOUND = {
    "sync_comparison": ("id", "place", "item", "authority", "whole", "compared_on", "file", "rows", "personal",
                        "unusable", "unknown", "agrees", "differs"),
    "sync_seen": ("id", "place", "statement_id", "verdict", "fields"),
}  # fmt: skip


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes rows (without their ids) of a table inside `event`, once for each table and event."""
    evidence.write_bound(event, table, BOUND[table], rows)


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, and rows it never heard of."""
    yield from evidence.unbound_tables(BOUND, kinds=(COMPARED,), code="sync-row")
