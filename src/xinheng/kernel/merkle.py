"""Merkle trees of RFC 6962 (section 2.1): roots, inclusion and consistency proofs, and their verification.

SHA-256 always. Leaves are given as leaf hashes (32 bytes, :func:`leaf_hash`), so a tree never needs the data.
Proof building here takes the whole list of leaf hashes; for a growing log use :mod:`xinheng.kernel.tiles`,
which gives the same proofs. Verification follows RFC 9162 sections 2.1.3.2 and 2.1.4.2 and needs no tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from .errors import WrongUse

__all__ = [
    "EMPTY_ROOT",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "split_point",
    "verify_consistency",
    "verify_inclusion",
]

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def split_point(size: int) -> int:
    """The largest power of two smaller than ``size`` (at least 2): where RFC 6962 splits a tree."""
    return 1 << (size - 1).bit_length() - 1


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; :data:`EMPTY_ROOT` for none."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        # An odd last node rises unchanged: the same tree as the recursive definition, without recursion.
        odd = [level[-1]] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0]


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf ``index``, from the leaf upwards. Raises :class:`WrongUse` when out of range."""
    if not 0 <= index < len(hashes):
        raise WrongUse("叶子序号超出范围。", code="merkle.range")
    if len(hashes) == 1:
        return []
    k = split_point(len(hashes))
    if index < k:
        return [*inclusion_proof(hashes[:k], index), root(hashes[k:])]
    return [*inclusion_proof(hashes[k:], index - k), root(hashes[:k])]


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the first ``old_size`` leaves are a prefix of ``hashes``; empty for 0 and for the same size.

    Raises :class:`WrongUse` when out of range.
    """
    if not 0 <= old_size <= len(hashes):
        raise WrongUse("旧的树比新的树还大。", code="merkle.range")
    if old_size in (0, len(hashes)):
        return []
    return _subproof(hashes, old_size, complete=True)


def _subproof(hashes: Sequence[bytes], old_size: int, *, complete: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962: ``complete`` means the verifier already holds the root of this whole subtree."""
    if old_size == len(hashes):
        return [] if complete else [root(hashes)]
    k = split_point(len(hashes))
    if old_size <= k:
        return [*_subproof(hashes[:k], old_size, complete=complete), root(hashes[k:])]
    return [*_subproof(hashes[k:], old_size - k, complete=False), root(hashes[:k])]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether ``proof`` shows the leaf hash ``leaf`` at ``index`` of the tree of ``size`` with ``root_hash``.

    Never raises: what cannot be a proof is not one.
    """
    if not 0 <= index < size or not _hashes_ok([leaf, root_hash, *proof]):
        return False
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and result == root_hash


def verify_consistency(
    *, old_size: int, old_root: bytes, size: int, root_hash: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows that the tree of ``size`` extends the tree of ``old_size``. Never raises.

    An empty old tree is a prefix of every tree: true with an empty proof and :data:`EMPTY_ROOT`.
    """
    if not 0 <= old_size <= size or not _hashes_ok([old_root, root_hash, *proof]):
        return False
    if old_size == size:
        return not proof and old_root == root_hash
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    # When the old size is a power of two, its root is the first node of the path and is left out of the
    # proof.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old_result = new_result = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old_result, new_result = node_hash(sibling, old_result), node_hash(sibling, new_result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_result = node_hash(new_result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old_result == old_root and new_result == root_hash


def _hashes_ok(hashes: Sequence[bytes]) -> bool:
    return all(len(h) == HASH_SIZE for h in hashes)
