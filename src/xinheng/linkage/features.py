"""What a name is found by: numbers for pairs of characters, for the brand in its city, for the whole. Arrays in, arrays
out; the same for one name and for a million."""

from __future__ import annotations

from functools import cache

import numpy as np

from xinheng.kernel import likeness
from xinheng.linkage.parsing import BRANCH, BRAND, FORM, FORM_NUMBER, OTHER, REGION, TRADE, Parsed

PAIR, CHAR, PAIR_HERE, CHAR_HERE, SOUND, CORE, WHOLE = range(1, 8)
KIND_SHIFT = np.uint64(56)
WEIGHT = np.array([0, 1.0, 0.5, 1.0, 0.6, 0.5, 1.5, 3.0], dtype=np.float32)
"""How much a shared feature of each kind says beside its rarity: kinds that repeat one another say less."""

HERE = 5  # characters after the region that are also looked for together with their city
_USUAL_FORMS = tuple(
    FORM_NUMBER[one]
    for one in ("", "company", "company-limited-by-shares", "partnership", "sole", "individual")
)
_BASIC = 0x10000  # the tables hold the basic plane; a rarer character is like itself only


@cache
def shape_table() -> np.ndarray:
    """For each character of the basic plane the one that stands for all that look like it (uint32)."""
    return _table(likeness.shape_key)


@cache
def sound_table() -> np.ndarray:
    """For each character of the basic plane the number of its syllable, the character itself where it has none."""
    return _table(likeness.sound_key)


def _table(key: object) -> np.ndarray:
    table = np.arange(_BASIC, dtype=np.uint32)
    plain = [point for point in range(_BASIC) if not 0xD800 <= point < 0xE000]
    texts = "".join(map(chr, plain))
    table[plain] = np.frombuffer(key(texts).encode("utf-32-le"), dtype=np.uint32)  # type: ignore[operator]
    return table


def through(table: np.ndarray, chars: np.ndarray) -> np.ndarray:
    """Characters looked up in a table of the basic plane."""
    if len(chars) and chars.max() >= _BASIC:
        return np.where(chars < _BASIC, table[np.minimum(chars, _BASIC - 1)], chars)
    return table[chars]


def features_of(parsed: Parsed) -> tuple[np.ndarray, np.ndarray]:
    """(name, feature): for each name the numbers it is found by. May repeat; in no particular order."""
    owner = np.repeat(np.arange(len(parsed), dtype=np.int32), np.diff(parsed.starts))
    labels = parsed.labels
    told = np.isin(labels, (BRAND, TRADE, BRANCH))
    # 农村信用合作联社 is a form that says much; 有限公司 says nothing
    told |= (labels == FORM) & ~np.isin(parsed.form, _USUAL_FORMS)[owner]
    # A name of nothing but a place and a form is found by all its characters
    bare = np.bincount(owner[told], minlength=len(parsed)) == 0
    told |= bare[owner] & (labels != OTHER)
    # Across the edge of the region as well: a damaged region is read as part of what follows
    wide = told | (labels == REGION)
    of, shapes = owner[wide], through(shape_table(), parsed.chars[wide])
    place = ~told[wide]
    found = [
        _pairs(of, shapes, 1, where=~(place[1:] & place[:-1])),
        _pairs(of, shapes, 2, where=~(place[2:] & place[:-2])),
    ]
    of, shapes = of[~place], shapes[~place]
    near = _position(of) < HERE
    city = (parsed.division[of] // 100).astype(np.uint64)
    here = near & (city > 0)
    found.append(
        (of[here], _kind(CHAR_HERE) | (city[here] << np.uint64(42)) | shapes[here].astype(np.uint64))
    )
    owners, both = _pairs(of, shapes, 1, PAIR_HERE, where=here[:-1])
    found.append((owners, both | ((parsed.division[owners] // 100).astype(np.uint64) << np.uint64(42))))
    # Typists write by sound, in the trade as in the brand
    found.append(_pairs(of, through(sound_table(), parsed.chars[told]), 1, SOUND, where=near[:-1]))
    brand = labels[told] == BRAND
    of = of[brand]
    found.append((of, _kind(CHAR) | shapes[brand].astype(np.uint64)))
    names = np.arange(len(parsed), dtype=np.int32)
    for kind, hashes in ((CORE, parsed.core), (WHOLE, parsed.whole)):
        has = hashes != 0
        found.append((names[has], _kind(kind) | hashes[has]))
    return np.concatenate([one for one, _ in found]), np.concatenate([two for _, two in found])


def _position(of: np.ndarray) -> np.ndarray:
    """For each entry how many of the same name stand before it."""
    if not len(of):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))
    return np.arange(len(of)) - np.repeat(starts, np.diff(np.append(starts, len(of))))


def kinds_of(features: np.ndarray) -> np.ndarray:
    """The kind of each feature."""
    return (features >> KIND_SHIFT).astype(np.uint8)


def _kind(kind: int) -> np.uint64:
    return np.uint64(kind) << KIND_SHIFT


def _pairs(
    of: np.ndarray, chars: np.ndarray, gap: int, kind: int = PAIR, *, where: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Two characters `gap` apart. A pair with one between makes up for a character that a scan lost or added."""
    if len(of) <= gap:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint64)
    same = of[gap:] == of[:-gap]
    at = np.flatnonzero(same if where is None else same & where)
    return of[at], _kind(kind) | _two(chars, at, gap)


def _two(chars: np.ndarray, at: np.ndarray, gap: int) -> np.ndarray:
    at = np.asarray(at, dtype=np.int64)
    return (chars[at].astype(np.uint64) << np.uint64(21)) | chars[at + gap].astype(np.uint64)
