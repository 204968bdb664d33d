"""The pages of the quality mirror: the office sees all, a unit sees itself, and everybody is written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.oversight import service as oversight

pytest_plugins = ("deskkit",)
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture
def papers(desk: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A bulletin of November, an order to the clerk's unit and findings, on the second of December."""
    from datetime import timedelta

    monkeypatch.setenv("XINHENG_TODAY", "2026-12-02")
    later = AT + timedelta(days=12)
    evidence.drain(at=later)
    oversight.look(at=later, actor="t")
    made = oversight.issue(period="2026-11", at=later, actor="t")
    order = oversight.order(body=desk.mine, bulletin=made.number, at=later, actor="t")
    found = oversight.suspected().findings
    return {
        "bulletin": made.number, "order": order.number, "finding": found[0].number if found else "",
        "item": next(line.item for line in oversight.between(made.first, made.last, source=desk.mine)),
    }  # fmt: skip


def addresses(papers: dict[str, str], body: str) -> list[str]:
    return [
        "/desk/mirror/?period=2026-11",
        "/desk/mirror/?period=2026-11&format=csv",
        f"/desk/mirror/{body}/{papers['item']}/?period=2026-11",
        f"/desk/mirror/{body}/{papers['item']}/?period=2026-11&rows=late",
        f"/desk/mirror/{body}/{papers['item']}/?period=2026-11&format=csv",
        "/desk/suspected/",
        "/desk/suspected/?state=all&kind=gap",
        "/desk/bulletins/",
        f"/desk/bulletins/{papers['bulletin']}/",
        f"/desk/bulletins/{papers['bulletin']}.pdf",
        f"/desk/bulletins/{papers['bulletin']}.xlsx",
        "/desk/orders/",
        f"/desk/orders/{papers['order']}/",
        f"/desk/orders/{papers['order']}.pdf",
    ]


OFFICE_ONLY = ("/desk/bulletins/draft/?period=2026-11", "/desk/suspected/compare/")


def test_every_page_opens_for_the_office_and_for_the_unit_it_is_about(
    desk: Any, papers: dict[str, str]
) -> None:
    for name in ("office", "clerk", "reviewer"):
        browser = desk.client(name)
        for address in addresses(papers, desk.mine):
            assert browser.get(address).status_code == 200, (name, address)
    office = desk.client("office")
    for address in OFFICE_ONLY:
        assert office.get(address).status_code == 200
        assert desk.client("clerk").get(address).status_code == 403


def test_nobody_without_a_name_sees_anything(desk: Any, papers: dict[str, str]) -> None:
    browser = desk.client()
    for address in (*addresses(papers, desk.mine), *OFFICE_ONLY):
        assert browser.get(address).status_code == 302, address


def test_for_another_unit_these_pages_do_not_exist(desk: Any, papers: dict[str, str]) -> None:
    rival = desk.client("rival")
    for address in (
        f"/desk/mirror/{desk.mine}/{papers['item']}/", f"/desk/orders/{papers['order']}/", f"/desk/orders/{papers['order']}.pdf",
    ):  # fmt: skip
        assert rival.get(address).status_code == 404, address
    name = oversight.names([desk.mine])[desk.mine]
    for address in (
        "/desk/mirror/?period=2026-11", "/desk/mirror/?period=2026-11&format=csv", "/desk/suspected/?state=all",
        f"/desk/suspected/?state=all&body={desk.mine}", "/desk/orders/", f"/desk/bulletins/{papers['bulletin']}/",
    ):  # fmt: skip
        page = rival.get(address)
        assert page.status_code == 200
        assert name not in page.content.decode(), address
        assert desk.mine not in page.content.decode().replace(f"body={desk.mine}", ""), address
    answered = rival.post(f"/desk/orders/{papers['order']}/proceed/", {"to": "answered", "reason": "x"})
    assert answered.status_code == 404
    assert oversight.order_of(number=papers["order"]).state == "issued"


def test_a_unit_answers_and_only_the_office_issues_confirms_and_closes(
    desk: Any, papers: dict[str, str]
) -> None:
    clerk, office = desk.client("clerk"), desk.client("office")
    for address, form in (
        ("/desk/bulletins/issue/", {"period": "2026-W47"}), ("/desk/orders/new/", {"body": desk.other}),
        ("/desk/suspected/look/", {}), (f"/desk/bulletins/{papers['bulletin']}/publish/", {"to": "public"}),
    ):  # fmt: skip
        assert clerk.post(address, form).status_code == 403
        assert clerk.get(address).status_code in (403, 405)
    order = f"/desk/orders/{papers['order']}/proceed/"
    assert clerk.post(order, {"to": "closed", "reason": "我办完了"}).status_code == 404
    assert clerk.post(order, {"to": "answered", "reason": "已重报"}).status_code == 302
    assert office.post(order, {"to": "closed", "reason": ""}).status_code == 403
    assert office.post(order, {"to": "closed", "reason": "核实"}).status_code == 302
    assert oversight.order_of(number=papers["order"]).state == "closed"
    assert office.post("/desk/bulletins/issue/", {"period": "2026-W47"}).status_code == 302
    assert office.post("/desk/bulletins/issue/", {"period": "2026-12"}).status_code == 403


def test_the_page_of_a_bulletin_says_what_its_content_says(desk: Any, papers: dict[str, str]) -> None:
    page = desk.client("office").get(f"/desk/bulletins/{papers['bulletin']}/").content.decode()
    content = oversight.bulletin(number=papers["bulletin"]).content
    text = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))
    for line in content["rows"]:
        assert line["name"] in text
    for figure in (papers["bulletin"], content["total"]["timeliness"], f"{content['total']['due']:,}"):
        assert figure in text
    for note in content["notes"]:
        assert re.sub(r"\s", "", note) in text


def test_every_reading_is_in_the_ledger_with_its_purpose(desk: Any, papers: dict[str, str]) -> None:
    before = len(evidence.events(kinds=["accounts.read"]))
    browser = desk.client("clerk")
    wanted = addresses(papers, desk.mine)
    seen = [address for address in wanted if not address.endswith(("/bulletins/", "/orders/"))]
    for address in seen:
        browser.get(address)
    found = evidence.events(kinds=["accounts.read"])[before:]
    assert len(found) == len(seen)
    assert all(entry.body["purpose"] and entry.body["actor"] == "desk:clerk" for entry in found)


def test_a_list_from_elsewhere_is_compared_and_not_kept(desk: Any, papers: dict[str, str], city: Any) -> None:
    list_ = "文号,相对人,决定日期\n从未报来罚〔2026〕1号,某某有限公司,2026-11-02\n".encode()
    form = {
        "body": desk.mine,
        "item": "admin-penalty",
        "face": "部门网站",
        "list": SimpleUploadedFile("l.csv", list_),
    }
    page = desk.client("office").post("/desk/suspected/compare/", form)
    assert page.status_code == 200
    assert "比对完成" in page.content.decode()
    (found,) = oversight.suspected(kind="elsewhere").findings
    assert (found.doc, found.body) == ("从未报来罚〔2026〕1号", desk.mine)
    assert not [
        path
        for path in city.root.rglob("*")
        if path.is_file() and "某某有限公司".encode() in path.read_bytes()
    ]
    assert desk.client("rival").get(f"/desk/suspected/{found.number}/").status_code == 404
    assert desk.client("clerk").get(f"/desk/suspected/{found.number}/").status_code == 200
    form = {"number": [found.number], "to": "explained", "reason": "该号已撤销"}
    assert desk.client("rival").post("/desk/suspected/step/", form).status_code == 404
    assert desk.client("clerk").post("/desk/suspected/step/", {**form, "to": "confirmed"}).status_code == 404
    assert desk.client("clerk").post("/desk/suspected/step/", form).status_code == 302
    assert oversight.finding(number=found.number).state == "explained"


def test_no_chinese_is_left_on_the_english_pages_but_names_and_content(
    desk: Any, papers: dict[str, str]
) -> None:
    browser = desk.client("office")
    for address in (*addresses(papers, desk.mine), *OFFICE_ONLY):
        if "csv" in address or address.endswith((".pdf", ".xlsx")):
            continue
        page = browser.get("/en" + address).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        bare = re.sub(r"<(\w+)[^>]* lang=\"zh-Hans\"[^>]*>.*?</\1>", "", main, flags=re.S)
        bare = re.sub(r"<option[^>]*>.*?</option>", "", bare, flags=re.S)
        text = re.sub(r"<[^>]+>", " ", bare)
        assert not HAN.search(text), (
            address,
            sorted(set(HAN.findall(text)))[:20],
            text[max(0, HAN.search(text).start() - 60) :][:160],
        )


def test_pages_need_few_queries(desk: Any, papers: dict[str, str], few_queries: Any) -> None:
    browser = desk.client("office")
    for address in addresses(papers, desk.mine):
        browser.get(address)
        # A list of rows asks a little for each file they stand in
        with few_queries(60 if "rows=" in address or papers["item"] in address else 40):
            browser.get(address)


def test_pages_have_no_inline_style_or_script(desk: Any, papers: dict[str, str]) -> None:
    browser = desk.client("office")
    for address in (*addresses(papers, desk.mine), *OFFICE_ONLY):
        answer = browser.get(address)
        if answer["Content-Type"].startswith("text/html"):
            page = answer.content.decode()
            assert " style=" not in page
            assert not re.search(r"<script(?![^>]* src=)", page)
