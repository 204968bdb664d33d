"""What this home alone can read or recompute: one secret in `keys/`, from which each use takes a key of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from xinheng.accounts.errors import Unsealed
from xinheng.evidence import service as evidence
from xinheng.home import home

FILE = "accounts.key"


def seal(text: str) -> str:
    """The text encrypted and authenticated; only this home reads it again."""
    return _box(_secret()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed here. Raises `Unsealed` for another home's, or for one that was changed."""
    try:
        return _box(_secret()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unsealed(
            "这项内容是用另一把密钥加密的,读不出来。数据目录的 keys/accounts.key 换过的话,请重新登记第二重验证。"
        ) from None


def digest(use: str, *parts: str) -> str:
    """A keyed digest (hex) of the parts: whoever lacks this home's secret cannot try out what they were."""
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(_derived(_secret(), use), framed, hashlib.sha256).hexdigest()


def _secret() -> str:
    file = home().keys / FILE
    if not file.is_file():
        _make(file)
    return file.read_text(encoding="ascii").strip()


def _make(file: Path) -> None:
    """Homes of earlier releases have none: the first one to need it makes it, and only one of several succeeds."""
    _ = home().config
    draft = file.with_name(f".{FILE}.{secrets.token_hex(6)}")
    evidence.write_secret(draft, secrets.token_hex(32))
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@lru_cache(maxsize=8)
def _derived(secret: str, use: str) -> bytes:
    return hmac.new(bytes.fromhex(secret), f"xinheng.accounts {use}".encode(), hashlib.sha256).digest()


@lru_cache(maxsize=8)
def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret, "seal")))
