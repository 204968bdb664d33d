"""Lists of codes on their way in, and the answers of a batch on their way out: CSV and workbook. Nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from xinheng.checks import service as checks
from xinheng.checks.sheet import MARKS, SEVERITIES, answer_of
from xinheng.evidence import service as evidence
from xinheng.intake.grids import csv_rows, workbook_rows
from xinheng.intake.workbook import safe
from xinheng.kernel.errors import WrongUse

STRENGTHS = {"must": "应当", "may": "可以"}
UNCHECKED = {
    "not-registered": "（未登记）", "code-invalid": "（无法核查：代码校验不通过）", "code-unreadable": "（无法核查：不是主体代码）",
    "personal-number": "（不受理：像个人证件号码）",
}  # fmt: skip
COLUMNS = (
    ("代码", 20), ("名称", 34), ("登记状态", 10), ("计入的失信信息", 14), ("其中有异议", 11), ("应当采取的措施（提示）", 20), ("可以采取的措施（提示）", 20),
    ("激励", 8), ("答复可依据至", 13), ("证据编号", 18), ("说明", 44),
)  # fmt: skip
_HINTS = (
    ("代码", 20), ("名称", 34), ("措施", 26), ("应当或可以", 11), ("依据", 44), ("核实情况", 10), ("范围", 40), ("至", 12), ("所依据的记录", 22),
    ("证据编号", 18),
)  # fmt: skip
_ENTRIES = (
    ("代码", 20), ("名称", 34), ("类别", 18), ("内容", 40), ("认定单位", 28), ("文号", 24), ("决定日期", 12), ("失信程度", 10), ("公示至", 12),
    ("标注", 16), ("方向", 8), ("记录编号", 14), ("证据编号", 18),
)  # fmt: skip
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


class ListRefused(WrongUse):
    """A file of codes cannot be read."""

    code = "list-refused"


@dataclass(frozen=True)
class Row:
    """One answer of a batch in a line."""

    number: str
    uscc: str
    name: str
    found: bool
    status: str
    adverse: int
    disputed: int
    must: int
    may: int
    incentives: int
    valid_until: date | None
    unchecked: str
    whole: bool
    notes: tuple[str, ...]


def lines_of(data: bytes, name: str) -> list[str]:
    """Every cell of a CSV, text or XLSX file that is not empty, row by row. Raises `ListRefused`."""
    if data.startswith(b"PK\x03\x04") or name.lower().endswith(".xlsx"):
        rows = workbook_rows(data, refuse=ListRefused)
    else:
        rows = csv_rows(data, refuse=ListRefused, tabs=True)
    return [" ".join(cell for cell in row if cell) for row in rows if any(row)]


def row_of(kept: checks.Evidence) -> Row:
    """An answer in a line."""
    told = answer_of(kept)
    adverse = [one for one in told.entries if one.side == "adverse"]
    strengths = [one.strength for one in told.hints]
    return Row(
        kept.number, told.uscc, told.name, told.found, told.status, len(adverse),
        sum("disputed" in one.marks for one in adverse), strengths.count("must"), strengths.count("may"),
        len(told.incentives), told.valid_until, told.unchecked, kept.whole, tuple(one.says for one in told.notes),
    )  # fmt: skip


def as_csv(found: Sequence[checks.Evidence]) -> bytes:
    """One line for each row asked; UTF-8 with a mark, so that spreadsheets read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for name, _width in COLUMNS])
    for one in found:
        writer.writerow(
            [value if isinstance(value, int) else safe(str(value)) for value in _cells(row_of(one))]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(found: Sequence[checks.Evidence], *, at: datetime) -> bytes:
    """A workbook: the answers, the hints behind them, the entries behind those, and what it all means."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        made = at.astimezone(evidence.SHANGHAI).replace(tzinfo=None)
        book.set_properties({"title": f"批量核查 {found[0].batch or found[0].number}", "created": made})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        _sheet(book, "核查结果", COLUMNS, head, [_cells(row_of(one)) for one in found])
        _sheet(book, "措施提示", _HINTS, head, [line for one in found for line in _hints(one)])
        _sheet(book, "计入的信息", _ENTRIES, head, [line for one in found for line in _entries(one)])
        _about(book, found[0])
    return out.getvalue()


def _cells(row: Row) -> list[Any]:
    notes = "；".join(row.notes) + ("" if row.whole else "；答复后有的信息已经结束，不再显示")
    if row.unchecked:
        # An empty cell, not a nought: nothing was found because nothing could be checked
        return [row.uscc, UNCHECKED[row.unchecked], "", "", "", "", "", "", "不能依据", row.number, notes]
    return [
        row.uscc, row.name or "（登记库中没有）", row.status, row.adverse, row.disputed, row.must, row.may, row.incentives,
        row.valid_until.isoformat() if row.valid_until else "", row.number, notes.lstrip("；"),
    ]  # fmt: skip


def _hints(kept: checks.Evidence) -> list[list[Any]]:
    told = answer_of(kept)
    return [
        [
            told.uscc, told.name, one.name, STRENGTHS.get(one.strength, ""), one.citation,
            "已核实" if one.confidence == "verified" else "待核实", one.scope, one.until.isoformat() if one.until else "",
            "、".join(str(ref) for ref in one.entries), kept.number,
        ]
        for one in told.hints
    ]  # fmt: skip


def _entries(kept: checks.Evidence) -> list[list[Any]]:
    told = answer_of(kept)
    return [
        [
            told.uscc, told.name, one.item_name, one.title, one.authority_name, one.document,
            one.decided_on.isoformat() if one.decided_on else "", SEVERITIES.get(one.severity, ""),
            one.until.isoformat() if one.until else "", "、".join(MARKS.get(mark, mark) for mark in one.marks),
            "失信" if one.side == "adverse" else "守信", str(one.statement), kept.number,
        ]
        for one in told.entries
    ]  # fmt: skip


def _about(book: Any, first: checks.Evidence) -> None:
    told = answer_of(first)
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    forbids = [("不要这样用", f"{one.says}（{one.citation}）") for one in told.forbids]
    lines = [
        ("办理事项", told.matter_name), ("核查范围", "公开和共享信息" if told.scope == "shared" else "公开信息"),
        ("用途", told.purpose or "公开信息，不需说明"), ("案件编号", told.case_number or "—"),
        ("核查日期", told.asked_on.isoformat()), ("账本位置", str(told.position)), *forbids,
        ("措施提示", "只是提示：是否采取，由作出决定的部门依法决定。有异议的信息不提示措施；已修复的不计入。"),
        ("有效期", f"{told.why_valid} 过期请重新核查，不要沿用旧答复。"),
    ]  # fmt: skip
    for at, (label, words) in enumerate(lines):
        sheet.write_string(at, 0, label)
        sheet.write_string(at, 1, safe(words))


def _sheet(
    book: Any, name: str, columns: Sequence[tuple[str, int]], head: Any, rows: Sequence[Sequence[Any]]
) -> None:
    sheet = book.add_worksheet(name)
    for place, (title, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, head)
    sheet.freeze_panes(1, 2)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    for at, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(at, place, value)
            else:
                sheet.write_string(at, place, safe(str(value)))
