"""How the page of one organisation before one model tells its lines: the arithmetic of each, what folds, what is said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinheng.evaluation import service as evaluation
from xinheng.evaluation import telling
from xinheng.faces.desk.templatetags.xinheng_evaluation import share, signed
from xinheng.faces.site.words import in_chinese
from xinheng.law import service as law

LINES, STEPS, DATES = 20, 5, 6
WHOLE = 1000


def families(found: evaluation.Explanation) -> list[tuple[str, list[dict[str, Any]]]]:
    """Indicators with anything to count, in the order of families; each with a bar to the largest effect on the page. Every
    line is there: more than `LINES` of an indicator behind a click."""
    used = [part for part in found.parts if part.lines or part.micro]
    top = max((abs(part.micro) for part in used), default=0) or 1
    order = {family: place for place, family in enumerate(law.FAMILIES)}
    parts = sorted(used, key=lambda part: order.get(part.family, len(order)))
    told = []
    for family, of in groupby(parts, key=lambda part: part.family):
        name = law.FAMILIES.get(family, (family, family))[0 if in_chinese() else 1]
        told.append((name, [_row(part, top) for part in of]))
    return told


def _row(part: Any, top: int) -> dict[str, Any]:
    width = abs(part.micro) * 50 // top
    told = [(line, how(part, line)) for line in part.lines]
    return {
        "part": part, "lines": told[:LINES], "folded": told[LINES:], "width": width, "left": 50 - width if part.micro < 0 else 50,
        "published": Counter((line.rule, line.confidence) for line in part.lines if line.rule).most_common(),
    }  # fmt: skip


def how(part: Any, line: Any) -> str:
    """How a line's contribution comes about, for a clerk with a calculator."""
    if part.measure == "share":
        return _share(part, line)
    if part.measure in ("latest", "months-since") and not line.carries:
        return _("不是最近一条，不另计分")
    return f"{_from(part, line)}{sum_of(line)}"


def sum_of(line: Any) -> str:
    """Points, what time leaves of them, and what they come to."""
    if not line.points or line.decay == WHOLE:
        return signed(line.points) or "0"
    return f"{signed(line.points)} × {share(line.decay)} = {signed(line.micro)}"


def _from(part: Any, line: Any) -> str:
    """What the points of a line come from."""
    if part.measure == "sum":
        told = {"value": telling.points(line.amount)}
        if line.bracket is None:
            return _("数额 %(value)s 万元，没有达到任何一档：") % told
        return _("数额 %(value)s 万元，在 %(bracket)s 万元起的一档：") % {
            **told,
            "bracket": telling.points(line.bracket),
        }
    if part.measure == "months-since":
        if line.bracket is None:
            return _("满 %(n)d 个月，没有达到任何一档：") % {"n": line.months}
        return _("满 %(n)d 个月，在 %(bracket)d 个月起的一档：") % {"n": line.months, "bracket": line.bracket}
    if line.grade or part.by_grade:
        return _("等级 %(grade)s：") % {"grade": line.grade or _("没有写")}
    return _("每条：")


def _share(part: Any, line: Any) -> str:
    """A share is said with the newest line; the others only say whether they are in the numerator."""
    own = _("计入分子") if line.counted else _("只计入分母")
    if not line.carries or part.share is None:
        return own
    counted, every = part.share
    told = {"n": counted, "d": every, "share": counted * WHOLE // every, "own": own}
    if line.bracket is None:
        said = _("%(own)s；%(n)d ÷ %(d)d = 千分之 %(share)d（舍去尾数），没有达到任何一档：") % told
    else:
        said = _("%(own)s；%(n)d ÷ %(d)d = 千分之 %(share)d（舍去尾数），在千分之 %(bracket)d 起的一档：") % {
            **told,
            "bracket": line.bracket,
        }
    return f"{said}{signed(line.points) or '0'}"


@dataclass(frozen=True)
class Told:
    """A change with its heading; `steps` are shown, `folded` behind a click."""

    change: Any
    what: str
    steps: tuple[Any, ...]
    folded: tuple[Any, ...]


def changes(found: Sequence[evaluation.Change]) -> list[Told]:
    """Changes with their headings; more than five acts are behind a click."""
    return [
        Told(one, _what(one), *((), one.steps) if len(one.steps) > STEPS else (one.steps, ()))
        for one in found
    ]


def _what(one: evaluation.Change) -> str:
    n = len(one.steps)
    if one.kind == "time":
        return _("什么都不办，时间到了")
    if one.kind == "dispute-decided":
        return _("正在审查的异议都不成立")
    if one.kind == "repair":
        said = ngettext("修复 %(n)d 条", "修复 %(n)d 条", n)
    elif one.kind == "fulfil":
        said = ngettext("履行 %(n)d 件", "履行 %(n)d 件", n)
    else:
        said = ngettext("修复和履行共 %(n)d 件", "修复和履行共 %(n)d 件", n)
    said %= {"n": n}
    return _("%(acts)s，再等到这一天") % {"acts": said} if one.waits else said


def doors(found: Sequence[evaluation.Change]) -> list[tuple[str, str, str]]:
    """Where what is told is done and by which provision, once for each kind of entry."""
    told = dict.fromkeys(
        (step.item_name, "、".join(step.windows) or step.finder, step.provision) for one in found for step in one.steps
    )  # fmt: skip
    return list(told)


@dataclass(frozen=True)
class Left:
    """Entries of one kind left out for one reason: those shown, and those behind a click."""

    name: str
    reason: tuple[str, str]
    entries: tuple[Any, ...]
    folded: tuple[Any, ...]

    @property
    def number(self) -> int:
        """How many entries."""
        return len(self.entries) + len(self.folded)


def excluded(found: evaluation.Explanation) -> list[Left]:
    """What does not count, by kind of entry and reason."""
    by: dict[tuple[str, tuple[str, str]], list[Any]] = {}
    for one in found.excluded:
        by.setdefault((one.item_name, one.reason), []).append(one)
    return [Left(name, reason, tuple(of[:DATES]), tuple(of[DATES:])) for (name, reason), of in by.items()]
