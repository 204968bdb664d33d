"""Evaluation models asked of a pack, and what a fact is to them. Pure: one answer per distinct kind of fact, never per row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from xinheng.law.errors import UnknownCode
from xinheng.law.model_types import Clause, EvaluationModel, FactSide, Filter, What, WhatFields
from xinheng.law.types import Field, Item, Pack

OTHER = "其他"
"""What a free choice (其他-xxx) or an unknown value is folded into: no text of a row gets into a fact."""
PENALTY_ORDER = (
    "detention", "closure", "licence-revoked", "practice-restricted", "licence-suspended-or-revoked", "business-suspended",
    "licence-suspended", "business-restricted", "downgrade", "confiscation", "fine", "criticism", "warning",
)  # fmt: skip
"""Kinds of penalty from heaviest to lightest (our choice): a decision with several is filed under the first."""
SECTOR_ITEMS = ("admin-penalty", "admin-licence")
"""Items whose facts carry a sector, told from the legal basis or the title, else from the authority."""


def matches(filter: Filter, what: What) -> bool:
    """Whether facts of this kind fit: one clause at least, in every part it gives."""
    return any(_fits(clause, what) for clause in filter.clauses)


def _fits(clause: Clause, what: What) -> bool:
    return (
        what.item in clause.items
        and (not clause.subs or what.sub in clause.subs)
        and (not clause.grades or what.grade in clause.grades)
        and (not clause.severities or what.severity in clause.severities)
        and (not clause.sectors or what.sector in clause.sectors)
        and (not clause.side or what.side == clause.side)
    )


def what_fields(item: Item) -> WhatFields:
    """The fields whose text `what_of` needs; only fields with choices, for free text is never part of a fact."""
    kind, outcome = item.by_code.get(item.card.kind), item.by_code.get(item.card.outcome)
    sector = ""
    if item.code in SECTOR_ITEMS:
        sector = item.severity_from.basis if item.severity_from else item.card.title
    return WhatFields(
        kind.code if kind is not None and kind.type == "enum" else "",
        outcome.code if outcome is not None and outcome.type == "enum" else "",
        sector,
        _due(item),
    )


def _due(item: Item) -> str:
    """Of a commitment, its other public date; "" for other items."""
    if item.section != "commitments":
        return ""
    other = (one for one in item.fields if one.type == "date" and one.scope == "public")
    return next((one.code for one in other if one.code != item.decided_on), "")


def what_of(
    pack: Pack, item: Item, *, kind: str, outcome: str, severity: str, sector: str, id: int = 0
) -> What:
    """What a fact is, from the texts of its kind and outcome (standard spelling or any written variant)."""
    fields = what_fields(item)
    sub = _sub(pack, item, item.by_code[fields.kind], kind) if fields.kind and kind else ""
    grade = _choice(item, item.by_code[fields.outcome], outcome) if fields.outcome and outcome else ""
    known = sector if item.code in SECTOR_ITEMS and sector in pack.sectors else ""
    return What(id, item.code, sub, grade, severity, side_of(item, sub, grade), known)


def side_of(item: Item, sub: str, grade: str) -> FactSide:
    """Whether a fact speaks against an organisation, for it, or neither: adverse items always against; others by what
    the item file says of the grade, then of the kind, then of the item."""
    if item.adverse:
        return "adverse"
    return item.sides.get(grade) or item.sides.get(sub) or item.side  # type: ignore[return-value]


def _sub(pack: Pack, item: Item, field: Field, text: str) -> str:
    if field.choices_from == "lists":
        return _list_codes(pack).get(field.written.get(text, text), OTHER)
    if item.severity_from is not None and item.severity_from.categories == field.code:
        written = _penalty_kinds(pack)
        names = (name.removeprefix(pack.other_prefix) for name in _values(field, text))
        known = {written[name] for name in names if name in written}
        return next((code for code in PENALTY_ORDER if code in known), OTHER)
    return _choice(item, field, text)


def _choice(item: Item, field: Field, text: str) -> str:
    """One standard choice; of several the first that speaks against the organisation, else the first."""
    values = [value if value in field.choices else OTHER for value in _values(field, text)]
    against = (value for value in values if item.sides.get(value) == "adverse")
    return next(against, values[0] if values else "")


def _values(field: Field, text: str) -> tuple[str, ...]:
    from xinheng.law.policy_severity import split_choices

    return split_choices(field, text) if field.multi else (field.written.get(text.strip(), text.strip()),)


@lru_cache(maxsize=64)
def _list_codes(pack: Pack) -> Mapping[str, str]:
    return {kind.name: kind.code for kind in pack.lists.values()}


@lru_cache(maxsize=64)
def _penalty_kinds(pack: Pack) -> Mapping[str, str]:
    return {text: kind.code for kind in pack.kinds.values() for text in kind.written}


def subs_of(pack: Pack, item: Item) -> tuple[str, ...]:
    """Every `sub` a fact of an item can have."""
    field = item.by_code.get(what_fields(item).kind)
    if field is None:
        return ("",)
    if field.choices_from == "lists":
        found = tuple(kind.code for kind in pack.lists.values() if kind.item == item.code)
    elif item.severity_from is not None and item.severity_from.categories == field.code:
        found = tuple(pack.kinds)
    else:
        found = field.choices
    return (*found, OTHER, "")


def grades_of(item: Item) -> tuple[str, ...]:
    """Every `grade` a fact of an item can have."""
    field = item.by_code.get(what_fields(item).outcome)
    return ("",) if field is None else (*field.choices, OTHER, "")


def models(pack: Pack, on: date | None = None) -> dict[str, EvaluationModel]:
    """The models of a pack by code: as in force on a day, or the newest version of each."""
    found: dict[str, EvaluationModel] = {}
    for code, versions in pack.models.items():
        fitting = [one for one in versions if on is None or on in one.in_force]
        if fitting:
            found[code] = max(fitting, key=lambda one: one.in_force.first)
    return found


def model(pack: Pack, code: str, on: date | None = None) -> EvaluationModel:
    """One model by code (`models`). Raises `UnknownCode`."""
    found = models(pack, on)
    if code not in found:
        when = f"在 {on.isoformat()} " if on and code in pack.models else ""
        known = "、".join(sorted(found)) or "（无）"
        raise UnknownCode(f"规则包 {pack.code} {when}没有评价模型「{code}」。可用的有：{known}。")
    return found[code]


def version(pack: Pack, code: str, wanted: str) -> EvaluationModel:
    """A model in a given version. Raises `UnknownCode`."""
    found = next((one for one in pack.models.get(code, ()) if one.version == wanted), None)
    if found is None:
        raise UnknownCode(f"规则包 {pack.code} 没有评价模型「{code}」的 {wanted} 版。请核对代码和版本。")
    return found
