"""Who a machine is: client credentials for a token (OAuth 2, RFC 6749 section 4.4), and the token on each request."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import HttpBearer
from pydantic import Field

from xinheng.accounts import service as accounts
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.limits import CALLS, TOKEN, spend
from xinheng.faces.clock import now
from xinheng.faces.site.limits import Allowance, visitor

router = Router(tags=["token"])


class Bearer(HttpBearer):
    """`Authorization: Bearer …`. Cookies count for nothing here, so no form of another site can act."""

    def __init__(self, scope: str, allowance: Allowance | None = None) -> None:
        super().__init__()
        self.scope, self.allowance = scope, allowance

    def authenticate(self, request: HttpRequest, token: str) -> accounts.ApiClient:
        """The client of the token, within its scope and its allowance."""
        # Asking the clock reads the home's settings: once for a request
        at = request.asked_at = now()  # type: ignore[attr-defined]
        client = accounts.client_of_token(token=token, at=at)
        spend(client.id, self.allowance or CALLS, request)
        if not self.fits(client):
            raise ApiProblem(
                403, "scope-missing", f"令牌没有 {self.scope} 权限。", where="header.Authorization"
            )
        if not client.sector:
            # Made before sectors were kept, or for a unit the pack did not know yet
            told = checks.sector_of_unit(body=client.body, on=evidence.legal_day(at))
            client = replace(client, sector=told) if told else client
        return client

    def fits(self, client: accounts.ApiClient) -> bool:
        """Whether the client has the scope."""
        return self.scope in client.scopes


class AnyBearer(Bearer):
    """A token with at least one of some scopes; which of them the call needs is asked later."""

    def __init__(self, scopes: tuple[str, ...], allowance: Allowance | None = None) -> None:
        super().__init__(scopes[0], allowance)
        self.scopes = scopes

    def fits(self, client: accounts.ApiClient) -> bool:
        """Whether the client has one of them."""
        return any(scope in client.scopes for scope in self.scopes)


intake_client = Bearer("intake")


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
    spend(visitor(request.META), TOKEN, request)
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
