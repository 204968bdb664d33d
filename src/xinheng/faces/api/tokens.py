"""Who a machine is: client credentials for a token (OAuth 2, RFC 6749 section 4.4), and the token on each request."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import HttpBearer
from pydantic import Field

from xinheng.accounts import service as accounts
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.clock import now
from xinheng.faces.site.limits import Allowance, buckets, visitor

router = Router(tags=["token"])
TOKEN = Allowance("api-token", 30, 60)
CALLS = Allowance("api", 600, 60)


class Bearer(HttpBearer):
    """`Authorization: Bearer …`. Cookies count for nothing here, so no form of another site can act."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> accounts.ApiClient:
        """The client of the token, within its scope and its allowance."""
        client = accounts.client_of_token(token=token, at=now())
        if self.scope not in client.scopes:
            raise ApiProblem(
                403, "scope-missing", f"令牌没有 {self.scope} 权限。", where="header.Authorization"
            )
        spend(client.id, CALLS)
        return client


intake_client = Bearer("intake")


def spend(who: str, allowance: Allowance) -> None:
    """Takes one request from an allowance; raises a 429 problem when there is none left."""
    allowed, _left, wait = buckets.take(who, allowance)
    if not allowed:
        raise ApiProblem(
            429, "too-many-requests", f"请求太频繁:{allowance.seconds} 秒内最多 {allowance.count} 次。",
            headers={"Retry-After": str(max(1, wait))},
        )  # fmt: skip


class Token(Schema):
    """A token and how long it holds."""

    access_token: str = Field(examples=["eyJjbGllbnQiOiJjLTRm…"])
    token_type: str = Field("Bearer", examples=["Bearer"])
    expires_in: int = Field(description="seconds", examples=[3600])
    scope: str = Field(examples=["intake"])


FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string", "description": "or in HTTP Basic"},
                        "client_secret": {"type": "string", "format": "password"},
                    },
                },
                "example": {"grant_type": "client_credentials", "client_id": "c-1f0a…", "client_secret": "…"},
            }
        },
    }
}


@router.post(
    "/token", response={200: Token, 400: EXPECTED[400], 401: EXPECTED[401], 429: EXPECTED[429]}, openapi_extra=FORM,
    summary="A token for an hour, bound to one unit",
)  # fmt: skip
def token(request: HttpRequest) -> Any:
    """Client id and secret, in the form or as HTTP Basic, for a token that holds an hour."""
    spend(visitor(request.META), TOKEN)
    if request.POST.get("grant_type") != "client_credentials":
        raise ApiProblem(
            400, "unsupported_grant_type", "grant_type 须是 client_credentials。", where="body.grant_type"
        )
    name, secret = _basic(request) or (
        request.POST.get("client_id", ""),
        request.POST.get("client_secret", ""),
    )
    client = accounts.client_of_secret(id=name, secret=secret)
    return {
        "access_token": accounts.token(client=client, at=now()),
        "token_type": "Bearer",
        "expires_in": accounts.TOKEN_SECONDS,
        "scope": " ".join(client.scopes),
    }


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    kind, _, told = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret
