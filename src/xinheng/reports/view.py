"""From a report to the words on its pages. Pure: the same report gives the same page.

Everything the template prints passes through here as plain text, checked for glyphs; the template decides only where
it stands. Nothing is judged here: what may be shown was decided by the gate before the report was made.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from xinheng.reports.glyphs import printable
from xinheng.reports.marks import qr_svg, seal_svg
from xinheng.reports.shape import LAYOUT, SECTIONS, Entry, FieldValue, Proof, Report, Section

BLANK = "— —"
NOTHING_FOUND = "查询期内无相关信息"
NOT_COLLECTED = "本平台暂未归集"
DEFAULT_ADVICE = "建议秉持诚信理念，合法有序开展经营活动。"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一")

AUDIENCES = {
    "public": ("公开版", "只含依法向社会公示的信息"),
    "self": ("主体自查版", "供本主体查阅，含向本主体开放的信息"),
    "authority": ("政务版", "供有权机关依职责使用，含共享范围内的信息"),
}
SEVERITIES = {"serious": "严重", "ordinary": "一般", "minor": "轻微", "undetermined": "待认定"}
ITEM_NAMES = {"admin-licence": "行政许可", "admin-penalty": "行政处罚"}
MARKS = {
    "corrected": "已更正", "disputed": "有异议", "repaired": "已修复", "suppressed": "暂停公示", "false-material": "曾提供虚假材料",
}  # fmt: skip
# Marks that end a matter; the others say that something is open
SETTLED = frozenset({"已修复", "已更正", "已履行"})
# In half-width columns: the label's column, and what fits half the page
_LABEL = 18
_NARROW = 50
# A card longer than this many half-width columns may be split over pages
_KEEP_TOGETHER = 1600


def build(report: Report, proof: Proof) -> dict[str, Any]:
    """Everything the template prints. Raises `KeyError` when the report misses a required part."""
    sections = [_section(one, report["valid_on"]) for one in _in_order(report["sections"])]
    advice = [printable(line) for line in report.get("advice") or _advice(report)]
    supplement = report.get("supplement")
    blocks = [{"kind": "basics", "title": "基础信息", "rows": _basics(report)}]
    blocks += [{"kind": "section", **one} for one in sections]
    blocks.append({"kind": "advice", "title": "信用状况提升建议", "lines": advice})
    local = (
        _section(supplement, report["valid_on"]) if supplement else _uncollected("公共信用信息地方补充内容")
    )
    blocks.append({"kind": "section", **local, "title": "公共信用信息地方补充内容"})
    for number, block in zip(_NUMERALS, blocks, strict=False):
        block["no"] = number
    return {
        "head": _head(report),
        "facts": _facts(report),
        "summary": [{key: one[key] for key in ("title", "count", "state")} for one in sections],
        "blocks": blocks,
        "verify": _verify(report, proof),
    }


def _head(report: Report) -> dict[str, Any]:
    organisation = report["organisation"]
    audience, meaning = AUDIENCES[report["audience"]]
    labels = report.get("labels") or ([organisation["status"]] if organisation["status"] else [])
    return {
        "number": printable(report["number"]),
        "issued_on": list(_moment(report["issued_at"]).timetuple()[:6]),
        "issuer": printable(report["issuer"]),
        "audience": audience,
        "meaning": meaning,
        "labels": [{"word": printable(label), "adverse": "失信" in label} for label in labels],
        "name": printable(organisation["name"]),
        "code": printable(organisation["code"]),
        "position": f"{report['position']:,}",
        "origin": printable(report["origin"]),
        "sandbox": bool(report.get("sandbox")),
    }


def _facts(report: Report) -> list[list[dict[str, Any]]]:
    audience, _ = AUDIENCES[report["audience"]]
    return _pairs(
        ("报告编号", report["number"], "text"),
        ("生成时间", instant(report["issued_at"]), "text"),
        ("版本", f"{LAYOUT}　{audience}", "text"),
        ("出具单位", report["issuer"], "text"),
        ("公示状态截至", report["valid_on"], "date"),
        ("信息知悉截至", report["known_on"], "date"),
        ("账本位置", f"{report['position']:,}", "text"),
        ("日志来源", report["origin"], "text"),
        ("适用规则", f"{report['pack']['name']}（{report['pack']['code']}）", "text"),
        ("规则摘要", report["pack"]["digest"][:16], "text"),
    )


def _basics(report: Report) -> list[list[dict[str, Any]]]:
    organisation = report["organisation"]
    return _pairs(
        ("主体名称", organisation["name"], "text"),
        ("统一社会信用代码", organisation["code"], "code"),
        ("主体类型", organisation["kind"], "text"),
        ("登记状态", organisation["status"], "text"),
        ("行政区划", organisation["region"], "text"),
        ("所属行业", organisation["industry"], "text"),
        ("成立日期", organisation["established_on"], "date"),
        ("曾用名", "、".join(organisation["former_names"]), "text"),
    )


def _in_order(sections: list[Section]) -> list[Section]:
    """The eight sections in the national order; one the caller left out counts as not collected."""
    given = {section["code"]: section for section in sections}
    empty: list[Section] = [
        {"code": code, "title": title, "collected": False, "entries": []} for code, title in SECTIONS.items()
    ]
    known = [given.pop(section["code"], section) for section in empty]
    return known + list(given.values())


def _section(section: Section, valid_on: str) -> dict[str, Any]:
    collected = section["collected"]
    groups: dict[str, list[dict[str, Any]]] = {}
    items = section.get("items", [])
    for item in items:
        if item["collected"] and not item.get("withheld"):
            groups[printable(item["name"])] = []
    for entry in section["entries"]:
        name = entry.get("item_name") or ITEM_NAMES.get(entry["item"], entry["item"])
        group = groups.setdefault(printable(name), [])
        group.append(_entry(entry, len(group) + 1, valid_on))
    missing = [printable(item["name"]) for item in items if not item["collected"]]
    withheld = [printable(item["name"]) for item in items if item.get("withheld")]
    omitted = section.get("omitted", 0)
    remarks = []
    if omitted:
        remarks.append(f"另有 {omitted:,} 条因数量过多未列入本报告，可按事项另行查询。")
    if missing and collected:
        remarks.append(f"{'、'.join(missing)}：{NOT_COLLECTED}，不能据此认为没有。")
    if withheld:
        remarks.append(f"{'、'.join(withheld)}：归集而不对外公示，不能据此认为没有。")
    return {
        "title": printable(section["title"]),
        "state": "uncollected" if not collected else "entries" if section["entries"] else "none",
        "count": f"{len(section['entries']) + omitted:,}" if collected else "",
        "note": NOT_COLLECTED if not collected else NOTHING_FOUND,
        "groups": [
            {"title": title, "count": len(found), "entries": found} for title, found in groups.items()
        ],
        "remarks": remarks,
    }


def _uncollected(title: str) -> dict[str, Any]:
    return _section({"code": "", "title": title, "collected": False, "entries": []}, "")


def _entry(entry: Entry, index: int, valid_on: str) -> dict[str, Any]:
    disputes = entry.get("disputes", [])
    disputed = {one["field"] for one in disputes if one["field"]}
    rows = _rows((field for field in entry["fields"] if field["value"].strip()), disputed=disputed)
    marks = [MARKS.get(mark, mark) for mark in entry["marks"]]
    confirmed = entry["rule"]["confidence"] == "verified"
    weight = sum(_width(cell["value"]) + 8 for row in rows for cell in row)
    return {
        "index": index,
        "title": printable(entry["title"]) or BLANK,
        "severity": entry["severity"],
        "severity_word": SEVERITIES.get(entry["severity"], ""),
        "marks": [{"word": printable(mark), "settled": mark in SETTLED} for mark in marks],
        "disputes": [f"自 {day(one['since'])} 起，{printable(one['label']) or '整条'}" for one in disputes],
        "rows": rows,
        "blank": _blank(entry["fields"]),
        "line": _life_line(entry, valid_on),
        "period": _period(entry),
        "rule": printable(entry["rule"]["citation"]) or BLANK,
        "rule_id": printable(entry["rule"]["id"]),
        "confirmed": confirmed,
        "together": weight < _KEEP_TOGETHER,
    }


def _rows(
    fields: Iterable[FieldValue], *, wide: bool = False, disputed: Container[str] = ()
) -> list[list[dict[str, Any]]]:
    """Fields packed two to a row in their order; a long or a disputed value takes a row of its own."""
    rows: list[list[dict[str, Any]]] = []
    open_row = False
    for field in fields:
        cell = _cell(field) | {"disputed": field["code"] in disputed}
        narrow = (
            not wide
            and not cell["disputed"]
            and _columns(cell["label"], cell["value"]) <= _NARROW
            and "\n" not in cell["value"]
        )
        if narrow and open_row:
            rows[-1].append(cell)
        else:
            rows.append([cell])
        open_row = narrow and not open_row
    return rows


def _pairs(*fields: tuple[str, str, Any], wide: bool = False) -> list[list[dict[str, Any]]]:
    return _rows(
        ({"code": "", "label": label, "value": value, "type": kind} for label, value, kind in fields),
        wide=wide,
    )


def _cell(field: FieldValue) -> dict[str, Any]:
    value, kind = field["value"].strip(), field.get("type", "text")
    if kind == "date" or _DATE.fullmatch(value):
        value = "长期" if value == "2099-12-31" else day(value)
    code = len(value) == 18 and value.isascii() and value.isalnum()
    label = printable(field["label"])
    return {
        "label": label,
        "value": printable(value) or BLANK,
        "code": code,
        "fits": _width(label) <= _LABEL,
    }


def _blank(fields: list[FieldValue]) -> str:
    """The fields without a value, each named: silence is shown, but in one line."""
    return "　".join(f"{printable(field['label'])} {BLANK}" for field in fields if not field["value"].strip())


def _period(entry: Entry) -> str:
    if not entry["shown_from"] and not entry["shown_until"]:
        return ""
    start = day(entry["shown_from"]) if entry["shown_from"] else BLANK
    open_end = "移出名单之日" if entry.get("listed") else "长期"
    end = f"{day(entry['shown_until'])}（含当日）" if entry["shown_until"] else open_end
    return f"{start}至{end}"


def _life_line(entry: Entry, valid_on: str) -> dict[str, Any] | None:
    """Decision, publication, earliest repair, end: only for entries that end, with the valid-on day placed on it."""
    if not _adverse(entry) or not entry["shown_until"]:
        return None
    given = [
        ("列入" if entry.get("listed") else "作出决定", entry.get("decided_on"), "dot"),
        ("开始公示", entry["shown_from"], "ring"),
        ("最早可申请修复", entry["earliest_repair"], "diamond"),
        ("公示截止", entry["shown_until"], "square"),
    ]
    stops = sorted(
        ((date.fromisoformat(when), word, shape) for word, when, shape in given if when),
        key=lambda stop: stop[0],
    )
    if len(stops) < 2:
        return None
    return {
        "stops": [
            {"word": word, "day": day(when.isoformat()), "shape": shape} for when, word, shape in stops
        ],
        "today": _place([when for when, _, _ in stops], date.fromisoformat(valid_on)),
        "left": _days_left(stops[-1][0], date.fromisoformat(valid_on)),
    }


def _adverse(entry: Entry) -> bool:
    return entry.get("adverse", bool(entry["severity"]))


def _place(stops: list[date], today: date) -> float:
    """Where `today` stands on a line whose stops are drawn at equal distances: 0 at the first, 1 at the last."""
    if today <= stops[0]:
        return 0.0
    for at, (start, end) in enumerate(pairwise(stops)):
        if today <= end:
            part = (today - start).days / max((end - start).days, 1)
            return (at + part) / (len(stops) - 1)
    return 1.0


def _days_left(end: date, today: date) -> str:
    left = (end - today).days
    return "今日公示截止" if left == 0 else f"距公示截止 {left} 天" if left > 0 else "公示期已满"


def _advice(report: Report) -> list[str]:
    """Facts and dates only: what is still published, from when repair may be asked, and the standing advice."""
    lines = []
    for section in report["sections"]:
        for entry in section["entries"]:
            title = entry["title"]
            if entry.get("listed") and entry["shown_from"]:
                until = f"，最迟公示至{day(entry['shown_until'])}" if entry["shown_until"] else ""
                lines.append(f"「{title}」：符合条件的，可向列入机关申请移出，自移出之日起停止公示{until}。")
            elif _adverse(entry) and entry["shown_until"]:
                repair = entry["earliest_repair"]
                ask = f"履行义务后，自{day(repair)}起可向作出决定的机关申请信用修复；" if repair else ""
                lines.append(f"「{title}」：{ask}公示至{day(entry['shown_until'])}，期满自动停止。")
    shown = lines[:20]
    if len(lines) > len(shown):
        shown.append(f"其余 {len(lines) - len(shown)} 条的日期见各条目。")
    return [*shown, DEFAULT_ADVICE]


def _verify(report: Report, proof: Proof) -> dict[str, Any]:
    lines = proof["checkpoint"].split("\n")
    root = lines[2] if len(lines) > 2 else ""
    return {
        "seal": seal_svg(report["number"], root),
        "qr": qr_svg(qr_text(report)),
        "url": printable(qr_text(report)),
        "online": _online(report),
        "facts": _pairs(
            ("报告编号", report["number"], "text"),
            ("核验地址", qr_text(report), "text"),
            ("日志来源", report["origin"], "text"),
            ("检查点位置", f"{proof['size']:,}", "text"),
            ("检查点根", root, "text"),
            ("证书指纹", " ".join(_groups(report.get("certificate", ""), 8)), "text"),
            ("存证条目", f"{len(proof['statements']):,} 条，逐条附存证路径", "text"),
            wide=True,
        ),
    }


def _online(report: Report) -> bool:
    return report["verify_url"].startswith(("https://", "http://"))


def _groups(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def qr_text(report: Report) -> str:
    """What the QR code holds: the address of the check with the report's number in it."""
    url, number = report["verify_url"], report["number"]
    if not _online(report):
        return f"xinheng:{number}"
    return url if number in url else f"{url.rstrip('/')}/{number}"


def day(value: str) -> str:
    """`2026-11-20` as 2026年11月20日; anything that is not such a date is returned as it came."""
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{parsed.year}年{parsed.month}月{parsed.day}日"


def instant(value: str) -> str:
    """An ISO 8601 instant as Shanghai time, to the second."""
    moment = _moment(value)
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M:%S}"


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(_SHANGHAI)


def _columns(label: str, value: str) -> int:
    """The half-width columns a field takes on one line: the label's column, or a longer label, and the value."""
    return max(_LABEL, _width(label)) + _width(value)


def _width(text: str) -> int:
    """Width in half-width columns: ideographs and full-width signs count two."""
    return len(text) + sum(char > "\u2e7f" for char in text)
