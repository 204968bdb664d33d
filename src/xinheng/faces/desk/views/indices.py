"""Desk pages: the index of the place, of its counties and of sectors, month by month, and the rows behind each value."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xinheng.evaluation import indices as evaluation
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.site import index_sheets, sheets
from xinheng.faces.site.outlines import outlines
from xinheng.faces.site.sheets import as_csv as table_as_csv
from xinheng.faces.site.views.map import county_shapes
from xinheng.faces.site.words import named
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

PAGE = 50


@require_safe
@desk("evaluation.read")
def indices(request: Any) -> HttpResponse:
    """The months of an area as a chart, its parts in the last month, all areas of an axis, and what it is composed of."""
    on = today()
    by, area = _asked(request)
    axis = by if by != "place" else "county"
    trend = index_sheets.months(by=by, area=area, on=on, public=False)
    known = index_sheets.months_known(on, public=False)
    month = _month(request, known)
    values = evaluation.indices(by=axis, first=month, last=month) if month else ()
    noted(request, "evaluation-indices", purpose="地区和行业指数", period=month)
    drawn = outlines(law.active()) if axis == "county" else None
    whole = {
        one.area: shown
        for one in values
        if one.part == "" and (shown := index_sheets.value(one.micro)) is not None
    }
    context = {
        "section": "indices", "moment": evaluation.moment(), "plan": evaluation.plan(), "trend": trend, "month": month,
        "months": known[::-1], "by": by, "area": area,
        "name": index_sheets.area_name(by, area) if area else "", "axis": axis,
        "own": _cells(evaluation.indices(by=by, area=area, first=month, last=month) if month else (), by),
        "areas": _areas(axis, values), "axes": _axes(by, area), "columns": index_sheets.shown_parts(public=False),
        "parts": _parts(), "drawn": drawn, "shapes": county_shapes(drawn, whole) if drawn else [],
        "label": dict(index_sheets.shown_parts(public=False)).get("", ""), "csv": "desk-indices-csv",
        "query": f"?{urlencode({'by': by, 'area': area})}", "may_open": request.account.only_body is None,
    }  # fmt: skip
    return page(request, "desk/indices.html", context)


@require_safe
@desk("evaluation.read")
def chart_csv(request: Any, table: str) -> HttpResponse:
    """The months of an area, or all areas of the last month, as a file."""
    on = today()
    by, area = _asked(request)
    noted(request, "evaluation-indices", purpose="地区和行业指数")
    if table == index_sheets.CODES["place"]:
        found = index_sheets.months(by=by, area=area, on=on, public=False)
    elif table in index_sheets.CODES.values():
        axis = next(axis for axis, code in index_sheets.CODES.items() if code == table)
        month = index_sheets.latest_month(on, public=False)
        found = index_sheets.by_area(by=axis, month=month, public=False)
    else:
        raise Http404
    return file(table_as_csv(found), f"{table}-{on}.csv", "text/csv; charset=utf-8")


@require_safe
@desk("evaluation.read")
def rows(request: Any) -> HttpResponse:
    """The entries one value counts, as they stand now: for the office and the auditor, through the gate."""
    on = today()
    if request.account.only_body is not None:
        raise Http404
    by, area = _asked(request)
    part, month = request.GET.get("part", "")[:32], request.GET.get("month", "")[:7]
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    found = evaluation.rows_behind(
        part=part, by=by, area=area, month=month, at=now(), after=after, limit=PAGE + 1
    )
    shown = found[:PAGE]
    noted(
        request, "evaluation-index-rows", purpose="地区和行业指数", period=month, part=part,
        usccs=sorted({one.uscc for one in shown}),
    )  # fmt: skip
    entries = publication.by_ids(ids=[one.statement for one in shown], audience="authority", on=on)
    known = register.get(sorted({one.uscc for one in shown}))
    names = sheets.short_names({entry.authority for entry in entries.values()})
    items = law.active().items
    base = {"by": by, "area": area, "part": part, "month": month}
    context = {
        "section": "indices", "month": month, "name": index_sheets.area_name(by, area),
        "part": dict(index_sheets.shown_parts(public=False)).get(part, ""),
        "rows": [
            {
                "one": one, "name": known[one.uscc].shown_name if one.uscc in known else one.uscc,
                "entry": entries.get(one.statement),
                "item": named(items[entries[one.statement].item])
                if one.statement in entries and entries[one.statement].item in items else "",
                "authority": names.get(entries[one.statement].authority, "") if one.statement in entries else "",
            }
            for one in shown
        ],
        "back": urlencode({"by": by, "area": area, "month": month}),
        "next": urlencode(base | {"after": shown[-1].statement}) if len(found) > PAGE else "", "after": after,
    }  # fmt: skip
    return page(request, "desk/indices_rows.html", context)


def _asked(request: Any) -> tuple[str, str]:
    """The axis and area in the address; the whole place where they name none."""
    by, area = request.GET.get("by", ""), request.GET.get("area", "")
    if by in ("county", "sector") and area in dict(index_sheets.areas(by)):
        return by, area
    return "place", ""


def _month(request: Any, known: list[str]) -> str:
    """The month in the address; else the last with values."""
    wanted = request.GET.get("month", "")
    return wanted if wanted in known else (known[-1] if known else "")


def _areas(
    axis: str, values: tuple[evaluation.IndexValue, ...]
) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Each area with its values in the order of the columns; one that is too small has none."""
    by_area: dict[str, list[evaluation.IndexValue]] = {}
    for one in values:
        by_area.setdefault(one.area, []).append(one)
    return [
        (code, name, _cells(tuple(by_area.get(code, ())), axis)) for code, name in index_sheets.areas(axis)
    ]


def _cells(values: tuple[evaluation.IndexValue, ...], by: str) -> list[dict[str, Any]]:
    told = {one.part: one for one in values}
    cells = []
    for code, label in index_sheets.shown_parts(public=False):
        one = told.get(code)
        shown = index_sheets.value(one.micro) if one else None
        query = (
            urlencode({"by": by, "area": one.area, "part": code, "month": one.month}) if one and code else ""
        )
        cells.append({"code": code, "label": label, "text": sheets.text(shown), "one": one, "query": query})
    return cells


def _axes(by: str, area: str) -> list[dict[str, Any]]:
    return [
        {
            "by": axis, "label": label,
            "areas": [
                {"code": code, "name": name, "current": (axis, code) == (by, area)}
                for code, name in index_sheets.areas(axis)
            ],
        }
        for axis, label in index_sheets.axes()
    ]  # fmt: skip


def _parts() -> list[dict[str, Any]]:
    """What the index is composed of: each part with the values that give none and all of the points, and its weight."""
    plan = evaluation.plan()
    return [
        {
            "name": named(one), "unit": index_sheets.unit(one), "months": one.within_months,
            "worst": sheets.text(index_sheets.value(one.worst)), "best": sheets.text(index_sheets.value(one.best)),
            "weight": f"{one.weight // 10}.{one.weight % 10} %", "public": one.public,
        }
        for one in (plan.parts if plan else ())
    ]  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("indices/", indices, name="desk-indices"),
    path("indices/rows/", rows, name="desk-indices-rows"),
    path("indices/<slug:table>.csv", chart_csv, name="desk-indices-csv"),
]
