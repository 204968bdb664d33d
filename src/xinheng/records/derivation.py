"""What follows from the parts of a statement: its columns. One definition for the writer's tests and for `ledger verify`.

key    = first 8 bytes (signed, big-endian) of SHA-256 over item and key values joined by U+001F, the document number
         in its comparable spelling (brackets of all kinds alike);
digest = the same over the three bodies (parts without their headers) joined by U+001D.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from xinheng.kernel.text import norm_docno
from xinheng.law import service as law

PUBLIC_HEADER, SHARED_HEADER, RESTRICTED_HEADER = 4, 4, 1
GROUP = b"\x1d"


@lru_cache(maxsize=256)
def item_of(code: str, version: str) -> law.Item:
    """An item in a version. Versions never change, so a process asks the law once for each."""
    return law.item(code=code, version=version)


def short_hash(content: bytes) -> int:
    """The first 8 bytes of SHA-256 as a signed integer: what both databases keep as bigint."""
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big", signed=True)


def body(part: bytes, header: int) -> bytes:
    """A part without its header values."""
    return part.split(b"\x1f", header)[header] if part.count(b"\x1f") >= header else b""


def key_of(item: law.Item, values: dict[str, str]) -> int:
    """The key of a decision: what makes two rows speak of the same one (domain rule V12)."""
    cells = [norm_docno(values[code]) if code in item.document_number else values[code] for code in item.key]
    return short_hash("\x1f".join([item.code, *cells]).encode())


def digest_of(public: bytes, shared: bytes, restricted: bytes) -> int:
    """What a row says, all parts together, wherever and whenever it came in."""
    bodies = (body(public, PUBLIC_HEADER), body(shared, SHARED_HEADER), body(restricted, RESTRICTED_HEADER))
    return short_hash(GROUP.join(bodies))


def decode(item: law.Item, public: bytes, shared: bytes = b"", restricted: bytes = b"") -> dict[str, str]:
    """Field code → value for the parts given (an empty part gives none of its fields)."""
    values: dict[str, str] = {}
    for part, scope, header in (
        (public, "public", PUBLIC_HEADER),
        (shared, "shared", SHARED_HEADER),
        (restricted, "restricted", RESTRICTED_HEADER),
    ):
        if part:
            codes = [field.code for field in item.fields if field.scope == scope]
            values.update(zip(codes, part.decode().split("\x1f")[header:], strict=True))
    return values


def derived(public: bytes, shared: bytes, restricted: bytes) -> dict[str, object]:
    """The columns a statement must have. Raises when the parts do not fit the item's schema."""
    _, item_code, version, uscc = public.decode().split("\x1f")[:PUBLIC_HEADER]
    item = item_of(item_code, version)
    values = decode(item, public, shared, restricted)
    return {
        "item": item_code,
        "uscc": uscc,
        "authority": values[item.authority],
        "decided_on": values[item.decided_on],
        "key": key_of(item, values),
        "digest": digest_of(public, shared, restricted),
    }
