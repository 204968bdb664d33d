"""The API of version 1: one description (/api/v1/openapi.json), one error format, routers by reader."""

from __future__ import annotations

from ninja import NinjaAPI

from xinheng.faces.api import batches, errors, linking, opendata, tokens, uploads, withdrawals

api = NinjaAPI(
    title="Xinheng 信衡",
    version="1",
    urls_namespace="api",
    docs_url=None,
    description=(
        "Public credit information of organisations. Reading what is public needs no token; sending needs a client of a"
        " department (`POST /token`). Every error is `application/problem+json` with `code`, `message`, `where`,"
        " `what_to_do`. Instants are UTC, legal dates Shanghai's."
    ),
)
errors.install(api)
api.add_router("", opendata.router)
api.add_router("", tokens.router)
api.add_router("", batches.router)
api.add_router("", uploads.router)
api.add_router("", linking.router)
api.add_router("", withdrawals.router)
