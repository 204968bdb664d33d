"""Desk page: nil returns (零报告). Nothing decided this month is an answer too, and it is given, not assumed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.sources import items_for, sender_of, senders
from xinheng.faces.desk.views.intake import actor
from xinheng.intake import service as intake
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law


@require_http_methods(["GET", "HEAD", "POST"])
@desk("intake.send")
def nil(request: Any) -> HttpResponse:
    """The form, and on POST the return. Saying it again gives the same number."""
    form = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        "section": "nil",
        "items": items_for(request.account),
        "senders": senders(request.account),
        "months": months(today()),
        "chosen": {name: form.get(name, "") for name in ("item", "source", "period")},
    }
    if request.method != "POST":
        return page(request, "desk/nil.html", context)
    item = law.active().items.get(form.get("item", ""))
    sender = sender_of(request.account, form.get("source", ""))
    if item is None or sender is None or form.get("period") not in context["months"]:
        context["problem"] = _("请把单位、类别和月份都选上。")
        return page(request, "desk/nil.html", context, status=400)
    try:
        made = intake.nil_return(
            source=sender.code, item=item.code, period=form["period"], at=now(), actor=actor(request)
        )
    except XinhengError as error:
        context["said"] = error.message
        return page(request, "desk/nil.html", context, status=409)
    return page(request, "desk/nil.html", context | {"made": made, "item": item, "sender": sender})


def months(on: date) -> list[str]:
    """This month and the three before it, as YYYY-MM."""
    found = []
    year, month = on.year, on.month
    for _step in range(4):
        found.append(f"{year}-{month:02d}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


urlpatterns: list[URLPattern] = [path("nil-return/", nil, name="desk-nil")]
