"""Commitments and leaves: what the public log holds about a statement or an event, and nothing more.

A statement has three parts (public, shared, restricted), each committed with its own random salt of 32 bytes:

    c_i   = SHA-256("xinheng-part-v1" ‖ byte(i) ‖ salt_i ‖ part_i)        i = 0 public, 1 shared, 2 restricted
    leaf  = SHA-256(0x01 ‖ c_0 ‖ c_1 ‖ c_2)                               of a statement
    leaf  = SHA-256(0x02 ‖ SHA-256(salt ‖ body))                          of an event
    entry = 0x01 ‖ leaf                                                   33 bytes, the log's entry data
    Merkle leaf hash = SHA-256(0x00 ‖ entry)                              RFC 6962

One part can be opened (part and salt shown) while the others stay closed; when part and salt are destroyed,
the commitment says nothing and every proof still holds. The salt has a fixed length, so no byte of it can be
counted as content.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from .errors import WrongUse

__all__ = [
    "ENTRY_VERSION",
    "HASH_SIZE",
    "PARTS",
    "SALT_SIZE",
    "commit_part",
    "entry_data",
    "event_leaf",
    "leaf_from_commitments",
    "leaf_hash_of",
    "statement_leaf",
    "statement_leaves",
]

PARTS = ("public", "shared", "restricted")
SALT_SIZE = 32
HASH_SIZE = 32
ENTRY_VERSION = b"\x01"
_PART_TAGS = tuple(b"xinheng-part-v1" + bytes([i]) for i in range(3))


def commit_part(index: int, salt: bytes, part: bytes) -> bytes:
    """The commitment of part ``index`` (0 public, 1 shared, 2 restricted); 32 bytes.

    Raises :class:`WrongUse` for another index or a salt that is not 32 bytes.
    """
    if not 0 <= index < len(_PART_TAGS):
        raise WrongUse("陈述只有三个部分（0、1、2）。", code="leaf.part")
    if len(salt) != SALT_SIZE:
        raise WrongUse("盐值必须是 32 字节。", code="leaf.salt")
    return sha256(_PART_TAGS[index] + salt + part).digest()


def leaf_from_commitments(commitments: Sequence[bytes]) -> bytes:
    """The leaf of a statement from its three commitments, for a reader who may not see every part."""
    if len(commitments) != len(_PART_TAGS) or any(len(c) != HASH_SIZE for c in commitments):
        raise WrongUse("需要三个 32 字节的承诺值。", code="leaf.commitments")
    return sha256(b"\x01" + b"".join(commitments)).digest()


def statement_leaf(parts: Sequence[bytes], salts: Sequence[bytes]) -> bytes:
    """The leaf of a statement from its three parts and three salts, in the order of :data:`PARTS`."""
    if len(parts) != len(_PART_TAGS) or len(salts) != len(_PART_TAGS):
        raise WrongUse("陈述需要三个部分和三个盐值。", code="leaf.parts")
    return leaf_from_commitments([commit_part(i, salts[i], parts[i]) for i in range(len(_PART_TAGS))])


def event_leaf(salt: bytes, body: bytes) -> bytes:
    """The leaf of an event from its salt (32 bytes) and its body."""
    if len(salt) != SALT_SIZE:
        raise WrongUse("盐值必须是 32 字节。", code="leaf.salt")
    return sha256(b"\x02" + sha256(salt + body).digest()).digest()


def entry_data(leaf: bytes) -> bytes:
    """The 33 bytes published in an entry bundle for ``leaf``: a version byte and the leaf."""
    if len(leaf) != HASH_SIZE:
        raise WrongUse("叶子必须是 32 字节。", code="leaf.size")
    return ENTRY_VERSION + leaf


def leaf_hash_of(leaf: bytes) -> bytes:
    """The Merkle leaf hash (RFC 6962 section 2.1) of the log entry for ``leaf``."""
    return sha256(b"\x00" + entry_data(leaf)).digest()


def statement_leaves(
    salts: Sequence[bytes], public: Sequence[bytes], shared: Sequence[bytes], restricted: Sequence[bytes]
) -> list[bytes]:
    """The leaves of many statements at once; equal to :func:`statement_leaf` row by row.

    ``salts[i]`` is the 96 bytes stored with a statement: public, shared and restricted salt in a row.
    Written out because a file has a million of them. Raises :class:`WrongUse` when the columns differ in
    length or a salt is not 96 bytes.
    """
    if not len(salts) == len(public) == len(shared) == len(restricted):
        raise WrongUse("各列行数不一致。", code="leaf.columns")
    if any(len(salt) != 3 * SALT_SIZE for salt in salts):
        raise WrongUse("每行盐值必须是 96 字节。", code="leaf.salt")
    tag0, tag1, tag2 = _PART_TAGS
    return [
        sha256(
            b"\x01"
            + sha256(tag0 + salt[:32] + part0).digest()
            + sha256(tag1 + salt[32:64] + part1).digest()
            + sha256(tag2 + salt[64:] + part2).digest()
        ).digest()
        for salt, part0, part1, part2 in zip(salts, public, shared, restricted, strict=True)
    ]
