"""How many enterprises are on a list, against the 1 % line, and how they left: for everyone, with the numbers as files."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site import list_sheets
from xinheng.faces.site.gauges import of_ratio
from xinheng.faces.site.page import page
from xinheng.faces.site.sheets import as_csv as table_as_csv
from xinheng.lists import service as lists


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The gauge, then every table with its chart. Works, and says the same, without a script."""
    on = today()
    ratio = lists.ratio(on=on)
    context = {
        "section": "lists",
        "ratio": ratio,
        "gauge": of_ratio(ratio),
        "sheets": list_sheets.sheets(ratio, on),
        "csv": "list-numbers-csv",
    }
    return page(request, "site/list_numbers.html", context)


@require_safe
def as_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file."""
    on = today()
    found = list_sheets.sheet(table, on=on)
    if found is None:
        raise Http404
    response = HttpResponse(table_as_csv(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="xinheng-{table}-{on.isoformat()}.csv"'
    return response
