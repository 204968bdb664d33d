"""Issuing a report: a page that says what it is, then the file itself on a POST."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.faces.clock import now
from xinheng.faces.site.limits import REPORT, limited
from xinheng.faces.site.page import page
from xinheng.faces.site.templatetags.xinheng_site import as_date
from xinheng.faces.site.views.common import as_of, head_of
from xinheng.kernel.errors import XinhengError
from xinheng.reports import service as reports


@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """What the report holds and of which day. This page sets the cookie that protects the form, reading pages do not."""
    head, moment = head_of(code), as_of(request)
    context = {
        "head": head,
        "form_valid_on": moment.valid_on,
        "form_known_on": moment.known_on,
        "problem": moment.problem,
    }
    return page(request, "site/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@limited(REPORT, methods=("POST",))
def report_file(request: HttpRequest, code: str) -> HttpResponse:
    """The signed PDF. Issuing is a ledger entry, so a mere link never does it: GET leads to the page with the button."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("report", args=[code]))
    head = head_of(code)
    valid_on, known_on = as_date(request.POST.get("valid_on")), as_date(request.POST.get("known_on"))
    try:
        issued = reports.issue(
            uscc=head.code, audience="public", at=now(), actor="public", valid_on=valid_on, known_on=known_on
        )
    except XinhengError as error:
        if error.exit > 2:
            raise
        problem = _("报告没有出具：请检查两个日期，不能晚于今天。")
        context = {"head": head, "form_valid_on": valid_on, "form_known_on": known_on, "problem": problem}
        return page(request, "site/report.html", context, status=400)
    response = HttpResponse(issued.pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="xinheng-{issued.number}.pdf"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
