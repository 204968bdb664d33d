"""Reading a place's plan: what it set out to do, as facts. A plan that ended is no basis for anything.

The plan keeps the shape of its file: title, status, from, to, indicators, terms, tasks, groups, cadences. Here it is
read for form, and for a citation of each fact: `article` says where in the plan's own text it stands.
"""

from __future__ import annotations

from typing import Any

from xinheng.law.build_parts import Parts, read_url
from xinheng.law.indicators import FORMULAS
from xinheng.law.reading import Node

STATUS = ("ended", "current")
CADENCES = ("daily", "weekly", "monthly", "quarterly", "yearly", "once", "standing")


def read_plan(node: Node, parts: Parts) -> dict[str, Any]:
    """The plan as it is written; {} where there is none."""
    if not node.has("plan"):
        node.wrong("plan", "缺少「plan」")
        return {}
    plan = node.node("plan")
    node.done()
    plan.text("title")
    plan.text("en")
    plan.text("issued_by", "")
    plan.text("note", "")
    read_url(plan)
    plan.one_of("status", STATUS)
    plan.day("from")
    plan.day("to")
    told = plan.text("instrument", "")
    if not told:
        _uncited(plan, "instrument", "规划没有写明出处", "请在 instruments.yaml 登记该文件，在此写它的代码。")
    elif told not in parts.instruments:
        remedy = "请在 instruments.yaml 补上该文件。"
        plan.report.error("dead-link", plan.where("instrument"), f"依据文件「{told}」没有登记", remedy)
    for entry in plan.nodes("groups"):
        entry.text("code")
        entry.bilingual("name")
        entry.done()
    for entry in plan.nodes("indicators"):
        _indicator(entry)
    for entry in plan.nodes("tasks"):
        _task(entry)
    for entry in plan.nodes("cadences"):
        entry.one_of("every", CADENCES)
        entry.bilingual("what")
        _standing(entry)
        entry.done()
    for entry in plan.nodes("terms"):
        _term(entry)
    plan.done()
    return plan.data


def _indicator(node: Node) -> None:
    node.text("code")
    node.bilingual("name")
    node.text("target")
    node.text("unit", "")
    node.text("note", "")
    _standing(node)
    if node.has("formula"):
        formula = node.node("formula")
        kind = formula.one_of("kind", FORMULAS)
        formula.texts("items")
        formula.texts("subjects")
        formula.text("containing", "")
        if kind in FORMULAS:
            for key in formula.data.keys() & {"items", "subjects", "containing"}:
                if key not in FORMULAS[kind].takes:
                    formula.wrong(key, f"「{kind}」不用「{key}」", "请删去。")
        formula.done()
        node.seen.add("not_computable")
    elif not node.text("not_computable", ""):
        remedy = "能算的写 formula，不能算的写 not_computable 并说明理由。"
        node.wrong("formula", "没有写明怎样计算", remedy)
    node.seen.add("formula")
    node.done()


def _task(node: Node) -> None:
    node.text("code")
    node.bilingual("what")
    node.texts("owners")
    if not node.has("owners"):
        node.wrong("owners", "没有写明责任单位", "请写部门代码，或者 groups 里的代码。")
    if node.has("cadence"):
        node.one_of("cadence", CADENCES)
    node.seen.add("cadence")
    node.day("due", required=False)
    node.text("outside", "")
    _standing(node)
    node.done()


def _term(node: Node) -> None:
    """A term without a present meaning says why it has none."""
    node.text("old")
    now = node.text("now", "")
    if not now and not node.text("because", ""):
        node.wrong("because", "不再使用的用语没有说明理由", "请在 because 写明为什么不再使用。")
    node.seen.add("because")
    node.done()


def _standing(node: Node) -> None:
    """Where in the plan a fact stands, or that it is our choice and why."""
    chosen = node.flag("our_choice")
    because = node.text("because", "")
    if not node.text("article", "") and not (chosen and because):
        _uncited(node, "article", "没有注明出处", "请在 article 写明在规划的哪一部分。")


def _uncited(node: Node, key: str, message: str, remedy: str) -> None:
    node.report.error("uncited", node.where(key), message, remedy)
