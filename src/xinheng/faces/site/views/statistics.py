"""Statistics: every chart with its numbers as a table and as a file. Works, and says the same, without a script."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site import sheets
from xinheng.faces.site.catalogue_rows import SECTIONS
from xinheng.faces.site.page import page
from xinheng.faces.site.words import named
from xinheng.law import service as law
from xinheng.statistics import service as statistics

PARTS = (
    ("entries", ("by-month", "by-department", "by-county", "penalties-by-class", "by-item")),
    ("organisations", ("organisations-by-kind", "organisations-by-county", "organisations-by-year")),
)
NARROWED = ("by-month", "by-department", "by-county")


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All tables. `item` narrows the first three to one kind of information."""
    on, item = today(), _item(request)
    moment = statistics.as_of()
    parts: list[dict[str, Any]] = []
    if moment is not None:
        for key, codes in PARTS:
            found = [sheets.sheet(code, on=on, items=_items(item)) for code in codes]
            parts.append({"key": key, "title": sheets.TITLES[key], "sheets": found})
    context = {
        "section": "statistics",
        "moment": moment,
        "parts": parts,
        "choices": _choices(item),
        "query": f"?{urlencode({'item': item})}" if item else "",
        "narrowed": NARROWED,
    }
    return page(request, "site/whole/statistics.html", context)


@require_safe
def as_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file."""
    found = sheets.sheet(table, on=today(), items=_items(_item(request)))
    moment = statistics.as_of()
    if found is None or moment is None:
        raise Http404
    response = HttpResponse(sheets.as_csv(found), content_type="text/csv; charset=utf-8")
    name = f"xinheng-{table}-{moment.cut_off.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _item(request: HttpRequest) -> str:
    wanted = request.GET.get("item", "")
    return wanted if wanted in law.active().items else ""


def _items(item: str) -> tuple[str, ...]:
    return (item,) if item else ()


def _choices(item: str) -> list[dict[str, Any]]:
    """The two of the double publicity together, then each kind of information that has entries."""
    known = law.active().items
    with_entries = [code for code, _n in statistics.series(by=("item",)) if code in known]
    pairs = [
        ("", _("许可和处罚")),
        *((code, named(known[code])) for code in sorted(with_entries, key=_place)),
    ]
    return [
        {
            "label": label,
            "current": code == item,
            "query": f"?{urlencode({'item': code})}" if code else "",
        }
        for code, label in pairs
    ]


def _place(code: str) -> tuple[int, int, str]:
    """Where an item stands in the catalogue."""
    item = law.active().items[code]
    return list(SECTIONS).index(item.section), item.order, code
