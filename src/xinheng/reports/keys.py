"""The document keys of this home: who signs reports, and which certificates were ever used."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from xinheng.home import home
from xinheng.law import service as law
from xinheng.reports import signing

_cache: dict[str, Any] = {}


def create_document_key(*, at: datetime) -> str:
    """Makes a document key and its certificate; the newest one signs. Returns the certificate's fingerprint."""
    known = certificates()
    number = len(known) + 1
    folder = home().keys
    place = law.load(home().config["pack"]).name
    made = signing.create_key(folder / f"document-{number}", name=f"{place}公共信用信息报告签章", at=at)
    for old in known:
        old["retired_at"] = old["retired_at"] or at.isoformat()
    known.append({"pem": made.pem, "valid_from": at.isoformat(), "retired_at": None})
    (folder / "certificates.json").write_text(json.dumps(known), encoding="utf-8")
    _cache.clear()
    return made.fingerprint


def rotate_document_key(*, at: datetime) -> str:
    """A new document key; certificates of old ones stay in the trust bundle, so old reports still verify."""
    return create_document_key(at=at)


def certificates() -> list[dict[str, Any]]:
    """Every certificate this home ever signed with, oldest first, as the trust bundle shows them."""
    file = home().keys / "certificates.json"
    loaded: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return loaded


def document_key() -> signing.DocumentKey:
    """The key and certificate that sign now, loaded once a process and home."""
    folder = home().keys
    number = len(certificates())
    place = f"{folder}#{number}"
    if place not in _cache:
        _cache.clear()
        _cache[place] = signing.load_key(folder / f"document-{number}")
    found: signing.DocumentKey = _cache[place]
    return found
