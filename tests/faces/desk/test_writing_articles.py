"""The desk's pages for articles: written by one, approved by another, previewed with and without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moments import AT
from xinheng.articles import service as articles
from xinheng.evidence import service as evidence

pytest_plugins = ("deskkit",)
TODAY = evidence.legal_day(AT)
FORM = {
    "kind": "notice",
    "title": "停机通知",
    "summary": "周六停机",
    "body": "本周六 **20 时**停机。\r\n\r\n- 两小时",
    "act": "save",
}


def write(browser: Any, **changes: str) -> str:
    answer = browser.post("/desk/articles/new/", FORM | changes)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer.headers["Location"]).rstrip("/").rsplit("/", 1)[1]


def test_from_the_first_word_to_the_public_page_by_two_people(
    signed_in: Callable[[str], Any], client: Any
) -> None:
    office, office2 = signed_in("office"), signed_in("office2")
    number = write(office)
    assert "停机通知" in office.get("/desk/articles/").content.decode()
    office.post(f"/desk/articles/{number}/act/", {"act": "submit"})
    own = office.get(f"/desk/articles/{number}/").content.decode()
    assert "等另一位同事" in own
    assert 'value="approve"' not in own
    refused = office.post(f"/desk/articles/{number}/act/", {"act": "approve", "show_from": TODAY.isoformat()})
    assert refused.status_code == 403
    assert client.get(f"/articles/{number}/").status_code == 404
    other = office2.get(f"/desk/articles/{number}/").content.decode()
    assert "任何人都能看到" in other, "the effect is told before it is done"
    assert 'value="approve"' in other
    done = office2.post(f"/desk/articles/{number}/act/", {"act": "approve", "show_from": TODAY.isoformat()})
    assert done.status_code == 302
    assert "<strong>20 时</strong>" in client.get(f"/articles/{number}/").content.decode()
    office.post(f"/desk/articles/{number}/act/", {"act": "withdraw", "reason": "改期"})
    assert client.get(f"/articles/{number}/").status_code == 404
    assert "改期" in office.get(f"/desk/articles/{number}/").content.decode()


@pytest.mark.parametrize("who", ["clerk", "reviewer"])
@pytest.mark.parametrize("address", ["/desk/articles/", "/desk/articles/new/"])
def test_only_the_office_writes(signed_in: Callable[[str], Any], who: str, address: str) -> None:
    assert signed_in(who).get(address).status_code == 403
    assert signed_in(who).post("/desk/articles/2026-0001/act/", {"act": "approve"}).status_code == 403


def test_nobody_gets_in_without_signing_in(signed_in: Callable[[str], Any]) -> None:
    answer = signed_in("").get("/desk/articles/")
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


def test_a_preview_writes_nothing_and_names_what_stands_in_the_way(signed_in: Callable[[str], Any]) -> None:
    office = signed_in("office")
    size = evidence.size()
    body = "正文 <script>alert(1)</script>\n联系人 13800138000"
    for address, name in (("/desk/articles/new/", "页"), ("/desk/articles/preview/", "片段")):
        page = office.post(address, FORM | {"body": body, "act": "preview"}).content.decode()
        assert "提交前要改" in page, name
        assert "电话号码" in page
        assert "<script>alert" not in page
    assert evidence.size() == size
    assert articles.works() == []


def test_a_refused_text_comes_back_as_it_was_written(signed_in: Callable[[str], Any]) -> None:
    page = signed_in("office").post("/desk/articles/new/", FORM | {"body": "<b>粗</b> 我写的字"})
    assert page.status_code == 400
    text = page.content.decode()
    assert "没有保存" in text
    assert "我写的字" in text


def test_lines_end_as_they_were_meant_and_saving_again_is_no_new_version(
    signed_in: Callable[[str], Any],
) -> None:
    office = signed_in("office")
    number = write(office)
    assert "\r" not in articles.versions(number=number)[0].text.body
    office.post(f"/desk/articles/{number}/edit/", FORM)
    assert len(articles.versions(number=number)) == 1


def test_the_page_shows_what_changed_since_the_version_that_is_public(
    signed_in: Callable[[str], Any],
) -> None:
    office, office2 = signed_in("office"), signed_in("office2")
    number = write(office)
    office.post(f"/desk/articles/{number}/act/", {"act": "submit"})
    office2.post(f"/desk/articles/{number}/act/", {"act": "approve"})
    office.post(f"/desk/articles/{number}/edit/", FORM | {"body": "改到周日。"})
    page = office.get(f"/desk/articles/{number}/").content.decode()
    assert "第 1 稿到第 2 稿改了什么" in page
    assert "改到周日。" in page.split('class="diff"', 1)[1]
    office.post(f"/desk/articles/{number}/act/", {"act": "submit"})
    assert "替换正在公布的第 1 稿" in office2.get(f"/desk/articles/{number}/").content.decode()


def test_an_article_nobody_wrote_is_not_found(signed_in: Callable[[str], Any]) -> None:
    assert signed_in("office").get("/desk/articles/2026-9999/").status_code == 404


def test_every_act_is_in_the_ledger_with_who_did_it(signed_in: Callable[[str], Any]) -> None:
    office, office2 = signed_in("office"), signed_in("office2")
    number = write(office)
    office.post(f"/desk/articles/{number}/act/", {"act": "submit"})
    office2.post(f"/desk/articles/{number}/act/", {"act": "send_back", "reason": "再写清楚些"})
    told = [
        (entry.kind, entry.body["actor"]) for entry in evidence.events() if entry.kind.startswith("articles.")
    ]
    assert told == [
        ("articles.written", "desk:office"), ("articles.submitted", "desk:office"), ("articles.sent-back", "desk:office2"),
    ]  # fmt: skip
    assert evidence.verify().ok
