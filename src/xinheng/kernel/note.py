"""Signed notes and checkpoints in the C2SP formats (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), Ed25519.

A note is a text that ends in a newline, a blank line, and one signature line per key::

    — <key name> base64(key id ‖ signature)

    key id = SHA-256(key name ‖ 0x0A ‖ 0x01 ‖ public key)[:4]
    vkey   = <key name>+hex(key id)+base64(0x01 ‖ public key)

A checkpoint is a note whose text is origin, tree size and base64 root hash, one a line. Keys are given as raw
bytes; nothing here stores or finds one. A signature from an unknown key is ignored; one from a known key that
does not verify makes the whole note worthless.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import WrongUse

__all__ = [
    "Checkpoint",
    "NoteError",
    "Signer",
    "Verifier",
    "checkpoint_text",
    "key_id",
    "open_checkpoint",
    "open_note",
    "parse_checkpoint",
    "sign_checkpoint",
    "sign_note",
]

_ED25519 = b"\x01"
_MAX_BYTES = 1 << 20
_MAX_SIGNATURES = 100
_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_SIGNATURE_LINE = re.compile("— ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


class NoteError(WrongUse):
    """A note or checkpoint that is malformed, unsigned by a known key, or signed wrongly."""

    code = "note"


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that name an Ed25519 key in a note. ``public_key`` is the raw 32 bytes."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NoteError("密钥名称不能为空，也不能含有空格、加号或控制字符。", code="note.name")


def _unbase64(text: str) -> bytes:
    """Strict: the one canonical encoding, so that no bit of a note can change unnoticed."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("签名文本中的 Base64 无效。", code="note.base64") from None
    if base64.b64encode(data).decode() != text:
        raise NoteError("签名文本中的 Base64 不规范。", code="note.base64")
    return data


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key name and its raw public key (32 bytes): who is trusted to sign."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != 32:
            raise NoteError("Ed25519 公钥必须是 32 字节。", code="note.key")

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.public_key)

    @property
    def vkey(self) -> str:
        """The text form to hand to others."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public_key).decode()}"

    @classmethod
    def from_vkey(cls, vkey: str) -> Verifier:
        """Read a vkey. Raises :class:`NoteError` unless it is Ed25519 and its id fits its key."""
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise NoteError("验证公钥应为“名称+标识+密钥”三段。", code="note.vkey")
        material = _unbase64(parts[2])
        if material[:1] != _ED25519 or len(material) != 33:
            raise NoteError("只支持 Ed25519 验证公钥。", code="note.vkey")
        verifier = cls(parts[0], material[1:])
        if verifier.key_id.hex() != parts[1]:
            raise NoteError("验证公钥的标识与密钥不符。", code="note.vkey")
        return verifier

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether ``signature`` (64 bytes) over ``text`` is by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A key name and its raw private key (32 bytes). It has no ``repr``: a key must not reach a log."""

    name: str
    private_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.private_key) != 32:
            raise NoteError("Ed25519 私钥必须是 32 字节。", code="note.key")

    @property
    def verifier(self) -> Verifier:
        key = Ed25519PrivateKey.from_private_bytes(self.private_key)
        return Verifier(self.name, key.public_key().public_bytes_raw())

    def line(self, text: bytes) -> str:
        """The signature line over ``text``, newline included."""
        signature = Ed25519PrivateKey.from_private_bytes(self.private_key).sign(text)
        return f"— {self.name} {base64.b64encode(self.verifier.key_id + signature).decode()}\n"


def sign_note(text: str, signers: Iterable[Signer]) -> str:
    """The signed note over ``text``. Raises :class:`NoteError` unless the text is not empty, ends in a
    newline and holds no control character; and unless there is a signer."""
    body = _encode(text)
    if not text.endswith("\n") or text == "\n" or _CONTROL.search(text):
        raise NoteError("待签文本必须以换行结尾且不含控制字符。", code="note.text")
    lines = [signer.line(body) for signer in signers]
    if not lines:
        raise NoteError("没有签名密钥。", code="note.signer")
    return text + "\n" + "".join(lines)


def open_note(note: str, verifiers: Iterable[Verifier]) -> tuple[str, tuple[str, ...]]:
    """The text of a signed note and the names of the known keys that signed it.

    Raises :class:`NoteError` when the note is malformed (codes ``note.format``, ``note.base64``), when a
    known key's signature is wrong (``note.signature``), or when no known key signed it (``note.unknown``).
    """
    text, lines = _split(note)
    body = _encode(text)
    known = {(v.name, v.key_id): v for v in verifiers}
    signed: list[str] = []
    for line in lines:
        match = _SIGNATURE_LINE.fullmatch(line)
        if match is None:
            raise NoteError("签名行格式不对。", code="note.format")
        blob = _unbase64(match[2])
        if len(blob) < 5:
            raise NoteError("签名行格式不对。", code="note.format")
        verifier = known.get((match[1], blob[:4]))
        if verifier is None:
            continue
        if not verifier.verifies(body, blob[4:]):
            raise NoteError("签名不符，内容可能被改动。", code="note.signature")
        signed.append(verifier.name)
    if not signed:
        raise NoteError("没有可信密钥的签名。", code="note.unknown")
    return text, tuple(signed)


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NoteError("文本无法编码为 UTF-8。", code="note.text") from None


def _split(note: str) -> tuple[str, list[str]]:
    head, blank, tail = note.rpartition("\n\n")
    if len(note) > _MAX_BYTES or not blank or not head or not tail.endswith("\n") or _CONTROL.search(note):
        raise NoteError("不是签名文本：须有正文、空行和签名行。", code="note.format")
    lines = tail[:-1].split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise NoteError("签名行过多。", code="note.format")
    return head + "\n", lines


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: its origin, its size in leaves and the root hash (32 bytes) at that size."""

    origin: str
    size: int
    root: bytes


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The three lines to sign. Raises :class:`NoteError` for an origin that is empty or holds a line break, a
    negative size, or a root that is not 32 bytes.

    >>> checkpoint_text(Checkpoint("example.org/log", 0, bytes(32)))
    'example.org/log\\n0\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n'
    """
    if not checkpoint.origin or _CONTROL.search(checkpoint.origin) or "\n" in checkpoint.origin:
        raise NoteError("日志来源名称不能为空或换行。", code="note.origin")
    if checkpoint.size < 0 or len(checkpoint.root) != 32:
        raise NoteError("检查点的大小或根哈希不对。", code="note.checkpoint")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; extension lines are refused, because we write none.

    Raises :class:`NoteError`. Says nothing about signatures: use :func:`open_checkpoint` for those.
    """
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or lines[3] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise NoteError("不是检查点：须为来源、大小、根哈希三行。", code="note.checkpoint")
    root = _unbase64(lines[2])
    if len(root) != 32:
        raise NoteError("检查点的根哈希必须是 32 字节。", code="note.checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def sign_checkpoint(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """The signed note of a checkpoint."""
    return sign_note(checkpoint_text(checkpoint), signers)


def open_checkpoint(note: str, verifiers: Iterable[Verifier], *, origin: str = "") -> Checkpoint:
    """The checkpoint in a signed note, if a known key signed it and, when given, the origin is the expected
    one.

    Raises :class:`NoteError`.
    """
    text, _ = open_note(note, verifiers)
    checkpoint = parse_checkpoint(text)
    if origin and checkpoint.origin != origin:
        raise NoteError("检查点来自另一个日志。", code="note.origin")
    return checkpoint
