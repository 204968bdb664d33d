"""Bulletins and supervision orders as PDF/A and PDF/UA, set by Typst from what was frozen: the same content, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal
from zoneinfo import ZoneInfo

import typst

from xinheng.law import service as law
from xinheng.oversight import orders
from xinheng.oversight.exact import ExactRow
from xinheng.oversight.suspected import Suspicion
from xinheng.reports.glyphs import FONTS, printable

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
COLUMNS = ("应报", "已报", "及时率", "合规率", "迟报", "漏报", "退回", "零报告", "环比")
_KEYS = ("due", "reported", "timeliness", "conformity", "late", "omitted", "returned", "nil", "change")
_ITEM_COLUMNS, _ITEM_KEYS = COLUMNS[:7], _KEYS[:7]
STATES = {"": "", "nil": "零报告", "silent": "未报送"}
PARTS = {
    "late": "迟报", "returned": "退回", "suspected": "疑似未报", "omitted": "漏报", "objection": "异议逾期未答复",
    "repair": "信用修复逾期未办",
}  # fmt: skip
_ROOT = Path(__file__).resolve().parent.parent
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_NUMERALS = "一二三四五六"
_ROW_COLUMNS = {
    "late": ("文书号", "行政相对人", "决定日期", "应报截止", "收到日期", "批次与行号"),
    "returned": ("文书号", "行政相对人", "收到日期", "退回原因", "批次与行号"),
    "suspected": ("文书号", "相邻决定日期", "来源", "编号"),
    "omitted": ("文书号", "相邻决定日期", "来源", "编号"),
    "objection": ("案件编号", "应办结日期"),
    "repair": ("案件编号", "应办结日期"),
}
_lock = Lock()


def bulletin_pdf(*, content: dict[str, Any]) -> bytes:
    """A bulletin, issued or drafted, from its content. A draft says that it is one and has no number."""
    return _typeset("bulletin.typ", _bulletin(content), content)


def order_pdf(*, content: dict[str, Any]) -> bytes:
    """A supervision order from its content; the rows it names are shown as they may be shown now."""
    return _typeset("order.typ", _order(content), content)


def _typeset(template: str, view: dict[str, Any], content: dict[str, Any]) -> bytes:
    moment = content.get("issued_at") or f"{content['composed_on']}T00:00:00+08:00"
    stamp = int(datetime.fromisoformat(moment).timestamp())
    inputs = {"view": json.dumps(_drawn(view), ensure_ascii=False, separators=(",", ":"))}
    with _lock:
        made = _compiler(template).compile(sys_inputs=inputs, pdf_standards=[*STANDARDS], timestamp=stamp)
    assert isinstance(made, bytes)
    return made


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(
        str(_ROOT / "oversight" / template),
        root=str(_ROOT),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )


def _drawn(value: Any) -> Any:
    """Every text as the fonts can draw it."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _drawn(one) for name, one in value.items()}
    return [_drawn(one) for one in value] if isinstance(value, list | tuple) else value


def _head(content: dict[str, Any]) -> dict[str, Any]:
    moment = content.get("issued_at") or f"{content['composed_on']}T00:00:00+08:00"
    made = datetime.fromisoformat(moment).astimezone(_SHANGHAI)
    return {
        "office": content["office"], "sandbox": content["sandbox"], "made": list(made.timetuple()[:6]),
        "number": f"编号 {content['number']}" if content.get("number") else "草稿，未编号",
    }  # fmt: skip


def _bulletin(content: dict[str, Any]) -> dict[str, Any]:
    issued = content.get("issued_on", "")
    head = {
        **_head(content), "title": content["title"],
        "named": f"{content['named']}　编号 {content['number']}" if issued else "草　稿",
        "period": content["period_name"], "span": f"{day(content['first'])}至{day(content['last'])}",
        "cutoff": day(content["cutoff"]), "signed": f"签发日期 {day(issued)}" if issued else "尚未签发",
        "flag": content["kind_name"] if issued else f"{content['kind_name']}草稿",
    }  # fmt: skip
    return {
        "head": head,
        "lead": lead(content),
        "tiles": tiles(content),
        "columns": COLUMNS,
        "rows": [
            {"rank": _text(line["rank"]), "unit": line["name"], "note": STATES[line["state"]], "cells": cells(line)}
            for line in content["rows"]
        ],
        "total": cells(content["total"]),
        "item_columns": _ITEM_COLUMNS,
        "items": [{"name": one["name"], "cells": [_text(one[key]) for key in _ITEM_KEYS]} for one in content["items"]],
        "notes": content["notes"],
    }  # fmt: skip


def cells(line: dict[str, Any]) -> list[str]:
    """The figures of a line in the order of COLUMNS, as printed."""
    return [_text(line[key]) for key in _KEYS]


def lead(content: dict[str, Any]) -> str:
    """The period in one sentence."""
    rows = content["rows"]
    sent = sum(1 for line in rows if line["due"])
    nil = sum(1 for line in rows if line["state"] == "nil")
    silent = sum(1 for line in rows if line["state"] == "silent")
    whole = content["total"]
    return (
        f"{content['period_name']}，列入统计的单位 {len(rows)} 个：有应报决定的 {sent} 个，零报告 {nil} 个，未报送也未作零报告的 {silent} 个。"
        f"应报 {whole['due']:,} 件，已报 {whole['reported']:,} 件，及时率 {whole['timeliness']}，合规率 {whole['conformity']}。"
        + (f"另有疑似未报 {whole['suspected']:,} 件待说明，未计入应报。" if whole.get("suspected") else "")
    )


def tiles(content: dict[str, Any]) -> list[dict[str, str]]:
    """The six figures above the table."""
    whole = content["total"]
    return [
        {"name": "应报", "value": f"{whole['due']:,}", "aside": "件"},
        {"name": "已报", "value": f"{whole['reported']:,}", "aside": "件"},
        {"name": "及时率", "value": whole["timeliness"], "aside": f"环比 {whole['change']}"},
        {"name": "合规率", "value": whole["conformity"], "aside": ""},
        {"name": "迟报", "value": f"{whole['late']:,}", "aside": "件"},
        {"name": "退回", "value": f"{whole['returned']:,}", "aside": f"已重报 {whole['mended']:,}"},
    ]


def _order(content: dict[str, Any]) -> dict[str, Any]:
    rows = orders.rows_of(content)
    head = {
        **_head(content), "unit": content["unit"], "named": f"{content['named']}　编号 {content['number']}",
        "signed": day(content["issued_on"]),
    }  # fmt: skip
    return {
        "head": head,
        "lead": order_lead(content),
        "note": content["note"],
        "parts": [
            _part(number, part, rows.get(part["kind"], []))
            for number, part in zip(_NUMERALS, content["parts"], strict=False)
        ],
        "due": f"请于 {day(content['due_on'])} 前书面答复办理情况。{content['due_name']}：{content['due_what']}。",
        "working": "计算：" + "；".join(
            f"{one['date']} {'计' if one['counted'] else '不计'}（{one['why']}）" for one in content["due_working"]
        ),
        "cited": content["due_cited"],
        "liaison": content["liaison"],
    }  # fmt: skip


def order_lead(content: dict[str, Any]) -> str:
    """What the order is about, in one sentence."""
    told = "、".join(f"{PARTS[part['kind']]} {part['count']:,} 件" for part in content["parts"])
    if all(part["kind"] in orders.SILENT for part in content["parts"]):
        return f"你单位有{told}。现予督办，请逐件按下列要求办理，并在期限内答复。"
    source = f"据通报 {content['bulletin']}，" if content["bulletin"] else ""
    return f"{source}你单位报送的公共信用信息中有{told}。现予督办，请逐件查明原因，按下列要求办理，并在期限内答复。"


def _part(number: str, part: dict[str, Any], rows: Sequence[Any]) -> dict[str, Any]:
    columns = _ROW_COLUMNS[part["kind"]]
    more = part["count"] - len(part["rows"])
    return {
        "no": number, "title": PARTS[part["kind"]], "count": f"共 {part['count']:,} 件", "ask": f"要求：{part['ask']}",
        "columns": columns,
        "widths": ["wide" if one in ("行政相对人", "退回原因", "文书号") else "" for one in columns],
        "rows": [row_cells(part["kind"], row) for row in rows],
        "more": f"另有 {more:,} 件，见通报附表。" if more > 0 and part["kind"] in ("late", "returned") else "",
    }  # fmt: skip


def row_cells(kind: str, row: ExactRow | Suspicion | orders.LateCase) -> list[str]:
    """One row as printed."""
    if isinstance(row, orders.LateCase):
        return [row.case, row.due_on.isoformat()]
    if isinstance(row, Suspicion):
        days = " 至 ".join(one.isoformat() for one in (row.lower_on, row.upper_on) if one is not None)
        return [row.text, days or "—", row.face or "文书号缺号", row.number]
    where = f"{row.place.batch} 第 {row.place.row} 行"
    doc, name = (row.doc or "（未填）", row.name) if not row.erased else ("已依法删除", "")
    if kind == "late":
        due = row.due_on.isoformat() if row.due_on else "—"
        decided = row.decided_on.isoformat() if row.decided_on else row.decided
        return [doc, name, decided, due, row.received_on.isoformat(), where]
    reasons = "；".join(dict.fromkeys(one["message"] for one in row.problems)) or "—"
    return [doc, name, row.received_on.isoformat(), reasons, where]


def item_name(code: str) -> str:
    """An item's name in the pack in use, else its code."""
    items = law.active().items
    return items[code].name if code in items else code


def day(value: str) -> str:
    """2026-11-20 as 2026年11月20日."""
    parsed = date.fromisoformat(value)
    return f"{parsed.year}年{parsed.month}月{parsed.day}日"


def _text(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else str(value)
