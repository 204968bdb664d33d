"""The statement card: what · who decided · the law · dates · ends in N days · marks · buttons · proof. Pure.

What plays which part on a card is the item's own `card`; nothing here knows any item by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinheng.faces.site import lifeline
from xinheng.faces.site.heads import Head
from xinheng.faces.site.templatetags.xinheng_site import LONG_TERM, as_date

SOON = 30
LISTS = "lists"
# A title as short as "设立", or only a year, says nothing by itself: its item or its kind goes before it
SHORT, YEAR = 4, re.compile(r"\d{4}\S{0,4}")


@dataclass(frozen=True)
class Line:
    """A field of the entry, under the name its standard gives it."""

    field: Any
    value: str


@dataclass(frozen=True)
class Dispute:
    """An objection not yet decided: about a field, or about the whole entry (no field), and since when."""

    field: Any
    since: date


@dataclass(frozen=True)
class Step:
    """One day of the count: what falls on it (`decided`, `repair`, `today`, `until`) and how many days after the first."""

    kind: str
    on: date
    days: int


@dataclass(frozen=True)
class Working:
    """How the dates of an entry came about: the days counted, and the rules applied, in the law room's words."""

    steps: tuple[Step, ...]
    reasons: tuple[str, ...]
    listed: bool


@dataclass(frozen=True)
class Card:
    """Everything a template needs of one published entry; already through the gate for the public."""

    id: int
    item: str
    shape: Any
    adverse: bool
    listed: bool
    title: str
    title_field: Any
    lead: Line | None
    bare: bool
    kind: Line | None
    who: str
    number: str
    lines: tuple[Line, ...]
    result: Line | None
    decided: date | None
    decided_as: Any
    shown: date | None
    repair: date | None
    until: date | None
    days_left: int | None
    repair_open: bool
    valid_from: date | None
    valid_to: date | None
    valid_state: str
    left: date | None
    left_why: str
    severity: str
    rule: str
    rule_shown: Any
    received: date | None
    marks: tuple[str, ...]
    disputes: tuple[Dispute, ...]
    leaf_index: int | None
    position: int | None
    head: Head | None
    life: lifeline.Stack | None
    working: Working | None
    values: Mapping[str, str]

    @property
    def soon(self) -> bool:
        return self.days_left is not None and self.days_left <= SOON


@dataclass(frozen=True)
class Law:
    """What the cards ask the law room: the items, what a kept rule says, and how an entry's dates came about."""

    items: Mapping[str, Any]
    provision: Callable[[str], Any]
    reasons: Callable[[Any], tuple[str, ...]]


def cards(
    entries: Iterable[Any], *, on: date, law: Law, heads: Mapping[str, Head] | None = None
) -> list[Card]:
    """Cards of these entries, as seen on a day; `heads` only where the list spans organisations."""
    known = heads or {}
    return [card(entry, on=on, head=known.get(entry.uscc), law=law) for entry in entries]


def card(entry: Any, *, on: date, head: Head | None, law: Law) -> Card:
    """One entry of the gate as a card."""
    shape = law.items[entry.item]
    parts, values = shape.card, entry.values

    def value(field: str) -> str:
        return str(values.get(field) or "") if field else ""

    decided, until = as_date(entry.decided_on), as_date(entry.show_until)
    shown, repair = as_date(entry.show_from), as_date(entry.earliest_repair)
    left, ends = as_date(value(parts.exit_on)), as_date(value(parts.ends))
    # A decision may write the day of leaving beforehand: until then the entry has an end, and has not left
    left = left if left is not None and left <= on else None
    headed = _heading(parts, value)
    bare = 0 < len(value(headed)) <= SHORT or bool(YEAR.fullmatch(value(headed)))
    result = _result(shape, value)
    listed = shape.section == LISTS
    life = None
    if shape.adverse and decided is not None:
        life = lifeline.single(
            lifeline.Dates(
                str(entry.id), "", value(parts.document), decided, shown, repair, left or until, listed
            ),
            on=on,
        )
    return Card(
        id=entry.id,
        item=entry.item,
        shape=shape,
        adverse=shape.adverse,
        listed=listed,
        title=value(headed) or shape.name,
        title_field=shape.by_code.get(headed),
        lead=_line(shape, parts.kind, value) if bare and parts.kind == parts.title else None,
        bare=bare,
        kind=None if headed == parts.kind else _line(shape, parts.kind, value),
        who=value(parts.who) or value(shape.authority_name),
        number=value(parts.document),
        lines=_lines(shape, value, besides={headed, parts.kind, result.field.code if result else ""}),
        result=result,
        decided=decided,
        decided_as=shape.by_code.get(shape.decided_on),
        shown=shown,
        repair=repair,
        until=until,
        days_left=(until - on).days if until is not None and until >= on else None,
        repair_open=repair is not None and repair <= on,
        valid_from=as_date(value(parts.starts)),
        valid_to=ends,
        valid_state="" if shape.adverse else _validity(ends, on),
        left=left,
        left_why=value(parts.exit_why) if left is not None else "",
        severity=entry.severity or "",
        rule=entry.rule or "",
        rule_shown=law.provision(entry.rule) if entry.rule else None,
        received=as_date(entry.received_on),
        marks=tuple(entry.marks or ()),
        disputes=tuple(Dispute(shape.by_code.get(one.field), one.since) for one in entry.disputes),
        leaf_index=entry.leaf_index,
        position=entry.position,
        head=head,
        life=life,
        working=_working(entry, shape, on, law),
        values=values,
    )


def stack_of(shown: Iterable[Card], *, on: date) -> lifeline.Stack | None:
    """The life lines of all adverse entries on one scale."""
    lives = [
        lifeline.Dates(
            str(c.id), c.title, c.number or c.who, c.decided, c.shown, c.repair, c.left or c.until, c.listed
        )
        for c in shown
        if c.adverse and c.decided is not None
    ]
    return lifeline.stack(lives, on=on)


def _heading(parts: Any, value: Callable[[str], str]) -> str:
    """The field that heads the card: the title, or what it is about where the title only repeats the kind."""
    wanted = [field for field in (parts.title, parts.what) if field and field != parts.kind]
    return next((field for field in wanted if value(field)), parts.kind if value(parts.kind) else "")


def _line(shape: Any, code: str, value: Callable[[str], str]) -> Line | None:
    return Line(shape.by_code[code], value(code)) if value(code) else None


def _result(shape: Any, value: Callable[[str], str]) -> Line | None:
    """An outcome from a fixed set of words (a grade, a fulfilment) stands large; a text is one line among others."""
    code = shape.card.outcome
    field = shape.by_code.get(code)
    if field is None or shape.adverse or field.type != "enum" or not value(code):
        return None
    return Line(field, value(code))


def _lines(shape: Any, value: Callable[[str], str], *, besides: set[str]) -> tuple[Line, ...]:
    parts = shape.card
    wanted = dict.fromkeys((parts.what, parts.outcome, parts.law, parts.exit_why))
    return tuple(
        Line(shape.by_code[code], value(code))
        for code in wanted
        if code and code not in besides and value(code)
    )


def _working(entry: Any, shape: Any, on: date, law: Law) -> Working | None:
    decided, until = as_date(entry.decided_on), as_date(entry.show_until)
    if not shape.adverse or decided is None:
        return None
    days = [("decided", decided), ("repair", as_date(entry.earliest_repair)), ("today", on), ("until", until)]
    steps = sorted((Step(kind, day, (day - decided).days) for kind, day in days if day), key=lambda s: s.on)
    return Working(tuple(steps), tuple(law.reasons(entry)), shape.section == LISTS)


def _validity(ends: date | None, on: date) -> str:
    if ends is None:
        return ""
    if ends >= LONG_TERM:
        return "open"
    return "valid" if ends >= on else "over"
