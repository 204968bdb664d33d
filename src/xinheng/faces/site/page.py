"""Rendering a page with its frame: name of the place, the day, the ledger's position, the other language."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinheng.evidence import service as evidence
from xinheng.faces.clock import today
from xinheng.faces.site.words import named
from xinheng.home import home
from xinheng.law import service as law


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The template in the frame every page shares. One query: the ledger's position."""
    pack = law.active()
    other = "en" if (get_language() or "zh-hans").startswith("zh") else "zh-hans"
    frame = {
        "place": pack,
        "site_name": named(pack, "site") or _("信衡"),
        "sandbox": home().sandbox,
        "today": today(),
        "position": evidence.size(),
        "other_language": other,
        "other_url": translate_url(request.get_full_path(), other),
        "section": "",
    }
    return render(request, template, frame | context, status=status)
