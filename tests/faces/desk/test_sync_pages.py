"""The board of the desk and the page of notices: who may see them, and that a list compared there opens tickets."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from moments import AT
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication

pytest_plugins = ("deskkit", "ownkit")


def _list(*entries: Any) -> SimpleUploadedFile:
    rows = "".join(f"{one.uscc},{one.values['CF_WSH']},已终止\n" for one in entries)
    return SimpleUploadedFile("list.csv", f"统一社会信用代码,文书号,状态\n{rows}".encode())


def _post(browser: Any, *entries: Any, **other: Any) -> Any:
    return browser.post(
        reverse("desk-sync-compare"), {"place": "credit-china", "item": "", "list": _list(*entries)} | other
    )


def test_the_office_compares_a_list_and_sees_what_differs(own: Any, desk: Any) -> None:
    browser = desk.client("office")
    answer = _post(browser, own.entries[0])
    text = answer.content.decode()
    assert answer.status_code == 200 and "不一致 1" in text and "新开工单 1" in text
    assert own.entries[0].values["CF_WSH"] in text and "那里已终止，这里还在显示" in text
    again = _post(browser, own.entries[0]).content.decode()
    assert "新开工单 0" in again
    for prefix in ("", "/en"):
        assert browser.get(prefix + "/desk/sync/").status_code == 200
    for only in ("", "differs", "late"):
        assert browser.get(f"/desk/sync/?only={only}&place=province").status_code == 200


def test_a_department_sees_its_own_rows_and_compares_nothing(own: Any, desk: Any) -> None:
    theirs = next(
        one for one in publication.statements(audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=500)
        if one.authority == desk.mine
    )  # fmt: skip
    foreign = next(one for one in own.entries if one.authority != desk.mine)
    _post(desk.client("office"), theirs, foreign)
    text = desk.client("clerk").get("/desk/sync/").content.decode()
    assert theirs.values["CF_WSH"] in text and foreign.values["CF_WSH"] not in text
    assert _post(desk.client("clerk"), theirs).status_code == 403
    assert own.client().get("/desk/sync/").status_code == 403


def test_a_list_that_cannot_be_read_is_said_on_the_page(own: Any, desk: Any) -> None:
    browser = desk.client("office")
    bad = browser.post(
        reverse("desk-sync-compare"),
        {"place": "credit-china", "list": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")},
    )
    assert bad.status_code == 400 and "统一社会信用代码" in bad.content.decode()
    assert browser.post(reverse("desk-sync-compare"), {"place": "credit-china"}).status_code == 400


def test_reading_the_board_is_told_to_those_it_is_about(own: Any, desk: Any) -> None:
    _post(desk.client("office"), own.entries[0])
    evidence.drain(at=AT)
    assert (
        "核对各处公示" in own.client().get(reverse("desk-own-readings-of", args=[own.mine])).content.decode()
    )


def test_the_simulated_place_fills_the_board(own: Any, desk: Any) -> None:
    browser = desk.client("office")
    assert browser.post(reverse("desk-sync-simulate"), {"place": "gsxt", "faults": "1"}).status_code == 302
    lines, _cursor = cases.due(
        reader=cases.Reader(role="office"), kind="sync-ticket", on=evidence.legal_day(AT), limit=500
    )
    assert lines
    text = browser.get("/desk/sync/?place=gsxt").content.decode()
    assert lines[0].number in text


def test_the_page_of_notices_counts_and_names_failures_only_for_the_office(own: Any, desk: Any) -> None:
    text = desk.client("office").get("/desk/notices/").content.decode()
    assert "记录入库" in text and "XINHENG_SMTP_URL" in text
    for name in ("clerk", "reviewer"):
        assert desk.client(name).get("/desk/notices/").status_code == 403
    assert own.client().get("/desk/notices/").status_code == 403
