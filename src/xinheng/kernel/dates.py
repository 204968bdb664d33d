"""Legal dates out of cells as departments write them. A legal date is a day in Asia/Shanghai, without a time.

Accepted, each with a note when something had to be read into it: 2026-11-20, 2026/11/20, 2026.11.20,
20261120, 2026年11月20日, 二〇二六年十一月二十日, the same in full width or with a time behind, Excel's serial
numbers, and words for "no end" (长期), which become 2099-12-31 as the double-publicity standard writes them.
Never guessed: two-digit years, month or day missing, day before month.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from .text import strip_invisible

__all__ = ["EARLIEST", "LONG_TERM", "ParsedDate", "format_date", "is_long_term", "parse_date"]

LONG_TERM = date(2099, 12, 31)
"""Written for "no end" (domain rule of the 2018 double-publicity standard)."""

EARLIEST = date(1949, 1, 1)
_LATEST = date(2199, 12, 31)

# What spreadsheet and database software shows for an empty or zero cell.
_ARTEFACTS = frozenset({date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1, 1, 1)})
_SHANGHAI = timezone(timedelta(hours=8))  # no summer time since 1991, before the first record
_EXCEL_ZERO = date(1899, 12, 30)
_SERIALS = range(20000, 80001)

_LONG_WORDS = frozenset(["长期", "长期有效", "永久", "永久有效", "无期限", "无固定期限", "无限期", "长久"])
_BLANK_WORDS = frozenset(["", "无", "暂无", "空", "-", "--", "—", "/", "NULL", "NONE", "NAN", "NAT", "N/A"])

_TIME = re.compile(
    r"(?<=\d|日)[T ]*(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)? ?(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
)
_YMD = re.compile(r"(\d{4}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})")
_HAN = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_NUMERALS = re.compile(
    "([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)
_DIGIT = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}


class ParsedDate(NamedTuple):
    """``value`` is None for a blank cell (no notes) and for a refused one (one note in Chinese: why)."""

    value: date | None
    notes: tuple[str, ...] = ()


def is_long_term(day: date) -> bool:
    """Whether ``day`` stands for "no end"."""
    return day >= LONG_TERM


def format_date(day: date) -> str:
    """``YYYY-MM-DD``, the stored form.

    >>> format_date(date(2026, 11, 20))
    '2026-11-20'
    """
    return day.isoformat()


def parse_date(raw: str | int | float | date | None) -> ParsedDate:
    """The legal date in a cell, as text, as Excel's serial number or already as a date.

    A time of day is dropped; with a zone (``Z``, ``+00:00``) the day is the one in Shanghai at that instant.
    Refused: years before 1949 or after 2199, days that do not exist, and 1899-12-30, 1899-12-31, 1900-01-01,
    which are what an empty cell turns into.

    >>> parse_date("２０２６年1月5日")
    ParsedDate(value=datetime.date(2026, 1, 5), notes=('全角转半角',))
    >>> parse_date("46346").value, parse_date("1900/1/1").value
    (datetime.date(2026, 11, 20), None)
    """
    if raw is None:
        return ParsedDate(None)
    if isinstance(raw, datetime):
        return _bounded((raw.astimezone(_SHANGHAI) if raw.tzinfo else raw).date(), [])
    if isinstance(raw, date):
        return _bounded(raw, [])
    notes: list[str] = []
    text = _plain(str(raw), notes)
    if text.upper() in _BLANK_WORDS:
        return ParsedDate(None)
    if text in _LONG_WORDS:
        return ParsedDate(LONG_TERM, (*notes, "“长期”记为 2099-12-31"))
    text, days = _without_time(text, notes)
    try:
        day = _read(text, notes)
        if day is not None:
            day += timedelta(days=days)
    except (ValueError, OverflowError):
        return ParsedDate(None, ("日期不存在，请核对年月日",))
    if day is None:
        return ParsedDate(None, ("日期写法无法识别，请写成 2026-01-31 的样子",))
    return _bounded(day, notes)


def _plain(raw: str, notes: list[str]) -> str:
    """Half width, no invisible characters, one kind of space; Chinese numerals stay as they are."""
    text = unicodedata.normalize("NFKC", strip_invisible(raw))
    text = re.sub("[‐‑‒–—―−－]", "-", re.sub("[。．]", ".", text))
    if re.search("[０-９．／－：]", raw):
        notes.append("全角转半角")
    return re.sub(r"\s+", " ", text).strip().lstrip("'")


def _without_time(text: str, notes: list[str]) -> tuple[str, int]:
    """The text before a time of day, and how many days the zone moves it (the day in Shanghai)."""
    match = _TIME.search(text)
    if match is None:
        return text, 0
    hour, minute, zone = int(match["h"]), int(match["m"]), match["zone"]
    if hour > 24 or minute > 59:
        return text, 0
    if hour or minute or int(match["s"] or 0):
        notes.append("去除时间部分")
    shift = 0
    if zone:
        offset = 0 if zone == "Z" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[-2:]))
        shift = (hour * 60 + minute - offset + 8 * 60) // (24 * 60)
    return text[: match.start()].strip(), shift


def _read(text: str, notes: list[str]) -> date | None:
    """The date written in ``text``; None when it is no known form. ValueError when the day does not exist."""
    for pattern, groups in ((_YMD, (1, 3, 4)), (_HAN, (1, 2, 3)), (_SOLID, (1, 2, 3))):
        match = pattern.fullmatch(text)
        if match is not None:
            year, month, day = (int(match[g]) for g in groups)
            return date(year, month, day)
    match = _SERIAL.fullmatch(text)
    if match is not None and int(match[1]) in _SERIALS:
        notes.append("由表格软件的日期序号换算")
        return _EXCEL_ZERO + timedelta(days=int(match[1]))
    match = _NUMERALS.fullmatch(text.replace(" ", ""))
    if match is not None:
        notes.append("由中文数字日期换算")
        year = int("".join(str(_DIGIT[c]) for c in match[1]))
        return date(year, _small(match[2]), _small(match[3]))
    return None


def _small(text: str) -> int:
    """A Chinese number below 100; ValueError when it is none."""
    tens, ten, units = text.rpartition("十")
    if not ten:
        if len(text) != 1:
            raise ValueError
        return _DIGIT[text]
    if len(tens) > 1 or len(units) > 1 or "十" in tens:
        raise ValueError
    return 10 * (_DIGIT[tens] if tens else 1) + (_DIGIT[units] if units else 0)


def _bounded(day: date, notes: list[str]) -> ParsedDate:
    if day in _ARTEFACTS:
        return ParsedDate(None, ("这是空单元格变成的日期，请填写实际日期或留空",))
    if day in (date(9999, 12, 31), date(2999, 12, 31)):
        return ParsedDate(LONG_TERM, (*notes, "“长期”记为 2099-12-31"))
    if not EARLIEST <= day <= _LATEST:
        return ParsedDate(None, ("年份超出 1949 至 2199 的范围，请核对",))
    return ParsedDate(day, tuple(notes))
