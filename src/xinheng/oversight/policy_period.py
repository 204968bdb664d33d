"""Weeks, months and quarters of a bulletin. Pure.

Statistics run to yesterday 24:00: the last day counted is never today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from xinheng.oversight.errors import BadPeriod

WEEKLY, MONTHLY, QUARTERLY = "weekly", "monthly", "quarterly"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A period as written (2026-W46, 2026-10, 2026-Q3), its kind, first and last day."""

    code: str
    kind: str
    first: date
    last: date

    @property
    def name(self) -> str:
        """As a title says it."""
        if self.kind == WEEKLY:
            return f"{self.code[:4]}年第{int(self.code[6:])}周"
        if self.kind == MONTHLY:
            return f"{self.first.year}年{self.first.month}月"
        return f"{self.first.year}年第{'一二三四'[int(self.code[6]) - 1]}季度"

    @property
    def previous(self) -> Span:
        """The period of the same kind just before."""
        return containing(self.first - _DAY, self.kind)

    def until(self, today: date) -> date:
        """The last day counted when asked on `today`: the end of the period, or yesterday if that is earlier."""
        return min(self.last, today - _DAY)

    def over(self, today: date) -> bool:
        """Whether every day of the period is counted on `today`."""
        return self.last < today


def parse(code: str) -> Span:
    """The period of a code. Raises `BadPeriod`.

    >>> parse("2026-W46").first, parse("2026-Q3").last
    (datetime.date(2026, 11, 9), datetime.date(2026, 9, 30))
    """
    text = code.strip().upper()
    try:
        if found := re.fullmatch(r"([0-9]{4})-W([0-9]{2})", text):
            first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return Span(text, WEEKLY, first, first + 6 * _DAY)
        if found := re.fullmatch(r"([0-9]{4})-Q([1-4])", text):
            year, month = int(found[1]), 3 * int(found[2]) - 2
            return Span(text, QUARTERLY, date(year, month, 1), _month_end(year, month + 2))
        if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})", text):
            year, month = int(found[1]), int(found[2])
            return Span(text, MONTHLY, date(year, month, 1), _month_end(year, month))
    except (ValueError, OverflowError):
        pass
    raise BadPeriod(f"期间「{code[:20]}」不能识别。月报写 2026-10，周报写 2026-W46，季报写 2026-Q3。")


def containing(day: date, kind: str) -> Span:
    """The period of a kind that holds a day."""
    if kind == WEEKLY:
        year, week, _ = day.isocalendar()
        return parse(f"{year}-W{week:02d}")
    if kind == QUARTERLY:
        return parse(f"{day.year}-Q{(day.month + 2) // 3}")
    return parse(f"{day.year}-{day.month:02d}")


def last_over(today: date, kind: str) -> Span:
    """The newest period of a kind that is over."""
    return containing(today, kind).previous


def back(span: Span, count: int) -> list[Span]:
    """`count` periods ending with this one, oldest first."""
    found = [span]
    while len(found) < count:
        found.append(found[-1].previous)
    return found[::-1]


def _month_end(year: int, month: int) -> date:
    return (date(year + month // 12, month % 12 + 1, 1)) - _DAY
