"""The statement card: what · who decided · the law · dates · ends in N days · marks · buttons · proof. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinheng.faces.site import lifeline
from xinheng.faces.site.heads import Head
from xinheng.faces.site.templatetags.xinheng_site import LONG_TERM, as_date

SOON = 30


@dataclass(frozen=True)
class Presentation:
    """Which field of an item plays which part on the card."""

    title: tuple[str, ...]
    number: str
    who: str
    category: str
    outcome: str
    basis: str
    starts: str
    ends: str
    adverse: bool


PRESENTATIONS: Mapping[str, Presentation] = {
    "admin-penalty": Presentation(
        title=("CF_WFXW", "CF_CFLB"), number="CF_WSH", who="CF_CFJG", category="CF_CFLB",
        outcome="CF_NR", basis="CF_YJ", starts="", ends="CF_YXQ", adverse=True,
    ),
    "admin-licence": Presentation(
        title=("XK_XKWS", "XK_XKZS", "XK_NR"), number="XK_WSH", who="XK_XKJG", category="XK_XKLB",
        outcome="XK_NR", basis="", starts="XK_YXQZ", ends="XK_YXQZI", adverse=False,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """Everything a template needs of one published entry; already through the gate for the public."""

    id: int
    item: str
    shape: Any
    adverse: bool
    title: str
    category: str
    who: str
    number: str
    outcome: str
    basis: str
    decided: date | None
    shown: date | None
    repair: date | None
    until: date | None
    days_left: int | None
    repair_open: bool
    valid_from: date | None
    valid_to: date | None
    valid_state: str
    severity: str
    rule: str
    rule_shown: Any
    received: date | None
    marks: tuple[str, ...]
    leaf_index: int | None
    position: int | None
    head: Head | None
    life: lifeline.Stack | None
    values: Mapping[str, str]

    @property
    def soon(self) -> bool:
        return self.days_left is not None and self.days_left <= SOON


def cards(
    entries: Iterable[Any],
    *,
    on: date,
    heads: Mapping[str, Head] | None = None,
    shapes: Mapping[str, Any],
    provision: Callable[[str], Any],
) -> list[Card]:
    """Cards of these entries, as seen on a day; `heads` only where the list spans organisations.

    `shapes` are the pack's items by code; `provision` looks up what an entry's rule says.
    """
    known = heads or {}
    return [
        card(entry, on=on, head=known.get(entry.uscc), shape=shapes[entry.item], provision=provision)
        for entry in entries
    ]


def card(entry: Any, *, on: date, head: Head | None, shape: Any, provision: Callable[[str], Any]) -> Card:
    """One entry of the gate as a card."""
    parts = PRESENTATIONS[entry.item]
    values: Mapping[str, str] = entry.values

    def value(field: str) -> str:
        return str(values.get(field) or "")

    decided, until = as_date(entry.decided_on), as_date(entry.show_until)
    shown, repair = as_date(entry.show_from), as_date(entry.earliest_repair)
    ends = as_date(value(parts.ends))
    life = None
    if parts.adverse and decided is not None:
        life = lifeline.single(
            lifeline.Dates(str(entry.id), "", value(parts.number), decided, shown, repair, until), on=on
        )
    return Card(
        id=entry.id,
        item=entry.item,
        shape=shape,
        adverse=parts.adverse,
        title=next((v for v in map(value, parts.title) if v), shape.name),
        category=value(parts.category),
        who=value(parts.who),
        number=value(parts.number),
        outcome=value(parts.outcome),
        basis=value(parts.basis) if parts.basis else "",
        decided=decided,
        shown=shown,
        repair=repair,
        until=until,
        days_left=(until - on).days if until is not None and until >= on else None,
        repair_open=repair is not None and repair <= on,
        valid_from=as_date(value(parts.starts)) if parts.starts else None,
        valid_to=ends,
        valid_state=_validity(ends, on),
        severity=entry.severity or "",
        rule=entry.rule or "",
        rule_shown=provision(entry.rule) if entry.rule else None,
        received=as_date(entry.received_on),
        marks=tuple(entry.marks or ()),
        leaf_index=entry.leaf_index,
        position=entry.position,
        head=head,
        life=life,
        values=values,
    )


def stack_of(shown: Iterable[Card], *, on: date) -> lifeline.Stack | None:
    """The life lines of all adverse entries on one scale."""
    lives = [
        lifeline.Dates(str(c.id), c.title, c.number, c.decided, c.shown, c.repair, c.until)
        for c in shown
        if c.adverse and c.decided is not None
    ]
    return lifeline.stack(lives, on=on)


def _validity(ends: date | None, on: date) -> str:
    if ends is None:
        return ""
    if ends >= LONG_TERM:
        return "open"
    return "valid" if ends >= on else "over"
