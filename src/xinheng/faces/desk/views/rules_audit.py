"""Desk page: a department's own rules document laid against the list of measures. What is extra or heavier is found.

The document is read in memory and kept nowhere: the page carries it along, so that the findings can be exported.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from xinheng.faces.clock import today
from xinheng.faces.desk import ruletexts
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.uploads import SubmissionHandler
from xinheng.faces.site.words import in_chinese, named
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law

# The gravest first
KINDS = {
    "on-persons": gettext_lazy("针对个人，不能由此采取"),
    "not-in-list": gettext_lazy("清单以外"),
    "heavier": gettext_lazy("比清单重"),
    "no-basis": gettext_lazy("没有现行依据"),
    "unsure": gettext_lazy("待人工核对"),
    "ok": gettext_lazy("清单以内"),
}
TEXT = 300_000


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: Any) -> HttpResponseBase:
    """The form, the findings, or the findings as a file. A file stays in memory, so the handler is set first."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _audit(request)
    return answer


@csrf_protect
@desk("rules.audit")
def _audit(request: Any) -> HttpResponseBase:
    title = request.POST.get("title", "").strip()[:200] if request.method == "POST" else ""
    context: dict[str, Any] = {"section": "rules-audit", "title": title, "kinds": list(KINDS.items())}
    if request.method != "POST":
        return page(request, "desk/rules_audit.html", context)
    try:
        title, told = _given(request, title)
    except XinhengError as error:
        return page(request, "desk/rules_audit.html", context | {"said": error.message}, status=400)
    text = "\n".join(told)[:TEXT]
    found = law.rules_audit(pack=law.active(), text=text, on=today())
    if request.POST.get("export") == "csv":
        return _file(found)
    counted = Counter(str(one.kind) for one in found)
    return page(
        request,
        "desk/rules_audit.html",
        context
        | {
            "title": title,
            "text": text,
            "read": sum(bool(line) for line in told),
            "cut": len(told) >= ruletexts.MOST_LINES,
            "counts": [(code, label, counted[code]) for code, label in KINDS.items()],
            "wrong": sum(n for kind, n in counted.items() if kind != "ok"),
            "rows": _rows(found),
            "done": True,
        },
    )


def _given(request: Any, title: str) -> tuple[str, list[str]]:
    """The document a form brings, as a file or as text. Raises `RulesUnreadable`."""
    file = request.FILES.get("document")
    if request.META.get("XINHENG_UPLOAD_TOO_LARGE"):
        raise ruletexts.RulesUnreadable("文件太大：不超过 2 MB。请只上传正文，或者分成几份。")
    if file is not None:
        name = (file.name or "").replace("\\", "/").rsplit("/", 1)[-1][:120]
        return title or name, ruletexts.lines(name, file.read())
    text = request.POST.get("text", "")
    if not text.strip():
        raise ruletexts.RulesUnreadable("请选一个文件（TXT、MD、CSV、DOCX），或者把正文粘贴进来。")
    return title, ruletexts.masked(text[:TEXT].splitlines())


def _rows(found: Any) -> list[dict[str, Any]]:
    """Findings in words, what is wrong before what is right, each group in the order of the document."""
    known = law.measures(pack=law.active(), on=today())
    order = list(KINDS)
    return [
        {
            "one": one,
            "word": KINDS[one.kind],
            "measure": known.get(one.measure),
            "says": one.says if in_chinese() else one.says_en or one.says,
        }
        for one in sorted(found, key=lambda one: (order.index(one.kind), one.line))
    ]


def _file(found: Any) -> HttpResponse:
    """The findings in the document's own order, so that the department can strike them out one by one."""
    known = law.measures(pack=law.active(), on=today())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("行"), _("原文"), _("对应的措施"), _("结论"), _("依据"), _("说明")])
    for one in sorted(found, key=lambda one: one.line):
        measure = named(known[one.measure]) if one.measure in known else one.measure
        says = one.says if in_chinese() else one.says_en or one.says
        cells = [one.text, measure, str(KINDS[one.kind]), one.citation, says]
        writer.writerow([one.line, *(plain(cell) for cell in cells)])
    content = b"\xef\xbb\xbf" + out.getvalue().encode()
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="xinheng-rules-audit-{today().isoformat()}.csv"'
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def plain(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(("=", "+", "-", "@")) else cell


urlpatterns: list[URLPattern] = [path("rules-audit/", audit, name="desk-rules-audit")]
