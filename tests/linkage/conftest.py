"""Fixtures of the linkage tests. Django is not yet set up when this is read: what needs it is imported later."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def room(empty_home: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three companies and a body in a home of their own."""
    from linkkit import opened

    return opened(monkeypatch)
