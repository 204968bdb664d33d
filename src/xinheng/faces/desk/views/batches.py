"""Desk pages: batches, their progress, their receipt, mending, and the way from a published line back to its row."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xinheng.faces.clock import now
from xinheng.faces.desk import mending, receipts, sources
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.intake import actor
from xinheng.intake import service as intake
from xinheng.law import service as law

PAGE = 50
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@desk("intake.send")
def batches(request: Any) -> HttpResponse:
    """The batches of one's unit (the office: of all), the newest first."""
    after = request.GET.get("after") or None
    found = intake.batches(source=request.account.only_body, after=after, limit=PAGE + 1)
    names = sources.names({batch.source for batch in found})
    context = {
        "section": "batches",
        "rows": [_row(batch, names) for batch in found[:PAGE]],
        "next": found[PAGE - 1].number if len(found) > PAGE else "",
        "after": after,
    }
    return page(request, "desk/batches.html", context)


def _row(batch: intake.BatchSummary, names: dict[str, str]) -> dict[str, Any]:
    return {
        "batch": batch,
        "item": law.active().items.get(batch.item),
        "source": names.get(batch.source, batch.source),
        "parts": receipts.parts(batch.counts),
        "back": receipts.to_mend(batch.counts),
    }


@require_safe
@desk("intake.send")
def batch(request: Any, number: str) -> HttpResponse:
    """One batch: how far it is, or its receipt with the rows to mend."""
    found = of_account(request.account, number)
    context = {
        "section": "batches",
        "batch": found,
        "item": law.active().items.get(found.item),
        "source": sources.names([found.source])[found.source],
        "remembered": request.GET.get("remembered"),
    }
    if found.state != "done":
        progress = intake.progress_of(batch=number, at=now())
        share = receipts.share(progress.done, progress.estimate)
        return page(request, "desk/batch_open.html", context | {"progress": progress, "share": share})
    return page(request, "desk/batch.html", context | _receipt(request, found))


def _receipt(request: Any, found: intake.BatchSummary) -> dict[str, Any]:
    receipt = intake.receipt_of(batch=found.number)
    back = receipts.to_mend(found.counts)
    after = request.GET.get("after", "")
    rows, following = mending.rows(found, after=int(after) if after.isdigit() else None) if back else ([], 0)
    if rows:
        noted(request, "rows-to-mend", purpose="改正退回的数据", batch=found.number, source=found.source)
    return {
        "receipt": receipt,
        "parts": receipts.parts(found.counts),
        "sentence": receipts.sentence(found.counts),
        "times": receipts.times(found.timeliness),
        "back": back,
        "rows": rows,
        "next": following,
        "repeated": request.GET.get("repeated"),
    }


@require_safe
@desk("intake.send")
def progress(request: Any, number: str) -> HttpResponse:
    """How far a batch is, for the script of its page. Counts only."""
    found = of_account(request.account, number)
    if found.state == "done":
        return JsonResponse({"state": "done", "share": 100})
    now_at = intake.progress_of(batch=number, at=now())
    body = {
        "state": found.state,
        "done": now_at.done,
        "estimate": now_at.estimate,
        "share": receipts.share(now_at.done, now_at.estimate),
    }
    return JsonResponse(body)


@require_POST
@desk("intake.send")
def mend(request: Any, number: str) -> HttpResponseBase:
    """Takes the mended cells in as a batch of their own. Batch in the address and in the form must be the same."""
    found = of_account(request.account, number)
    if request.POST.get("batch") != number:
        return page(
            request,
            "desk/problem.html",
            {
                "title": _("这张表单属于另一个批次"),
                "words": _("没有改动任何数据。可能同时开着两个窗口；请回到要改的批次再填一次。"),
                "number": 409,
            },
            status=409,
        )
    cells = mending.cells_of(request.POST, found)
    if not cells:
        return HttpResponseRedirect(f"{reverse('desk-batch', args=[number])}#mend")
    receipt = intake.mend(batch=number, cells=cells, at=now(), actor=actor(request))
    query = "?repeated=1" if receipt.repeated else ""
    return HttpResponseRedirect(f"{reverse('desk-batch', args=[receipt.batch])}{query}")


@require_safe
@desk("intake.send")
def errors_file(request: Any, number: str) -> HttpResponse:
    """改错表: only the rows to mend, in the file's own order, with what is wrong; it can be sent back as it is."""
    return _sheet(request, number, "改错表", "errors-file", intake.errors_file)


@require_safe
@desk("intake.send")
def receipt_file(request: Any, number: str) -> HttpResponse:
    """The receipt as a workbook."""
    return _sheet(request, number, "回执", "receipt", intake.receipt_xlsx)


def _sheet(request: Any, number: str, word: str, what: str, write: Callable[..., None]) -> HttpResponse:
    found = of_account(request.account, number)
    noted(request, what, purpose="改正退回的数据", batch=number, source=found.source)
    with tempfile.TemporaryDirectory(prefix="xinheng-") as folder:
        file = Path(folder) / "sheet.xlsx"
        write(batch=number, path=file)
        response = HttpResponse(file.read_bytes(), content_type=SHEET)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(f'{number}-{word}.xlsx')}"
    return response


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


def of_account(account: Any, number: str) -> intake.BatchSummary:
    """The batch, if it is one this account may see. Raises `Http404`: another unit's batch does not exist for it."""
    found = intake.batches(source=account.only_body, number=number, limit=1)
    if not found:
        raise Http404
    return found[0]


urlpatterns: list[URLPattern] = [
    path("batches/", batches, name="desk-batches"),
    path("batches/<slug:number>/", batch, name="desk-batch"),
    path("batches/<slug:number>/progress.json", progress, name="desk-batch-progress"),
    path("batches/<slug:number>/mend/", mend, name="desk-mend"),
    path("batches/<slug:number>/errors.xlsx", errors_file, name="desk-errors-file"),
    path("batches/<slug:number>/receipt.xlsx", receipt_file, name="desk-receipt-file"),
]
