"""Desk pages of stamped batch requests: a unit asks under a letter, another account of the office approves, the checks run."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.checks import requests as batch_requests
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now
from xinheng.faces.desk import sources
from xinheng.faces.desk.access import desk, noted, page, refused
from xinheng.faces.desk.checks_shown import SCOPES, matter_words, purpose_words, sector_of
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views import checks_batch
from xinheng.faces.desk.views.cases_access import given_token, token
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.site.views.common import keyset
from xinheng.kernel.errors import XinhengError

PAGE = 30
STATES = {
    "sent": gettext_lazy("待批准"), "approved": gettext_lazy("已批准，待执行"), "refused": gettext_lazy("不批准"),
    "withdrawn": gettext_lazy("已撤回"), "done": gettext_lazy("已办结"),
}  # fmt: skip
ACTS = {
    "approve": gettext_lazy("批准"), "refuse": gettext_lazy("不批准"), "withdraw": gettext_lazy("撤回"),
    "run": gettext_lazy("执行核查"),
}  # fmt: skip
# A unit asks as one that decides such matters, whichever of its posts typed the letter in
UNIT_ROLE = "authority"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def requested(request: Any) -> HttpResponseBase:
    """The requests and the form of a new one. Files stay in memory, so the handler is set before the body is read."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _requested(request)
    return answer


@csrf_protect
@desk("checks.ask")
def _requested(request: Any) -> HttpResponseBase:
    account = request.account
    context = checks_batch.form(request) | {
        "section": "check-requests",
        "token": given_token(request) or token(),
        "letter": request.POST.get("letter", "").strip()[:80],
        "units": sources.senders(account) if account.only_body is None else [],
        "unit_given": request.POST.get("unit", ""),
        "may_share": True,
    }
    status = 200
    if request.method == "POST":
        number = _asked(request, context)
        if number:
            return HttpResponseRedirect(reverse("desk-check-request", args=[number]))
        status = 400
    rows = batch_requests.requests(body=account.only_body, after=keyset(request), limit=PAGE + 1)
    names = sources.names({one.body for one in rows})
    context |= {
        "rows": [(one, names[one.body], matter_words(one.matter), STATES[one.state]) for one in rows[:PAGE]],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else "",
        "waiting": sum(one.state in ("sent", "approved") for one in rows[:PAGE]),
    }
    return page(request, "desk/check_requests.html", context, status=status)


def _asked(request: Any, context: dict[str, Any]) -> str:
    """The number of the request the form makes; "" with the reason in the context where it cannot be made."""
    given = context["given"]
    sender = sources.sender_of(request.account, request.POST.get("unit", ""))
    sifted, problem = checks_batch.brought(request)
    scan = request.FILES.get("scan")
    if sender is None:
        problem = problem or _("请选申请单位：盖章的函是谁的，就选谁。")
    if problem or sifted is None or sender is None:
        context["problem"] = problem
        return ""
    at = now()
    try:
        made = batch_requests.ask(
            body=sender.code, role=UNIT_ROLE, matter=given["matter"], sifted=sifted,
            scope="shared" if given["scope"] == "shared" else "public",
            purpose=given["purpose"] if given["scope"] == "shared" else "", case_number=given["case_number"],
            letter=context["letter"], scan=scan.read() if scan is not None else b"", actor=actor(request), at=at,
            token=given_token(request),
        )  # fmt: skip
    except XinhengError as error:
        context["said"] = error.message
        return ""
    evidence.drain(at=at, wait=False)
    return made.number


@require_safe
@desk("checks.ask")
def one(request: Any, number: str) -> HttpResponse:
    """One request: whose letter, which codes, what became of it, and what may be done now."""
    account = request.account
    found = batch_requests.request(number=number[:20], body=account.only_body)
    names = sources.names([found.body])
    own_form = found.sent_by == actor(request)
    context = {
        "section": "check-requests",
        "found": found,
        "asked_by": names[found.body],
        "matter": matter_words(found.matter),
        "purpose": purpose_words(found.matter, found.purpose),
        "scope": SCOPES[found.scope],
        "state": STATES[found.state],
        "steps": [(step, ACTS[step.act]) for step in found.steps],
        "codes": found.codes[:50],
        "may_approve": account.may("checks.approve") and found.state == "sent" and not own_form,
        "may_refuse": account.may("checks.approve") and found.state in ("sent", "approved"),
        "may_run": account.may("checks.approve") and found.state == "approved",
        "own_form": own_form and account.may("checks.approve") and found.state == "sent",
        "may_withdraw": account.only_body == found.body and found.state == "sent",
    }
    return page(request, "desk/check_request.html", context)


@require_POST
@desk("checks.ask")
def act(request: Any, number: str, step: str) -> HttpResponseBase:
    """Approve and run, run again, refuse, or take back. Approval is the office's, by another account than the sender's."""
    account, at, who = request.account, now(), actor(request)
    found = batch_requests.request(number=number[:20], body=account.only_body)
    if step == "withdraw":
        batch_requests.withdraw(number=found.number, body=account.body, actor=who, at=at)
    elif not account.may("checks.approve"):
        return refused(request)
    elif step == "refuse":
        batch_requests.refuse(number=found.number, reason=request.POST.get("reason", ""), actor=who, at=at)
    else:
        if found.state == "sent":
            batch_requests.approve(number=found.number, actor=who, at=at)
        batch_requests.run(number=found.number, sector=sector_of(found.body), actor=who, at=at)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(reverse("desk-check-request", args=[found.number]))


@require_safe
@desk("checks.ask")
def letter(request: Any, number: str) -> HttpResponse:
    """The scanned letter, only ever as a download."""
    found = batch_requests.request(number=number[:20], body=request.account.only_body)
    media, content = batch_requests.letter(number=found.number)
    noted(request, "check-letter", purpose="办理批量核查申请", letter=found.number)
    return file(content, f"{found.number}.{media.rsplit('/', 1)[-1]}", media)


urlpatterns: list[URLPattern] = [
    path("check/requests/", requested, name="desk-check-requests"),
    path("check/requests/<slug:number>/", one, name="desk-check-request"),
    path("check/requests/<slug:number>/letter/", letter, name="desk-check-request-letter"),
    path("check/requests/<slug:number>/<slug:step>/", act, name="desk-check-request-act"),
]
