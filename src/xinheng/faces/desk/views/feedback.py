"""Desk pages: hints of kind 应当 that wait for an answer, how old they are, and the answers of one check."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk import mirroring
from xinheng.faces.desk.access import desk, noted, page, refused
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.cases_shown import Left, left
from xinheng.faces.desk.views.intake import actor
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

PAGE, MOST = 50, 1_000


@require_http_methods(["GET", "HEAD"])
@desk("checks.figures.read")
def waiting(request: Any) -> HttpResponse:
    """What a unit has not answered yet, the longest overdue first; the office sees every unit and picks one."""
    account, on = request.account, today()
    heaps = checks.ageing(on=on, body=account.only_body)
    body = account.only_body
    if body is None:
        body = next((code for code in heaps if code == request.GET.get("body", "")), None)
    after = request.GET.get("after", "")[:60]
    if request.GET.get("format") == "csv":
        return _csv(checks.open_feedback(body=body, on=on, limit=MOST), on)
    found = checks.open_feedback(body=body, on=on, after=after, limit=PAGE + 1)
    units = unit_names(heaps) if account.only_body is None else {}
    noted(request, "check-hints", purpose="措施提示反馈", source=body or "", rows=len(found[:PAGE]))
    context = {
        "section": "feedback",
        "rows": lines(found[:PAGE], on),
        "next": urlencode({"body": body or "", "after": found[PAGE - 1].key}) if len(found) > PAGE else "",
        "after": after,
        "ageing": total(heaps.values() if body is None else [heaps[body]] if body in heaps else []),
        "units": sorted(
            ((code, units[code], one) for code, one in heaps.items()) if units else (),
            key=lambda row: (-row[2].long, -row[2].late, -row[2].open, row[0]),
        ),
        "body": body or "",
        "unit_shown": units.get(body or "", ""),
        "days": checks.working_days_allowed(pack=law.active()),
        "may_answer": account.may("checks.feedback") and bool(account.only_body),
        "done": request.GET.get("done", "")[:6],
    }
    return page(request, "desk/feedback.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("checks.figures.read")
def of_check(request: Any, number: str) -> HttpResponseBase:
    """Every hint of kind 应当 of one check with its answer; the unit that asked answers or corrects here."""
    account, on = request.account, today()
    problem = ""
    if request.method == "POST":
        done = _answered(request)
        if isinstance(done, int):
            return HttpResponseRedirect(f"{reverse('desk-check-feedback', args=[number])}?done={done}")
        if done is None:
            return refused(request)
        problem = done
    hints = checks.hints_of(number=number, body=account.only_body, on=on)
    noted(request, "check-hints", purpose="措施提示反馈", check=number, source=hints[0].body if hints else "")
    context = {
        "section": "feedback",
        "number": number,
        "hints": lines(hints, on),
        "may_answer": account.may("checks.feedback") and bool(account.only_body),
        "problem": problem,
        "done": request.GET.get("done", "")[:6],
    }
    return page(request, "desk/check_feedback.html", context, status=400 if problem else 200)


@require_POST
@desk("checks.feedback")
def answer(request: Any) -> HttpResponseBase:
    """One answer for all the hints that were ticked: all of them, or none."""
    done = _answered(request)
    if done is None:
        return refused(request)
    if isinstance(done, str):
        context = {"title": _("这一步没有做成"), "said": done, "code": "", "number": 400}
        return page(request, "desk/problem.html", context, status=400)
    return HttpResponseRedirect(f"{reverse('desk-feedback')}?done={done}")


def _answered(request: Any) -> int | str | None:
    """How many hints were answered; a sentence where none could be; None where this account may not."""
    account, form = request.account, request.POST
    if not account.may("checks.feedback") or not account.only_body:
        return None
    applied = form.get("applied", "")
    picked = [one.rpartition(".") for one in form.getlist("hint")[:MOST]]
    if not picked or applied not in ("yes", "no"):
        return _("请勾选要反馈的提示，并选“已采取”或者“未采取”。")
    given = [
        checks.Given(
            number, int(hint) if hint.isascii() and hint.isdigit() and len(hint) < 6 else -1, applied == "yes",
            form.get("reason", "")[:2_000], form.get("document", "")[:400],
        )
        for number, _dot, hint in picked
    ]  # fmt: skip
    at = now()
    try:
        done = checks.answer_many(given=given, body=account.only_body, actor=actor(request), at=at)
    except XinhengError as error:
        return error.message
    evidence.drain(at=at, wait=False)
    return len(done)


def lines(found: list[checks.HintLine], on: Any) -> list[dict[str, Any]]:
    """Hints as lines of a page: the organisation's name, the time left, and the entry while the unit may see it."""
    known = register.get(sorted({one.uscc for one in found}))
    ids = sorted({one.statement for one in found})
    entries: dict[int, publication.Entry] = {}
    for start in range(0, len(ids), 500):
        entries |= publication.by_ids(ids=ids[start : start + 500], audience="authority", on=on)
    return [
        {
            "one": one,
            "name": known[one.uscc].shown_name if one.uscc in known else one.uscc,
            "left": _left(one),
            "entry": entries.get(one.statement),
            "key": f"{one.number}.{one.hint}",
        }
        for one in found
    ]


def _left(one: checks.HintLine) -> Left:
    return left(days=one.age.left, final=one.feedback is not None)


def total(heaps: Any) -> checks.Ageing:
    """All heaps together."""
    found = list(heaps)
    return checks.Ageing(
        *(sum(getattr(one, name) for one in found) for name in ("in_time", "soon", "late", "long"))
    )


def _csv(found: list[checks.HintLine], on: Any) -> HttpResponse:
    heads = (
        "核查编号", "提示", "统一社会信用代码", "单位", "事项", "措施", "核查日期", "反馈截止日", "剩余工作日", "承办案号",
    )  # fmt: skip
    names = unit_names({one.body for one in found})
    rows = [
        (
            one.number, one.hint, one.uscc, names[one.body], one.matter_name, one.measure_name, one.asked_on, one.due_on,
            one.age.left, one.case_number,
        )
        for one in found
    ]  # fmt: skip
    return file(mirroring.table(heads, rows), f"feedback-{on}.csv", "text/csv; charset=utf-8")


urlpatterns: list[URLPattern] = [
    path("feedback/", waiting, name="desk-feedback"),
    path("feedback/answer/", answer, name="desk-feedback-answer"),
    path("feedback/<slug:number>/", of_check, name="desk-check-feedback"),
]
