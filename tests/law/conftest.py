"""The shipped packs, as an office that adopted everything sees them and as one that adopted nothing."""

from __future__ import annotations

import pytest

from xinheng.law import service as law


@pytest.fixture(scope="session")
def strict() -> law.Pack:
    """Huaibei with nothing adopted."""
    return law.load("huaibei")


@pytest.fixture(scope="session")
def pack(strict: law.Pack) -> law.Pack:
    """Huaibei with every unverified value adopted, as in a sandbox."""
    return strict.with_adopted(frozenset(one.id for one in law.adoptable(pack=strict)))


@pytest.fixture(scope="session")
def penalty(pack: law.Pack) -> law.Item:
    return pack.items["admin-penalty"]
