"""Who a name may mean, before anybody looks closely: equal names, shared rare features, what the code cell speaks for.
Arrays in, arrays out."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from xinheng.kernel import codehints, orgname
from xinheng.linkage import compiled
from xinheng.linkage.compare import CODE_LEVELS, letters_of
from xinheng.linkage.features import KIND_SHIFT, WHOLE, features_of
from xinheng.linkage.index import Index
from xinheng.linkage.parsing import Parsed, hashed, joined, parse_many
from xinheng.linkage.segment import Segment

BLOCK = 2_000
NEAR = 0.35  # of the best score: whoever shares less is not worth a comparison
_OLD_NUMBER = CODE_LEVELS.index("old-number")
_room = threading.local()


class Pairs(NamedTuple):
    """Asked name, part of the index, document in it, and how the code cell found it (0: it did not)."""

    asked: np.ndarray
    part: np.ndarray
    doc: np.ndarray
    level: np.ndarray

    def where(self, chosen: np.ndarray) -> Pairs:
        """Those of the pairs."""
        return Pairs(*(column[chosen] for column in self))


def pairs(owner: np.ndarray, part: int, docs: np.ndarray, level: int = 0) -> Pairs:
    """Pairs within one part of the index."""
    size = len(owner)
    return Pairs(
        owner.astype(np.int64), np.full(size, part, dtype=np.int64), docs.astype(np.int64),
        np.full(size, level, dtype=np.int16),
    )  # fmt: skip


def together(found: Sequence[Pairs]) -> Pairs:
    """All of them, each pair once, ordered by asked name; what the code cell says wins."""
    if not found:
        return pairs(np.empty(0, dtype=np.int64), 0, np.empty(0, dtype=np.int64))
    every = Pairs(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
    order = np.lexsort((-every.level, every.doc, every.part, every.asked))
    every = every.where(order)
    first = np.ones(len(every.asked), dtype=bool)
    for one in (every.asked, every.part, every.doc):
        first[1:] &= one[1:] == one[:-1]
    first[1:] = ~first[1:]
    return every.where(first)


def parsed(index: Index, names: Sequence[str], *, processes: int | None = None) -> Parsed:
    """These names parsed; those that stand in the index letter by letter are taken from there."""
    whole = np.fromiter((hashed(orgname.fold(name)) for name in names), dtype=np.uint64, count=len(names))
    wanted = whole | (np.uint64(WHOLE) << KIND_SHIFT)
    parts: list[Parsed] = []
    owners: list[np.ndarray] = []
    rest = np.ones(len(names), dtype=bool)
    for held, _ in index.parts:
        place, hit = _places(held, wanted)
        hit &= rest & (whole != 0)
        docs = (
            held.docs[held.indptr[place[hit]]].astype(np.int64) if hit.any() else np.empty(0, dtype=np.int64)
        )
        parts.append(some(held.parsed, docs))
        owners.append(np.flatnonzero(hit))
        rest &= ~hit
    left = np.flatnonzero(rest)
    parts.append(parse_many([names[int(at)] for at in left], processes=processes))
    owners.append(left)
    return some(joined(parts), np.argsort(np.concatenate(owners)))


def equal(index: Index, parsed: Parsed, chosen: np.ndarray) -> list[Pairs]:
    """Pairs whose folded names are equal."""
    wanted = parsed.whole[chosen] | (np.uint64(WHOLE) << KIND_SHIFT)
    found = []
    for part, (held, dead) in enumerate(index.parts):
        place, hit = _places(held, wanted)
        owner, docs = _explode(chosen[hit], held, place[hit])
        alive = ~dead[docs]
        found.append(pairs(owner[alive], part, docs[alive]))
    return found


def similar(
    index: Index, parsed: Parsed, chosen: np.ndarray, *, limit: int, width: int, kept: int
) -> list[Pairs]:
    """At most `kept` pairs for each chosen name: of `width` that share its rarest features the ones whose letters come
    nearest. `limit` bounds the postings read."""
    of, features = features_of(parsed if len(chosen) == len(parsed) else some(parsed, chosen))
    found = []
    for part, (held, dead) in enumerate(index.parts):
        if not held.size:
            continue
        place, hit = _places(held, features)
        keys = np.unique((of[hit].astype(np.int64) << np.int64(32)) | place[hit])
        owner, place = keys >> 32, keys & 0xFFFFFFFF
        ends = np.searchsorted(owner, np.arange(len(chosen) + 1))
        starts = range(0, len(chosen), BLOCK)

        def one(
            start: int, part: int = part, held: Segment = held, dead: np.ndarray = dead, place: np.ndarray = place,
            ends: np.ndarray = ends,
        ) -> Pairs:  # fmt: skip
            block = chosen[start : start + BLOCK]
            out = np.full((len(block), width), -1, dtype=np.int64)
            score = np.zeros((len(block), width), dtype=np.float32)
            compiled.gather(
                place, ends[start : start + len(block) + 1], held.indptr, held.docs, held.weight, held.norm, dead,
                limit, *_scratch(held.size), out, score,
            )  # fmt: skip
            hit = (out >= 0) & (score >= NEAR * score[:, :1])
            found = pairs(np.repeat(block, hit.sum(axis=1)), part, out[hit])
            return found if width <= kept else _nearest(parsed, held, found, kept)

        found.extend(in_threads(one, starts))
    return found


def _nearest(parsed: Parsed, held: Segment, found: Pairs, kept: int) -> Pairs:
    """The `kept` pairs of each asked name whose letters differ least."""
    costs = letters_of(parsed, held, found.asked, found.doc)
    order = np.lexsort((costs, found.asked))
    found = found.where(order)
    starts = (
        np.flatnonzero(np.concatenate([[True], found.asked[1:] != found.asked[:-1]])) if len(order) else order
    )
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return found.where(place < kept)


def in_threads(one: object, starts: range) -> list[Pairs]:
    """`one(start)` for each start, in several threads where there are several."""
    if len(starts) < 2:
        return [one(start) for start in starts]  # type: ignore[operator]
    with ThreadPoolExecutor(min(len(os.sched_getaffinity(0)), 4)) as pool:
        return list(pool.map(one, starts))  # type: ignore[arg-type]


def _scratch(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Room for one run of `gather`, kept per thread: making it anew for every name would cost more than the name."""
    have: tuple[np.ndarray, np.ndarray] | None = getattr(_room, "pair", None)
    if have is None or len(have[0]) < size:
        have = (np.zeros(size, dtype=np.float32), np.empty(size, dtype=np.int32))
        _room.pair = have
    return have


def by_code(index: Index, hints: Mapping[int, codehints.CodeHint], *, repaired: bool = False) -> list[Pairs]:
    """Pairs that the code cell speaks for: the code itself, its organisation part, an old number; with `repaired` what a
    damaged code may have been before. All names of each organisation found."""
    found = []
    codes, owns, numbers = (_repaired(hints), [], []) if repaired else _wanted(hints)
    for part, (held, dead) in enumerate(index.parts):
        for keys, places, wanted, level in (
            (held.code, None, codes, 0),
            (held.owns, held.own_docs, owns, 0),
            (held.numbers, held.number_docs, numbers, _OLD_NUMBER),
        ):
            if not wanted or not len(keys):
                continue
            values = np.array([value for _, value in wanted], dtype=keys.dtype)
            asked = np.array([at for at, _ in wanted], dtype=np.int64)
            low, high = np.searchsorted(keys, values, "left"), np.searchsorted(keys, values, "right")
            asked, at = _ranges(asked, low, high)
            docs = at if places is None else places[at]
            codes_ = held.code[docs]
            asked, docs = _ranges(
                asked, np.searchsorted(held.code, codes_, "left"), np.searchsorted(held.code, codes_, "right")
            )
            alive = ~dead[docs]
            found.append(pairs(asked[alive], part, docs[alive], level))
    return found


def _wanted(hints: Mapping[int, codehints.CodeHint]) -> tuple[list[tuple[int, bytes]], ...]:
    codes: list[tuple[int, bytes]] = []
    owns: list[tuple[int, bytes]] = []
    numbers: list[tuple[int, bytes]] = []
    for at, hint in hints.items():
        value = hint.value.encode("ascii", "ignore")
        if 0 < len(value) <= 18:
            codes.append((at, value))
        if len(value) == 9:
            owns.append((at, value))
        elif len(value) == 18:
            owns.append((at, value[8:17]))
        if hint.kind == "old-number" and value:
            numbers.append((at, value))
    return codes, owns, numbers


def _repaired(hints: Mapping[int, codehints.CodeHint]) -> list[tuple[int, bytes]]:
    return [
        (at, code.encode())
        for at, hint in hints.items()
        for code in codehints.candidates(hint)
        if code.isascii()
    ]


def _places(held: Segment, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each feature stands in the index, and whether it does."""
    place = np.searchsorted(held.feats, features)
    if not len(held.feats):
        return place, np.zeros(len(features), dtype=bool)
    return place, held.feats[np.minimum(place, len(held.feats) - 1)] == features


def _explode(owner: np.ndarray, held: Segment, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    owner, at = _ranges(owner, held.indptr[place], held.indptr[place + 1])
    return owner, held.docs[at].astype(np.int64)


def _ranges(owner: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every number from low[i] up to high[i], each with owner[i]."""
    sizes = high - low
    ends = np.cumsum(sizes)
    at = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
    return np.repeat(owner, sizes), np.repeat(low, sizes) + at


def some(parsed: Parsed, chosen: np.ndarray) -> Parsed:
    """The chosen ones of these names."""
    lengths = np.diff(parsed.starts)[chosen]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    _, at = _ranges(chosen, parsed.starts[:-1][chosen], parsed.starts[1:][chosen])
    return Parsed(
        chars=parsed.chars[at], labels=parsed.labels[at], starts=starts, division=parsed.division[chosen],
        form=parsed.form[chosen], whole=parsed.whole[chosen], core=parsed.core[chosen], brand=parsed.brand[chosen],
        trade=parsed.trade[chosen], branch=parsed.branch[chosen],
    )  # fmt: skip
