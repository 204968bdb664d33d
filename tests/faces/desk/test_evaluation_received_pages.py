"""The desk's pages of received results and of early warnings: who opens them, what they say, what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deskkit import Desk
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moments import AT
from wholecity import whole_city
from xinheng.evaluation import mutual, warning
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
    for name, role, body in (
        ("sector", "authority", found.authority), ("other", "authority", found.first.authority),
        ("clerk", "department", found.authority), ("office", "office", ""), ("auditor", "auditor", ""),
        ("reviewer", "reviewer", found.authority),
    ):  # fmt: skip
        accounts.add(name=name, role=role, body=body, title="测试岗", password=PASSWORD, at=AT, actor="test")
    desk = Desk(found.authority, found.first.authority)
    desk.found = found  # type: ignore[attr-defined]
    return desk


def risky() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uscc FROM records_statement WHERE item = 'risk-class' ORDER BY id DESC LIMIT 1"
        )
        return str(cursor.fetchone()[0])


def text(desk: Any, name: str, address: str, **query: str) -> str:
    answer = desk.client(name).get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return str(answer.content.decode())


def test_both_pages_are_for_staff_that_supervise(resultdesk: Any) -> None:
    for address in (RECEIVED, WARNINGS):
        assert resultdesk.client().get(address).status_code == 302
        for name in ("sector", "clerk", "office", "auditor"):
            assert resultdesk.client(name).get(address).status_code == 200
        assert resultdesk.client("reviewer").get(address).status_code == 403


def test_results_stand_with_authority_period_and_end_and_risk_classes_apart(resultdesk: Any) -> None:
    found = resultdesk.found
    shown = text(resultdesk, "sector", RECEIVED, uscc=found.uscc)
    for one in (found.first, found.second):
        assert one.authority_name in shown and one.period in shown
    assert "监管部门内部使用" in text(resultdesk, "sector", RECEIVED, uscc=risky())


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
    shown = text(resultdesk, "sector", WARNINGS)
    one = warning.warned(on=ON)[0][0]
    assert one.name in shown and one.reasons[0].decided_on.isoformat() in shown
    assert "不得单独作为检查、处罚、限制的依据" in shown and "个体工商户不预警" in shown
    assert one.name not in text(resultdesk, "sector", WARNINGS, rule="penalties-repeated")
    assert text(resultdesk, "sector", WARNINGS, uscc=one.uscc).count(one.names[0]) >= 1


def test_no_page_speaks_of_what_the_law_does_not_know(resultdesk: Any) -> None:
    for address in (RECEIVED, WARNINGS, f"{RECEIVED}?uscc={resultdesk.found.uscc}"):
        shown = text(resultdesk, "sector", address)
        assert not [word for word in FORBIDDEN if word in shown]


def test_a_page_costs_the_same_however_much_it_shows(resultdesk: Any) -> None:
    for address, query, allowed in (
        (RECEIVED, {}, 24), (RECEIVED, {"uscc": resultdesk.found.uscc}, 30), (WARNINGS, {}, 22),
    ):  # fmt: skip
        browser = resultdesk.client("sector")
        with CaptureQueriesContext(connection) as captured:
            browser.get(address, query)
        told = "\n".join(query["sql"][:150] for query in captured.captured_queries)
        assert len(captured) <= allowed, f"{len(captured)}:\n{told}"


def test_who_was_looked_up_is_in_the_ledger_and_not_told_to_it(resultdesk: Any) -> None:
    text(resultdesk, "sector", RECEIVED, uscc=resultdesk.found.uscc)
    text(resultdesk, "sector", WARNINGS)
    read = [one.body["detail"] for one in evidence.events(kinds=("accounts.read",))]
    kept = [one for one in read if "received-results" in str(one) or "early-warnings" in str(one)]
    assert len(kept) == 2
    from xinheng.accounts import service as accounts

    evidence.drain(at=AT)
    assert accounts.readings(uscc=resultdesk.found.uscc) == []


def test_the_public_page_shows_the_newest_result_of_each_evaluation(resultdesk: Any) -> None:
    found = resultdesk.found
    shown = resultdesk.client().get(f"/org/{found.uscc}/results/").content.decode()
    assert "各项评价的最近结果" in shown and found.first.authority_name in shown
    inside = resultdesk.client().get(f"/org/{risky()}/results/").content.decode()
    assert "风险分类" not in inside
