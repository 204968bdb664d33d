"""Desk page: opening a listing. The kind with its provision and exits first, the facts, a look at whom it touches, the act.

Opening lists nobody: it begins the proceeding, and the organisation is heard before anything is decided.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from xinheng.evidence import service as evidence
from xinheng.faces import holding
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views.cases_access import given_token, token, worker
from xinheng.faces.desk.views.cases_acting import held, uploads
from xinheng.faces.site import measure_rows as rows
from xinheng.kernel import personal
from xinheng.kernel import uscc as codes
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.register import service as register

TEXT = 4_000


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: Any) -> HttpResponseBase:
    """The form, the look, the act. Files stay in memory, so the handler is set before the body is read."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _listing(request)
    return answer


@csrf_protect
@desk("lists.open")
def _listing(request: Any) -> HttpResponseBase:
    asked = request.POST if request.method == "POST" else request.GET
    code = codes.clean(asked.get("uscc", "")[:40]).code or ""
    kind = law.list_kinds(pack=law.active(), on=today()).get(asked.get("kind", "")[:64])
    typed = asked.get("uscc", "").strip()[:40]
    if personal.looks_like_citizen_id(typed) and not codes.is_valid(typed):
        # Not shown again, not looked up, kept nowhere
        context = _context(request, "", kind) | {
            "said": _("这像是个人证件号码：自然人一律不列入。输入的内容没有保存。")
        }
        return page(request, "desk/listing.html", context, status=400)
    context = _context(request, typed, kind)
    if kind is None or not code:
        if asked.get("uscc") or asked.get("kind"):
            context["said"] = _("请填主体的统一社会信用代码，并选名单的种类。")
            return page(request, "desk/listing.html", context, status=400)
        return page(request, "desk/listing.html", context)
    known = register.get([code]).get(code)
    why = lists.may_open(authority=request.account.body, kind=kind.code, on=today())
    if known is None or why:
        context["said"] = why or _("登记库里没有这个代码：没有登记的不能列入。请核对代码。")
        return page(request, "desk/listing.html", context, status=400)
    context |= _about(known, kind, today())
    if request.method != "POST" or request.POST.get("stage") == "choose":
        # Not as a reading the organisation is shown: it is told of a listing by the notice, not before
        noted(request, "listing", purpose="办理列入", about=known.code, kind=kind.code)
        return page(request, "desk/listing.html", context)
    given = _given(request, kind)
    context["given"] = given
    if given["problems"]:
        return page(request, "desk/listing.html", context, status=400)
    if request.POST.get("stage") != "do":
        return page(request, "desk/listing.html", context | {"looked": True})
    return _opened(request, known.code, kind.code, given, context)


def _context(request: Any, typed: str, kind: Any) -> dict[str, Any]:
    """The kinds this unit may list on; each of the others with the reason why it may not."""
    open_to: list[Any] = []
    closed: list[tuple[Any, str]] = []
    for one in law.list_kinds(pack=law.active(), on=today()).values():
        why = lists.may_open(authority=request.account.body, kind=one.code, on=today())
        if why:
            closed.append((one, why))
        else:
            open_to.append(one)
    return {
        "section": "lists",
        "typed": typed,
        "kind": kind,
        "open_to": open_to,
        "closed": closed,
        "token": given_token(request) or token(),
        "given": {"trigger": "", "basis": "", "facts": "", "documents": "", "held": [], "problems": []},
    }


def _about(known: register.Organisation, kind: law.ListKind, on: Any) -> dict[str, Any]:
    """Whom it touches, under which provision, for how long, and how one comes off."""
    mine = lists.of_usccs(usccs=[known.code], on=on).get(known.code, [])
    return {
        "org": known,
        "row": rows.kind(law.active(), on, kind.code),
        "already": [one for one in mine if one.kind == kind.code],
        "others": sorted({one.kind_name for one in mine if one.kind != kind.code}),
        "triggers": [
            (one.code, rows.said(one), rows.rests(one.source, law.active())) for one in kind.triggers
        ],
        "basis": [str(one) for one in kind.basis],
    }


def _given(request: Any, kind: law.ListKind) -> dict[str, Any]:
    form = request.POST
    problems: list[str] = []
    known = {one.code for one in kind.triggers}
    found: dict[str, Any] = {
        "trigger": form.get("trigger", "") if form.get("trigger", "") in known else "",
        "basis": form.get("basis", "").strip()[:400],
        "facts": form.get("facts", "").strip()[:TEXT],
        "documents": form.get("documents", "").strip()[:1_000],
        "held": held(request, problems),
    }
    if known and not found["trigger"]:
        problems.append(_("请选一项列入情形。"))
    if not found["facts"]:
        problems.append(_("请写明事实：它会写进告知书，送达当事人。"))
    if not found["documents"]:
        problems.append(_("请写依据的文书文号：没有生效文书的事实不能据以列入。"))
    found["problems"] = problems
    found["numbers"] = [line.strip() for line in found["documents"].splitlines() if line.strip()]
    found["trigger_says"] = next(
        (rows.said(one) for one in kind.triggers if one.code == found["trigger"]), ""
    )
    return found


def _opened(
    request: Any, uscc: str, kind: str, given: dict[str, Any], context: dict[str, Any]
) -> HttpResponseBase:
    """Opens the case once for each form, and leads to it."""
    at = now()
    try:
        done = lists.open_listing(
            authority=request.account.body, uscc=uscc, kind=kind, facts=given["facts"], documents=given["numbers"],
            trigger=given["trigger"], basis=given["basis"], actor=worker(request), at=at, token=given_token(request),
            attachments=uploads(given["held"], request.account.name),
        )  # fmt: skip
    except XinhengError as error:
        answer: HttpResponse = page(
            request, "desk/listing.html", context | {"said": error.message}, status=400
        )
        return answer
    for one in given["held"]:
        holding.drop(one["handle"])
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(reverse("desk-case", args=[done.case.number]) + "?done=open")


urlpatterns: list[URLPattern] = [path("lists/open/", listing, name="desk-listing")]
