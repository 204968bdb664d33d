"""The papers of a case as numbered A4 files (PDF/A-3a, PDF/UA-1), set by Typst from the content kept with the case.

The words that every paper of a kind shares are here; what is particular to a case comes in `paper_shape.CasePaper`. Nothing is
looked up: the same content gives the same bytes. Texts are data, never markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import typst

from xinheng.reports.glyphs import FONTS, printable
from xinheng.reports.paper_shape import KINDS, CasePaper, PaperDay, PaperField, PaperLaw
from xinheng.reports.paper_words import lead_of, promises_of, questions_of, title_of

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
# Filled in or signed by hand: empty fields are lines, and nobody serves them on anybody
FORMS = ("commitment", "objection-sheet")
_ITEM_STATES = {
    "proven": "平台已核实", "by-authority": "由机关核实", "to-do": "待提交",
}  # fmt: skip
_ITEMS_TITLES = {
    "supplement": "需要补正的内容", "repair-notice": "申请修复的条件和材料", "commitment": "承诺事项", "transfer": "请核查的事项",
}  # fmt: skip
_HERE = Path(__file__).parent
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MOST_DAYS = 14
_lock = Lock()


def case_paper(content: CasePaper | Mapping[str, Any]) -> bytes:
    """The paper as PDF. A paper without a number says that it is a draft; sheets and letters need none.

    Raises `KeyError` or `ValueError` for content that does not have its shape.
    """
    paper = cast(CasePaper, content)
    stamp = int(
        datetime.fromisoformat(f"{paper['made_on'][:10]}T00:00:00").replace(tzinfo=_SHANGHAI).timestamp()
    )
    inputs = {"view": json.dumps(_drawn(view(paper)), ensure_ascii=False, separators=(",", ":"))}
    with _lock:
        made = _compiler().compile(sys_inputs=inputs, pdf_standards=[*STANDARDS], timestamp=stamp)
    assert isinstance(made, bytes)
    return made


def view(paper: CasePaper) -> dict[str, Any]:
    """What the template prints: every part present, empty where there is nothing to say."""
    form = paper["kind"] in FORMS
    return {
        "head": _head(paper, form),
        "form": paper["kind"] if form else "",
        "addressee": {"name": paper.get("to", ""), "code": _code(paper.get("to_code", ""))},
        "applicant": _applicant(paper) if form else [],
        "lead": paper.get("lead") or lead_of(paper),
        "paragraphs": list(paper.get("paragraphs", [])),
        "entry": _cells(paper.get("entry", []), form),
        "field": paper.get("field", ""),
        "reason": paper.get("reason", ""),
        "items_title": paper.get("items_title") or _ITEMS_TITLES.get(paper["kind"], "事项"),
        "items": _items(paper),
        "changes": [dict(one) for one in paper.get("changes", [])],
        "dates": [
            {
                "label": one["label"], "date": day(one["date"]), "note": one.get("note", ""), "law": _laws([one["law"]])
                if "law" in one else [], "provisional": one.get("provisional", False), "working": working(one.get("working", [])),
            }
            for one in ([] if form else paper.get("dates", []))
        ],
        "law": [] if form else _laws(paper.get("law", [])),
        "remedies": [
            {
                "text": one["text"], "to": one.get("to", ""), "last_on": day(one.get("last_on", "")), "note": one.get("note", ""),
                "law": _laws([one["law"]]) if "law" in one else [], "provisional": one.get("provisional", False),
            }
            for one in paper.get("remedies", [])
        ],
        "windows": list(paper.get("windows", [])),
        "fields": _cells(paper.get("fields") or questions_of(paper), form),
        "remarks": list(paper.get("remarks", [])),
        "contact": paper.get("contact", ""),
        "service": _service(paper, form),
    }  # fmt: skip


def working(days: Sequence[PaperDay]) -> str:
    """How a date was counted, in one sentence: the counted days as one run, every skipped one with its reason."""
    if not days:
        return ""
    counted = [one for one in days if one["counted"]]
    skipped = [one for one in days if not one["counted"]]
    said = ""
    if counted:
        first, last = counted[0]["date"], counted[-1]["date"]
        said = (
            f"自{short(first)}计至{short(last)}，共 {len(counted)} 日"
            if len(counted) > 1
            else f"计{short(first)}一日"
        )
        told = [one for one in counted if "调休" in one["why"] or "补班" in one["why"]]
        if told:
            said += (
                "（其中" + "、".join(f"{short(one['date'])} {one['why']}" for one in told[:_MOST_DAYS]) + "）"
            )
    if skipped:
        shown = "、".join(f"{short(one['date'])}（{one['why']}）" for one in skipped[:_MOST_DAYS])
        more = f"等 {len(skipped)} 日" if len(skipped) > _MOST_DAYS else ""
        said += f"{'；' if said else ''}不计：{shown}{more}"
    return f"{said}。"


def day(value: str) -> str:
    """2026-11-20 as 2026年11月20日; "" stays."""
    if not value:
        return ""
    parsed = date.fromisoformat(value[:10])
    return f"{parsed.year}年{parsed.month}月{parsed.day}日"


def short(value: str) -> str:
    """2026-11-20 as 11月20日; a text that is no date as it stands."""
    try:
        parsed = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return f"{parsed.month}月{parsed.day}日"


def _head(paper: CasePaper, form: bool) -> dict[str, Any]:
    made = date.fromisoformat(paper["made_on"][:10])
    number = paper.get("number", "")
    marks = []
    if paper.get("case_number"):
        marks.append({"label": "案件编号", "value": paper["case_number"]})
    if paper.get("outside"):
        marks.append(
            {
                "label": "信用中国编号" if paper.get("channel") == "exchange" else "外部编号",
                "value": paper["outside"],
            }
        )
    return {
        "title": title_of(paper), "office": paper["office"], "number": number or ("" if form else "草稿，未编号"),
        "draft": not number and not form, "marks": marks, "made": [made.year, made.month, made.day], "signed": day(paper["made_on"]),
        "sandbox": paper.get("sandbox", False), "kind": KINDS.get(paper["kind"], "文书"),
        "successor": f"（承接原{paper['successor_of']}的职权）" if paper.get("successor_of") else "",
    }  # fmt: skip


def _applicant(paper: CasePaper) -> list[dict[str, str]]:
    name, code = (
        paper.get("applicant", paper.get("to", "")),
        paper.get("applicant_code", paper.get("to_code", "")),
    )
    return [
        {"label": "单位名称", "value": name, "code": ""},
        {"label": "统一社会信用代码", "value": code, "code": _code(code)},
    ]


def _cells(fields: Sequence[PaperField], form: bool) -> list[dict[str, str]]:
    """Labels with values; empty ones are lines to fill in on forms and left out elsewhere."""
    return [
        {"label": one["label"], "value": one["value"], "code": _code(one["value"]) if one.get("code") else ""}
        for one in fields
        if one["value"] or form
    ]


def _items(paper: CasePaper) -> list[dict[str, Any]]:
    items = paper.get("items") or promises_of(paper)
    return [
        {
            "text": one["text"], "how": one.get("how", ""), "state": one.get("state", ""),
            "word": _ITEM_STATES.get(one.get("state", ""), ""), "law": _laws([one["law"]]) if "law" in one else [],
        }
        for one in items
    ]  # fmt: skip


def _laws(laws: Sequence[PaperLaw]) -> list[dict[str, Any]]:
    """Provisions as cited; whatever is not verified carries 待核实."""
    return [
        {
            "citation": one["citation"],
            "text": one.get("text", ""),
            "confirmed": one.get("confidence") == "verified",
        }
        for one in laws
        if one.get("citation")
    ]


def _service(paper: CasePaper, form: bool) -> dict[str, Any]:
    told = paper.get("service", {"on": "", "manner": ""})
    shown = "" if form else ("told" if told.get("on") or told.get("manner") else "blank")
    return {"shown": shown, "on": day(told.get("on", "")), "manner": told.get("manner", "")}


def _code(value: str) -> str:
    """A code that can be told apart in groups, else ""."""
    return value if len(value) == 18 and value.isascii() else ""


def _drawn(value: Any) -> Any:
    """Every text as the fonts can draw it."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _drawn(one) for name, one in value.items()}
    return [_drawn(one) for one in value] if isinstance(value, list | tuple) else value


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        str(_HERE / "paper.typ"), root=str(_HERE), font_paths=[str(FONTS)], ignore_system_fonts=True
    )
