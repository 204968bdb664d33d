"""The figures of one line and how they follow from counts: one definition for page, PDF and workbook. Pure.

No law defines these rates; they are our choice, and FORMULAS is printed wherever a rate is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")

FORMULAS = (
    "统计对象：收到日期在本期内的报送行。自然人信息不受理、未保存，不进入任何比率。",
    "一个决定只计一次，计在它第一次报来的那一期；更新、重复报送和退回后重报的，不再计入已报。",
    "已报 = 首次报来即入库的决定 + 首次报来被退回或待核的决定。退回的行按文书号和相对人认作同一决定。",
    "应报 = 已报 + 漏报。漏报只计已经确认的；疑似未报另列，确认以前不计入应报。",
    "上报率 = 已报 ÷ 应报。",
    "及时率 = 及时 ÷（及时 + 迟报）。及时、迟报按首次报来之日与该项的报送期限比较；决定日期读不出或者没有期限规定的，不参加计算。",
    "合规率 =（已报 − 退回）÷ 已报。退回含待核；缺少必填项属于不合规，不是漏报。",
    "零报告：本期内书面报告没有应报决定的次数。",
    "环比：本期及时率减上一同类期间的及时率，单位为百分点。",
    "位次：先比上报率，再比及时率，再比合规率，高的在前；没有该项比率的按百分之百比较；三项都相等的并列，其后位次相应空缺；本期没有应报决定的不排位次。",
)
OUR_CHOICE = "以上口径是本系统的设计选择，不是法律规定；国家和省另有口径的，以其为准。"


@dataclass(frozen=True)
class Figures:
    """Counts of decisions (and of rows for `updated`, `duplicate`, `personal`) of one unit, item or total."""

    reported: int = 0
    on_time: int = 0
    late: int = 0
    undated: int = 0
    returned: int = 0
    mended: int = 0
    omitted: int = 0
    suspected: int = 0
    nil: int = 0
    updated: int = 0
    duplicate: int = 0
    personal: int = 0

    @property
    def due(self) -> int:
        """应报."""
        return self.reported + self.omitted

    @property
    def reporting(self) -> Fraction | None:
        """上报率; None where nothing was due."""
        return _share(self.reported, self.due)

    @property
    def timeliness(self) -> Fraction | None:
        """及时率; None where no decision could be measured."""
        return _share(self.on_time, self.on_time + self.late)

    @property
    def conformity(self) -> Fraction | None:
        """合规率; None where nothing was reported."""
        return _share(self.reported - self.returned, self.reported)

    @property
    def empty(self) -> bool:
        """Whether nothing at all came in, not even a nil return."""
        return not any(getattr(self, field.name) for field in fields(self) if field.name != "suspected")

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def change(now: Fraction | None, before: Fraction | None) -> Fraction | None:
    """环比 in percentage points; None where one side has no rate."""
    return None if now is None or before is None else (now - before) * 100


def percent(share: Fraction | None) -> str:
    """A rate as printed: two decimals, halves up, and never 100.00 % for less than all."""
    if share is None:
        return "—"
    hundredths = int(share * 10_000 + Fraction(1, 2))
    if hundredths >= 10_000 and share < 1:
        hundredths = 9_999
    if hundredths <= 0 and share > 0:
        hundredths = 1
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def points(value: Fraction | None) -> str:
    """A change as printed: signed percentage points with two decimals."""
    if value is None:
        return "—"
    hundredths = int(abs(value) * 100 + Fraction(1, 2))
    sign = "" if not hundredths else "+" if value > 0 else "−"
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def ranks(lines: Mapping[T, Figures]) -> dict[T, int]:
    """位次 of every line with something due: equal rates share a rank, the ranks after them stay empty."""
    keys = {name: _key(one) for name, one in lines.items() if one.due}
    ordered = sorted(keys.values(), reverse=True)
    return {name: ordered.index(key) + 1 for name, key in keys.items()}


def _key(one: Figures) -> tuple[Fraction, ...]:
    # A rate that cannot be measured is no fault
    whole = Fraction(1)
    return tuple(whole if rate is None else rate for rate in (one.reporting, one.timeliness, one.conformity))
