"""Trees and proofs, against RFC 6962 read naively."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel import merkle
from xinheng.kernel.errors import WrongUse

sizes = st.integers(1, 300)


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(i.to_bytes(4, "big")) for i in range(size)]


def mth(data: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word, over the leaf hashes."""
    n = len(data)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return data[0]
    k = 1
    while k * 2 < n:
        k *= 2
    return sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    n = len(data)
    if n == 1:
        return []
    k = 1
    while k * 2 < n:
        k *= 2
    if m < k:
        return [*path(m, data[:k]), mth(data[k:])]
    return [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    n = len(data)
    if m == n:
        return [] if whole else [mth(data)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*subproof(m, data[:k], whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], False), mth(data[:k])]


def flip(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit % (8 * len(value)))).to_bytes(len(value), "big")


def test_the_empty_tree_and_the_published_example_have_the_known_roots() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    # The eight leaves every implementation of RFC 6962 is tried with.
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    hashes = [merkle.leaf_hash(bytes.fromhex(i)) for i in inputs]
    assert merkle.root(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(hashes).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(st.integers(0, 300))
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    assert merkle.root(leaves(size)) == mth(leaves(size))


@given(sizes, st.data())
def test_an_inclusion_proof_is_that_of_the_rfc_and_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    proof = merkle.inclusion_proof(hashes, index)
    assert proof == path(index, hashes)
    assert merkle.verify_inclusion(
        leaf=hashes[index], index=index, size=size, proof=proof, root_hash=mth(hashes)
    )


@given(sizes, st.data())
def test_any_flipped_bit_breaks_an_inclusion_proof(size: int, data: st.DataObject) -> None:
    index, bit = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 10**6))
    hashes = leaves(size)
    proof, root = merkle.inclusion_proof(hashes, index), mth(hashes)
    assert not merkle.verify_inclusion(
        leaf=flip(hashes[index], bit), index=index, size=size, proof=proof, root_hash=root
    )
    assert not merkle.verify_inclusion(
        leaf=hashes[index], index=index, size=size, proof=proof, root_hash=flip(root, bit)
    )
    for place in range(len(proof)):
        broken = [*proof[:place], flip(proof[place], bit), *proof[place + 1 :]]
        assert not merkle.verify_inclusion(
            leaf=hashes[index], index=index, size=size, proof=broken, root_hash=root
        )


@given(sizes, st.data())
def test_a_proof_holds_for_no_other_place_and_no_other_length(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size + 1))
    hashes = leaves(size)
    proof, root = merkle.inclusion_proof(hashes, index), mth(hashes)

    def holds(place: int, path_: list[bytes]) -> bool:
        return merkle.verify_inclusion(
            leaf=hashes[index], index=place, size=size, proof=path_, root_hash=root
        )

    assert holds(other, proof) is (other == index)
    assert not holds(index, [*proof, bytes(32)])
    assert not proof or not holds(index, proof[:-1])
    assert not proof or not holds(index, [proof[0] + b"\x00", *proof[1:]])


@given(sizes, st.data())
def test_a_consistency_proof_is_that_of_the_rfc_and_verifies(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    hashes = leaves(size)
    proof = merkle.consistency_proof(hashes, old)
    assert proof == (subproof(old, hashes, True) if old else [])
    assert merkle.verify_consistency(
        old_size=old, old_root=mth(hashes[:old]), size=size, root_hash=mth(hashes), proof=proof
    )


@given(sizes, st.data())
def test_any_flipped_bit_breaks_a_consistency_proof(size: int, data: st.DataObject) -> None:
    old, bit = data.draw(st.integers(0, size)), data.draw(st.integers(0, 10**6))
    hashes = leaves(size)
    proof, old_root, root = merkle.consistency_proof(hashes, old), mth(hashes[:old]), mth(hashes)

    def holds(old_root_: bytes, root_: bytes, proof_: list[bytes]) -> bool:
        return merkle.verify_consistency(
            old_size=old, old_root=old_root_, size=size, root_hash=root_, proof=proof_
        )

    assert not holds(flip(old_root, bit), root, proof)
    assert old == 0 or not holds(old_root, flip(root, bit), proof)
    for place in range(len(proof)):
        assert not holds(old_root, root, [*proof[:place], flip(proof[place], bit), *proof[place + 1 :]])
    assert not holds(old_root, root, [*proof, bytes(32)])
    assert not proof or not holds(old_root, root, proof[:-1])


@given(st.integers(2, 300), st.data())
def test_a_rewritten_history_is_never_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    hashes = leaves(size)
    forged = [*hashes[:changed], merkle.leaf_hash(b"forged"), *hashes[changed + 1 :]]
    assert not merkle.verify_consistency(
        old_size=old, old_root=mth(hashes[:old]), size=size, root_hash=mth(forged),
        proof=merkle.consistency_proof(forged, old),
    )  # fmt: skip


def test_what_is_out_of_range_is_refused_when_building_and_false_when_verifying() -> None:
    hashes = leaves(3)
    for call in (
        lambda: merkle.inclusion_proof(hashes, 3),
        lambda: merkle.inclusion_proof(hashes, -1),
        lambda: merkle.consistency_proof(hashes, 4),
    ):
        with pytest.raises(WrongUse):
            call()
    root = mth(hashes)
    assert not merkle.verify_inclusion(leaf=hashes[0], index=0, size=0, proof=[], root_hash=root)
    assert not merkle.verify_consistency(old_size=4, old_root=root, size=3, root_hash=root, proof=[])
    assert not merkle.verify_consistency(
        old_size=2, old_root=mth(hashes[:2]), size=3, root_hash=root, proof=[]
    )
    assert merkle.verify_consistency(old_size=0, old_root=merkle.EMPTY_ROOT, size=3, root_hash=root, proof=[])
