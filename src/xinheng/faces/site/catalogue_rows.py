"""The public credit information catalogue as rows: for the page, the file and the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinheng.faces.site.words import in_chinese, named, term
from xinheng.law import service as law

SECTIONS = {
    "registration": gettext_lazy("登记"), "licences": gettext_lazy("许可"), "penalties": gettext_lazy("处罚"),
    "lists": gettext_lazy("名单"), "commitments": gettext_lazy("承诺"), "results": gettext_lazy("评价与检查结果"),
    "honours": gettext_lazy("荣誉与资质"), "other": gettext_lazy("其他"),
}  # fmt: skip
SCOPES = {
    "public": gettext_lazy("社会公开"), "shared": gettext_lazy("政务共享"), "restricted": gettext_lazy("授权查询"),
    "drop": gettext_lazy("不收（个人信息）"),
}  # fmt: skip
TYPES = {
    "text": gettext_lazy("字符型"), "date": gettext_lazy("日期型"), "code": gettext_lazy("代码"), "enum": gettext_lazy("枚举型"),
    "money": gettext_lazy("金额"), "person": gettext_lazy("姓名"), "drop": gettext_lazy("不收"),
}  # fmt: skip


@dataclass(frozen=True)
class Basis:
    """A provision an item rests on, and how sure we are of it."""

    text: str
    confidence: str


@dataclass(frozen=True)
class Row:
    """One item of the catalogue in the language of the page."""

    code: str
    name: str
    section: str
    category: str
    basis: tuple[Basis, ...]
    owners: tuple[str, ...]
    deadline: str
    deadline_note: str
    publicity: str
    adverse: bool
    received: bool
    confidence: str
    open_fields: int
    shared_fields: int
    restricted_fields: int
    version: str


def rows(pack: law.Pack) -> list[Row]:
    """Every item, by section and its order there."""
    order = list(SECTIONS)
    items = sorted(pack.items.values(), key=lambda item: (order.index(item.section), item.order, item.code))
    return [row(pack, item) for item in items]


def row(pack: law.Pack, item: law.Item) -> Row:
    """One item."""
    deadline, note = _deadline(pack, item)
    scopes = item.scopes
    return Row(
        code=item.code, name=named(item), section=str(SECTIONS[item.section]), category=term(item.category),
        basis=tuple(Basis(str(one), one.instrument.confidence) for one in item.basis),
        owners=owners(pack, item), deadline=deadline, deadline_note=note, publicity=_publicity(pack, item),
        adverse=item.adverse, received=item.received, confidence=item.source.confidence,
        open_fields=len(scopes["public"]), shared_fields=len(scopes["shared"]),
        restricted_fields=len(scopes["restricted"]), version=item.version,
    )  # fmt: skip


def owners(pack: law.Pack, item: law.Item) -> tuple[str, ...]:
    """The departments that own an item; where it names none, every authority owns what it decides."""
    return tuple(named(unit) for unit in pack.departments if unit.sector in item.owners)


def fields(item: law.Item) -> list[dict[str, Any]]:
    """The field table in the order of the schema."""
    return [
        {
            "code": field.code,
            "name": named(field),
            "type": str(TYPES[field.type]),
            "scope": field.scope,
            "scope_word": str(SCOPES[field.scope]),
            "required": field.required,
            "max": field.max,
            "key": field.code in item.key,
            "choices": [_choice(field, choice) for choice in field.choices],
        }
        for field in item.fields
    ]


def matters(pack: law.Pack) -> list[dict[str, Any]]:
    """The matters of this place by department, then those every place has (no department), in the order of the pack."""
    units = {unit.code: unit for unit in pack.departments}
    return [
        {
            "code": one.code,
            "name": named(one),
            "item": one.item,
            "item_name": named(pack.items[one.item]) if one.item in pack.items else one.item,
            "department": one.department,
            "department_name": named(units[one.department]) if one.department in units else one.department,
            "basis": str(one.basis) if one.basis else "",
            "confidence": one.source.confidence,
        }
        for one in (*pack.matters, *pack.general)
    ]


def by_department(found: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Matters grouped by department, both in the order given."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        groups.setdefault(one["department_name"], []).append(one)
    return list(groups.items())


def table(found: Sequence[Row]) -> list[list[str]]:
    """The catalogue as cells, the head first."""
    head = [
        _("代码"), _("名称"), _("信息类别"), _("归集依据"), _("责任单位"), _("报送时限"), _("公示"), _("是否失信信息"), _("公开字段"),
        _("共享字段"), _("授权查询字段"), _("核实程度"), _("版本"),
    ]  # fmt: skip
    body = [
        [
            one.code, one.name, one.category, "；".join(basis.text for basis in one.basis),
            "、".join(one.owners) or _("作出决定的各机关"), one.deadline, one.publicity, _("是") if one.adverse else _("否"),
            str(one.open_fields), str(one.shared_fields), str(one.restricted_fields), sure(one.confidence), one.version,
        ]
        for one in found
    ]  # fmt: skip
    return [head, *body]


def sure(confidence: str) -> str:
    """How sure we are of a value, in a word."""
    return {"verified": _("已核对原文"), "likely": _("待核实")}.get(confidence, _("待核实"))


def _choice(field: law.Field, choice: str) -> str:
    chinese, english = field.choice_names.get(choice, ("", ""))
    name = (chinese if in_chinese() else english) or term(chinese or choice)
    return name if name == choice else f"{choice} {name}"


def _deadline(pack: law.Pack, item: law.Item) -> tuple[str, str]:
    versions = pack.provisions.get(item.timeliness, ())
    if not versions:
        return _("无统一时限"), ""
    return named(versions[-1]), named(versions[-1], "what")


def _publicity(pack: law.Pack, item: law.Item) -> str:
    versions = pack.publication.get(item.publication, ())
    return named(versions[-1]) if versions else _("不公示")
