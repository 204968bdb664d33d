"""Desk pages: the repair notice (信用修复告知书), made when a penalty is decided, served with it; and those without one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk import sources
from xinheng.faces.desk.access import desk, noted, page, refused
from xinheng.faces.desk.views.cases_access import as_day, given_token, token
from xinheng.faces.desk.views.cases_papers import file, manners
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.desk.views.names import number as as_number
from xinheng.kernel import uscc
from xinheng.kernel.errors import XinhengError
from xinheng.publication import service as publication
from xinheng.remedies import service as remedies
from xinheng.reports.papers import case_paper

PAGE = 30
TEXTS = ("document", "subject", "categories", "fine", "basis", "facts", "duties")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("cases.read")
def notices(request: Any) -> HttpResponseBase:
    """The form of a notice, the notices made, and the penalties that came in without a day of service."""
    account, form = request.account, request.POST
    units = sources.senders(account) if account.may("cases.decide") else []
    context: dict[str, Any] = {
        "section": "repair-notice",
        "units": units,
        "may_make": account.may("cases.decide"),
        "token": given_token(request) or token(),
        "today_iso": today().isoformat(),
        "given": {
            name: form.get(name, "").strip()[:2000] for name in (*TEXTS, "uscc", "decided_on", "authority")
        },
        "consent": form.get("consent") == "1",
        "manners": manners(coded=True),
    }
    status = 200
    if request.method == "POST":
        if not account.may("cases.decide"):
            return refused(request)
        number = _made(request, context)
        if number is not None:
            return HttpResponseRedirect(f"{reverse('desk-repair-notice')}?{urlencode({'made': number})}#made")
        status = 400
    body = account.only_body
    after = as_number(request.GET.get("after"))
    rows, following = remedies.unserved(authority=body, after=after, limit=PAGE, on=today())
    if rows:
        noted(request, "unserved", purpose="补录送达日期", source=body or "", rows=len(rows))
    ways = dict(manners(coded=True))
    made, _more = remedies.notices(authority=body, limit=PAGE)
    context |= {
        "rows": rows,
        "next": following,
        "notices": [(one, ways.get(one.manner, one.manner)) for one in made],
        "made": request.GET.get("made", "")[:80],
    }
    return page(request, "desk/repair_notice.html", context, status=status)


def _made(request: Any, context: dict[str, Any]) -> str | None:
    """The number of the notice the form asks for; None, with the reason in the context, where it cannot be made."""
    given = context["given"]
    code = uscc.clean(given["uscc"]).code
    sender = sources.sender_of(request.account, given["authority"])
    decided = as_day(given["decided_on"])
    problems = []
    if sender is None:
        problems.append(_("请选作出决定的单位。"))
    if not code or not uscc.is_valid(code):
        problems.append(_("统一社会信用代码不对：应为 18 位，并且校验位相符。"))
    if decided is None or decided > today():
        problems.append(_("请填决定日期（如 2026-11-20），不能在今天之后。"))
    if not given["document"] or not given["subject"]:
        problems.append(_("请填决定书文号和当事人名称。"))
    context["problems"] = problems
    if problems or sender is None or decided is None:
        return None
    at = now()
    try:
        made = remedies.repair_notice(
            authority=sender.code, uscc=code, decided_on=decided, consent=context["consent"],
            token=given_token(request), at=at, actor=actor(request), **{name: given[name] for name in TEXTS},
        )  # fmt: skip
    except XinhengError as error:
        context["said"] = error.message
        return None
    evidence.drain(at=at, wait=False)
    return made.number


@require_POST
@desk("cases.decide")
def served(request: Any) -> HttpResponseBase:
    """Records when and how a notice was served, by its number or by the penalty it belongs to."""
    form = request.POST
    day = as_day(form.get("on", ""))
    manner = form.get("manner", "")
    statement = as_number(form.get("statement"))
    wanted = form.get("number", "")[:80]
    if day is None or day > today() or manner not in remedies.MANNERS or not (statement or wanted):
        context = {
            "title": _("这一步没有做成"),
            "words": _("请填送达日期（不能在今天之后），并选送达方式。"),
        }
        return page(request, "desk/problem.html", context, status=400)
    at = now()
    if request.account.only_body is not None:
        _own(request, statement, wanted)
    remedies.served(statement=statement, number=wanted, on=day, manner=manner, actor=actor(request), at=at)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(f"{reverse('desk-repair-notice')}?served=1")


def _own(request: Any, statement: int | None, number: str) -> None:
    """Raises `Http404` unless the notice or the penalty is one of this account's own unit."""
    body = request.account.only_body
    try:
        if number:
            remedies.notice(number=number, authority=body)
            return
    except remedies.NoticeIncomplete:
        raise Http404 from None
    entry = publication.statement(id=statement or 0, audience="authority", on=today())
    if entry is None or entry.authority != body:
        raise Http404


@require_safe
@desk("cases.read")
def paper(request: Any, number: str) -> HttpResponse:
    """The notice as PDF; another unit's is a 404."""
    try:
        found = remedies.notice(number=number, authority=request.account.only_body)
    except remedies.NoticeIncomplete:
        raise Http404 from None
    noted(request, "repair-notice", purpose="制作修复告知书", notice=number, uscc=found.uscc)
    return file(case_paper(found.content), f"{number}.pdf", "application/pdf", inline=True)


urlpatterns: list[URLPattern] = [
    path("repair-notice/", notices, name="desk-repair-notice"),
    path("repair-notice/served/", served, name="desk-repair-notice-served"),
    path("repair-notice/<str:number>.pdf", paper, name="desk-repair-notice-paper"),
]
