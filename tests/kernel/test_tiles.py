"""Tiles: names, contents, growth, and the same roots and proofs as the plain tree."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.kernel import merkle, tiles
from xinheng.kernel.errors import InternalFailure, WrongUse


class Store:
    """Tiles in memory, and how often each was read."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def read(self, level: int, index: int, width: int) -> bytes:
        return self.tiles[level, index]

    def append(self, hashes: list[bytes]) -> list[tiles.Tile]:
        changed = tiles.append(size=self.size, hashes=hashes, read=self.read)
        self.tiles.update({(t.level, t.index): t.data for t in changed})
        self.size += len(hashes)
        return changed


@cache
def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(i.to_bytes(4, "big")) for i in range(size)]


@cache
def big_store() -> Store:
    """Large enough for three levels."""
    store = Store()
    store.append(leaves(70_000))
    return store


def test_paths_are_those_of_the_specification() -> None:
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path(63, 0, 1) == "tile/63/000.p/1"
    assert tiles.entries_path(999) == "tile/entries/999"
    assert tiles.entries_path(1000, 255) == "tile/entries/x001/000.p/255"


@given(st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_a_path_names_one_tile_and_is_read_back(level: int | None, index: int, width: int) -> None:
    path = tiles.entries_path(index, width) if level is None else tiles.tile_path(level, index, width)
    assert tiles.parse_path(path) == tiles.TileName(level, index, width)


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/0/x000/001", "tile/64/000", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
     "tile/0/../000", "/tile/0/000", "tile/0/000/", "tile/x/000", "tile/0/x001", "tile/0/٠٠٠", "", "checkpoint", "tile/0/000\n"],
)  # fmt: skip
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(WrongUse):
        tiles.parse_path(path)


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_a_tile_outside_the_specification_has_no_path(level: int, index: int, width: int) -> None:
    with pytest.raises(WrongUse):
        tiles.tile_path(level, index, width)


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specifications_example() -> None:
    names = list(tiles.tiles_of(70_000))
    by_level = [[n for n in names if n.level == level] for level in range(3)]
    assert [len([n for n in ns if n.width == 256]) for ns in by_level] == [273, 1, 0]
    assert [ns[-1].width for ns in by_level] == [112, 17, 1]
    assert {(n.level, n.index): n.width for n in names} == {
        key: len(data) // 32 for key, data in big_store().tiles.items()
    }


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_the_tiles_that_differ_are_named(one: int, other: int) -> None:
    since, size = sorted((one, other))
    before = {(n.level, n.index): n.width for n in tiles.tiles_of(since)}
    expected = [n for n in tiles.tiles_of(size) if before.get((n.level, n.index)) != n.width]
    assert list(tiles.tiles_of(size, since=since)) == expected


@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_growing_in_steps_gives_the_tiles_of_growing_at_once(steps: list[int]) -> None:
    store, whole = Store(), Store()
    hashes = leaves(sum(steps))
    whole.append(hashes)
    for step in steps:
        since = store.size
        changed = store.append(hashes[since : since + step])
        assert [(t.level, t.index, t.width) for t in changed] == [
            (n.level, n.index, n.width) for n in tiles.tiles_of(store.size, since=since)
        ]
        assert tiles.root(size=store.size, read=store.read) == merkle.root(hashes[: store.size])
    assert store.tiles == whole.tiles


@given(st.integers(1, 1500), st.data())
def test_proofs_from_tiles_are_those_of_the_plain_tree(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    store, hashes = big_store(), leaves(70_000)[:size]
    assert tiles.root(size=size, read=store.read) == merkle.root(hashes)
    assert tiles.inclusion_proof(index=index, size=size, read=store.read) == merkle.inclusion_proof(
        hashes, index
    )
    assert tiles.consistency_proof(old_size=old, size=size, read=store.read) == merkle.consistency_proof(
        hashes, old
    )


@settings(max_examples=30)
@given(st.integers(1, 70_000), st.data())
def test_proofs_over_three_levels_verify(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    read, hashes = big_store().read, leaves(70_000)
    root, old_root = tiles.root(size=size, read=read), tiles.root(size=old, read=read)
    proof = tiles.inclusion_proof(index=index, size=size, read=read)
    assert merkle.verify_inclusion(leaf=hashes[index], index=index, size=size, proof=proof, root_hash=root)
    proof = tiles.consistency_proof(old_size=old, size=size, read=read)
    assert merkle.verify_consistency(old_size=old, old_root=old_root, size=size, root_hash=root, proof=proof)


@given(st.integers(1, 70_000), st.data())
def test_a_reader_is_asked_only_for_tiles_a_log_of_that_size_has(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    exist = {(n.level, n.index): n.width for n in tiles.tiles_of(size)}

    def read(level: int, number: int, width: int) -> bytes:
        assert exist[level, number] == width
        return big_store().tiles[level, number][: 32 * width]

    tiles.root(size=size, read=read)
    tiles.inclusion_proof(index=index, size=size, read=read)
    tiles.append(size=size, hashes=leaves(3), read=lambda level, i, w: big_store().tiles[level, i])


def test_a_short_tile_is_an_internal_failure() -> None:
    with pytest.raises(InternalFailure):
        tiles.root(size=300, read=lambda level, index, width: bytes(32))


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=256))
def test_entries_come_back_from_a_bundle(entries: list[bytes]) -> None:
    data = tiles.bundle(entries)
    assert tiles.unbundle(data) == entries
    if len(data) > 2 or entries[-1]:
        with pytest.raises(WrongUse):
            tiles.unbundle(data[:-1])


def test_what_fits_in_no_bundle_or_tile_is_refused() -> None:
    for entries in ([], [b""] * 257, [bytes(65_536)]):
        with pytest.raises(WrongUse):
            tiles.bundle(entries)
    with pytest.raises(WrongUse):
        tiles.append(size=0, hashes=[b"short"], read=big_store().read)
    with pytest.raises(WrongUse):
        tiles.inclusion_proof(index=3, size=3, read=big_store().read)
    with pytest.raises(WrongUse):
        tiles.consistency_proof(old_size=4, size=3, read=big_store().read)


def test_the_empty_log_has_a_root_and_no_tiles() -> None:
    assert tiles.root(size=0, read=big_store().read) == merkle.EMPTY_ROOT
    assert list(tiles.tiles_of(0)) == []
    assert tiles.append(size=5, hashes=[], read=big_store().read) == []
