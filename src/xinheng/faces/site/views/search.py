"""Search results: names with the matched part marked, former names when they matched, keyset pages, no counts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.heads import Head, head, heads
from xinheng.faces.site.limits import SEARCH, limited
from xinheng.faces.site.matching import is_code_like, matched_span
from xinheng.faces.site.page import page
from xinheng.faces.site.templatetags.xinheng_site import zh
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.search import service as search_room

PAGE = 20
LONGEST = 100


@dataclass(frozen=True)
class Row:
    """One result as the page shows it."""

    head: Head
    name: SafeString
    former: SafeString | None


@require_safe
@limited(SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """Organisations whose name, former name or code matches what was typed; the words stay as they were typed."""
    typed = request.GET.get("q", "")[:LONGEST]
    asked, after = typed.strip(), request.GET.get("after", "")[:LONGEST]
    context = {
        "q": typed,
        "after": after,
        "again": urlencode({"q": typed}),
        "looks_like_code": is_code_like(asked),
    }
    if not asked:
        return page(request, "site/search.html", context | {"problem": "empty"})
    try:
        found = search_room.find(q=asked, limit=PAGE, after=after or None)
    except search_room.NoSuchPage:
        found, context["after"] = search_room.find(q=asked, limit=PAGE), ""
    if found.note:
        return page(request, "site/search.html", context | {"problem": "short"})
    known = _heads(found.hits)
    context["hits"] = [_row(hit, known[hit.code], asked) for hit in found.hits if hit.code in known]
    if found.next:
        context["more"] = urlencode({"q": typed, "after": found.next})
    return page(request, "site/search.html", context)


def _heads(hits: tuple[search_room.Hit, ...]) -> dict[str, Head]:
    """Heads of those that may be shown: everybody in the register, others only while a statement about them is."""
    known = heads(register.get([hit.code for hit in hits]).values())
    others = [hit for hit in hits if not hit.registered]
    shown = publication.has_any(usccs=[hit.code for hit in others], audience="public", on=today())
    for hit in others:
        if hit.code in shown:
            known[hit.code] = head(register.unregistered(code=hit.code, name=hit.matched_name))
    return known


def _row(hit: search_room.Hit, head: Head, asked: str) -> Row:
    # The register's rule for pages decides both names: a name that is only a person's is neither shown nor marked
    former = _marked(hit.matched_name, asked) if hit.is_former and hit.matched_name in head.former else None
    name = zh(head.name) if hit.is_former or head.masked else _marked(head.name, asked)
    return Row(head, name, former)


def _marked(name: str, asked: str) -> SafeString:
    span = matched_span(name, asked)
    if span is None:
        return zh(name)
    start, end = span
    marked = format_html("{}<mark>{}</mark>{}", name[:start], name[start:end], name[end:])
    return format_html('<span lang="zh-Hans">{}</span>', marked)
