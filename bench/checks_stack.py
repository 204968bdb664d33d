"""The real site and API, and beside them one endpoint that returns one row: the same middleware, token, serialisation.

Only for measuring: these addresses are in no release.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.checks_settings")


def _urls() -> list[Any]:
    from django.urls import path
    from ninja import NinjaAPI, Schema

    from xinheng.evidence import service as evidence
    from xinheng.faces.api import errors
    from xinheng.faces.api.checks import asking
    from xinheng.faces.urls import urlpatterns as all_urls

    api = NinjaAPI(title="bench", version="bench", urls_namespace="bench", docs_url=None, openapi_url=None)
    errors.install(api)

    class Row(Schema):
        code: str
        name: str
        kind: str
        status: str

    @api.get("/row", response=Row, auth=asking)
    def row(request: Any, code: str) -> Any:
        found = evidence.quick_rows(
            "SELECT code, name, kind, status FROM register_entry WHERE code = %s AND closed_by IS NULL",
            [code],
        )
        return dict(zip(("code", "name", "kind", "status"), found[0], strict=True))

    return [path("api/v1/checks-bench/", api.urls), *all_urls]


def __getattr__(name: str) -> Any:
    if name == "urlpatterns":
        return _urls()
    if name == "application":
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    raise AttributeError(name)
