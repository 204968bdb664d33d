"""The receipt as a workbook: the rows that were not accepted, in their order, with what is wrong and what to do.

The rows' columns carry the item's own headings, so a mended receipt can be sent in again as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from xinheng.intake.batches import OUTCOMES
from xinheng.intake.linkwords import is_link
from xinheng.intake.personal import REFUSAL
from xinheng.intake.receipt import NAMES, Receipt, in_order, link_rows
from xinheng.law import service as law

ROWS_A_SHEET = 50_000
SHOWN = ("rejected", "quarantined", "duplicate")
# What a cell can hold; xlsxwriter leaves a longer one out altogether
_LONGEST = 32_767
_LEAD = ("行号", "处理结果", "原因", "怎么办")
_ALREADY = ("与已入库的记录相同,没有重复入库", "不需要处理。")


def write_receipt(receipt: Receipt, path: Path, *, shown: Sequence[str] = SHOWN) -> None:
    """Writes the workbook with the rows of these outcomes. Nothing in it is a formula; every value is text."""
    item = law.active().items[receipt.item]
    # constant_memory: rows go out as they come, so a receipt of any length costs the same
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": f"回执 {receipt.batch}"})
        looks = {
            "head": book.add_format(
                {"bold": True, "bg_color": "#E8ECEF", "text_wrap": True, "valign": "top"}
            ),
            "wrong": book.add_format({"bg_color": "#FBE3D6", "text_wrap": False}),
            "plain": book.add_format({"num_format": "@"}),
        }
        if shown == SHOWN:
            _summary(book, receipt, item, looks)
            _rows(book, receipt, item, looks, shown)
            _links(book, receipt, looks)
        else:
            # Asked for to be mended: the rows are what opens
            _rows(book, receipt, item, looks, shown)
            _summary(book, receipt, item, looks)


def safe(text: str) -> str:
    """Text no spreadsheet takes for a formula, short enough for a cell: a leading = + - @ gets an apostrophe."""
    shown = text[: _LONGEST - 1]
    return "'" + shown if shown[:1] in ("=", "+", "-", "@", "\t", "\r") else shown


def _summary(book: Any, receipt: Receipt, item: law.Item, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    lines: list[tuple[str, str]] = [
        ("批次", receipt.batch), ("目录项", f"{item.name}({item.code})"), ("来源单位", receipt.source),
        ("收到日期", receipt.received_on), ("文件编码", receipt.encoding), ("数据行数", f"{receipt.rows:,}"),
    ]  # fmt: skip
    lines += [(NAMES[name], f"{getattr(receipt, name):,}") for name in OUTCOMES]
    if receipt.refused_personal:
        lines.append(("自然人信息", f"{REFUSAL}:{receipt.refused_personal:,} 行,不计入本单位的各项比率"))
    lines += [
        ("按时报送", f"{receipt.timeliness.get('on_time', 0):,}"), ("超期报送", f"{receipt.timeliness.get('late', 0):,}"),
        ("不能计算期限", f"{receipt.timeliness.get('undated', 0):,}"),
    ]  # fmt: skip
    lines += [("关于文件", note) for note in receipt.file_notes]
    lines += [("已自动处理", f"{note['name']}:{note['note']}({note['rows']:,} 行)") for note in receipt.notes]
    lines.append(("怎么更正", "在「未入库的行」里直接改底色标出的单元格,存盘后把这个文件再报送一次即可。"))
    for at, (name, text) in enumerate(lines):
        sheet.write_string(at, 0, name, looks["head"])
        sheet.write_string(at, 1, safe(text))


def _rows(book: Any, receipt: Receipt, item: law.Item, looks: dict[str, Any], shown: Sequence[str]) -> None:
    fields = [one for one in item.fields if one.scope != "drop"]
    codes = [one.code for one in fields]
    sheet, at, number = None, 0, 0
    for row, outcome, problems, cells in _not_accepted(receipt.batch, codes, shown):
        if sheet is None or at > ROWS_A_SHEET:
            number += 1
            sheet = _new_sheet(book, number, [*_LEAD, *(one.name for one in fields)], looks)
            at = 1
        reasons = [problem["message"] for problem in problems] or [_ALREADY[0]]
        remedies = list(dict.fromkeys(problem["remedy"] for problem in problems)) or [_ALREADY[1]]
        sheet.write_number(at, 0, row)
        for place, text in enumerate((NAMES[outcome], "\n".join(reasons), "\n".join(remedies)), start=1):
            sheet.write_string(at, place, safe(text))
        wrong = {problem["field"] for problem in problems}
        for place, (code, cell) in enumerate(zip(codes, cells, strict=True), start=len(_LEAD)):
            if code in wrong:
                sheet.write_string(at, place, safe(cell), looks["wrong"])
            elif cell:
                sheet.write_string(at, place, safe(cell))
        at += 1


def _links(book: Any, receipt: Receipt, looks: dict[str, Any]) -> None:
    """The rows that were linked by name, so that a department can see what was made of them."""
    if not any(is_link(note["note"]) for note in receipt.notes):
        return
    sheet, at, number = None, 0, 0
    for link in link_rows(receipt.batch):
        if sheet is None or at > ROWS_A_SHEET:
            number += 1
            sheet = book.add_worksheet("按名称关联的行" if number == 1 else f"按名称关联的行{number}")
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, 10)
            sheet.set_column(1, 1, 110)
            for place, head in enumerate(("行号", "关联到哪家组织、依据")):
                sheet.write_string(0, place, head, looks["head"])
            at = 1
        sheet.write_number(at, 0, link["row"])
        sheet.write_string(at, 1, safe(link["note"]))
        at += 1


def _new_sheet(book: Any, number: int, heads: list[str], looks: dict[str, Any]) -> Any:
    sheet = book.add_worksheet("未入库的行" if number == 1 else f"未入库的行{number}")
    sheet.freeze_panes(1, len(_LEAD))
    sheet.set_column(0, 1, 10)
    sheet.set_column(2, 3, 44)
    # Text format, so that a mended code or date is not turned into a number
    sheet.set_column(len(_LEAD), len(heads) - 1, 20, looks["plain"])
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head, looks["head"])
    return sheet


def _not_accepted(
    batch: str, codes: list[str], shown: Sequence[str]
) -> Iterator[tuple[int, str, list[dict[str, str]], list[str]]]:
    for part in in_order(batch, ["_row", "_outcome", "_problems", *codes]):
        for row in part.filter(pl.col("_outcome").is_in(list(shown))).iter_rows():
            yield row[0], row[1], row[2] or [], [cell or "" for cell in row[3:]]
