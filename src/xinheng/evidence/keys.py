"""The log's signing keys: one signs now, older ones stay known so that what they signed still verifies."""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from xinheng.home import home
from xinheng.kernel import note
from xinheng.kernel.note import Signer, Verifier


def origin() -> str:
    """The name of this log, fixed when the home was made."""
    found: str = home().config["origin"]
    return found


def create_log_key(*, at: datetime) -> str:
    """Makes a log key; the newest one signs. Returns its key id (hex)."""
    known = public_log_keys()
    name = origin() if not known else f"{origin()}/{len(known) + 1}"
    seed = os.urandom(32)
    verifier = Signer(name, seed).verifier
    file = home().keys / f"log-{len(known) + 1}.key"
    write_secret(file, seed.hex())
    for old in known:
        old["retired_at"] = old["retired_at"] or at.isoformat()
    known.append(
        {
            "name": name,
            "key_id": verifier.key_id.hex(),
            "public": base64.b64encode(verifier.public_key).decode(),
            "valid_from": at.isoformat(),
            "retired_at": None,
        }
    )
    _register().write_text(json.dumps(known, indent=1), encoding="utf-8")
    return verifier.key_id.hex()


def rotate_log_key(*, at: datetime) -> str:
    """A new log key; the retired ones stay in the trust bundle."""
    return create_log_key(at=at)


def public_log_keys() -> list[dict[str, Any]]:
    """Every log key this home ever had, oldest first, as the trust bundle shows them."""
    file = _register()
    loaded: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return loaded


def log_signer() -> Signer:
    """The key that signs now."""
    known = public_log_keys()
    seed = (home().keys / f"log-{len(known)}.key").read_text().strip()
    return Signer(known[-1]["name"], bytes.fromhex(seed))


def log_verifiers() -> list[Verifier]:
    """All keys, for checking what was signed at any time."""
    return [Verifier(key["name"], base64.b64decode(key["public"])) for key in public_log_keys()]


def sign_note(text: str) -> str:
    """A signed note over `text` (which ends in a newline) by the present log key."""
    return note.sign_note(text, [log_signer()])


def write_secret(file: Path, text: str) -> None:
    """A file only this account can read, from its first byte on."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)


def _register() -> Path:
    return home().keys / "log.json"
