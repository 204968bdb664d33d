"""An organisation's page: head, tabs that are real links, statement cards, life lines, a look back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.evaluation import received
from xinheng.faces.clock import today
from xinheng.faces.site.cards import Card, stack_of
from xinheng.faces.site.page import page
from xinheng.faces.site.sections import SECTIONS, adverse_items, items_of
from xinheng.faces.site.views.common import PAGE, AsOf, as_of, canonical, head_of, keyset, shown_cards
from xinheng.law import service as law
from xinheng.publication import service as publication

RESULTS = "results"
RECENT = 6
LINES = 10
FIRST = 5


@dataclass(frozen=True)
class Group:
    """The entries of one item on a tab. `all_url` where there are more than are shown."""

    item: law.Item
    count: int
    cards: tuple[Card, ...] = ()
    all_url: str = ""


@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """What is published now, item by item, the life lines of the newest adverse entries, the newest entries."""
    if canonical(code) != code:
        return HttpResponsePermanentRedirect(reverse("org", args=[canonical(code)]))
    head, moment, on = head_of(code), as_of(request), today()
    if head.code != code:
        # An old registration number leads to the page of the unified code that took its place
        return HttpResponsePermanentRedirect(reverse("org", args=[head.code]))
    counts = _counts(code, on, moment)
    newest = _by_decision(shown_cards(_entries(code, on, moment, limit=RECENT), on=on))
    adverse = _adverse(code, on, moment, counts, newest)
    context = _frame(request, head, moment, "", counts)
    context |= {
        "contents": _contents(code, moment, counts),
        "cards": newest,
        "stack": stack_of(adverse[:LINES], on=on),
        "lines_left_out": sum(counts.get(item.code, 0) for item in adverse_items()) > LINES,
    }
    return page(request, "site/org_overview.html", context)


@require_safe
def tab(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """One section: the newest entries of each of its items, or one item whole in keyset pages."""
    if slug not in SECTIONS:
        raise Http404
    if canonical(code) != code:
        return HttpResponsePermanentRedirect(reverse("org-tab", args=[canonical(code), slug]))
    head, moment, on, after = head_of(code), as_of(request), today(), keyset(request)
    if head.code != code:
        return HttpResponsePermanentRedirect(reverse("org-tab", args=[head.code, slug]))
    counts, items = _counts(code, on, moment), items_of(slug)
    context = _frame(request, head, moment, slug, counts)
    held = [item for item in items if counts.get(item.code)]
    asked = next((item for item in items if item.code == request.GET.get("item")), None)
    only = asked or (held[0] if len(held) == 1 else None)
    groups, more = _groups(code, slug, on, moment, counts, held) if only is None else ([], "")
    if only is not None:
        groups, more = _whole(code, on, moment, counts, only, after)
    shown = [card for group in groups for card in group.cards]
    context |= {
        "collected": bool(items),
        "groups": groups,
        "only": asked if len(items) > 1 else None,
        "several": len(items) > 1 and not asked,
        "none": [] if after or asked else [item for item in items if item not in held],
        "stack": stack_of(shown, on=on) if sum(card.adverse for card in shown) > 1 else None,
        "after": after,
        "more": more,
        "names": head.names if slug == "registration" and len(head.names) > 1 else (),
        "received": _received(code, on)
        if slug == RESULTS and moment.is_now and asked is None and not after
        else (),
    }
    return page(request, "site/org_tab.html", context)


def _received(code: str, on: date) -> list[dict[str, Any]]:
    """The newest result of each evaluation that was received, the national one first: grade, authority, period, end."""
    found = received.received(usccs=[code], on=on, audience="public").get(code, ())
    kinds = law.active().results
    return [{"one": one, "kind": kinds.get(one.kind)} for one in found if one.newest]


def _entries(code: str, on: date, moment: AsOf, **asked: Any) -> list[publication.Entry]:
    return publication.statements(
        audience="public", on=on, valid_on=moment.valid_on, known_at=moment.position, uscc=code, **asked
    )


def _counts(code: str, on: date, moment: AsOf) -> dict[str, int]:
    return publication.counts(
        uscc=code, audience="public", on=on, valid_on=moment.valid_on, known_at=moment.position
    )


def _adverse(code: str, on: date, moment: AsOf, counts: dict[str, int], newest: list[Card]) -> list[Card]:
    """The newest adverse entries, latest decision first: a few of each item, whatever else is on file."""
    if sum(counts.values()) <= len(newest):
        found = [card for card in newest if card.adverse]
    else:
        wanted = [item.code for item in adverse_items() if counts.get(item.code)]
        entries = [entry for item in wanted for entry in _entries(code, on, moment, item=item, limit=LINES)]
        found = shown_cards(entries, on=on)
    return _by_decision(found)


def _by_decision(cards: list[Card]) -> list[Card]:
    return sorted(cards, key=lambda card: (card.decided or date.min, card.id), reverse=True)


def _groups(
    code: str, slug: str, on: date, moment: AsOf, counts: dict[str, int], held: list[law.Item]
) -> tuple[list[Group], str]:
    groups = []
    for item in held:
        cards = shown_cards(_entries(code, on, moment, item=item.code, limit=FIRST), on=on)
        whole = counts[item.code] <= len(cards)
        address = "" if whole else _url(slug, code, moment, item=item.code)
        groups.append(Group(item, counts[item.code], tuple(cards), address))
    return groups, ""


def _whole(
    code: str, on: date, moment: AsOf, counts: dict[str, int], item: law.Item, after: int | None
) -> tuple[list[Group], str]:
    entries = _entries(code, on, moment, item=item.code, after=after, limit=PAGE + 1)
    group = Group(item, counts.get(item.code, 0), tuple(shown_cards(entries[:PAGE], on=on)))
    more = ""
    if len(entries) > PAGE:
        more = _url(item.section, code, moment, item=item.code, after=entries[PAGE - 1].id)
    return [group], more


def _url(slug: str, code: str, moment: AsOf, **asked: Any) -> str:
    address = reverse("org-tab", args=[code, slug]) if slug else reverse("org", args=[code])
    query = "&".join(filter(None, (moment.query, urlencode(asked))))
    return f"{address}?{query}" if query else address


def _contents(code: str, moment: AsOf, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The table of contents: every section with its items and how many entries of each are shown."""
    found = []
    for slug, label in SECTIONS.items():
        rows = [(item, counts.get(item.code, 0)) for item in items_of(slug)]
        # A section of one item needs no second line that says the same
        found.append(
            {
                "label": _(label),
                "url": _url(slug, code, moment),
                "rows": rows,
                "alone": len(rows) == 1 and label in rows[0][0].name,
            }
        )
    return found


def _frame(
    request: HttpRequest, head: Any, moment: AsOf, slug: str, counts: dict[str, int]
) -> dict[str, Any]:
    tabs = [{"slug": "", "label": _("概览"), "url": _url("", head.code, moment), "current": not slug}]
    for section, label in SECTIONS.items():
        tabs.append(
            {
                "slug": section,
                "label": _(label),
                "url": _url(section, head.code, moment),
                "current": slug == section,
                "count": sum(counts.get(item.code, 0) for item in items_of(section)) or None,
            }
        )
    own = reverse("org-tab", args=[head.code, slug]) if slug else reverse("org", args=[head.code])
    current = next(one for one in tabs if one["current"])
    return {
        "head": head,
        "tabs": tabs,
        # The address without a look back: where the form goes and where "today" leads
        "tab": current | {"url": own},
        "asof": None if moment.is_now else moment,
        "asof_query": f"?{moment.query}" if moment.query else "",
        "asof_problem": moment.problem,
        "form_valid_on": moment.valid_on.isoformat(),
        "form_known_on": moment.known_on.isoformat(),
        "qr": qr(request.build_absolute_uri(reverse("org", args=[head.code]))),
    }


def qr(text: str) -> SafeString:
    """A QR code as inline SVG without any style of its own, so that the content policy can stay strict."""
    drawn: str = segno.make(text, error="m", micro=False).svg_inline(
        border=0, dark="#17212b", svgclass=None, lineclass=None, omitsize=True
    )
    label = _("本页网址的二维码")
    return mark_safe(drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))
