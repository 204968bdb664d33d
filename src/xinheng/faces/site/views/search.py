"""Search results: names with the matched part marked, former names when they matched, keyset pages, no counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.facets import Narrowing, narrowing
from xinheng.faces.site.heads import Head, head, heads
from xinheng.faces.site.limits import SEARCH, limited
from xinheng.faces.site.matching import is_code_like, matched_span
from xinheng.faces.site.page import page
from xinheng.faces.site.suggesting import suggested
from xinheng.faces.site.templatetags.xinheng_site import zh
from xinheng.faces.site.words import in_chinese, term
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.search import service as search_room

PAGE = 20
LONGEST = 100
# The kinds most people look for, of register.KINDS; the rare ones stay reachable by their address
OFFERED = (
    "企业", "个体工商户", "农民专业合作社", "农村集体经济组织", "社会团体", "民办非企业单位", "基金会", "事业单位", "机关",
)  # fmt: skip
FORM = re.compile(r"(有限责任公司|股份有限公司|有限公司|集团|公司|合作社|经营部|商行|商店|厂|店|部)+$")


@dataclass(frozen=True)
class Row:
    """One result as the page shows it: its name, and the former or further name that matched where it was another."""

    head: Head
    name: SafeString
    former: SafeString | None
    short: SafeString | None


@require_safe
@limited(SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """Organisations whose name, former name or code matches what was typed; the words stay as they were typed."""
    typed = request.GET.get("q", "")[:LONGEST]
    asked, after = typed.strip(), request.GET.get("after", "")[:LONGEST]
    within = _narrowing(request, typed)
    context = {
        "q": typed,
        "after": after,
        "within": within,
        "looks_like_code": is_code_like(asked),
        "bridges": bridges(asked),
    }
    if not asked:
        return page(request, "site/search.html", context | {"problem": "empty"})
    try:
        found = _find(asked, within, after)
    except search_room.NoSuchPage:
        found, context["after"] = _find(asked, within, ""), ""
    if found.note:
        return page(request, "site/search.html", context | {"problem": "short"})
    known = _heads(found.hits)
    hits = tuple(hit for hit in found.hits if hit.code in known)
    context["hits"] = [_row(hit, known[hit.code], asked) for hit in hits]
    if not context["after"] and not within.chips:
        context["suggestions"] = suggested(asked, hits)
    if found.next:
        context["more"] = within.more(found.next)
    return page(request, "site/search.html", context)


def _find(asked: str, within: Narrowing, after: str) -> search_room.Page:
    state = within.chosen.get("state")
    return search_room.find(
        q=asked, limit=PAGE, after=after or None,
        kind=within.chosen.get("kind"), region=within.chosen.get("region"),
        active=None if state is None else state == "active",
    )  # fmt: skip


def _narrowing(request: HttpRequest, typed: str) -> Narrowing:
    """Kind, county of this place, still there or not: plain links beside the results."""
    counties = law.active().counties
    return narrowing(
        reverse("search"),
        [
            ("kind", _("主体类型"), [(kind, term(kind)) for kind in OFFERED]),
            ("region", _("区划"), [(code, _county(names)) for code, names in counties.items()]),
            ("state", _("状态"), [("active", _("存续")), ("ended", _("注销、吊销或迁出"))]),
        ],
        request.GET.dict(),
        kept={"q": typed},
    )


def _county(names: tuple[str, str]) -> str:
    return names[0] if in_chinese() else names[1] or names[0]


def bridges(asked: str) -> list[str]:
    """Shorter questions worth trying when a name was not found: without the place, without the company form."""
    name = FORM.sub("", asked)
    pack = law.active()
    places = sorted(
        {pack.name, pack.name.rstrip("市县"), *(zh for zh, _en in pack.counties.values())}, key=len
    )
    for place in reversed(places):
        name = name.removeprefix(place)
    shorter = [name, name[:4], name[:2]]
    return list(dict.fromkeys(one for one in shorter if 2 <= len(one) < len(asked)))


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
    further = any(spell.current and spell.name == hit.matched_name != head.name for spell in head.names)
    short = _marked(hit.matched_name, asked) if further and not hit.is_former else None
    name = zh(head.name) if hit.is_former or head.masked else _marked(head.name, asked)
    return Row(head, name, former, short)


def _marked(name: str, asked: str) -> SafeString:
    span = matched_span(name, asked)
    if span is None:
        return zh(name)
    start, end = span
    marked = format_html("{}<mark>{}</mark>{}", name[:start], name[start:end], name[end:])
    return format_html('<span lang="zh-Hans">{}</span>', marked)
