"""The organisation's pages and the board in a real browser: both languages, two sizes, axe, and no script."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

import pytest
from django.urls import reverse

from moments import AT

pytest_plugins = ("deskkit", "ownkit")
pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
PICTURES = os.environ.get("XINHENG_TEST_PICTURES", "")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@dataclass
class Workspace:
    """The workspace, served: an organisation with an objection under way, a repair that wants papers, a difference."""

    address: str
    browser: Any
    own: Any
    desk: Any
    pages: dict[str, str]

    def page(self, who: str, size: str, **options: Any) -> Any:
        """A page of the organisation (`mine`) or of a member of staff, signed in."""
        width, height = SIZES[size]
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        client = self.own.client() if who == "mine" else self.desk.client(who)
        context.add_cookies(
            [{"name": "xinheng", "value": client.cookies["xinheng"].value, "url": self.address}]
        )
        return context.new_page()


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


def _fill(own: Any) -> dict[str, str]:
    """Cases and differences for the pages, and the address of each page."""
    from xinheng.accounts import service as accounts
    from xinheng.cases import service as cases
    from xinheng.evidence import service as evidence
    from xinheng.notices import service as notices
    from xinheng.remedies import service as remedies
    from xinheng.sync import service as sync

    agent = cases.Actor(account="desk:o-test", role="organisation", body=own.mine)
    first, last = own.entries[0], own.entries[-1]
    objection = remedies.object(
        statement=first.id, field="CF_NR_FK", reason="罚款金额写错了", actor=agent, at=AT, channel="workspace",
        token="a", attachments=[cases.Upload("决定书.pdf", b"%PDF-1.7\n%%EOF\n")],
    ).case  # fmt: skip
    wanted = next(
        one for one in own.entries if one.earliest_repair and one.earliest_repair <= evidence.legal_day(AT)
    )
    office = cases.Actor(account="desk:office", role="office", body="")
    repair = remedies.apply_repair(
        statement=wanted.id, actor=office, at=AT, channel="counter", commitment=True, token="b"
    ).case
    authority = cases.Actor(account="desk:decide", role="authority", body=repair.body)
    cases.act(
        number=repair.number, act="request-supplement", actor=authority, at=AT, reason="缴款凭证\n整改报告",
        detail={"supplements": ["缴款凭证", "整改报告"]}, token="c",
    )  # fmt: skip
    sync.simulate(place="credit-china", at=AT)
    sync.sweep(at=AT)
    sync.report_unsynced(statement=last.id, place="gsxt", reason="还在显示", actor=agent, at=AT, token="d")
    accounts.read(
        actor="desk:clerk", at=AT, what="case", purpose="办理异议和修复", subject={"uscc": own.mine},
        role="authority", unit=first.authority,
    )  # fmt: skip
    evidence.drain(at=AT)
    notice = notices.inbox(uscc=own.mine, limit=1)[0].id
    return {
        **{f"own-{name}": reverse(f"desk-own-{name}", args=[own.mine])
           for name in ("start", "file-of", "cases-of", "inbox-of", "readings-of", "sync-of", "checkup-of")},
        **{f"own-{name}": reverse(f"desk-own-{name}", args=[first.id])
           for name in ("entry", "object", "repair", "unsynced")},
        "own-objection": reverse("desk-own-case", args=[objection.number]),
        "own-supplement": reverse("desk-own-case", args=[repair.number]),
        "own-notice": reverse("desk-own-notice", args=[notice]),
    }  # fmt: skip


@pytest.fixture
def workspace(own: Any, desk: Any, chromium: Any) -> Iterator[Workspace]:
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application

    pages = _fill(own)
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Workspace(f"http://127.0.0.1:{server.server_port}", chromium, own, desk, pages)
    for context in chromium.contexts:
        context.close()
    server.shutdown()
    server.server_close()
    thread.join(10)


def _one(workspace: Workspace) -> str:
    """One of the two organisations before the general model: one that is still active."""
    from xinheng.register import service as register

    codes = (workspace.own.mine, workspace.own.other)
    known = register.get(list(codes))
    uscc = next(code for code in codes if code in known and known[code].status == "存续")
    return reverse("desk-evaluation-one", args=["general", uscc])


def _problems(page: Any, name: str) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page).response
    assert len(answer["passes"]) > 10, f"{name}: axe looked at nothing"
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in answer["violations"]]


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(workspace: Workspace, size: str) -> None:
    problems, wide = {}, []
    for language in ("", "/en"):
        for who, pages in (
            ("mine", workspace.pages),
            (
                "office",
                {"sync": "/desk/sync/", "notices": "/desk/notices/", "evaluation-one": _one(workspace)},
            ),
        ):
            page = workspace.page(who, size, bypass_csp=True)
            for name, address in pages.items():
                page.goto(workspace.address + language + address)
                if found := _problems(page, name):
                    problems[name + language] = found
                if page.evaluate("document.documentElement.scrollWidth") > SIZES[size][0]:
                    wide.append(name + language)
                if PICTURES:
                    page.screenshot(
                        path=str(Path(PICTURES) / f"{name}{language.replace('/', '-')}-{size}.png"),
                        full_page=True,
                    )
    assert not problems and not wide, (problems, wide)


def test_english_pages_hold_no_untranslated_word(workspace: Workspace) -> None:
    left = {}
    for who, pages in (
        ("mine", workspace.pages),
        ("office", {"sync": "/desk/sync/", "notices": "/desk/notices/", "evaluation-one": _one(workspace)}),
    ):
        page = workspace.page(who, "wide")
        for name, address in pages.items():
            page.goto(f"{workspace.address}/en{address}")
            found = page.evaluate(
                """() => { const found = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walk.nextNode()) { const node = walk.currentNode;
                  if (/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest('[lang^=zh], option, script'))
                    found.push(node.data.trim()); }
                return found; }"""
            )
            if found:
                left[name] = found
    assert left == {}


def test_an_objection_is_made_without_any_script(workspace: Workspace) -> None:
    page = workspace.page("mine", "narrow", java_script_enabled=False)
    other = workspace.own.entries[1].id
    page.goto(f"{workspace.address}/desk/own/object/{other}/")
    page.fill("#reason", "处罚对象不是我们")
    page.set_input_files(
        "#file", files=[{"name": "证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}]
    )
    page.click("main form button[type=submit]")
    assert "/desk/own/cases/" in page.url
    assert "处罚对象不是我们" in page.content() and "证明.pdf" in page.content()


def test_what_was_asked_for_is_supplied_on_the_page_of_the_case(workspace: Workspace) -> None:
    page = workspace.page("mine", "narrow")
    page.goto(workspace.address + workspace.pages["own-start"])
    assert "补齐材料" in page.inner_text(".next.first")
    page.click(".next.first a")
    assert "整改报告" in page.inner_text(".do-box")
    page.fill("textarea[name=reason]", "附缴款凭证和整改报告")
    page.set_input_files(
        "input[name=file]",
        files=[{"name": "凭证.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}],
    )
    page.click(".own-step button.own")
    page.wait_for_url("**?done=1")
    assert "附缴款凭证和整改报告" in page.inner_text(".steps")
