"""Addresses of the pages about the whole: catalogue, statistics, objections and repairs, map, articles, open data, sources."""

from __future__ import annotations

from django.urls import URLPattern, path

from xinheng.faces.site.views import (
    articles,
    catalogue,
    map,
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
    path("withdrawals/", withdrawals.numbers, name="withdrawals-numbers"),
    path("map/", map.credit_map, name="map"),
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
    path("sources/", sources.sources, name="sources"),
]
