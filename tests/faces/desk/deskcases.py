"""What the tests of cases on the desk share: accounts of a deciding authority, entries of its own, cases about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest

from moments import AT

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
ON = date(2026, 11, 20)
CORRECTED = "给予警告，并责令改正。"


@dataclass
class Town:
    """The small city with the accounts of one authority, its rival and an auditor."""

    desk: Any
    mine: str
    other: str

    def client(self, name: str) -> Any:
        return self.desk.client(name)

    def entries(self, body: str) -> list[Any]:
        """Penalties this body decided, newest first."""
        from xinheng.publication import service as publication

        return publication.statements(
            audience="authority", on=ON, item="admin-penalty", authority=body, limit=100
        )

    def objection(self, body: str = "", *, place: int = 0, forwarded: bool = True, **told: Any) -> str:
        """An objection to an entry of this body; its number."""
        from xinheng.cases import service as cases
        from xinheng.remedies import service as remedies

        entry = self.entries(body or self.mine)[place]
        actor = cases.Actor("org", "organisation", entry.uscc)
        given = {"reason": "处罚内容写漏了", "at": AT, "channel": "workspace"} | told
        done = remedies.object(statement=entry.id, actor=actor, **given)
        if forwarded:
            office = cases.Actor("desk:office", "office")
            cases.act(number=done.case.number, act="forward", actor=office, at=AT, reason="转请核查")
        return done.case.number

    def repair(self, *, accepted: bool = True, place: int = 0, **told: Any) -> str:
        """A repair that 信用中国 pushed, about an entry of the authority that may be repaired; its number."""
        from xinheng.cases import service as cases
        from xinheng.remedies import service as remedies

        asked = told.get("received_on", ON)
        ripe = [
            one for one in self.entries(self.mine)
            if one.earliest_repair and one.earliest_repair <= asked and one.show_until and one.show_until > ON
        ]  # fmt: skip
        given = {"outside": f"XYZG-{place}", "commitment": True, "reason": "义务已履行", "at": AT} | told
        # A case that lies there since an earlier day: the small city's ledger has no earlier day to take it in on
        with patch("xinheng.remedies.arriving.arrived", lambda _given, _at: asked):
            done = remedies.apply_repair(
                statement=ripe[place].id,
                actor=cases.Actor("exchange", "exchange"),
                channel="exchange",
                **given,
            )
        if accepted:
            actor = cases.Actor("desk:authority", "authority", self.mine)
            cases.act(number=done.case.number, act="accept", actor=actor, at=AT)
        return done.case.number

    def case(self, number: str) -> Any:
        from xinheng.cases import service as cases

        return cases.case(number=number, reader=cases.Reader("office"), on=ON)


@pytest.fixture
def casetown(desk: Any) -> Iterator[Town]:
    from xinheng.accounts import service as accounts

    for name, role, body in (
        ("authority", "authority", desk.mine),
        ("authority2", "authority", desk.mine),
        ("foreign", "authority", desk.other),
        ("auditor", "auditor", ""),
    ):
        accounts.add(
            name=name,
            role=role,
            body=body,
            title="测试岗",
            password="correct-horse-battery",
            at=AT,
            actor="test",
        )
    return Town(desk, desk.mine, desk.other)


def address(number: str, tail: str = "") -> str:
    """Where a case is."""
    return f"/desk/cases/{quote(number)}/{tail}"


def hidden(text: str) -> dict[str, Any]:
    """The hidden fields of the form that acts, as a browser would send them back."""
    form = next(part for part in re.findall(r"<form.*?</form>", text, re.S) if 'name="step"' in part)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def plain(text: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
