"""Desk page: how many notices went out, which letters did not arrive and why, and the last daily round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xinheng.faces import nightly
from xinheng.faces.clock import today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.site.views.common import keyset
from xinheng.notices import service as notices
from xinheng.register import service as register

PAGE = 50
DAYS = 30


@require_safe
@desk("notices.read")
def board(request: Any) -> HttpResponse:
    """Notices of the last thirty days by kind, letters by state, and the ones that were given up."""
    failures = notices.failures(after=keyset(request), limit=PAGE + 1)
    shown = failures[:PAGE]
    names = register.get(sorted({one.uscc for one in shown if one.uscc}))
    if shown:
        noted(
            request,
            "notices",
            purpose="核对提醒的投递",
            usccs=sorted({one.uscc for one in shown if one.uscc}),
        )
    made = notices.made(since=today() - timedelta(days=DAYS))
    context = {
        "section": "notices",
        "made": [(kind, made.get(kind, 0)) for kind in notices.KINDS],
        "letters": list(notices.counts().items()),
        "failures": [(one, names[one.uscc].shown_name if one.uscc in names else one.uscc) for one in shown],
        "next": shown[-1].id if len(failures) > PAGE else "",
        "mail": notices.configured(),
        "round": nightly.last(),
        "days": DAYS,
    }
    return page(request, "desk/notices.html", context)


urlpatterns: list[URLPattern] = [path("notices/", board, name="desk-notices")]
