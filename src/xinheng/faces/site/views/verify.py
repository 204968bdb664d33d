"""Checking a report somebody holds: in memory, never stored, and in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from xinheng.checks import service as checks
from xinheng.checks.sheet_verification import is_sheet, verify_sheet
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now
from xinheng.faces.site.limits import VERIFY, limited
from xinheng.faces.site.page import page
from xinheng.faces.site.templatetags.xinheng_site import code as grouped
from xinheng.faces.site.templatetags.xinheng_site import word, zh
from xinheng.faces.site.uploads import LARGEST, CappedMemoryHandler
from xinheng.kernel.errors import XinhengError
from xinheng.reports import service as reports
from xinheng.reports.marks import seal_svg

NUMBER = 40
EMPTY = SafeString("")


@dataclass(frozen=True)
class Outcome:
    """What the page says about a file."""

    good: bool
    title: str
    words: str
    detail: SafeString = EMPTY
    facts: tuple[tuple[str, SafeString], ...] = ()
    org_url: str = ""
    seal: SafeString = EMPTY


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@limited(VERIFY, methods=("POST",))
def verify(request: HttpRequest, number: str = "") -> HttpResponse:
    """The page and, on POST, the verdict.

    The check against forged forms runs inside `_verify`: it reads the body, so the handler that keeps uploads in
    memory has to be in place before it.
    """
    if request.method == "POST":
        request.upload_handlers = [CappedMemoryHandler(request)]
    answer: HttpResponse = _verify(request, number)
    return answer


@csrf_protect
def _verify(request: HttpRequest, number: str) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "verify",
        "largest": LARGEST // 1024 // 1024,
        "number": number[:NUMBER],
    }
    if request.method != "POST":
        return page(request, "site/verify.html", context | {"stands": _by_number(number[:NUMBER])})
    file = request.FILES.get("file")
    if request.META.get("XINHENG_UPLOAD_TOO_LARGE"):
        context["problem"] = _("文件太大了。信用报告一般不到 1 MB。")
    elif file is None or not file.size:
        context["problem"] = _("请选择一份 PDF 报告。")
    else:
        # The bundle is made now, so that the status it carries is today's and not that of the last download
        moment = now()
        content = file.read()
        if is_sheet(content):
            sheet = _sheet(
                verify_sheet(content, evidence.trust_bundle(at=moment)), evidence.legal_day(moment)
            )
            return page(request, "site/verify.html", context | {"outcome": sheet})
        found = reports.verify(content, evidence.trust_bundle(at=moment), at=moment)
        return page(request, "site/verify.html", context | {"outcome": _outcome(found)})
    return page(request, "site/verify.html", context, status=400)


def _outcome(found: reports.Verification) -> Outcome:
    if not found.valid:
        return _bad(found)
    words = {
        "current": _("是本平台出具的，没有被改动过；出具以后，这家机构的公示内容没有变化。"),
        "disputed": _("是本平台出具的，没有被改动过；报告里有一条信息正在处理异议，结果出来以前请谨慎使用。"),
        "superseded": _(
            "是本平台出具的，没有被改动过；但出具以后，这家机构的公示内容有了变化，请以最新报告为准。"
        ),
        "withdrawn": _("是本平台出具的，没有被改动过；但平台已经撤回这份报告，请不要再使用。"),
        "unknown": _("是本平台出具的，没有被改动过；平台查不到它现在的状态。"),
    }
    titles = {
        "current": _("报告有效"),
        "disputed": _("报告真实，所载信息有异议"),
        "superseded": _("报告真实，但已不是最新"),
        "withdrawn": _("报告真实，但已撤回"),
        "unknown": _("报告真实"),
    }
    code = found.organisation["code"]
    issued = datetime.fromisoformat(found.issued_at).astimezone(evidence.SHANGHAI)
    facts = (
        (_("报告编号"), found.number),
        (_("机构"), found.organisation["name"]),
        (_("统一社会信用代码"), grouped(code)),
        (_("出具时间"), f"{issued:%Y-%m-%d %H:%M}"),
        (_("报告里的记录"), f"{found.entries:,}"),
        (_("账本位置"), f"{found.position:,}"),
        (_("状态截至"), _moment(found.status_as_of)),
    )
    return Outcome(
        good=found.status != "withdrawn",
        title=titles[found.status],
        words=words[found.status],
        facts=tuple((label, zh(value)) for label, value in facts if value),
        org_url=reverse("org", args=[code]),
        seal=_seal(found),
    )


@dataclass(frozen=True)
class Stands:
    """How the report of a number stands: all that a number alone can tell."""

    word: str
    as_of: str
    good: bool


def _by_number(number: str) -> Stands | None:
    """The state under a number, which says neither whose report it is nor that a sheet of paper is that report."""
    if not number:
        return None
    moment = now()
    if number.upper().startswith("HC"):
        return _check_by_number(number, moment)
    status = reports.status_of(number=number, on=evidence.legal_day(moment))
    words = {
        "current": _("有效：出具以后所依据的信息没有变化"),
        "disputed": _("有异议：所载的信息正在处理异议"),
        "superseded": _("已不是最新：出具以后所依据的信息有了变化"),
        "withdrawn": _("已撤回：请不要再使用"),
        "unknown": _("没有出具过这个编号的报告"),
    }
    return Stands(words[status], _moment(moment.isoformat()), status == "current")


def _check_by_number(number: str, moment: datetime) -> Stands:
    """Whether a check of this number was answered, and until when its answer may be relied on; never about whom."""
    try:
        kept = checks.evidence(number=number, reader=checks.Asker("public", role="auditor"))
    except XinhengError:
        return Stands(_("没有出具过这个编号的核查单"), _moment(moment.isoformat()), good=False)
    until = str(kept.payload.get("valid_until") or "")
    if kept.outcome != "answered":
        return Stands(_("这次核查被拒绝，没有核查单"), _moment(moment.isoformat()), good=False)
    if not until:
        words = _("这个代码没有登记或者不对，没有可以依据的答复")
        return Stands(words, _moment(moment.isoformat()), good=False)
    if until < evidence.legal_day(moment).isoformat():
        return Stands(
            _("核查单只能依据到 %(day)s，已经过期") % {"day": until}, _moment(moment.isoformat()), good=False
        )
    return Stands(_("核查单可以依据到 %(day)s") % {"day": until}, _moment(moment.isoformat()), good=True)


def _sheet(found: checks.Verified, on: date) -> Outcome:
    """What the page says about a check sheet: genuine and in date, genuine and out of date, or not to be relied on."""
    if not found.ok:
        return Outcome(
            good=False, title=_("不能认定为真"), words=_("核查单被改动过，或者不是本平台出具的。请使用原始 PDF，或者重新核查。"),
            detail=zh(found.says),
        )  # fmt: skip
    told = found.payload
    until = str(told["valid_until"] or "")
    stale = until < on.isoformat()
    facts = (
        (_("证据编号"), told["number"]),
        (_("机构"), told["name"]),
        (_("统一社会信用代码"), grouped(told["uscc"])),
        (_("办理事项"), word(told["matter_name"])),
        (_("核查日期"), told["asked_on"]),
        (_("可以依据到"), until),
    )
    return Outcome(
        good=not stale,
        title=_("核查单真实，但没有可以依据的答复")
        if not until
        else _("核查单真实，但已过期")
        if stale
        else _("核查单有效"),
        words=_("是本平台出具的，没有被改动过；但这个代码没有登记或者不对，请核对后重新核查。")
        if not until
        else _("是本平台出具的，没有被改动过；但答复的有效期已过，请重新核查。")
        if stale
        else _("是本平台出具的，没有被改动过；答复还在有效期内。"),
        facts=tuple((label, zh(value)) for label, value in facts if value),
    )


def _moment(text: str) -> str:
    """An instant as shown; "" stays."""
    return f"{datetime.fromisoformat(text).astimezone(evidence.SHANGHAI):%Y-%m-%d %H:%M}" if text else ""


def _bad(found: reports.Verification) -> Outcome:
    if found.result == "unknown_key":
        title = _("不是本平台的签章")
        words = _("文件上有签章，但不是本平台的密钥签的。请向出具它的单位核实。")
    else:
        title = _("不能认定为真")
        words = _(
            "文件被改动过，或者不是本平台出具的报告。打印后再扫描、另存、加批注的文件也核验不了，请使用原始 PDF。"
        )
    return Outcome(good=False, title=title, words=words, detail=zh("；".join(found.reasons)))


def _seal(found: reports.Verification) -> SafeString:
    """The same mark as on the paper, drawn again from the file's own number and root: the reader can compare."""
    drawn = seal_svg(found.number, found.root)
    hidden = drawn.replace("<svg ", '<svg class="seal" aria-hidden="true" focusable="false" ', 1)
    return mark_safe(hidden)
