"""Cells that hold more than one name: 「第一名称：甲 第二名称：乙」, 「甲（原名：乙）」."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from xinheng.kernel.text import norm_name, normalise_cell

# A second name says so plainly; a former one only in brackets ("太原名仕酒店" is not a former name)
_MARK = re.compile(
    r"(?P<number>第[一二三四五]名称)\s*[:：]?|[(（\[〔]\s*(?P<former>原名称?|曾用名称?)\s*[:：]?"
)
# The mark behind the name it marks: 甲（第一名称）乙（第二名称）, 甲 乙（第二名称）
_BEHIND = re.compile(
    r"^(?P<first>\S.*?)(?:\s*[(（]第一名称[)）]\s*|\s+)(?P<second>[^\s()（）]\S*?)\s*[(（]第二名称[)）]$"
)
_EDGES = " \t\r\n;；,，、。.:："
_PAIRS = {")": "(", "）": "（", "]": "[", "〕": "〔"}
NAME_HINT = r"第[一二三四五]名称|原名|曾用名"
"""Finds every cell that `split_cell` would split (same expression for Python and Rust)."""


@dataclass(frozen=True)
class NameCell:
    """The names in one cell: the name, further names in force, former ones."""

    name: str
    others: tuple[str, ...] = ()
    formers: tuple[str, ...] = ()


def split_cell(cell: str) -> NameCell:
    """Splits 「第一名称：甲 第二名称：乙」, 「甲（第二名称：乙）」, 「甲（第一名称）乙（第二名称）」,
    「甲（原名：乙）」; any other cell is one name.

    >>> split_cell("第一名称：甲粮油管理所 第二名称：乙粮油公司")
    NameCell(name='甲粮油管理所', others=('乙粮油公司',), formers=())
    >>> split_cell("甲有限公司 (原名:乙公司)")
    NameCell(name='甲有限公司', others=(), formers=('乙公司',))
    """
    behind = _BEHIND.match(cell.strip())
    if behind:
        return NameCell(_trim(behind["first"]), (_trim(behind["second"]),))
    marks = list(_MARK.finditer(cell))
    head = _trim(cell[: marks[0].start()] if marks else cell)
    numbered = [head] if head else []
    formers: list[str] = []
    for mark, following in zip_longest(marks, marks[1:]):
        text = _trim(cell[mark.end() : following.start() if following else len(cell)])
        if text:
            (formers if mark["former"] else numbered).append(text)
    if not numbered:
        return NameCell(_trim(cell))
    name, *others = numbered
    return NameCell(name, distinct(others, besides=[name]), distinct(formers, besides=numbered))


def _trim(text: str) -> str:
    """Without separators at its edges and without brackets that have no partner."""
    text = normalise_cell(text)[0].strip(_EDGES)
    while text and text[-1] in _PAIRS and text.count(text[-1]) > text.count(_PAIRS[text[-1]]):
        text = text[:-1].strip(_EDGES)
    while text and text[-1] in _PAIRS.values():
        text = text[:-1].strip(_EDGES)
    return text


def split_list(cell: str) -> tuple[str, ...]:
    """The names of a 曾用名 cell, separated by ";", "；", "|" or line breaks."""
    return distinct(normalise_cell(part)[0] for part in re.split(r"[;；|\r\n]", cell))


def distinct(names: Iterable[str], *, besides: Sequence[str] = ()) -> tuple[str, ...]:
    """Names in order, each once by its key, without those in `besides` and without empty ones."""
    seen = {norm_name(name) for name in besides} | {""}
    kept: list[str] = []
    for name in names:
        key = norm_name(name)
        if key not in seen:
            seen.add(key)
            kept.append(name)
    return tuple(kept)
