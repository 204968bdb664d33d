"""What the tests of the public site share: whom to look at in the small city, counting queries, reading HTML.

A plugin and not a conftest.py: tests import the one conftest by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest

from moments import AT

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


@dataclass
class Seen:
    """Statements and organisations of the city worth looking at."""

    penalty: Any
    licence: Any
    withheld: Any
    masked: Any
    listed: Any
    promise: Any
    result: Any
    mistyped: str

    def addresses(self) -> dict[str, str]:
        """Every kind of page once, without a language prefix."""
        code = self.penalty.uscc
        return {
            "home": "/",
            "results": "/search/?q=淮北",
            "nothing found": "/search/?q=查无此名",
            "did you mean": f"/search/?q={self.mistyped}",
            "no question": "/search/",
            "organisation": f"/org/{code}/",
            "licences": f"/org/{self.licence.uscc}/licences/",
            "penalties": f"/org/{code}/penalties/",
            "registration": f"/org/{code}/registration/",
            "on a list": f"/org/{self.listed.uscc}/lists/",
            "nothing on file": f"/org/{self.masked.code}/honours/",
            "masked name": f"/org/{self.masked.code}/",
            "look back": f"/org/{code}/?known_on=2026-11-19&valid_on=2026-11-18",
            "penalty": f"/statement/{self.penalty.id}/",
            "licence": f"/statement/{self.licence.id}/",
            "list entry": f"/statement/{self.listed.id}/",
            "commitment": f"/statement/{self.promise.id}/",
            "received results": f"/org/{self.result.uscc}/results/",
            "received result": f"/statement/{self.result.id}/",
            "indices": "/indices/",
            "published models": "/models/",
            "narrowed results": "/search/?q=淮北&kind=企业&state=active",
            "nothing within": "/search/?q=淮北&kind=基金会&state=ended",
            "double publicity": "/double-publicity/",
            "penalties of a month": f"/double-publicity/?item=admin-penalty&month={self.penalty.decided_on:%Y-%m}",
            "lists": "/lists/",
            "one list": f"/lists/{self.listed.item}/",
            "commitments": "/commitments/",
            "honours": "/honours/",
            "report": f"/org/{code}/report/",
            "verify": "/verify/",
            "law": f"/law/{self.penalty.rule}/",
            "about": "/about/",
            "log": "/log/",
            "objection": f"/guide/objection/?statement={self.penalty.id}",
            "repair": f"/guide/repair/?statement={self.penalty.id}",
            "objecting": f"/objection/{self.penalty.id}/",
            "objecting to a list": f"/objection/{self.listed.id}/",
            "objection sheet": f"/objection/{self.penalty.id}/sheet/",
            "repairing": f"/repair/{self.penalty.id}/",
            "repairing a list": f"/repair/{self.listed.id}/",
            "repair letter": f"/repair/{self.penalty.id}/letter/",
            "not found": "/nothing/here/",
        }


@pytest.fixture
def seen(city: Any) -> Seen:
    """Somebody of each kind, found through the doors. Everyone starts with full allowances."""
    from xinheng.evidence import service as evidence
    from xinheng.faces.site import limits
    from xinheng.publication import service as publication
    from xinheng.register import service as register

    limits.buckets.clear()
    on = evidence.legal_day(AT)
    public = publication.statements(audience="public", on=on, item="admin-penalty", limit=500)
    shown = {entry.id for entry in public}
    held = publication.statements(audience="self", on=on, item="admin-penalty", limit=500)
    codes = register.codes_after("", limit=10_000)
    everybody = register.get(codes).values()

    def first(*items: str) -> Any:
        return next(
            entry
            for item in items
            for entry in publication.statements(audience="public", on=on, item=item, limit=1)
        )

    return Seen(
        penalty=next(entry for entry in public if entry.show_until and entry.earliest_repair),
        licence=first("admin-licence"),
        withheld=next(entry for entry in held if entry.id not in shown),
        masked=next(one for one in everybody if one.shown_name != one.name),
        listed=first("serious-list", "judgment-defaulter", "abnormal-operation"),
        promise=first("commitment"),
        result=first("sector-result"),
        mistyped=next(one.name for one in everybody if one.name.endswith("有限公司"))[:-4] + "有线公司",
    )


@pytest.fixture
def at_most() -> Callable[[int], Any]:
    """Fails when more queries run inside than allowed, and shows them."""

    @contextmanager
    def counting(allowed: int) -> Iterator[None]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            yield
        told = "\n".join(query["sql"][:200] for query in captured.captured_queries)
        assert len(captured) <= allowed, f"{len(captured)} queries, {allowed} allowed:\n{told}"

    return counting


class Texts(HTMLParser):
    """Visible texts and spoken attributes of a page with the language each one is in.

    Not the title: it may hold a name and cannot say that this part of it is Chinese.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.languages = [""]
        self.open: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self.languages[-1]
        for name in ("placeholder", "title", "alt", "aria-label"):
            if given.get(name):
                self.found.append((language, str(given[name])))
        if tag not in VOID:
            self.open.append(tag)
            self.languages.append(language)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in self.open:
            return
        while self.open:
            closed = self.open.pop()
            self.languages.pop()
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"script", "style", "title"} & set(self.open):
            self.found.append((self.languages[-1], data.strip()))
