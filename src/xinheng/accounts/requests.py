"""Requests that machines name by a key: the same key gives the same answer, and never another file's."""

from __future__ import annotations

import hashlib
from datetime import datetime

from xinheng.accounts.errors import KeyReused
from xinheng.accounts.keeping import digest_of
from xinheng.accounts.models import Request
from xinheng.evidence import service as evidence

KIND = "accounts.request-kept"


def batch_of_request(*, client: str, key: str, data: bytes) -> str:
    """What an earlier request with this key got; "" when there was none. Raises `KeyReused` for another content."""
    row = Request.objects.filter(id=_id(client, key)).first()
    if row is None:
        return ""
    if row.file != hashlib.sha256(data).hexdigest():
        raise KeyReused(
            "这个 Idempotency-Key 已经用在另一个文件或者另一份请求上。一个键只对应一份内容,请换一个键。"
        )
    return row.batch


def keep_request(*, client: str, key: str, data: bytes, batch: str, at: datetime) -> str:
    """Keeps which batch (or check) this key got and returns the one kept: the first, where two came at once."""
    row = Request(id=_id(client, key), file=hashlib.sha256(data).hexdigest(), batch=batch)
    act = evidence.Act(kind=KIND, actor=f"api:{client}", at=at, detail={"request": row.id})
    with evidence.event(act) as event:
        evidence.lock("accounts.request")
        if Request.objects.filter(id=row.id).exists():
            row = Request.objects.get(id=row.id)
        else:
            row.save(force_insert=True)
        event.detail["digest"] = digest_of(row)
    return row.batch


def _id(client: str, key: str) -> str:
    return hashlib.sha256(f"{client}\n{key}".encode()).hexdigest()
