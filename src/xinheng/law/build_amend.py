"""What a lower pack changes on an item from above, and the kinds of list an item takes as choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xinheng.law.reading import Node
from xinheng.law.types import Field, Item, ListKind


@dataclass(frozen=True)
class Amendment:
    """What a lower pack changes on an item from above."""

    pack: str
    where: str
    item: str
    headers: dict[str, tuple[str, ...]]
    scopes: dict[str, str]


def read_amendment(node: Node) -> Amendment:
    """A lower pack may add header variants and narrow scopes of an item from above, nothing else."""
    headers = node.get("headers") or {}
    amendment = Amendment(
        node.file.partition("/")[0],
        node.file,
        node.text("amends"),
        {code: tuple(names) for code, names in headers.items()},
        node.pairs("scopes"),
    )
    node.done()
    return amendment


def amend(item: Item, change: Amendment) -> Item:
    """The item with an amendment laid over it; the checker refuses a wider scope.

    Other scopes mean another layout of the stored parts, hence another version."""

    def field_after(old: Field) -> Field:
        headers = old.headers + change.headers.get(old.code, ())
        return replace(old, headers=headers, scope=change.scopes.get(old.code, old.scope))  # type: ignore[arg-type]

    fields = tuple(field_after(old) for old in item.fields)
    version = f"{item.version}+{change.pack}" if change.scopes else item.version
    return replace(item, fields=fields, version=version)


def with_list_kinds(item: Item, lists: Mapping[str, ListKind]) -> Item:
    """The item with the pack's kinds of list as choices where a field takes them from there."""
    if not any(field.choices_from for field in item.fields):
        return item
    kinds = [kind for kind in lists.values() if kind.item == item.code]
    names = tuple(kind.name for kind in kinds)
    english = {kind.name: (kind.name, kind.name_en) for kind in kinds}
    fields = tuple(
        replace(one, choices=names, choice_names=english) if one.choices_from == "lists" else one
        for one in item.fields
    )
    return replace(item, fields=fields)
