"""Addresses of the desk, module by module. All of them under /desk/ (English under /en/desk/)."""

from __future__ import annotations

from django.urls import URLPattern

from xinheng.faces.desk.views import (
    account,
    account_claims,
    articles,
    audit,
    cases,
    counter,
    intake,
    names,
    names_links,
    notices,
    oversight,
    own,
    plan,
    repair_notice,
    signing_simulated,
    start,
    sync,
    terms,
    withdrawals,
)

urlpatterns: list[URLPattern] = [
    *start.urlpatterns,
    *intake.urlpatterns,
    *names.urlpatterns,
    *names_links.urlpatterns,
    *oversight.urlpatterns,
    *plan.urlpatterns,
    *articles.urlpatterns,
    *account.urlpatterns,
    *account_claims.urlpatterns,
    *audit.urlpatterns,
    *cases.urlpatterns,
    *counter.urlpatterns,
    *repair_notice.urlpatterns,
    *terms.urlpatterns,
    *own.urlpatterns,
    *sync.urlpatterns,
    *notices.urlpatterns,
    *signing_simulated.urlpatterns,
    *withdrawals.urlpatterns,
]
