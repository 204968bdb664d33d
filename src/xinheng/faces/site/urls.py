"""Addresses of the public site. Chinese has no prefix, English lives under /en/.

`urlpatterns` must be part of the root configuration itself (a language prefix cannot be included).
"""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, register_converter

from xinheng.faces.desk.urls import urlpatterns as desk
from xinheng.faces.site.more import before_lists
from xinheng.faces.site.more import urlpatterns as more
from xinheng.faces.site.views import (
    about,
    errors,
    guides,
    home,
    law,
    listings,
    organisation,
    reports,
    rights,
    search,
)
from xinheng.faces.site.views import statement as statements
from xinheng.faces.site.views import verify as verification


class CodeConverter:
    """A unified code or an old registration number, as typed: letters, digits and hyphens."""

    regex = "[0-9A-Za-z-]{8,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RuleConverter:
    """The id of a provision or of a publication rule, which may hold slashes."""

    regex = "[0-9A-Za-z._:;/-]{1,96}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "code")
register_converter(RuleConverter, "rule")

urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", errors.robots, name="robots"),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("search/", search.search, name="search"),
        path("org/<code:code>/", organisation.overview, name="org"),
        path("org/<code:code>/report/", reports.report, name="report"),
        path("org/<code:code>/report.pdf", reports.report_file, name="report-file"),
        path("org/<code:code>/<slug:slug>/", organisation.tab, name="org-tab"),
        path("statement/<int:id>/", statements.statement, name="statement"),
        path("double-publicity/", listings.publicity, name="publicity"),
        *before_lists,
        path("lists/", listings.lists, name="lists"),
        path("lists/<slug:item>/", listings.one_list, name="lists-item"),
        path("commitments/", listings.commitments, name="commitments"),
        path("honours/", listings.honours, name="honours"),
        path("verify/", verification.verify, name="verify"),
        path("verify/<slug:number>", verification.verify, name="verify-number"),
        path("law/<rule:id>/", law.provision, name="law"),
        path("about/", about.about, name="about"),
        path("log/", about.log, name="log"),
        path("guide/objection/", guides.objection, name="guide-objection"),
        path("guide/repair/", guides.repair, name="guide-repair"),
        path("objection/<int:statement>/", rights.objection, name="object"),
        path("objection/<int:statement>/sheet/", rights.objection_sheet, name="object-sheet"),
        path("repair/<int:statement>/", rights.repair, name="repair"),
        path("repair/<int:statement>/letter/", rights.repair_letter, name="repair-letter"),
        *more,
        path("desk/", include(desk)),
        prefix_default_language=False,
    ),
]

handler400 = "xinheng.faces.site.views.errors.bad_request"
handler403 = "xinheng.faces.site.views.errors.refused"
handler404 = "xinheng.faces.site.views.errors.not_found"
handler500 = "xinheng.faces.site.views.errors.broken"
