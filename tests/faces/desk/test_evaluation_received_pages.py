"""The desk's pages of received results and of early warnings: who opens them, what they say, what they cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from deskcases import plain
from deskkit import Desk
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moments import AT
from wholecity import whole_city
from xinheng.evaluation import mutual, seeing, warning
from xinheng.evidence import service as evidence

pytest_plugins = ("deskkit",)
ON = evidence.legal_day(AT)
RECEIVED, WARNINGS = "/desk/received/", "/desk/early-warning/"
FORBIDDEN = ("黑名单", "红名单", "老赖", "联合惩戒")
PASSWORD = "correct-horse-battery"


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """In place of the plain city: every item occurs."""
    yield from whole_city(request, tmp_path, monkeypatch)


@pytest.fixture
def resultdesk(city: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The whole city after a round: one contradiction, some warnings; accounts of every role, the sector's among them."""
    from xinheng.accounts import service as accounts
    from xinheng.faces.site.limits import buckets

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    buckets.clear()
    mutual.check_mutual(at=AT)
    warning.warn(at=AT)
    [found] = mutual.mutual_findings(on=ON)[0]
    inspecting, court = _one_that_inspects(), _one_that_does_not()
    for name, role, body in (
        ("sector", "authority", found.authority), ("other", "authority", court), ("inspector", "authority", inspecting),
        ("clerk", "department", found.authority), ("office", "office", ""), ("auditor", "auditor", ""),
        ("reviewer", "reviewer", found.authority),
    ):  # fmt: skip
        accounts.add(name=name, role=role, body=body, title="测试岗", password=PASSWORD, at=AT, actor="test")
    desk = Desk(found.authority, court)
    desk.found, desk.inspecting = found, inspecting  # type: ignore[attr-defined]
    return desk


def risky() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT uscc FROM records_statement WHERE item = 'risk-class' ORDER BY 1")
        return [str(row[0]) for row in cursor.fetchall()]


def _one_that_inspects() -> str:
    """A unit of a sector that inspects and that acted on an organisation with a risk class."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT authority FROM records_statement WHERE authority <> '' ORDER BY 1")
        bodies = [str(row[0]) for row in cursor.fetchall()]
    return next(body for body in bodies if seeing.classes_of(body=body, usccs=risky(), on=ON))


def _one_that_does_not() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT authority FROM records_statement WHERE item = 'judgment-defaulter' ORDER BY 1"
        )
        bodies = [str(row[0]) for row in cursor.fetchall()]
    return next(body for body in bodies if body and not seeing.inspects(body=body, on=ON))


def text(desk: Any, name: str, address: str, **query: str) -> str:
    answer = desk.client(name).get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return str(answer.content.decode())


def test_received_results_are_for_staff_and_warnings_for_those_that_supervise(resultdesk: Any) -> None:
    for address, names, refused in (
        (RECEIVED, ("sector", "clerk", "office", "auditor"), ("reviewer",)),
        (WARNINGS, ("sector", "inspector", "office", "auditor"), ("reviewer", "clerk")),
    ):
        assert resultdesk.client().get(address).status_code == 302
        for name in names:
            assert resultdesk.client(name).get(address).status_code == 200
        for name in refused:
            assert resultdesk.client(name).get(address).status_code == 403


def test_results_stand_with_authority_period_and_end_and_risk_classes_apart(resultdesk: Any) -> None:
    found = resultdesk.found
    shown = text(resultdesk, "sector", RECEIVED, uscc=found.uscc)
    for one in (found.first, found.second):
        assert one.authority_name in shown and one.period in shown


def test_risk_classes_are_shown_to_a_unit_that_inspects_and_acted_and_to_nobody_else(resultdesk: Any) -> None:
    seen = seeing.classes_of(body=resultdesk.inspecting, usccs=risky(), on=ON)
    assert set(risky()) - seen, "else the test would prove nothing"
    for code in risky():
        shown = text(resultdesk, "inspector", RECEIVED, uscc=code)
        assert ("监管部门内部使用" in shown) == (code in seen)
        assert "以这里收到的分类为准" in shown or code not in seen
    for name in ("office", "auditor", "clerk", "other"):
        for code in seen:
            assert "监管部门内部使用" not in text(resultdesk, name, RECEIVED, uscc=code)


@pytest.mark.parametrize("typed", ["12", "abc", "91340602MA2N00000A", "999999999999999999"])
def test_a_code_that_is_none_is_answered_as_such_and_lists_nobody(resultdesk: Any, typed: str) -> None:
    for address in (RECEIVED, WARNINGS):
        answer = resultdesk.client("office").get(address, {"uscc": typed})
        shown = answer.content.decode()
        assert answer.status_code == 400 and "统一社会信用代码不对" in shown and typed in shown
        assert "没有收到这个主体" not in shown and "没有这样的提示" not in shown
        if address == WARNINGS:
            assert warning.warned(on=ON)[0][0].name not in shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"county": "999999"}, "没有代码为「999999」的县区"),
        ({"rule": "zz"}, "没有「zz」这种提示"),
        ({"rule": "zz", "county": "340621"}, "没有「zz」这种提示"),
    ],
)
def test_a_condition_there_is_not_is_answered_as_such_and_lists_nobody(
    resultdesk: Any, query: dict[str, str], said: str
) -> None:
    answer = resultdesk.client("office").get(WARNINGS, query)
    shown = answer.content.decode()
    assert answer.status_code == 400 and said in shown
    assert warning.warned(on=ON)[0][0].name not in shown and "没有这样的提示" not in shown


def test_a_unit_sees_findings_about_its_own_results_only(resultdesk: Any) -> None:
    assert resultdesk.found.name in text(resultdesk, "sector", RECEIVED)
    assert resultdesk.found.name in text(resultdesk, "office", RECEIVED)
    assert resultdesk.found.name not in text(resultdesk, "other", RECEIVED)


def test_only_the_sector_finds_a_button_and_only_it_may_answer(resultdesk: Any) -> None:
    answer = {"id": str(resultdesk.found.id), "outcome": "changed"}
    assert 'value="changed"' in text(resultdesk, "sector", RECEIVED)
    for name in ("office", "clerk", "auditor", "other"):
        assert 'value="changed"' not in text(resultdesk, name, RECEIVED)
        assert resultdesk.client(name).post(RECEIVED, answer).status_code == 403
    assert resultdesk.client("sector").post(RECEIVED, answer | {"outcome": "x"}).status_code == 400
    assert resultdesk.client("sector").post(RECEIVED, answer).status_code == 302
    assert "已核实，行业评价另行报送" in text(resultdesk, "sector", RECEIVED, over="1")
    assert resultdesk.client("sector").post(RECEIVED, answer).status_code == 403


def test_warnings_stand_with_reasons_and_say_what_they_are_not(resultdesk: Any) -> None:
    shown = text(resultdesk, "office", WARNINGS)
    one = warning.warned(on=ON)[0][0]
    assert one.name in shown and one.reasons[0].decided_on.isoformat() in shown
    assert "不得单独作为检查、处罚、限制的依据" in shown and "个体工商户不预警" in shown
    assert one.name not in text(resultdesk, "office", WARNINGS, rule="penalties-repeated")
    assert text(resultdesk, "office", WARNINGS, uscc=one.uscc).count(one.names[0]) >= 1


def test_an_authority_finds_only_organisations_it_has_to_do_with(resultdesk: Any) -> None:
    whole = {one.name: one.uscc for one in warning.warned(on=ON, limit=200)[0]}
    mine = {one.uscc for one in warning.warned(on=ON, body=resultdesk.inspecting, limit=200)[0]}
    assert mine and set(whole.values()) - mine
    shown = text(resultdesk, "inspector", WARNINGS)
    assert {code for name, code in whole.items() if name in shown} == mine
    assert "只列" in shown and "只列" not in text(resultdesk, "office", WARNINGS)
    stranger = next(code for code in whole.values() if code not in mine)
    assert "没有这样的提示" in text(resultdesk, "inspector", WARNINGS, uscc=stranger)


def test_reasons_beyond_three_are_folded(resultdesk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    [one, *_] = warning.warned(on=ON)[0]
    many = replace(one, reasons=one.reasons[:1] * 7, facts=9)
    monkeypatch.setattr(warning, "warned", lambda **_asked: ([many], ""))
    shown = text(resultdesk, "office", WARNINGS)
    [row] = re.findall(r"<ul class=\"plain-list\">.*?</td>", shown, re.S)
    open_, folded = row.split("<details>")
    assert (open_.count("<li>"), folded.count("<li>")) == (3, 4)
    assert "其余 6 条理由" in folded and "还有 2 条" in folded


def test_the_english_page_says_our_own_choices_in_english(resultdesk: Any) -> None:
    shown = text(resultdesk, "office", f"/en{WARNINGS}")
    assert "本系统的设计选择" not in shown and 'lang="en"' in shown
    assert "《国务院办公厅" in shown, "what is cited keeps its name"


def test_no_page_speaks_of_what_the_law_does_not_know(resultdesk: Any) -> None:
    for address in (RECEIVED, WARNINGS, f"{RECEIVED}?uscc={resultdesk.found.uscc}"):
        shown = text(resultdesk, "sector", address)
        assert not [word for word in FORBIDDEN if word in shown]


def test_a_page_costs_the_same_however_much_it_shows(resultdesk: Any) -> None:
    for address, query, allowed in (
        (RECEIVED, {}, 24), (RECEIVED, {"uscc": resultdesk.found.uscc}, 34), (WARNINGS, {}, 27),
    ):  # fmt: skip
        browser = resultdesk.client("inspector")
        with CaptureQueriesContext(connection) as captured:
            browser.get(address, query)
        told = "\n".join(query["sql"][:150] for query in captured.captured_queries)
        assert len(captured) <= allowed, f"{len(captured)}:\n{told}"


def test_who_was_looked_up_is_in_the_ledger_and_not_told_to_it(resultdesk: Any) -> None:
    text(resultdesk, "sector", RECEIVED, uscc=resultdesk.found.uscc)
    text(resultdesk, "office", WARNINGS)
    [code, *_] = seeing.classes_of(body=resultdesk.inspecting, usccs=risky(), on=ON)
    text(resultdesk, "inspector", RECEIVED, uscc=code)
    kept = [one.body for one in evidence.events(kinds=("accounts.read",))]
    what = [one["detail"]["what"] for one in kept]
    assert [what.count(one) for one in ("received-results", "early-warnings")] == [2, 1]
    assert [one["detail"]["about"] for one in kept if one["detail"]["what"] == "risk-class"][-1] == code
    purposes = {one["detail"]["what"]: one["purpose"] for one in kept}
    assert purposes["early-warnings"] == "查看预警提示，安排监督检查"
    assert purposes["risk-class"] == "查看企业信用风险分类，安排抽查检查"
    from xinheng.accounts import service as accounts

    evidence.drain(at=AT)
    assert accounts.readings(uscc=resultdesk.found.uscc) == []


def test_the_public_page_shows_the_newest_result_of_each_evaluation(resultdesk: Any) -> None:
    found = resultdesk.found
    shown = resultdesk.client().get(f"/org/{found.uscc}/results/").content.decode()
    assert "各项评价的最近结果" in shown and found.first.authority_name in shown
    for code in risky():
        assert "风险分类" not in resultdesk.client().get(f"/org/{code}/results/").content.decode()


def test_the_first_page_counts_what_waits_and_asks_little_for_it(resultdesk: Any, few_queries: Any) -> None:
    rows = warning.warned(on=ON, limit=200)[0]
    told = {}
    for name in ("office", "sector", "other"):
        browser = resultdesk.client(name)
        browser.get("/desk/")
        with few_queries(60):
            told[name] = plain(browser.get("/desk/").content.decode())
    assert f"预警提示 {len({one.uscc for one in rows})}" in told["office"]
    for name in ("office", "sector"):
        assert "待核实的评价结果 1 与国家评价不能并存" in told[name], name
    assert "待核实的评价结果 0" in told["other"], "not against a result of its own"
