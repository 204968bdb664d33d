"""Reads the cases of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
ILLEGAL = HERE / "packs"


def cases(name: str) -> list[Any]:
    """The cases of a file, each under its Chinese name."""
    rows = yaml.safe_load((HERE / "cases" / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["name"]) for row in rows]
