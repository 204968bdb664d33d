"""The API of version 1: one description (/api/v1/openapi.json), one error format, routers by reader."""

from __future__ import annotations

from xinheng.faces.api import (
    batches,
    checks,
    errors,
    evaluation,
    linking,
    lists,
    measures,
    opendata,
    subscriptions,
    tokens,
    uploads,
    withdrawals,
)
from xinheng.faces.api.contract import Api

api = Api(
    title="Xinheng 信衡",
    version="1",
    urls_namespace="api",
    docs_url=None,
    description=(
        "Public credit information of organisations. Reading what is public needs no token; sending needs a client of a"
        " department (`POST /token`). Every error is `application/problem+json` with `code`, `message`, `where`,"
        " `what_to_do`; `code` never changes its meaning. Every answer states what is left of its allowance in `RateLimit`"
        " and `RateLimit-Policy`. Instants are UTC, legal dates Shanghai's."
    ),
)
errors.install(api)
api.add_router("", opendata.router)
api.add_router("", tokens.router)
api.add_router("", checks.router)
api.add_router("", measures.router)
api.add_router("", lists.router)
api.add_router("", evaluation.router)
api.add_router("", batches.router)
api.add_router("", uploads.router)
api.add_router("", linking.router)
api.add_router("", withdrawals.router)
api.add_router("", subscriptions.router)
