"""The tree as tiles in the C2SP layout (c2sp.org/tlog-tiles): names, contents, growth, root and proofs.

A tile holds up to 256 hashes of 32 bytes. Level 0 holds leaf hashes; a hash at level n + 1 is the root of one
*full* tile at level n. Entry bundles hold the entries of a level-0 tile, each with its length in two bytes
before it.

Everything is pure: stored tiles come through a reader the caller gives, new ones are returned. A reader is
asked ``read(level, index, width)`` and must return at least ``width`` hashes of that tile; more (a wider
partial tile or the full one) is fine, because a tile only ever grows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .errors import InternalFailure, WrongUse
from .merkle import EMPTY_ROOT, HASH_SIZE, node_hash, split_point

__all__ = [
    "WIDTH",
    "Reader",
    "Tile",
    "TileName",
    "append",
    "bundle",
    "consistency_proof",
    "entries_path",
    "inclusion_proof",
    "parse_path",
    "root",
    "tile_path",
    "tiles_of",
    "unbundle",
]

HEIGHT = 8
WIDTH = 1 << HEIGHT
_MAX_LEVEL = 63
_PATH = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")

Reader = Callable[[int, int, int], bytes]
"""``read(level, index, width) -> bytes`` of at least ``width`` hashes."""


@dataclass(frozen=True, slots=True)
class TileName:
    """Which tile: ``level`` is None for an entry bundle; ``width`` is 256 for a full one."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the log's prefix, without a leading slash."""
        parts: list[str] = []
        rest = self.index
        while True:
            parts.append(f"{rest % 1000:03d}" if not parts else f"x{rest % 1000:03d}")
            rest //= 1000
            if not rest:
                break
        suffix = "" if self.width == WIDTH else f".p/{self.width}"
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{'/'.join(reversed(parts))}{suffix}"


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile's place and content: ``len(data) == 32 * width``."""

    level: int
    index: int
    data: bytes

    @property
    def width(self) -> int:
        return len(self.data) // HASH_SIZE

    @property
    def path(self) -> str:
        return TileName(self.level, self.index, self.width).path


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Path of a hash tile. Raises :class:`WrongUse` outside level 0–63, width 1–256 or for a negative index.

    >>> tile_path(0, 1234067), tile_path(1, 2, 17)
    ('tile/0/x001/x234/067', 'tile/1/002.p/17')
    """
    _check_name(level, index, width)
    return TileName(level, index, width).path


def entries_path(index: int, width: int = WIDTH) -> str:
    """Path of an entry bundle.

    >>> entries_path(273, 112)
    'tile/entries/273.p/112'
    """
    _check_name(0, index, width)
    return TileName(None, index, width).path


def _check_name(level: int, index: int, width: int) -> None:
    if not (0 <= level <= _MAX_LEVEL and index >= 0 and 1 <= width <= WIDTH):
        raise WrongUse("瓦片的层、序号或宽度超出范围。", code="tiles.range")


def parse_path(path: str) -> TileName:
    """The tile a path names; exact inverse of the two functions above.

    Raises :class:`WrongUse` for anything else, so that each tile has one address and no path leaves the tree.
    """
    match = _PATH.fullmatch(path)
    if match is not None and path.isascii():
        level = None if match[1] == "entries" else int(match[1])
        index = int(match[2].replace("x", "").replace("/", ""))
        name = TileName(level, index, int(match[3]) if match[3] else WIDTH)
        if (level or 0) <= _MAX_LEVEL and 1 <= name.width <= WIDTH and name.path == path:
            return name
    raise WrongUse("不是瓦片路径。", code="tiles.path")


def tiles_of(size: int, *, since: int = 0) -> Iterator[TileName]:
    """Every hash tile of a tree of ``size``, or only those that differ from the tree of ``since`` leaves.

    Partial tiles come with their width. Entry bundles have the indexes and widths of level 0.

    >>> [name.path for name in tiles_of(257)]
    ['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']
    """
    level = 0
    while size >> HEIGHT * level:
        now, before = size >> HEIGHT * level, since >> HEIGHT * level
        for index in range(before >> HEIGHT, -(-now >> HEIGHT)):
            width = min(WIDTH, now - (index << HEIGHT))
            if min(WIDTH, max(0, before - (index << HEIGHT))) != width:
                yield TileName(level, index, width)
        level += 1


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry behind its length as two bytes, big-endian. At most 256 of at most 65,535
    bytes.

    >>> bundle([b"ab", b""])
    b'\\x00\\x02ab\\x00\\x00'
    """
    if not 1 <= len(entries) <= WIDTH or any(len(e) > 0xFFFF for e in entries):
        raise WrongUse("条目包须有 1 至 256 条，每条不超过 65535 字节。", code="tiles.bundle")
    return b"".join(len(e).to_bytes(2, "big") + e for e in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises :class:`WrongUse` when a length points past the end."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise WrongUse("条目包不完整。", code="tiles.bundle")
        entries.append(data[at + 2 : end])
        at = end
    return entries


def append(*, size: int, hashes: Sequence[bytes], read: Reader) -> list[Tile]:
    """The tiles that change when ``hashes`` (leaf hashes) follow a tree of ``size``, each in its final
    content.

    Reads only the partial tiles at the right edge. The order is by level, then index: writing them in this
    order and publishing the checkpoint last never shows a root whose tiles are missing. Appending in several
    calls gives the same tiles as in one.
    """
    if size < 0 or any(len(h) != HASH_SIZE for h in hashes):
        raise WrongUse("叶子哈希必须是 32 字节。", code="tiles.hash")
    changed: list[Tile] = []
    level, fresh = 0, list(hashes)
    while fresh:
        start = size >> HEIGHT * level
        index, kept = start >> HEIGHT, start & WIDTH - 1
        row = _hashes(read, level, index, kept) + fresh if kept else fresh
        fresh = []
        for at in range(0, len(row), WIDTH):
            tile = row[at : at + WIDTH]
            changed.append(Tile(level, index + at // WIDTH, b"".join(tile)))
            if len(tile) == WIDTH:
                fresh.append(_perfect(tile))
        level += 1
    return changed


def _perfect(hashes: list[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def _hashes(read: Reader, level: int, index: int, width: int) -> list[bytes]:
    data = read(level, index, width)
    if len(data) < width * HASH_SIZE:
        raise InternalFailure("日志瓦片缺失或过短，请重建瓦片。", code="tiles.short")
    return [data[i : i + HASH_SIZE] for i in range(0, width * HASH_SIZE, HASH_SIZE)]


def _subtree(read: Reader, size: int, low: int, high: int) -> bytes:
    """MTH(D[low:high]) in a tree of ``size``, where the range is one that RFC 6962 splitting arrives at."""
    count = high - low
    if count & (count - 1) == 0:
        return _complete(read, size, count.bit_length() - 1, low)
    middle = low + split_point(count)
    return node_hash(_subtree(read, size, low, middle), _subtree(read, size, middle, high))


def _complete(read: Reader, size: int, height: int, low: int) -> bytes:
    """The root of the complete subtree of 2**height leaves from ``low``; it lies inside one tile."""
    level, inside = divmod(height, HEIGHT)
    first = low >> HEIGHT * level
    index, offset = first >> HEIGHT, first & WIDTH - 1
    # Ask for the tile's width in this tree, never less: that is the partial tile a store is bound to keep.
    width = min(WIDTH, (size >> HEIGHT * level) - (index << HEIGHT))
    return _perfect(_hashes(read, level, index, width)[offset : offset + (1 << inside)])


def root(*, size: int, read: Reader) -> bytes:
    """The root of the first ``size`` leaves."""
    return _subtree(read, size, 0, size) if size else EMPTY_ROOT


def inclusion_proof(*, index: int, size: int, read: Reader) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size``; equal to :func:`merkle.inclusion_proof`.

    Raises :class:`WrongUse` when out of range.
    """
    if not 0 <= index < size:
        raise WrongUse("叶子序号超出范围。", code="merkle.range")
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split_point(high - low)
        if index < middle:
            proof.append(_subtree(read, size, middle, high))
            high = middle
        else:
            proof.append(_subtree(read, size, low, middle))
            low = middle
    return proof[::-1]


def consistency_proof(*, old_size: int, size: int, read: Reader) -> list[bytes]:
    """Proof that the tree of ``size`` extends that of ``old_size``; equal to
    :func:`merkle.consistency_proof`.

    Raises :class:`WrongUse` when out of range.
    """
    if not 0 <= old_size <= size:
        raise WrongUse("旧的树比新的树还大。", code="merkle.range")
    if old_size in (0, size):
        return []
    proof: list[bytes] = []
    low, high, complete = 0, size, True
    while old_size != high:
        middle = low + split_point(high - low)
        if old_size <= middle:
            proof.append(_subtree(read, size, middle, high))
            high = middle
        else:
            proof.append(_subtree(read, size, low, middle))
            low, complete = middle, False
    if not complete:
        proof.append(_subtree(read, size, low, high))
    return proof[::-1]
