"""Judging names in a real browser: by keyboard, without a script, on a phone, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytest_plugins = ("deskkit", "test_desk_in_a_browser")
pytestmark = pytest.mark.browser


def addresses() -> dict[str, str]:
    from moments import AT
    from xinheng.linkage import service as linkage

    rows = linkage.pending(limit=9)
    linkage.judge_none(pending=rows[-1].id, why="查过了", actor="desk:office", at=AT)
    return {
        "queue": "/desk/names/",
        "name": f"/desk/names/{rows[0].id}/",
        "judged": f"/desk/names/{rows[-1].id}/",
        "links": "/desk/names/links/",
        "link": f"/desk/names/links/{linkage.links(limit=1)[0].id}/",
        "decisions": "/desk/names/decisions/",
        "empty": "/desk/names/?state=same",
    }


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_axe_finds_nothing_on_the_pages_of_names(live: Any, size: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from test_desk_in_a_browser import SIZES

    page = live.page("office", size, bypass_csp=True)
    problems = {}
    for name, address in addresses().items():
        page.goto(live.address + language + address)
        answer = Axe().run(page).response
        assert len(answer["passes"]) > 10, name
        if answer["violations"]:
            problems[name] = [
                (one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in answer["violations"]
            ]
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name
        if language:
            left = page.evaluate(
                """() => { const found = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walk.nextNode()) { const node = walk.currentNode;
                  if (/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest('[lang^=zh], option, script'))
                    found.push(node.data.trim()); }
                return found; }"""
            )
            assert left == [], name
    assert not problems, problems


def test_a_name_is_judged_by_keyboard_alone(live: Any) -> None:
    from xinheng.linkage import service as linkage

    rows = linkage.pending(limit=9)
    row = next(one for one in rows if len(one.candidates) > 1)
    page = live.page("office")
    page.goto(f"{live.address}/desk/names/{row.id}/")
    assert page.locator(".judge-acts .keys").is_visible()
    page.keyboard.press("2")
    assert page.locator("input[data-number='2']").is_checked()
    page.keyboard.press("1")
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"done=unsure"))
    assert linkage.standing(row.key)[row.candidates[0].code][1] == "unsure"
    page.goto(f"{live.address}/desk/names/{row.id}/")
    page.locator("#why").fill("s d u a n 1")
    assert page.locator("#why").input_value() == "s d u a n 1", "typing is no judging"
    page.locator("h1").click()
    page.keyboard.press("2")
    page.keyboard.press("d")
    page.wait_for_url(re.compile(r"done=different"))
    assert linkage.standing(row.key)[row.candidates[1].code][1] == "different"
    page.keyboard.press("n")
    page.wait_for_function("!location.search.includes('done')")


def test_a_name_is_judged_and_taken_back_without_any_script(live: Any) -> None:
    from xinheng.linkage import service as linkage

    row = linkage.pending(limit=1)[0]
    page = live.page("office", "narrow", java_script_enabled=False)
    page.goto(f"{live.address}/desk/names/{row.id}/")
    page.locator("input[name=candidate]").first.check()
    page.click("button[value=none]")
    page.goto(f"{live.address}/desk/names/{row.id}/")
    page.locator(".names-history summary").first.click()
    page.locator(".names-history input[name=why]").first.fill("看错了")
    page.locator(".names-history button").first.click()
    assert linkage.pending_row(row.id).state == "waiting"


def test_a_double_click_judges_once(live: Any) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.linkage import service as linkage

    row = linkage.pending(limit=1)[0]
    page = live.page("office")
    page.goto(f"{live.address}/desk/names/{row.id}/")
    page.dblclick("button[value=none]")
    page.wait_for_url(re.compile(r"done=none"))
    assert len(evidence.events(kinds=["linkage.judged"])) == 1
