"""Files handed in: judged by their bytes and their name, kept under their digest, given back as a download only."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from xinheng.cases import scope, words
from xinheng.cases.binding import ATTACHMENT, day_of, insert, query
from xinheng.cases.errors import AttachmentRefused, NoSuchDocument
from xinheng.cases.types import Attachment, Reader, Upload
from xinheng.evidence import service as evidence
from xinheng.home import home

MOST_BYTES, MOST_FILES, LONGEST_NAME = 10 * 1024 * 1024, 10, 120
MEDIA = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "ofd": "application/ofd",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_ASK = "请另存为 PDF、PNG、JPEG、OFD 或 DOCX 后重新上传。"


def folder() -> Path:
    """Where the bytes lie."""
    return home().root / "attachments"


def path_of(sha256: str) -> Path:
    """The file of a digest; digests come from the database, and still only hexadecimal ones are looked for."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise NoSuchDocument("没有这份附件。请从案件页面打开。")
    return folder() / sha256[:2] / sha256


def judge(uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    """Name, media, size and digest of each file. Raises `AttachmentRefused` for the first that cannot be kept."""
    if len(uploads) > MOST_FILES:
        raise AttachmentRefused(f"一次最多 {MOST_FILES} 个附件，这里有 {len(uploads)} 个：请合并或分次提交。")
    return [_judged(upload) for upload in uploads]


def _judged(upload: Upload) -> dict[str, Any]:
    # Only the last part of a path, and nothing that could end a header line or hide the suffix
    base = upload.name.replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(char for char in base if char.isprintable()).strip()
    suffix = base.rsplit(".", 1)[-1].lower() if "." in base else ""
    name = words.clean(base)[-LONGEST_NAME:]
    if suffix not in MEDIA:
        raise AttachmentRefused(f"附件「{name}」的类型不能受理。{_ASK}")
    if not upload.content:
        raise AttachmentRefused(f"附件「{name}」是空文件。请检查后重新上传。")
    if len(upload.content) > MOST_BYTES:
        raise AttachmentRefused(f"附件「{name}」超过 10 MB。请压缩或拆分后重新上传。")
    if _type_of(upload.content) != MEDIA[suffix]:
        raise AttachmentRefused(f"附件「{name}」的内容与文件名后缀不符。{_ASK}")
    digest = hashlib.sha256(upload.content).hexdigest()
    return {"name": name, "media": MEDIA[suffix], "size": len(upload.content), "sha256": digest}


def _type_of(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return MEDIA["pdf"]
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return MEDIA["png"]
    if content.startswith(b"\xff\xd8\xff"):
        return MEDIA["jpg"]
    return _zipped(content) if content.startswith(b"PK\x03\x04") else ""


def _zipped(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()[:2_000]}
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return ""
    if any("vbaproject" in name for name in names):
        return ""
    if "ofd.xml" in names:
        return MEDIA["ofd"]
    return MEDIA["docx"] if "word/document.xml" in names else ""


def store(uploads: Sequence[Upload], judged: Iterable[dict[str, Any]]) -> None:
    """Writes the bytes before the transaction that names them: a file nobody names harms nobody, a name without its
    file would."""
    for upload, told in zip(uploads, judged, strict=True):
        target = path_of(told["sha256"])
        if target.is_file() and target.stat().st_size == told["size"]:
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(upload.content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o600)
        os.replace(draft, target)


def write(event: evidence.OpenEvent, *, case_id: int, seq: int, judged: Iterable[dict[str, Any]]) -> None:
    """Names the files of a step, inside its event."""
    insert(event, ATTACHMENT, [{"case_id": case_id, "seq": seq, **told} for told in judged])


def attachments(*, number: str, reader: Reader) -> list[Attachment]:
    """The files of a case, in the order they came; none of a case the reader may not know of."""
    where, params = scope.condition(reader)
    rows = query(
        "SELECT a.id, a.name, a.media, a.size, a.sha256, a.seq, s.taken_on, s.role FROM cases_case c"
        " JOIN cases_attachment a ON a.case_id = c.id JOIN cases_step s ON s.case_id = c.id AND s.seq = a.seq"
        f" WHERE c.number = %s AND {where} ORDER BY a.id",
        [number, *params],
    )
    return [
        Attachment(id_, name, media, size, sha256, seq, day_of(taken_on), role, gone=not name)
        for id_, name, media, size, sha256, seq, taken_on, role in rows
    ]


def attachment(*, number: str, id: int, reader: Reader) -> tuple[Attachment, bytes]:
    """A file with its bytes, to be sent as a download under `media`, never shown or run. Raises `NoSuchDocument`, also
    for one of a case the reader may not know of and for bytes that are not what was handed in."""
    found = next((one for one in attachments(number=number, reader=reader) if one.id == id), None)
    if found is None or found.gone:
        raise NoSuchDocument("没有这份附件，或者已经依法清除。请从案件页面打开。")
    try:
        content = path_of(found.sha256).read_bytes()
    except OSError:
        raise NoSuchDocument("这份附件的文件不在了。请从备份恢复 attachments 目录。") from None
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise NoSuchDocument("这份附件的文件已损坏，不能下载。请从备份恢复 attachments 目录。")
    return found, content
