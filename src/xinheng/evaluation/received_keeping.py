"""Findings about received results, each table bound in one piece by the event it came with; and the file of warnings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.home import home

FOUND, ENDED, WARNED = "evaluation.mutual-found", "evaluation.mutual-ended", "evaluation.warned"
BOUND = {
    "evaluation_mutual": ("id", "rule", "first_id", "second_id", "authority", "found_on"),
    "evaluation_mutualend": ("id", "mutual_id", "outcome", "ended_on", "by"),
}


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Writes rows (without their ids) of a table inside `event`, once for each event; returns the ids."""
    return evidence.write_bound(event, table, BOUND[table], rows, under="evaluation")


def warnings_folder() -> Path:
    """Where the list of warnings lies: one file, of the last round. Derived; deleted when anything in it is erased."""
    return home().root / "evaluation" / "warnings"


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, rows only one of the two knows, a list of warnings that was changed."""
    yield from evidence.unbound_tables(BOUND, kinds=(FOUND, ENDED), code="evaluation-row", under="evaluation")
    yield from _file()


def _file() -> Iterator[evidence.Finding]:
    files = sorted(warnings_folder().glob("*.parquet")) if warnings_folder().is_dir() else []
    told = {str(entry.id): entry.body["detail"].get("digest") for entry in evidence.events(kinds=(WARNED,))}
    for file in files:
        if told.get(file.stem) != digest_of(file):
            yield evidence.Finding(
                "evaluation-warnings", f"预警名单文件 {file.name} 与账本不符，请重新运行预警"
            )
