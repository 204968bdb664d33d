"""Receivers of webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def receiver_maker() -> Iterator[Callable[[], Any]]:
    """Makes webhook receivers on this machine."""
    from hookkit import receivers

    yield from receivers()


@pytest.fixture
def receiver(receiver_maker: Callable[[], Any]) -> Any:
    """One that takes what it is sent."""
    return receiver_maker()
