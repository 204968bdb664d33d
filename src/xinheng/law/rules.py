"""The vocabulary of item rules: what an item may ask of its rows without new code.

Each kind names its parameters (field parameters are checked to exist) and the placeholders its message may use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from xinheng.law.reading import Node
from xinheng.law.types import Field, Outcome, Rule, Source

OUTCOMES: tuple[Outcome, ...] = ("rejected", "quarantined", "refused_personal", "note")
USCC_VERDICTS = ("placeholder", "old15", "old13", "citizen_id", "invalid", "empty")
PLACEHOLDERS = ("field", "other", "limit", "choices")


@dataclass(frozen=True)
class Kind:
    """A rule kind: what it means, its parameters by type, its verdicts."""

    means: str
    field_params: tuple[str, ...] = ()
    text_params: tuple[str, ...] = ()
    list_params: tuple[str, ...] = ()
    field_list_params: tuple[str, ...] = ()
    number_params: tuple[str, ...] = ()
    mapping_params: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ("field",)


KINDS: dict[str, Kind] = {
    "required": Kind("必填"),
    "max_length": Kind("字数上限", number_params=("limit",), placeholders=("field", "limit")),
    "blank": Kind("应为空"),
    "choice": Kind("取值在所列之内", placeholders=("field", "choices")),
    "choices_multi": Kind("多个取值都在所列之内", placeholders=("field", "choices")),
    "other_needs_text": Kind("“其他”后须写明具体类别"),
    "forbidden_value": Kind("不得为所列的值", list_params=("values",)),
    "date": Kind("有效日期", number_params=("earliest_year",), list_params=("artefacts",)),
    "date_not_after": Kind("不晚于另一日期或者今天", text_params=("than",), placeholders=("field", "other")),
    "uscc": Kind("有效的统一社会信用代码", verdicts=USCC_VERDICTS),
    "uscc_prefix_matches": Kind(
        "代码前两位与类别一致",
        field_params=("category",),
        text_params=("others",),
        mapping_params=("prefixes",),
        placeholders=("field", "other"),
    ),
    "org_code_matches": Kind("与统一代码第 9 至 17 位一致", field_params=("code",)),
    "money_wan": Kind(
        "不小于零的金额（万元）", number_params=("decimals", "note_over"), verdicts=("invalid", "note_over")
    ),
    "required_with": Kind("另一字段填写时必填", field_params=("with",), placeholders=("field", "other")),
    "required_if_contains": Kind(
        "另一字段含所列词语时必填",
        field_params=("if_field",),
        list_params=("contains",),
        placeholders=("field", "other"),
    ),
    "pattern": Kind("符合规定的写法", text_params=("pattern",)),
    "code_starts": Kind("代码以所列的字符开头", list_params=("prefixes",)),
    "code_starts_not": Kind("代码不以所列的字符开头", list_params=("prefixes",)),
    "words_forbidden": Kind("不含所列的词语", list_params=("words",)),
    "no_control_characters": Kind("不含控制字符和乱码"),
    "registered_unit": Kind("代码在单位名录中"),
    "subject_matches_register": Kind(
        "名称与登记库一致", field_params=("code",), verdicts=("mismatch", "unknown")
    ),
    "former_name_registered": Kind(
        "原名称是登记库中该代码的名称", field_params=("code", "if_field"), list_params=("contains",)
    ),
    "person_row": Kind(
        "记录说的是自然人",
        field_params=("code",),
        list_params=("words", "unless"),
        field_list_params=("text_fields",),
    ),
    "same_key": Kind("关键字段相同的是同一决定"),
    "severity_is": Kind("定级结果", text_params=("severity",)),
}


def read_rule(node: Node, fields: dict[str, Field], source: Source) -> Rule | None:
    """One rule of an item file. Reports unknown kinds, fields, parameters and placeholders."""
    name = node.text("kind")
    kind = KINDS.get(name)
    if kind is None:
        node.report.error(
            "rule-kind-unknown",
            node.where("kind"),
            f"没有「{name}」这种校验规则",
            f"可用的有：{'、'.join(KINDS)}。",
        )
        return None
    rule = Rule(
        id=node.text("id"),
        kind=name,
        fields=_fields(node, "fields", fields),
        outcome=node.one_of("outcome", OUTCOMES),  # type: ignore[arg-type]
        message=node.text("message"),
        remedy=node.text("remedy"),
        source=source,
        params=_params(node, kind, fields),
        outcomes=_outcomes(node, kind),
        messages=node.pairs("messages"),
    )
    if not rule.fields:
        node.wrong("fields", "没有写明校验哪个字段")
    for text in (rule.message, *rule.messages.values()):
        _check_placeholders(node, text, kind)
    _check_verdicts(node, rule, kind)
    return rule


def _fields(node: Node, key: str, known: dict[str, Field]) -> tuple[str, ...]:
    names = node.texts(key)
    for name in names:
        if name not in known:
            node.report.error("field-unknown", node.where(key), f"没有「{name}」这个字段", "请核对字段代码。")
    return tuple(name for name in names if name in known)


def _params(node: Node, kind: Kind, fields: dict[str, Field]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for key in kind.field_params:
        params[key] = node.one_of(key, fields)
    for key in kind.field_list_params:
        params[key] = _fields(node, key, fields)
    for key in kind.text_params:
        params[key] = node.text(key)
    for key in kind.list_params:
        params[key] = node.texts(key)
    for key in kind.number_params:
        params[key] = node.number(key)
        if params[key] is None:
            node.wrong(key, f"缺少「{key}」")
    for key in kind.mapping_params:
        value = node.get(key)
        params[key] = {k: tuple(v) for k, v in value.items()} if isinstance(value, dict) else {}
    if "pattern" in params:
        try:
            re.compile(params["pattern"])
        except re.error:
            node.wrong("pattern", "不是有效的正则表达式")
    if "than" in params and params["than"] != "today" and params["than"] not in fields:
        node.report.error(
            "field-unknown",
            node.where("than"),
            f"没有「{params['than']}」这个字段",
            "填字段代码，或者 today。",
        )
    return params


def _outcomes(node: Node, kind: Kind) -> dict[str, Outcome]:
    if not kind.verdicts:
        return {}
    chosen = node.pairs("outcomes")
    for verdict, outcome in chosen.items():
        if verdict not in kind.verdicts or outcome not in OUTCOMES:
            node.wrong("outcomes", f"「{verdict}: {outcome}」不在可选范围内")
    return {verdict: outcome for verdict, outcome in chosen.items() if outcome in OUTCOMES}


def _check_verdicts(node: Node, rule: Rule, kind: Kind) -> None:
    for verdict in rule.messages:
        if verdict not in kind.verdicts:
            node.wrong("messages", f"「{verdict}」不是这种规则的结果")


def _check_placeholders(node: Node, text: str, kind: Kind) -> None:
    """A message may quote names and limits, never the value of a cell: it could be personal."""
    for name in PLACEHOLDERS:
        if f"{{{name}}}" in text and name not in kind.placeholders:
            node.wrong("message", f"这种规则的提示里不能用 {{{name}}}")
    rest = text
    for name in PLACEHOLDERS:
        rest = rest.replace(f"{{{name}}}", "")
    if "{" in rest or "}" in rest:
        node.wrong("message", "提示里有不认识的占位符", f"可用的有：{{{'}、{'.join(kind.placeholders)}}}。")


def standing_rules(fields: tuple[Field, ...], required: Source, lengths: Source) -> tuple[Rule, ...]:
    """The rules every field declares by itself: required (F01) and length (F02, a note below the tolerated)."""
    rules: list[Rule] = []
    kept = [field for field in fields if field.scope != "drop"]
    if needed := tuple(field.code for field in kept if field.required):
        message = "「{field}」没有填写"
        rules.append(Rule("F01", "required", needed, "rejected", message, "请补齐后重新报送。", required))
    limits: dict[tuple[int, Outcome], list[str]] = {}
    for field in kept:
        if field.max:
            limits.setdefault((field.max_tolerated or field.max, "rejected"), []).append(field.code)
            if field.max_tolerated:
                limits.setdefault((field.max, "note"), []).append(field.code)
    for (limit, outcome), codes in sorted(limits.items()):
        remedy = "请核对是否错列；确需较长的请精简。" if outcome == "rejected" else "已照收，建议精简。"
        message = "「{field}」超过 {limit} 个字"
        params = {"limit": limit}
        rules.append(Rule("F02", "max_length", tuple(codes), outcome, message, remedy, lengths, params))
    return tuple(rules)
