"""One writes, another approves; what is withdrawn is gone at once; nothing that was written is ever changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from moments import AT
from xinheng.articles import service as articles
from xinheng.articles.policy_steps import ACTS, State, after
from xinheng.evidence import service as evidence

TODAY = evidence.legal_day(AT)
ANN, BEN = "desk:office", "desk:office2"
TEXT = articles.Text("停机通知", "本周六 **20 时**停机两小时。")


def published(text: articles.Text = TEXT, kind: str = "notice", at: Any = AT) -> str:
    number = articles.write(kind=kind, text=text, at=at, actor=ANN)
    articles.submit(number=number, at=at, actor=ANN)
    articles.approve(number=number, show_from=evidence.legal_day(at), at=at, actor=BEN)
    return number


# -- the way ---------------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["a", "b", "c"])), max_size=30))
def test_whatever_people_try_what_is_shown_was_approved_by_somebody_who_neither_wrote_nor_submitted_it(
    tries: list[tuple[str, str]],
) -> None:
    state = State()
    authors: dict[int, str] = {}
    submitters: dict[int, str] = {}
    approved: set[int] = set()
    for act, actor in tries:
        try:
            following = after(state, act, actor=actor)
        except (articles.WrongStep, articles.FourEyes):
            assert act not in articles.allowed(state, actor=actor)
            continue
        assert act in articles.allowed(state, actor=actor)
        if act == "write":
            authors[following.latest] = actor
            assert following.latest == state.latest + 1
            assert following.shown == state.shown, "writing changes nothing the public sees"
        elif act == "submit":
            submitters[following.latest] = actor
        elif act == "approve":
            assert actor not in (authors[state.latest], submitters[state.latest])
            approved.add(state.latest)
        elif act == "withdraw":
            assert following.shown == 0
        state = following
        assert state.shown == 0 or state.shown in approved
        assert state.latest == len(authors)


def test_nobody_approves_what_he_wrote_or_submitted(empty_home: Any) -> None:
    number = articles.write(kind="notice", text=TEXT, at=AT, actor=ANN)
    with pytest.raises(articles.WrongStep):
        articles.approve(number=number, show_from=TODAY, at=AT, actor=BEN)
    articles.submit(number=number, at=AT, actor=BEN)
    for actor in (ANN, BEN):
        with pytest.raises(articles.FourEyes):
            articles.approve(number=number, show_from=TODAY, at=AT, actor=actor)
    assert articles.published(on=TODAY) == []
    articles.approve(number=number, show_from=TODAY, at=AT, actor="desk:third")
    assert [one.number for one in articles.published(on=TODAY)] == [number]


def test_a_draft_and_what_waits_are_seen_by_nobody_outside(empty_home: Any) -> None:
    number = articles.write(kind="notice", text=TEXT, at=AT, actor=ANN)
    assert articles.article(number=number, on=TODAY) is None
    articles.submit(number=number, at=AT, actor=ANN)
    assert articles.article(number=number, on=TODAY) is None
    articles.send_back(number=number, reason="改一改", at=AT, actor=BEN)
    assert articles.work(number=number).state.step == "draft"


def test_an_article_appears_on_its_day_and_not_before(empty_home: Any) -> None:
    number = articles.write(kind="policy", text=TEXT, at=AT, actor=ANN)
    articles.submit(number=number, at=AT, actor=ANN)
    day = TODAY + timedelta(days=3)
    with pytest.raises(articles.BadArticle):
        articles.approve(number=number, show_from=TODAY - timedelta(days=1), at=AT, actor=BEN)
    articles.approve(number=number, show_from=day, at=AT, actor=BEN)
    assert articles.article(number=number, on=day - timedelta(days=1)) is None
    assert articles.article(number=number, on=day) is not None


def test_a_new_version_takes_the_place_of_the_shown_one_only_when_approved(empty_home: Any) -> None:
    number = published()
    later = AT + timedelta(days=2)
    changed = articles.Text("停机通知", "改到周日。")
    articles.write(kind="notice", text=changed, number=number, at=later, actor=ANN)
    on = evidence.legal_day(later)
    shown = articles.article(number=number, on=on)
    assert shown is not None
    assert "周六" in shown.body
    articles.submit(number=number, at=later, actor=ANN)
    with pytest.raises(articles.BadArticle):
        articles.approve(number=number, show_from=on + timedelta(days=1), at=later, actor=BEN)
    articles.approve(number=number, show_from=on, at=later, actor=BEN)
    shown = articles.article(number=number, on=on)
    assert shown is not None
    assert (shown.body, shown.shown_from, shown.revised_on) == ("改到周日。", TODAY, on)
    assert [version.ordinal for version in articles.versions(number=number)] == [2, 1]


def test_withdrawing_takes_it_down_at_once_and_keeps_the_versions(empty_home: Any) -> None:
    number = published()
    with pytest.raises(articles.BadArticle):
        articles.withdraw(number=number, reason=" ", at=AT, actor=ANN)
    articles.withdraw(number=number, reason="日期写错", at=AT, actor=ANN)
    assert articles.article(number=number, on=TODAY) is None
    assert articles.published(on=TODAY) == []
    assert articles.versions(number=number)[0].text == TEXT
    assert [step.kind for step in articles.history(number=number)] == [
        "withdrawn", "approved", "submitted", "written",
    ]  # fmt: skip


def test_saving_the_same_text_again_is_no_new_version(empty_home: Any) -> None:
    number = articles.write(kind="notice", text=TEXT, at=AT, actor=ANN)
    size = evidence.size()
    assert articles.write(kind="notice", text=TEXT, number=number, at=AT, actor=ANN) == number
    assert evidence.size() == size


def test_pages_of_articles_meet_without_gap_or_repeat(empty_home: Any) -> None:
    numbers = [published(articles.Text(f"通知{n}", "正文")) for n in range(5)]
    numbers.append(published(articles.Text("后来的", "正文"), at=AT + timedelta(days=1)))
    on, found, key = TODAY + timedelta(days=1), [], None
    while page := articles.published(on=on, limit=2, after=key):
        found += [one.number for one in page]
        key = page[-1].key
    assert found == sorted(numbers, reverse=True)
    assert [one.number for one in articles.published(on=on, kind="case")] == []
    assert articles.published(on=on, after="nonsense", limit=1)[0].number == numbers[-1]


# -- what may be written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>", "文字 <b>粗</b>", "<!-- x -->", "[x](javascript:alert(1))", "[x](//evil.example)",
        "[x](data:text/html,x)", "![x](https://evil.example/x.png)", "![x](/static/../trust.json)", "<mailto:a@example.org>",
        "[x][y]\n\n[y]: vbscript:x", "- <img src=x onerror=y>",
    ],
)  # fmt: skip
def test_markup_that_could_do_harm_is_refused_when_it_is_written(empty_home: Any, body: str) -> None:
    assert articles.problems(body)
    with pytest.raises(articles.BadArticle):
        articles.write(kind="notice", text=articles.Text("标题", body), at=AT, actor=ANN)


@pytest.mark.parametrize(
    "body",
    [
        "`<b>` 写在代码里",
        "[信用中国](https://www.creditchina.gov.cn/)",
        "[目录](/catalogue/)",
        "3 < 5 & 7 > 6",
    ],
)
def test_harmless_writing_is_taken_as_it_is(body: str) -> None:
    assert articles.problems(body) == []


@settings(max_examples=300)
@given(st.text(alphabet="<>[]()!\"'`*_#|\\/:&;=- \n\tabcdefhijonrsptvlmgu0文1.", max_size=120))
def test_no_text_renders_to_anything_that_runs_or_leads_elsewhere(text: str) -> None:
    import re

    html = articles.render(text).lower()
    for tag in re.findall(r"<\s*/?\s*([a-z0-9]+)", html):
        assert tag in {
            "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em", "s", "code",
            "pre", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
        }  # fmt: skip
    for attributes in re.findall(r"<[a-z0-9]+((?:\s[^<>]*)?)>", html):
        assert not re.search(r"\s(on[a-z]+|style)\s*=", re.sub(r'"[^"]*"', '""', attributes))
    for address in re.findall(r'(?:href|src)="([^"]*)"', html):
        assert not re.match(r"\s*(javascript|data|vbscript|//)", address)


def test_headings_of_an_article_follow_the_title_without_a_gap() -> None:
    html = articles.render("### 一\n\n##### 二\n\n### 三")
    assert html.count("<h2>") == 2
    assert html.count("<h3>") == 1


@pytest.mark.parametrize("part", ["title", "summary", "body"])
def test_numbers_of_persons_keep_a_text_from_being_submitted(empty_home: Any, part: str) -> None:
    cells = {"title": "通知", "body": "第一行", "summary": ""}
    cells[part] += "\n联系人手机 138 0013 8000" if part == "body" else "手机13800138000"
    text = articles.Text(**cells)
    number = articles.write(kind="notice", text=text, at=AT, actor=ANN)
    with pytest.raises(articles.PersonalDataInside) as refused:
        articles.submit(number=number, at=AT, actor=ANN)
    assert "电话号码" in refused.value.message
    assert "8000" not in refused.value.message, "the number itself is not repeated"
    assert [(c.part, c.line) for c in articles.concerns(text)] == [(part, 2 if part == "body" else 1)]
    assert articles.work(number=number).state.step == "draft"


def test_an_english_text_comes_whole_or_not_at_all(empty_home: Any) -> None:
    with pytest.raises(articles.BadArticle):
        articles.write(kind="notice", text=articles.Text("题", "文", title_en="Title"), at=AT, actor=ANN)


# -- the ledger ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "articles_revision SET body = 'other'", "articles_revision SET author = 'desk:x'", "articles_revision SET ordinal = 7",
        "articles_article SET shown = 0", "articles_article SET shown_from = '2020-01-01'", "articles_article SET author = 'x'",
        "articles_article SET kind = 'case'",
    ],
)  # fmt: skip
def test_a_changed_value_is_found(empty_home: Any, change: str) -> None:
    published()
    assert evidence.verify().ok
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {change}")
    assert not evidence.verify().ok


def test_a_lost_or_invented_row_is_found(empty_home: Any) -> None:
    published()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_revision")
    assert {finding.code for finding in evidence.verify().findings} == {"revision-missing"}


def test_the_demo_articles_are_sound_and_made_once(empty_home: Any) -> None:
    numbers = articles.demo_articles(at=AT)
    assert articles.demo_articles(at=AT + timedelta(hours=1)) == numbers
    shown = articles.published(on=TODAY)
    assert len(shown) == len(numbers) >= 3
    assert {one.kind for one in shown} == {"policy", "notice", "case"}
    assert evidence.verify().ok


def test_differences_rebuild_both_texts() -> None:
    old, new = "一\n二\n三", "一\n二点五\n三\n四"
    lines = articles.differences(old, new)
    assert "\n".join(line.text for line in lines if line.sign != "+") == old
    assert "\n".join(line.text for line in lines if line.sign != "-") == new
