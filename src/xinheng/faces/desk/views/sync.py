"""Desk pages: where other places show entries otherwise than here, and comparing with a list of one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views.cases_access import reader
from xinheng.faces.site.views.common import keyset
from xinheng.home import home
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.register import service as register
from xinheng.sync import service as sync

PAGE = 50
ONLY = ("differs", "late")


@require_safe
@desk("sync.read")
def board(request: Any) -> HttpResponse:
    """The board: each place in figures, then the entries; first those some place shows otherwise."""
    return _board(request)


def _board(request: Any, *, status: int = 200, **said: Any) -> HttpResponse:
    who, on = reader(request), today()
    only = request.GET.get("only", "differs")
    place = request.GET.get("place", "") if request.GET.get("place", "") in sync.PLACES else ""
    after = keyset(request)
    if only == "late" and place:
        ids = sync.late_ids(reader=who, place=place, on=on, after=after, limit=PAGE + 1)
        rows, later = sync.rows_of(ids[:PAGE], on=on), ids[PAGE - 1] if len(ids) > PAGE else None
    else:
        only = "differs" if only == "differs" else ""
        rows, later = sync.board(reader=who, on=on, only=only, place=place, after=after, limit=PAGE)
    names = register.get(sorted({row.uscc for row in rows}))
    items = law.active().items
    if rows:
        noted(request, "sync", purpose="核对各处公示", usccs=sorted({row.uscc for row in rows}))
    context = {
        "section": "sync",
        "counts": sync.counters(reader=who, on=on),
        "rows": [
            (row, items.get(row.item), names[row.uscc].shown_name if row.uscc in names else row.uscc) for row in rows
        ],
        "next": later or "",
        "only": only,
        "place": place,
        "places": sync.PLACES,
        "may_act": request.account.may("sync.act") and request.account.only_body is None,
        "simulated": home().sandbox,
        "items": [items[code] for code in sorted(items)],
        "comparisons": sync.comparisons(limit=5) if request.account.only_body is None else [],
    }  # fmt: skip
    return page(request, "desk/sync.html", context | said, status=status)


@csrf_exempt
@require_http_methods(["POST"])
def compare(request: Any) -> HttpResponseBase:
    """A list of what a place shows, compared: what differs gets a ticket, what agrees again is settled."""
    request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _compare(request)
    return answer


@csrf_protect
@desk("sync.act")
def _compare(request: Any) -> HttpResponseBase:
    if request.account.only_body is not None:
        return _board(request, status=403, said=_("比对由信用办做。"))
    file = request.FILES.get("list")
    if request.META.get("XINHENG_UPLOAD_TOO_LARGE") or file is None:
        return _board(request, status=400, said=_("请选一份名单（CSV 或 XLSX，不超过 50 MB）。"))
    at = now()
    try:
        told = sync.compare(
            place=request.POST.get("place", "")[:16], content=file.read(), item=request.POST.get("item", "")[:64],
            whole=request.POST.get("whole") == "1", at=at, actor=f"desk:{request.account.name}",
        )  # fmt: skip
        swept = sync.sweep(at=at, place=told.place)
    except XinhengError as error:
        return _board(request, status=400, said=error.message)
    evidence.drain(at=at, wait=False)
    return _board(request, told=told, swept=swept)


@require_POST
@desk("sync.act")
def simulate(request: Any) -> HttpResponseBase:
    """Compares with the simulated place of a sandbox, as if its list had come."""
    if request.account.only_body is not None:
        return _board(request, status=403, said=_("比对由信用办做。"))
    at = now()
    told = sync.simulate(
        place=request.POST.get("place", "")[:16], faults=request.POST.get("faults") == "1", at=at
    )
    sync.sweep(at=at, place=told.place)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(f"{reverse('desk-sync')}?place={told.place}")


urlpatterns: list[URLPattern] = [
    path("sync/", board, name="desk-sync"),
    path("sync/compare/", compare, name="desk-sync-compare"),
    path("sync/simulate/", simulate, name="desk-sync-simulate"),
]
