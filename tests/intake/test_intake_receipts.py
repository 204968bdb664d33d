"""Receipts and templates: what a department reads, mends and sends again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_rows import AGENCY, AT, CITIZEN, PHONE, cells_of, penalty

from xinheng.intake import service as intake
from xinheng.intake import template, workbook
from xinheng.kernel import uscc
from xinheng.law import service as law

Take = Callable[..., Any]
BAD = penalty(CF_WSH="淮〔2026〕9号", CF_JDRQ="2026-13-01", CF_CFLB="关门")


@pytest.fixture
def sheets(take: Take, tmp_path: Path) -> Callable[..., tuple[Any, Any]]:
    """Takes rows in and opens the workbook receipt."""

    def made(*rows: dict[str, str], **how: Any) -> tuple[Any, Any]:
        receipt = take(*rows, **how)
        path = tmp_path / "receipt.xlsx"
        intake.receipt_xlsx(batch=receipt.batch, path=path)
        return receipt, openpyxl.load_workbook(path)

    return made


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    heads = [cell.value for cell in sheet[1]]
    return [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]


def test_the_json_receipt_has_the_promised_form(take: Take) -> None:
    body = take(penalty(), BAD, penalty(CF_XDR_LB="自然人", CF_WSH="p")).as_dict()
    assert json.loads(json.dumps(body, ensure_ascii=False)) == body
    promised = ("batch", "rows", *intake.OUTCOMES, "repeated", "seconds", "problems")
    assert set(promised) <= set(body)
    assert body["rows"] == 3 == sum(body[name] for name in intake.OUTCOMES)
    assert [set(problem) for problem in body["problems"]] == [{"row", "field", "code", "message"}] * 2
    assert {(p["row"], p["field"]) for p in body["problems"]} == {(3, "CF_JDRQ"), (3, "CF_CFLB")}
    assert body["personal"] == "自然人信息不受理、未保存"


def test_the_text_receipt_tells_counts_and_the_first_problems(take: Take) -> None:
    text = take(penalty(), BAD, penalty(CF_XDR_LB="自然人")).as_text()
    for words in ("入库 1", "退回 1", "自然人信息不受理、未保存(1 行)", "第 3 行"):
        assert words in text


def test_the_workbook_has_the_rows_not_accepted_in_their_order_with_reason_and_remedy(
    sheets: Any, item: law.Item
) -> None:
    held = penalty(CF_WSH="q", CF_XDR_MC="另一家有限公司")
    receipt, book = sheets(
        penalty(), held, BAD, penalty(), penalty(CF_XDR_LB="自然人", CF_XDR_MC="钱多多"), title="某局"
    )
    assert book.sheetnames == ["说明", "未入库的行"]
    rows = rows_of(book["未入库的行"])
    assert [(row["行号"], row["处理结果"]) for row in rows] == [(4, "待核"), (5, "退回"), (6, "重复")]
    assert "不一致" in rows[0]["原因"] and rows[0]["怎么办"]
    assert "不是有效日期" in rows[1]["原因"] and "只能填写" in rows[1]["原因"]
    assert rows[1]["处罚决定日期"] == "2026-13-01"
    summary = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert summary["批次"] == receipt.batch
    assert summary["自然人信息"].startswith("自然人信息不受理、未保存:1 行")
    assert "钱多多" not in [row["行政相对人名称"] for row in rows]


def test_offending_cells_are_marked_and_only_they(sheets: Any, item: law.Item) -> None:
    _, book = sheets(BAD)
    sheet = book["未入库的行"]
    filled = {
        sheet.cell(1, cell.column).value
        for cell in sheet[2]
        if cell.fill.fgColor.rgb not in ("00000000", None)
    }
    assert filled == {"处罚决定日期", "处罚类别"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_nothing_is_ever_a_formula(sheets: Any, tmp_path: Path, start: str) -> None:
    evil = f'{start}HYPERLINK("http://example.org","x")'
    _, book = sheets(penalty(CF_JDRQ="坏", CF_SY=evil, BZ=evil, CF_FRDB=evil))
    sheet = book["未入库的行"]
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t"))
            assert cell.hyperlink is None
    with zipfile.ZipFile(tmp_path / "receipt.xlsx") as archive:
        assert not any(
            b"<f>" in archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets")
        )


def test_a_mended_receipt_is_sent_in_again_as_it_is(
    take: Take, sheets: Any, tmp_path: Path, item: law.Item
) -> None:
    _, book = sheets(penalty(), BAD, penalty(CF_WSH="w", CF_SY="=1+1 是原文", CF_CFJGDM=""))
    sheet = book["未入库的行"]
    places = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, places["处罚决定日期"]).value = "2026/11/12"
    sheet.cell(2, places["处罚类别"]).value = "罚款"
    sheet.cell(3, places["处罚机关统一社会信用代码"]).value = AGENCY
    out = io.BytesIO()
    book.save(out)
    again = take(raw=out.getvalue(), name="mended.xlsx")
    assert (again.accepted, again.rows) == (2, 2)
    row = intake.kept_row(batch=again.batch, row=3)
    assert row is not None and row["CF_SY"].lstrip("'") == "=1+1 是原文"


def test_rows_are_split_over_sheets(sheets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_A_SHEET", 3)
    _, book = sheets(*(penalty(CF_WSH=f"{n}", CF_JDRQ="坏") for n in range(7)))
    assert book.sheetnames == ["说明", "未入库的行", "未入库的行2", "未入库的行3"]
    numbers = [row["行号"] for name in book.sheetnames[1:] for row in rows_of(book[name])]
    assert numbers == list(range(2, 9))


def test_a_cell_longer_than_a_spreadsheet_holds_is_cut_not_lost(sheets: Any) -> None:
    _, book = sheets(penalty(CF_JDRQ="坏", CF_SY="长" * 40_000))
    assert len(rows_of(book["未入库的行"])[0]["违法事实"]) >= 32_000


def test_masked_values_stay_masked_in_the_workbook(sheets: Any) -> None:
    _, book = sheets(penalty(CF_JDRQ="坏", CF_SY=f"电话{PHONE}", BZ=CITIZEN, CF_FR_ZJHM=CITIZEN))
    text = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert PHONE not in text and CITIZEN not in text
    assert "［已遮盖］" in text


def test_a_receipt_of_no_batch_or_an_open_one_is_answered(take: Take, tmp_path: Path) -> None:
    with pytest.raises(intake.NoSuchBatch):
        intake.receipt_xlsx(batch="20260101-00001", path=tmp_path / "x.xlsx")
    receipt = take(BAD)
    assert intake.receipt_of(batch=receipt.batch).as_dict() == receipt.as_dict()


@pytest.mark.parametrize("code", ["admin-penalty", "admin-licence"])
def test_the_template_is_understood_and_its_examples_break_no_rule(
    take: Take, pack: law.Pack, code: str
) -> None:
    """The example column of the guide, put into the sheet, is a sound row but for the fictional agency."""
    item = pack.items[code]
    book = openpyxl.load_workbook(io.BytesIO(intake.template(item=code)))
    sheet, guide = book["填报"], book["填写说明"]
    heads = [cell.value for cell in sheet[1]]
    shown = [one for one in item.fields if one.scope != "drop"]
    assert [head.removesuffix(" *") for head in heads] == [one.name for one in shown]
    assert [head.endswith(" *") for head in heads] == [one.required for one in shown]
    empty = take(raw=_bytes(book), of=item, name="empty.xlsx")
    assert empty.rows == 0
    examples = [row[3].value or "" for row in guide.iter_rows(min_row=2, max_row=1 + len(shown))]
    for column, text in enumerate(examples, start=1):
        sheet.cell(2, column).value = text
    receipt = take(raw=_bytes(book), of=item, name="filled.xlsx")
    assert (receipt.rows, receipt.quarantined) == (1, 1)
    assert {problem["code"] for problem in receipt.problems} == {"V11"}
    assert uscc.is_valid(template.example(item, item.by_code[item.subject_code]))


def test_the_template_offers_choices_and_marks_what_is_required(pack: law.Pack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(intake_template(pack)))
    lists = [rule.formula1 for rule in book["填报"].data_validations.dataValidation]
    assert any("个体工商户" in formula for formula in lists)
    assert not any("自然人" in formula for formula in lists)
    assert all(cell.comment is not None for cell in book["填报"][1])


def intake_template(pack: law.Pack) -> bytes:
    return template.build(pack.items["admin-penalty"])


def _bytes(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_problems_past_the_limit_are_counted(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.intake import receipt

    monkeypatch.setattr(receipt, "MAX_PROBLEMS", 3)
    body = take(*(penalty(CF_WSH=f"{n}", CF_JDRQ="坏") for n in range(5))).as_dict()
    assert (len(body["problems"]), body["problems_omitted"], body["rejected"]) == (3, 2, 5)


def test_a_heading_without_rows_below_is_an_empty_file_not_an_error(take: Take) -> None:
    assert take(raw=cells_of([("CF_XDR_MC", "CF_SY", "CF_WSH")]).encode(), at=AT).rows == 0
