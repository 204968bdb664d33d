"""The small city with a few organisations on lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def checked_city(city: Any, tmp_path: Path) -> Any:
    """A city in which measures have something to rest on."""
    import checktown  # needs Django, which starts after this file is read

    checktown.list_some(tmp_path)
    return city
