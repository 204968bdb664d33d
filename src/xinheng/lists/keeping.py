"""Rows that state something are written once, each table bound in one piece by the event it came with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xinheng.evidence import service as evidence

SWEPT, WATCHED, UNWATCHED = "lists.swept", "lists.watched", "lists.unwatched"
BOUND = {
    "lists_round": ("id", "statement_id", "sort", "since"),
    "lists_watch": ("id", "body", "uscc", "reason", "basis", "sector", "by", "since", "until"),
    "lists_watchend": ("id", "watch_id", "ended_on", "reason", "by"),
}


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Writes rows (without their ids) of a table inside `event`, once for each table and event; returns the ids."""
    return evidence.write_bound(event, table, BOUND[table], rows, under="lists")


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, rows it never heard of, and entries that differ from their statements."""
    from xinheng.lists import following

    yield from evidence.unbound_tables(
        BOUND, kinds=(SWEPT, WATCHED, UNWATCHED), code="lists-row", under="lists"
    )
    yield from (evidence.Finding("lists-entry", fault) for fault in following.faults())
