"""Checking a signed answer offline: pure, without Django, with nothing but the public keys."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TYPE, BATCH_TYPE = "check+jwt", "check-batch+jwt"


@dataclass(frozen=True, slots=True)
class Verified:
    """What verification found. `ok` only when signature, digest and everything shown beside agree.

    `code` is "ok", "malformed", "wrong-type", "unknown-key", "bad-signature" or "altered".
    """

    ok: bool
    code: str
    says: str
    payload: dict[str, Any]
    kid: str = ""


def verify_answer(answer: str | bytes | Mapping[str, Any], jwks: Mapping[str, Any]) -> Verified:
    """Checks an answer: the compact JWS alone, or the JSON of the API (payload with `digest` and `signature`).

    `jwks` is a JWK set as in the trust bundle. Never raises: what cannot be read is "malformed".
    """
    try:
        return _verify(answer, jwks)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Verified(False, "malformed", "这不是一份核查答复：读不出签名或内容。", {})


def canonical(payload: Mapping[str, Any]) -> bytes:
    """JSON with one spelling: sorted keys, no spaces, UTF-8. What digest and signature are made over."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _verify(answer: str | bytes | Mapping[str, Any], jwks: Mapping[str, Any]) -> Verified:
    shown: dict[str, Any] | None = None
    if not isinstance(answer, Mapping):
        text = (answer.decode() if isinstance(answer, bytes) else answer).strip()
        if text.startswith("{"):
            answer = json.loads(text)
    if isinstance(answer, Mapping):
        shown = dict(answer)
        token = shown.pop("signature")
    else:
        token = text
    head, body, signature = token.split(".")
    header = json.loads(_bytes(head))
    if header.get("alg") != "EdDSA" or header.get("typ") not in (TYPE, BATCH_TYPE):
        return Verified(False, "wrong-type", "这个签名不是核查答复的签名。", {})
    kid = str(header["kid"])
    key = next((one for one in jwks["keys"] if one["kid"] == kid and one["crv"] == "Ed25519"), None)
    if key is None:
        return Verified(False, "unknown-key", f"签名所用的密钥 {kid} 不在给出的公钥里。", {}, kid)
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(key["x"])).verify(
            _bytes(signature), f"{head}.{body}".encode()
        )
    except InvalidSignature:
        return Verified(False, "bad-signature", "签名不成立：内容或签名被改动过。", {}, kid)
    signed = _bytes(body)
    payload = json.loads(signed)
    if shown is not None:
        digest = shown.pop("digest", None)
        if digest not in (None, hashlib.sha256(signed).hexdigest()) or shown != payload:
            return Verified(False, "altered", "签名成立，但所示内容与签名的内容不一致。", payload, kid)
    return Verified(True, "ok", "签名成立，内容与签发时一致。", payload, kid)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
