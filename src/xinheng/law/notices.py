"""Holiday notices loaded into a home after its packs were made: read, checked, laid over the calendar.

A notice is a file like those of `packs/national/calendar`. Once loaded it is part of the pack of this home: the pack has
another digest, and is kept under it. Where it came from is one ledger entry, which holds the whole notice; who keeps
the ledger registers how to read and write those entries, because the law room is below it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import yaml

from xinheng.kernel.periods import TAIL_DAYS
from xinheng.law.build_parts import Days, read_year
from xinheng.law.errors import NoticeRefused
from xinheng.law.findings import Report
from xinheng.law.reading import Node, yaml_loader
from xinheng.law.types import Pack

SINCE_2008 = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""Holidays every notice since 2008 names (全国年节及纪念日放假办法): one that is missing was forgotten."""
LONGEST = 15


@dataclass(frozen=True, slots=True)
class Notice:
    """A holiday notice of this home. `replaces` is the number of the notice it takes the place of, or "".

    `digest` is the pack with it; `repeated` says that it had been loaded before and nothing was done.
    """

    year: int
    title: str
    number: str
    issued: str
    off: int
    work: int
    replaces: str
    actor: str
    at: datetime
    digest: str
    repeated: bool = False

    @property
    def cited(self) -> str:
        return f"《{self.title}》（{self.number or '文号待核'}）"

    def as_dict(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "title": self.title,
            "number": self.number,
            "issued": self.issued,
            "off": self.off,
            "work": self.work,
            "replaces": self.replaces,
            "actor": self.actor,
            "at": self.at.isoformat(),
            "pack": self.digest,
            "repeated": self.repeated,
        }


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as its ledger entry holds it."""

    data: Mapping[str, Any]
    actor: str
    at: datetime
    digest: str


Reader = Callable[[], tuple[Kept, ...]]
Writer = Callable[[Mapping[str, Any], Pack, str, datetime], None]


def none_loaded() -> tuple[Kept, ...]:
    return ()


def of(kept: Kept, repeated: bool = False) -> Notice:
    """The notice of a ledger entry."""
    data = kept.data
    off = sum(_span(entry) for entry in data.get("off", ()))
    head = data["notice"]
    return Notice(
        int(data["year"]),
        head["title"],
        head.get("number", ""),
        head.get("issued", ""),
        off,
        len(data.get("work", ())),
        data.get("replaces", ""),
        kept.actor,
        kept.at,
        kept.digest,
        repeated,
    )


def _span(entry: Mapping[str, str]) -> int:
    return (date.fromisoformat(entry["to"]) - date.fromisoformat(entry["from"])).days + 1


def overlay(kept: tuple[Kept, ...]) -> str:
    """The loaded notices as one text: year → notice, the last one loaded counts. "" where there is none."""
    found = {str(one.data["year"]): one.data for one in kept}
    return canonical(found) if found else ""


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parse(content: bytes | str) -> dict[str, Any]:
    """The notice as plain data. Raises `NoticeRefused` for what is no YAML mapping."""
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        data = yaml.load(text, Loader=yaml_loader)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise NoticeRefused(
            "放假通知的文件读不出来：应为 UTF-8 的 YAML，写法照 packs/national/calendar 里的文件。"
        ) from error
    if not isinstance(data, dict):
        raise NoticeRefused("放假通知的文件应由「键: 值」组成，写法照 packs/national/calendar 里的文件。")
    return data


def check(data: dict[str, Any], pack: Pack) -> None:
    """Whether a notice may be laid over the calendar of `pack`. Raises `NoticeRefused` with everything wrong."""
    report = Report()
    node = Node(data, "放假通知", "", report)
    year, off, work, cited = read_year(node)
    problems = [f"{found.where}：{found.message}" for found in report.errors]
    if not problems:
        problems = [
            *form_problems(data, year, off, work),
            *_place_problems(data, year, off, work, cited, pack),
        ]
    if problems:
        shown = "；".join(problems[:5]) + (f" 等 {len(problems)} 处" if len(problems) > 5 else "")
        raise NoticeRefused(f"放假通知没有载入：{shown}。请对照通知原文改正后再载入。")


def problems_of(data: dict[str, Any]) -> list[str]:
    """What is wrong with a notice by itself, wherever it is to be laid."""
    report = Report()
    year, off, work, _ = read_year(Node(data, "放假通知", "", report))
    problems = [f"{found.where}：{found.message}" for found in report.errors]
    return problems or form_problems(data, year, off, work)


def form_problems(data: Mapping[str, Any], year: int, off: Days, work: Days) -> list[str]:
    """What is wrong with a notice by itself."""
    problems = []
    first, last = date(year, 1, 1) - timedelta(days=TAIL_DAYS), date(year, 12, 31)
    for day in sorted({*off, *work}):
        if not first <= day <= last:
            problems.append(f"{day.isoformat()} 不在 {year} 年（连同上年最后 {TAIL_DAYS} 天）之内")
    for entry in data.get("off", ()):
        if not 1 <= _span(entry) <= LONGEST:
            problems.append(f"{entry['name']} 的起止日期颠倒，或者超过 {LONGEST} 天")
    counted = sum(max(_span(entry), 0) for entry in data.get("off", ()))
    if counted != len(off):
        problems.append("有的放假日期写了两次")
    problems += [f"{day.isoformat()} 既放假又上班" for day in sorted(off.keys() & work.keys())]
    problems += [f"上班日 {day.isoformat()} 不是周六或者周日" for day in sorted(work) if day.weekday() < 5]
    if date(year, 1, 1) not in off:
        problems.append(f"{year}-01-01 没有放假")
    names = "".join(name for name, _ in off.values())
    if year >= 2008:
        problems += [f"没有写{name}" for name in SINCE_2008 if name not in names]
    return problems


def _place_problems(
    data: Mapping[str, Any], year: int, off: Days, work: Days, cited: str, pack: Pack
) -> list[str]:
    """What keeps a notice from its place: a gap before it, or a loaded year it would contradict."""
    calendar, replaces = pack.calendar, str(data.get("replaces", "") or "")
    if year in pack.notices:
        told = pack.notices[year]
        if not replaces:
            return [f"{year} 年已经载入{told}；要更改的，写 replaces: 并填它的文号"]
        if replaces not in told:
            return [f"replaces 写的「{replaces}」不是已载入的{told}"]
        return []
    if replaces:
        return [f"{year} 年还没有载入过通知，不能写 replaces"]
    if year != calendar.last.year + 1:
        return [f"日历到 {calendar.last.year} 年为止，应先载入 {calendar.last.year + 1} 年的通知"]
    tail = [day for day in {*off, *work} if day.year < year]
    return [
        f"{day.isoformat()} 与已载入的安排不一致"
        for day in tail
        if (day in calendar.make_up and day in off) or (day in calendar.holidays and day in work)
    ]
