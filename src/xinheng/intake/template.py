"""An empty workbook per item: the headings, what each column takes, choices to pick from, a fictional example."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from xinheng.intake.errors import ItemUnknown
from xinheng.intake.examples import example
from xinheng.law import service as law

_ROWS = 5_000
_TYPES = {
    "text": "文字",
    "date": "日期",
    "code": "统一社会信用代码",
    "enum": "选填所列之一",
    "money": "金额(万元)",
    "person": "姓名",
}
_MONTHS = "2026/11/20"


def template(*, item: str) -> bytes:
    """The template of a catalogue item as XLSX. Raises `ItemUnknown`."""
    pack = law.active()
    if item not in pack.items:
        raise ItemUnknown(f"目录里没有「{item}」。可用的有:{'、'.join(sorted(pack.items))}。")
    return build(pack.items[item])


def build(item: law.Item) -> bytes:
    """The workbook: 填报 with one heading a column, 填写说明 with one line a field."""
    # Columns that are never kept are not asked for
    fields = [one for one in item.fields if one.scope != "drop"]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": f"{item.name}报送模板"})
        _sheet(book, fields)
        _guide(book, item, fields)
    return out.getvalue()


def _sheet(book: Any, fields: list[law.Field]) -> None:
    sheet = book.add_worksheet("填报")
    required = book.add_format(
        {"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "valign": "top", "border": 1}
    )
    optional = book.add_format({"bg_color": "#F2F2F2", "text_wrap": True, "valign": "top", "border": 1})
    # Text everywhere: a spreadsheet must not round codes or turn document numbers into dates
    text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 45)
    for at, one in enumerate(fields):
        sheet.set_column(at, at, 22 if one.type != "text" or (one.max or 0) < 500 else 40, text)
        sheet.write_string(
            0, at, f"{one.name} *" if one.required else one.name, required if one.required else optional
        )
        sheet.write_comment(0, at, f"{one.code}\n{_takes(one)}", {"x_scale": 1.6})
        _validation(sheet, at, one)


def _validation(sheet: Any, at: int, one: law.Field) -> None:
    """Choices to pick from. Several values and 其他-xxx must stay possible, so those only advise."""
    if one.type != "enum":
        return
    choices = [choice for choice in one.choices if choice != "自然人"]
    strict = not (one.multi or one.other_prefix)
    # Excel takes at most 255 characters of choices
    if len(",".join(choices)) > 255:
        return
    sheet.data_validation(
        1, at, _ROWS, at,
        {
            "validate": "list", "source": choices, "error_type": "stop" if strict else "information",
            "error_title": one.name[:32], "error_message": _takes(one)[:255],
        },
    )  # fmt: skip


def _takes(one: law.Field) -> str:
    """What a column takes, in a line."""
    parts = ["必填" if one.required else "选填", _TYPES.get(one.type, "文字")]
    if one.type == "date":
        parts.append(f"写成 {_MONTHS} 的样子" + (",长期写 2099/12/31" if one.long_term else ""))
    if one.choices:
        named = [
            f"{c}({one.choice_names[c][0]})" if c in one.choice_names else c
            for c in one.choices
            if c != "自然人"
        ]
        parts.append("可填:" + "、".join(named))
    if one.other_prefix:
        parts.append(f"其他的写成「{one.other_prefix}具体类别」")
    if one.multi:
        parts.append(f"多个用「{one.separator}」隔开")
    if one.max and one.type in ("text", "person"):
        parts.append(f"不超过 {one.max_tolerated or one.max} 字")
    return ";".join(parts)


def _guide(book: Any, item: law.Item, fields: list[law.Field]) -> None:
    sheet = book.add_worksheet("填写说明")
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (title, width) in enumerate((("列", 30), ("代码", 16), ("怎么填", 70), ("示例(虚构)", 44))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    for at, one in enumerate(fields, start=1):
        for column, text in enumerate((one.name, one.code, _takes(one), example(item, one))):
            sheet.write_string(at, column, text, wrap)
    end = len(fields) + 2
    for at, text in enumerate(
        (
            "自然人的信息不受理、不保存;请不要填写任何个人的证件号码、电话、住址。",
            "在「填报」表里填写,一行一件;列可以调换次序,表头也可以写字段代码;可另存为 CSV(UTF-8 或 GB18030)。",
            f"依据:{';'.join(str(citation) for citation in item.basis)}",
        )
    ):
        sheet.merge_range(end + at, 0, end + at, 3, text, wrap)
