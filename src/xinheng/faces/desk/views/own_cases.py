"""The organisation's cases: the list with the days left, one case with its steps and papers, and what it may do in it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views import own_acting, own_shared
from xinheng.faces.desk.views.cases_access import given_token, token
from xinheng.faces.desk.views.cases_one import clocks_of, next_steps, timeline
from xinheng.faces.desk.views.cases_papers import file as as_file
from xinheng.faces.desk.views.cases_shown import left
from xinheng.faces.site.views.common import keyset, shown_cards
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.reports.paper_entry import completed
from xinheng.reports.papers import case_paper

PAGE = 50


@require_safe
@desk("own.read")
def all_cases(request: Any, uscc: str) -> HttpResponse:
    """Its cases, newest first, with the days left."""
    code, on = own_shared.subject(request, uscc), today()
    lines, after = cases.of_subject(uscc=code, on=on, after=keyset(request), limit=PAGE, own=True)
    units = unit_names(
        {one.body for one in lines if one.body} | {one.authority for one in lines if one.authority}
    )
    items = law.active().items
    context = own_shared.frame(request, "own-cases") | {
        "rows": [
            (line, left(days=line.days_left, overdue=line.overdue, final=line.final),
             units.get(line.body, line.body), items.get(line.item))
            for line in lines
        ],
        "next": after or "",
    }  # fmt: skip
    return page(request, "desk/own_cases.html", context)


@require_safe
@desk("own.read")
def one(request: Any, number: str) -> HttpResponse:
    """One case: how it stands, by when it is answered and how that was counted, what was done, the papers, the ways on."""
    return page(request, "desk/own_case.html", _whole(request, number))


def _whole(request: Any, number: str) -> dict[str, Any]:
    on, who = today(), own_shared.reader(request)
    found = cases.case(number=number, reader=who, on=on)
    kind = found.shape
    papers = list(cases.documents(number=number, reader=who))
    # What one official proposed and a second has yet to confirm was not done: it is no step of the subject's case
    taken = [step for step in cases.steps(number=number, reader=who) if step.how == "done"]
    units = unit_names({one for one in (found.body, found.authority, *(step.body for step in taken)) if one})
    entry = (
        publication.statement(id=found.statement, audience="self", on=on) if found.statement is not None else None
    )  # fmt: skip
    item = law.active().items.get(found.item)
    return own_shared.frame(request, "own-cases") | {
        "case": found,
        "kind": kind,
        "state": kind.states.get(found.state) if kind else None,
        "left": left(days=found.days_left, overdue=found.overdue, final=found.final),
        "with_whom": units.get(found.body, found.body),
        "authority": units.get(found.authority, found.authority),
        "card": shown_cards([entry], on=on)[0] if entry is not None and entry.uscc == found.uscc else None,
        "asked_field": item.by_code.get(found.field) if item and found.field else None,
        "clocks": [one for one in clocks_of(found, who, on) if one["running"]],
        "steps": timeline(found, taken, units, papers),
        "papers": [(paper, kind.papers.get(paper.kind) if kind else None) for paper in papers],
        "attachments": list(cases.attachments(number=number, reader=who)),
        "possible": found.possible(own_shared.actor(request)),
        "wanted": _wanted(taken),
        "remedies": next_steps(found, papers, on) if found.final else (),
        "token": token(),
        "seen": found.version,
    }


def _wanted(taken: list[cases.Step]) -> list[str]:
    """What the authority asked to be supplied, where that was the last it asked for."""
    asked = [step for step in taken if step.detail.get("supplements")]
    return [str(one) for one in asked[-1].detail["supplements"]] if asked else []


@csrf_exempt
@require_POST
def act(request: Any, number: str) -> HttpResponseBase:
    """What the subject may do in its case: supply what was asked for, withdraw. Once, however often it is clicked."""
    request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _act(request, number)
    return answer


@csrf_protect
@desk("own.act")
def _act(request: Any, number: str) -> HttpResponseBase:
    found = cases.case(number=number, reader=own_shared.reader(request))
    if stopped := own_shared.of_another(request):
        return stopped
    form = request.POST
    if form.get("case") != found.number:
        raise Http404
    files, problem = own_acting.handed_in(request)
    version, at = form.get("version", ""), now()
    if not problem:
        try:
            cases.act(
                number=found.number, act=form.get("step", "")[:40], actor=own_shared.actor(request), at=at,
                version=int(version) if version.isdigit() else None, token=given_token(request),
                reason=form.get("reason", "").strip()[: own_acting.TEXT], attachments=files,
            )  # fmt: skip
            evidence.drain(at=at, wait=False)
            return HttpResponseRedirect(reverse("desk-own-case", args=[found.number]) + "?done=1")
        except XinhengError as error:
            problem = error.message
            if error.code == "case-moved-on":
                problem = _("您打开这一页之后，办理单位又办了一步。请看下面的经过，再决定怎么办。")
                return page(
                    request, "desk/own_case.html", _whole(request, number) | {"said": problem}, status=409
                )
    context = _whole(request, number) | {"said": problem, "reason": form.get("reason", "")[: own_acting.TEXT]}
    return page(request, "desk/own_case.html", context, status=400)


@require_safe
@desk("own.read")
def paper(request: Any, number: str) -> HttpResponse:
    """A paper of one of its cases, as PDF."""
    who = own_shared.reader(request)
    found = cases.document(number=number, reader=who)
    about = cases.case(number=found.case, reader=who)
    whole = completed(found.content, statement=about.statement, on=today())
    return as_file(case_paper(whole), f"{number}.pdf", "application/pdf", inline=True)


@require_safe
@desk("own.read")
def attachment(request: Any, number: str, attachment: int) -> HttpResponse:
    """A file of one of its cases, as a download."""
    found, content = cases.attachment(number=number, id=attachment, reader=own_shared.reader(request))
    return as_file(content, found.name, "application/octet-stream")


urlpatterns: list[URLPattern] = [
    path("own/cases/<str:number>/", one, name="desk-own-case"),
    path("own/cases/<str:number>/act/", act, name="desk-own-case-act"),
    path("own/cases/<str:number>/files/<int:attachment>", attachment, name="desk-own-attachment"),
    path("own/papers/<str:number>.pdf", paper, name="desk-own-paper"),
    path("own/<slug:uscc>/cases/", all_cases, name="desk-own-cases-of"),
]
