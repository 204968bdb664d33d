"""All addresses: operations and the public log here, pages in the site."""

from __future__ import annotations

from django.urls import path, re_path

from xinheng.faces import operations, status
from xinheng.faces.api.app import api
from xinheng.faces.site.urls import handler400, handler403, handler404, handler500
from xinheng.faces.site.urls import urlpatterns as pages

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("healthz", operations.healthz),
    path("metrics", operations.metrics),
    path("trust.json", operations.trust_bundle, name="trust-bundle"),
    path("status/<int:number>", status.status_list, name="status-list"),
    path("templates/<slug:item>.xlsx", operations.template, name="template"),
    path("log/checkpoint", operations.checkpoint, name="checkpoint"),
    re_path(r"^log/(?P<path>tile/[0-9a-zx/.]+)$", operations.tile),
    path("api/v1/", api.urls),
    *pages,
]
