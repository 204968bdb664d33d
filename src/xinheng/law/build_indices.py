"""Reading a pack's indices of places and sectors."""

from __future__ import annotations

import re
from decimal import Decimal

from xinheng.law.build_parts import Parts
from xinheng.law.findings import Report
from xinheng.law.index_types import INDEX_MEASURES, IndexPart, IndexPlan
from xinheng.law.model_types import FACT_SIDES, POINT, Clause, Filter
from xinheng.law.reading import Node
from xinheng.law.types import Pack

WHOLE = 1000
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")


def read_indices(node: Node, parts: Parts) -> IndexPlan | None:
    """The plan of the indices; None where the file says none."""
    if not node.has("indices"):
        node.wrong("indices", "缺少「indices」")
        return None
    plan = node.node("indices")
    node.done()
    source = parts.source(plan, "indices")
    name, name_en = plan.bilingual("name")
    at_least = plan.number("at_least") or 0
    found = tuple(_part(entry) for entry in plan.nodes("parts"))
    plan.done()
    if at_least < 2:
        plan.wrong("at_least", "应不小于 2", "主体太少的地区会让人看出是哪一家。")
    if sum(part.weight for part in found) != WHOLE:
        plan.wrong("parts", f"权重合计应为 {WHOLE}", "请调整各部分的 weight。")
    if len({part.code for part in found}) != len(found):
        plan.wrong("parts", "有两个部分代码相同", "请换一个代码。")
    return IndexPlan(name, name_en, at_least, found, source)


def _part(node: Node) -> IndexPart:
    name, name_en = node.bilingual("name")
    measure = node.one_of("measure", INDEX_MEASURES)
    wanted, numerator = _filter(node, "filter"), _filter(node, "numerator")
    worst, best = _micro(node, "worst"), _micro(node, "best")
    part = IndexPart(
        node.text("code"), name, name_en, measure, wanted,  # type: ignore[arg-type]
        numerator if numerator.clauses else None, node.number("within_months") or 0, worst, best,
        node.number("weight") or 0, node.flag("public"),
    )  # fmt: skip
    node.done()
    if not wanted.clauses:
        node.wrong("filter", "没有写数哪些记录", "请写明目录项。")
    if worst == best:
        node.wrong("best", "best 和 worst 相同，分不出好坏", "请写两个不同的数。")
    if (measure == "share") != (part.numerator is not None):
        node.wrong("numerator", "numerator 只用于 share，share 必须有", "请补上或者删去。")
    if part.public and (measure not in ("entries", "organisations") or _looks_inside(wanted)):
        node.wrong(
            "public", "公开的部分只能按目录项和失信程度计数", "请删去 public，或者改用 items 和 severities。"
        )
    return part


def _filter(node: Node, key: str) -> Filter:
    clauses = []
    for entry in node.nodes(key):
        side = entry.one_of("side", FACT_SIDES, "")
        clauses.append(
            Clause(
                entry.texts("items"), entry.texts("subs"), entry.texts("grades"), entry.texts("severities"),
                entry.texts("sectors"), side,  # type: ignore[arg-type]
            )
        )  # fmt: skip
        entry.done()
    return Filter(tuple(clauses))


def _looks_inside(found: Filter) -> bool:
    return any(one.subs or one.grades or one.sectors for one in found.clauses)


def _micro(node: Node, key: str) -> int:
    """A decimal in quotes as an integer of millionths, exactly."""
    told = node.text(key)
    if not _NUMBER.fullmatch(told):
        node.wrong(key, "应为不小于零、最多六位小数的数", '请写成 "40" 或 "2.5" 的样子。')
        return 0
    return int(Decimal(told) * POINT)


def check_indices(pack: Pack, report: Report) -> None:
    """Parts ask for items of the catalogue alone."""
    for part in pack.indices.parts if pack.indices else ():
        clauses = (*part.filter.clauses, *(part.numerator.clauses if part.numerator else ()))
        unknown = sorted({item for one in clauses for item in one.items} - set(pack.items))
        where = f"{pack.indices.source.where if pack.indices else ''}：{part.code}"
        if unknown or not all(one.items for one in clauses):
            told = "、".join(unknown) or "空"
            report.error("item-unknown", where, f"目录里没有「{told}」", "请写目录中的代码，每个条件都要写。")


__all__ = ["check_indices", "read_indices"]
