"""Names against the index: candidates, facts, points, and what they come to. Sets in, sets out; one name is a set of
one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from xinheng.kernel import codehints
from xinheng.linkage import candidates, compare
from xinheng.linkage.candidates import Pairs
from xinheng.linkage.compare import CODE_LEVELS, Facts, Rarity
from xinheng.linkage.index import Index
from xinheng.linkage.parsing import Parsed
from xinheng.linkage.policy_link import (
    BIT,
    HUMAN_BITS,
    HUMAN_FROM,
    LINKED_FROM,
    MOST_BITS,
    ONLY_SAYING,
    SAYING,
    YES_OR_NO,
    said,
    weigh,
)
from xinheng.linkage.segment import Segment

T = TypeVar("T")
WORLD = 20_000  # a small register is not the world: so many may be meant at least
KEPT = 5  # candidates told
LEAST_SHARE = 0.0005  # of what speaks for all candidates: whoever has less is none
# For one name few first, many where few did not settle it:
STEPS = ((1_500, 8, 8), (60_000, 300, 24))  # postings read, candidates looked at by letters, and by parts
SURE = 9_990
CLOSE = 12_000  # thousandths of a bit of damage
FAR = 120  # tenths of a bit worse than the best: one in four thousand
FEW_FACTS = 200  # so many are weighed faster than told apart
COMPARED = 200_000  # pairs compared at a time: bounds the memory


@dataclass(frozen=True)
class Asked:
    """What is asked: names, and where given the code cell and the division (0: unknown) of each."""

    names: Sequence[str]
    codes: Sequence[str]
    places: np.ndarray
    parsed: Parsed | None = None

    @classmethod
    def of(
        cls, names: Sequence[str], codes: Sequence[str] | None = None, regions: Sequence[str] | None = None
    ) -> Asked:
        """From plain lists; a region is a division code or the empty text."""
        places = [int(one) if one and one.isdigit() and len(one) == 6 else 0 for one in regions or ()]
        return cls(names, codes or [""] * len(names), np.array(places or [0] * len(names), dtype=np.int64))

    def parsed_against(self, index: Index, *, processes: int | None = None) -> Asked:
        """The same with the names parsed; a name that stands in the index letter by letter was parsed there already."""
        if self.parsed is not None:
            return self
        return replace(self, parsed=candidates.parsed(index, self.names, processes=processes))

    def piece(self, start: int, end: int) -> Asked:
        """Questions `start` up to but not including `end`."""
        parsed = self.parsed
        if parsed is not None:
            parsed = candidates.some(parsed, np.arange(start, min(end, len(parsed))))
        return Asked(self.names[start:end], self.codes[start:end], self.places[start:end], parsed)


@dataclass(frozen=True)
class Found:
    """Candidates, ordered by asked name and then best first; at most `KEPT` a name, none for a name that meets nothing.

    `confidence` is in basis points; `linked` holds where the candidate may be taken without a human, `worth` where a
    human should look; `facts` has one row of `Facts` each.
    """

    asked: np.ndarray
    rank: np.ndarray
    part: np.ndarray
    doc: np.ndarray
    points: np.ndarray
    cost: np.ndarray
    confidence: np.ndarray
    linked: np.ndarray
    worth: np.ndarray
    facts: np.ndarray

    def where(self, chosen: np.ndarray) -> Found:
        """Those of the candidates."""
        return Found(*(getattr(self, one.name)[chosen] for one in fields(Found)))

    def codes(self, index: Index) -> np.ndarray:
        """The code of each candidate (text)."""
        out = np.empty(len(self.asked), dtype="U18")
        for number, (held, _) in enumerate(index.parts):
            here = self.part == number
            out[here] = held.code[self.doc[here]].astype("U18")
        return out


@dataclass(frozen=True)
class _Weights:
    rank: np.ndarray
    points: np.ndarray
    cost: np.ndarray
    automatic: np.ndarray
    facts: np.ndarray
    org: np.ndarray


def answers(
    index: Index,
    asked: Asked,
    *,
    told_apart: Mapping[int, set[str]] | None = None,
    processes: int | None = None,
) -> Found:
    """The candidates of each name. `told_apart` names, per asked name, codes that a human said are others: they are
    never candidates."""
    parsed = asked.parsed_against(index, processes=processes).parsed
    assert parsed is not None
    hints = {at: codehints.read_code(code) for at, code in enumerate(asked.codes) if code}
    every = np.flatnonzero((parsed.whole != 0) | np.isin(np.arange(len(parsed)), list(hints)))
    known = [*candidates.by_code(index, hints), *candidates.equal(index, parsed, every)]
    ask = _Question(index, asked, parsed, compare.rarity_of(index, parsed), hints, told_apart or {})
    # An equal name settles it as a rule; its rivals are looked for only where it does not
    first = ask.judged(candidates.together(known))
    open_ = np.setdiff1d(every, first.asked[(first.rank == 0) & first.linked & (first.confidence >= SURE)])
    # What a damaged code may have been takes long to try: only where the name left it open
    known += candidates.by_code(index, {at: hints[at] for at in open_.tolist() if at in hints}, repaired=True)
    for limit, width, kept in STEPS:
        if not len(open_):
            break
        near = candidates.similar(index, parsed, open_, limit=limit, width=width, kept=kept)
        mine = [one.where(np.isin(one.asked, open_)) for one in known]
        again = ask.judged(candidates.together([*mine, *near]))
        first = _joined(first.where(~np.isin(first.asked, open_)), again)
        # Whoever is this close shares the rarest features; reading common ones as well would find nobody closer
        open_ = np.setdiff1d(open_, again.asked[(again.rank == 0) & (again.cost <= CLOSE)])
    return first


def _joined(one: Found, other: Found) -> Found:
    columns = [np.concatenate([getattr(one, each.name), getattr(other, each.name)]) for each in fields(Found)]
    order = np.lexsort((columns[1], columns[0]))
    return Found(*(column[order] for column in columns))


@dataclass(frozen=True)
class _Question:
    index: Index
    asked: Asked
    parsed: Parsed
    rarity: Rarity
    hints: Mapping[int, codehints.CodeHint]
    told_apart: Mapping[int, set[str]]

    def judged(self, pairs: Pairs) -> Found:
        """The best name of each organisation, ranked, with the probability that it is the one meant."""
        pairs = self._without_told_apart(pairs)
        pairs, weights = self._weighed(pairs)
        org = weights.org
        # Best name per organisation first, then organisations; the place in the index breaks ties the same way every time
        order = np.lexsort((pairs.doc, -weights.rank, org, pairs.asked))
        best = order[_firsts(pairs.asked[order], org[order])]
        best = best[np.lexsort((org[best], -weights.rank[best], pairs.asked[best]))]
        asked = pairs.asked[best]
        starts = np.flatnonzero(_firsts(asked))
        lengths = np.diff(np.append(starts, len(asked)))
        # Which of the candidates: by letters. Whether any of them: by what the parts of the best one say
        ahead = np.repeat(weights.rank[best][starts], lengths)
        share = np.exp2(np.maximum((weights.rank[best] - ahead) / BIT, -60))
        share /= np.repeat(np.add.reduceat(share, starts) if len(starts) else share, lengths)
        bits = np.clip(weights.points[best] / BIT - np.log2(max(self.index.size, WORLD)), -60, 60)
        odds = np.exp2(np.repeat(bits[starts], lengths))
        confidence = (10_000 * share * odds / (1 + odds)).astype(np.int32)
        rank = (np.arange(len(asked)) - np.repeat(starts, lengths)).astype(np.int32)
        linked = (rank == 0) & weights.automatic[best] & (confidence >= LINKED_FROM)
        worth = (confidence >= HUMAN_FROM) | (bits * BIT >= HUMAN_BITS)
        kept = (rank < KEPT) & (share >= LEAST_SHARE)
        return Found(
            asked, rank, pairs.part[best], pairs.doc[best], weights.points[best], weights.cost[best], confidence, linked,
            worth, weights.facts[best],
        ).where(kept)  # fmt: skip

    def _without_told_apart(self, pairs: Pairs) -> Pairs:
        if not self.told_apart:
            return pairs
        keep = np.ones(len(pairs.asked), dtype=bool)
        for at in np.flatnonzero(np.isin(pairs.asked, list(self.told_apart))):
            code = self.index.parts[pairs.part[at]][0].code[pairs.doc[at]].decode()
            keep[at] = code not in self.told_apart[int(pairs.asked[at])]
        return pairs.where(keep)

    def _weighed(self, pairs: Pairs) -> tuple[Pairs, _Weights]:
        """The pairs that are not far from the best one of their name, and what they come to."""
        counts = np.empty((len(pairs.asked), 5, 6), dtype=np.int8)
        parts = [np.flatnonzero(pairs.part == number) for number in range(len(self.index.parts))]
        for (held, _), here in zip(self.index.parts, parts, strict=True):

            def count(start: int, here: np.ndarray = here, held: Segment = held) -> None:
                at = here[start : start + COMPARED]
                counts[at] = compare.counts_of(self.parsed, held, pairs.asked[at], pairs.doc[at])

            candidates.in_threads(count, range(0, len(here), COMPARED))
        near = self._near(pairs, compare.damage_of(counts))
        pairs, counts = pairs.where(near), counts[near]
        size = len(pairs.asked)
        facts = np.empty((size, len(Facts._fields)), dtype=np.int16)
        org = np.empty(size, dtype=np.int64)
        for number, (held, _) in enumerate(self.index.parts):
            here = np.flatnonzero(pairs.part == number)
            a, h = pairs.asked[here], pairs.doc[here]
            org[here] = held.org[h] + (number << 40)
            facts[here] = compare.facts_of(
                counts[here], self.parsed, self.rarity, held, a, h,
                code=self._code_levels(a, held.code[h] if self.hints else None, pairs.level[here]),
                place=self.asked.places[a],
            )  # fmt: skip
        weighed, which = _by_distinct(_without_saying(facts), weigh)
        says, which_says = _by_distinct(_only_saying(facts), said)
        beside = np.array([one.code + one.name for one in weighed], dtype=np.int64)[which]
        cost = np.array([one.cost for one in weighed], dtype=np.int64)[which]
        worse = compare.worse_of(counts, self._letters(pairs))
        points = beside + np.array(says, dtype=np.int64)[which_says] - cost
        return pairs, _Weights(
            rank=beside - worse - cost * 3 // 10,
            points=np.minimum(points, MOST_BITS),
            cost=cost,
            automatic=np.array([one.automatic for one in weighed], dtype=bool)[which],
            facts=facts,
            org=org,
        )

    def _letters(self, pairs: Pairs) -> np.ndarray:
        letters = np.empty(len(pairs.asked), dtype=np.int32)
        for number, (held, _) in enumerate(self.index.parts):
            here = pairs.part == number
            letters[here] = compare.letters_of(self.parsed, held, pairs.asked[here], pairs.doc[here])
        return letters

    def _near(self, pairs: Pairs, damage: np.ndarray) -> np.ndarray:
        """Pairs no more than `FAR` worse than the best one of their name, and all that a code speaks for."""
        if not len(damage):
            return np.zeros(0, dtype=bool)
        starts = np.flatnonzero(_firsts(pairs.asked))
        best = np.repeat(np.minimum.reduceat(damage, starts), np.diff(np.append(starts, len(damage))))
        near = damage <= best + FAR
        if self.hints:
            near |= np.isin(pairs.asked, list(self.hints))
        return near

    def _code_levels(self, a: np.ndarray, code: np.ndarray | None, found: np.ndarray) -> np.ndarray:
        level = found.astype(np.int16)
        if code is None:
            return level
        for at in np.flatnonzero((found == 0) & np.isin(a, list(self.hints))):
            told = codehints.agreement(self.hints[int(a[at])], code[at].decode())
            level[at] = 0 if told == "old-number" else CODE_LEVELS.index(told)
        return level


def _firsts(*columns: np.ndarray) -> np.ndarray:
    """Where sorted rows differ from the row before."""
    first = np.ones(len(columns[0]), dtype=bool)
    if len(first):
        first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return first


def _by_distinct(facts: np.ndarray, policy: Callable[..., T]) -> tuple[list[T], np.ndarray]:
    """The policy's answers to the distinct rows, and for each row which of them is its own."""
    if len(facts) <= FEW_FACTS:
        return [policy(*row) for row in facts.tolist()], np.arange(len(facts))
    _, first, which = np.unique(_hash(facts), return_index=True, return_inverse=True)
    return [policy(*row) for row in facts[first].tolist()], which


def _without_saying(facts: np.ndarray) -> np.ndarray:
    """Facts without what only says how rare the asked parts are: far fewer of them are distinct."""
    plain = facts.copy()
    plain[:, [Facts._fields.index(name) for name in ONLY_SAYING]] = 0
    flags = [Facts._fields.index(name) for name in YES_OR_NO]
    plain[:, flags] = plain[:, flags] > 0
    return plain


def _only_saying(facts: np.ndarray) -> np.ndarray:
    plain = np.zeros_like(facts)
    columns = [Facts._fields.index(name) for name in SAYING]
    plain[:, columns] = facts[:, columns]
    return plain


def _hash(facts: np.ndarray) -> np.ndarray:
    """A number per row. Two of some thousand distinct rows with one number would take luck of one in 10^12."""
    mixed = np.zeros(len(facts), dtype=np.uint64)
    for column in facts.T:
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
