"""Checking a signed answer, with nothing but the keys of the platform's /trust.json (`jwks`)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TYPES = ("check+jwt", "check-batch+jwt")
BESIDE = ("digest", "signature", "repeated", "whole", "seconds")


class NotGenuine(Exception):
    """The answer is not what the platform signed."""


def verify_answer(answer: Mapping[str, Any], jwks: Mapping[str, Any]) -> dict[str, Any]:
    """The payload that was signed, of a check or of a batch. Raises `NotGenuine`.

    Of a batch the signature covers code, number and digest of each answer, and each digest its answer.
    """
    try:
        head, body, signature = str(answer["signature"]).split(".")
        header = json.loads(_bytes(head))
        key = next(one for one in jwks["keys"] if one["kid"] == header["kid"] and one["crv"] == "Ed25519")
        Ed25519PublicKey.from_public_bytes(_bytes(key["x"])).verify(
            _bytes(signature), f"{head}.{body}".encode()
        )
        signed = _bytes(body)
        payload: dict[str, Any] = json.loads(signed)
        if header.get("alg") != "EdDSA" or header.get("typ") not in TYPES:
            raise NotGenuine("the signature is not one of a check")
    except StopIteration:
        raise NotGenuine("signed with a key that is not in the trust bundle") from None
    except InvalidSignature:
        raise NotGenuine("the signature does not hold") from None
    except (ValueError, KeyError, TypeError) as error:
        raise NotGenuine("not a signed answer") from error
    if answer.get("digest") != hashlib.sha256(signed).hexdigest():
        raise NotGenuine("the digest is another answer's")
    if header["typ"] == TYPES[0]:
        if _payload(answer) != payload:
            raise NotGenuine("what is shown is not what was signed")
        return payload
    shown = [[one["uscc"], one["number"], _digest(one)] for one in answer["answers"]]
    if shown != payload["answers"] or answer["number"] != payload["number"]:
        raise NotGenuine("the answers are not those that were signed")
    return payload


def _payload(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in BESIDE}


def _digest(answer: Mapping[str, Any]) -> str:
    text = json.dumps(_payload(answer), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
