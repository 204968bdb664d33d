"""What lists there may be and which measures, each with its provision: for everyone to read, and as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site import measure_rows as rows
from xinheng.faces.site.page import page
from xinheng.faces.site.views.catalogue import file
from xinheng.law import service as law


@require_safe
def list_kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of list: who keeps it, on what basis, what puts an organisation on it, how long, how one comes off."""
    pack = law.active()
    found = rows.kinds(pack, today())
    context = {"section": "lists", "kinds": found, "count": len(found), "digest": pack.digest}
    return page(request, "site/list_kinds.html", context)


@require_safe
def list_kinds_csv(request: HttpRequest) -> HttpResponse:
    """The kinds of lists as a file."""
    return file("list-kinds", rows.kinds_table(law.active(), today()))


@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """The list of measures: nothing outside of it may be imposed. Each with its provisions and who decides."""
    pack = law.active()
    groups = rows.measures(pack, today())
    context = {
        "section": "lists",
        "groups": groups,
        "count": sum(len(found) for *_rest, found in groups),
        "digest": pack.digest,
    }
    return page(request, "site/measures.html", context)


@require_safe
def measures_csv(request: HttpRequest) -> HttpResponse:
    """The list of measures as a file, one line for each provision."""
    return file("measures", rows.measures_table(law.active(), today()))
