"""Desk page of the office: every clock in the city, body by body; who is late, and what a day still rests on."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xinheng.cases import service as cases
from xinheng.faces.clock import today
from xinheng.faces.desk import mirroring
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views.cases_access import reader
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.cases_shown import bars

SORTS = {
    "overdue": gettext_lazy("逾期"), "due_today": gettext_lazy("今日到期"), "due_soon": gettext_lazy("三个工作日内到期"),
    "open": gettext_lazy("在办"), "provisional": gettext_lazy("暂定"),
}  # fmt: skip
CHARTED = 12
OFFICE = "office"  # how the cases room names the platform's own desk
SUBJECT = "subject"  # and the organisation that has to supplement
OTHERS = {OFFICE: "信用办", SUBJECT: "申请人"}


@require_safe
@desk("cases.reassign")
def clocks(request: Any) -> HttpResponse:
    """The counters of each body with open cases; those who are late first, or in the order a head asks for."""
    on, sort = today(), request.GET.get("sort", "")
    sort = sort if sort in SORTS else "overdue"
    rows = sorted(
        cases.counters_by_body(on=on),
        key=lambda one: (-getattr(one, sort), -one.overdue, -one.open, one.body),
    )
    names = unit_names([row.body for row in rows if row.body not in (OFFICE, SUBJECT)])
    noted(request, "clocks", purpose="督促办理时限", bodies=len(rows))
    if request.GET.get("format") == "csv":
        return _csv(rows, names, on)
    shown = [line | {"name": names.get(line["row"].body, "")} for line in bars(rows, top=len(rows))]
    context = {
        "section": "clocks",
        "counters": cases.counters(reader=reader(request), on=on),
        "rows": shown,
        "chart": [line for line in shown[:CHARTED] if line["row"].open],
        "office": OFFICE,
        "sort": sort,
        "sorts": list(SORTS.items()),
    }
    return page(request, "desk/cases_clocks.html", context)


def _csv(rows: list[cases.BodyCounters], names: dict[str, str], on: Any) -> HttpResponse:
    heads = ("单位", "统一社会信用代码", "在办", "今日到期", "临期", "逾期", "暂定", "等第二人")
    lines = [
        (
            names.get(row.body, OTHERS.get(row.body, row.body)), row.body if row.body in names else "", row.open,
            row.due_today, row.due_soon, row.overdue, row.provisional, row.waiting,
        )
        for row in rows
    ]  # fmt: skip
    return file(mirroring.table(heads, lines), f"clocks-{on}.csv", "text/csv; charset=utf-8")


urlpatterns: list[URLPattern] = [path("cases/clocks/", clocks, name="desk-clocks")]
