"""What this site is and is not, and the public log in words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.site.page import page
from xinheng.faces.site.sections import SECTIONS
from xinheng.law import service as law


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this site is, what is not here, and the blank forms for departments."""
    items = sorted(
        law.active().items.values(), key=lambda item: (list(SECTIONS).index(item.section), item.order)
    )
    return page(request, "site/about.html", {"items": items})


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The public log for people: what it is, its newest checkpoint, how to check it."""
    note = evidence.checkpoint() if evidence.published_size() else ""
    lines = note.split("\n")
    parts: dict[str, Any] = {}
    if len(lines) > 2:
        parts = {"origin": lines[0], "size": int(lines[1]), "root": lines[2]}
    return page(request, "site/log.html", {"checkpoint": note, "parts": parts})
