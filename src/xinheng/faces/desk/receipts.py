"""A receipt as a page shows it: one bar of six parts that sum, each told by word, number, colour and pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WIDTH = 1000
# In the order of the bar: what was taken, what needs no more, what has to be mended, what was not taken
PARTS = (
    ("accepted", gettext_noop("入库"), gettext_noop("新收下的")),
    ("updated", gettext_noop("更新"), gettext_noop("更正了以前报过的")),
    ("duplicate", gettext_noop("重复"), gettext_noop("以前报过，没有变化")),
    ("rejected", gettext_noop("退回"), gettext_noop("改好再报")),
    ("quarantined", gettext_noop("待核"), gettext_noop("要核对或补充")),
    ("refused_personal", gettext_noop("自然人信息"), gettext_noop("不受理、未保存")),
)
TIMES = (
    ("on_time", gettext_noop("按时")),
    ("late", gettext_noop("超过七个工作日")),
    ("undated", gettext_noop("没有决定日期，不计")),
)


@dataclass(frozen=True)
class Part:
    """One of the six answers: how many rows, and where its piece of the bar lies (0 … 1000)."""

    key: str
    name: str
    meaning: str
    rows: int
    start: int
    width: int

    @property
    def at(self) -> str:
        """Where its piece begins, in per cent of the bar."""
        return f"{self.start / 10:g}%"

    @property
    def wide(self) -> str:
        """How wide its piece is, in per cent of the bar."""
        return f"{self.width / 10:g}%"


def parts(counts: Mapping[str, int]) -> list[Part]:
    """The six parts. Their widths sum to the whole bar; a part that has rows is never too thin to be seen."""
    whole = sum(counts[key] for key, _name, _meaning in PARTS)
    widths = {key: round(WIDTH * counts[key] / whole) if whole else 0 for key, _name, _meaning in PARTS}
    for key, _name, _meaning in PARTS:
        if counts[key]:
            widths[key] = max(widths[key], 6)
    if whole:
        largest = max(widths, key=lambda key: widths[key])
        widths[largest] -= sum(widths.values()) - WIDTH
    found, start = [], 0
    for key, name, meaning in PARTS:
        found.append(Part(key, _(name), _(meaning), counts[key], start, widths[key]))
        start += widths[key]
    return found


def times(timeliness: Mapping[str, int]) -> list[tuple[str, int]]:
    """Timeliness in words, what has no rows left out."""
    return [(_(name), timeliness[key]) for key, name in TIMES if timeliness.get(key)]


def share(done: int, whole: int) -> int:
    """Per cent done; an estimate never says that all is done before it is."""
    return min(99, 100 * done // whole) if whole else 0


def to_mend(counts: Mapping[str, int]) -> int:
    """Rows that came back to the sender."""
    return counts["rejected"] + counts["quarantined"]


def sentence(counts: Mapping[str, int]) -> str:
    """The bar in one sentence, for whoever does not see it."""
    told: list[Any] = [f"{part.name} {part.rows:,}" for part in parts(counts) if part.rows]
    return _("、").join(told)
