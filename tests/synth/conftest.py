"""One small messy city and one small clean file, written once for these tests."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from xinheng.synth import FileEntry, Manifest, generate

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def messy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """200 organisations, 1,000 rows, eight departments: the least that shows everything."""
    out = tmp_path_factory.mktemp("messy") / "city"
    return out, generate(out=out, orgs=200, records=1_000, seed=11, today=TODAY, departments=8)


@pytest.fixture(scope="session")
def single(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A clean file for measuring, small."""
    out = tmp_path_factory.mktemp("single") / "city"
    return out, generate(out=out, orgs=400, records=2_000, seed=3, today=TODAY, clean=True, single_file=True)


@pytest.fixture(scope="session")
def truth() -> Callable[[Path, FileEntry], list[dict[str, str]]]:
    """Reads what is expected of the rows of a file."""

    def read(folder: Path, entry: FileEntry) -> list[dict[str, str]]:
        with (folder / entry.truth).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    return read
