"""Receiving messages: is this delivery the platform's own (RFC 9421, RFC 9530), and was it changed on its way?

Needs `pip install xinheng-client[webhooks]`. A message holds ids only: what is true now is asked of the check.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)

from xinheng_client.verifying import NotGenuine

TAG = "xinheng-webhook"
COVERED = ("@method", "@target-uri", "content-type", "content-digest")


@dataclass
class _Request:
    method: str
    url: str
    headers: Mapping[str, str]


def verify_delivery(
    *, url: str, headers: Mapping[str, str], body: bytes, keys: Mapping[str, Any], max_age: timedelta = timedelta(minutes=5)
) -> dict[str, Any]:  # fmt: skip
    """The message of a delivery to `url`, the address one subscribed with. Raises `NotGenuine`.

    `keys` are the `webhook_keys` of /trust.json. The same message may come more than once: remember its `id`.
    """
    known = {
        one["kid"]: Ed25519PublicKey.from_public_bytes(
            base64.urlsafe_b64decode(one["x"] + "=" * (-len(one["x"]) % 4))
        )
        for one in keys["keys"]
    }
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys=known, private_keys={}),
    )
    try:
        verifier.verify(
            _Request("POST", url, headers),
            max_age=max_age,
            expect_tag=TAG,
            body=body,
            require_components=COVERED,
        )
        message: dict[str, Any] = json.loads(body)
    except (HTTPMessageSignaturesException, KeyError, ValueError) as error:
        raise NotGenuine("the delivery is not the platform's own, or was changed") from error
    return message
