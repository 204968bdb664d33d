"""Reading `cases/*.yaml` and `repair.yaml`: kinds of case, and the table of how entries are repaired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from xinheng.law.build_parts import Parts, read_url
from xinheng.law.case_types import (
    AGAINST,
    COUNTS_FROM,
    DESKS,
    EFFECTS,
    NEEDS,
    OUTCOMES,
    WHO,
    CaseKind,
    CaseState,
    CaseStep,
    Condition,
    NextRemedy,
    Numbering,
    Paper,
    PathRule,
    RepairRules,
    RepairWindow,
    Said,
)
from xinheng.law.reading import Node
from xinheng.law.types import Source

PROOFS = ("window", "letter", "fields")
One = TypeVar("One")


def read_case(node: Node, parts: Parts) -> CaseKind | None:
    """One kind of case; None where the file is too broken to stand for one (the findings say why)."""
    code = node.text("case")
    name, name_en = node.bilingual("name")
    source = parts.source(node, f"case.{code}")
    remedies = {one.code: one for entry in node.nodes("remedies") for one in [_remedy(entry)]}
    papers = {one.code: one for entry in node.nodes("papers") for one in [_paper(entry)]}
    states = {one.code: one for entry in node.nodes("states") for one in [_state(entry, remedies)]}
    steps = tuple(_step(entry, parts, code, source, states) for entry in node.nodes("steps"))
    numbering = _numbering(node.node("numbering"))
    initial = node.one_of("initial", states)
    node.done()
    openings = [step.code for step in steps if not step.from_]
    if len(openings) != 1:
        node.wrong("steps", f"应有且只有一个没有 from 的步骤（开始一案），现有 {len(openings)} 个")
        return None
    return CaseKind(code, name, name_en, numbering, initial, states, steps, papers, source)


def _numbering(node: Node) -> Numbering:
    gaps, gaps_en = node.bilingual("gaps")
    found = Numbering(node.text("sign"), node.text("pattern"), gaps, gaps_en)
    node.done()
    _check_pattern(node, found.pattern)
    return found


def _check_pattern(node: Node, pattern: str) -> None:
    """A number tells its body, year and serial apart, or two cases share one."""
    for part in ("{body}", "{year}", "{serial}"):
        if part not in pattern:
            node.wrong("pattern", f"编号式样缺少 {part}")


def _remedy(node: Node) -> NextRemedy:
    code = node.text("code")
    chinese, english = node.bilingual("text")
    provision = node.text("provision", "")
    counts = node.one_of("counts_from", COUNTS_FROM, "result")
    node.done()
    if provision and counts == "none":
        node.wrong("counts_from", "写了期限，又写不起算", "请删去 provision，或者写明自哪一天起算。")
    return NextRemedy(code, chinese, english, provision, counts)  # type: ignore[arg-type]


def _paper(node: Node) -> Paper:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    found = Paper(code, name, name_en, node.text("pattern"))
    node.done()
    _check_pattern(node, found.pattern)
    return found


def _state(node: Node, remedies: dict[str, NextRemedy]) -> CaseState:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    named = node.texts("remedies")
    for remedy in named:
        if remedy not in remedies:
            node.wrong(
                "remedies", f"没有救济途径「{remedy}」", "请在本文件的 remedies 里写明，或者改正代码。"
            )
    found = CaseState(
        code=code,
        name=name,
        en=name_en,
        final=node.flag("final"),
        clock=node.text("clock", ""),
        clock_by_sector=node.pairs("clock_by_sector"),
        on_return=node.one_of("on_return", ("restart", "resume"), "restart"),  # type: ignore[arg-type]
        desk=node.one_of("desk", DESKS, "none"),  # type: ignore[arg-type]
        outcome=node.one_of("outcome", OUTCOMES, ""),
        remedies=tuple(remedies[one] for one in named if one in remedies),
    )
    node.done()
    return found


def _step(node: Node, parts: Parts, kind: str, inherited: Source, states: dict[str, CaseState]) -> CaseStep:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    to = node.one_of("to", states)
    confirm, confirm_en = node.bilingual("confirm", required=False)
    own_basis = node.has("citation") or node.data.get("our_choice") is True
    source = parts.source(node, f"case.{kind}.{code}", inherited=inherited)
    eyes, by_setting = _four_eyes(node)
    found = CaseStep(
        code=code,
        name=name,
        en=name_en,
        from_=_all_of(node, "from", states),
        to=to,
        who=_all_of(node, "who", WHO),  # type: ignore[arg-type]
        needs=_all_of(node, "needs", NEEDS),  # type: ignore[arg-type]
        effect=node.one_of("effect", EFFECTS, ""),
        document=node.text("document", ""),
        four_eyes=eyes,
        once=node.flag("once"),
        pauses=node.flag("pauses"),
        extends=node.text("extends", ""),
        provision=source.cited,
        confirm=confirm,
        confirm_en=confirm_en,
        reasons=read_said(node, "reasons"),
        setting=node.text("setting", ""),
        setting_value=node.text("setting_value", ""),
        never_items=node.texts("never_items"),
        never_sectors=node.texts("never_sectors"),
        four_eyes_setting=by_setting,
        source=source,
    )
    node.done()
    if not found.who:
        node.wrong("who", "没有写谁可以做这一步")
    if to in states and states[to].outcome in AGAINST and not own_basis:
        node.report.error(
            "step-without-provision",
            node.where("citation"),
            f"「{name}」对当事人不利，没有写明依据",
            "请写明 citation；不是法律规定的，写 our_choice: true 和 because。",
        )
    return found


def _four_eyes(node: Node) -> tuple[bool, str]:
    """`four_eyes: true`, or `four_eyes: {setting: 名}`: then the office's setting ("on"/"off") decides."""
    value = node.get("four_eyes")
    if isinstance(value, dict):
        inner = node.node("four_eyes")
        name = inner.text("setting")
        inner.done()
        return True, name
    return node.flag("four_eyes"), ""


def _all_of(node: Node, key: str, allowed: Iterable[str]) -> tuple[str, ...]:
    found = node.texts(key)
    choices = tuple(allowed)
    for one in found:
        if one not in choices:
            node.wrong(key, f"「{one}」不在可选范围内", f"可选：{'、'.join(choices)}。")
    return found


def read_said(node: Node, key: str) -> tuple[Said, ...]:
    """A list of `{code:, text: {zh:, en:}}`."""
    found = []
    for entry in node.nodes(key):
        code = entry.text("code")
        chinese, english = entry.bilingual("text")
        entry.done()
        found.append(Said(code, chinese, english))
    node.seen.add(key)
    return tuple(found)


def read_repair(node: Node, parts: Parts) -> RepairRules:
    """The windows and the rows of a `repair.yaml`. Conditions, materials and effects are written once and named."""
    base = parts.source(node, "repair")
    windows = {one.code: one for entry in node.nodes("windows") for one in [_window(entry)]}
    conditions: dict[str, Condition] = {}
    for entry in node.nodes("conditions"):
        condition = _condition(entry, parts, base)
        conditions[condition.code] = condition
    materials = {one.code: one for one in read_said(node, "materials")}
    effects = {one.code: one for one in read_said(node, "effects")}
    paths = []
    for entry in node.nodes("paths"):
        rule = PathRule(
            id=entry.text("id"),
            items=entry.texts("items"),
            sectors=entry.texts("sectors"),
            repairable=entry.flag("repairable", True),
            why_not=entry.bilingual("why_not", required=False),
            windows=entry.texts("windows"),
            conditions=_named(entry, "conditions", conditions),
            materials=_named(entry, "materials", materials),
            effects=_named(entry, "effects", effects),
            reorganisation=_named(entry, "reorganisation", conditions),
            source=parts.source(entry, f"repair.{entry.text('id')}", inherited=base),
        )
        entry.done()
        paths.append(rule)
    node.seen.update({"windows", "conditions", "paths"})
    node.done()
    return RepairRules(windows, tuple(paths))


def _named(node: Node, key: str, known: dict[str, One]) -> tuple[One, ...]:
    named = node.texts(key)
    for one in named:
        if one not in known:
            node.wrong(key, f"没有「{one}」", "请在本文件里写明，或者改正代码。")
    return tuple(known[one] for one in named if one in known)


def _window(node: Node) -> RepairWindow:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    how, how_en = node.bilingual("how")
    found = RepairWindow(code, name, name_en, how, how_en, read_url(node))
    node.done()
    return found


def _condition(node: Node, parts: Parts, base: Source) -> Condition:
    code = node.text("code")
    chinese, english = node.bilingual("text")
    proof = node.one_of("proof", PROOFS, "")
    source = parts.source(node, f"repair.condition.{code}", inherited=base)
    node.done()
    return Condition(code, chinese, english, proof, source.cited, source.confidence)


def over(upper: RepairRules, lower: RepairRules) -> RepairRules:
    """The table with a lower level's windows laid over it: the way to a local counter is local."""
    return replace(upper, windows={**upper.windows, **lower.windows}, paths=(*lower.paths, *upper.paths))
