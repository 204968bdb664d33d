"""Storing packs by digest, and finding items of earlier versions in them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from xinheng.law import packs
from xinheng.law.errors import UnknownCode, UnknownDigest
from xinheng.law.reading import digest_of
from xinheng.law.types import Item, Pack

if TYPE_CHECKING:
    from django.db.models import Manager

    from xinheng.law.models import PackVersion

_known: dict[tuple[str, str], Item] = {}


def _rows() -> Manager[PackVersion]:
    # Asked for late: the law answers questions of time and class without a database
    from xinheng.law.models import PackVersion

    return PackVersion.objects


def remember(pack: Pack) -> str:
    """Keeps the pack's content under its digest, once. Returns the digest. Idempotent."""
    _rows().get_or_create(
        # Asked with every event; packed only when it is new
        digest=pack.digest,
        defaults={"code": pack.code, "content": lambda: zlib.compress(pack.content)},
    )
    return pack.digest


def damaged() -> list[str]:
    """Kept packs that are not byte for byte what was kept; their digests, as they stand in the table."""
    wrong = []
    for row in _rows().order_by("digest"):
        try:
            content = zlib.decompress(bytes(row.content))
            sound = zlib.compress(content) == bytes(row.content) and digest_of(content) == row.digest
            sound = sound and packs.from_content(content).code == row.code
        except Exception:  # whatever is damaged, the answer is that this pack does not hold together
            sound = False
        if not sound:
            wrong.append(row.digest)
    return wrong


def digests() -> set[str]:
    """The digests of all kept packs."""
    return set(_rows().values_list("digest", flat=True))


def by_digest(digest: str) -> Pack:
    """The pack of a digest, as its content was when used. Raises `UnknownDigest` for one never kept, or damaged."""
    row = _rows().filter(digest=digest).first()
    if row is None:
        raise UnknownDigest(f"规则包版本 {digest[:12]}… 没有留存。请从备份恢复 law_pack_version 表。")
    content = zlib.decompress(bytes(row.content))
    if digest_of(content) != digest:
        raise UnknownDigest(f"规则包版本 {digest[:12]}… 的留存内容已损坏。请从备份恢复 law_pack_version 表。")
    return packs.from_content(content)


def item(active: Pack, code: str, version: str) -> Item:
    """An item in one of its versions: of the active pack, else of a pack kept. Raises `UnknownCode`."""
    now = active.items.get(code)
    if now is not None and now.version == version:
        return now
    if (code, version) not in _known:
        for digest in _rows().values_list("digest", flat=True):
            for old in by_digest(digest).items.values():
                _known.setdefault((old.code, old.version), old)
    if (code, version) not in _known:
        raise UnknownCode(f"没有目录项「{code}」的 {version} 版。请核对代码，或者恢复留存的规则包。")
    return _known[code, version]
