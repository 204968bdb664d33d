"""Many codes at once: pasted, in a file, under a stamped letter that another account of the office approves."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import fastexcel
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moments import AT

pytest_plugins = ("deskkit",)
ON = date(2026, 11, 20)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
TERMS = {
    "matter": "subsidy-grant",
    "scope": "shared",
    "purpose": "fund-grant",
    "case_number": "补〔2026〕8号",
}


@pytest.fixture
def codes(desk: Any) -> list[str]:
    """Some organisations with penalties."""
    from xinheng.publication import service as publication

    found = publication.statements(audience="public", on=ON, item="admin-penalty", limit=60)
    return list(dict.fromkeys(one.uscc for one in found))[:12]


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def letter(desk: Any, browser: Any, asked: list[str], **more: Any) -> Any:
    form = TERMS | {"letter": "测函〔2026〕3号", "codes": "\n".join(asked), "token": "one"} | more
    form.setdefault("scan", SimpleUploadedFile("函.pdf", PDF))
    return browser.post("/desk/check/requests/", form)


def test_every_pasted_row_is_answered_in_its_place_in_page_table_and_workbook(
    desk: Any, codes: list[str]
) -> None:
    clerk = desk.client("clerk")
    pasted = [
        "统一社会信用代码\t名称",
        *(f"{code}\t某某公司" for code in codes),
        codes[0],
        "没有代码的一行",
        "340602199003072234",
    ]
    answer = clerk.post("/desk/check/batch/", TERMS | {"codes": "\n".join(pasted)})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    page = clerk.get(answer["Location"])
    said = text(page)
    assert "1 行没有可用的代码" in said and "1 行像个人证件号码" in said and "1 个代码重复" in said
    from xinheng.checks import service as checks

    batch = answer["Location"].split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    kept = checks.of_batch(batch=batch, reader=checks.Asker("desk", "x", "department", desk.mine))
    assert [one.payload["uscc"] for one in kept] == [*codes, codes[0], "", ""]
    assert len({one.number for one in kept if one.number}) == len(codes)
    assert [one.payload["unchecked"] for one in kept[-2:]] == ["code-unreadable", "personal-number"]
    assert "无法核查：不是主体代码" in said and "像个人证件号码，不受理" in said
    base = answer["Location"].split("?")[0].rstrip("/")
    lines = list(csv.reader(io.StringIO(clerk.get(f"{base}.csv").content.decode("utf-8-sig"))))[1:]
    assert [line[0] for line in lines] == [one.payload["uscc"] for one in kept]
    assert [line[9] for line in lines] == [one.number for one in kept]
    assert [line[3] for line in lines[-2:]] == ["", ""] and "第 14 行" in lines[-2][10]
    rows = fastexcel.read_excel(clerk.get(f"{base}.xlsx").content).load_sheet(0).to_polars()
    assert rows["证据编号"].fill_null("").to_list() == [one.number for one in kept]
    assert clerk.get(f"{base}/sheets/").content.decode().count("信用核查单</h1>") == len(codes)
    last = text(clerk.get(f"{base}/?after={len(codes)}"))
    assert kept[0].number in last and kept[1].number not in last
    assert "340602199003072234" not in page.content.decode()


def test_the_workbook_the_table_and_the_sheets_say_the_same_and_hold_no_formula(
    desk: Any, codes: list[str]
) -> None:
    clerk = desk.client("clerk")
    table = "\ufeff名称,代码\r\n" + "".join(f"=1+1,{code}\r\n" for code in codes)
    form = TERMS | {"file": SimpleUploadedFile("名单.csv", table.encode())}
    answer = clerk.post("/desk/check/batch/", form)
    base = answer["Location"].split("?")[0].rstrip("/")
    plain = clerk.get(f"{base}.csv").content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in plain.splitlines()[1:]] == codes
    book = fastexcel.read_excel(clerk.get(f"{base}.xlsx").content)
    assert book.sheet_names == ["核查结果", "措施提示", "计入的信息", "说明"]
    rows = book.load_sheet(0).to_polars()
    assert rows["代码"].to_list() == codes
    entries = book.load_sheet(2).to_polars()
    assert rows["计入的失信信息"].cast(int).sum() == entries.filter(entries["方向"] == "失信").height > 0
    sheets = clerk.get(f"{base}/sheets/").content.decode()
    assert sheets.count("信用核查单</h1>") == len(codes)
    rival = desk.client("rival")
    for tail in ("/", "/sheets/", ".csv", ".xlsx"):
        assert rival.get(base + tail).status_code == 404, tail


def test_a_workbook_of_codes_is_read_too_and_rubbish_is_not(desk: Any, codes: list[str]) -> None:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, code in enumerate(codes):
            sheet.write_string(at, 1, code)
    clerk = desk.client("clerk")
    good = clerk.post("/desk/check/batch/", TERMS | {"file": SimpleUploadedFile("a.xlsx", out.getvalue())})
    assert good.status_code == 302
    bad = clerk.post("/desk/check/batch/", TERMS | {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no")})
    assert bad.status_code == 400 and "XLSX" in bad.content.decode()
    none = clerk.post("/desk/check/batch/", TERMS | {"codes": "某某公司"})
    assert none.status_code == 400 and "没有找到可以核查" in none.content.decode()


def test_a_refused_purpose_refuses_the_whole_list(desk: Any, codes: list[str]) -> None:
    from xinheng.checks import service as checks

    clerk = desk.client("clerk")
    answer = clerk.post("/desk/check/batch/", TERMS | {"purpose": "bidder-review", "codes": "\n".join(codes)})
    assert answer.status_code == 403
    assert {one.outcome for one in checks.of_body(body=desk.mine, on=ON)} == {"refused"}


def test_a_letter_waits_for_the_office_runs_in_the_units_name_and_its_answers_are_the_units(
    desk: Any, codes: list[str]
) -> None:
    from xinheng.checks import service as checks

    clerk, office = desk.client("clerk"), desk.client("office")
    sent = letter(desk, clerk, codes)
    assert sent.status_code == 302, text(sent)
    assert letter(desk, clerk, codes)["Location"] == sent["Location"], (
        "the same form again is the same request"
    )
    assert checks.of_body(body=desk.mine, on=ON) == []
    where = sent["Location"]
    assert clerk.post(where + "approve/").status_code == 403
    assert desk.client("rival").get(where).status_code == 404
    assert office.get(where + "letter/").content == PDF
    assert office.post(where + "approve/").status_code == 302
    said = text(clerk.get(where))
    assert "已办结" in said
    found = re.search(r"/desk/check/batch/(HC\d+)/", clerk.get(where).content.decode())
    assert found is not None
    kept = checks.of_batch(batch=found[1], reader=checks.Asker("desk", "x", "department", desk.mine))
    assert [one.number for one in kept][:1] == [found[1]]
    assert len(kept) == len(codes) and {one.body for one in kept} == {desk.mine}
    assert kept[0].payload["case_number"] == TERMS["case_number"]
    again = office.post(where + "run/")
    assert again.status_code == 302 and len(checks.of_body(body=desk.mine, on=ON, limit=99)) == len(codes)


def test_whoever_typed_the_letter_in_does_not_approve_it(desk: Any, codes: list[str]) -> None:
    office, other = desk.client("office"), desk.client("office2")
    where = letter(desk, office, codes, unit=desk.mine)["Location"]
    refused = office.post(where + "approve/")
    assert refused.status_code == 403 and "不能由自己批准" in refused.content.decode()
    assert other.post(where + "approve/").status_code == 302


def test_a_refusal_needs_its_reason_and_is_final_and_a_letter_can_be_taken_back(
    desk: Any, codes: list[str]
) -> None:
    clerk, office = desk.client("clerk"), desk.client("office")
    where = letter(desk, clerk, codes)["Location"]
    assert office.post(where + "refuse/", {"reason": " "}).status_code == 400
    assert office.post(where + "refuse/", {"reason": "函上没有盖章"}).status_code == 302
    assert "函上没有盖章" in text(clerk.get(where))
    assert office.post(where + "approve/").status_code == 403
    second = letter(desk, clerk, codes, token="two")["Location"]
    assert clerk.post(second + "withdraw/").status_code == 302
    assert office.post(second + "approve/").status_code == 403


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"scan": SimpleUploadedFile("函.exe", b"MZ....")}, "不是 PDF"),
        ({"letter": " "}, "申请函的文号"),
        ({"purpose": ""}, "必须写明用途"),
        ({"codes": "什么也没有"}, "没有找到可以核查"),
    ],
)
def test_an_incomplete_letter_is_told_what_is_missing(
    desk: Any, codes: list[str], more: Any, says: str
) -> None:
    answer = letter(desk, desk.client("clerk"), codes, **more)
    assert answer.status_code == 400 and says in answer.content.decode()


def test_the_ledger_binds_every_column_of_a_request(desk: Any, codes: list[str]) -> None:
    from django.db import connection

    from xinheng.checks import requests_keeping
    from xinheng.evidence import service as evidence

    clerk, office = desk.client("clerk"), desk.client("office")
    where = letter(desk, clerk, codes)["Location"]
    office.post(where + "approve/")
    from xinheng.checks import service as checks

    checks.seal(at=AT)
    assert evidence.verify().findings == []
    for table, columns in requests_keeping.BOUND.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(columns)} FROM {table} ORDER BY id LIMIT 1"
            )  # names are our own
            row = cursor.fetchone()
            for column, value in zip(columns, row, strict=True):
                if column == "id" or isinstance(value, date):
                    changed: Any = value + 1 if column == "id" else date(2025, 1, 1)
                else:
                    changed = value + 1 if isinstance(value, int) else f"{value[:-1]}~"
                key = changed if column == "id" else row[0]
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [changed, row[0]])
                assert list(requests_keeping.findings()), (table, column)
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, key])
    assert list(requests_keeping.findings()) == []


def test_pages_of_many_stay_within_their_queries(desk: Any, codes: list[str], few_queries: Any) -> None:
    clerk = desk.client("clerk")
    where = clerk.post("/desk/check/batch/", TERMS | {"codes": "\n".join(codes)})["Location"]
    letter(desk, clerk, codes)
    clerk.get(where)
    with few_queries(30):
        clerk.get(where)
    with few_queries(20):
        clerk.get("/desk/check/requests/")
