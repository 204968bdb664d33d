"""The counter: an organisation comes, its claim is taken in once, and it leaves with a slip."""

from __future__ import annotations

from typing import Any

import deskcases
from deskcases import PDF, plain
from django.core.files.uploadedfile import SimpleUploadedFile

pytest_plugins = ("deskkit", "deskcases")


def _form(browser: Any, statement: int, kind: str) -> dict[str, str]:
    import re

    answer = browser.get("/desk/counter/", {"statement": statement, "kind": kind})
    assert answer.status_code == 200
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_the_counter_finds_the_organisation_its_entry_and_takes_the_objection(casetown: Any) -> None:
    entry, office = casetown.entries(casetown.mine)[0], casetown.client("office")
    name = entry.values["CF_XDR_MC"]
    found = office.get("/desk/counter/", {"q": name}).content.decode()
    assert f"?uscc={entry.uscc}" in found
    listed = office.get("/desk/counter/", {"uscc": entry.uscc}).content.decode()
    assert f"?statement={entry.id}&amp;kind=objection" in listed
    form = _form(office, entry.id, "objection") | {
        "field": "CF_NR",
        "reason": "内容写漏",
        "received_on": "2026-11-19",
    }
    form["file"] = SimpleUploadedFile("授权书.pdf", PDF, "application/pdf")
    answer = office.post("/desk/counter/", form)
    assert answer.status_code == 302, plain(answer.content.decode())
    slip = plain(office.get(answer["Location"]).content.decode())
    for part in ("收件凭条", name, "授权书.pdf", "2026年11月19日", "信用办"):
        assert part in slip, part
    again = office.post("/desk/counter/", form | {"file": SimpleUploadedFile("授权书.pdf", PDF)})
    assert again["Location"] == answer["Location"], "the same form again is the same case"


def test_a_repair_before_its_first_day_is_refused_and_the_day_is_named(casetown: Any) -> None:
    entry = next(
        one
        for one in casetown.entries(casetown.mine)
        if one.earliest_repair and str(one.earliest_repair) > "2026-11-20"
    )
    office = casetown.client("office")
    form = _form(office, entry.id, "repair") | {"commitment": "1", "reason": "已履行"}
    answer = office.post("/desk/counter/", form)
    assert answer.status_code == 400 and str(entry.earliest_repair) in answer.content.decode()


def test_the_counter_is_the_windows_own_and_no_unit_is_led_to_it(casetown: Any) -> None:
    entry, number = casetown.entries(casetown.mine)[0], casetown.objection()
    for name in ("clerk", "reviewer", "authority", "auditor"):
        browser = casetown.client(name)
        for ask in (browser.get, browser.post):
            assert ask("/desk/counter/", {"statement": entry.id, "kind": "objection"}).status_code == 403, (
                name
            )
        for where in ("/desk/", "/desk/cases/", deskcases.address(number)):
            assert 'href="/desk/counter/' not in browser.get(where).content.decode(), (name, where)
    assert 'href="/desk/counter/' in casetown.client("office").get("/desk/cases/").content.decode()


def test_a_file_that_is_no_document_is_refused_and_nothing_is_opened(casetown: Any) -> None:
    from xinheng.cases import service as cases

    entry, office = casetown.entries(casetown.mine)[0], casetown.client("office")
    form = _form(office, entry.id, "objection") | {"reason": "内容写漏"}
    form["file"] = SimpleUploadedFile("程序.pdf", b"MZ\x90\x00", "application/pdf")
    answer = office.post("/desk/counter/", form)
    assert answer.status_code == 400 and 'role="alert"' in answer.content.decode()
    assert cases.of_statements(ids=[entry.id]) == {}


def test_an_unknown_kind_is_not_found(casetown: Any) -> None:
    entry = casetown.entries(casetown.mine)[0]
    assert (
        casetown.client("office").get("/desk/counter/", {"statement": entry.id, "kind": "x"}).status_code
        == 404
    )


def test_a_simulated_push_becomes_a_case_with_its_outside_number_once(casetown: Any) -> None:
    entry = next(
        one for one in casetown.entries(casetown.mine)
        if one.earliest_repair and str(one.earliest_repair) <= "2026-11-20" and str(one.show_until) > "2026-11-20"
    )  # fmt: skip
    office = casetown.client("office")
    form = {
        "outside": "XYZG-1", "uscc": entry.uscc, "document": entry.values["CF_WSH"], "commitment": "1", "reason": "已履行",
    }  # fmt: skip
    done = office.post("/desk/cases/exchange/", form)
    assert done.status_code == 302
    words = plain(office.get(done["Location"]).content.decode())
    assert "XYZG-1" in words and "信用中国转来（模拟交换）" in words
    again = office.post("/desk/cases/exchange/", form)
    assert again.status_code == 400 and "已经推送过" in again.content.decode()
    wrong = office.post("/desk/cases/exchange/", form | {"outside": "XYZG-2", "document": "没有这个文号"})
    assert wrong.status_code == 400 and 'role="alert"' in wrong.content.decode()
    results = office.post("/desk/cases/exchange/results/").content.decode("utf-8-sig")
    assert "XYZG-2" in results and "XYZG-1" not in results, "only what came to something goes back"
    assert casetown.client("authority").get("/desk/cases/exchange/").status_code == 403
