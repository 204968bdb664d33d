"""Desk pages: one step of a case. What it changes and whom it touches is told first; then it is done, once."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.faces import holding
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page, problem, refused
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views import cases_effects
from xinheng.faces.desk.views.cases_access import (
    as_day,
    given_token,
    possible,
    reader,
    token,
    told_to,
    worker,
)
from xinheng.faces.desk.views.cases_one import basis, cited, entry_of, timeline, waiting_of
from xinheng.faces.desk.views.cases_papers import manners
from xinheng.faces.site.views.common import shown_cards
from xinheng.intake import service as intake
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.register import service as register
from xinheng.remedies import service as remedies

MOST_FILES, LARGEST_FILE = 10, 10 * 1024 * 1024
TEXT = 2_000
OWN_COPY = "correct-own-copy"
NEEDS = ("reason", "changes", "attachment", "supplements", "served", "commitment", "ruling")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Any, number: str) -> HttpResponseBase:
    """A step of a case: its page, a look at its effects, the act. Files stay in memory, so the handler is set first."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _act(request, number)
    return answer


@csrf_protect
@desk("cases.read")
def _act(request: Any, number: str) -> HttpResponseBase:
    found = cases.case(number=number, reader=reader(request), on=today())
    code = (request.POST if request.method == "POST" else request.GET).get("step", "")
    if request.method == "POST" and request.POST.get("case") != found.number:
        raise Http404
    step = _step(request, found, code)
    if step is None:
        return _not_now(request, found, code)
    if request.method != "POST":
        noted(request, "case-step", purpose="办理异议和修复", case=found.number, step=code, **told_to(found))
        return page(request, "desk/case_act.html", _context(request, found, step))
    given = _given(request, found, step)
    if given["problems"]:
        context = _context(request, found, step) | {"given": given, "problems": given["problems"]}
        return page(request, "desk/case_act.html", context, status=400)
    if request.POST.get("stage") != "do" and (cases_effects.of(step) is not None or "changes" in step.needs):
        return _looked(request, found, step, given)
    return _done(request, found, step, given)


def _step(request: Any, found: cases.Case, code: str) -> Any:
    """The step of this code if this account may take it now, or confirm it as the second account; else None."""
    return next((step for step in possible(request, found) if step.code == code), None)


def _not_now(request: Any, found: cases.Case, code: str) -> HttpResponseBase:
    """A step this account may not take now: said whose it is; a form is told what it did, or what came between."""
    if not (request.account.may("cases.decide") or request.account.may("cases.review")):
        why = found.refusal(worker(request), code)
        return problem(request, why) if isinstance(why, cases.NotYours) else refused(request)
    if request.method == "POST":
        return _again(request, found, code)
    why = found.refusal(worker(request), code)
    if isinstance(why, cases.NotYours):
        return problem(request, why)
    raise Http404


def _context(request: Any, found: cases.Case, step: Any) -> dict[str, Any]:
    """The page of a step: what it needs, the provision, the effect, the entry and everybody it touches."""
    on = today()
    kind = found.shape
    entry = entry_of(found, on)
    units = unit_names({one for one in (found.body, found.authority) if one})
    subject = register.get([found.uscc]).get(found.uscc)
    item = law.active().items.get(found.item)
    to = kind.states.get(step.to) if kind else None
    waiting = waiting_of(found, worker(request))
    return {
        "section": "cases",
        "case": found,
        "kind": kind,
        "step": step,
        "to": to,
        "basis": basis(step.provision, step),
        "effect": cases_effects.of(step),
        **{f"asks_{need}": need in step.needs for need in NEEDS},
        "looks": cases_effects.of(step) is not None or "changes" in step.needs,
        "document": kind.papers.get(step.document) if kind and step.document else None,
        "extends": step.extends,
        "extends_rule": cited(step.extends),
        "version": request.POST.get("version", "") or found.version,
        "seen": request.POST.get("seen", "") or found.version,
        "entry": entry,
        "card": shown_cards([entry], on=on)[0] if entry else None,
        "item": item,
        "subject": subject.shown_name if subject else found.uscc,
        "holder": units.get(found.body, found.body),
        "authority": units.get(found.authority, found.authority),
        "fields": _fields(found, entry, item) if "changes" in step.needs and step.code != OWN_COPY else [],
        "own": _own(found, entry, item) if step.code == OWN_COPY else None,
        "waiting": waiting,
        "proposed": proposed(waiting, entry, item),
        "manners": manners(),
        "token": given_token(request) or token(),
        "given": {"reason": "", "changes": {}, "held": []},
        "today_iso": on.isoformat(),
        "longest_end": _longest_end(found, step, on),
    }


def _longest_end(found: cases.Case, step: Any, on: Any) -> str:
    """For the decision of a listing: the last day its kind allows; "" for every other step."""
    if step.effect != "listing.decide":
        return ""
    day = lists.longest_end(kind=str(found.detail.get("list", "")), on=on)
    return day.isoformat() if day else ""


def proposed(waiting: Any, entry: Any, item: Any) -> list[tuple[Any, str, str]]:
    """The corrections the first account proposed: field, as it stands, as it would stand."""
    changes = waiting["said"].detail.get("changes", {}) if waiting else {}
    return [
        (item.by_code[code], entry.values.get(code, "") if entry else "", value)
        for code, value in changes.items()
        if item is not None and code in item.by_code
    ]


def _fields(found: cases.Case, entry: Any, item: Any) -> list[tuple[Any, str, bool]]:
    """The fields that can be corrected: what is open to the public; the one objected to first, empty ones last."""
    if entry is None or item is None:
        return []
    fields = [
        (field, entry.values.get(field.code, ""), field.code == found.field)
        for field in item.fields
        if field.scope == "public" and not field.computed and field.code != item.subject_code
    ]
    return sorted(fields, key=lambda one: (not one[2], not one[1]))


def _own(found: cases.Case, entry: Any = None, item: Any = None) -> dict[str, Any]:
    """What the office may correct by itself: field, as shown, as the source sent it; or why there is nothing."""
    try:
        changes = remedies.own_changes(statement=entry.id if entry else _newest(found))
    except XinhengError as error:
        return {"changes": {}, "lines": [], "why": error.message}
    shown = entry.values if entry else {}
    lines = (
        [(item.by_code[code], shown.get(code, ""), sent) for code, sent in changes.items()] if item else []
    )
    return {"changes": changes, "lines": lines, "why": ""}


def _newest(found: cases.Case) -> int:
    """The entry of a case in the version that stands; 0, which is none, for a case about no entry."""
    entry = entry_of(found, today())
    return entry.id if entry else found.statement or 0


def _given(request: Any, found: cases.Case, step: Any) -> dict[str, Any]:
    """What the form said, what is still missing; files that came are held sealed until the act is done. What the
    platform corrects in its own copy is what the source sent, whatever a form says."""
    form = request.POST
    problems: list[str] = []
    said: dict[str, Any] = {
        "reason": form.get("reason", "").strip()[:TEXT],
        "changes": {
            name[7:]: value.strip()[:TEXT]
            for name, value in form.items()
            if name.startswith("change-") and value.strip() != form.get("was-" + name[7:], "").strip()
        },
        "served_on": form.get("served_on", "")[:10],
        "manner": form.get("manner", "") if form.get("manner", "") in dict(manners()) else "",
        "ground": form.get("ground", "") if form.get("ground") in {one.code for one in step.reasons} else "",
        "ruling": form.get("ruling", "").strip()[:80],
        "until": form.get("until", "").strip()[:10] if step.effect == "listing.decide" else "",
        "commitment": form.get("commitment") == "1",
        "held": held(request, problems),
    }
    confirming = form.get("confirming") == "1"
    if step.code == OWN_COPY:
        own = _own(found)
        said["changes"] = own["changes"]
        problems += [own["why"]] if own["why"] else []
    if {"reason", "supplements"} & set(step.needs) and not said["reason"] and not confirming:
        problems.append(_("请写明理由：它会写进文书，送达申请人。"))
    if "changes" in step.needs and step.code != OWN_COPY and not said["changes"] and not confirming:
        problems.append(_("请改至少一个字段：没有改动就没有更正。"))
    if "attachment" in step.needs and not said["held"] and not confirming:
        problems.append(_("请附上材料。"))
    if (
        "served" in step.needs
        and not confirming
        and (as_day(said["served_on"]) is None or not said["manner"])
    ):
        problems.append(_("请填送达日期（如 2026-11-20），并选送达方式。"))
    if said["until"] and not confirming:
        why = lists.end_refusal(kind=str(found.detail.get("list", "")), until=said["until"], on=today())
        problems += [why] if why else []
    if step.reasons and not said["ground"] and not confirming:
        problems.append(_("请选一项法定情形。"))
    if "ruling" in step.needs and not said["ruling"] and not confirming:
        problems.append(_("请填人民法院裁定书的案号。"))
    if "commitment" in step.needs and not said["commitment"] and not confirming:
        problems.append(_("请确认已收到申请人签署的信用承诺书。"))
    said["problems"] = problems
    return said


def held(request: Any, problems: list[str]) -> list[dict[str, Any]]:
    """Files of this form and those held since the look at the effects: each with its handle, name and size."""
    owner = request.account.name
    if request.META.get("XINHENG_UPLOAD_TOO_LARGE"):
        problems.append(_("文件太大：每份不超过 10 MB，共不超过 10 份。"))
        return []
    held = []
    for handle in request.POST.getlist("held")[:MOST_FILES]:
        meta = holding.meta(handle, owner=owner)
        held.append({"handle": handle, "name": meta["name"], "size": meta["size"]})
    for file in request.FILES.getlist("file"):
        if file.size > LARGEST_FILE or len(held) >= MOST_FILES:
            problems.append(_("文件太大：每份不超过 10 MB，共不超过 10 份。"))
            break
        name = (file.name or "").replace("\\", "/").rsplit("/", 1)[-1][:120]
        handle = holding.open_({"owner": owner, "name": name, "size": file.size})
        holding.append(handle, offset=0, data=file.read(), owner=owner)
        held.append({"handle": handle, "name": name, "size": file.size})
    return held


def uploads(held: list[dict[str, Any]], owner: str) -> list[cases.Upload]:
    """The held files as the cases room takes them; it checks type and size itself."""
    return [cases.Upload(name=one["name"], content=holding.read(one["handle"], owner=owner)) for one in held]


def _looked(request: Any, found: cases.Case, step: Any, given: dict[str, Any]) -> HttpResponseBase:
    """The effects once more, exactly: the corrected entry as it would stand, or why it cannot be so."""
    context = _context(request, found, step) | {"given": given, "confirm": True}
    if given["changes"] and found.statement is not None:
        try:
            context["correction"] = intake.correction(
                statement=found.statement, changes=given["changes"], at=now()
            )
        except XinhengError as error:
            context |= {"confirm": False, "said": error.message}
            return page(request, "desk/case_act.html", context, status=400)
        item = law.active().items[found.item]
        context["changed"] = [
            (item.by_code[code], context["entry"].values.get(code, "") if context["entry"] else "", value)
            for code, value in given["changes"].items()
            if code in item.by_code
        ]
    return page(request, "desk/case_act.html", context)


def _done(request: Any, found: cases.Case, step: Any, given: dict[str, Any]) -> HttpResponseBase:
    """The act, under the version this desk saw; whoever came first is shown to whoever comes second."""
    detail: dict[str, Any] = {}
    if given["changes"]:
        detail["changes"] = given["changes"]
    if day := as_day(given["served_on"]):
        detail["served"] = {"on": day.isoformat(), "manner": given["manner"]}
    for name in ("ground", "ruling", "commitment", "until"):
        if given[name]:
            detail[name] = given[name]
    if "supplements" in step.needs:
        detail["supplements"] = [line.strip() for line in given["reason"].splitlines() if line.strip()]
    at = now()
    try:
        done = cases.act(
            number=found.number, act=step.code, actor=worker(request), at=at, version=_version(request),
            token=given_token(request), reason=given["reason"], detail=detail,
            attachments=uploads(given["held"], request.account.name),
        )  # fmt: skip
    except cases.CaseMovedOn:
        return moved(request, cases.case(number=found.number, reader=reader(request), on=today()))
    except XinhengError as error:
        context = _context(request, found, step) | {"given": given, "said": error.message}
        return page(request, "desk/case_act.html", context, status=400)
    for one in given["held"]:
        holding.drop(one["handle"])
    evidence.drain(at=at, wait=False)
    return _led(found, done, step.code)


def _again(request: Any, found: cases.Case, code: str) -> HttpResponseBase:
    """A form whose step cannot be taken any more: sent twice, it is told what it did; else, what came between."""
    try:
        done = cases.act(
            number=found.number, act=code, actor=worker(request), at=now(), version=_version(request),
            token=given_token(request),
        )  # fmt: skip
    except (cases.CaseMovedOn, cases.NotPossible):
        return moved(request, found)
    return _led(found, done, code)


def _led(found: cases.Case, done: cases.Done, code: str) -> HttpResponseRedirect:
    word = "waiting" if done.waiting else "done"
    return HttpResponseRedirect(f"{reverse('desk-case', args=[found.number])}?{word}={code}")


def _version(request: Any) -> int | None:
    """The version of the case the form was made from; a form without one acts on none."""
    text = str(request.POST.get("version", ""))
    return int(text) if text.isdigit() and len(text) < 10 else 0


def moved(request: Any, found: cases.Case) -> HttpResponse:
    """409: another desk was first. What it did, so that nobody does it again."""
    who = reader(request)
    since = request.POST.get("seen", "")
    taken = list(cases.steps(number=found.number, reader=who))
    newer = [step for step in taken if since.isdigit() and step.seq > int(since)] or taken[-1:]
    kind = found.shape
    units = unit_names({step.body for step in newer if step.body})
    papers = list(cases.documents(number=found.number, reader=who))
    context = {
        "section": "cases",
        "case": found,
        "kind": kind,
        "state": kind.states.get(found.state) if kind else None,
        "steps": timeline(found, newer, units, papers),
    }
    return page(request, "desk/case_moved.html", context, status=409)


@require_POST
@desk("cases.read")
def take_back(request: Any, number: str) -> HttpResponseBase:
    """Whoever proposed a step withdraws it before it is confirmed; the second account sends it back, with a reason."""
    found = cases.case(number=number, reader=reader(request), on=today())
    cases.take_back(
        number=found.number, actor=worker(request), at=now(), version=_version(request), token=given_token(request),
        reason=request.POST.get("reason", "").strip()[:TEXT],
    )  # fmt: skip
    return HttpResponseRedirect(reverse("desk-case", args=[number]) + "?back=1")


@require_POST
@desk("cases.reassign")
def reassign(request: Any, number: str) -> HttpResponseBase:
    """Gives a case to another body, with the reason: after a reform, to the one that took over the duty."""
    found = cases.case(number=number, reader=reader(request), on=today())
    to, reason = request.POST.get("to", "").strip()[:18], request.POST.get("reason", "").strip()[:400]
    if not to or not reason:
        context = {
            "title": _("这一步没有做成"),
            "words": _("请选承接单位，并写明依据（如机构改革方案的文号）。"),
        }
        return page(request, "desk/problem.html", context, status=400)
    cases.reassign(number=found.number, to=to, reason=reason, actor=worker(request), at=now())
    return HttpResponseRedirect(reverse("desk-case", args=[number]) + "?moved=1")


urlpatterns: list[URLPattern] = [
    path("cases/<str:number>/act/", act, name="desk-case-act"),
    path("cases/<str:number>/take-back/", take_back, name="desk-case-take-back"),
    path("cases/<str:number>/reassign/", reassign, name="desk-case-reassign"),
]
