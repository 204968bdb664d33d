"""The first page of the day: what is due, what is late, what came back, and who is to be urged."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from deskcases import address, plain

from moments import AT

pytest_plugins = ("deskkit", "deskcases")


def test_the_office_starts_with_what_is_due_late_sent_back_and_under_way(casetown: Any) -> None:
    from xinheng.cases import service as cases

    late = casetown.repair(accepted=False, received_on=date(2026, 11, 10))
    casetown.objection()
    cases.sweep(at=AT)
    text = casetown.client("office").get("/desk/").content.decode()
    heads = re.findall(r"<dt>(?:<span[^>]*>[^<]*</span> )?([^<]+)</dt>", text)[:7]
    assert heads == ["今日到期", "逾期", "省退回", "疑似未报", "在办案件", "待反馈的措施提示", "待核对名称"]
    assert "案件 1 · 迟报" in plain(text)
    assert text.index(f'href="{address(late)}"') < text.index("要催的单位")
    row = text[text.index("要催的单位") :]
    row = row[: row.index("</tr>", row.index(f"body={casetown.mine}"))]
    assert f"/desk/oversight/suspected/?body={casetown.mine}" in row or "催报" in row
    assert "督办" in row and "▲" in row


def test_the_names_that_wait_are_the_open_ones(casetown: Any) -> None:
    from xinheng.linkage import service as linkage

    text = casetown.client("office").get("/desk/").content.decode()
    waiting = linkage.waiting(on=date(2026, 11, 20)).open
    assert f'待核对名称</dt><dd><a href="/desk/names/">{waiting}</a>' in text


def test_what_the_province_sent_back_is_counted(casetown: Any) -> None:
    import polars as pl

    from xinheng.exchange import service as exchange

    entry = casetown.entries(casetown.mine)[0]
    exchange.sent(statement_ids=[entry.id], destination="province", at=AT, actor="test")
    answers = pl.DataFrame({"编号": [str(entry.id)], "结果": ["退回"], "原因": ["名称不符"]})
    exchange.answered(frame=answers, at=AT, actor="test")
    words = plain(casetown.client("office").get("/desk/").content.decode())
    assert re.search(r"省退回 1\b", words)


def test_a_unit_starts_with_its_own_cases(casetown: Any) -> None:
    mine, other = casetown.objection(), casetown.objection(casetown.other)
    for name in ("clerk", "authority", "reviewer"):
        text = casetown.client(name).get("/desk/").content.decode()
        assert f'href="{address(mine)}"' in text and f'href="{address(other)}"' not in text, name


def test_an_auditor_is_led_to_no_page_it_may_not_open(casetown: Any) -> None:
    casetown.objection()
    browser = casetown.client("auditor")
    text = browser.get("/desk/").content.decode()
    main = text[text.index("<main") :]
    doors = set(re.findall(r'href="(/desk/[^"#?]*)', main))
    assert "/desk/cases/" in doors
    refused = [door for door in doors if browser.get(door).status_code == 403]
    assert refused == []
    assert "<form" not in main


def test_the_start_page_asks_the_database_a_handful_of_times(casetown: Any, few_queries: Any) -> None:
    for place in range(4):
        casetown.objection(place=place)
    for name in ("office", "authority", "clerk"):
        browser = casetown.client(name)
        browser.get("/desk/")
        with few_queries(60):
            assert browser.get("/desk/").status_code == 200


def test_the_office_starts_with_the_models_that_wait_for_a_second_account(casetown: Any) -> None:
    from judgedkit import adopt_half

    adopt_half()
    first, second = (
        plain(casetown.client(name).get("/desk/").content.decode()) for name in ("office", "office2")
    )
    assert "待第二人确认的模型 0 等其他同事 1" in first, "whoever proposed cannot confirm"
    assert "待第二人确认的模型 1" in second
    assert 'href="/desk/evaluation/"' in casetown.client("office2").get("/desk/").content.decode()


def test_findings_and_warnings_stand_on_the_first_page_of_whoever_may_open_them(
    casetown: Any, monkeypatch: Any
) -> None:
    from xinheng.evaluation import waiting, warning

    asked: list[str | None] = []

    def findings(*, on: date, authority: str | None) -> Any:
        asked.append(authority)
        return waiting.Findings(50, True)

    monkeypatch.setattr(waiting, "findings", findings)
    monkeypatch.setattr(warning, "organisations", lambda **_: 7)
    told = {
        name: plain(casetown.client(name).get("/desk/").content.decode())
        for name in ("office", "authority", "reviewer")
    }
    assert asked == [None, casetown.mine], "a unit is told of its own"
    for name in ("office", "authority"):
        assert "待核实的评价结果 50+" in told[name] and "预警提示 7" in told[name]
    assert "待核实的评价结果" not in told["reviewer"] and "预警提示 7" not in told["reviewer"]
