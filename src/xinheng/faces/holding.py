"""Files on their way in: held between two requests, or while they arrive in pieces.

Web workers share no memory, and nothing unredacted may lie on a disk. So a held file is sealed (AES-256-GCM) with a key
that only whoever sent it carries back: the handle in the form or in the address of the upload. The folder `held/` has
ciphertext under the digest of the handle; what nobody fetched is swept away after `KEPT_SECONDS`.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xinheng.home import home
from xinheng.kernel.errors import WrongUse

KEPT_SECONDS = 6 * 3600
LARGEST = 512 * 1024 * 1024
PIECE = 1 << 20
_HEAD, _NONCE, _TAG = 4, 12, 16


class NothingHeld(WrongUse):
    """No such upload (any more), or it is somebody else's."""

    code = "no-such-upload"


class OffsetWrong(WrongUse):
    """The piece does not begin where the last one ended."""

    code = "upload-offset"

    def __init__(self, offset: int) -> None:
        super().__init__(f"已收到 {offset} 字节,请从这里接着传。")
        self.offset = offset


class TooLarge(WrongUse):
    """More than may be held."""

    code = "upload-too-large"


def open_(meta: dict[str, Any]) -> str:
    """A new, empty held file; returns its handle. `meta` (who, which item) is sealed with it."""
    sweep()
    key = secrets.token_bytes(32)
    handle = base64.urlsafe_b64encode(key).decode().rstrip("=")
    folder = home().root / "held"
    folder.mkdir(mode=0o700, exist_ok=True)
    with _file(handle).open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        _write(file, AESGCM(key), 0, json.dumps(meta).encode())
    return handle


def append(handle: str, *, offset: int, data: bytes, owner: str) -> int:
    """Adds a piece that begins at `offset`; returns where the next one begins. Raises `OffsetWrong`, `TooLarge`."""
    meta(handle, owner=owner)
    with _file(handle).open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        count, size = _extent(file)
        if offset != size:
            raise OffsetWrong(size)
        if size + len(data) > LARGEST:
            raise TooLarge(f"文件超过 {LARGEST >> 20} MB。请分成几个文件,或放进交换目录。")
        file.seek(0, os.SEEK_END)
        cipher = AESGCM(_key(handle))
        for number, start in enumerate(range(0, len(data), PIECE)):
            _write(file, cipher, count + number, data[start : start + PIECE])
    return size + len(data)


def size(handle: str, *, owner: str) -> int:
    """Bytes received so far."""
    meta(handle, owner=owner)
    with _file(handle).open("rb") as file:
        return _extent(file)[1]


def meta(handle: str, *, owner: str) -> dict[str, Any]:
    """What was said when it was opened. Raises `NothingHeld` for a wrong handle and for another owner alike."""
    found: dict[str, Any] = json.loads(next(_pieces(handle)))
    if found.get("owner") != owner:
        raise _nothing()
    return found


def read(handle: str, *, owner: str) -> bytes:
    """The whole file, in memory."""
    meta(handle, owner=owner)
    pieces = _pieces(handle)
    next(pieces)
    return b"".join(pieces)


def drop(handle: str) -> None:
    """Forgets it."""
    _file(handle).unlink(missing_ok=True)


def sweep(*, before: float | None = None) -> None:
    """Removes what nobody fetched in time. `before` is a file time; by default now less `KEPT_SECONDS`."""
    limit = time.time() - KEPT_SECONDS if before is None else before
    for file in (home().root / "held").glob("*"):
        if file.stat().st_mtime < limit:
            file.unlink(missing_ok=True)


def _key(handle: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(handle + "=")
    except (ValueError, binascii.Error):
        raise _nothing() from None
    if len(key) != 32:
        raise _nothing()
    return key


def _file(handle: str) -> Path:
    return home().root / "held" / hashlib.sha256(_key(handle)).hexdigest()


def _nothing() -> NothingHeld:
    return NothingHeld("没有这份待传的文件:地址不对、已经提交,或搁置超过 6 小时被清除。请重新上传。")


def _write(file: BinaryIO, cipher: AESGCM, number: int, piece: bytes) -> None:
    nonce = os.urandom(_NONCE)
    sealed = nonce + cipher.encrypt(nonce, piece, str(number).encode())
    file.write(len(sealed).to_bytes(_HEAD, "big") + sealed)


def _extent(file: BinaryIO) -> tuple[int, int]:
    """(pieces, bytes of content) without opening them; the first piece is the meta and counts for nothing."""
    count = content = place = 0
    whole = os.fstat(file.fileno()).st_size
    while place < whole:
        file.seek(place)
        length = int.from_bytes(file.read(_HEAD), "big")
        place += _HEAD + length
        if place > whole:
            # A piece cut short by a crash: forget it, the sender will be told where to go on
            if file.writable():
                file.truncate(place - _HEAD - length)
            break
        if count:
            content += length - _NONCE - _TAG
        count += 1
    return count, content


def _pieces(handle: str) -> Iterator[bytes]:
    cipher = AESGCM(_key(handle))
    try:
        file = _file(handle).open("rb")
    except FileNotFoundError:
        raise _nothing() from None
    with file:
        number = 0
        while head := file.read(_HEAD):
            sealed = file.read(int.from_bytes(head, "big"))
            try:
                yield cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], str(number).encode())
            except InvalidTag:
                raise _nothing() from None
            number += 1
