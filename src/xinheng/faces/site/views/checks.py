"""What became of checks and hints, in numbers, and the results departments reported: for everyone, through the gate."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.articles import service as articles
from xinheng.checks import service as checks
from xinheng.faces.clock import today
from xinheng.faces.site import check_sheets
from xinheng.faces.site.page import page
from xinheng.faces.site.sheets import as_csv as table_as_csv
from xinheng.faces.site.sheets import short_names
from xinheng.faces.site.views.articles import shown
from xinheng.faces.site.views.common import keyset
from xinheng.law import service as law

PAGE, NEWEST, CASES = 50, 6, 6


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Every table with its chart up to yesterday, the newest results and typical cases. Works without a script."""
    on = today()
    until = checks.counted_until(on=on - timedelta(days=1))
    cases = articles.published(on=on, limit=CASES, kind="case")
    context = {
        "section": "checks-numbers",
        "sheets": check_sheets.sheets(on - timedelta(days=1)),
        "csv": "checks-csv",
        "until": until,
        "days": checks.working_days_allowed(pack=law.active()),
        "results": _named(checks.published_results(on=on, limit=NEWEST)),
        "cases": [shown(one) for one in cases],
    }
    return page(request, "site/checks.html", context)


@require_safe
def as_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file."""
    until = today() - timedelta(days=1)
    found = check_sheets.sheet(table, on=until)
    if found is None:
        raise Http404
    response = HttpResponse(table_as_csv(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="xinheng-{table}-{until.isoformat()}.csv"'
    )
    return response


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Results the office released, newest first. An organisation is named while its entry is public, and no longer."""
    found = checks.published_results(on=today(), after=keyset(request), limit=PAGE + 1)
    context = {
        "section": "checks-numbers",
        "results": _named(found[:PAGE]),
        "next": found[PAGE - 1].feedback if len(found) > PAGE else None,
    }
    return page(request, "site/check_results.html", context)


def _named(found: list[checks.ResultLine]) -> list[tuple[checks.ResultLine, str]]:
    names = short_names(sorted({one.body for one in found}))
    return [(one, names.get(one.body, one.body)) for one in found]
