"""Every page of evaluation in a real browser, the desk's and the public ones: axe, two sizes, two tongues, no broken rule."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_desk_in_a_browser import SIZES, Live, chromium, live  # noqa: F401

from judgedkit import ADOPTED, ON, based, judge
from moments import AT
from wholecity import fill_whole

pytest_plugins = ("judgedkit",)
pytestmark = pytest.mark.browser
PICTURES = os.environ.get("XINHENG_TEST_PICTURES", "")
STRAY = """() => { const found = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) { const node = walk.currentNode;
  if (/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest('[lang^=zh], option, script'))
    found.push(node.data.trim()); }
return found; }"""

WIDEST = """() => [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
  && !one.closest('.scroll')).slice(0, 3).map((one) => one.outerHTML.slice(0, 160))"""


def _fill(folder: Path) -> None:
    """The whole city with a model adopted, three runs, a report, its indices, a contradiction, warnings and proposals."""
    from xinheng.accounts import service as accounts
    from xinheng.evaluation import adoption, mutual, warning
    from xinheng.evaluation import service as evaluation
    from xinheng.law import service as law
    from xinheng.statistics import service as statistics

    fill_whole(folder)
    judge()
    evaluation.run(model=ADOPTED, on=ON.replace(month=6), at=AT, actor="desk:office")
    adoption.withdraw(
        model=law.models(pack=law.active())[ADOPTED], reason="换理由", actor="desk:office", at=AT
    )
    adoption.propose(model=law.models(pack=law.active())[ADOPTED], reason="参考", actor="desk:office2", at=AT)
    mutual.check_mutual(at=AT)
    warning.warn(at=AT)
    statistics.refresh(at=AT)
    sector = mutual.mutual_findings(on=ON)[0][0].authority
    for name, role, body in (("office", "office", ""), ("sector", "authority", sector)):
        accounts.add(
            name=name, role=role, body=body, title="测试岗", password="correct-horse-battery", at=AT, actor="test"
        )  # fmt: skip


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """In place of the plain city: everything evaluation can show."""
    homes: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[2] / "conftest.py"))
    template = homes.build("evaluated", lambda: _fill(homes.workspace() / "evaluated-files"))
    yield from homes.copied(template, tmp_path, monkeypatch)


@pytest.fixture
def desk(city: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """In place of the plain desk: the accounts are in the city already."""
    from xinheng.faces.site.limits import buckets

    monkeypatch.setenv("XINHENG_TODAY", ON.isoformat())
    buckets.clear()
    return city


def addresses() -> dict[str, dict[str, str]]:
    """Every kind of page once, by who opens it: the office, the sector's deciding authority, anybody."""
    from xinheng.evaluation import mutual
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation.models import Report

    first, second = evaluation.runs(model=ADOPTED, limit=2)
    run = max(first.id, second.id)
    report = Report.objects.order_by("-id").values_list("id", flat=True)[0]
    worst = sorted(evaluation.page(run=first.id, limit=500).results, key=lambda one: one.score)[0].uscc
    [finding] = mutual.mutual_findings(on=ON)[0]
    base, compare = "/desk/evaluation/", f"?first={second.id}&second={first.id}"
    indicator = next(iter(evaluation_model().indicators)).code
    return {
        "office": {
            "start": "/desk/", "models": base, "model": f"{base}models/{ADOPTED}/", "off": f"{base}models/supervision-risk/",
            "weight": f"{base}models/{ADOPTED}/weights/{indicator}/?way=up", "report": f"{base}reports/{report}/",
            "runs": f"{base}runs/", "run": f"{base}runs/{run}/", "group": f"{base}runs/{run}/group/?by=county&group=340602",
            "compare": f"{base}compare/{compare}", "moved": f"{base}compare/{compare}&way=points",
            "one": f"{base}one/{ADOPTED}/{worst}/", "one of a run": f"{base}one/{ADOPTED}/{worst}/?run={first.number}",
            "received": "/desk/received/", "received by one": f"/desk/received/?uscc={finding.uscc}",
            "received by none": "/desk/received/?uscc=12", "warnings": "/desk/early-warning/",
            "indices": "/desk/indices/", "index": "/desk/indices/?by=sector&area=C",
            "index rows": "/desk/indices/rows/?by=place&area=&part=penalties&month=2026-11",
            "no model": f"{base}models/nothing/",
        },
        "sector": {
            "start of a unit": "/desk/", "models of a unit": base, "answering": "/desk/received/",
            "warnings of a unit": "/desk/early-warning/", "indices of a unit": "/desk/indices/",
        },
        "": {
            "public indices": "/indices/", "public index": "/indices/?by=sector&area=C",
            "index of a county": "/indices/?by=county&area=340621", "map layer": "/map/?metric=index-penalties",
            "published models": "/models/", "results": f"/org/{finding.uscc}/results/",
        },
    }  # fmt: skip


def evaluation_model() -> Any:
    from xinheng.law import service as law

    return law.models(pack=law.active())[ADOPTED]


def _opened(live: Live, who: str, size: str) -> Any:  # noqa: F811
    if who:
        return live.page(who, size, bypass_csp=True)
    width, height = SIZES[size]
    return live.browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True).new_page()


@pytest.mark.parametrize(("size", "tongue"), [("wide", ""), ("narrow", "/en")])
def test_no_page_of_evaluation_has_a_fault_that_axe_finds_or_that_a_reader_meets(
    live: Live,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    size: str,
    tongue: str,
) -> None:
    """One walk: nothing for axe, no page wider than its screen (in both tongues), nothing untranslated, no error told."""
    from axe_playwright_python.sync_playwright import Axe

    from xinheng.evaluation import publishing

    model = based()
    monkeypatch.setattr(publishing, "shown", lambda on: (model,))
    faults: dict[str, Any] = {}
    complaints: list[str] = []
    for who, pages in addresses().items():
        page = _opened(live, who, size)
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for name, address in pages.items():
            page.goto(live.address + tongue + address)
            page.wait_for_load_state("networkidle")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            answer = Axe().run(page).response
            assert len(answer["passes"]) > 10, f"{name}: axe looked at nothing"
            found = [
                (one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in answer["violations"]
            ]
            if tongue:
                found += [("untranslated", text) for text in page.evaluate(STRAY)]
            if PICTURES:
                page.screenshot(path=str(Path(PICTURES) / f"{name}-{size}{tongue[1:]}.png"), full_page=True)
            if page.evaluate("document.documentElement.scrollWidth") > SIZES[size][0]:
                found.append(("wider than the screen", page.evaluate(WIDEST)))
            page.goto(live.address + ("" if tongue else "/en") + address)
            if page.evaluate("document.documentElement.scrollWidth") > SIZES[size][0]:
                found.append(("wider than the screen in the other tongue", page.evaluate(WIDEST)))
            if found:
                faults[name] = found
    assert not faults, json.dumps(faults, ensure_ascii=False, indent=1)
    assert not [text for text in complaints if "404" not in text and "400" not in text]


def test_the_chart_beside_a_table_is_drawn_and_without_a_script_the_table_stands(live: Live) -> None:  # noqa: F811
    address = addresses()["office"]["report"]
    drawn = live.page("office")
    drawn.goto(live.address + address)
    drawn.wait_for_selector("html.charts-drawn")
    assert drawn.locator(".chart:not([hidden]) svg").count() > 3
    plain = live.page("office", "narrow", java_script_enabled=False)
    plain.goto(live.address + address)
    assert plain.locator("#n-grades tbody tr").first.is_visible()
