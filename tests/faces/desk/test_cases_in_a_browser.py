"""Cases in a real browser: nothing for axe to find, by keyboard, without a script, a double click, two desks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from deskcases import address

pytest_plugins = ("deskkit", "deskcases", "test_desk_in_a_browser")
pytestmark = pytest.mark.browser

LEFT = """() => { const found = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) { const node = walk.currentNode;
  if (/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest('[lang^=zh], option, script'))
    found.push(node.data.trim()); }
return found; }"""


def _pages(casetown: Any) -> dict[str, list[tuple[str, str]]]:
    one, repair = casetown.objection(field="CF_NR"), casetown.repair()
    received = casetown.objection(place=1, forwarded=False)
    entry = casetown.entries(casetown.mine)[2]
    return {
        "office": [
            ("start", "/desk/"),
            ("list", "/desk/cases/"),
            ("clocks", "/desk/cases/clocks/"),
            ("counter", "/desk/counter/"),
            ("organisation", f"/desk/counter/?uscc={entry.uscc}"),
            ("form", f"/desk/counter/?statement={entry.id}&kind=objection"),
            ("repair-form", f"/desk/counter/?statement={entry.id}&kind=repair"),
            ("slip", f"/desk/counter/{address(received).split('/')[-2]}/"),
            ("received", address(received)),
        ],
        "authority": [
            ("case", address(one)),
            ("correct", address(one, "act/?step=uphold-correct")),
            ("grant", address(repair, "act/?step=grant")),
            ("notice", "/desk/repair-notice/"),
            ("terms", "/desk/my-terms/"),
        ],
    }


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_axe_finds_nothing_on_the_pages_of_cases(live: Any, casetown: Any, size: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from test_desk_in_a_browser import SIZES

    problems: dict[str, Any] = {}
    for who, pages in _pages(casetown).items():
        page = live.page(who, size, bypass_csp=True)
        for name, where in pages:
            page.goto(live.address + language + where)
            answer = Axe().run(page).response
            assert len(answer["passes"]) > 10, name
            if answer["violations"]:
                problems[name] = [
                    (one["id"], [node["html"][:160] for node in one["nodes"][:3]])
                    for one in answer["violations"]
                ]
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name
            if language:
                assert page.evaluate(LEFT) == [], name
    assert not problems, problems


def test_a_list_is_walked_and_a_case_opened_by_keyboard(live: Any, casetown: Any) -> None:
    casetown.objection(), casetown.objection(place=1)
    page = live.page("authority")
    page.goto(f"{live.address}/desk/cases/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    wanted = page.locator("tr.here a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")
    page.keyboard.press("1")
    assert "act/?step=" in page.evaluate("document.activeElement.href")


def test_a_double_click_is_one_act(live: Any, casetown: Any) -> None:
    from xinheng.evidence import service as evidence

    number = casetown.repair(accepted=False)
    page = live.page("authority")
    page.goto(live.address + address(number, "act/?step=accept"))
    page.dblclick("form.stack-form button[type=submit]")
    page.wait_for_url(re.compile("done=accept"))
    assert len(list(evidence.events(kinds=["cases.acted"]))) == 1


def test_a_correction_is_made_without_any_script_on_a_phone(live: Any, casetown: Any) -> None:
    from deskcases import CORRECTED, PDF

    number = casetown.objection(field="CF_NR")
    page = live.page("authority", "narrow", java_script_enabled=False)
    page.goto(live.address + address(number))
    page.click("text=异议成立，更正")
    page.fill("#c-CF_NR", CORRECTED)
    page.fill("#reason", "经核对案卷，应予更正")
    page.set_input_files("#file", [{"name": "决定书.pdf", "mimeType": "application/pdf", "buffer": PDF}])
    page.click("form.stack-form button[type=submit]")
    assert CORRECTED in page.locator(".compare").inner_text()
    page.click("form.stack-form button[type=submit]")
    page.wait_for_url(re.compile("done=uphold-correct"))
    assert casetown.case(number).outcome == "upheld"
    assert "决定书.pdf" in page.locator("main").inner_text()
