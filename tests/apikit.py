"""Machines that call the API in tests: a client of a unit of the small city with a token and given scopes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moments import AT
from xinheng.accounts import service as accounts

SHAPE = {"type", "title", "status", "detail", "code", "message", "where", "what_to_do"}


@dataclass
class Caller:
    """A client of one unit with its token; without one it calls as a visitor."""

    body: str
    id: str
    secret: str
    browser: Any
    token: str = ""

    def ask(self, method: str, path: str, data: Any = b"", **headers: str) -> Any:
        """A request; a dict is sent as JSON."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        body = json.dumps(data) if isinstance(data, dict) else data
        return self.browser.generic(
            method, f"/api/v1{path}", body, content_type="application/json", headers=headers
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, data: Any, **headers: str) -> Any:
        return self.ask("POST", path, data, **headers)


def units() -> list[str]:
    """Units of the small city that sent something, the same each time."""
    from xinheng.intake import service as intake

    return sorted({batch.source for batch in intake.batches(item="admin-penalty", limit=500)})


def caller(
    scopes: tuple[str, ...],
    *,
    unit: int = 0,
    matters: tuple[str, ...] = (),
    sector: str = "market-regulation",
) -> Caller:
    """A new client of a unit with these scopes, its allowances full."""
    from django.test import Client

    from xinheng.faces.clock import now
    from xinheng.faces.site.limits import buckets

    buckets.clear()
    body = units()[unit]
    made = accounts.add_client(
        body=body, scopes=scopes, title="业务系统", at=AT, actor="test", sector=sector, matters=matters
    )
    client = accounts.client_of_secret(id=made.id, secret=made.secret)
    return Caller(
        body, made.id, made.secret, Client(enforce_csrf_checks=True), accounts.token(client=client, at=now())
    )


def problem(answer: Any, status: int, code: str = "") -> dict[str, Any]:
    """The answer is a problem in the one form, and says what to do."""
    assert answer.status_code == status, answer.content.decode()[:500]
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) - {"number"} == SHAPE
    assert body["message"] == body["detail"]
    assert (body["type"], body["status"]) == (f"urn:xinheng:problem:{body['code']}", status)
    assert body["title"]
    assert body["what_to_do"]
    assert not code or body["code"] == code, body
    return body
