"""Cases on the desk, read: what is due first, one case whole, papers and files, and nobody sees another's."""

from __future__ import annotations

from typing import Any

import deskcases
import pytest
from deskcases import PDF, address, plain

from moments import AT

pytest_plugins = ("deskkit", "deskcases")


def _page(browser: Any, where: str, status: int = 200) -> str:
    answer = browser.get(where)
    assert answer.status_code == status, (where, answer.status_code)
    return str(answer.content.decode())


def test_the_case_with_the_fewest_days_left_stands_first_and_lateness_is_said_in_a_word_and_a_shape(
    casetown: Any,
) -> None:
    from datetime import date

    fresh, late = (
        casetown.repair(accepted=False),
        casetown.repair(accepted=False, place=1, received_on=date(2026, 11, 10)),
    )
    text = _page(casetown.client("authority"), "/desk/cases/")
    assert text.index(deskcases.quote(late)) < text.index(deskcases.quote(fresh))
    row = text[text.index('class="is-late"') : text.index(deskcases.quote(fresh))]
    assert "逾期 6 个工作日" in row and "▲" in row


def test_a_day_that_rests_on_no_notice_yet_is_called_provisional_and_says_why(
    casetown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    monkeypatch.setenv("XINHENG_TODAY", "2026-12-30")
    number = casetown.objection(forwarded=False, at=datetime(2026, 12, 30, 2, tzinfo=UTC))
    listed, whole = (_page(casetown.client("office"), where) for where in ("/desk/cases/", address(number)))
    assert "暂定" in listed and "放假安排尚未公布" in listed
    assert "unannounced" in whole and "通知公布后自动重算" in whole


def test_the_page_of_a_case_shows_claim_entry_clock_steps_and_papers(casetown: Any) -> None:
    from xinheng.cases import service as cases

    number = casetown.objection(field="CF_NR", attachments=[cases.Upload("决定书.pdf", PDF)])
    text = _page(casetown.client("authority"), address(number))
    words = plain(text)
    entry = casetown.entries(casetown.mine)[0]
    for part in (
        "处罚内容写漏了",
        "决定书.pdf",
        entry.values["CF_WSH"],
        "转来源单位核实",
        "异议受理通知书",
        "有异议",
    ):
        assert part in words, part
    case = casetown.case(number)
    assert f"剩 {case.days_left} 个工作日" in words
    running = text[: text.index('class="do-box"')]
    assert running.count('class="day counted') == case.days_left, "each counted day is a cell of the strip"
    assert "计入，第 1 日" in words and "周末" in words, "and told in words too"
    assert "一致" in words, "our copy was compared with what the source sent"


def test_a_clock_counted_anew_shows_both_results(casetown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime
    from pathlib import Path

    from xinheng.cases import service as cases
    from xinheng.law import service as law

    monkeypatch.setenv("XINHENG_TODAY", "2027-02-03")
    at = datetime(2027, 2, 3, 2, tzinfo=UTC)
    number = casetown.objection(forwarded=False, at=at)
    before = casetown.case(number).due_on
    notice = Path(__file__).parents[2] / "law" / "notices" / "2027-rehearsal.yaml"
    law.load_notice(path=notice, actor="test", at=at)
    assert cases.recompute(at=at, actor="test").moved >= 1
    after = casetown.case(number).due_on
    assert after != before
    words = plain(_page(casetown.client("office"), address(number)))
    assert f"放假通知载入前算得 {before} ，载入后算得 {after}" in words


def test_a_case_of_another_unit_cannot_be_told_from_one_that_does_not_exist(casetown: Any) -> None:
    number = casetown.objection(casetown.other, attachments=[])
    paper = _papers(number)[0]
    mine, foreign = casetown.client("authority"), casetown.client("foreign")
    tails = ("", "act/?step=refuse", "files/1")
    for tail in tails:
        theirs, nothing = mine.get(address(number, tail)), mine.get(address("没有这个号", tail))
        assert (theirs.status_code, nothing.status_code) == (404, 404), tail
    assert mine.get(f"/desk/cases/papers/{deskcases.quote(paper)}.pdf").status_code == 404
    assert foreign.get(address(number)).status_code == 200
    for tail in ("act/", "take-back/"):
        assert mine.post(address(number, tail), {"case": number, "step": "refuse"}).status_code == 404, tail
    assert mine.post(f"/desk/cases/papers/{deskcases.quote(paper)}/served/").status_code == 404
    assert deskcases.quote(number) not in _page(mine, "/desk/cases/")
    assert deskcases.quote(number) not in _page(mine, f"/desk/cases/?body={casetown.other}")
    found = mine.get("/desk/cases/find/", {"number": number})
    assert found.status_code == 302 and "wanted=" in found["Location"]


def _papers(number: str) -> list[str]:
    from xinheng.cases import service as cases

    return [one.number for one in cases.documents(number=number, reader=cases.Reader("office"))]


def test_a_file_handed_in_is_only_ever_downloaded(casetown: Any) -> None:
    from xinheng.cases import service as cases

    number = casetown.objection(attachments=[cases.Upload("决定书.pdf", PDF)])
    [told] = cases.attachments(number=number, reader=cases.Reader("office"))
    answer = casetown.client("authority").get(address(number, f"files/{told.id}"))
    assert answer.status_code == 200 and answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_paper_is_a_pdf_under_its_number(casetown: Any) -> None:
    number = casetown.objection()
    paper = _papers(number)[0]
    answer = casetown.client("authority").get(f"/desk/cases/papers/{deskcases.quote(paper)}.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")


def test_every_reading_is_in_the_ledger_with_its_purpose_and_the_organisation(casetown: Any) -> None:
    from xinheng.evidence import service as evidence

    number = casetown.objection()
    casetown.client("authority").get(address(number))
    last = list(evidence.events(kinds=["accounts.read"]))[-1].body
    assert last["actor"] == "desk:authority" and last["purpose"] == "办理异议和修复"
    assert last["detail"]["what"] == "case" and last["detail"]["case"] == number
    assert casetown.case(number).uscc in str(last["detail"])


def test_a_list_goes_on_where_it_stopped(casetown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    from xinheng.faces.desk.views import cases as views

    numbers = {casetown.objection(place=place) for place in range(5)}
    monkeypatch.setattr(views, "PAGE", 2)
    browser, where, seen = casetown.client("authority"), "/desk/cases/?kind=objection&state=with-source", []
    for _ in range(3):
        text = _page(browser, where)
        seen += [number for number in numbers if f"/desk/cases/{deskcases.quote(number)}/" in text]
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', text)
        where = "/desk/cases/" + following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted(numbers) and not where


def test_filters_are_plain_links_and_keep_each_other(casetown: Any) -> None:
    number = casetown.objection()
    browser = casetown.client("office")
    repairs = _page(browser, f"/desk/cases/?kind=repair&body={casetown.mine}")
    assert deskcases.quote(number) not in repairs and "换一个筛选条件" in repairs
    assert f"kind=repair&amp;state=received&amp;body={casetown.mine}" in repairs
    assert deskcases.quote(number) in _page(browser, "/desk/cases/?kind=objection&state=with-source")
    assert deskcases.quote(number) not in _page(browser, "/desk/cases/?kind=objection&state=received")


def test_a_number_from_outside_leads_to_its_case(casetown: Any) -> None:
    number = casetown.repair(outside="XYZG2026001234")
    answer = casetown.client("authority").get("/desk/cases/find/", {"number": "XYZG2026001234"})
    assert answer["Location"] == address(number)
    assert "XYZG2026001234" in _page(casetown.client("authority"), address(number))
    away = casetown.client("foreign").get("/desk/cases/find/", {"number": "XYZG2026001234"})
    assert "wanted=" in away["Location"], "another's outside number is not told from none"


def test_more_cases_do_not_mean_more_queries(casetown: Any, few_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    casetown.objection()
    browser = casetown.client("office")
    browser.get("/desk/cases/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/cases/")
    for place in range(1, 8):
        number = casetown.objection(place=place)
    with few_queries(len(one)):
        browser.get("/desk/cases/")
    with few_queries(45):
        browser.get(address(number))


def test_the_office_sees_every_clock_by_unit_and_the_late_first(casetown: Any) -> None:
    from datetime import date

    from xinheng.cases import service as cases

    casetown.objection(casetown.other)
    casetown.repair(accepted=False, received_on=date(2026, 11, 10))
    cases.sweep(at=AT)
    text = _page(casetown.client("office"), "/desk/cases/clocks/")
    assert text.index(f"?body={casetown.mine}") < text.index(f"?body={casetown.other}")
    assert 'aria-sort="descending"' in text
    table = casetown.client("office").get("/desk/cases/clocks/?format=csv")
    assert casetown.mine in table.content.decode("utf-8-sig") and "逾期" in table.content.decode("utf-8-sig")
    assert casetown.client("authority").get("/desk/cases/clocks/").status_code == 403
