"""Desk page of the counter (代办): an objection or an application for repair taken in for an organisation that came."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.faces import holding
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views.cases_access import as_day, given_token, reader, token, worker
from xinheng.faces.desk.views.cases_acting import held, uploads
from xinheng.faces.desk.views.cases_one import whole
from xinheng.faces.site.views.common import shown_cards
from xinheng.kernel import uscc
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.remedies import service as remedies
from xinheng.search import service as search

KINDS = ("objection", "repair")
PAGE = 40
TEXT = 2_000


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: Any) -> HttpResponseBase:
    """The organisation, its entry, the form. Files stay in memory, so the handler is set before the body is read."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _counter(request)
    return answer


@csrf_protect
@desk("cases.counter")
def _counter(request: Any) -> HttpResponseBase:
    asked = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {"section": "counter", "q": asked.get("q", "").strip()[:60], "token": token()}
    statement = asked.get("statement", "")
    if statement.isdigit() and len(statement) < 19:
        entry = _entry(request, int(statement))
        kind = asked.get("kind", "")
        if kind not in KINDS:
            raise Http404
        if request.method == "POST":
            return _taken(request, entry, kind)
        noted(request, "counter-entry", purpose="窗口代办", statement=entry.id, uscc=entry.uscc)
        return page(request, "desk/counter_form.html", _form(request, entry, kind))
    if request.method == "POST":
        raise Http404
    code = uscc.clean(asked.get("uscc", "")[:60]).code
    if code:
        return page(request, "desk/counter.html", context | _organisation(request, code))
    if context["q"]:
        typed = uscc.clean(context["q"]).code
        if typed and uscc.is_valid(typed):
            return HttpResponseRedirect(f"{reverse('desk-counter')}?uscc={typed}")
        found = search.find(q=context["q"], limit=20)
        codes = [hit.code for hit in found.hits]
        seen, known = publication.has_any(usccs=codes, audience="authority", on=today()), register.get(codes)
        context["hits"] = [
            (hit.code, known[hit.code].shown_name if hit.code in known else hit.code, hit.code in seen)
            for hit in found.hits
        ]
    return page(request, "desk/counter.html", context)


def _organisation(request: Any, code: str) -> dict[str, Any]:
    """The entries about an organisation this desk may take a claim for, those against it first."""
    on = today()
    entries = publication.statements(
        audience="authority", on=on, uscc=code, authority=request.account.only_body, limit=PAGE
    )
    many = len(entries) == PAGE
    entries = [entry for entry in entries if not _internal(entry)]
    noted(request, "counter-organisation", purpose="窗口代办", uscc=code, rows=len(entries))
    known = register.get([code]).get(code)
    shown = shown_cards(entries, on=on)
    busy = cases.of_statements(ids=[entry.id for entry in entries], open_only=True)
    lines: list[dict[str, Any]] = [{"card": card, "open": busy.get(card.id, [])} for card in shown]
    lines.sort(key=lambda line: not line["card"].adverse)
    name = (
        known.shown_name
        if known
        else (entries[0].values.get(_subject_field(entries[0]), code) if entries else "")
    )
    return {
        "org": {"code": code, "name": name, "known": known is not None},
        "lines": lines,
        "many": many,
    }


def _subject_field(entry: publication.Entry) -> str:
    return law.active().items[entry.item].subject_name


def _entry(request: Any, statement: int) -> publication.Entry:
    """The entry a claim is about, if this desk may take claims about it. Raises `Http404`."""
    entry = publication.statement(id=statement, audience="authority", on=today())
    if entry is None or _internal(entry) or request.account.only_body not in (None, entry.authority):
        raise Http404
    return entry


def _internal(entry: publication.Entry) -> bool:
    """What is for supervision only is not shown to whoever stands at the window."""
    return law.active().items[entry.item].internal


def _form(request: Any, entry: publication.Entry, kind: str) -> dict[str, Any]:
    on, given = today(), request.POST
    known = register.get([entry.uscc]).get(entry.uscc)
    context: dict[str, Any] = {
        "section": "counter",
        "entry": entry,
        "kind_code": kind,
        "kind": law.case_kinds(pack=law.active(), on=on).get(kind),
        "card": shown_cards([entry], on=on)[0],
        "subject": known.shown_name if known else entry.values.get(_subject_field(entry), entry.uscc),
        "token": given_token(request) or token(),
        "today_iso": on.isoformat(),
        "given": {
            name: given.get(name, "").strip()[:TEXT]
            for name in ("reason", "field", "outside", "ruling", "received_on", "commitment")
        },
        "given_materials": given.getlist("material"),
    }
    if kind == "objection":
        item = law.active().items[entry.item]
        fields = remedies.objectionable(statement=entry.id, on=on)
        context["fields"] = [(code, item.by_code.get(code), name) for code, name in fields]
    else:
        try:
            context["checklist"] = remedies.checklist(statement=entry.id, on=on)
        except XinhengError as error:
            context["said"] = error.message
    return context


def _taken(request: Any, entry: publication.Entry, kind: str) -> HttpResponseBase:
    """Opens the case for the organisation that stands at the counter, once for each form, and leads to its receipt."""
    form, problems = request.POST, list[str]()
    files = held(request, problems)
    received = as_day(form.get("received_on", "")) or today()
    if received > today():
        problems.append(_("收到申请的日期不能在今天之后。"))
    at = now()
    shared = {
        "statement": entry.id, "actor": worker(request), "at": at, "channel": "counter", "token": given_token(request),
        "received_on": received, "reason": form.get("reason", "").strip()[:TEXT],
    }  # fmt: skip
    said = ""
    if not problems:
        papers = uploads(files, request.account.name)
        try:
            if kind == "objection":
                done = remedies.object(field=form.get("field", "")[:64], attachments=papers, **shared)
            else:
                done = remedies.apply_repair(
                    outside=form.get("outside", "").strip()[:60], commitment=form.get("commitment") == "1",
                    reorganisation=form.get("ruling", "").strip()[:80], materials=tuple(form.getlist("material")[:20]),
                    attachments=papers, **shared,
                )  # fmt: skip
        except XinhengError as error:
            said = error.message
        else:
            for one in files:
                holding.drop(one["handle"])
            evidence.drain(at=at, wait=False)
            return HttpResponseRedirect(reverse("desk-counter-receipt", args=[done.case.number]))
    context = _form(request, entry, kind) | {"problems": problems, "held": files}
    if said:
        context["said"] = said
    return page(request, "desk/counter_form.html", context, status=400)


@require_safe
@desk("cases.counter")
def receipt(request: Any, number: str) -> HttpResponse:
    """What the applicant takes home: number, day, what was handed in, by when and by whom it is answered."""
    found = cases.case(number=number, reader=reader(request), on=today())
    noted(request, "counter-receipt", purpose="窗口代办", case=found.number, uscc=found.uscc)
    return page(request, "desk/counter_receipt.html", whole(request, found) | {"section": "counter"})


urlpatterns: list[URLPattern] = [
    path("counter/", counter, name="desk-counter"),
    path("counter/<str:number>/", receipt, name="desk-counter-receipt"),
]
