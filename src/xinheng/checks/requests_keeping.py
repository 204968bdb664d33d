"""Rows of requests are written once, each bound by the digest of all its columns in the event it came with."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xinheng.checks.requests_errors import LetterRefused
from xinheng.evidence import service as evidence
from xinheng.home import home

MADE, STEPPED = "checks.request-made", "checks.request-stepped"
BOUND = {
    "checks_request": (
        "id", "number", "body", "role", "matter", "scope", "purpose", "case_number", "letter", "file", "media", "codes",
        "asked", "unusable", "personal", "sent_by", "sent_on",
    ),
    "checks_requeststep": ("id", "request", "act", "reason", "batch", "taken_by", "taken_on"),
}  # fmt: skip
MOST_BYTES = 10 * 1024 * 1024
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def write(event: evidence.OpenEvent, table: str, row: Sequence[Any]) -> None:
    """Writes one row (without its id) inside `event` and binds it there."""
    made = (event.row_id(0), *map(evidence.plain, row))
    evidence.insert_rows(table, BOUND[table], [made])
    event.count(1)
    event.detail["bound"] = {table: evidence.rows_digest([made])}


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, rows it never heard of, and letters that are gone or changed."""
    entries = evidence.events(kinds=(MADE, STEPPED))
    for table, columns in BOUND.items():
        bound = {entry.id: entry.body["detail"].get("bound", {}).get(table) for entry in entries}
        told = {event: (1, digest) for event, digest in bound.items() if digest}
        yield from evidence.unbound(table, columns, told, code="checks-request")


def judged(content: bytes) -> tuple[str, str]:
    """Digest and media type of a scanned letter. Raises `LetterRefused` for what cannot be kept."""
    if not content:
        raise LetterRefused("没有收到盖章的申请函。请上传扫描件（PDF、PNG 或 JPEG）。")
    if len(content) > MOST_BYTES:
        raise LetterRefused("申请函的扫描件超过 10 MB。请压缩后重新上传。")
    media = next((media for magic, media in _MAGIC if content.startswith(magic)), "")
    if not media:
        raise LetterRefused("申请函的文件不是 PDF、PNG 或 JPEG。请把盖章的函扫描成其中一种再上传。")
    return hashlib.sha256(content).hexdigest(), media


def store(digest: str, content: bytes) -> None:
    """Writes the letter before the transaction that names it: a file nobody names harms nobody."""
    target = path_of(digest)
    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(draft, 0o600)
    os.replace(draft, target)


def path_of(digest: str) -> Path:
    """Where the letter with this digest lies."""
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise LetterRefused("没有这份申请函。")
    return home().root / "attachments" / digest[:2] / digest
