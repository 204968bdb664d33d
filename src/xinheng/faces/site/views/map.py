"""The credit map: one number for each county, drawn and as a table. Only where place is the question."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.evaluation import indices
from xinheng.faces.clock import today
from xinheng.faces.site import index_sheets, sheets
from xinheng.faces.site.outlines import outlines
from xinheng.faces.site.page import page
from xinheng.faces.site.words import in_chinese, named
from xinheng.law import service as law
from xinheng.statistics import service as statistics

STEPS = 5
INDEX = index_sheets.CODES["county"]


@require_safe
def credit_map(request: HttpRequest) -> HttpResponse:
    """The counties with the metric asked for; the others are links."""
    moment = statistics.as_of()
    metrics = _metrics() if moment else {}
    chosen = request.GET.get("metric", "")
    chosen = chosen if chosen in metrics else next(iter(metrics), "")
    drawn = outlines(law.active())
    context: dict[str, Any] = {
        "section": "map",
        "moment": moment,
        "drawn": drawn,
        "metrics": [
            {"code": code, "label": label, "current": code == chosen}
            for code, (label, _table, _column) in metrics.items()
        ],
    }
    if chosen:
        label, table, column = metrics[chosen]
        values = _values(table, column)
        context |= {
            "label": label,
            "table": table,
            "shapes": county_shapes(drawn, values),
            "rows": [(name, sheets.text(values.get(code))) for code, name in sheets.counties()],
            "index": table == INDEX,
            "csv": "indices-csv" if table == INDEX else "statistics-csv",
        }
    return page(request, "site/whole/map.html", context)


def _metrics() -> dict[str, tuple[str, str, str]]:
    """Code → label, the table it comes from, the column there."""
    items = law.active().items
    found = {
        "organisations": (_("存续主体，家"), "organisations-by-county", "active"),
    }
    if sheets.PENALTY in items:
        found["penalties-rate"] = (
            _("行政处罚，每千家，近十二个月"),
            "by-county",
            f"{sheets.PENALTY}-rate",
        )
        found["penalties"] = (
            _("%(item)s，条，近十二个月") % {"item": named(items[sheets.PENALTY])},
            "by-county",
            sheets.PENALTY,
        )
    if sheets.LICENCE in items:
        found["licences"] = (
            _("%(item)s，条，近十二个月") % {"item": named(items[sheets.LICENCE])},
            "by-county",
            sheets.LICENCE,
        )
    if indices.moment():
        found |= {
            f"index-{code}": (label + _("，月末"), INDEX, code)
            for code, label in index_sheets.shown_parts(public=True)
        }
    return found


def _values(table: str, column: str) -> dict[str, float]:
    on = today()
    if table == INDEX:
        month = index_sheets.latest_month(on, public=True)
        sheet: sheets.Sheet | None = index_sheets.by_area(by="county", month=month, public=True)
    else:
        sheet = sheets.sheet(table, on=on)
    if sheet is None:
        return {}
    place = [code for code, _label in sheet.columns].index(column)
    return {row.code: value for row in sheet.rows if (value := row.values[place]) is not None}


def county_shapes(drawn: Any, values: dict[str, float]) -> list[dict[str, Any]]:
    """Each county with its step of colour (0: none, 5: the highest), its number and its name in short lines."""
    top = max((value for code, value in values.items() if code), default=0)
    counties = dict(sheets.counties())
    return [
        {
            "shape": shape,
            "step": ceil(STEPS * values.get(shape.code, 0) / top) if top else 0,
            "value": sheets.text(values.get(shape.code)),
            "name": _short(counties[shape.code]),
            "value_y": shape.y + 20,
        }
        for shape in drawn.shapes
    ]


def _short(name: str) -> str:
    """A county's name as it fits into its shape: in English without the word for its rank."""
    return name if in_chinese() else name.rsplit(" ", 1)[0]
