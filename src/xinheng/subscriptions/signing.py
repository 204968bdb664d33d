"""The signature of a delivery: RFC 9421 over method, address, type and digest of the body (RFC 9530), Ed25519."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

LABEL = TAG = "xinheng-webhook"
COVERED = ("@method", "@target-uri", "content-type", "content-digest")


@dataclass
class Request:
    """A request as the signer sees it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def signed(
    *, url: str, body: bytes, media_type: str, kid: str, key: Ed25519PrivateKey, at: datetime
) -> dict[str, str]:
    """The headers of a POST of `body` to `url`, signed at `at`. A retry is signed anew: its `created` is its own."""
    request = Request("POST", url, {"Content-Type": media_type})
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={kid: key}),
    )
    signer.sign(
        request, key_id=kid, created=at, label=LABEL, tag=TAG, covered_component_ids=COVERED, body=body
    )
    return request.headers
