"""Open data: what may be taken in bulk, what only one by one, and how. The API is described by its own description."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.faces.api import describing
from xinheng.faces.clock import today
from xinheng.faces.site import sheets
from xinheng.faces.site.page import page
from xinheng.faces.site.words import in_chinese
from xinheng.statistics import service as statistics

MONTHS = 12


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Terms, the licences of each month, the tables of the statistics, the way to everything else."""
    moment = statistics.as_of()
    months = statistics.by_month(items=[sheets.LICENCE]) if moment else []
    context = {
        "section": "open-data",
        "moment": moment,
        "files": [
            {
                "month": month,
                "n": n,
                "url": reverse("api:licences", args=[month]),
                "open": month == f"{today():%Y-%m}",
            }
            for month, n in reversed(months[-MONTHS:])
            if month
        ],
        "tables": [
            (code, found.title) for code in sheets.SHEETS if (found := sheets.sheet(code, on=today()))
        ],
        "catalogue_json": reverse("api:catalogue"),
        "openapi": reverse("api:openapi-json"),
    }
    return page(request, "site/whole/opendata.html", context)


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every call with a whole example, rendered here: no script, nothing from elsewhere."""
    host = settings.PUBLIC_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    groups: dict[str, list[describing.Call]] = {}
    for call in describing.calls(chinese=in_chinese(), host=host):
        groups.setdefault(call.tag, []).append(call)
    context = {
        "section": "open-data",
        "groups": list(groups.items()),
        "openapi": reverse("api:openapi-json"),
    }
    return page(request, "site/whole/api_docs.html", context)
