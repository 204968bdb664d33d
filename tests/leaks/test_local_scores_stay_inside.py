"""A score, a grade and the name of a local model that is adopted and run are on none of the organisation's own pages, its
check-up least of all. Public faces and reports: `test_local_results_stay_inside.py`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from judgedkit import ADOPTED, ON
from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evaluation import service as evaluation
from xinheng.evaluation import telling
from xinheng.law import service as law
from xinheng.publication import service as publication

pytest_plugins = ("judgedkit",)
OWN = (
    "/desk/own/{code}/checkup/", "/en/desk/own/{code}/checkup/", "/desk/own/checkup/checkup-months.csv", "/desk/own/",
    "/desk/own/file/", "/desk/own/readings/", "/en/desk/own/readings/",
)  # fmt: skip


def _worst() -> evaluation.Result:
    """The organisation with entries to repair whose score is the least: a number no date or code holds by accident."""
    run = evaluation.latest(model=ADOPTED)
    assert run is not None
    entries = publication.statements(audience="public", on=ON, item="admin-penalty", limit=500)
    found = evaluation.results(run=run.id, usccs=sorted({one.uscc for one in entries}))
    return min(found.values(), key=lambda one: one.score)


def _read(browser: Any, address: str) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # Drawings hold numbers of their own: what a reader reads is the text
    return re.sub(r"<svg.*?</svg>|<head>.*?</head>|<[^>]+>", " ", body.decode("utf-8-sig"), flags=re.DOTALL)


def _told(result: evaluation.Result) -> list[str]:
    """Whatever of a local model must not be read: its names, its grades, this organisation's points and sums."""
    model = law.models(pack=law.active())[ADOPTED]
    words = [model.code, model.name, model.name_en, *(grade.name for grade in model.grades)]
    numbers = [telling.points(result.score), str(result.score)]
    return [one for one in (*words, *numbers) if len(one) > 1 and one != "general"]


@pytest.fixture
def scored(judged: Any) -> tuple[evaluation.Result, Any]:
    """That organisation, signed in."""
    from xinheng.accounts.models import Account

    result = _worst()
    name = accounts.claim(
        told=accounts.Told(issuer="https://id.test", subject="worst", code=result.uscc), listed=lambda _: True, at=AT
    )  # fmt: skip
    browser = Client()
    browser.force_login(Account.objects.get(name=name), backend="django.contrib.auth.backends.ModelBackend")
    return result, browser


def test_nothing_of_a_local_model_is_on_the_organisations_own_pages(scored: Any) -> None:
    result, browser = scored
    for address in OWN:
        text = _read(browser, address.format(code=result.uscc))
        for word in _told(result):
            assert word not in text, (address, word)
        assert not re.search(r"\d\s*分(?!钟)|得分|评分|信用分|\bscores?\b|\bpoints\b", text, re.IGNORECASE), (
            address
        )


def test_the_office_reads_what_the_organisation_does_not(scored: Any) -> None:
    """Else the test above would look for something nobody writes."""
    from xinheng.accounts.models import Account

    accounts.add(
        name="looks",
        role="office",
        body="",
        title="测试岗",
        password="correct-horse-battery",
        at=AT,
        actor="t",
    )
    office = Client()
    office.force_login(Account.objects.get(name="looks"), backend="django.contrib.auth.backends.ModelBackend")
    result, _ = scored
    text = _read(office, f"/desk/evaluation/one/{ADOPTED}/{result.uscc}/")
    assert telling.points(result.score) in text.replace("−", "-").replace(",", "")
