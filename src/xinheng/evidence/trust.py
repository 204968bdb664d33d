"""The trust bundle: the one public file that lets anyone, offline, check what this home signed."""

from __future__ import annotations

import base64
import json
import os
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from xinheng.evidence import keys
from xinheng.evidence.reading import not_before_the_ledger
from xinheng.home import home

Part = Callable[[datetime], Any]
_parts: dict[str, Part] = {}


def register_trust_part(name: str, part: Part) -> None:
    """A room that signs or revokes things adds its part of the bundle."""
    _parts[name] = part


def trust_bundle(*, at: datetime) -> dict[str, Any]:
    """Log keys (retired ones too, also as a JWK set), document certificates and the status lists, as of `at`, and never
    as of an instant before the newest ledger entry."""
    at = not_before_the_ledger(at)
    known = keys.public_log_keys()
    bundle: dict[str, Any] = {"version": 1, "origin": keys.origin(), "log_keys": known, "jwks": jwks()}
    for name, part in _parts.items():
        bundle[name] = part(at)
    return bundle


def write_trust_bundle(*, at: datetime) -> Path:
    """Writes the bundle to its place in the home, whole or not at all; returns the path."""
    place = home().trust
    fresh = place.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(json.dumps(trust_bundle(at=at), ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(place)
    return place


def jwks() -> dict[str, list[dict[str, str]]]:
    """The log's public keys as a JWK set (RFC 7517, RFC 8037), oldest first: for readers of what `sign_jws` made."""
    return {
        "keys": [
            {
                "kty": "OKP", "crv": "Ed25519", "x": _url64(base64.b64decode(key["public"])), "alg": "EdDSA", "use": "sig",
                "kid": kid_of(key["name"], key["key_id"]),
            }
            for key in keys.public_log_keys()
        ]
    }  # fmt: skip


def kid_of(name: str, key_id: str) -> str:
    """The name of a log key in a JOSE header."""
    return f"{name}#{key_id}"


def sign_jws(payload: bytes, *, type: str) -> str:
    """A compact JWS over `payload` by the present log key (EdDSA), with its kid and the media type in the header."""
    signer = keys.log_signer()
    verifier = signer.verifier
    private = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": _url64(verifier.public_key), "d": _url64(signer.private_key)}
    )
    header = {"alg": "EdDSA", "typ": type, "kid": kid_of(signer.name, verifier.key_id.hex())}
    with warnings.catch_warnings():
        # RFC 9864 renames the algorithm; readers of verifiable credentials know it as EdDSA
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact(header, payload, private, algorithms=["EdDSA"])


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
