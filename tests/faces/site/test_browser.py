"""The pages in a real browser: accessible, readable at 1280 and 390 pixels, whole without a script, kind to keyboards."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

import pytest

pytest_plugins = ("sitekit",)
pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}


@dataclass
class Live:
    """A running site and a browser in front of it."""

    address: str
    browser: Any

    def page(self, size: str = "wide", **options: Any) -> Any:
        width, height = SIZES[size]
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        return context.new_page()


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def browser(monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    # Playwright's loop runs in this thread, and Django takes any loop for a sign of asynchronous code
    monkeypatch_module.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = (
        os.environ.get("XINHENG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not program:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield found
        found.close()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def live(city: Any, browser: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """The small city served on a free port of this machine, on the city's own day."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.server_port}", browser)
    for context in browser.contexts:
        context.close()
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_axe_finds_nothing_on_any_page(live: Live, seen: Any, size: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = live.page(size, bypass_csp=True)
    problems = {}
    for name, address in seen.addresses().items():
        page.goto(live.address + language + address)
        answer = Axe().run(page).response
        assert len(answer["passes"]) > 10, f"{name}: axe looked at nothing"
        found = answer["violations"]
        if found:
            problems[name] = [
                (one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found
            ]
    assert not problems, problems


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_no_page_is_wider_than_its_screen_and_none_breaks_a_rule_of_the_policy(
    live: Live, seen: Any, size: str, language: str
) -> None:
    page = live.page(size)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for name, address in seen.addresses().items():
        page.goto(live.address + language + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name
    assert not [text for text in complaints if "404" not in text]


def test_the_main_way_works_without_any_script(live: Live, seen: Any) -> None:
    page = live.page("wide", java_script_enabled=False, accept_downloads=True)
    page.goto(live.address)
    page.fill("#q", seen.penalty.uscc)
    page.click("form.home-search button")
    page.click(f'a[href="/org/{seen.penalty.uscc}/"]')
    assert page.locator("h1").inner_text()
    page.click('nav.tabs a[href$="/penalties/"]')
    page.locator(f"#s{seen.penalty.id} details.proof summary").click()
    assert page.locator(f"#s{seen.penalty.id} details.proof").get_attribute("open") is not None
    page.click(f"#s{seen.penalty.id} h3 a")
    assert seen.penalty.values["CF_WSH"] in page.content()
    page.goto(f"{live.address}/org/{seen.penalty.uscc}/report/")
    with page.expect_download() as started:
        page.click("main form button")
    report = started.value.path()
    page.goto(f"{live.address}/verify/")
    page.set_input_files("#file", str(report))
    page.click("main form button")
    assert page.locator(".verdict h2").inner_text() == "报告有效"


def test_on_a_phone_the_sections_unfold_without_any_script(live: Live, seen: Any) -> None:
    page = live.page("narrow", java_script_enabled=False)
    page.goto(f"{live.address}/org/{seen.penalty.uscc}/")
    link = page.locator('header details.menu a[href="/lists/"]')
    assert not link.is_visible()
    page.locator("header details.menu summary").click()
    assert link.is_visible()
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 40, "too small for a finger"
    link.click()
    assert page.url.endswith("/lists/")


def test_on_a_phone_the_facets_unfold_and_on_a_wide_screen_they_stand_open(live: Live, seen: Any) -> None:
    for size, open_at_once in (("narrow", False), ("wide", True)):
        page = live.page(size, java_script_enabled=False)
        page.goto(f"{live.address}/search/?q=淮北")
        link = page.locator('.facets a[href*="state=ended"]')
        assert link.is_visible() is open_at_once
        if not open_at_once:
            page.locator(".facets summary").click()
        link.click()
        assert "state=ended" in page.url
        assert page.locator(".chips li").count() == 1


def test_a_list_is_narrowed_by_its_form_without_any_script(live: Live, seen: Any) -> None:
    page = live.page("narrow", java_script_enabled=False)
    page.goto(f"{live.address}/double-publicity/?item=admin-penalty")
    page.select_option("#c-month", f"{seen.penalty.decided_on:%Y-%m}")
    page.locator("form.choose button").click()
    assert "item=admin-penalty" in page.url
    assert f"month={seen.penalty.decided_on:%Y-%m}" in page.url
    assert page.locator(".gazette li").count() >= 1


def test_the_working_of_a_date_unfolds_beside_it(live: Live, seen: Any) -> None:
    page = live.page("narrow", java_script_enabled=False)
    page.goto(f"{live.address}/org/{seen.penalty.uscc}/penalties/")
    card = page.locator(f"#s{seen.penalty.id}")
    card.locator("details.working summary").click()
    assert card.locator(".working-steps tr.now").is_visible()


def test_the_keyboard_first_meets_the_skip_link_and_always_sees_where_it_is(live: Live, seen: Any) -> None:
    page = live.page("wide")
    page.goto(f"{live.address}/org/{seen.penalty.uscc}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(12):
        page.keyboard.press("Tab")
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", page.evaluate("document.activeElement.outerHTML")[:200]
        assert float(width.removesuffix("px")) >= 2


def test_a_copied_code_has_no_gaps(live: Live, seen: Any) -> None:
    page = live.page("wide")
    page.goto(f"{live.address}/org/{seen.penalty.uscc}/")
    copied = page.evaluate(
        "() => { const code = document.querySelector('h1 ~ .line .code'); const range = document.createRange();"
        " range.selectNodeContents(code); const now = getSelection(); now.removeAllRanges(); now.addRange(range);"
        " return now.toString(); }"
    )
    assert copied == seen.penalty.uscc


def test_at_twice_the_size_nothing_needs_scrolling_sideways(live: Live, seen: Any) -> None:
    page = live.page("wide")
    for address in ("/", f"/org/{seen.penalty.uscc}/", "/double-publicity/"):
        page.goto(live.address + address)
        # Zooming to 200 % is the same as half the window: nothing may need scrolling sideways
        page.set_viewport_size({"width": 640, "height": 450})
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address


def test_the_qr_code_leads_to_the_page_it_stands_on(live: Live, seen: Any) -> None:
    import segno

    address = f"{live.address}/org/{seen.penalty.uscc}/"
    page = live.page("wide")
    page.goto(address)
    drawn = page.locator(".qr svg path").last.get_attribute("d")
    expected = segno.make(address, error="m", micro=False).svg_inline(border=0, omitsize=True)
    assert drawn == re.search(r' d="([^"]+)"', expected).group(1)


def test_motion_is_not_forced_on_anyone(live: Live) -> None:
    page = live.page("wide", reduced_motion="reduce")
    page.goto(live.address)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
