"""Addresses of the desk, module by module. All of them under /desk/ (English under /en/desk/)."""

from __future__ import annotations

from django.urls import URLPattern

from xinheng.faces.desk.views import articles, intake, oversight, plan, start

urlpatterns: list[URLPattern] = [
    *start.urlpatterns,
    *intake.urlpatterns,
    *oversight.urlpatterns,
    *plan.urlpatterns,
    *articles.urlpatterns,
]
