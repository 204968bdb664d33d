"""The pages about the whole in a real browser: charts that obey the policy, tables without a script, nothing for axe."""

from __future__ import annotations

from typing import Any

import pytest
from test_browser import SIZES, Live, browser, live, monkeypatch_module  # noqa: F401

from moments import AT
from xinheng.articles import service as articles
from xinheng.statistics import service as statistics

pytestmark = pytest.mark.browser
PAGES = (
    "/statistics/", "/remedies/", "/map/", "/catalogue/", "/catalogue/admin-penalty/", "/catalogue/matters/", "/articles/",
    "/articles/2026-0001/", "/open-data/", "/open-data/api/", "/sources/",
)  # fmt: skip


@pytest.fixture
def whole(live: Live) -> Live:  # noqa: F811
    """The site after the runner has counted and the office has written."""
    statistics.refresh(at=AT)
    articles.demo_articles(at=AT)
    return live


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_axe_finds_nothing_and_no_page_is_too_wide_or_breaks_the_policy(
    whole: Live, size: str, language: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = whole.page(size)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    problems: dict[str, Any] = {}
    for address in PAGES:
        page.goto(whole.address + language + address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], address
        assert complaints == [], address
        found = Axe().run(page).response["violations"]
        complaints.clear()
        if found:
            problems[address] = [
                (one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found
            ]
    assert not problems, problems


def test_the_charts_are_drawn_from_the_tables_and_the_tables_fold(whole: Live) -> None:
    page = whole.page("wide", reduced_motion="reduce")
    page.goto(f"{whole.address}/statistics/")
    page.wait_for_selector("html.charts-drawn")
    tables = page.locator(".sheet-table").count()
    assert page.locator(".chart:not([hidden])").count() == tables > 5
    panels = page.locator(".panel-box svg")
    columns = page.evaluate("document.querySelectorAll('.sheet-table thead th.num').length")
    assert panels.count() == columns
    first = page.locator("#n-organisations-by-kind tbody tr").first
    biggest = first.locator("td").first.get_attribute("data-value")
    drawn = page.locator("#organisations-by-kind .panel-box svg text").all_text_contents()
    assert biggest in drawn
    assert not first.is_visible()
    page.locator("#organisations-by-kind summary").click()
    assert first.is_visible()


def test_large_numbers_are_written_with_wan_in_chinese_and_k_in_english(whole: Live) -> None:
    for language, expected in (("", ["1.2万", "3.5亿"]), ("/en", ["12.3k", "346m"])):
        page = whole.page("wide", reduced_motion="reduce")
        page.goto(f"{whole.address}{language}/statistics/")
        page.wait_for_selector("html.charts-drawn")
        page.evaluate(
            "() => { const cells = document.querySelectorAll('#n-organisations-by-kind tbody td:nth-child(2)');"
            " cells[0].dataset.value = 345678901; cells[1].dataset.value = 12345;"
            " document.querySelectorAll('.panel').forEach(p => p.remove());"
            " const again = document.createElement('script'); again.src = '/static/site/charts.js';"
            " document.head.append(again); }"
        )
        page.wait_for_selector("#organisations-by-kind .panel-box svg")
        drawn = page.locator("#organisations-by-kind .panel-box svg text").all_text_contents()
        for text in expected:
            assert text in drawn, (language, drawn)


def test_without_a_script_the_tables_stand_open_with_bars(whole: Live) -> None:
    page = whole.page("narrow", java_script_enabled=False)
    page.goto(f"{whole.address}/statistics/")
    assert page.locator("#n-by-month tbody tr").last.is_visible()
    assert page.locator("#n-by-department .inline-bar").first.is_visible()
    assert not page.locator(".chart").first.is_visible()
    page.goto(f"{whole.address}/map/?metric=licences")
    assert page.locator("svg .county-name").count() >= 3


def test_a_chart_page_loads_nothing_from_elsewhere_and_other_pages_no_chart_library(whole: Live) -> None:
    page = whole.page("wide")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{whole.address}/statistics/")
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(whole.address) for url in asked)
    assert any("echarts" in url for url in asked)
    asked.clear()
    for address in ("/", "/map/", "/catalogue/"):
        page.goto(whole.address + address)
    assert not any("echarts" in url for url in asked)
