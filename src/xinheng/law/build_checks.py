"""The checks every item has, laid on an item by its roles and field types: an item writes only what is its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from xinheng.law.build_parts import Parts
from xinheng.law.reading import Node
from xinheng.law.rules import KINDS, read_rule
from xinheng.law.types import Card, Field, Rule, Source

Template = tuple[dict[str, Any], str]
"""A check as written, and the file it stands in."""
BY_TYPE = ("date", "money", "enum", "multi", "other")


def read_checks(node: Node) -> list[Template]:
    """The checks of a `checks.yaml` that say what they are laid on. The rest of their form is checked on the item."""
    found = []
    for entry in node.nodes("checks"):
        entry.text("id")
        entry.text("kind")
        on = entry.node("on")
        roles, kind, key = on.texts("roles"), on.one_of("type", BY_TYPE, ""), on.flag("key")
        on.flag("received")
        on.done()
        if sum((bool(roles), bool(kind), key)) != 1:
            entry.wrong("on", "应写明 roles、type、key 之一")
        elif isinstance(entry.data.get("id"), str) and isinstance(entry.data.get("kind"), str):
            found.append((dict(entry.data), node.file))
    node.done()
    return found


class Laying:
    """Lays checks on one item: `roles` are role → field codes, `received` whether the item is taken over."""

    def __init__(
        self,
        parts: Parts,
        *,
        fields: Sequence[Field],
        roles: Mapping[str, tuple[str, ...]],
        key: tuple[str, ...],
        received: bool,
        own: Source,
    ) -> None:
        self._parts, self._fields, self._roles = parts, fields, roles
        self._key, self._received, self._own = key, received, own
        self._by_code = {field.code: field for field in fields}

    def rules(self, checks: Iterable[Template], spared: Mapping[str, str]) -> Iterator[Rule]:
        """The rules that follow for this item; those it is spared, and those about roles it has not, are left out."""
        for written, file in checks:
            if written["id"] in spared:
                continue
            params = self._filled(written)
            on = written["on"]
            if params is None or on.get("received", self._received) != self._received:
                continue
            codes = [code for code in self._codes(on) if code not in self._named(params)]
            if codes:
                node = Node({**params, "fields": codes}, file, f"checks[{written['id']}]", self._parts.report)
                name = f"check.{written['id']}.{written['kind']}"
                source = self._parts.source(node, name, inherited=self._own, own_citation=True)
                rule = read_rule(node, self._by_code, source)
                if rule:
                    yield rule
                    node.done()

    def _filled(self, written: dict[str, Any]) -> dict[str, Any] | None:
        """The check with `@role` replaced by that role's field; None where the item lacks the role."""
        params = {name: value for name, value in written.items() if name != "on"}
        kind = KINDS.get(written.get("kind", ""))
        for name in (*(kind.field_params if kind else ()), *(kind.text_params if kind else ())):
            value = params.get(name)
            if isinstance(value, str) and value.startswith("@"):
                codes = self._roles.get(value[1:], ())
                if not codes:
                    return None
                params[name] = codes[0]
        return params

    def _codes(self, on: dict[str, Any]) -> list[str]:
        if on.get("key"):
            return list(self._key)
        if "roles" in on:
            return list(dict.fromkeys(code for role in on["roles"] for code in self._roles.get(role, ())))
        return [field.code for field in self._fields if field.scope != "drop" and _is(field, on["type"])]

    @staticmethod
    def _named(params: dict[str, Any]) -> tuple[str, ...]:
        """A date is not compared with itself."""
        return (params["than"],) if params["kind"] == "date_not_after" else ()


def _is(field: Field, kind: str) -> bool:
    if field.type != "enum":
        return field.type == kind
    if kind == "other":
        return bool(field.other_prefix)
    return kind == ("multi" if field.multi else "enum")


def roles_of(roles: Mapping[str, Any], card: Card) -> dict[str, tuple[str, ...]]:
    """Role → field codes, those of the card that checks speak of among them."""
    found = {name: value if isinstance(value, tuple) else (value,) for name, value in roles.items()}
    found["exit_on"] = (card.exit_on,)
    return {name: tuple(code for code in codes if code) for name, codes in found.items()}
