"""The check inside another department's form, in a real browser: from another origin, under its own content policy."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler

import pytest

pytestmark = pytest.mark.browser
WORDS = 30_000  # milliseconds a page may take to say something


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@dataclass
class Department:
    """Another department's site on another port: one form, and its own server behind it."""

    platform: str
    address: str = ""
    own: bool = False
    posted: list[dict[str, list[str]]] = field(default_factory=list)
    asked: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)

    def page(self) -> bytes:
        more = (
            ' data-endpoint="/credit-check" data-csrf="[name=csrf]" data-case-number="#case"'
            if self.own
            else ""
        )
        return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>补助申请</title></head><body>
<form action="/apply" method="post"><input type="hidden" name="csrf" value="t0ken">
<label>统一社会信用代码 <input id="uscc" name="uscc"></label><label>案号 <input id="case" name="case" value="淮补2026-9"></label>
<div class="xinheng-check" data-code="#uscc" data-matter="honour-award"{more}>
  <a id="fallback" href="{self.platform}/search/">先查这家单位的公开信用信息</a></div>
<button id="send">提交</button></form>
<script src="{self.platform}/static/site/check-widget.js" defer></script></body></html>""".encode()


@pytest.fixture
def department(live_platform: str) -> Iterator[Department]:
    """Serves the form on a port of its own: to a browser that is another origin."""
    state = Department(live_platform)

    class Handler(BaseHTTPRequestHandler):
        def _send(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'none'; script-src {live_platform}; connect-src 'self' {live_platform}; form-action 'self'",
            )
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._send(state.page(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/credit-check":
                state.asked.append((json.loads(body), self.headers.get("X-CSRFToken", "")))
                self._send(json.dumps(state.answer).encode(), "application/json")
            else:
                state.posted.append(parse_qs(body))
                self._send(b"ok", "text/plain")

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.address = f"http://127.0.0.1:{server.server_address[1]}/"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def live_platform(listed_code: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The small city served on this machine."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application

    from xinheng.faces.site.limits import buckets

    buckets.clear()
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def listed_code(city: Any) -> str:
    """An organisation on a list."""
    from moments import AT
    from xinheng.evidence import service as evidence
    from xinheng.publication import service as publication

    [entry] = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="serious-list", limit=1
    )
    return entry.uscc


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
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


def opened(chromium: Any, address: str, sent: list[Any] | None = None, **options: Any) -> Any:
    page = chromium.new_context(**options).new_page()
    page.set_default_timeout(WORDS)
    if sent is not None:
        page.on("request", lambda one: sent.append(one))
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto(address)
    page.faults = faults
    return page


def test_a_form_of_another_origin_checks_public_facts_and_keeps_the_signed_answer(
    chromium: Any, department: Department, listed_code: str
) -> None:
    sent: list[Any] = []
    page = opened(chromium, department.address, sent)
    assert not page.locator("#fallback").is_visible()
    page.fill("#uscc", listed_code)
    page.click(".xinheng-check-button")
    page.wait_for_selector(".xinheng-check-until")
    told = page.inner_text(".xinheng-check-answer")
    assert "与本事项有关的记录" in told
    assert "应当" in told
    assert "措施只是提示" in told
    calls = [one for one in sent if "/api/v1/checks" in one.url]
    assert len(calls) == 1
    assert calls[0].method == "GET"
    headers = calls[0].all_headers()
    assert "cookie" not in headers
    assert "referer" not in headers
    page.click("#send")
    page.wait_for_url("**/apply")
    from xinheng.checks import service as checks
    from xinheng.evidence import service as evidence

    [form] = department.posted
    verified = checks.verify_answer(form["xinheng_check"][0], evidence.jwks())
    assert verified.ok
    assert verified.payload["uscc"] == listed_code
    assert page.faults == []


def test_another_code_voids_the_answer(chromium: Any, department: Department, listed_code: str) -> None:
    page = opened(chromium, department.address)
    page.fill("#uscc", listed_code)
    page.click(".xinheng-check-button")
    page.wait_for_selector(".xinheng-check-until")
    page.type("#uscc", "1")
    assert "请重新核查" in page.inner_text(".xinheng-check-answer")
    assert page.input_value("[name=xinheng_check]") == ""
    page.fill("#uscc", "")
    page.click(".xinheng-check-button")
    assert "请先填" in page.inner_text(".xinheng-check-answer")


def test_what_is_not_public_goes_through_the_departments_own_server(
    chromium: Any, department: Department, listed_code: str
) -> None:
    from xinheng.checks import service as checks
    from xinheng.faces.clock import now

    department.own = True
    answer = checks.check(uscc=listed_code, matter="honour-award", asker=checks.PUBLIC, at=now())
    department.answer = json.loads(answer.body()) | {"number": "HC000000011862"}
    sent: list[Any] = []
    page = opened(chromium, department.address, sent)
    page.fill("#uscc", listed_code)
    page.click(".xinheng-check-button")
    page.wait_for_selector(".xinheng-check-until")
    assert "核查编号 HC000000011862" in page.inner_text(".xinheng-check-answer")
    assert department.asked == [
        ({"code": listed_code, "matter": "honour-award", "case_number": "淮补2026-9"}, "t0ken")
    ]
    assert not [one for one in sent if "/api/v1/" in one.url]


def test_what_comes_back_is_text_and_never_runs(
    chromium: Any, department: Department, listed_code: str
) -> None:
    from xinheng.checks import service as checks
    from xinheng.faces.clock import now

    department.own = True
    answer = checks.check(uscc=listed_code, matter="honour-award", asker=checks.PUBLIC, at=now())
    department.answer = json.loads(answer.body()) | {"name": "<img src=x onerror=alert(1)>"}
    page = opened(chromium, department.address)
    page.fill("#uscc", listed_code)
    page.click(".xinheng-check-button")
    page.wait_for_selector(".xinheng-check-until")
    assert "<img" in page.inner_text(".xinheng-check-answer")
    assert page.locator(".xinheng-check img").count() == 0


def test_without_a_script_the_form_still_works_and_links_to_the_search(
    chromium: Any, department: Department
) -> None:
    page = opened(chromium, department.address, java_script_enabled=False)
    assert page.locator("#fallback").is_visible()
    assert page.get_attribute("#fallback", "href") == f"{department.platform}/search/"
    page.click("#send")
    page.wait_for_url("**/apply")
    assert "xinheng_check" not in department.posted[0]


@pytest.mark.parametrize("language", ["", "en/"])
def test_the_documented_page_shows_a_widget_that_works(
    chromium: Any, live_platform: str, listed_code: str, language: str
) -> None:
    page = opened(chromium, f"{live_platform}/{language}developers/widget/")
    assert "data-matter" in page.inner_text("main")
    page.fill("#try-uscc", listed_code)
    page.click(".xinheng-check-button")
    page.wait_for_selector(".xinheng-check-until")
    assert page.faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
