"""Desk pages: the papers of a case as PDF, and what was handed in with it. Handed-in files are only ever downloaded."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xinheng.cases import service as cases
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.cases_access import as_day, reader, told_to, worker
from xinheng.faces.site.words import in_chinese
from xinheng.remedies import service as remedies
from xinheng.reports.paper_entry import completed
from xinheng.reports.papers import case_paper


def manners(*, coded: bool = False) -> list[tuple[str, str]]:
    """The manners of service to choose from: what the form sends, and its name in the language of the page."""
    return [
        (code if coded else zh, zh if in_chinese() else en) for code, (zh, en) in remedies.MANNERS.items()
    ]


@require_safe
@desk("cases.read")
def paper(request: Any, number: str) -> HttpResponse:
    """One paper of a case as it is sent: numbered, in the office's form, the same bytes for the same content."""
    who = reader(request)
    found = cases.document(number=number, reader=who)
    about = cases.case(number=found.case, reader=who, on=today())
    noted(request, "case-paper", purpose="办理异议和修复", paper=number, case=found.case, **told_to(about))
    whole = completed(found.content, statement=about.statement, on=today())
    return file(case_paper(whole), f"{number}.pdf", "application/pdf", inline=True)


@require_safe
@desk("cases.read")
def handed_in(request: Any, number: str, attachment: int) -> HttpResponse:
    """What was handed in, as a download and nothing else: never opened, never run, its type never guessed."""
    who = reader(request)
    found, content = cases.attachment(number=number, id=attachment, reader=who)
    about = told_to(cases.case(number=number, reader=who, on=today()))
    noted(request, "case-attachment", purpose="审查材料", case=number, attachment=attachment, **about)
    return file(content, found.name, "application/octet-stream")


@require_POST
@desk("cases.read")
def serve(request: Any, number: str) -> HttpResponseBase:
    """Records the day and the manner in which a paper was served."""
    if not (request.account.may("cases.decide") or request.account.may("cases.counter")):
        raise Http404
    who = reader(request)
    found = cases.document(number=number, reader=who)
    day = as_day(request.POST.get("on", ""))
    manner = request.POST.get("manner", "")
    if day is None or manner not in dict(manners()):
        context = {
            "title": _("这一步没有做成"),
            "words": _("请填送达日期（如 2026-11-20），并选送达方式。"),
        }
        return page(request, "desk/problem.html", context, status=400)
    cases.serve(document=found.number, on=day, manner=manner, actor=worker(request), at=now())
    return HttpResponseRedirect(reverse("desk-case", args=[found.case]) + "?served=1#papers")


def file(content: bytes, name: str, kind: str, *, inline: bool = False) -> HttpResponse:
    """A file as an answer: nothing may guess its type, and only a PDF of ours opens in the browser."""
    response = HttpResponse(content, content_type=kind)
    place = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("cases/papers/<str:number>.pdf", paper, name="desk-case-paper"),
    path("cases/papers/<str:number>/served/", serve, name="desk-case-served"),
    path("cases/<str:number>/files/<int:attachment>", handed_in, name="desk-case-attachment"),
]
