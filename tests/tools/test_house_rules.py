"""The house rules find what they are for, and nothing in words that only look like it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import house_rules


@pytest.mark.parametrize(
    "line",
    [
        "changed = models.DateTimeField(auto_now=True)",
        "made = DateField(auto_now_add=True)",
        "db_default=Now()",
    ],
)
def test_a_hidden_clock_is_found(line: str) -> None:
    assert house_rules.HIDDEN_CLOCK.search(line)


@pytest.mark.parametrize("line", ["auto_nowhere = 1", "known_at: datetime", "clock.now()"])
def test_a_given_time_is_no_hidden_clock(line: str) -> None:
    assert not house_rules.HIDDEN_CLOCK.search(line)


@pytest.mark.parametrize(
    "line", ["--index-url https://example.org/simple", '"resolved": "x"', "uv @ file:///tmp/uv.whl"]
)
def test_an_address_in_a_lock_file_is_found(line: str) -> None:
    assert house_rules.ADDRESS.search(line)


def test_this_repository_keeps_its_house_rules() -> None:
    assert list(house_rules.breaches()) == []
