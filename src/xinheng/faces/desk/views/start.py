"""Desk pages: the first page of the day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.desk import day
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views import batches, nil, queue, signing, start_today


@require_safe
@desk()
def start(request: Any) -> HttpResponse:
    """What is due, what is overdue, what came back: first for the unit, for the office over all units."""
    account, on = request.account, today()
    if account.only_body is None:
        told = day.office(on=on) | start_today.office(request, on=on)
        if told["rows"]:
            noted(request, "cases", purpose="督促办理时限", rows=len(told["rows"]))
        return page(request, "desk/start_office.html", {"section": "start"} | told)
    context = {"section": "start"} | day.unit(account.only_body, on=on, may_send=account.may("intake.send"))
    context |= start_today.unit(request, on=on)
    if context["deadlines"] or context["rows"]:
        noted(request, "deadlines", purpose="核对报送和办案时限", source=account.only_body)
    return page(request, "desk/start.html", context)


urlpatterns: list[URLPattern] = [
    path("", start, name="desk-start"),
    *batches.urlpatterns,
    *nil.urlpatterns,
    *queue.urlpatterns,
    *signing.urlpatterns,
]
