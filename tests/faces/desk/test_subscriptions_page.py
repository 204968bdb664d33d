"""The desk's page of subscriptions: what stopped and why, for those who oversee; hosts and numbers, no addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.subscriptions import service as subscriptions

pytest_plugins = ("deskkit",)
PAGE = "/desk/subscriptions/"


def subscribed(desk: Any, count: int = 1) -> list[publication.Entry]:
    """Subscriptions of two clients to an address nobody answers at."""
    found = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=5
    )
    for place in range(count):
        if place % 20 == 0:
            made = accounts.add_client(
                body=desk.mine, scopes=("subscribe",), title=f"审批系统{place}", at=AT, actor="t"
            )
            client = next(one for one in accounts.clients() if one.id == made.id)
        subscriptions.subscribe(
            client=client, url="http://127.0.0.1:9999/hooks/secret-of-the-receiver", kinds=("answer.changed",),
            usccs=[one.uscc for one in found], matter="honour-award", actor="t", at=AT,
        )  # fmt: skip
    return found


def test_a_stopped_subscription_says_why_and_shows_neither_address_nor_organisations(desk: Any) -> None:
    found, at = subscribed(desk), AT
    for _ in range(7):
        subscriptions.deliver(at=at)
        at += timedelta(days=1)
    text = desk.client("office").get(PAGE).content.decode()
    assert "审批系统0" in text and "已停送" in text and "连不上接收方" in text and "127.0.0.1" in text
    assert "不再试，订阅已停送" in text
    assert "secret-of-the-receiver" not in text
    assert not [one.uscc for one in found if one.uscc in text]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_an_empty_page_of_subscriptions_teaches(prefix: str, desk: Any) -> None:
    text = desk.client("office").get(prefix + PAGE).content.decode()
    assert ("还没有订阅" if not prefix else "No subscriptions yet") in text


def test_the_english_page_has_no_chinese_of_ours(desk: Any) -> None:
    subscribed(desk)
    subscriptions.deliver(at=AT)
    text = desk.client("office").get("/en" + PAGE).content.decode().split("<main")[1].split("</main")[0]
    from html.parser import HTMLParser

    class Words(HTMLParser):
        zh, ours = 0, ""

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if self.zh or dict(attrs).get("lang", "").startswith("zh"):
                self.zh += tag not in ("br", "img", "input")

        def handle_endtag(self, tag: str) -> None:
            self.zh = max(0, self.zh - 1)

        def handle_data(self, data: str) -> None:
            if not self.zh:
                self.ours += data

    words = Words()
    words.feed(text)
    assert not [sign for sign in words.ours if "\u4e00" <= sign <= "\u9fff"]


@pytest.mark.parametrize(("name", "status"), [("clerk", 403), ("reviewer", 403), ("", 302), ("office", 200)])
def test_only_the_office_sees_subscriptions(name: str, status: int, desk: Any) -> None:
    assert desk.client(name).get(PAGE).status_code == status


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1"])
def test_any_address_of_the_subscriptions_page_is_answered(after: str, desk: Any) -> None:
    subscribed(desk)
    assert desk.client("office").get(f"{PAGE}?after={after}").status_code == 200


def test_the_subscriptions_page_asks_no_more_of_the_database_for_many(desk: Any, few_queries: Any) -> None:
    subscribed(desk, 60)
    browser = desk.client("office")
    with few_queries(28):
        assert "更多" in browser.get(PAGE).content.decode()
