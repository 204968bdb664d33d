"""A simulated identity provider for sandboxes: it believes anybody. It runs inside this process, without a network.

What it answers goes through the very same checks as a real provider's (`provider.finish`); only its word is worth
nothing, which is why every door of it is shut outside a sandbox.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core import signing
from joserfc import jwt
from joserfc.jwk import OKPKey
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from xinheng.accounts.errors import ProviderRefused, SandboxOnly
from xinheng.accounts.provider import Provider
from xinheng.evidence import service as evidence
from xinheng.home import home

ISSUER = "https://simulated-provider.invalid"
CLIENT = "xinheng-sandbox"
SALT, CODE_SECONDS, TOKEN_SECONDS = "xinheng.accounts.simulated", 120, 300
FILE = "simulated-provider.json"


def simulated(*, page: str) -> Provider:
    """The simulated provider, whose page for choosing an organisation is at `page`. Raises `SandboxOnly`."""
    _sandbox_only()
    return Provider(ISSUER, CLIENT, adapter=_Inside(page))


def choose(*, asked: Mapping[str, str], code: str, agent: str, redirect: str) -> str:
    """The address that sends a visitor back as the agent of an organisation. Raises `SandboxOnly`, `ProviderRefused`."""
    _sandbox_only()
    wrong = asked.get("client_id") != CLIENT or asked.get("redirect_uri") != redirect
    if wrong or asked.get("code_challenge_method") != "S256" or not asked.get("state"):
        raise ProviderRefused("这次登录不是从登录页开始的。请回到登录页重新开始。")
    told = {"uscc": code, "sub": f"{agent}@{code}", "nonce": asked.get("nonce", "")}
    told |= {"challenge": asked.get("code_challenge", ""), "redirect": redirect, "once": secrets.token_hex(8)}
    answer = {"code": signing.dumps(told, salt=SALT), "state": asked["state"], "iss": ISSUER}
    return f"{redirect}?{urlencode(answer)}"


class _Inside(BaseAdapter):
    """Answers the four questions a client asks of a provider."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page

    def send(self, request: PreparedRequest, *_given: Any, **_more: Any) -> Response:
        _sandbox_only()
        path = urlsplit(str(request.url)).path
        status = 404
        told: dict[str, Any] = {"error": "not_found"}
        if path.endswith("/openid-configuration"):
            status, told = 200, self._configuration()
        elif path == "/keys":
            status, told = 200, {"keys": [_key().as_dict(private=False)]}
        elif path == "/token" and request.method == "POST":
            body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
            status, told = _token({name: values[0] for name, values in parse_qs(body).items()})
        answer = Response()
        answer.status_code, answer.request, answer.url = status, request, str(request.url)
        answer.headers["Content-Type"] = "application/json"
        answer._content = json.dumps(told).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""

    def _configuration(self) -> dict[str, str]:
        return {
            "issuer": ISSUER, "authorization_endpoint": self._page, "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }  # fmt: skip


def _token(form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    try:
        told = signing.loads(form.get("code", ""), salt=SALT, max_age=CODE_SECONDS)
    except signing.BadSignature:
        return 400, {"error": "invalid_grant"}
    proved = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
    if (
        not hmac.compare_digest(proved.decode(), told["challenge"])
        or form.get("redirect_uri") != told["redirect"]
    ):
        return 400, {"error": "invalid_grant"}
    issued = _issued_at(form["code"])
    claims = {
        "iss": ISSUER, "aud": CLIENT, "sub": told["sub"], "uscc": told["uscc"], "nonce": told["nonce"],
        "iat": issued, "exp": issued + TOKEN_SECONDS,
    }  # fmt: skip
    key = _key()
    token = jwt.encode({"alg": "Ed25519", "kid": str(key.kid)}, claims, key, algorithms=["Ed25519"])
    return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}


def _issued_at(code: str) -> int:
    """When the code was made: its signed stamp, so that this room needs no clock of its own."""
    return signing.b62_decode(code.rsplit(":", 2)[1])


def _key() -> OKPKey:
    file = home().keys / FILE
    if not file.is_file():
        made = OKPKey.generate_key("Ed25519", {"kid": "simulated"}, private=True)
        with contextlib.suppress(FileExistsError):
            evidence.write_secret(file, json.dumps(made.as_dict(private=True)))
    return OKPKey.import_key(json.loads(file.read_text(encoding="utf-8")))


def _sandbox_only() -> None:
    if not home().sandbox:
        raise SandboxOnly("模拟的身份提供方只在沙盒里有。正式环境请设置 XINHENG_OIDC_ISSUER。")
