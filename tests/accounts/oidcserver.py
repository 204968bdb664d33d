"""An identity provider on this machine: discovery, keys and tokens over real HTTP, and every way to be wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "xinheng", "a-secret-of-the-client"


@dataclass
class OidcServer:
    """Signs for whoever the test says; `bend` may spoil the claims, `key` and `alg` the signature."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    bend: Callable[[dict[str, Any]], None] = lambda _claims: None
    key: Any = field(default_factory=lambda: _own_key())
    signs_with: Any = None
    alg: str = "RS256"
    asked: dict[str, str] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    seen: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def visit(self, address: str) -> dict[str, str]:
        """What a browser brings back after signing in there: the answer to the address it was sent to."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"code": f"code-{len(self.used)}-{id(self)}", "state": self.asked["state"], "iss": self.issuer}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint: client, code, redirect and verifier must be right; a code is exchanged once."""
        self.seen.append(form)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proved = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(
            b"="
        )
        right = authorization == f"Basic {basic}" and form["code"] not in self.used
        right = right and proved.decode() == self.asked["code_challenge"]
        if not right or form["redirect_uri"] != self.asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        self.used.add(form["code"])
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": self.asked["nonce"]} | self.claims
        self.bend(claims)
        signer = self.signs_with or self.key
        header = {"alg": self.alg, "kid": "one"}
        token = (
            _unsigned(claims)
            if self.alg == "none"
            else jwt.encode(header, claims, signer, algorithms=[self.alg])
        )
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def configuration(self) -> dict[str, Any]:
        """What the provider says of itself."""
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
        } | self.told  # fmt: skip


@lru_cache(maxsize=1)
def _own_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@lru_cache(maxsize=1)
def other_keys() -> dict[str, Any]:
    """Keys that are not the provider's."""
    return {
        "RS256": RSAKey.generate_key(2048, {"kid": "one"}), "ES256": ECKey.generate_key("P-256", {"kid": "one"}),
        "HS256": OctKey.import_key(SECRET.encode().ljust(32, b"x")),
    }  # fmt: skip


@contextmanager
def running() -> Iterator[OidcServer]:
    """A provider that answers until the block ends."""
    server = OidcServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_more: Any) -> None:
            """Silent."""

        def do_GET(self) -> None:
            server.paths.append(self.path)
            if self.path == "/.well-known/openid-configuration":
                self._answer(200, server.configuration())
            elif self.path == "/keys":
                self._answer(200, {"keys": [server.key.as_dict(private=False)]})
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*server.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, told: dict[str, Any]) -> None:
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.issuer = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps({"alg": "none"}).encode(), json.dumps(claims).encode()]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
