"""Reading `lists.yaml`, `measures.yaml` and `uses.yaml`: kinds of list, measures with their grounds, uses of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinheng.kernel.periods import Period
from xinheng.law.build_parts import Parts
from xinheng.law.measure_types import (
    PROPORTIONS,
    SIDES,
    STRENGTHS,
    Count,
    Deferral,
    Forbidden,
    Ground,
    Measure,
    Purpose,
    Use,
)
from xinheng.law.reading import Node
from xinheng.law.types import EXITS, ListExit, ListKind, ListTrigger, Source, Stay

SERIOUS = "serious-list"
LIST_SUBJECTS = ("enterprise", "individual", "cooperative", "collective", "social", "institution")


@dataclass
class ListDefaults:
    """What a list file says once for all its kinds: the exits, and how long before the end the party is warned."""

    exits: tuple[ListExit, ...] = ()
    warning: int = 0
    warning_source: Source | None = None


def read_lists(node: Node, parts: Parts) -> list[ListKind]:
    """A `lists.yaml`: the common exits and warning, then the kinds."""
    exits = tuple(_exit(entry, parts, "list") for entry in node.nodes("exits"))
    node.seen.add("exits")
    days, source = _warning(node, parts, "list")
    common = ListDefaults(exits, days, source)
    found = [_list(entry, parts, common) for entry in node.nodes("lists")]
    node.done()
    return found


def _list(node: Node, parts: Parts, common: ListDefaults) -> ListKind:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    basis = tuple(c for entry in node.nodes("basis") if (c := parts.read_citation(entry)))
    source = parts.source(node, code, default=basis[0] if basis else None)
    stay, early = _stay(node, parts, "stay", code, source), _stay(node, parts, "early", code, source)
    triggers = tuple(_trigger(entry, parts, code, source) for entry in node.nodes("triggers"))
    exits = tuple(_exit(entry, parts, code, source) for entry in node.nodes("exits"))
    own = {one.kind for one in exits}
    days, warned = _warning(node, parts, code)
    node.seen.update(("basis", "triggers", "exits"))
    found = ListKind(
        code, name, name_en, basis, source, node.text("authority", ""), stay, early,
        item=node.text("item", SERIOUS),
        triggers=triggers,
        exits=(*(one for one in common.exits if one.kind not in own and not (one.kind == "expiry" and stay is None)), *exits),
        warning=(days or common.warning) if stay else 0,
        warning_source=warned or common.warning_source,
        listing_case=node.flag("listing_case"),
        subjects=node.texts("subjects") or LIST_SUBJECTS,
    )  # fmt: skip
    node.done()
    return found


def _stay(owner: Node, parts: Parts, key: str, code: str, inherited: Source) -> Stay | None:
    owner.seen.add(key)
    if not owner.has(key):
        return None
    node = owner.node(key)
    period = node.period("period")
    source = parts.source(node, f"{code}.{key}", inherited=inherited)
    node.done()
    return Stay(period, source) if period else None


def _trigger(node: Node, parts: Parts, code: str, inherited: Source) -> ListTrigger:
    own = node.text("code")
    chinese, english = node.bilingual("text")
    source = parts.source(node, f"{code}.trigger.{own}", inherited=inherited)
    node.done()
    return ListTrigger(own, chinese, english, source)


def _exit(node: Node, parts: Parts, code: str, inherited: Source | None = None) -> ListExit:
    kind = node.one_of("kind", EXITS)
    chinese, english = node.bilingual("text")
    document, document_en = node.bilingual("document", required=False)
    source = parts.source(node, f"{code}.exit.{kind}", inherited=inherited)
    node.done()
    return ListExit(kind, chinese, english, document, document_en, source)  # type: ignore[arg-type]


def _warning(owner: Node, parts: Parts, code: str) -> tuple[int, Source | None]:
    """`warning: {days:, our_choice:, because:}`."""
    owner.seen.add("warning")
    if not owner.has("warning"):
        return 0, None
    node = owner.node("warning")
    days = node.number("days") or 0
    source = parts.source(node, f"{code}.warning")
    node.done()
    return days, source


def read_measures(node: Node, parts: Parts) -> list[Measure]:
    """A `measures.yaml`."""
    found = [_measure(entry, parts) for entry in node.nodes("measures")]
    node.done()
    return found


def _measure(node: Node, parts: Parts) -> Measure:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    side = node.one_of("side", SIDES)
    source = parts.source(node, code, own_citation=True)
    grounds = tuple(_ground(entry, parts, code) for entry in node.nodes("grounds"))
    node.seen.add("grounds")
    found = Measure(
        code=code,
        name=name,
        name_en=name_en,
        side=side,  # type: ignore[arg-type]
        group=node.number("group") or 0,
        number=node.number("number") or 0,
        subjects=node.texts("subjects"),
        grounds=grounds,
        words=node.texts("words"),
        source=source,
        note=source.note,
        parent=node.text("parent", ""),
    )
    node.done()
    return found


def _ground(node: Node, parts: Parts, measure: str) -> Ground:
    code = f"{measure}.{node.text('code')}"
    scope, scope_en = node.bilingual("scope")
    source = parts.source(node, code, own_citation=True)
    found = Ground(
        code=code,
        lists=node.texts("lists"),
        items=tuple(_items(entry) for entry in node.nodes("items")),
        uses=node.texts("uses"),
        matters=node.texts("matters"),
        by=node.texts("by"),
        strength=node.one_of("strength", STRENGTHS),  # type: ignore[arg-type]
        scope_text=scope,
        scope_text_en=scope_en,
        until=_until(node),
        proportion=node.one_of("proportion", PROPORTIONS, ""),  # type: ignore[arg-type]
        source=source,
        unless=node.texts("unless"),
    )
    node.seen.add("items")
    node.done()
    return found


def _until(node: Node) -> Literal["entry"] | Period:
    """`until: entry`, or a period from the day the entry was made."""
    if isinstance(node.data.get("until"), dict):
        return node.period("until") or "entry"
    node.one_of("until", ("entry",), "entry")
    return "entry"


def _items(node: Node) -> tuple[str, tuple[str, ...]]:
    found = (node.text("item"), node.texts("severities"))
    node.done()
    return found


def read_uses(node: Node, parts: Parts) -> list[Use]:
    """A `uses.yaml`."""
    found = [_use(entry, parts) for entry in node.nodes("uses")]
    node.done()
    return found


def _use(node: Node, parts: Parts) -> Use:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    source = parts.source(node, f"use.{code}")
    validity = node.number("validity")
    if not validity or validity > 365:
        node.wrong("validity", "应为 1 至 365 的天数", "写明答复可以沿用几天。")
    found = Use(
        code=code,
        name=name,
        name_en=name_en,
        purposes=tuple(_purpose(entry) for entry in node.nodes("purposes")),
        counts=tuple(_count(entry) for entry in node.nodes("counts")),
        audience_roles=node.texts("roles"),
        sectors=node.texts("sectors"),
        deferred=_deferral(node, parts, code),
        forbids=tuple(_forbidden(entry, parts, code) for entry in node.nodes("forbids")),
        validity=validity or 1,
        duty=node.flag("duty"),
        source=source,
        default_for=node.texts("default_for"),
    )
    node.seen.update(("purposes", "counts", "forbids"))
    node.done()
    return found


def _purpose(node: Node) -> Purpose:
    code = node.text("code")
    chinese, english = node.bilingual("text")
    node.done()
    return Purpose(code, chinese, english)


def _count(node: Node) -> Count:
    side = node.one_of("side", ("adverse", "positive"), "adverse")
    found = Count(node.text("item"), node.texts("lists"), node.texts("severities"), side)  # type: ignore[arg-type]
    node.done()
    return found


def _deferral(owner: Node, parts: Parts, code: str) -> Deferral | None:
    owner.seen.add("deferred")
    if not owner.has("deferred"):
        return None
    node = owner.node("deferred")
    chinese, english = node.bilingual("text")
    period = node.period("at_most")
    source = parts.source(node, f"use.{code}.deferred")
    node.done()
    return Deferral(chinese, english, period, source) if period else None


def _forbidden(node: Node, parts: Parts, code: str) -> Forbidden:
    own = node.text("code")
    chinese, english = node.bilingual("text")
    source = parts.source(node, f"use.{code}.forbids.{own}")
    node.done()
    return Forbidden(own, chinese, english, source)
