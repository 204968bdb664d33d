"""The plan page: counted indicators, old words beside today's, what is in force; for those who oversee."""

from __future__ import annotations

from typing import Any

import pytest

pytest_plugins = ("deskkit",)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_plan_page_shows_indicators_tasks_and_words(desk: Any, prefix: str) -> None:
    answer = desk.client("office").get(f"{prefix}/desk/plan/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "黑名单" in text and "严重失信主体名单" in text, "the old word stands beside today's"
    assert ("已到期" if not prefix else "Ended") in text


def test_the_indicators_come_as_a_table_too(desk: Any) -> None:
    answer = desk.client("office").get("/desk/plan/indicators.csv")
    assert answer.status_code == 200
    assert answer.content.decode("utf-8-sig").count("\n") > 5


def test_nobody_who_did_not_sign_in_sees_it(desk: Any) -> None:
    from django.test import Client

    assert Client().get("/desk/plan/").status_code == 302
