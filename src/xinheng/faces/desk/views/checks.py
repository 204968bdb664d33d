"""Desk pages of the check before deciding: ask, the answer, the sheet to print, and what the unit asked before."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.checks import service as checks
from xinheng.checks import sheet
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.checks_shown import (
    SCOPES,
    asker_of,
    link,
    matter_words,
    matters_of,
    purpose_words,
    purposes_of,
    shown,
)
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views import checks_batch, checks_own, checks_requests
from xinheng.faces.desk.views.cases_papers import file
from xinheng.kernel import personal, uscc
from xinheng.kernel.errors import XinhengError
from xinheng.search import service as search

PAGE, HITS = 50, 12
REMEMBERED = "check-form"
FIELDS = ("q", "matter", "scope", "purpose", "case_number")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("checks.ask")
def ask(request: Any) -> HttpResponseBase:
    """The organisation, the matter, the case number; what is not public needs a purpose as well. Then the answer."""
    account = request.account
    given = _given(request)
    matters = matters_of(account)
    context: dict[str, Any] = {
        "section": "check",
        "given": given,
        "matters": matters,
        "purposes": purposes_of(matters),
        "may_share": bool(account.body),
    }
    if request.method != "POST":
        recent = checks.of_body(body=account.body, on=today(), limit=5) if account.body else []
        return page(request, "desk/check.html", context | {"recent": [(one, _matter(one)) for one in recent]})
    request.session[REMEMBERED] = {name: given[name] for name in ("matter", "scope", "purpose")}
    typed = uscc.clean(request.POST.get("uscc", "")[:60] or given["q"]).code
    if personal.looks_like_citizen_id(typed) and not uscc.is_valid(typed):
        context |= {
            "problem": _("这像是个人的证件号码。本平台只核查机关、企业等组织，不受理自然人，也没有保存它。")
        }
        context["given"] = given | {"q": ""}
    elif not given["matter"]:
        context["problem"] = _("请选办理事项：答复只给与这个事项有关的内容。")
    elif not typed and not given["q"]:
        context["problem"] = _("请填统一社会信用代码或者名称。")
    elif len(typed) == 18 and typed.isascii():
        return _asked(request, context, typed)
    else:
        return page(request, "desk/check.html", context | _found(given["q"]))
    return page(request, "desk/check.html", context, status=400)


def _given(request: Any) -> dict[str, str]:
    """What the form holds; a new one what this desk chose last."""
    source = request.POST if request.method == "POST" else request.GET
    kept = request.session.get(REMEMBERED, {}) if request.method != "POST" else {}
    found = {name: source.get(name, kept.get(name, "")).strip()[:200] for name in FIELDS}
    found["scope"] = found["scope"] if found["scope"] in SCOPES else "public"
    return found


def _found(name: str) -> dict[str, Any]:
    """Organisations of this name, to choose from: nothing was asked about any of them yet."""
    hits = search.find(q=name[:60], limit=HITS).hits
    return {"hits": [(hit.code, hit.name) for hit in hits], "searched": name}


def _asked(request: Any, context: dict[str, Any], code: str) -> HttpResponseBase:
    given, at = context["given"], now()
    try:
        answer = checks.check(
            uscc=code, matter=given["matter"], asker=asker_of(request.account), at=at,
            scope="shared" if given["scope"] == "shared" else "public",
            purpose=given["purpose"] if given["scope"] == "shared" else "", case_number=given["case_number"][:80],
        )  # fmt: skip
    except XinhengError as error:
        context |= {
            "said": error.message,
            "refused": getattr(error, "number", ""),
            "given": given | {"q": code},
        }
        return page(request, "desk/check.html", context, status=403 if error.exit == 3 else 400)
    return HttpResponseRedirect(reverse("desk-check-answer", args=[answer.number]))


@require_safe
@desk("checks.read")
def answer(request: Any, number: str) -> HttpResponse:
    """What counts for the matter and nothing more; hints with their provision; how long it may be relied on."""
    kept = _kept(request, number)
    unit = unit_names([kept.body]).get(kept.body, kept.body) if kept.body else _("信用办")
    context: dict[str, Any] = {"section": "checks", "kept": kept, "asked_by": unit, "number": number}
    if kept.outcome == "refused":
        told = kept.payload
        context |= {
            "matter": matter_words(told.get("matter", "")),
            "purpose": told.get("purpose", ""),
            "said": told.get("refused", ""),
            "uscc": told.get("uscc", ""),
        }
        return page(request, "desk/check_refused.html", context)
    context |= shown(kept, unit=unit) | {
        "feedback": link("desk-check-feedback", number) if kept.body == request.account.body else "",
        "own": kept.body == request.account.body,
        "deferred": _deferred(kept),
    }
    return page(request, "desk/check_answer.html", context)


@require_safe
@desk("checks.read")
def print_sheet(request: Any, number: str) -> HttpResponse:
    """The sheet as a page that prints on A4."""
    return page(
        request, "desk/check_sheet.html", {"sheets": [sheet_of(_answered(request, number))], "back": number}
    )


@require_safe
@desk("checks.read")
def pdf(request: Any, number: str) -> HttpResponse:
    """The sheet as a signed PDF with the signed answer inside."""
    kept = _answered(request, number)
    made = sheet.check_sheet(
        kept=kept, unit=unit_of(kept), url=check_url(number), at=now().replace(microsecond=0)
    )
    return file(made, f"{number}.pdf", "application/pdf", inline=True)


@require_safe
@desk("checks.read")
def signed(request: Any, number: str) -> HttpResponse:
    """The signed answer as the API gives it, to be kept with the file of the decision."""
    body, _token = sheet.signed_of(_answered(request, number))
    if not body:
        raise Http404
    return file(
        json.dumps(json.loads(body), ensure_ascii=False, indent=1).encode(),
        f"{number}.json",
        "application/json",
    )


@require_POST
@desk("checks.ask")
def release(request: Any, number: str) -> HttpResponseBase:
    """Lets the organisation see a deferred check from today: the opening is over, the inspection was made."""
    kept = _kept(request, number)
    if kept.body != request.account.body:
        raise Http404
    at = now()
    checks.release(number=number, actor=f"desk:{request.account.name}", at=at)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(reverse("desk-check-answer", args=[number]))


@require_safe
@desk("checks.read")
def history(request: Any) -> HttpResponse:
    """What the unit asked before, newest first; the office and the auditor see all units."""
    account = request.account
    after = request.GET.get("after", "")[:40] or None
    try:
        found = checks.of_body(body=account.only_body or "", on=today(), after=after, limit=PAGE + 1)
    except XinhengError:
        raise Http404 from None
    rows = found[:PAGE]
    if account.only_body is None and rows:
        noted(request, "checks", purpose=_NOTE, rows=len(rows))
    context = {
        "section": "checks",
        "rows": [(one, _matter(one), purpose_words(one.matter, one.purpose)) for one in rows],
        "next": rows[-1].number if len(found) > PAGE else "",
        "today": today(),
    }
    return page(request, "desk/checks.html", context)


_NOTE = "查看核查记录"


def _matter(one: checks.Kept) -> str:
    return matter_words(one.matter, one.matter_name)


def _kept(request: Any, number: str) -> checks.Evidence:
    """The evidence, for whoever may read it; another unit's is a page that does not exist. Raises `Http404`.

    Opening it again is in the ledger. The organisation is told of another unit's look unless the check is deferred: its
    own unit's check it sees anyway, when it may.
    """
    try:
        found = checks.evidence(number=number[:40], reader=asker_of(request.account))
    except XinhengError:
        raise Http404 from None
    if found.payload.get("scope") == "shared":
        subject = {"check": found.number}
        if found.body != request.account.body and not _deferred(found):
            subject["uscc"] = found.payload.get("uscc", "")
        noted(request, "check", purpose=_NOTE, **subject)
    return found


def _answered(request: Any, number: str) -> checks.Evidence:
    found = _kept(request, number)
    if not sheet.has_sheet(found):
        raise Http404
    return found


def _deferred(kept: checks.Evidence) -> str:
    """Until when the organisation is not told of it; "" when it sees it already."""
    until = str(kept.payload.get("deferred_until") or "")
    return until if until > today().isoformat() and kept.released_on is None else ""


def unit_of(kept: checks.Evidence) -> str:
    """The Chinese name of the unit that asked, as printed."""
    return unit_names([kept.body]).get(kept.body, kept.body) if kept.body else "信用管理部门"


def check_url(number: str) -> str:
    """What the QR code of a sheet holds: the public page where the file can be verified."""
    base = (settings.PUBLIC_URL or "").rstrip("/")
    return f"{base}{reverse('verify-number', args=[number])}" if base else number


def sheet_of(kept: checks.Evidence) -> dict[str, Any]:
    """What one sheet prints."""
    told = sheet.view(kept=kept, unit=unit_of(kept), url=check_url(kept.number), at=now())
    return told | {"qr_svg": mark_safe(told["qr"])}


urlpatterns: list[URLPattern] = [
    path("check/", ask, name="desk-check"),
    *checks_batch.urlpatterns,
    *checks_requests.urlpatterns,
    path("checks/", history, name="desk-checks"),
    path("checks/<slug:number>/", answer, name="desk-check-answer"),
    path("checks/<slug:number>/sheet/", print_sheet, name="desk-check-sheet"),
    path("checks/<slug:number>.pdf", pdf, name="desk-check-sheet-pdf"),
    path("checks/<slug:number>.json", signed, name="desk-check-json"),
    path("checks/<slug:number>/release/", release, name="desk-check-release"),
    *checks_own.urlpatterns,
]
