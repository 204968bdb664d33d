"""The public log: tiles and entry bundles under `log/`, and the signed checkpoint. Derived, rebuildable."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from xinheng.evidence import keys, reading
from xinheng.evidence.errors import LogShrank, NotInLedger
from xinheng.evidence.models import Checkpoint, Event
from xinheng.home import home
from xinheng.kernel import merkle, note
from xinheng.kernel import tiles as layout
from xinheng.kernel.leaf import entry_data, leaf_hash_of

STRIDE = 256 * 256  # leaves worked on at a time: memory stays flat


def published_size() -> int:
    """The size of the tree under the newest checkpoint (0 before the first)."""
    newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
    return newest or 0


def checkpoint() -> str:
    """The newest signed checkpoint, or an empty text before the first."""
    newest = Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()
    return newest or ""


def publish() -> int:
    """Writes the tiles of everything new, then signs and publishes a checkpoint; returns its size.

    Tiles first, checkpoint last: no reader ever sees a root whose tiles are missing. Raises `LogShrank`.
    """
    size, known = reading.size(), published_size()
    if known > size:
        raise LogShrank(
            f"已公布过长度 {known} 的检查点,账本现在只有 {size}。这不是公布时的那个数据库:请停用,从备份恢复并核对。"
        )
    if not _right_edge_is_there(known):
        shutil.rmtree(home().log / "tile", ignore_errors=True)
        known = 0
    elif known == size:
        return size
    _grow(known, size)
    _sign(size)
    return size


def inclusion(index: int, size: int) -> list[bytes]:
    """The audit path of a leaf under the checkpoint of `size`. Raises `NotInLedger`."""
    if not 0 <= index < size:
        raise NotInLedger(f"账本在长度 {size} 时还没有第 {index} 片叶子。")
    return layout.inclusion_proof(index=index, size=size, read=_reader())


def consistency(old_size: int, size: int) -> list[bytes]:
    """Proof that the tree of `size` extends the one of `old_size`."""
    if old_size > size:
        raise NotInLedger(f"{old_size} 比 {size} 还大。")
    return layout.consistency_proof(old_size=old_size, size=size, read=_reader())


def roots_from_leaves(sizes: Iterable[int], size: int) -> dict[int, bytes]:
    """The roots at each of these sizes, recomputed from the stored leaves alone."""
    wanted = {value for value in sizes if value <= size}
    roots = {0: merkle.EMPTY_ROOT}
    stack: list[tuple[int, bytes]] = []  # complete subtrees from the left: (height, root)
    for count, leaf in enumerate(reading.leaves(0, size), start=1):
        node, height = leaf_hash_of(leaf), 0
        while stack and stack[-1][0] == height:
            node = merkle.node_hash(stack.pop()[1], node)
            height += 1
        stack.append((height, node))
        if count in wanted:
            roots[count] = _fold(stack)
    return {value: roots.get(value, b"") for value in wanted | {size}}


def damaged(size: int) -> Iterator[str]:
    """Tiles and entry bundles under the newest checkpoint that are missing or differ from the stored leaves."""
    published = published_size()
    if not published or published > size:
        return
    edge: dict[tuple[int, int], bytes] = {}
    done = 0
    for leaves in _strides(0, published):
        hashes = [leaf_hash_of(leaf) for leaf in leaves]
        for tile in layout.append(size=done, hashes=hashes, read=lambda level, index, _: edge[level, index]):
            edge[tile.level, tile.index] = tile.data
            if tile.width == layout.WIDTH and _stored(tile.path) != tile.data:
                yield f"瓦片 {tile.path} 缺失或与账本不符(可用 xinheng ledger checkpoint 重建)"
        done += len(leaves)
        yield from _damaged_bundles(done - len(leaves), leaves)
    for (level, index), data in edge.items():
        width = len(data) // 32
        if width < layout.WIDTH and (_stored(layout.tile_path(level, index, width)) or b"") != data:
            yield f"瓦片 {layout.tile_path(level, index, width)} 缺失或与账本不符"


def _damaged_bundles(first: int, leaves: list[bytes]) -> Iterator[str]:
    for start in range(first - first % layout.WIDTH, first + len(leaves), layout.WIDTH):
        part = leaves[max(0, start - first) : start - first + layout.WIDTH]
        if start >= first and len(part) == layout.WIDTH:
            path = layout.entries_path(start // layout.WIDTH)
            if _stored(path) != layout.bundle([entry_data(leaf) for leaf in part]):
                yield f"条目包 {path} 缺失或与账本不符"


def _grow(known: int, size: int) -> None:
    for leaves in _strides(known, size):
        reader = _reader()
        stale: list[Path] = []
        for tile in layout.append(size=known, hashes=[leaf_hash_of(leaf) for leaf in leaves], read=reader):
            _store(tile.path, tile.data, stale)
        _store_bundles(known, leaves, stale)
        known += len(leaves)
        for file in stale:
            file.unlink(missing_ok=True)


def _store_bundles(known: int, leaves: list[bytes], stale: list[Path]) -> None:
    inside = known % layout.WIDTH
    before = _stored(layout.entries_path(known // layout.WIDTH, inside)) if inside else b""
    kept = layout.unbundle(before) if before else []
    if (
        inside and len(kept) != inside
    ):  # the partial bundle was lost: take its entries from the database again
        kept = [entry_data(leaf) for leaf in _leaves_between(known - inside, known)]
    entries = kept + [entry_data(leaf) for leaf in leaves]
    for number, start in enumerate(range(0, len(entries), layout.WIDTH), start=known // layout.WIDTH):
        part = entries[start : start + layout.WIDTH]
        _store(layout.entries_path(number, len(part)), layout.bundle(part), stale)


def _leaves_between(first: int, last: int) -> list[bytes]:
    start = (
        Event.objects.filter(first_leaf__lte=first)
        .order_by("-first_leaf")
        .values_list("first_leaf", flat=True)
    )
    base = start.first() or 0
    return list(islice(reading.leaves(base, last), first - base, last - base))


def _strides(first: int, last: int) -> Iterator[list[bytes]]:
    """Leaves first … last-1 in runs of STRIDE; `first` falls on an event boundary."""
    leaves = reading.leaves(first, last)
    while run := list(islice(leaves, STRIDE)):
        yield run


def _sign(size: int) -> None:
    root = layout.root(size=size, read=_reader())
    text = note.sign_checkpoint(note.Checkpoint(keys.origin(), size, root), [keys.log_signer()])
    Checkpoint.objects.get_or_create(size=size, defaults={"note": text})
    _replace(home().log / "checkpoint", checkpoint().encode())


def _fold(stack: list[tuple[int, bytes]]) -> bytes:
    node = stack[-1][1]
    for _, left in reversed(stack[:-1]):
        node = merkle.node_hash(left, node)
    return node


def _right_edge_is_there(size: int) -> bool:
    return all(
        _stored(layout.tile_path(name.level or 0, name.index, name.width)) is not None
        for name in layout.tiles_of(size, since=max(0, size - 1))
    )


def _store(path: str, data: bytes, stale: list[Path]) -> None:
    """Writes one tile; narrower versions of it go to `stale`, to be removed once the wider one is in place."""
    file = home().log / path
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, data)
    base = file.parent.with_suffix("") if file.parent.suffix == ".p" else file
    partial = base.with_name(base.name + ".p")
    if partial.is_dir():
        stale.extend(other for other in partial.iterdir() if other != file)


def _replace(file: Path, data: bytes) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(file)


def _stored(path: str) -> bytes | None:
    try:
        return (home().log / path).read_bytes()
    except OSError:
        return None


@lru_cache(maxsize=4_096)
def _full_tile(file: str) -> bytes:
    return Path(file).read_bytes()


def _reader() -> layout.Reader:
    folder = home().log

    def read(level: int, index: int, width: int) -> bytes:
        full = folder / layout.tile_path(level, index)
        if full.is_file():
            return _full_tile(str(full))
        partial = full.with_name(full.name + ".p")
        widths = (
            sorted((int(file.name) for file in partial.iterdir() if file.name.isdigit()), reverse=True)
            if partial.is_dir()
            else []
        )
        if widths and widths[0] >= width:
            return (partial / str(widths[0])).read_bytes()
        return b""

    return read
