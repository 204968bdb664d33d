"""The keys webhooks are signed with. They sign nothing else, so no message of a webhook can pass for an entry of the log.

Older keys stay in the trust bundle: what they signed still verifies.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from xinheng.evidence import service as evidence
from xinheng.home import home

CREATED = "subscriptions.key-created"


def signer(*, at: datetime) -> tuple[str, Ed25519PrivateKey]:
    """The key id and the key that sign now; made at the first need."""
    known = public_keys()
    if not known:
        _create(at=at, actor="platform", first=True)
        known = public_keys()
    seed = (home().keys / f"webhook-{len(known)}.key").read_text().strip()
    return known[-1]["kid"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))


def publish(*, at: datetime) -> None:
    """The key that signs now is in the trust bundle of the home: whoever verifies a delivery finds it there."""
    kid, _ = signer(at=at)
    try:
        told = json.loads(home().trust.read_text(encoding="utf-8"))["webhook_keys"]["keys"]
        if any(one["kid"] == kid for one in told):
            return
    except (OSError, ValueError, KeyError, TypeError):
        pass
    evidence.write_trust_bundle(at=at)


def rotate_key(*, actor: str, at: datetime) -> str:
    """A new key signs from now on; returns its key id. The trust bundle has to be written again afterwards."""
    return _create(at=at, actor=actor, first=False)


def public_keys() -> list[dict[str, Any]]:
    """Every webhook key this home ever had, oldest first."""
    file = home().keys / "webhook.json"
    loaded: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return loaded


def jwks() -> dict[str, list[dict[str, Any]]]:
    """The public keys as a JWK set (RFC 7517, RFC 8037), with the days they signed."""
    return {
        "keys": [
            {
                "kty": "OKP", "crv": "Ed25519", "x": one["x"], "use": "sig", "kid": one["kid"],
                "valid_from": one["valid_from"], "retired_at": one["retired_at"],
            }
            for one in public_keys()
        ]
    }  # fmt: skip


def trust_part(at: datetime) -> dict[str, Any]:
    """What the trust bundle says of webhook keys."""
    return jwks()


def findings() -> Iterator[evidence.Finding]:
    """Keys in the home's register that the ledger did not see made, or that differ from it."""
    told = [(one.body["detail"]["kid"], one.body["detail"]["x"]) for one in evidence.events(kinds=(CREATED,))]
    if [(one["kid"], one["x"]) for one in public_keys()] != told:
        yield evidence.Finding("webhook-keys", "投递密钥登记（keys/webhook.json）与账本不符")


def _create(*, at: datetime, actor: str, first: bool) -> str:
    with _alone():
        known = public_keys()
        if first and known:
            return str(known[-1]["kid"])
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        number = len(known) + 1
        x = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
        kid = f"{evidence.origin()}/webhook-{number}#{hashlib.sha256(public).hexdigest()[:8]}"
        file = home().keys / f"webhook-{number}.key"
        file.unlink(missing_ok=True)  # what a crash before the register was written left
        evidence.write_secret(file, private.private_bytes_raw().hex())
        for old in known:
            old["retired_at"] = old["retired_at"] or at.isoformat()
        known.append({"kid": kid, "x": x, "valid_from": at.isoformat(), "retired_at": None})
        with evidence.event(
            evidence.Act(
                kind=CREATED, actor=actor, at=at, purpose="投递签名密钥", detail={"kid": kid, "x": x}
            )
        ):
            place = home().keys / "webhook.json"
            fresh = place.with_suffix(f".{os.getpid()}.new")
            fresh.write_text(json.dumps(known, indent=1), encoding="utf-8")
            fresh.replace(place)
    return kid


@contextmanager
def _alone() -> Iterator[None]:
    with (home().keys / "webhook.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
