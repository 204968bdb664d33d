"""The manifest: what was written, in which order it is taken in, and what is expected of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .faults import OUTCOMES

__all__ = ["FORMAT", "NAME", "FileEntry", "Manifest", "read_manifest"]

FORMAT = 1
NAME = "manifest.json"


@dataclass(slots=True)
class FileEntry:
    """One file: take it in with ``item`` and ``source``; ``expected`` has the six outcomes, summing to ``rows``."""

    order: int
    path: str
    truth: str
    item: str
    source: str
    department: str
    sent_on: str
    rows: int
    container: str
    encoding: str
    header: str
    header_row: int
    date_style: str
    title: bool
    columns: int
    old_ids: bool
    story: bool
    expected: dict[str, int]
    bytes: int = 0


@dataclass(slots=True)
class Manifest:
    """Everything about a generated city. Paths are relative to its folder; files are in the order of intake."""

    place: dict[str, Any]
    seed: int
    today: str
    mode: str
    organisations: int
    rows: int
    register: str
    departments: list[dict[str, Any]]
    story: list[dict[str, str]]
    quiet: list[dict[str, Any]] = field(default_factory=list)
    unreported: int = 0
    clerk: dict[str, Any] = field(default_factory=dict)
    files: list[FileEntry] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    reasons: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT

    def add(self, entry: FileEntry, reasons: dict[str, int]) -> None:
        """Appends a file and adds up its counts."""
        self.files.append(entry)
        for outcome, count in entry.expected.items():
            self.totals[outcome] += count
        for reason, count in reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count

    def write(self, folder: Path) -> Path:
        """Writes ``manifest.json``; keys in a fixed order, so the same city gives the same bytes."""
        path = folder / NAME
        self.reasons = dict(sorted(self.reasons.items()))
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Reads the manifest of a folder."""
        raw = json.loads((folder / NAME).read_text(encoding="utf-8"))
        raw["files"] = [FileEntry(**entry) for entry in raw["files"]]
        return cls(**raw)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a city written earlier into ``folder``."""
    return Manifest.read(folder)
