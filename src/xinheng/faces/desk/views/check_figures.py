"""Desk pages: what was checked and fed back by month and department, the rows behind each figure, and which results are
told to the public."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk import mirroring
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.feedback import lines
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.site import check_sheets
from xinheng.faces.site.sheets import as_csv as table_as_csv
from xinheng.kernel import uscc
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

PAGE, CSV = 50, 10_000
FIGURES = {
    "decisions": gettext_lazy("应核查的决定"), "checked": gettext_lazy("决定前已核查"), "unchecked": gettext_lazy("决定前没有核查"),
    "checks": gettext_lazy("核查"), "hints": gettext_lazy("应当类提示"), "applied": gettext_lazy("已采取"),
    "not_applied": gettext_lazy("未采取"), "unanswered": gettext_lazy("未反馈"), "overdue": gettext_lazy("逾期未反馈"),
}  # fmt: skip
OUTCOMES = {
    "checked": gettext_lazy("决定前已核查"), "unchecked": gettext_lazy("决定前没有核查"), "answered": gettext_lazy("已答复"),
    "applied": gettext_lazy("已采取"), "not-applied": gettext_lazy("未采取"), "unanswered": gettext_lazy("未反馈"),
}  # fmt: skip


@require_safe
@desk("checks.figures.read")
def figures(request: Any) -> HttpResponse:
    """One month by department, twelve months as charts; a unit sees its own."""
    on, body = today(), request.account.only_body
    month = _month(request, on)
    first, last = _span(month, on)
    told = checks.by_body(first=first, last=last, on=on, body=body)
    noted(request, "check-figures", purpose="核查和反馈月报", period=month, source=body or "")
    if request.GET.get("format") == "csv":
        return _csv(told, month)
    rows = told.to_dicts()
    context = {
        "section": "check-figures",
        "month": month,
        "months": _months(on),
        "last": last,
        "counted": checks.counted_until(on=on),
        "today_counts": checks.counted_until(on=on) == on,
        "rows": [row for row in rows if row["decisions"] or row["checks"] or row["hints"]],
        "silent": [row["name"] for row in rows if not (row["decisions"] or row["checks"] or row["hints"])],
        "whole": _whole(checks.by_month(first=first, last=last, on=on, body=body).to_dicts()),
        "sheet": check_sheets.of_body(body=body, on=on),
        "own": body is not None,
        "days": checks.working_days_allowed(pack=law.active()),
    }
    return page(request, "desk/check_figures.html", context)


@require_safe
@desk("checks.figures.read")
def chart_csv(request: Any, table: str) -> HttpResponse:
    """The twelve months behind the charts as a file."""
    if table != check_sheets.CODES[0]:
        raise Http404
    on, body = today(), request.account.only_body
    noted(request, "check-figures", purpose="核查和反馈月报", source=body or "")
    return file(
        table_as_csv(check_sheets.of_body(body=body, on=on)), f"{table}-{on}.csv", "text/csv; charset=utf-8"
    )


@require_safe
@desk("checks.figures.read")
def rows(request: Any) -> HttpResponse:
    """The rows one figure counts: decisions with the check they rest on, checks, or hints with their answers."""
    on, own = today(), request.account.only_body
    month, figure = _month(request, on), request.GET.get("figure", "")
    asked = request.GET.get("body", "")[:18]
    body = own if own is not None else (asked if uscc.is_valid(asked) else None)
    if figure not in FIGURES:
        raise Http404
    as_file = request.GET.get("format") == "csv"
    after = request.GET.get("after", "")[:20]
    found = checks.behind(
        figure=figure,
        month=month,
        body=body,
        on=on,
        after="" if as_file else after,
        limit=CSV if as_file else PAGE + 1,
    )
    noted(
        request, "check-figure-rows", purpose="核查和反馈月报", period=month, figure=figure, source=body or ""
    )
    base = {"month": month, "figure": figure, "body": body or ""}
    shown = _shown(found[: CSV if as_file else PAGE], on)
    if as_file:
        return _rows_csv(shown, f"{figure}-{month}.csv")
    context = {
        "section": "check-figures",
        "month": month,
        "figure": figure,
        "figure_name": FIGURES[figure],
        "unit_shown": unit_names([body])[body] if body else "",
        "rows": shown,
        "decisions": figure in ("decisions", "checked", "unchecked"),
        "hints": figure not in ("decisions", "checked", "unchecked", "checks"),
        "query": urlencode(base),
        "next": urlencode(base | {"after": found[PAGE - 1].key}) if len(found) > PAGE else "",
        "after": after,
    }
    return page(request, "desk/check_figure_rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("checks.publish")
def results(request: Any) -> HttpResponseBase:
    """Answered hints: what may be told to the public, what is told, what may not be and why."""
    problem = ""
    if request.method == "POST":
        try:
            _act(request)
        except XinhengError as error:
            problem = error.message
        else:
            return HttpResponseRedirect(f"{reverse('desk-check-results')}?done=1")
    on = today()
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    found = checks.answered(on=on, after=after, limit=PAGE + 1)
    noted(request, "check-results", purpose="公布反馈结果", rows=len(found[:PAGE]))
    shown = lines([one.hint for one in found[:PAGE]], on)
    names = unit_names({one.hint.body for one in found[:PAGE]})
    newest = found[PAGE - 1].hint.feedback if len(found) > PAGE else None
    context = {
        "section": "check-results",
        "rows": [(one, line, names[one.hint.body]) for one, line in zip(found, shown, strict=False)],
        "next": newest.id if newest else None,
        "problem": problem,
        "done": request.GET.get("done") == "1",
        "me": actor(request),
    }
    return page(request, "desk/check_results.html", context, status=400 if problem else 200)


def _act(request: Any) -> None:
    form = request.POST
    wanted = form.get("feedback", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise Http404
    at, who = now(), actor(request)
    if form.get("act") == "publish":
        checks.publish_result(feedback=int(wanted), actor=who, at=at)
    elif form.get("act") == "withdraw":
        checks.withdraw_result(feedback=int(wanted), reason=form.get("reason", ""), actor=who, at=at)
    else:
        raise Http404
    evidence.drain(at=at, wait=False)


def _shown(found: list[checks.Behind], on: date) -> list[dict[str, Any]]:
    """Rows with the names of organisations and units; a decision's document as the gate lets a body read it."""
    known = register.get(sorted({one.uscc for one in found if one.uscc}))
    names = unit_names({one.body for one in found})
    ids = sorted({one.statement for one in found if one.statement})
    entries: dict[int, publication.Entry] = {}
    for start in range(0, len(ids), 500):
        entries |= publication.by_ids(ids=ids[start : start + 500], audience="authority", on=on)
    return [
        {
            "one": one,
            "name": known[one.uscc].shown_name if one.uscc in known else one.uscc,
            "unit": names[one.body],
            "outcome": OUTCOMES.get(one.outcome, one.outcome),
            "entry": entries.get(one.statement),
        }
        for one in found
    ]


def _whole(told: list[dict[str, Any]]) -> dict[str, Any]:
    return told[0] if told else {}


def _csv(told: Any, month: str) -> HttpResponse:
    heads = (
        "月份", "单位", "统一社会信用代码", "应核查的决定", "决定前已核查", "已核查的占比", "核查次数", "被核查的主体", "事项",
        "应当类提示", "已采取", "未采取", "未反馈", "逾期未反馈", "已反馈的占比",
    )  # fmt: skip
    wanted = (
        "name", "body", "decisions", "checked", "share_checked", "checks", "organisations", "matters", "hints", "applied",
        "not_applied", "unanswered", "overdue", "share_fed_back",
    )  # fmt: skip
    lines_ = [(month, *row) for row in told.select(*wanted).iter_rows()]
    return file(mirroring.table(heads, lines_), f"check-figures-{month}.csv", "text/csv; charset=utf-8")


def _rows_csv(shown: list[dict[str, Any]], name: str) -> HttpResponse:
    heads = (
        "单位", "主体", "统一社会信用代码", "日期", "事项", "核查编号", "措施", "情况", "反馈截止日", "文书号或案号", "原因",
    )  # fmt: skip
    rows_ = [
        (
            row["unit"], row["name"], row["one"].uscc, row["one"].on, row["one"].matter_name, row["one"].number,
            row["one"].measure_name, row["outcome"], row["one"].due_on or "", row["one"].document, row["one"].reason,
        )
        for row in shown
    ]  # fmt: skip
    return file(mirroring.table(heads, rows_), name, "text/csv; charset=utf-8")


def _month(request: Any, on: date) -> str:
    """The month in the address; else the one that holds yesterday."""
    wanted = request.GET.get("month", "")
    try:
        day = date.fromisoformat(f"{wanted}-01") if len(wanted) == 7 else None
    except ValueError:
        day = None
    return f"{day or on - timedelta(days=1):%Y-%m}"


def _span(month: str, on: date) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first, min(last, on) if first <= on else last


def _months(on: date) -> list[str]:
    months, day = [], on.replace(day=1)
    for _place in range(12):
        months.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return months


urlpatterns: list[URLPattern] = [
    path("check-figures/", figures, name="desk-check-figures"),
    path("check-figures/rows/", rows, name="desk-check-figure-rows"),
    path("check-figures/<slug:table>.csv", chart_csv, name="desk-check-figures-csv"),
    path("check-results/", results, name="desk-check-results"),
]
