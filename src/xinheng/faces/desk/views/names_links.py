"""Desk pages: what was judged and what was linked, on what ground, and how either is taken back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now
from xinheng.faces.desk import naming
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.desk.views.names import HOW, PAGE, WORDS, number, told
from xinheng.kernel import uscc
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.register import service as register


@require_safe
@desk("names.judge")
def decisions(request: Any) -> HttpResponse:
    """Everything that was judged, the newest first: what stands, what was taken back, by whom and why."""
    given = request.GET
    chosen = {
        "word": given.get("word", "") if given.get("word", "") in WORDS else "",
        "standing": given.get("standing", "") if given.get("standing", "") in ("yes", "no") else "",
    }
    found = linkage.decisions(
        after=number(given.get("after")), limit=PAGE + 1, verdict=chosen["word"],
        standing={"yes": True, "no": False}.get(chosen["standing"]),
    )  # fmt: skip
    rows = found[:PAGE]
    names = register.get({row.code for row in rows if row.code})
    if rows:
        noted(request, "name-judgements", purpose="核对名称归属", rows=len(rows))
    context = {
        "section": "names",
        "rows": [
            {"row": row, "word": WORDS[row.verdict], "org": names[row.code].shown_name if row.code in names else row.code}
            for row in rows
        ],
        "chosen": chosen,
        "words": WORDS.items(),
        "next": urlencode(chosen | {"after": rows[-1].id}) if len(found) > PAGE else "",
    }  # fmt: skip
    return page(request, "desk/names_decisions.html", context)


@require_POST
@desk("names.judge")
def reverse_verdict(request: Any) -> HttpResponseBase:
    """Takes a judgement back, saying why."""
    at = now()
    verdict = number(request.POST.get("verdict")) or 0
    done = linkage.reverse(verdict=verdict, why=request.POST.get("why", ""), actor=actor(request), at=at)
    evidence.drain(at=at, wait=False)
    if pending := number(request.POST.get("pending")):
        return HttpResponseRedirect(
            f"{reverse('desk-name', args=[pending])}?{urlencode({'back': done.statements})}"
        )
    return HttpResponseRedirect(f"{reverse('desk-name-decisions')}?{urlencode({'back': done.statements})}")


@require_safe
@desk("names.judge")
def links(request: Any) -> HttpResponse:
    """Rows that were linked, the newest first, on what ground, and which of them were taken back."""
    given = request.GET
    chosen = {
        "how": given.get("how", "") if given.get("how", "") in HOW else "",
        "standing": given.get("standing", "") if given.get("standing", "") in ("yes", "no") else "",
        "item": given.get("item", "")[:64],
        "code": uscc.clean(given.get("code", "")[:60]).code,
    }
    found = linkage.links(
        after=number(given.get("after")), limit=PAGE + 1, code=chosen["code"] or None, how=chosen["how"],
        item=chosen["item"], undone={"yes": False, "no": True}.get(chosen["standing"]),
    )  # fmt: skip
    rows = found[:PAGE]
    names = register.get({row.uscc for row in rows if row.uscc})
    items = law.active().items
    counts = linkage.linked_counts()
    if rows:
        noted(request, "name-links", purpose="核对名称归属", rows=len(rows))
    context = {
        "section": "names",
        "rows": [
            {
                "row": row, "org": names[row.uscc].shown_name if row.uscc in names else row.uscc, "how": HOW[row.how],
                "item": items.get(row.item), "sure": naming.sure(row.confidence),
            }
            for row in rows
        ],
        "chosen": chosen,
        "hows": HOW.items(),
        "items": [item for item in items.values() if item.subject_name],
        "counts": {
            "automatic": counts.get(("automatic", False), 0), "judged": counts.get(("judged", False), 0),
            "undone": counts.get(("automatic", True), 0) + counts.get(("judged", True), 0),
        },
        "next": urlencode(chosen | {"after": rows[-1].id}) if len(found) > PAGE else "",
    }  # fmt: skip
    return page(request, "desk/names_links.html", context)


@require_safe
@desk("names.judge")
def link(request: Any, link: int) -> HttpResponse:
    """One link: the evidence part by part, what came through it, what happened to it, and the form to undo it."""
    row = linkage.link(link)
    noted(
        request, "name-link", purpose="核对名称归属", link=row.id, batch=row.batch, row=row.row, uscc=row.uscc
    )  # fmt: skip
    org = register.get([row.uscc]).get(row.uscc) if row.uscc else None
    held = org.name if org is not None else ""
    parts = (
        linkage.parts_of(name=row.name, code=row.uscc, held=held, asked_code=row.asked_code) if held else ()
    )
    together = linkage.judged_links(row.key, row.uscc) if row.how == "judged" else [row]
    said, has = naming.pieces(row.name, org.shown_name if org is not None else "")
    context = {
        "section": "names",
        "row": row,
        "org": org,
        "said": said,
        "held": has,
        "how": HOW[row.how],
        "sure": naming.sure(row.confidence),
        "item": law.active().items.get(row.item),
        "lines": naming.lines(parts),
        "statements": linkage.statements_of([row]).get(row.id, []),
        "together": len(together),
        "history": told(linkage.history(link_id=row.id), False),
    }
    return page(request, "desk/names_link.html", context)


@require_POST
@desk("names.judge")
def undo(request: Any) -> HttpResponseBase:
    """Ends links, saying why: their statements stand no longer, their rows wait again."""
    at = now()
    picked = [int(value) for value in request.POST.getlist("link") if value.isdigit()][:PAGE]
    done = linkage.undo(
        links=picked, why=request.POST.get("why", ""), actor=actor(request), at=at,
        different=bool(request.POST.get("different")),
    )  # fmt: skip
    evidence.drain(at=at, wait=False)
    answer = urlencode({"undone": done.links, "statements": done.statements})
    if len(picked) == 1 and request.POST.get("stay"):
        return HttpResponseRedirect(f"{reverse('desk-name-link', args=picked)}?{answer}")
    return HttpResponseRedirect(f"{reverse('desk-name-links')}?{answer}")


urlpatterns: list[URLPattern] = [
    path("names/decisions/", decisions, name="desk-name-decisions"),
    path("names/reverse/", reverse_verdict, name="desk-name-reverse"),
    path("names/links/", links, name="desk-name-links"),
    path("names/links/<int:link>/", link, name="desk-name-link"),
    path("names/undo/", undo, name="desk-name-undo"),
]
