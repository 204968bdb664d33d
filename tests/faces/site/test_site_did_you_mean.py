"""您是不是要找: who may be meant is offered where nothing is spelled like that, and nobody who may not be found."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest_plugins = ("linktown", "sitekit")

HEADING = "您是不是要找"


@pytest.fixture
def visitor(town: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody who searches in the register of `town`."""
    from django.test import Client

    from xinheng.faces.site.limits import buckets

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    buckets.clear()
    return Client()


def page(visitor: Any, asked: str, **more: str) -> str:
    answer = visitor.get("/search/", {"q": asked, **more})
    assert answer.status_code == 200
    body: str = answer.content.decode()
    return body


def offered(body: str) -> list[str]:
    """Codes of the suggestions, in order."""
    part = re.search(r'<section class="did-you-mean".*?</section>', body, re.DOTALL)
    return re.findall(r'href="/org/([^/"]+)/"', part[0]) if part else []


def found(body: str) -> list[str]:
    """Codes of the results themselves."""
    rest = re.sub(r'<section class="did-you-mean".*?</section>', "", body, flags=re.DOTALL)
    return re.findall(r'<p class="name"><a href="/org/([^/"]+)/"', rest)


@pytest.mark.parametrize(
    ("asked", "whose"),
    [
        ("淮北市栖悟建材有限公司", "renamed"),
        ("淮北栖梧建材", "renamed"),
        ("栖梧建材有限责任公司", "renamed"),
        ("淮北市栖铜建材有限公司", "renamed"),
        ("澜袖食品", "food"),
        ("濉溪澜岫", "food"),
        ("砚溪酿酒有限公司", "company"),
        ("淮北三十七中学", "school"),
    ],
)
def test_a_mistyped_short_or_former_name_offers_its_organisation_first(
    visitor: Any, town: Any, asked: str, whose: str
) -> None:
    body = page(visitor, asked)
    assert found(body) == []
    assert offered(body)[:1] == [getattr(town, whose)]
    assert HEADING in body
    assert "没有查到这样的机构" not in body


def test_a_former_name_that_comes_near_is_shown_as_a_former_name(visitor: Any, town: Any) -> None:
    body = page(visitor, "淮北市栖铜建材有限公司")
    section = body[body.index(HEADING) :]
    assert "淮北市栖梧建材有限公司" in section
    assert re.search("曾用名</span>.*淮北市栖桐建材有限公司", section)


def test_a_short_name_is_found_like_any_name_and_says_whose_it_is(visitor: Any, town: Any) -> None:
    body = page(visitor, "砚溪酒业")
    assert found(body) == [town.company]
    assert "安徽砚溪酿酒股份有限公司" in body
    assert re.search("又称</span>.*<mark>砚溪酒业</mark>", body)
    assert offered(body) == []


def test_a_good_answer_needs_no_suggestion(visitor: Any, town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.faces.site import suggesting

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("asked although the search had answered")

    monkeypatch.setattr(suggesting.linkage, "suggestions", never)
    for asked in ("濉溪县澜岫食品有限公司", "澜岫", "淮北市", town.food, town.food[:8], "9134", "甲", ""):
        assert HEADING not in page(visitor, asked)
    assert HEADING not in page(visitor, "查无此家", kind="企业")


def test_beside_results_that_are_not_the_name_somebody_typed_others_are_offered(
    visitor: Any, town: Any
) -> None:
    from xinheng.faces.site import suggesting
    from xinheng.search import service as search

    hits = search.find(q="淮北市栖梧建材有限公司").hits
    assert not suggesting.wanted("淮北市栖梧建材有限公司", hits)
    assert suggesting.wanted("淮北市栖梧建材", hits)
    assert suggesting.suggested("淮北市栖梧建材", hits) == []
    assert not suggesting.wanted("栖梧建", hits)


def test_nobody_is_guessed_at_by_a_persons_name_and_a_hidden_name_leads_nowhere(
    visitor: Any, town: Any
) -> None:
    for asked in ("张建国", "张建固", "张建国店", "章建国商店", "濉溪县张建国", "张 建 国"):
        body = page(visitor, asked)
        assert town.masked not in [*offered(body), *found(body)], asked


def test_what_normalises_to_nothing_offers_nothing(visitor: Any, town: Any) -> None:
    for asked in ("（）", "··", "“ ”", "———", "，，，，，，，，"):
        assert offered(page(visitor, asked)) == []


def test_an_organisation_the_search_would_not_show_is_not_offered(
    visitor: Any, town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces.site import suggesting

    # As if the index of names had not yet followed: the register decides when the page is made
    stale = [
        ("91340600MA2N00000X", "淮北市旧名建材有限公司"),
        (town.masked, "张建国"),
        (town.food, "澜岫食品"),
    ]
    monkeypatch.setattr(suggesting.linkage, "suggestions", lambda text, limit=5: stale)
    assert offered(page(visitor, "查无此家建材")) == [town.food]


def test_at_most_five_are_offered_and_none_twice(visitor: Any, town: Any) -> None:
    codes = offered(page(visitor, "淮北市恒元商贸有限公司"))
    assert 1 <= len(codes) <= 5
    assert len(set(codes)) == len(codes)


def test_nothing_near_says_what_to_do_next(visitor: Any, town: Any) -> None:
    body = page(visitor, "乌有市查无此名")
    assert offered(body) == []
    assert "没有查到这样的机构" in body
    assert "统一社会信用代码查" in body


def test_suggestions_are_a_named_part_of_the_page_in_both_languages_without_script(
    visitor: Any, town: Any
) -> None:
    body = page(visitor, "淮北市栖悟建材有限公司")
    section = re.search(r'<section class="did-you-mean" aria-labelledby="([^"]+)">\s*<h2 id="([^"]+)">', body)
    assert section
    assert section[1] == section[2]
    english = visitor.get("/en/search/", {"q": "淮北市栖悟建材有限公司"}).content.decode()
    assert "Did you mean" in english
    assert town.renamed in english
    part = re.search(r'<section class="did-you-mean".*?</section>', english, re.DOTALL)
    assert part
    untagged = re.sub(r'<span lang="zh-Hans">.*?</span>', "", part[0])
    assert not re.search("[\u4e00-\u9fff]", untagged)


def test_suggestions_ask_the_database_only_so_often(
    visitor: Any, town: Any, at_most: Callable[[int], Any]
) -> None:
    page(visitor, "淮北市栖悟建材有限公司")
    with at_most(12):
        assert offered(page(visitor, "淮北市栖悟建材有限公司"))


def test_an_index_that_cannot_be_read_costs_the_suggestions_and_not_the_page(
    visitor: Any, town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces.site import suggesting

    def broken(*_: Any, **__: Any) -> Any:
        raise FileNotFoundError("names")

    monkeypatch.setattr(suggesting.linkage, "suggestions", broken)
    assert "没有查到这样的机构" in page(visitor, "淮北市栖悟建材有限公司")
