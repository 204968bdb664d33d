"""Policies, notices and typical cases as the office published them, and the notices as a feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xinheng.articles import service as articles
from xinheng.evidence.service import SHANGHAI
from xinheng.faces.clock import today
from xinheng.faces.site.page import page, surroundings
from xinheng.faces.site.words import in_chinese

PAGE, FEED = 20, 30
KINDS = {"policy": gettext_lazy("政策"), "notice": gettext_lazy("公告"), "case": gettext_lazy("典型案例")}


@dataclass(frozen=True)
class Shown:
    """An article in the language of the page; `only_chinese` says that there is no text in it."""

    number: str
    kind: str
    kind_word: str
    title: str
    summary: str
    html: SafeString
    shown_from: date
    revised_on: date | None
    only_chinese: bool
    told: articles.Told | None = None


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is published, the newest first, by kind where asked."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    after = request.GET.get("after", "")[:40]
    found = articles.published(on=today(), limit=PAGE + 1, kind=kind or None, after=after or None)
    kept = {"kind": kind} if kind else {}
    context = {
        "section": "articles",
        "articles": [shown(one) for one in found[:PAGE]],
        "kinds": [
            {"label": label, "current": code == kind, "query": f"?{urlencode({'kind': code})}" if code else ""}
            for code, label in (("", _("全部")), *KINDS.items())
        ],
        "after": after,
        "more": urlencode(kept | {"after": found[PAGE - 1].key}) if len(found) > PAGE else "",
    }  # fmt: skip
    return page(request, "site/whole/articles.html", context)


@require_safe
def article(request: HttpRequest, number: str) -> HttpResponse:
    """One article. Withdrawn, not yet public and never written are one answer: not found."""
    found = articles.article(number=number[:16], on=today())
    if found is None:
        raise Http404
    return page(request, "site/whole/article.html", {"section": "articles", "article": shown(found)})


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The notices as Atom, for readers and other sites. A withdrawn one is gone from it with the next reading."""
    found = [shown(one) for one in articles.published(on=today(), limit=FEED, kind="notice")]
    return HttpResponse(_atom(request, found), content_type="application/atom+xml; charset=utf-8")


def shown(one: articles.Published) -> Shown:
    """An article as this page shows it."""
    chinese = in_chinese() or not one.body_en
    return Shown(
        number=one.number, kind=one.kind, kind_word=str(KINDS[one.kind]), title=one.title if chinese else one.title_en,
        summary=one.summary if chinese else "",
        html=mark_safe(one.html if chinese else one.html_en),  # cleaned by the articles room
        shown_from=one.shown_from, revised_on=one.revised_on, only_chinese=chinese and not in_chinese(),
        told=one.told,
    )  # fmt: skip


def _atom(request: HttpRequest, found: list[Shown]) -> str:
    base = settings.PUBLIC_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    host = base.split("//", 1)[-1]
    own = base + reverse("articles-feed")
    newest = max((one.revised_on or one.shown_from for one in found), default=date(1970, 1, 1))
    frame: dict[str, Any] = surroundings(request)
    title = f"{frame['site_name']} · {_('公告')}"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{"zh-Hans" if in_chinese() else "en"}">',
        f"<id>{escape(own)}</id><title>{escape(title)}</title><updated>{_instant(newest)}</updated>",
        f'<link rel="self" href={quoteattr(own)}/><link href={quoteattr(base + reverse("articles"))}/>',
        f"<author><name>{escape(str(frame['site_name']))}</name></author>",
    ]
    for one in found:
        address = base + reverse("article", args=[one.number])
        lines.append(
            f"<entry><id>tag:{escape(host)},{one.shown_from.isoformat()}:article/{one.number}</id>"
            f"<title>{escape(one.title)}</title><link href={quoteattr(address)}/>"
            f"<published>{_instant(one.shown_from)}</published>"
            f"<updated>{_instant(one.revised_on or one.shown_from)}</updated>"
            f'<content type="html">{escape(one.html)}</content></entry>'
        )
    return "\n".join([*lines, "</feed>"])


def _instant(day: date) -> str:
    """The beginning of a Shanghai day, as Atom writes instants."""
    return datetime.combine(day, time(), tzinfo=SHANGHAI).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
