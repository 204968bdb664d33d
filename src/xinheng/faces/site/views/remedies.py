"""What became of objections and repairs, department by department: for everyone to read, with the same numbers as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site import remedy_sheets
from xinheng.faces.site.page import page
from xinheng.faces.site.sheets import as_csv as table_as_csv


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Every table with its chart. Works, and says the same, without a script."""
    found = remedy_sheets.sheets(today())
    return page(
        request,
        "site/rights/numbers.html",
        {"section": "remedies-numbers", "sheets": found, "csv": "remedies-csv"},
    )


@require_safe
def as_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file."""
    on = today()
    found = remedy_sheets.sheet(table, on=on)
    if found is None:
        raise Http404
    response = HttpResponse(table_as_csv(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="xinheng-{table}-{on.isoformat()}.csv"'
    return response
