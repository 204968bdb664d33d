"""Signs and order of an indicator's values: one more adverse fact never gives a better score."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from xinheng.law.findings import Report
from xinheng.law.model_types import NO_DECAY, Filter, Indicator

BRACKETED = ("sum", "months-since", "share")
UNDECAYED = ("months-since", "share")


class Sides(Protocol):
    """Tells what facts a filter can match speak for."""

    def sides(self, wanted: Filter) -> frozenset[str]:
        """The sides of facts a filter can match."""

    def uncovered(self, inner: Filter, outer: Filter) -> frozenset[str]:
        """The sides of facts `inner` can match that `outer` may not."""


def check_signs(space: Sides, indicator: Indicator, where: str, report: Report) -> None:
    """Form and direction of one indicator. What cannot improve is shown by case, measure by measure."""
    _check_form(indicator, where, report)
    if any(one < two for (_, one), (_, two) in pairwise(indicator.decay)):
        message = f"「{indicator.name}」的衰减随时间回升"
        report.error("model-decay", f"{where}.decay", message, "时间越久影响应当越小或者不变。")
    if indicator.measure == "share":
        _check_share(space, indicator, where, report)
        return
    adverse = "adverse" in space.sides(indicator.filter)
    if indicator.points:
        _check_points(space, indicator, where, report)
        return
    if adverse and max(indicator.values) > 0:
        _wrong(indicator, where, "失信信息不能加分", report)
    if "positive" in space.sides(indicator.filter) and min(indicator.values) < 0:
        _wrong(indicator, where, "守信信息不能减分", report)
    values = [micro for _, micro in indicator.brackets]
    if adverse and indicator.measure == "sum" and any(one < two for one, two in pairwise(values)):
        _wrong(indicator, where, "数额越大扣分不能越少", report)
    if adverse and indicator.measure == "months-since":
        late = not indicator.brackets or indicator.brackets[0][0] > 0
        if late or any(one > two for one, two in pairwise(values)):
            _wrong(indicator, where, "距今越近扣分不能越少，应从第 0 个月写起", report)


def _check_form(indicator: Indicator, where: str, report: Report) -> None:
    measure = indicator.measure
    wrong = [
        (measure in BRACKETED and not indicator.brackets, "brackets", "没有写分档"),
        (measure not in BRACKETED and bool(indicator.brackets), "brackets", "这种量度不用分档"),
        (bool(indicator.points) and measure not in ("count", "latest"), "points", "这种量度不按等级给分"),
        (bool(indicator.points or indicator.brackets) and indicator.weight != 0, "weight", "已经另有分值表，不写 weight"),
        (measure in UNDECAYED and indicator.decay != NO_DECAY, "decay", "这种量度没有衰减"),
        ((measure == "share") != (indicator.numerator is not None), "numerator", "占比要写分子 numerator，其他量度不写"),
        (indicator.cap < 0, "cap", "封顶写绝对值，不小于零"),
        (not any(indicator.values), "weight", "没有分值"),
    ]  # fmt: skip
    for broken, key, message in wrong:
        if broken:
            report.error(
                "form", f"{where}.{key}", f"「{indicator.name}」{message}", "请对照 docs/packs.md 改正。"
            )


def _check_points(space: Sides, indicator: Indicator, where: str, report: Report) -> None:
    """A table by grade: every grade on its own side; of the newest fact, the adverse ones alike and lowest."""
    table = dict(indicator.points)
    against = [table.get(grade, 0) for grade, sides in _by_grade(space, indicator) if "adverse" in sides]
    if any(micro > 0 for micro in against):
        _wrong(indicator, where, "失信的等级不能加分", report)
    for grade, sides in _by_grade(space, indicator):
        if "positive" in sides and table.get(grade, 0) < 0:
            _wrong(indicator, where, f"等级「{grade}」是守信的，不能减分", report)
    if indicator.measure == "latest" and against and {min((*table.values(), 0))} != set(against):
        _wrong(indicator, where, "只计最近一条时，失信的各等级应当同分，并且最低", report)
    known = {grade for grade, _ in _by_grade(space, indicator)}
    for grade in table.keys() - known:
        report.error(
            "dead-link", f"{where}.points", f"条件里没有等级「{grade}」", "请写进 grades，或者删去。"
        )


def _by_grade(space: Sides, indicator: Indicator) -> list[tuple[str, frozenset[str]]]:
    """Each grade the filter names with the sides its facts can have."""
    grades = dict.fromkeys(grade for clause in indicator.filter.clauses for grade in clause.grades)
    found = []
    for grade in grades:
        clauses = tuple(
            replace(one, grades=(grade,)) for one in indicator.filter.clauses if grade in one.grades
        )
        found.append((grade, space.sides(Filter(clauses))))
    return found


def _check_share(space: Sides, indicator: Indicator, where: str, report: Report) -> None:
    """A share of adverse facts may only cost more as it rises, one of others only give more."""
    if indicator.numerator is None or not indicator.brackets:
        return
    if space.uncovered(indicator.numerator, indicator.filter):
        message = f"「{indicator.name}」的分子选到了分母以外的信息"
        report.error("form", f"{where}.numerator", message, "分子只能是分母里的一部分。")
    above = space.sides(indicator.numerator)
    steps = indicator.brackets if indicator.brackets[0][0] == 0 else ((0, 0), *indicator.brackets)
    values = [micro for _, micro in steps]
    falling = all(one >= two for one, two in pairwise(values))
    rising = all(one <= two for one, two in pairwise(values))
    if "adverse" in above:
        if above - {"adverse"}:
            _wrong(indicator, where, "分子里失信的和其他的混在一起", report)
        if not falling or values[-1] > 0:
            _wrong(indicator, where, "失信的占比越高不能越有利", report)
        if "adverse" in space.uncovered(indicator.filter, indicator.numerator):
            _wrong(indicator, where, "失信信息有的算进分子，有的只算进分母", report)
    elif "adverse" in space.sides(indicator.filter) and (not rising or values[0] > 0):
        _wrong(indicator, where, "分母多一条失信信息不能更有利", report)


def _wrong(indicator: Indicator, where: str, message: str, report: Report) -> None:
    remedy = "多一条失信信息不得使结果变好；请核对分值的正负和次序。"
    report.error("model-sign", where, f"「{indicator.name}」{message}", remedy)
