"""What the tests of the desk share: who signs in, and in which city. A plugin, loaded by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from moments import AT

PASSWORD = "correct-horse-battery"


@dataclass
class Desk:
    """Two units of the small city that deliver, and a visitor for each role."""

    mine: str
    other: str

    def client(self, name: str = "", **options: Any) -> Any:
        """A browser; signed in when a name is given (clerk, rival, reviewer, office, office2)."""
        from django.test import Client

        from xinheng.accounts.models import Account

        browser = Client(**options)
        if name:
            browser.force_login(
                Account.objects.get(name=name), backend="django.contrib.auth.backends.ModelBackend"
            )
        return browser


@pytest.fixture
def desk(city: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The small city on its own day with an account of each role; `rival` belongs to another unit than `clerk`."""
    from xinheng.accounts import service as accounts
    from xinheng.faces.site.limits import buckets
    from xinheng.intake import service as intake

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    buckets.clear()
    sources = sorted({batch.source for batch in intake.batches(item="admin-penalty", limit=500)})
    mine, other = sources[:2]
    for name, role, body in (
        ("clerk", "department", mine),
        ("rival", "department", other),
        ("reviewer", "reviewer", mine),
        ("office", "office", ""),
        ("office2", "office", ""),
    ):
        accounts.add(name=name, role=role, body=body, title="测试岗", password=PASSWORD, at=AT, actor="test")
    return Desk(mine, other)


@pytest.fixture
def signed_in(desk: Desk) -> Callable[[str], Any]:
    """`signed_in("clerk")` is a browser in which the clerk works."""
    return desk.client


@pytest.fixture
def few_queries() -> Callable[[int], Any]:
    """Fails when more queries run inside than allowed, and shows them."""
    from contextlib import contextmanager

    @contextmanager
    def counting(allowed: int) -> Any:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            yield
        told = "\n".join(query["sql"][:160] for query in captured.captured_queries)
        assert len(captured) <= allowed, f"{len(captured)} queries, {allowed} allowed:\n{told}"

    return counting
