"""Where to go with an objection or a repair: this version prepares and points, it does not take applications."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.page import page
from xinheng.faces.site.views.common import MAX_ID, head_of, shown_cards
from xinheng.publication import service as publication


@require_safe
def objection(request: HttpRequest) -> HttpResponse:
    """How to object, with the entry at hand if one was given."""
    return page(request, "site/guide_objection.html", {"section": "objection", **_subject(request)})


@require_safe
def repair(request: HttpRequest) -> HttpResponse:
    """How to have publication ended early, with the entry's earliest date if one was given."""
    return page(request, "site/guide_repair.html", {"section": "repair", **_subject(request)})


def _subject(request: HttpRequest) -> dict[str, Any]:
    """The entry the reader came from, through the gate; an entry no longer shown simply is not mentioned."""
    text = request.GET.get("statement", "")
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_ID):
        return {}
    on = today()
    entry = publication.statement(id=int(text), audience="public", on=on)
    if entry is None:
        return {}
    return {"card": shown_cards([entry], on=on)[0], "head": head_of(entry.uscc)}
