"""Reading `models/*.yaml`: evaluation models. Points are written as whole numbers or as decimals in quotes."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from xinheng.law.build_parts import Parts
from xinheng.law.model_types import (
    FACT_SIDES,
    FAMILIES,
    MEASURE_KINDS,
    MODEL_KINDS,
    NO_DECAY,
    PER_MILLE,
    POINT,
    Clause,
    EvaluationModel,
    Filter,
    Grade,
    Indicator,
    Ladder,
    Veto,
)
from xinheng.law.reading import Node, digest_of
from xinheng.law.types import Source

ENDED_KEYS = ("states", "state", "repaired", "expired", "disputed", "include")
PERSONAL_KEYS = ("fields", "field", "persons", "legal_representative")
FILTER_KEYS = ("items", "subs", "grades", "severities", "sectors", "side", "any")
LARGEST = 10**9
"""No value of a model has more points: far beyond any use, far below what an integer holds."""


def read_filter(node: Node) -> Filter:
    """The filter a node says: `items`, `subs`, `grades`, `severities`, `sectors`, `side`, or `any:` with a list of these.

    Marks the keys as seen; the caller closes the node. A key that asks for what no longer counts (repaired, expired,
    disputed) or for a field is refused: there is no way to write it."""
    if node.has("any"):
        clauses = []
        node.seen.update(FILTER_KEYS)
        if any(node.has(key) for key in FILTER_KEYS if key != "any"):
            node.wrong("any", "写了 any，条件就全部写在 any 里", "请把其他条件移进 any 的各条。")
        for entry in node.nodes("any"):
            clauses.append(_clause(entry))
            entry.done()
        return Filter(tuple(clauses))
    node.seen.add("any")
    return Filter((_clause(node),))


def _clause(node: Node) -> Clause:
    for keys, code, message, remedy in (
        (ENDED_KEYS, "model-not-standing", "只有仍然有效的信息才计入", "已修复、已到期、异议办理中的一律不计，请删去。"),
        (PERSONAL_KEYS, "model-personal", "不能按字段筛选", "只能按目录项、种类、等级、失信程度、行业筛选，请删去。"),
    ):  # fmt: skip
        for key in keys:
            if node.has(key):
                node.seen.add(key)
                node.report.error(code, node.where(key), message, remedy)
    clause = Clause(
        items=node.texts("items"),
        subs=node.texts("subs"),
        grades=node.texts("grades"),
        severities=node.texts("severities"),
        sectors=node.texts("sectors"),
        side=node.one_of("side", FACT_SIDES, ""),  # type: ignore[arg-type]
    )
    if not clause.items:
        node.wrong("items", "没有写明目录项", "请写 items。")
    return clause


def points(node: Node, key: str, default: int | None = None) -> int:
    """Points as micro-points, exactly: a whole number, or a decimal in quotes of six places at most."""
    value = node.get(key)
    if value is None:
        if default is None:
            node.wrong(key, f"缺少「{key}」", "请补上这一项（分）。")
        return default or 0
    return _micro(node, key, value)


def _micro(node: Node, key: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return value * POINT
    try:
        exact = Decimal(value) * POINT if isinstance(value, str) else None
    except InvalidOperation:
        exact = None
    if exact is None or not exact.is_finite() or exact != exact.to_integral_value():
        node.wrong(key, f"「{value}」不是可用的分值", '请写整数，或者加引号的小数（不超过六位），如 "-2.5"。')
        return 0
    if abs(exact) > LARGEST * POINT:
        node.wrong(key, f"「{value}」超出范围", "分值的绝对值不超过十亿。")
        return 0
    return int(exact)


def _steps(node: Node, key: str, *, micro: bool) -> tuple[tuple[int, int], ...]:
    """`[[from, value], …]` with rising `from`; values are points where `micro`, else whole numbers."""
    value = node.get(key)
    if value is None:
        return ()
    found: list[tuple[int, int]] = []
    for pair in value if isinstance(value, list) else [None]:
        start, reached = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
        if not isinstance(start, int) or isinstance(start, bool) or start < 0:
            node.wrong(key, "应写成 [[起点, 数值], …]，起点是不小于零的整数")
            return ()
        if micro:
            found.append((start, _micro(node, key, reached)))
        elif isinstance(reached, int) and not isinstance(reached, bool):
            found.append((start, reached))
        else:
            node.wrong(key, "数值应为整数（千分之几）")
            return ()
    if any(one >= two for (one, _), (two, _) in pairwise(found)):
        node.wrong(key, "起点应当由小到大，不能重复")
    return tuple(found)


def read_model(node: Node, parts: Parts) -> EvaluationModel:
    """One model file."""
    code, pack = node.text("model"), node.file.partition("/")[0]
    digest = digest_of(json.dumps(node.data, ensure_ascii=False, sort_keys=True).encode())
    name, name_en = node.bilingual("name")
    purpose, purpose_en = node.bilingual("purpose")
    source = parts.source(node, f"model.{code}")
    model = EvaluationModel(
        code=code,
        version=node.text("version"),
        name=name,
        name_en=name_en,
        purpose=purpose,
        purpose_en=purpose_en,
        kind=node.one_of("kind", MODEL_KINDS),  # type: ignore[arg-type]
        subjects=node.texts("subjects"),
        base=points(node, "base"),
        indicators=tuple(_indicator(entry, parts, code, source) for entry in node.nodes("indicators")),
        vetoes=tuple(_veto(entry, parts, code, source) for entry in node.nodes("vetoes")),
        grades=tuple(_grade(entry) for entry in node.nodes("grades")),
        source=source,
        pack=pack,
        digest=digest,
        industries=node.texts("industries"),
        holding=_holding(node),
        ladder=_ladder(node, parts, code, source),
        simulation=node.flag("simulation"),
        limits=tuple(_limit(entry) for entry in node.nodes("limits")),
        publication=_publication(node, parts, code),
        rounding=node.one_of("rounding", ("down",)),  # type: ignore[arg-type]
    )
    node.seen.update(("indicators", "vetoes", "grades", "limits"))
    node.done()
    return model


def _source(node: Node, parts: Parts, name: str, inherited: Source) -> Source:
    """What a part rests on: its own citation or reason, else that of the model."""
    if node.has("citation") or node.has("our_choice"):
        return parts.source(node, name, inherited=inherited)
    for key in ("citation", "our_choice", "because", "confidence", "protective", "in_force", "note"):
        if key in node.data:
            node.wrong(key, "没有写 citation 或者 our_choice 的，不单独写这一项", "请删去，或者写明依据。")
        node.seen.add(key)
    return replace(inherited, id=name)


def _indicator(node: Node, parts: Parts, model: str, inherited: Source) -> Indicator:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    decay = _steps(node, "decay", micro=False)
    if any(not 0 <= rate <= PER_MILLE for _, rate in decay):
        node.wrong("decay", "应为 0 至 1000（千分之几）")
    if decay and decay[0][0] != 0:
        node.wrong("decay", "应从第 0 个月写起")
    table = node.node("points") if node.has("points") else None
    node.seen.add("points")
    by_grade = tuple((grade, points(table, grade)) for grade in table.data) if table else ()
    brackets = _steps(node, "brackets", micro=True)
    weight = points(node, "weight", 0 if by_grade or brackets else None)
    numerator = None
    if node.has("numerator"):
        part = node.node("numerator")
        numerator = read_filter(part)
        part.done()
    node.seen.add("numerator")
    found = Indicator(
        code=code,
        family=node.one_of("family", FAMILIES),
        name=name,
        name_en=name_en,
        filter=read_filter(node),
        measure=node.one_of("measure", MEASURE_KINDS),  # type: ignore[arg-type]
        weight=weight,
        cap=points(node, "cap", 0),
        source=_source(node, parts, f"model.{model}.{code}", inherited),
        within_months=node.number("within_months") or 0,
        decay=decay or NO_DECAY,
        brackets=brackets,
        points=by_grade,
        numerator=numerator,
    )
    node.done()
    return found


def _veto(node: Node, parts: Parts, model: str, inherited: Source) -> Veto:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    found = Veto(
        code=code,
        name=name,
        name_en=name_en,
        filter=read_filter(node),
        at_least=node.number("at_least") or 1,
        within_months=node.number("within_months") or 0,
        ceiling=node.text("ceiling"),
        source=_source(node, parts, f"model.{model}.veto.{code}", inherited),
    )
    node.done()
    return found


def _grade(node: Node) -> Grade:
    name, name_en = node.bilingual("name")
    at_least = points(node, "at_least") if node.has("at_least") else None
    node.seen.add("at_least")
    grade = Grade(node.text("code"), name, name_en, at_least)
    node.done()
    return grade


def _holding(owner: Node) -> Filter | None:
    owner.seen.add("holding")
    if not owner.has("holding"):
        return None
    node = owner.node("holding")
    found = read_filter(node)
    node.done()
    return found


def _ladder(owner: Node, parts: Parts, model: str, inherited: Source) -> Ladder | None:
    owner.seen.add("ladder")
    if not owner.has("ladder"):
        return None
    node = owner.node("ladder")
    breaks = node.node("breaks")
    needs = node.node("needs") if node.has("needs") else None
    node.seen.add("needs")
    found = Ladder(
        grade=node.text("grade"),
        breaks=read_filter(breaks),
        within_months=node.number("within_months") or 0,
        established_months=node.number("established_months") or 0,
        source=_source(node, parts, f"model.{model}.ladder", inherited),
        needs=read_filter(needs) if needs else None,
        needs_at_least=node.number("needs_at_least") or (1 if needs else 0),
    )
    for part in (breaks, needs, node):
        if part is not None:
            part.done()
    return found


def _limit(node: Node) -> tuple[str, str]:
    """`{zh:, en:}` of something the model cannot know."""
    chinese, english = node.text("zh"), node.text("en", "")
    if not english:
        node.report.error("english-missing", node.where(), "缺少英文", "请在 en 处补上英文。")
    node.done()
    return chinese, english


def _publication(owner: Node, parts: Parts, model: str) -> Source | None:
    """`publication: {citation:, confidence:, in_force:}`: the basis on which results may be published."""
    owner.seen.add("publication")
    if not owner.has("publication"):
        return None
    node = owner.node("publication")
    source = parts.source(node, f"model.{model}.publication", own_citation=True)
    node.done()
    return source
