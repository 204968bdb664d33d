"""Addresses of the pages about the whole: catalogue, statistics, objections and repairs, map, articles, open data, sources."""

from __future__ import annotations

from django.urls import URLPattern, path

from xinheng.faces.site.views import (
    articles,
    catalogue,
    checks,
    developers,
    evaluation,
    indices,
    list_numbers,
    map,
    measures,
    opendata,
    remedies,
    sources,
    statistics,
    withdrawals,
)

urlpatterns: list[URLPattern] = [
    path("statistics/", statistics.overview, name="statistics"),
    path("statistics/<slug:table>.csv", statistics.as_csv, name="statistics-csv"),
    path("remedies/", remedies.numbers, name="remedies-numbers"),
    path("remedies/<slug:table>.csv", remedies.as_csv, name="remedies-csv"),
    path("checks/", checks.numbers, name="checks-numbers"),
    path("checks/results/", checks.results, name="checks-results"),
    path("checks/<slug:table>.csv", checks.as_csv, name="checks-csv"),
    path("withdrawals/", withdrawals.numbers, name="withdrawals-numbers"),
    path("map/", map.credit_map, name="map"),
    path("models/", evaluation.published, name="evaluation-published"),
    path("indices/", indices.indices, name="indices"),
    path("indices/<slug:table>.csv", indices.as_csv, name="indices-csv"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue.csv", catalogue.as_csv, name="catalogue-csv"),
    path("catalogue/matters/", catalogue.matters, name="catalogue-matters"),
    path("catalogue/matters.csv", catalogue.matters_csv, name="catalogue-matters-csv"),
    path("catalogue/<slug:item>/", catalogue.item, name="catalogue-item"),
    path("articles/", articles.index, name="articles"),
    path("articles/notices.atom", articles.feed, name="articles-feed"),
    path("articles/<slug:number>/", articles.article, name="article"),
    path("open-data/", opendata.overview, name="open-data"),
    path("open-data/api/", opendata.api_docs, name="api-docs"),
    path("developers/", developers.machines, name="developers"),
    path("developers/widget/", developers.widget, name="widget-docs"),
    path("sources/", sources.sources, name="sources"),
]
# Before `lists/<item>/`, which would take them for a list
before_lists: list[URLPattern] = [
    path("lists/kinds/", measures.list_kinds, name="list-kinds"),
    path("lists/kinds.csv", measures.list_kinds_csv, name="list-kinds-csv"),
    path("lists/numbers/", list_numbers.numbers, name="list-numbers"),
    path("lists/numbers/<slug:table>.csv", list_numbers.as_csv, name="list-numbers-csv"),
    path("measures/", measures.measures, name="measures"),
    path("measures.csv", measures.measures_csv, name="measures-csv"),
]
