"""Desk pages: bulletins (通报) and supervision orders (督办单), as page, PDF and workbook."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.intake import actor
from xinheng.law import service as law
from xinheng.oversight import service as oversight

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 30
KINDS = ("weekly", "monthly", "quarterly")


@require_safe
@desk("oversight.read")
def bulletins(request: Any) -> HttpResponse:
    """Issued bulletins, and the periods that are over and have none."""
    after = request.GET.get("after", "")
    found, following = oversight.bulletins(
        after=int(after) if after.isdigit() and len(after) < 19 else None, limit=PAGE
    )
    issued = {one.period for one in found}
    waiting = [oversight.last_over(today(), kind) for kind in KINDS]
    context = {
        "section": "bulletin",
        "rows": found,
        "next": following,
        "waiting": [one for one in waiting if one.code not in issued],
        "running": [oversight.containing(today(), kind) for kind in KINDS],
        "policy": oversight.GAP_POLICY,
    }
    return page(request, "desk/oversight/bulletins.html", context)


@require_safe
@desk("oversight.issue")
def draft(request: Any) -> HttpResponse:
    """What a bulletin of a period would say if issued now."""
    content = oversight.draft(period=request.GET.get("period", ""), at=now())
    noted(request, "bulletin-draft", purpose="起草通报", period=content["period"])
    if request.GET.get("format") == "pdf":
        return _file(
            oversight.bulletin_pdf(content=content), f"draft-{content['period']}.pdf", "application/pdf"
        )
    over = oversight.parse(content["period"]).over(today())
    return page(request, "desk/oversight/bulletin.html", _shown(content, request) | {"over": over})


@require_POST
@desk("oversight.issue")
def issue(request: Any) -> HttpResponseBase:
    """Issues the bulletin of a period, or leads to the one that was issued."""
    made = oversight.issue(period=request.POST.get("period", ""), at=now(), actor=actor(request))
    return HttpResponseRedirect(reverse("desk-bulletin", args=[made.number]))


@require_safe
@desk("oversight.read")
def bulletin(request: Any, number: str) -> HttpResponse:
    """An issued bulletin as it was issued; a unit sees its own line in it."""
    found, content = _content(request, number)
    context = _shown(content, request) | {"found": found, "over": True}
    return page(request, "desk/oversight/bulletin.html", context)


@require_safe
@desk("oversight.read")
def bulletin_file(request: Any, number: str, kind: str) -> HttpResponse:
    """The same bulletin as PDF or workbook."""
    _found, content = _content(request, number)
    if kind == "pdf":
        return _file(oversight.bulletin_pdf(content=content), f"{number}.pdf", "application/pdf")
    return _file(oversight.bulletin_xlsx(content=content), f"{number}.xlsx", SHEET)


def _content(request: Any, number: str) -> tuple[oversight.Issued, dict[str, Any]]:
    found = oversight.bulletin(number=number)
    body = request.account.only_body
    content = found.content if body is None else oversight.for_unit(found.content, body)
    if not content["rows"]:
        raise Http404
    noted(request, "bulletin", purpose="查阅通报", bulletin=number, source=body or "")
    return found, content


def _shown(content: dict[str, Any], request: Any) -> dict[str, Any]:
    items = law.active().items
    own = request.account.only_body is not None
    return {
        "section": "bulletin",
        "content": content,
        "rows": [SimpleNamespace(**line) for line in content["rows"]],
        "items": [SimpleNamespace(**{**line, "item": items.get(line["code"])}) for line in content["items"]],
        "own": own,
    }


@require_POST
@desk("oversight.issue")
def publish(request: Any, number: str) -> HttpResponseBase:
    """Lets the public see the figures of a bulletin, or takes that back with a reason."""
    oversight.publish(
        number=number, public=request.POST.get("to") == "public", reason=request.POST.get("reason", ""), at=now(),
        actor=actor(request),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("desk-bulletin", args=[number]))


@require_safe
@desk("oversight.read")
def orders(request: Any) -> HttpResponse:
    """Supervision orders, newest first; a unit sees those addressed to it."""
    after = request.GET.get("after", "")
    found, following = oversight.orders(
        body=request.account.only_body, on=today(), limit=PAGE,
        after=int(after) if after.isdigit() and len(after) < 19 else None,
    )  # fmt: skip
    context = {
        "section": "order",
        "rows": [(one, [(p["kind"], p["count"]) for p in one.content["parts"]]) for one in found],
        "next": following,
    }
    return page(request, "desk/oversight/orders.html", context)


@require_POST
@desk("oversight.issue")
def new_order(request: Any) -> HttpResponseBase:
    """Issues an order to one unit, from a bulletin's line or from findings that were ticked."""
    made = oversight.order(
        body=request.POST.get("body", ""), bulletin=request.POST.get("bulletin", ""),
        findings=request.POST.getlist("number")[:200], liaison=request.POST.get("liaison", ""),
        note=request.POST.get("note", ""), at=now(), actor=actor(request),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("desk-order", args=[made.number]))


@require_safe
@desk("oversight.read")
def order(request: Any, number: str) -> HttpResponse:
    """One order with its rows and what became of it."""
    found = oversight.order_of(number=number, body=request.account.only_body, on=today())
    noted(request, "order", purpose="督办", order=number, source=found.body)
    rows = oversight.rows_of(found.content)
    context = {
        "section": "order",
        "found": found,
        "parts": [(part, rows.get(part["kind"], [])) for part in found.content["parts"]],
        "history": oversight.history(number=number),
        "items": law.active().items,
    }
    return page(request, "desk/oversight/order.html", context)


@require_safe
@desk("oversight.read")
def order_file(request: Any, number: str) -> HttpResponse:
    """The order as it is sent, with its receipt line."""
    found = oversight.order_of(number=number, body=request.account.only_body)
    noted(request, "order", purpose="督办", order=number, source=found.body)
    return _file(oversight.order_pdf(content=found.content), f"{number}.pdf", "application/pdf")


@require_POST
@desk("oversight.read")
def proceed(request: Any, number: str) -> HttpResponseBase:
    """The unit answers; the office closes or sends back."""
    to = request.POST.get("to", "")
    if to != "answered" and not request.account.may("oversight.issue"):
        raise Http404
    oversight.proceed(
        number=number, to=to, reason=request.POST.get("reason", ""), at=now(), actor=actor(request),
        body=request.account.only_body,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("desk-order", args=[number]))


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    disposition = "inline" if kind == "application/pdf" else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return response


urlpatterns: list[URLPattern] = [
    path("bulletins/", bulletins, name="desk-bulletins"),
    path("bulletins/draft/", draft, name="desk-bulletin-draft"),
    path("bulletins/issue/", issue, name="desk-bulletin-issue"),
    path("bulletins/<slug:number>/", bulletin, name="desk-bulletin"),
    path("bulletins/<slug:number>/publish/", publish, name="desk-bulletin-publish"),
    path("bulletins/<slug:number>.pdf", bulletin_file, {"kind": "pdf"}, name="desk-bulletin-pdf"),
    path("bulletins/<slug:number>.xlsx", bulletin_file, {"kind": "xlsx"}, name="desk-bulletin-xlsx"),
    path("orders/", orders, name="desk-orders"),
    path("orders/new/", new_order, name="desk-order-new"),
    path("orders/<slug:number>/", order, name="desk-order"),
    path("orders/<slug:number>.pdf", order_file, name="desk-order-pdf"),
    path("orders/<slug:number>/proceed/", proceed, name="desk-order-proceed"),
]
