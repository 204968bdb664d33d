"""The desk in a real browser: a file dropped, its progress, a row mended; both languages, two sizes, and no script."""

from __future__ import annotations

import base64
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

import pytest

pytest_plugins = ("deskkit",)
pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}


@dataclass
class Live:
    """The desk, served, and a browser in front of it."""

    address: str
    browser: Any
    desk: Any

    def page(self, name: str, size: str = "wide", **options: Any) -> Any:
        """A page on which this account signed in by the form."""
        from deskkit import PASSWORD

        width, height = SIZES[size]
        page = self.browser.new_context(viewport={"width": width, "height": height}, **options).new_page()
        page.goto(f"{self.address}/desk/sign-in/")
        page.fill("#username", name)
        page.fill("#password", PASSWORD)
        page.click(".sign-in button")
        assert page.url == f"{self.address}/desk/"
        return page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
        program = (
            os.environ.get("XINHENG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        )
        if not program:
            pytest.skip("no Chromium on this machine: apt-get install chromium")
        with playwright.sync_playwright() as started:
            found = started.chromium.launch(
                executable_path=program,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            yield found
            found.close()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def live(desk: Any, chromium: Any) -> Iterator[Live]:
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.server_port}", chromium, desk)
    for context in chromium.contexts:
        context.close()
    server.shutdown()
    server.server_close()
    thread.join(10)


def addresses(desk: Any) -> dict[str, str]:
    """Every kind of page of this room once."""
    from xinheng.intake import service as intake
    from xinheng.records import service as records

    batch = next(
        one
        for one in intake.batches(source=desk.mine, limit=50)
        if one.counts["rejected"] + one.counts["quarantined"]
    )
    waiting = records.undetermined(limit=1)[0].id
    return {
        "start": "/desk/",
        "sending": "/desk/intake/",
        "batches": "/desk/batches/",
        "receipt": f"/desk/batches/{batch.number}/",
        "nil": "/desk/nil-return/",
        "queue": "/desk/queue/",
        "class": f"/desk/queue/{waiting}/",
        "missing": "/desk/batches/20990101-00001/",
    }


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(live: Live, size: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = live.page("office", size, bypass_csp=True)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    problems = {}
    for name, address in addresses(live.desk).items():
        page.goto(live.address + language + address)
        answer = Axe().run(page).response
        assert len(answer["passes"]) > 10, f"{name}: axe looked at nothing"
        if answer["violations"]:
            problems[name] = [
                (one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in answer["violations"]
            ]
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name
    assert not problems, problems
    assert not [text for text in complaints if "404" not in text]


def test_english_pages_hold_no_untranslated_word(live: Live) -> None:
    page = live.page("office")
    for name, address in addresses(live.desk).items():
        page.goto(f"{live.address}/en{address}")
        left = page.evaluate(
            """() => { const found = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) { const node = walk.currentNode;
              if (/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest('[lang^=zh], option, script'))
                found.push(node.data.trim()); }
            return found; }"""
        )
        assert left == [], name


def dropped(page: Any, data: bytes, name: str = "dropped.csv") -> None:
    """Drops a file on the marked place, as from the desktop."""
    encoded = base64.b64encode(data).decode()
    transfer = page.evaluate_handle(
        """([encoded, name]) => { const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
        const all = new DataTransfer(); all.items.add(new File([bytes], name, { type: 'text/csv' })); return all; }""",
        [encoded, name],
    )
    page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": transfer})
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_dropped_file_shows_its_progress_and_a_row_is_mended(live: Live, size: str, language: str) -> None:
    from test_sending import as_csv, rows_of

    headers, rows = rows_of(live.desk, 4)
    rows[1]["CF_JDRQ"] = "2026-02-30"
    page = live.page("clerk", size)
    page.goto(f"{live.address}{language}/desk/intake/")
    page.select_option("#item", "admin-penalty")
    dropped(page, as_csv(headers, rows))
    assert page.evaluate("document.querySelector('#file').files[0].name") == "dropped.csv"
    page.click("main form button[type=submit]")
    page.wait_for_selector("#receipt-title", timeout=30_000)
    first = page.url
    field = page.locator("input[name$='-CF_JDRQ'][name^='c-']")
    assert field.input_value() == "2026-02-30"
    field.fill("2026-11-17")
    page.dblclick(".mend-acts button")
    page.wait_for_url(lambda url: url.split("?")[0] != first.split("?")[0])
    page.wait_for_selector("#receipt-title", timeout=30_000)
    assert page.locator(".mend-row").count() == 0


def test_the_progress_of_a_batch_moves_by_itself(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page asks how far the batch is, moves the bar, and becomes the receipt when it is done."""
    from xinheng.intake import service as intake

    batch = intake.batches(source=live.desk.mine, limit=1)[0]
    answers = iter([30, 60])
    page = live.page("clerk")
    page.route(
        "**/progress.json",
        lambda route: route.fulfill(
            json={
                "state": "open",
                "done": (share := next(answers, 60)) * 10,
                "estimate": 1000,
                "share": share,
            }
        ),
    )
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    class Progress:
        done, estimate = 100, 1000

    context = {"batch": batch, "progress": Progress, "share": 10, "place": None, "site_name": "信衡"}
    body = render_to_string("desk/batch_open.html", context, RequestFactory().get("/desk/"))
    page.route(
        f"**/desk/batches/{batch.number}/", lambda route: route.fulfill(body=body, content_type="text/html")
    )
    page.goto(f"{live.address}/desk/batches/{batch.number}/")
    assert page.locator("progress").get_attribute("value") == "10"
    page.wait_for_function("document.querySelector('progress').value === 60")
    assert page.locator("[data-done]").inner_text() == "600"


def test_a_clerk_works_without_any_script(live: Live, tmp_path: Any) -> None:
    from test_sending import as_csv, rows_of

    headers, rows = rows_of(live.desk, 3)
    rows[0]["CF_JDRQ"] = "2026-02-30"
    file = tmp_path / "plain.csv"
    file.write_bytes(as_csv(headers, rows, CF_WSH="本局编号"))
    page = live.page("clerk", java_script_enabled=False)
    page.click('.rail a[href="/desk/intake/"]')
    page.select_option("#item", "admin-penalty")
    page.set_input_files("#file", str(file))
    page.click("main form button[type=submit]")
    page.select_option("select[name^=column-]", "CF_WSH")
    page.click("main form button[type=submit]")
    for _ in range(20):
        if page.locator("#receipt-title").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.fill("input[name$='-CF_JDRQ'][name^='c-']", "2026-11-17")
    page.click(".mend-acts button")
    page.click('.rail a[href="/desk/nil-return/"]')
    assert page.locator("h1").inner_text() == "零报告"
    page.click(".who button")
    assert page.url.endswith("/desk/sign-in/")


def test_a_list_is_walked_with_j_and_k_and_opened_with_enter(live: Live) -> None:
    page = live.page("clerk")
    page.goto(f"{live.address}/desk/batches/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    here = page.locator("tr.here a").first
    wanted = here.get_attribute("href")
    assert wanted == page.locator("tbody tr a").nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")
    page.goto(f"{live.address}/desk/batches/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "statement"


def test_rows_of_a_list_are_dense(live: Live) -> None:
    page = live.page("office")
    page.goto(f"{live.address}/desk/batches/")
    heights = page.evaluate(
        "[...document.querySelectorAll('.dense tbody tr')].map((row) => row.offsetHeight)"
    )
    assert heights
    assert max(heights) <= 34
