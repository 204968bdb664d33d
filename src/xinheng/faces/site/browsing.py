"""Lists of entries over many organisations: what they can be narrowed to, one page of cards, the way to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from xinheng.faces.clock import today
from xinheng.faces.listing import Listing, listed
from xinheng.faces.site.cards import Card
from xinheng.faces.site.facets import Narrowing, Offer, narrowing
from xinheng.faces.site.views.common import PAGE, heads_of, shown_cards
from xinheng.faces.site.words import chosen, in_chinese, named
from xinheng.law import service as law
from xinheng.register import service as register
from xinheng.search import service as search

MONTHS = 36
LONGEST = 64


@dataclass(frozen=True)
class Browsed:
    """One page of a list. `after` says that it is not the first, `more` is the address of the next one or empty."""

    within: Narrowing
    cards: tuple[Card, ...]
    after: str
    more: str


def browse(request: HttpRequest, address: str, items: Sequence[law.Item], *, apart: bool = False) -> Browsed:
    """What was asked of this list, newest decision first, in keyset pages; nothing is counted.

    `apart` offers the items themselves as a facet. A value nobody offers, or a page mark nobody gave, is ignored.
    """
    on = today()
    asked = {name: value[:LONGEST] for name, value in request.GET.dict().items()}
    if asked.get("state"):
        # Lists are kept by kind or by state; the form sends the kind along that was chosen before
        asked.pop("kind", None)
    after = asked.get("after", "")
    mine = _narrowed(items, asked) if apart else items
    within = narrowing(address, _offers(items, mine, asked, apart=apart), asked)
    try:
        found = _found(mine, within, on, after)
    except search.NoSuchPage:
        found, after = _found(mine, within, on, ""), ""
    cards = shown_cards(found.entries, on=on, with_heads=heads_of(found.entries))
    return Browsed(within, tuple(cards), after, within.more(found.next) if found.next else "")


def newest(items: Sequence[law.Item], *, on: date, limit: int) -> list[Card]:
    """The latest decisions among these items."""
    entries = listed(items=[item.code for item in items], on=on, limit=limit).entries
    return shown_cards(entries, on=on, with_heads=heads_of(entries))


def _narrowed(items: Sequence[law.Item], asked: Mapping[str, str]) -> Sequence[law.Item]:
    return [item for item in items if item.code == asked.get("item")] or items


def _found(items: Sequence[law.Item], within: Narrowing, on: date, after: str) -> Listing:
    return listed(
        items=[item.code for item in items], on=on, limit=PAGE, after=after or None,
        authority=within.chosen.get("authority"), month=within.chosen.get("month"),
        kind=within.chosen.get("kind") or within.chosen.get("state"),
    )  # fmt: skip


def _offers(
    items: Sequence[law.Item], mine: Sequence[law.Item], asked: Mapping[str, str], *, apart: bool
) -> list[Offer]:
    """The facets of a list: item, kind (of one item: kinds of different items do not compare), department, month."""
    filters = search.entry_filters(items=[item.code for item in mine])
    offers: list[Offer] = []
    if apart:
        offers.append(("item", _("类别"), [(item.code, named(item)) for item in items]))
    if len(mine) == 1:
        offers += _kinds(mine[0], filters.kinds, asked.get("kind", ""))
    offers.append(("authority", _("部门"), _departments(filters.authorities)))
    offers.append(("month", _("月份"), [(month, month) for month in filters.months[:MONTHS]]))
    return offers


def _kinds(item: law.Item, found: Sequence[str], asked: str) -> list[Offer]:
    """The kinds of an item's entries, and the outcomes where those are a fixed set of words.

    A kind the item knows may be asked for though it has no entry: the answer is then that there is none.
    """
    offers: list[Offer] = []
    outcome = item.by_code.get(item.card.outcome)
    states = [word for word in outcome.choices if word in found] if outcome and outcome.type == "enum" else []
    kind = item.by_code.get(item.card.kind)
    if kind is not None and kind is not outcome:
        left = [word for word in found if word not in states]
        if asked in kind.choices and asked not in left:
            left.append(asked)
        offers.append(("kind", named(kind), [(word, "、".join(chosen(kind, word))) for word in left]))
    if outcome is not None:
        offers.append(
            ("state", named(outcome), [(word, "、".join(chosen(outcome, word))) for word in states])
        )
    return offers


def _departments(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Codes of departments with their names, by name; one that stands in no register is named by its code."""
    held = register.get(codes)
    english = {one.uscc: one.name_en for one in law.active().departments if one.uscc}
    shown = [(code, held[code].shown_name if code in held else code) for code in codes if code]
    if not in_chinese():
        shown = [(code, english.get(code) or name) for code, name in shown]
    return sorted(shown, key=lambda pair: pair[1])
