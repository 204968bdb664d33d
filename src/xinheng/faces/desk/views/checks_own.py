"""The organisation's page of who checked it, for which matter, why."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from xinheng.checks import service as checks
from xinheng.faces.clock import today
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.checks_shown import matter_words, purpose_words
from xinheng.faces.desk.views import own_shared
from xinheng.kernel.errors import XinhengError

PAGE = 50


@require_safe
@desk("own.read")
def own(request: Any) -> HttpResponseBase:
    """Leads to the page that has the organisation in its address."""
    return HttpResponseRedirect(reverse("desk-own-checks-of", args=[own_shared.subject(request)]))


@require_safe
@desk("own.read")
def own_checks(request: Any, uscc: str) -> HttpResponse:
    """Every check on it that went beyond what is public, newest first; deferred ones from their day."""
    code = own_shared.subject(request, uscc)
    after = request.GET.get("after", "")[:40] or None
    try:
        found = checks.of_subject(uscc=code, on=today(), after=after, limit=PAGE + 1)
    except XinhengError:
        raise Http404 from None
    rows = found[:PAGE]
    context = own_shared.frame(request, "own-checks") | {
        "rows": [
            (one, matter_words(one.matter, one.matter_name), purpose_words(one.matter, one.purpose))
            for one in rows
        ],
        "next": rows[-1].number if len(found) > PAGE else "",
    }
    return page(request, "desk/own_checks.html", context)


urlpatterns: list[URLPattern] = [
    path("own/checks/", own, name="desk-own-checks"),
    path("own/<slug:uscc>/checks/", own_checks, name="desk-own-checks-of"),
]
