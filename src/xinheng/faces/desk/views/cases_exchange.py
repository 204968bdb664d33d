"""Desk page of a sandbox: repair cases as 信用中国 would push them, and the results that go back. A simulation."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk import mirroring
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.intake import actor
from xinheng.home import home
from xinheng.remedies import service as remedies

COLUMNS = ("外部编号", "统一社会信用代码", "文书号", "申请事由", "重整裁定")
FIELDS = ("outside", "uscc", "document", "reason", "ruling")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("cases.reassign")
def exchange(request: Any) -> HttpResponseBase:
    """A push of one application: it becomes a case on the authority's desk, or is turned back with the reason."""
    _sandbox()
    form = request.POST
    given = {name: form.get(name, "").strip()[:400] for name in FIELDS}
    given["outside"] = given["outside"] or f"XYZG{today():%Y%m%d}{now():%H%M%S}"
    context: dict[str, Any] = {
        "section": "cases",
        "given": given,
        "commitment": form.get("commitment") == "1",
    }
    if request.method != "POST":
        return page(request, "desk/cases_exchange.html", context | {"commitment": True})
    row = dict(zip(COLUMNS, (given[name] for name in FIELDS), strict=True))
    row |= {"信用承诺": "是" if context["commitment"] else "", "推送日期": today().isoformat()}
    at = now()
    done = remedies.push(rows=[row], at=at, actor=f"simulated:{actor(request)}")
    evidence.drain(at=at, wait=False)
    if done.opened:
        return HttpResponseRedirect(reverse("desk-case", args=[done.opened[0]]))
    context["said"] = done.refused[0][2] if done.refused else _("这个外部编号已经推送过，没有重复立案。")
    return page(request, "desk/cases_exchange.html", context, status=400)


@require_POST
@desk("cases.reassign")
def results(request: Any) -> HttpResponse:
    """The results 信用中国 has not confirmed yet, as the file that would be sent; told is written into the ledger."""
    _sandbox()
    frame = remedies.results(at=now(), actor=actor(request))
    content = mirroring.table(frame.columns, frame.iter_rows())
    return file(content, f"repair-results-{today()}.csv", "text/csv; charset=utf-8")


def _sandbox() -> None:
    if not home().sandbox:
        raise Http404


urlpatterns: list[URLPattern] = [
    path("cases/exchange/", exchange, name="desk-case-exchange"),
    path("cases/exchange/results/", results, name="desk-case-exchange-results"),
]
