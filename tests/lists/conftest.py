"""The tests of this folder live in the small city in which every item of the catalogue occurs, lists among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wholecity import whole_city


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """In place of the plain city: every item occurs."""
    yield from whole_city(request, tmp_path, monkeypatch)
