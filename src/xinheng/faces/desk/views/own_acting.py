"""What the organisation does about an entry: object, prepare a repair, report a place that did not follow."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views import own_shared
from xinheng.faces.desk.views.cases_access import given_token, token
from xinheng.faces.desk.views.cases_papers import file as as_file
from xinheng.faces.site.views.common import shown_cards
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.remedies import service as remedies
from xinheng.reports.papers import case_paper
from xinheng.sync import service as sync

MOST_FILES, LARGEST_FILE = 10, 10 * 1024 * 1024
TEXT = 2_000


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def object_(request: Any, statement: int) -> HttpResponseBase:
    """The form of an objection. Files stay in memory, so the handler is set before the form is read."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _object(request, statement)
    return answer


@csrf_protect
@desk("own.act")
def _object(request: Any, statement: int) -> HttpResponseBase:
    entry, on = own_shared.entry(request, statement), today()
    form = request.POST
    open_ = [
        line for line in cases.of_statements(ids=[statement], on=on).get(statement, ()) if line.kind == "objection"
    ]  # fmt: skip
    context = own_shared.frame(request, "own-file") | {
        "card": shown_cards([entry], on=on)[0],
        "fields": [(law.active().items[entry.item].by_code.get(code), code, name, entry.values.get(code, ""))
                   for code, name in remedies.objectionable(statement=statement, on=on)],
        "token": given_token(request) or token(),
        "wanted": form.get("field", request.GET.get("field", ""))[:64],
        "reason": form.get("reason", "")[:TEXT],
        "already": open_[0] if open_ else None,
    }  # fmt: skip
    if request.method != "POST":
        return page(request, "desk/own_object.html", context)
    if stopped := own_shared.of_another(request):
        return stopped
    files, problem = handed_in(request)
    if not problem and not context["reason"].strip():
        problem = _("请写明理由：哪里不对，正确的是什么。")
    if problem:
        return page(request, "desk/own_object.html", context | {"said": problem}, status=400)
    at = now()
    try:
        done = remedies.object(
            statement=statement, field=context["wanted"], reason=context["reason"].strip(),
            actor=own_shared.actor(request), at=at, channel="workspace", attachments=files, token=given_token(request),
        )  # fmt: skip
    except XinhengError as error:
        return page(request, "desk/own_object.html", context | {"said": error.message}, status=400)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(reverse("desk-own-case", args=[done.case.number]) + "?new=1")


def handed_in(request: Any) -> tuple[list[cases.Upload], str]:
    """The files of a form, or what is wrong with them; their kind is judged by the cases room."""
    given = request.FILES.getlist("file")
    if (
        request.META.get("XINHENG_UPLOAD_TOO_LARGE")
        or len(given) > MOST_FILES
        or any(one.size > LARGEST_FILE for one in given)
    ):
        return [], _("文件太大：每份不超过 10 MB，共不超过 10 份。")
    return [
        cases.Upload(name=(one.name or "").replace("\\", "/").rsplit("/", 1)[-1][:120], content=one.read())
        for one in given
    ], ""


@require_safe
@desk("own.read")
def repair(request: Any, statement: int) -> HttpResponse:
    """Preparing a repair: since when, what is proven, what is to be brought, the letter, and the way to the window."""
    entry, on = own_shared.entry(request, statement), today()
    listed = remedies.checklist(statement=statement, on=on, audience="self")
    context = own_shared.frame(request, "own-file") | {
        "card": shown_cards([entry], on=on)[0],
        "list": listed,
        "working": listed.working_en if own_shared.language() == "en" else listed.working,
        "english": own_shared.language() == "en",
    }
    return page(request, "desk/own_repair.html", context)


@require_safe
@desk("own.read")
def letter(request: Any, statement: int) -> HttpResponse:
    """The commitment letter, ready to be sealed, as PDF."""
    own_shared.entry(request, statement)
    listed = remedies.checklist(statement=statement, on=today(), audience="self")
    name = f"信用修复承诺书-{statement}.pdf"
    return as_file(case_paper(listed.letter), name, "application/pdf", inline=True)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("own.act")
def unsynced(request: Any, statement: int) -> HttpResponseBase:
    """Report that a place still shows, or does not show, one of its entries: a ticket, once for each place."""
    entry, on = own_shared.entry(request, statement), today()
    context = own_shared.frame(request, "own-sync") | {
        "card": shown_cards([entry], on=on)[0],
        "row": next(iter(sync.rows_of([statement], on=on)), None),
        "places": sync.PLACES,
        "place": (request.POST if request.method == "POST" else request.GET).get("place", "")[:16],
        "reason": request.POST.get("reason", "")[:500],
        "token": given_token(request) or token(),
    }
    if request.method != "POST":
        return page(request, "desk/own_unsynced.html", context)
    if stopped := own_shared.of_another(request):
        return stopped
    at = now()
    try:
        done = sync.report_unsynced(
            statement=statement, place=context["place"], reason=context["reason"],
            actor=own_shared.actor(request), at=at, token=given_token(request),
        )  # fmt: skip
    except XinhengError as error:
        return page(request, "desk/own_unsynced.html", context | {"said": error.message}, status=400)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(reverse("desk-own-case", args=[done.case.number]) + "?new=1")


urlpatterns: list[URLPattern] = [
    path("own/object/<int:statement>/", object_, name="desk-own-object"),
    path("own/repair/<int:statement>/", repair, name="desk-own-repair"),
    path("own/repair/<int:statement>/letter.pdf", letter, name="desk-own-letter"),
    path("own/unsynced/<int:statement>/", unsynced, name="desk-own-unsynced"),
]
