"""Catalogue items from their files."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from typing import Any

from xinheng.law.basis_types import BY_NAME, LINKING, Linking
from xinheng.law.build_checks import Laying, roles_of
from xinheng.law.build_feed import read_feed
from xinheng.law.build_parts import Parts
from xinheng.law.model_types import FACT_SIDES
from xinheng.law.reading import Node
from xinheng.law.rules import read_rule, standing_rules
from xinheng.law.types import SECTIONS, Card, Citation, Field, Item, Rule, SeverityFrom, Source

TYPES = ("text", "date", "code", "enum", "money", "person", "drop")
SCOPES = ("public", "shared", "restricted", "drop")
ROLES = ("subject_name", "subject_code", "decided_on", "authority", "authority_name")
OPTIONAL_ROLES = ("subject_kind", "source_code", "source_name", "valid_from", "valid_to")


def header_key(text: str) -> str:
    """How headers are compared: width, brackets, spaces and case do not matter."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text)).upper()


def read_item(node: Node, parts: Parts) -> Item:
    """One item file."""
    code = node.text("item")
    name, name_en = node.bilingual("name")
    adverse = node.flag("adverse")
    standard = parts.citation(node, "standard")
    own = parts.source(node, code, default=standard)
    basis = _basis(node, parts, adverse)
    fields = tuple(_field(field) for field in node.nodes("fields"))
    by_code = {field.code: field for field in fields}
    _check_headers(node, fields)
    roles = _roles(node, by_code)
    card, key = _card(node, by_code), _codes(node, "key", by_code)
    received = node.flag("received")
    laying = Laying(
        parts, fields=fields, roles=roles_of(roles, card), key=key, received=received, own=own
    )  # fmt: skip
    rules = _rules(node, parts, code, own, standard, by_code, fields, laying)
    item = Item(
        code=code,
        name=name,
        name_en=name_en,
        version=node.text("version"),
        adverse=adverse,
        category=node.text("category"),
        basis=basis,
        source=own,
        fields=fields,
        rules=rules,
        key=key,
        document_number=roles.pop("document_number"),
        free_text=_codes(node, "free_text", by_code),
        card=card,
        timeliness=node.text("timeliness", ""),
        publication=node.text("publication"),
        severity_from=_severity_from(node, parts, code, own, by_code),
        ignored_headers={h.text("header"): h.text("name") for h in node.nodes("ignored_headers")},
        section=node.one_of("section", SECTIONS, "other"),  # type: ignore[arg-type]
        order=node.number("order") or 0,
        owners=node.texts("owners"),
        received=received,
        internal=node.flag("internal"),
        feed=read_feed(node, by_code),
        linking=_linking(node, parts, code, own),
        side=node.one_of("side", FACT_SIDES, "adverse" if adverse else "neutral"),
        sides=_sides(node, fields),
        same_as=tuple(_same(entry) for entry in node.nodes("same_as")),
        **roles,
    )
    node.seen.add("same_as")
    node.done()
    return item


def _sides(owner: Node, fields: tuple[Field, ...]) -> dict[str, str]:
    """`sides: {adverse: [未履行], positive: [全部履行]}`: grades or kinds that speak against an organisation or for it."""
    owner.seen.add("sides")
    if not owner.has("sides"):
        return {}
    node, known = owner.node("sides"), {choice for field in fields for choice in field.choices}
    found: dict[str, str] = {text: side for side in FACT_SIDES for text in node.texts(side)}
    for text in found.keys() - known:
        node.wrong("", f"没有「{text}」这个取值", "请照字段的 choices 填写。")
    node.done()
    return found


def _same(node: Node) -> tuple[str, str]:
    found = node.text("item"), node.text("sub", "")
    node.done()
    return found


def _basis(node: Node, parts: Parts, adverse: bool) -> tuple[Citation, ...]:
    basis = tuple(citation for entry in node.nodes("basis") if (citation := parts.read_citation(entry)))
    if not basis:
        code = "adverse-without-basis" if adverse else "item-without-basis"
        kind = "失信信息项" if adverse else "目录项"
        node.report.error(
            code,
            node.where("basis"),
            f"{kind}没有依据：无法律、法规或者党中央、国务院政策文件依据的，不得归集",
            "请在 basis 写明文件和条款；没有依据的请删去本项。",
        )
    return basis


def _field(node: Node) -> Field:
    code, name = node.text("code"), node.text("name")
    english = node.text("en", "")
    if not english:
        node.report.error("english-missing", node.where("en"), "缺少英文名称", "请在 en 处补上英文。")
    multi = node.node("multi") if node.has("multi") else None
    node.seen.add("multi")
    names = node.get("choice_names") or {}
    if not isinstance(names, dict) or not all(isinstance(one, dict) for one in names.values()):
        node.wrong("choice_names", "应由「取值: {zh:, en:}」组成")
        names = {}
    field = Field(
        code=code,
        name=name,
        name_en=english,
        type=node.one_of("type", TYPES),  # type: ignore[arg-type]
        scope=node.one_of("scope", SCOPES),  # type: ignore[arg-type]
        headers=(code, name, *node.texts("headers")),
        required=node.flag("required"),
        max=node.number("max"),
        max_tolerated=node.number("max_tolerated"),
        choices=node.texts("choices"),
        choices_from=node.one_of("choices_from", ("lists",), ""),
        choice_names={str(k): (v.get("zh", ""), v.get("en", "")) for k, v in names.items()},
        written=node.pairs("written"),
        other_prefix=node.text("other_prefix", ""),
        multi=multi is not None,
        separator=multi.text("separator") if multi else ";",
        separators=multi.texts("accept") if multi else (),
        long_term=node.day("long_term", required=False),
        computed=node.flag("computed"),
        unit=node.text("unit", ""),
        samples=node.texts("samples"),
    )
    if multi:
        multi.done()
    _check_personal(node, field)
    node.done()
    return field


def _check_personal(node: Node, field: Field) -> None:
    """Identity documents never reach storage; a legal representative's name is never public (boundary 1)."""
    looks_personal = re.search(r"SFZ|ZJHM|ZJLX|身份证|证件号|车牌|手机|联系电话", field.code + field.name)
    if (field.type == "drop") != (field.scope == "drop") or (looks_personal and field.scope != "drop"):
        node.report.error(
            "personal-kept",
            node.where("scope"),
            f"「{field.name}」属于个人证件、车牌或者联系方式，不得保存",
            "请写成 type: drop、scope: drop。",
        )
    if field.type == "person" and field.scope not in ("restricted", "drop"):
        node.report.error(
            "person-public",
            node.where("scope"),
            f"「{field.name}」是自然人姓名，不得对外公开或者共享",
            "请写成 scope: restricted。",
        )


def _check_headers(node: Node, fields: tuple[Field, ...]) -> None:
    """Two fields must not answer to one header: a column would land in the wrong field."""
    owner: dict[str, str] = {}
    for field in fields:
        for header in field.headers:
            key = header_key(header)
            if owner.setdefault(key, field.code) != field.code:
                node.report.error(
                    "header-twice",
                    node.where(f"fields[{field.code}].headers"),
                    f"表头「{header}」同时属于 {owner[key]} 和 {field.code}",
                    "请只留给其中一个字段。",
                )


def _codes(node: Node, key: str, known: dict[str, Field]) -> tuple[str, ...]:
    codes = node.texts(key)
    for code in codes:
        if code not in known:
            node.report.error("field-unknown", node.where(key), f"没有「{code}」这个字段", "请核对字段代码。")
    return codes


def _roles(node: Node, known: dict[str, Field]) -> dict[str, Any]:
    roles = node.node("roles")
    found: dict[str, Any] = {}
    for role in ROLES:
        found[role] = roles.one_of(role, known)
    for role in OPTIONAL_ROLES:
        found[role] = roles.one_of(role, known) if roles.has(role) else ""
        roles.seen.add(role)
    found["document_number"] = _codes(roles, "document_number", known)
    roles.done()
    return found


def _card(node: Node, known: dict[str, Field]) -> Card:
    card = node.node("card")
    parts = {}
    for part in (one.name for one in dataclasses.fields(Card)):
        parts[part] = card.one_of(part, known) if card.has(part) else ""
        card.seen.add(part)
    card.done()
    return Card(**parts)


def _linking(node: Node, parts: Parts, code: str, own: Source) -> Linking:
    """`linking: {how: never, …}`. Saying it needs its own basis or reason; withholding needs no adoption."""
    if not node.has("linking"):
        node.seen.add("linking")
        return BY_NAME
    said = node.node("linking")
    how = said.one_of("how", LINKING)
    source = parts.source(said, f"{code}.linking", inherited=own, own_citation=True)
    said.done()
    return Linking(how, source)  # type: ignore[arg-type]


def _severity_from(
    node: Node, parts: Parts, code: str, own: Source, known: dict[str, Field]
) -> SeverityFrom | None:
    if not node.has("severity_from"):
        node.seen.add("severity_from")
        return None
    facts = node.node("severity_from")
    fields = {key: facts.one_of(key, known) for key in ("categories", "fine", "confiscated", "basis")}
    result = SeverityFrom(
        **fields,
        simple_fields=_codes(facts, "simple_procedure_fields", known),
        simple_words=facts.text("simple_procedure_words"),
        simple_except=facts.text("simple_procedure_except", ""),
        source=parts.source(facts, f"{code}.severity-from", inherited=own),
    )
    for pattern in (result.simple_words, result.simple_except):
        try:
            re.compile(pattern)
        except re.error:
            facts.wrong("simple_procedure_words", "不是有效的正则表达式")
    facts.done()
    return result


def _rules(
    node: Node,
    parts: Parts,
    code: str,
    own: Source,
    standard: Citation | None,
    by_code: dict[str, Field],
    fields: tuple[Field, ...],
    laying: Laying,
) -> tuple[Rule, ...]:
    lengths = own
    if node.has("lengths"):
        entry = node.node("lengths")
        lengths = parts.source(entry, entry.text("id"), inherited=own, default=standard)
        entry.done()
    node.seen.add("lengths")
    rules = list(standing_rules(fields, own, lengths))
    spared = node.pairs("checks_except")
    if node.one_of("checks", ("standard", "own"), "standard") == "standard":
        rules += laying.rules(parts.checks, spared)
    for check in spared.keys() - {check["id"] for check, _ in parts.checks}:
        node.wrong("checks_except", f"没有「{check}」这项校验")
    for entry in node.nodes("rules"):
        rule_id = entry.text("id")
        source = parts.source(entry, f"{code}.{rule_id}", inherited=own, own_citation=True)
        rule = read_rule(entry, by_code, source)
        if rule:
            rules.append(rule)
            entry.done()
    return tuple(rules)
