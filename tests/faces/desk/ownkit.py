"""Organisations that signed in, for the tests of their workspace. A plugin, loaded by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from moments import AT


@dataclass
class Own:
    """Two organisations with adverse entries, each with an account; `mine` has at least two."""

    mine: str
    other: str
    entries: list[Any]
    foreign: Any
    names: dict[str, str]

    def client(self, who: str = "mine", **options: Any) -> Any:
        """A browser of `mine` or `other`."""
        from django.test import Client

        from xinheng.accounts.models import Account

        browser = Client(**options)
        browser.force_login(
            Account.objects.get(name=self.names[who]), backend="django.contrib.auth.backends.ModelBackend"
        )
        return browser


@pytest.fixture
def own(desk: Any) -> Own:
    """The small city, two of its organisations signed in, their notices made."""
    from collections import Counter

    from django.utils import translation

    from xinheng.accounts import service as accounts
    from xinheng.evidence import service as evidence
    from xinheng.notices import service as notices
    from xinheng.publication import service as publication

    translation.activate("zh-hans")  # an English page of an earlier test leaves its language behind
    on = evidence.legal_day(AT)
    found = publication.statements(audience="public", on=on, item="admin-penalty", limit=500)
    by = Counter(one.uscc for one in found if one.show_until)
    mine, other = [code for code, _ in by.most_common(2)]
    names = {
        who: accounts.claim(
            told=accounts.Told(issuer="https://id.test", subject=who, code=code), listed=lambda _: True, at=AT
        )
        for who, code in (("mine", mine), ("other", other))
    }
    notices.collect(at=AT)
    evidence.drain(at=AT)
    return Own(
        mine, other, [one for one in found if one.uscc == mine and one.show_until],
        next(one for one in found if one.uscc == other), names,
    )  # fmt: skip
