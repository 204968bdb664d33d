"""What left use and where it arrived, in numbers, for everyone: neither which entry it was nor who was told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now
from xinheng.faces.site.page import page
from xinheng.withdrawals import service as withdrawals

PAGE = 50


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The newest withdrawals, each with how many data users were told and how many acknowledged."""
    at = now()
    rows = withdrawals.recent(before=None, limit=PAGE, at=at)
    context = {
        "section": "withdrawals-numbers",
        "last": withdrawals.last(),
        "rows": [(one, f"{one.at.astimezone(evidence.SHANGHAI):%Y-%m-%d %H:%M}") for one in rows],
    }
    return page(request, "site/withdrawals.html", context)
