"""A bulletin as a workbook: the same figures as page and PDF, and the exact rows behind 迟报, 退回 and 漏报.

Nothing in it is a formula. Rows are shown as they may be shown on the day the workbook is made: of a decision erased
since then only its place is left.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from xinheng.intake.workbook import safe
from xinheng.oversight import exact, suspected
from xinheng.oversight.bulletin_pdf import PARTS, STATES, day, item_name, lead, row_cells
from xinheng.oversight.exact import Place
from xinheng.oversight.units import names

_COLUMNS = (
    ("位次", "rank", 6), ("单位", "name", 34), ("应报", "due", 9), ("已报", "reported", 9), ("及时率", "timeliness", 10),
    ("合规率", "conformity", 10), ("迟报", "late", 8), ("漏报", "omitted", 8), ("退回", "returned", 8), ("零报告", "nil", 8),
    ("环比", "change", 9), ("上报率", "reporting", 10), ("已重报", "mended", 8), ("期限不能计算", "undated", 12),
    ("疑似未报（未计入）", "suspected", 18), ("更新行", "updated", 8), ("重复行", "duplicate", 8),
    ("自然人信息不受理", "personal", 16), ("说明", "state", 10),
)  # fmt: skip
_ANNEX = (
    "类别",
    "单位",
    "目录项",
    "文书号",
    "行政相对人",
    "决定日期",
    "应报截止",
    "收到日期",
    "原因",
    "批次",
    "行号",
    "重报日期",
)
_WIDTHS = (10, 30, 16, 30, 34, 12, 12, 12, 44, 18, 8, 12)
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


def bulletin_xlsx(*, content: dict[str, Any]) -> bytes:
    """The workbook of a bulletin, issued or drafted."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        moment = content.get("issued_at") or f"{content['composed_on']}T00:00:00+08:00"
        made = datetime.fromisoformat(moment).astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
        book.set_properties({"title": f"{content['title']} {content.get('number', '草稿')}", "created": made})
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
            "title": book.add_format({"bold": True, "font_size": 16}),
            "total": book.add_format({"bold": True, "top": 1, "bottom": 1}),
            "plain": book.add_format({}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _figures(book, content, looks)
        _by_item(book, content, looks)
        _rows(book, content, looks)
        _notes(book, content, looks)
    return out.getvalue()


def _figures(book: Any, content: dict[str, Any], looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("通报")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, content["title"], looks["title"])
    number = f"{content['named']}　编号 {content['number']}" if content.get("number") else "草稿，未编号"
    sheet.write_string(
        1,
        0,
        f"{number}　{content['period_name']}　统计截至 {day(content['cutoff'])} 24 时　{content['office']}",
    )
    sheet.write_string(2, 0, lead(content))
    for place, (name, _, width) in enumerate(_COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(4, place, name, looks["head"])
    sheet.freeze_panes(5, 2)
    sheet.repeat_rows(4)
    at = 5
    for line in content["rows"]:
        _line(sheet, at, line, looks["plain"])
        at += 1
    _line(sheet, at, {**content["total"], "name": "合计"}, looks["total"])


def _line(sheet: Any, at: int, line: dict[str, Any], look: Any) -> None:
    for place, (_, key, _) in enumerate(_COLUMNS):
        value = STATES.get(line["state"], "") if key == "state" else line.get(key)
        if isinstance(value, int):
            sheet.write_number(at, place, value, look)
        else:
            sheet.write_string(at, place, "—" if value is None else safe(str(value)), look)


def _by_item(book: Any, content: dict[str, Any], looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("分单位分目录项")
    columns = [("单位", "", 34), ("目录项", "", 20), *_COLUMNS[2:10], *_COLUMNS[11:18]]
    for place, (name, _, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, looks["head"])
    sheet.freeze_panes(1, 2)
    at = 1
    for line in content["rows"]:
        for code, one in line["items"].items():
            sheet.write_string(at, 0, safe(line["name"]))
            sheet.write_string(at, 1, item_name(code))
            for place, (_, key, _) in enumerate(columns[2:], start=2):
                value = one[key]
                if isinstance(value, int):
                    sheet.write_number(at, place, value)
                else:
                    sheet.write_string(at, place, str(value))
            at += 1


def _rows(book: Any, content: dict[str, Any], looks: dict[str, Any]) -> None:
    """The annex. Only an issued bulletin has one: a draft's rows are opened on its page."""
    sheet = book.add_worksheet("附表 逐条")
    for place, (name, width) in enumerate(zip(_ANNEX, _WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, looks["head"])
    sheet.freeze_panes(1, 0)
    entries = content.get("annex", [])
    known = exact.shown([Place(batch, row) for kind, _, _, batch, row in entries if kind in exact.KINDS])
    named = names({entry[1] for entry in entries})
    at = 1
    for kind, body, item, batch, row in entries:
        cells = _annex_cells(kind, batch, row, known)
        for place, value in enumerate((PARTS[kind], named[body], item_name(item), *cells)):
            sheet.write_string(at, place, safe(value))
        at += 1
    if content.get("annex_omitted"):
        sheet.write_string(at, 0, f"另有 {content['annex_omitted']:,} 行未列出，请在平台上逐条查看。")
    elif not content.get("number"):
        sheet.write_string(at, 0, "草稿没有附表；签发以后附逐条明细。")


def _annex_cells(kind: str, batch: str, row: int, known: dict[Place, exact.ExactRow]) -> list[str]:
    if kind not in exact.KINDS:
        one = suspected.finding(number=batch)
        doc, days, _, number = row_cells(kind, one)
        return [doc, "", days, "", "", one.reason, number, "", ""]
    found = known.get(Place(batch, row))
    if found is None or found.erased:
        return ["已依法删除", "", "", "", "", "", batch, str(row), ""]
    reasons = "；".join(dict.fromkeys(one["message"] for one in found.problems))
    return [
        found.doc, found.name, found.decided_on.isoformat() if found.decided_on else found.decided,
        found.due_on.isoformat() if found.due_on else "", found.received_on.isoformat(), reasons, batch, str(row),
        found.settled_on.isoformat() if found.settled_on else "",
    ]  # fmt: skip


def _notes(book: Any, content: dict[str, Any], looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("统计口径")
    sheet.set_column(0, 0, 110)
    for at, note in enumerate(content["notes"]):
        sheet.write_string(at, 0, note, looks["wrap"])
