"""Where the data come from, what is not here, and the public log in words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.site.deliveries import deliveries, latest
from xinheng.faces.site.page import page
from xinheng.faces.site.views.organisation import KINDS
from xinheng.law import service as law


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Each source's last delivery, and what this version does not collect."""
    context = {
        "section": "about",
        "sources": latest(deliveries()),
        "items": list(law.active().items.values()),
        "uncollected": [_(kind.label) for kind in KINDS if not kind.item],
    }
    return page(request, "site/about.html", context)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The public log for people: what it is, its newest checkpoint, how to check it."""
    note = evidence.checkpoint() if evidence.published_size() else ""
    lines = note.split("\n")
    parts: dict[str, Any] = {}
    if len(lines) > 2:
        parts = {"origin": lines[0], "size": int(lines[1]), "root": lines[2]}
    return page(request, "site/log.html", {"checkpoint": note, "parts": parts})
