"""Desk page: the ended plan of the place, its indicators as they count today, its words and what is in force now."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.desk.access import desk, page
from xinheng.faces.site.words import in_chinese
from xinheng.law import service as law
from xinheng.oversight import service as oversight


@require_safe
@desk("oversight.read")
def plan(request: Any) -> HttpResponseBase:
    """Indicators with their counts, tasks with owners, old words beside today's, what is in force."""
    pack = law.active()
    departments = {one.code: one for one in pack.departments}
    groups = {one["code"]: one["name"] for one in pack.plan.get("groups", ())} if pack.plan else {}
    chinese = in_chinese()

    def owner(code: str) -> str:
        if code in departments:
            return departments[code].short if chinese else departments[code].name_en
        name = groups.get(code)
        return (name["zh"] if chinese else name["en"]) if name else code

    tasks = [
        {
            "what": one["what"]["zh" if chinese else "en"],
            "owners": [owner(code) for code in one.get("owners", ())],
            "cadence": one.get("cadence", ""),
        }
        for one in (pack.plan.get("tasks", ()) if pack.plan else ())
    ]
    context = {
        "section": "plan",
        "plan": pack.plan,
        "indicators": oversight.indicators(pack=pack, on=today()),
        "tasks": tasks,
        "terms": pack.plan.get("terms", ()) if pack.plan else (),
        "in_force": pack.in_force,
        "chinese": chinese,
    }
    return page(request, "desk/plan.html", context)


@require_safe
@desk("oversight.read")
def plan_csv(request: Any) -> HttpResponseBase:
    """The indicators as a table for a spreadsheet."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="indicators.csv"'
    writer = csv.writer(answer)
    writer.writerow(["代码", "指标", "目标", "分子", "分母", "百分比", "怎么算", "算不了的原因"])
    for one in oversight.indicators(pack=law.active(), on=today()):
        counted = ("" if value is None else value for value in (one.count, one.over))
        writer.writerow([one.code, one.name, one.target, *counted, one.share, one.means, one.why_not])
    return answer


urlpatterns: list[URLPattern] = [
    path("plan/", plan, name="desk-plan"),
    path("plan/indicators.csv", plan_csv, name="desk-plan-csv"),
]
