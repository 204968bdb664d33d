"""Desk pages: many codes at once. Paste them or bring a file; the answers as a list, a workbook, a CSV, sheets to print."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.checks import requests as batch_requests
from xinheng.checks import service as checks
from xinheng.checks import sheet
from xinheng.faces import check_tables
from xinheng.faces.clock import now
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.checks_shown import (
    SCOPES,
    asker_of,
    matter_words,
    matters_of,
    purpose_words,
    purposes_of,
)
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.desk.views.cases_papers import file
from xinheng.kernel.errors import XinhengError

PAGE, SHEETS, ALL = 100, 50, 10_000
FIELDS = ("matter", "scope", "purpose", "case_number", "codes")
REMEMBERED = "check-form"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: Any) -> HttpResponseBase:
    """The list to check. Files stay in memory, so the handler is set before the body is read."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _many(request)
    return answer


@csrf_protect
@desk("checks.ask")
def _many(request: Any) -> HttpResponseBase:
    context = form(request) | {"section": "check-batch"}
    if request.method != "POST":
        return page(request, "desk/check_batch.html", context)
    sifted, problem = brought(request)
    given = context["given"]
    if not problem and not given["matter"]:
        problem = _("请选办理事项：答复只给与这个事项有关的内容。")
    if problem or sifted is None:
        return page(request, "desk/check_batch.html", context | {"problem": problem}, status=400)
    try:
        batch = checks.check_many(
            usccs=sifted.rows, matter=given["matter"], asker=asker_of(request.account), at=now(),
            scope="shared" if given["scope"] == "shared" else "public",
            purpose=given["purpose"] if given["scope"] == "shared" else "", case_number=given["case_number"][:80],
        )  # fmt: skip
    except XinhengError as error:
        context |= {"said": error.message, "refused": getattr(error, "number", "")}
        return page(request, "desk/check_batch.html", context, status=403 if error.exit == 3 else 400)
    skipped = f"?unusable={sifted.unusable}&personal={sifted.personal}&repeated={sifted.repeated}"
    return HttpResponseRedirect(reverse("desk-check-batch-answer", args=[batch.number]) + skipped)


def form(request: Any) -> dict[str, Any]:
    """What the forms about many codes share: what was given, the matters, the purposes."""
    source = request.POST if request.method == "POST" else request.GET
    kept = request.session.get(REMEMBERED, {}) if request.method != "POST" else {}
    given = {name: source.get(name, kept.get(name, "")).strip() for name in FIELDS}
    given = {name: value if name == "codes" else value[:200] for name, value in given.items()}
    given["scope"] = given["scope"] if given["scope"] in SCOPES else "public"
    matters = matters_of(request.account)
    return {
        "given": given,
        "matters": matters,
        "purposes": purposes_of(matters),
        "may_share": bool(request.account.body),
        "most": batch_requests.MOST,
    }


def brought(request: Any) -> tuple[batch_requests.Sifted | None, str]:
    """The codes pasted and those of the file, and what is wrong with them ("" when nothing is)."""
    if request.META.get("XINHENG_UPLOAD_TOO_LARGE"):
        return None, _("文件太大了。代码的清单一般不到 1 MB。")
    lines = request.POST.get("codes", "").splitlines()
    table = request.FILES.get("file")
    if table is not None and table.size:
        try:
            lines += check_tables.lines_of(table.read(), table.name or "")
        except XinhengError as error:
            return None, error.message
    sifted = batch_requests.sift(lines)
    if not sifted.codes:
        return None, _("没有找到可以核查的统一社会信用代码。请一行一个，写全 18 位。")
    if len(sifted.rows) > batch_requests.MOST:
        return None, _("一次最多 %(most)s 行，这里有 %(n)s 行：请分次核查。") % {
            "most": f"{batch_requests.MOST:,}", "n": f"{len(sifted.rows):,}",
        }  # fmt: skip
    return sifted, ""


@require_safe
@desk("checks.read")
def answers(request: Any, number: str) -> HttpResponse:
    """One answer for each row asked, in that order; those with something against them marked."""
    after = _after(request)
    found = _batch(request, number, after=after, limit=PAGE + 1)
    if not found:
        raise Http404
    rows = found[:PAGE]
    first = next((one for one in rows if one.number), rows[0])
    told = first.payload
    context = {
        "section": "check-batch",
        "number": number,
        "rows": list(enumerate(map(check_tables.row_of, rows), start=after + 1)),
        "next": after + PAGE if len(found) > PAGE else "",
        "first": not after,
        "until": min((until for one in rows if (until := one.payload.get("valid_until"))), default=""),
        "matter": matter_words(told.get("matter", ""), told.get("matter_name", "")),
        "purpose": purpose_words(told.get("matter", ""), told.get("purpose", "")),
        "scope": SCOPES.get(told.get("scope", ""), ""),
        "told": told,
        "asked_by": unit_names([first.body]).get(first.body, first.body) if first.body else _("信用办"),
        "skipped": {
            name: int(request.GET[name]) for name in ("unusable", "personal", "repeated") if request.GET.get(name, "").isdigit()
        },
        "sheets": SHEETS,
    }  # fmt: skip
    return page(request, "desk/check_batch_answer.html", context)


@require_safe
@desk("checks.read")
def table(request: Any, number: str, kind: str) -> HttpResponse:
    """All answers of a batch as a workbook or as a CSV."""
    found = _batch(request, number, limit=ALL)
    if not found:
        raise Http404
    if kind == "csv":
        return file(check_tables.as_csv(found), f"{number}.csv", "text/csv; charset=utf-8")
    made = check_tables.as_xlsx(found, at=now())
    return file(made, f"{number}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@require_safe
@desk("checks.read")
def sheets(request: Any, number: str) -> HttpResponse:
    """The sheets of a batch one after the other, each on a page of its own when printed."""
    from xinheng.faces.desk.views.checks import sheet_of

    after = _after(request)
    found = _batch(request, number, after=after, limit=SHEETS + 1)
    if not found:
        raise Http404
    # Of a code asked twice one is enough; of what could not be checked there is none
    wanted = {one.number: one for one in found[:SHEETS] if sheet.has_sheet(one)}
    context = {
        "sheets": [sheet_of(one) for one in wanted.values()],
        "batch": number,
        "next": after + SHEETS if len(found) > SHEETS else "",
    }
    return page(request, "desk/check_sheet.html", context)


def _after(request: Any) -> int:
    """How many rows were seen already."""
    given = request.GET.get("after", "")[:6]
    return int(given) if given.isascii() and given.isdigit() else 0


def _batch(request: Any, number: str, *, after: int = 0, limit: int) -> list[checks.Evidence]:
    """The answers of a batch this account may read; opening them again is in the ledger. Raises `Http404`."""
    try:
        found = checks.of_batch(batch=number[:40], reader=asker_of(request.account), after=after, limit=limit)
    except XinhengError:
        raise Http404 from None
    if found and found[0].payload.get("scope") == "shared":
        noted(request, "checks", purpose="查看核查记录", batch=number, rows=len(found))
    return found


urlpatterns: list[URLPattern] = [
    path("check/batch/", many, name="desk-check-batch"),
    path("check/batch/<slug:number>/", answers, name="desk-check-batch-answer"),
    path("check/batch/<slug:number>/sheets/", sheets, name="desk-check-batch-sheets"),
    path("check/batch/<slug:number>.csv", table, {"kind": "csv"}, name="desk-check-batch-csv"),
    path("check/batch/<slug:number>.xlsx", table, {"kind": "xlsx"}, name="desk-check-batch-xlsx"),
]
