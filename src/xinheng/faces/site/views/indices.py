"""How counties and sectors stand, month by month: public numbers with their charts, and nothing that ranks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.evaluation import indices as evaluation
from xinheng.faces.clock import today
from xinheng.faces.site import index_sheets
from xinheng.faces.site.page import page
from xinheng.faces.site.sheets import Sheet
from xinheng.faces.site.sheets import as_csv as table_as_csv


@require_safe
def indices(request: HttpRequest) -> HttpResponse:
    """The months of the place, or of the county or sector asked for; then all counties and sectors of the last month."""
    on = today()
    by, area = _asked(request)
    trend = index_sheets.months(by=by, area=area, on=on, public=True)
    month = index_sheets.latest_month(on, public=True)
    context: dict[str, Any] = {
        "section": "indices",
        "moment": evaluation.moment(),
        "name": index_sheets.area_name(by, area) if area else "",
        "trend": trend,
        "month": month,
        "sheets": [
            index_sheets.by_area(by=axis, month=month, public=True) for axis in ("county", "sector") if month
        ],
        "query": f"?by={by}&area={area}" if area else "",
        "csv": "indices-csv",
        "choices": [
            {
                "label": label,
                "by": axis,
                "areas": [
                    {"code": code, "name": name, "current": (axis, code) == (by, area)}
                    for code, name in index_sheets.areas(axis)
                ],
            }
            for axis, label in index_sheets.axes()
        ],
    }
    return page(request, "site/whole/indices.html", context)


@require_safe
def as_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file."""
    found = _sheet(request, table)
    response = HttpResponse(table_as_csv(found), content_type="text/csv; charset=utf-8")
    name = f"xinheng-{table}-{today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _sheet(request: HttpRequest, table: str) -> Sheet:
    on = today()
    if table == index_sheets.CODES["place"]:
        by, area = _asked(request)
        return index_sheets.months(by=by, area=area, on=on, public=True)
    for axis in ("county", "sector"):
        if table == index_sheets.CODES[axis]:
            month = index_sheets.latest_month(on, public=True)
            return index_sheets.by_area(by=axis, month=month, public=True)
    raise Http404


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The axis and area in the address; the whole place where they name none."""
    by, area = request.GET.get("by", ""), request.GET.get("area", "")
    if by in ("county", "sector") and area in dict(index_sheets.areas(by)):
        return by, area
    return "place", ""
