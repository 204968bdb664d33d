"""Addresses of the desk, module by module. All of them under /desk/ (English under /en/desk/)."""

from __future__ import annotations

from django.urls import URLPattern

from xinheng.faces.desk.views import articles, intake, names, names_links, oversight, plan, start

urlpatterns: list[URLPattern] = [
    *start.urlpatterns,
    *intake.urlpatterns,
    *names.urlpatterns,
    *names_links.urlpatterns,
    *oversight.urlpatterns,
    *plan.urlpatterns,
    *articles.urlpatterns,
]
