"""Acts on models and their reports are written once, each table bound in one piece by the event it came with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinheng.evidence import service as evidence

DECIDED, REPORTED = "evaluation.decided", "evaluation.reported"
BOUND = {
    "evaluation_adoption": (
        "id", "model", "version", "digest", "act", "reason", "basis", "report_id", "by", "done_on",
    ),
    "evaluation_report": ("id", "model", "version", "digest", "made_on", "position", "body", "by"),
}  # fmt: skip


def write(event: evidence.OpenEvent, table: str, row: tuple[Any, ...]) -> int:
    """Writes one row (without its id) inside `event` and binds it; returns the id."""
    return evidence.write_bound(event, table, BOUND[table], [row], under="evaluation")[0]


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, and rows only one of the two knows."""
    yield from evidence.unbound_tables(
        BOUND, kinds=(DECIDED, REPORTED), code="evaluation-row", under="evaluation"
    )
