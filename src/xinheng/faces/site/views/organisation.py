"""An organisation's page: head, tabs that are real links, statement cards, life lines, a look back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.cards import Card, stack_of
from xinheng.faces.site.page import page
from xinheng.faces.site.views.common import PAGE, AsOf, as_of, canonical, head_of, keyset, shown_cards
from xinheng.publication import service as publication

AT_CREDITCHINA = gettext_lazy("这一类信息请到“信用中国”（www.creditchina.gov.cn）查询。")
AT_GSXT = gettext_lazy(
    "经营异常名录和市场监管领域的严重违法失信名单，请到国家企业信用信息公示系统（www.gsxt.gov.cn）查询；其他名单请到“信用中国”查询。"
)


@dataclass(frozen=True)
class Kind:
    """One tab: its place in the address, its name, the item it shows ("" = not collected in this version)."""

    slug: str
    label: str
    item: str = ""
    none: Any = ""
    elsewhere: Any = ""


KINDS = (
    Kind("licences", gettext_noop("行政许可"), "admin-licence", gettext_lazy("没有公示中的行政许可。")),
    Kind("penalties", gettext_noop("行政处罚"), "admin-penalty", gettext_lazy("没有公示中的行政处罚。")),
    Kind("lists", gettext_noop("名单"), elsewhere=AT_GSXT),
    Kind("commitments", gettext_noop("承诺"), elsewhere=AT_CREDITCHINA),
    Kind(
        "results",
        gettext_noop("评价结果"),
        elsewhere=gettext_lazy("评价结果由作出评价的部门公布；本平台不自行打分。"),
    ),
    Kind("honours", gettext_noop("荣誉"), elsewhere=gettext_lazy("荣誉由授予的部门公布。")),
    Kind("other", gettext_noop("其他"), elsewhere=AT_CREDITCHINA),
)
RECENT = 8
LINES = 10
MANY = 500


@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """What is published now, the life lines of all penalties, the newest entries."""
    if canonical(code) != code:
        return HttpResponsePermanentRedirect(reverse("org", args=[canonical(code)]))
    head, moment, on = head_of(code), as_of(request), today()
    if head.code != code:
        # An old registration number leads to the page of the unified code that took its place
        return HttpResponsePermanentRedirect(reverse("org", args=[head.code]))
    entries = _entries(code, on, moment, limit=MANY)
    cards = shown_cards(entries, on=on)
    counts = publication.counts(uscc=code, audience="public", on=on) if moment.is_now else None
    holdings = [_holding(kind, code, moment, cards, counts) for kind in KINDS]
    adverse = [card for card in cards if card.adverse]
    by_day = sorted(cards, key=lambda c: (c.decided or date.min, c.id), reverse=True)
    newest = [card for card in by_day if card.adverse][:LINES]
    context = _frame(request, head, moment, "", counts={row["kind"].slug: row["count"] for row in holdings})
    context |= {
        "holdings": holdings,
        "cards": by_day[:RECENT],
        "stack": stack_of(newest, on=on),
        "stack_more": _url("penalties", code, moment) if len(newest) < len(adverse) else "",
    }
    return page(request, "site/org_overview.html", context)


@require_safe
def tab(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """One kind of information about the organisation, newest first, page by page."""
    kind = next((kind for kind in KINDS if kind.slug == slug), None)
    if kind is None:
        raise Http404
    if canonical(code) != code:
        return HttpResponsePermanentRedirect(reverse("org-tab", args=[canonical(code), slug]))
    head, moment, on, after = head_of(code), as_of(request), today(), keyset(request)
    if head.code != code:
        return HttpResponsePermanentRedirect(reverse("org-tab", args=[head.code, slug]))
    entries: Sequence[publication.Entry] = ()
    if kind.item:
        entries = _entries(code, on, moment, item=kind.item, after=after, limit=PAGE + 1)
    cards = shown_cards(entries[:PAGE], on=on)
    counts = publication.counts(uscc=code, audience="public", on=on) if moment.is_now else {}
    context = _frame(
        request, head, moment, slug, counts={k.slug: counts.get(k.item, 0) for k in KINDS if k.item}
    )
    context |= {
        "cards": cards,
        "stack": stack_of(cards, on=on) if len(cards) > 1 else None,
        "after": after,
        "more": _next(entries, moment) if len(entries) > PAGE else "",
    }
    return page(request, "site/org_tab.html", context)


def _entries(code: str, on: date, moment: AsOf, **asked: Any) -> list[publication.Entry]:
    return publication.statements(
        audience="public", on=on, valid_on=moment.valid_on, known_at=moment.position, uscc=code, **asked
    )


def _next(entries: Sequence[publication.Entry], moment: AsOf) -> str:
    step = urlencode({"after": entries[PAGE - 1].id})
    return f"{moment.query}&{step}" if moment.query else step


def _url(slug: str, code: str, moment: AsOf) -> str:
    address = reverse("org-tab", args=[code, slug]) if slug else reverse("org", args=[code])
    return f"{address}?{moment.query}" if moment.query else address


def _holding(
    kind: Kind, code: str, moment: AsOf, cards: Sequence[Card], counts: dict[str, int] | None
) -> dict[str, Any]:
    """One row of what is published; a look back counts what it found (at most `MANY`)."""
    mine = [card for card in cards if card.item == kind.item] if kind.item else []
    return {
        "kind": kind,
        "label": _(kind.label),
        "collected": bool(kind.item),
        "count": len(mine) if counts is None else counts.get(kind.item, 0),
        "latest": max((card.decided for card in mine if card.decided), default=None),
        "url": _url(kind.slug, code, moment),
    }


def _frame(
    request: HttpRequest, head: Any, moment: AsOf, slug: str, *, counts: dict[str, int]
) -> dict[str, Any]:
    tabs = [{"slug": "", "label": _("概览"), "url": _url("", head.code, moment), "current": not slug}]
    for kind in KINDS:
        tabs.append(
            {
                "slug": kind.slug,
                "label": _(kind.label),
                "url": _url(kind.slug, head.code, moment),
                "current": slug == kind.slug,
                "count": counts.get(kind.slug) or None,
                "collected": bool(kind.item),
                "none": kind.none,
                "elsewhere": kind.elsewhere,
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
