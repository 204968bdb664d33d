"""The status lists of reports, whole: who fetches one does not say which report it is about."""

from __future__ import annotations

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from xinheng.faces.clock import now
from xinheng.kernel.errors import XinhengError
from xinheng.reports import service as reports


@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """A W3C BitstringStatusListCredential secured as a JWT. May be cached and mirrored by anyone for its ttl."""
    try:
        text, since = reports.status_list(number=number, at=now())
    except XinhengError:
        raise Http404 from None
    mark = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    response: HttpResponse = HttpResponse(text, content_type="application/vc+jwt")
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponseNotModified()
    response["ETag"] = mark
    response["Last-Modified"] = http_date(since.timestamp())
    response["Cache-Control"] = f"public, max-age={reports.STATUS_TTL}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
