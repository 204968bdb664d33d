"""Received evaluations, mutual rules and warnings from their files (`results.yaml`, `warning.yaml`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from xinheng.law.build_models import read_filter
from xinheng.law.build_parts import Parts
from xinheng.law.indicators import SUBJECTS
from xinheng.law.reading import Node
from xinheng.law.received_types import SECTOR_TOPS, WARNING_KINDS, MutualRule, ResultKind, WarningRule
from xinheng.law.types import Item

INDIVIDUAL = "individual"
NEEDS = {
    "count": ("at_least", "within_months"),
    "newest": ("lasts",),
    "ending": ("within_days",),
    "stale": ("after_months", "lasts"),
}
"""Which numbers a kind of warning cannot do without: a warning always has an end."""
NUMBERS = ("at_least", "within_months", "within_days", "after_months", "lasts")


def read_results(node: Node, parts: Parts) -> tuple[list[ResultKind], list[MutualRule]]:
    """A `results.yaml`: the evaluations that are received, and which of them may not stand beside each other."""
    kinds = [_result(entry, parts) for entry in node.nodes("results")]
    rules = [_mutual(entry, parts) for entry in node.nodes("mutual")]
    node.seen.update(("results", "mutual"))
    node.done()
    return kinds, rules


def _result(node: Node, parts: Parts) -> ResultKind:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    scale = node.get("scale")
    if not isinstance(scale, list) or not all(
        isinstance(step, list) and step and all(isinstance(word, str) for word in step) for step in scale
    ):
        node.wrong(
            "scale", "应由好到坏逐级写成列表", "例如 scale: [[A], [B], [C], [D]]；同级的几种写法写在一起。"
        )
        scale = []
    found = ResultKind(
        code=code,
        name=name,
        name_en=name_en,
        item=node.text("item"),
        written=node.text("written", ""),
        sector=node.text("sector"),
        scale=tuple(tuple(step) for step in scale),
        national=node.flag("national"),
        internal=False,
        source=parts.source(node, f"result.{code}"),
        authority=node.text("authority", ""),
    )
    node.done()
    return found


def _mutual(node: Node, parts: Parts) -> MutualRule:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    says, says_en = node.bilingual("says")
    found = MutualRule(
        code=code,
        name=name,
        name_en=name_en,
        result=node.text("result"),
        grades=node.texts("grades"),
        against=node.texts("against") or (SECTOR_TOPS,),
        says=says,
        says_en=says_en,
        source=parts.source(node, f"mutual.{code}"),
    )
    node.done()
    return found


def read_warnings(node: Node, parts: Parts) -> list[WarningRule]:
    """A `warning.yaml`."""
    found = [_warning(entry, parts) for entry in node.nodes("warnings")]
    node.done()
    return found


def _warning(node: Node, parts: Parts) -> WarningRule:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    look, look_en = node.bilingual("look")
    kind = node.one_of("kind", WARNING_KINDS)
    numbers: dict[str, Any] = {name: node.number(name) or 0 for name in NUMBERS}
    for needed in NEEDS.get(kind, ()):
        if not numbers[needed]:
            node.wrong(needed, f"「{kind}」的预警应写明 {needed}", "预警都有期限；请写大于零的整数。")
    inner = node.node("filter")
    wanted = read_filter(inner)
    inner.done()
    subjects = node.texts("subjects")
    if not subjects or not set(subjects) <= set(SUBJECTS) - {INDIVIDUAL}:
        node.report.error(
            "individual-warned" if INDIVIDUAL in subjects else "form",
            node.where("subjects"),
            "预警的主体只能是组织，个体工商户不预警",
            f"可选：{'、'.join(one for one in SUBJECTS if one != INDIVIDUAL)}。",
        )
    found = WarningRule(
        code=code,
        name=name,
        name_en=name_en,
        kind=kind,  # type: ignore[arg-type]
        filter=wanted,
        subjects=subjects,
        look=look,
        look_en=look_en,
        source=parts.source(node, f"warning.{code}"),
        **(numbers | {"at_least": numbers["at_least"] or 1}),
    )
    node.done()
    return found


def with_items(kinds: dict[str, ResultKind], items: dict[str, Item]) -> dict[str, ResultKind]:
    """The kinds of result, each internal where its item is."""
    return {
        code: replace(one, internal=one.item in items and items[one.item].internal)
        for code, one in kinds.items()
    }
