"""Desk page: 我的时限. Every decision of a unit on its way to everyone, fewest working days left first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.desk import day, sources
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.cases import listed
from xinheng.faces.desk.views.start_today import soonest

SORTS = {
    "document": gettext_lazy("文号"), "": gettext_lazy("相对人"), "decided": gettext_lazy("决定日期"),
    "left": gettext_lazy("截止日"),
}  # fmt: skip
CASES = 8


@require_safe
@desk("oversight.read")
def terms(request: Any) -> HttpResponse:
    """The unit's own: deadlines of double publicity, batches with rows to mend, cases that wait. The office picks one."""
    account = request.account
    body = account.only_body
    units: list[sources.Sender] = []
    if body is None:
        units = sources.senders(account)
        body = next((one.code for one in units if one.code == request.GET.get("body", "")), "")
    sort = request.GET.get("sort", "")
    context: dict[str, Any] = {
        "section": "terms",
        "units": units,
        "body": body,
        "unit_shown": next((one.name for one in units if one.code == body), ""),
        "sort": sort if sort and sort in SORTS else "left",
        "sorts": list(SORTS.items()),
        "may_pick": bool(units),
        "may_cases": account.may("cases.read"),
        "may_send": account.may("intake.send") and account.only_body is not None,
    }
    if body:
        context |= _of(request, body, context["sort"])
    return page(request, "desk/terms.html", context)


def _of(request: Any, body: str, sort: str) -> dict[str, Any]:
    on = today()
    own = request.account.only_body is not None
    told = day.unit(body, on=on, may_send=own and request.account.may("intake.send"))
    rows = told["deadlines"]
    if sort == "decided":
        rows = sorted(rows, key=lambda one: (-one.decided_on.toordinal(), one.id))
    elif sort == "document":
        rows = sorted(rows, key=lambda one: (one.document, one.id))
    if rows:
        noted(request, "deadlines", purpose="核对报送时限", source=body)
    waiting: list[Any] = []
    if request.account.may("cases.read"):
        waiting = listed(soonest(request, on, body=body, limit=CASES), on=on)
    return told | {"deadlines": rows, "cases": waiting}


urlpatterns: list[URLPattern] = [path("my-terms/", terms, name="desk-my-terms")]
