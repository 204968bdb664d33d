"""How often a machine or an address may ask, told on every answer of the API: RateLimit and RateLimit-Policy.

Buckets are in the memory of the process (faces/site/limits.py): no query is spent on counting.
"""

from __future__ import annotations

import os
from typing import Any

from xinheng.faces.api.errors import ApiProblem
from xinheng.faces.site.limits import Allowance, buckets


def _many(name: str, default: int) -> int:
    told = os.environ.get(name, "")
    return int(told) if told.isdigit() and int(told) > 0 else default


TOKEN = Allowance("api-token", 30, 60)
CALLS = Allowance("api", 600, 60)
CHECKS = Allowance("api-checks", _many("XINHENG_API_CHECKS", 6_000), 60)
"""Single checks of a client and minute, per server process; a busy place sets XINHENG_API_CHECKS."""
BATCHES = Allowance("api-check-batches", 30, 60)
PUBLIC_CHECKS = Allowance("api-public-checks", 120, 60)
FAILED = Allowance("api-failed", 120, 60)
"""Requests that failed before anything else was counted: without a token, with a wrong one, malformed."""


def spend(who: str, allowance: Allowance, request: Any = None) -> None:
    """Takes one request from an allowance; raises a 429 problem when there is none left.

    With the request, what is left is told in the headers of its answer, whatever the answer will be.
    """
    allowed, left, wait = buckets.take(who, allowance)
    if request is not None:
        told = getattr(request, "limits_told", None)
        if told is None:
            told = request.limits_told = []
        told.append((allowance, left, wait))
    if not allowed:
        raise ApiProblem(
            429, "too-many-requests", f"请求太频繁:{allowance.seconds} 秒内最多 {allowance.count} 次。",
            headers={"Retry-After": str(max(1, wait))},
        )  # fmt: skip


def tell(request: Any, response: Any) -> Any:
    """Writes the allowances of this request into the headers of its answer."""
    told = getattr(request, "limits_told", None)
    if told:
        headers = response.headers
        headers["RateLimit-Policy"] = ", ".join(
            f'"{one.name}";q={one.count};w={one.seconds}' for one, _, _ in told
        )
        headers["RateLimit"] = ", ".join(f'"{one.name}";r={left};t={wait}' for one, left, wait in told)
    return response
