"""Desk page of the office: which agents' accounts organisations have, and ending one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from xinheng.accounts import service as accounts
from xinheng.faces.clock import now
from xinheng.faces.desk.access import desk, noted, page
from xinheng.register import service as register

PAGE = 50


@require_safe
@desk("claims.end")
def claims(request: Any) -> HttpResponse:
    """Agents' accounts, by organisation or all. An account is a digest: who the agent is stands nowhere."""
    body = request.GET.get("body", "").strip().upper()[:18]
    rows = accounts.claims(body=body, after=request.GET.get("after", "")[:40], limit=PAGE + 1)
    more, rows = rows[PAGE - 1].account if len(rows) > PAGE else "", rows[:PAGE]
    names = register.get(sorted({one.uscc for one in rows}))
    if rows:
        noted(request, "claims", purpose="管理企业经办账户", usccs=sorted({one.uscc for one in rows}))
    shown = [(one, names[one.uscc].shown_name if one.uscc in names else one.uscc) for one in rows]
    return page(
        request, "desk/account_claims.html", {"section": "claims", "rows": shown, "more": more, "body": body}
    )


@require_POST
@desk("claims.end")
@csrf_protect
def claim_end(request: Any, name: str) -> HttpResponseBase:
    """Ends an agent's account, with the reason; or lets it in again."""
    actor = f"desk:{request.account.name}"
    if request.POST.get("act") == "reopen":
        accounts.reopen_claim(name=name, at=now(), actor=actor)
    else:
        accounts.end_claim(name=name, reason=request.POST.get("reason", "")[:400], at=now(), actor=actor)
    return HttpResponseRedirect(reverse("desk-claims"))


urlpatterns: list[URLPattern] = [
    path("claims/", claims, name="desk-claims"),
    path("claims/<slug:name>/end/", claim_end, name="desk-claim-end"),
]
