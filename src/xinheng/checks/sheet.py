"""The check sheet (核查单) as a signed A4 file: what counted for the matter, hints with their provision, number and QR code.

Set from the evidence as it may be shown today. The signed answer itself is attached (answer.json, answer.jws) while it
is whole; of entries that ended since, only how many there were is said, and then nothing is attached.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal
from zoneinfo import ZoneInfo

import typst

from xinheng.checks.answering import encode
from xinheng.checks.types import Answer, CheckEntry, CheckHint, Evidence
from xinheng.checks.verification import TYPE
from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.law import service as law
from xinheng.reports import signing
from xinheng.reports.glyphs import FONTS, printable
from xinheng.reports.keys import document_key
from xinheng.reports.marks import qr_svg

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
ANSWER_FILE, JWS_FILE = "answer.json", "answer.jws"
REASON = "出具信用核查单"
SEVERITIES = {"serious": "严重", "ordinary": "一般", "minor": "轻微", "undetermined": "待认定"}
MARKS = {"disputed": "有异议", "repaired": "已修复", "corrected": "已更正", "suppressed": "暂停公示"}
SCOPES = {"public": "公开信息", "shared": "公开和共享信息"}
_ROOT = Path(__file__).resolve().parent.parent
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_lock = Lock()


def check_sheet(*, kept: Evidence, unit: str, url: str, at: datetime) -> bytes:
    """The sheet of a recorded check as a signed PDF; `unit` is the name of the unit that asked, `url` what the QR code holds.

    The same check on the same instant gives the same bytes. Raises `ValueError` where `has_sheet` is
    false.
    """
    if not has_sheet(kept):
        raise ValueError("a check that was refused or had nothing to check has no sheet")
    body, token = signed_of(kept)
    inputs = {
        "view": json.dumps(
            _drawn(view(kept=kept, unit=unit, url=url, at=at)), ensure_ascii=False, separators=(",", ":")
        ),
        "answer": body.decode(),
        "jws": token,
    }
    with _lock:
        made = _compiler().compile(
            sys_inputs=inputs, pdf_standards=[*STANDARDS], timestamp=int(at.timestamp())
        )
    assert isinstance(made, bytes)
    key = document_key()
    return signing.sign(made, key.private, key.certificate, at, reason=REASON)


def has_sheet(kept: Evidence) -> bool:
    """Whether there is a sheet of it: not of a refusal, nor where there was nothing to check."""
    return kept.outcome == "answered" and not kept.payload.get("unchecked")


def signed_of(kept: Evidence) -> tuple[bytes, str]:
    """The answer as the API gave it (payload, digest, signature) and the JWS alone; empty where it is not whole any more.

    The signature is made anew by the log key that signs today over the same bytes.
    """
    if not kept.whole or kept.outcome != "answered":
        return b"", ""
    signed = encode(kept.payload).encode()
    token = evidence.sign_jws(signed, type=TYPE)
    return Answer(kept.payload, signed, kept.digest, token).body(), token


def answer_of(kept: Evidence) -> Answer:
    """The evidence with the typed properties of an answer; entries that ended since are not among them."""
    standing = [one for one in kept.payload["entries"] if "ended" not in one]
    return Answer({**kept.payload, "entries": standing}, b"", kept.digest, "")


def view(*, kept: Evidence, unit: str, url: str, at: datetime) -> dict[str, Any]:
    """What the sheet prints: every part present, empty where there is nothing to say."""
    told = answer_of(kept)
    adverse = [one for one in told.entries if one.side == "adverse"]
    good = [one for one in told.entries if one.side != "adverse"]
    asked = kept.at.astimezone(_SHANGHAI)
    printed = at.astimezone(_SHANGHAI)
    pack = law.active()
    return {
        "head": {
            "office": pack.setting("issuer", f"{pack.name}公共信用信息平台"), "number": kept.number,
            "sandbox": home().sandbox, "made": [printed.year, printed.month, printed.day],
        },
        "facts": [
            ["核查对象", told.name or "（登记库中没有这个代码）"], ["统一社会信用代码", told.uscc],
            ["登记状态", told.status or "—"], ["办理事项", told.matter_name],
            ["核查单位", unit], ["案件编号", told.case_number or "—"], ["用途", _purpose(told)],
            ["核查范围", SCOPES.get(told.scope, told.scope)], ["核查时间", f"{asked:%Y-%m-%d %H:%M}"],
        ],
        "code": told.uscc,
        "lead": lead(told, ended=not kept.whole),
        "grave": bool(adverse),
        "forbids": [_told(one) for one in told.forbids],
        "adverse": [entry_cells(one) for one in adverse],
        "good": [entry_cells(one) for one in good],
        "hints": [_hint(one) for one in told.hints],
        "incentives": [_hint(one) for one in told.incentives],
        "notes": [_told(one) for one in told.notes],
        "valid": {"until": day(told.valid_until.isoformat()) if told.valid_until else "", "why": told.why_valid},
        "trace": [
            ["证据编号", kept.number], ["答复摘要", kept.digest],
            ["入账", f"账本第 {kept.position} 位" if kept.position is not None else "已存证，待成批入账"],
            ["打印时间", f"{printed:%Y-%m-%d %H:%M}"],
        ],
        "whole": kept.whole,
        "qr": qr_svg(url), "url": url,
    }  # fmt: skip


def lead(told: Answer, *, ended: bool = False) -> str:
    """The answer in one sentence: what counts for this matter, and how much of it is disputed."""
    adverse = [one for one in told.entries if one.side == "adverse"]
    if told.unchecked:
        return str(told.why_valid)
    if adverse:
        said = f"有 {len(adverse)} 条失信信息计入本事项"
        disputed = sum("disputed" in one.marks for one in adverse)
        said += f"，其中 {disputed} 条有异议、尚未办结。" if disputed else "。"
    else:
        said = "没有计入本事项的失信信息。"
    if ended:
        said += "答复时列出的信息有的此后已经修复、更正或到期，不再显示。"
    return said


def entry_cells(one: CheckEntry) -> dict[str, Any]:
    """One entry as printed: title, class, marks, and its rows."""
    rows = [
        ["认定单位", one.authority_name], ["文号", one.document], ["决定日期", one.decided_on.isoformat() if one.decided_on else ""],
        ["依据", one.law], ["公示至", _until(one)],
        ["最早可申请修复", one.earliest_repair.isoformat() if one.earliest_repair else ""],
    ]  # fmt: skip
    marks = [MARKS.get(mark, mark) for mark in one.marks]
    marks += [f"自 {since.isoformat()} 起有异议" for _field, since in one.disputes]
    return {
        "item": one.item_name + list_words(one), "title": one.title or one.item_name, "severity": SEVERITIES.get(one.severity, ""),
        "marks": list(dict.fromkeys(marks)), "rows": [row for row in rows if row[1]],
    }  # fmt: skip


def list_words(one: CheckEntry) -> str:
    """Which list an entry is on, in brackets; "" where it is on none, or its kind is that one list."""
    known = law.active().lists.get(one.list_kind)
    name = known.name if known is not None else one.list_kind
    return f"（{name}）" if name and name != one.item_name else ""


def day(value: str) -> str:
    """2026-11-20 as 2026年11月20日."""
    year, month, number = value.split("-")
    return f"{year}年{int(month)}月{int(number)}日"


def _until(one: CheckEntry) -> str:
    if one.side != "adverse":
        return one.until.isoformat() if one.until else ""
    return one.until.isoformat() if one.until else "退出名单或者履行完毕为止"


def _purpose(told: Answer) -> str:
    try:
        purposes = law.use_of(pack=law.active(), matter=told.matter).purposes
    except Exception:
        purposes = ()
    return (
        next((one.zh for one in purposes if one.code == told.purpose), told.purpose) or "公开信息，不需说明"
    )


def _hint(one: CheckHint) -> dict[str, Any]:
    strength = {"must": "应当", "may": "可以"}.get(one.strength, "")
    until = f"至 {one.until.isoformat()}" if one.until else "至所依据的信息不再计入为止"
    return {
        "name": one.name, "strength": strength, "citation": one.citation, "pending": one.pending or one.confidence != "verified",
        "scope": one.scope, "until": until, "says": one.says, "entries": [str(ref) for ref in one.entries],
    }  # fmt: skip


def _told(one: Any) -> dict[str, Any]:
    return {
        "says": one.says, "citation": one.citation, "pending": bool(one.citation) and one.confidence != "verified"
    }  # fmt: skip


def _drawn(value: Any) -> Any:
    """Every text as the fonts can draw it; the drawing of the QR code as it is."""
    if isinstance(value, str):
        return value if value.startswith("<svg") else printable(value)
    if isinstance(value, dict):
        return {name: _drawn(one) for name, one in value.items()}
    return [_drawn(one) for one in value] if isinstance(value, list | tuple) else value


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        str(_ROOT / "checks" / "sheet.typ"),
        root=str(_ROOT),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
