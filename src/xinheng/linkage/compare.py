"""What two names have in common, part by part, as small whole numbers: sets in, sets out."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from xinheng.kernel import likeness
from xinheng.linkage import compiled, features
from xinheng.linkage.index import Index
from xinheng.linkage.parsing import BRANCH, BRAND, FORM, FORM_NUMBER, REGION, TRADE, Parsed
from xinheng.linkage.segment import Segment

# Levels of a region
NO_REGION, SAME_REGION, WITHIN, ASKED_MISSING, HELD_MISSING, DAMAGED, REGISTERED_THERE = range(7)
SAME_CITY, SAME_PROVINCE, OTHER_REGION = 7, 8, 9
# How exact the asked region is
NOWHERE, PROVINCE, CITY, COUNTY, UNLISTED = range(5)
# Levels of a form
NO_FORM, SAME_FORM, ALIKE_FORM, FORM_MISSING, NEAR_FORM, OTHER_FORM = range(6)
# Levels of a branch
NO_BRANCH, SAME_BRANCH, ALIKE_BRANCH, ASKED_BRANCH, HELD_BRANCH, OTHER_BRANCH = range(6)
# Levels of the place the question came from
NO_PLACE, SAME_PLACE, OTHER_PLACE = range(3)
NUMERALS = frozenset("〇零一二两三四五六七八九十百千")
UNHEARD = 30  # bits of a part that no registered name has
MOST = 7  # characters counted of each sort; more say the same
_COMPANIES = (FORM_NUMBER["company"], FORM_NUMBER["company-limited-by-shares"])
CODE_LEVELS = (
    "none", "exact", "organisation-part", "one-wrong", "swapped", "two-wrong", "masked-fits", "masked-contradicts",
    "old-number", "different",
)  # fmt: skip


class Facts(NamedTuple):
    """Everything a decision on one pair looks at. Counts stop at 7; `bits` are bits of rarity of what is asked."""

    whole: int  # 1: the folded names are equal
    core: int  # 1: brand and trade are equal
    region: int
    region_looks: int  # held characters of the region by how they are met, for a region that is damaged
    region_wrong: int
    region_missing: int
    region_extra: int
    brand: int  # characters of the held brand
    brand_same: int
    brand_looks: int
    brand_sounds: int
    brand_wrong: int
    brand_missing: int
    brand_extra: int  # asked characters that stand for nothing held
    trade: int  # characters of the held trade
    trade_same: int
    trade_looks: int
    trade_sounds: int
    trade_wrong: int
    trade_missing: int
    trade_extra: int
    form: int
    form_wrong: int
    branch: int
    branch_looks: int
    branch_wrong: int
    branch_missing: int
    branch_extra: int
    asked_region: int
    asked_brand: int  # characters
    brand_bits: int
    asked_trade: int
    trade_bits: int
    trade_known: int  # 1: some registered name has this trade
    asked_branch: int
    asked_tail: int  # 1: letters behind the form that may be the rest of a branch
    current: int  # 1: the held name is the present one
    code: int  # place in CODE_LEVELS
    place: int


class Rarity(NamedTuple):
    """Per asked name: how exact its region is, how long and how rare (bits) its parts are."""

    region: np.ndarray
    brand: np.ndarray
    brand_bits: np.ndarray
    trade: np.ndarray
    trade_bits: np.ndarray
    trade_known: np.ndarray
    branch: np.ndarray


@cache
def _looks() -> np.ndarray:
    """The table of shapes, but for numerals: 二 and 三 look alike and tell sisters apart."""
    table = features.shape_table().copy()
    numerals = [ord(one) for one in NUMERALS]
    table[numerals] = numerals
    return table


@cache
def _near() -> tuple[np.ndarray, np.ndarray]:
    """For each character of the basic plane its row, and per pair of rows a bit: whether one is easily taken for the
    other."""
    plain = [chr(point) for point in range(0x3400, 0xA000)]
    alike = {one: near for one in plain if (near := likeness.looks_like(one))}
    row = np.zeros(0x10000, dtype=np.uint16)
    for at, one in enumerate(alike, start=1):
        row[ord(one)] = at
    table = np.zeros((len(alike) + 1, (len(alike) + 8) // 8), dtype=np.uint8)
    for one, others in alike.items():
        for mate in (int(row[ord(other)]) for other in others if not {one, other} <= NUMERALS):
            table[row[ord(one)], mate >> 3] |= 1 << (mate & 7)
    return row, table


def rarity_of(index: Index, asked: Parsed) -> Rarity:
    """How much each asked name says, by how many registered names have its parts."""
    owner = np.repeat(np.arange(len(asked)), np.diff(asked.starts))
    length = {part: np.bincount(owner[asked.labels == part], minlength=len(asked)) for part in range(6)}
    division = asked.division
    region = np.where(division % 10000 == 0, PROVINCE, np.where(division % 100 == 0, CITY, COUNTY))
    region = np.where(division > 0, region, np.where(length[REGION] > 0, UNLISTED, NOWHERE))
    brands = sum(_count(part.brands, part.brand_counts, asked.brand) for part, _ in index.parts)
    trades = sum(_count(part.trades, part.trade_counts, asked.trade) for part, _ in index.parts)
    return Rarity(
        region, length[BRAND], _bits(brands, index.size), length[TRADE], _bits(trades, index.size),
        np.asarray(trades) > 0, length[BRANCH],
    )  # fmt: skip


def _count(keys: np.ndarray, counts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, counts[at], 0).astype(np.int64)


def _bits(shared: np.ndarray | int, size: int) -> np.ndarray:
    """Whole bits of rarity of a part that `shared` of `size` names have; `UNHEARD` where none has it."""
    bits = np.maximum(np.log2((size + 2) / (np.asarray(shared) + 1.0)), 0)
    return np.where(np.asarray(shared) == 0, UNHEARD, bits).astype(np.int16)


def counts_of(asked: Parsed, held: Segment, a: np.ndarray, h: np.ndarray) -> np.ndarray:
    """For each pair of asked name a[i] and held name h[i], per part, how its characters are met: see `compiled.align`."""
    counts = np.zeros((len(a), 5, 6), dtype=np.int8)
    row, near = _near()
    compiled.align(
        a, h, asked.chars, asked.labels, asked.starts, held.chars, held.labels, held.starts,
        _looks(), features.sound_table(), row, near, counts,
    )  # fmt: skip
    return counts


def letters_of(asked: Parsed, held: Segment, a: np.ndarray, h: np.ndarray) -> np.ndarray:
    """For each pair what it costs to make the asked name out of the held one, letter by letter."""
    costs = np.empty(len(a), dtype=np.int32)
    row, near = _near()
    compiled.channel(
        a, h, asked.chars, asked.labels, asked.starts, held.chars, held.labels, held.starts,
        _looks(), features.sound_table(), row, near, costs,
    )  # fmt: skip
    return costs


def worse_of(counts: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """How much less likely each pair is than one of equal names, in thousandths of a bit: its letters, but for parts
    that were left out whole, which is how names are shortened and not how letters get lost."""
    worse = letters.astype(np.int64) * NAT
    form = counts[:, FORM - 1]
    formless = (form[:, compiled.N_MISSING] == form[:, :5].sum(axis=1)) & (form[:, compiled.N_MISSING] > 0)
    for part, share in _LEFT_OUT:
        missing = counts[:, part - 1, compiled.N_MISSING].astype(np.int64)
        out = (missing == counts[:, part - 1, :5].sum(axis=1)) & (missing > 0)
        if part == TRADE:
            # Who leaves the form out writes a short name, and shortens the trade as well
            out |= formless
        worse -= np.where(out, share * missing * compiled.LETTER_MISSING * NAT // 100, 0)
    # The held name is a short one: what the full name has more is no damage
    short = form[:, :5].sum(axis=1) == 0
    more = counts[:, [REGION - 1, TRADE - 1, FORM - 1], compiled.N_EXTRA].sum(axis=1, dtype=np.int64)
    return worse - np.where(short, 70 * more * compiled.LETTER_EXTRA * NAT // 100, 0)


NAT = 144  # thousandths of a bit in a tenth of a nat
_LEFT_OUT = ((REGION, 75), (TRADE, 60), (FORM, 85))  # hundredths of the letters' cost that are forgiven


def damage_of(counts: np.ndarray) -> np.ndarray:
    """Roughly what each pair costs, in tenths of a bit, never much more than the policy will say: good for leaving out
    what is far from the best."""
    return counts.sum(axis=1, dtype=np.int32) @ _ROUGH


_ROUGH = np.array([0, 25, 30, 50, 10, 40], dtype=np.int32)


def facts_of(
    counts: np.ndarray, asked: Parsed, rarity: Rarity, held: Segment, a: np.ndarray, h: np.ndarray, *,
    code: np.ndarray, place: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """One row of `Facts` (int16) for each pair, of whose characters `counts` tells.

    `code` is the level of evidence of the asked code per pair, `place` the division the question came from (0: not
    known) per pair.
    """
    region, brand, trade, form, branch = (
        counts[:, part - 1].astype(np.int16) for part in (REGION, BRAND, TRADE, FORM, BRANCH)
    )
    columns = (
        (asked.whole[a] == held.whole[h]) & (asked.whole[a] != 0),
        (asked.core[a] == held.core[h]) & (asked.core[a] != 0),
        _region(asked, held, a, h, region),
        region[:, 1] + region[:, 2],
        *region[:, 3:].T,
        brand[:, :5].sum(axis=1), *brand.T,
        trade[:, :5].sum(axis=1), *trade.T,
        _form(asked.form[a], held.form[h], form),
        form[:, 3],
        _branch(asked.branch[a], held.branch[h], branch),
        branch[:, 1] + branch[:, 2],
        *branch[:, 3:].T,
        rarity.region[a], rarity.brand[a], rarity.brand_bits[a], rarity.trade[a], rarity.trade_bits[a],
        rarity.trade_known[a], rarity.branch[a], (asked.branch[a] != 0) & (rarity.branch[a] == 0),
        held.current[h], code, _place(place, held.code[h]),
    )  # fmt: skip
    out = np.empty((len(a), len(Facts._fields)), dtype=np.int16)
    for at, (name, column) in enumerate(zip(Facts._fields, columns, strict=True)):
        out[:, at] = column if name in _UNBOUNDED else np.minimum(column, MOST)
    return out


_UNBOUNDED = frozenset({"region", "brand_bits", "trade_bits", "code"})


def _region(asked: Parsed, held: Segment, a: np.ndarray, h: np.ndarray, counts: np.ndarray) -> np.ndarray:
    one, other = asked.division[a].astype(np.int64), held.division[h].astype(np.int64)
    length, met = counts[:, :5].sum(axis=1), counts[:, 0] + counts[:, 1] + counts[:, 2]
    extra = counts[:, compiled.N_EXTRA]
    level = np.full(len(a), OTHER_REGION, dtype=np.int16)
    known = (one > 0) & (other > 0)
    level[known & (one // 10000 == other // 10000)] = SAME_PROVINCE
    level[known & (one // 100 == other // 100)] = SAME_CITY
    # 江苏 and 南京 belong together, yet 江苏某某 and 南京某某 are two companies: one must name the other's place
    level[known & related(one, other) & (met > 0)] = WITHIN
    level[known & (one == other)] = SAME_REGION
    # Read as another place because of one wrong letter, or because the brand is called like a place
    level[(length > 0) & (counts[:, 0] == length) & (extra == 0) & (level > DAMAGED)] = SAME_REGION
    # Without two codes the letters decide
    blind = ~known
    # Whoever names no place at all may have misread one, or left it out
    level[(one == 0) & (extra == 0) & (length > 0)] = DAMAGED
    level[blind & (length > 0) & (2 * met >= length)] = DAMAGED
    level[blind & (length > 0) & (counts[:, 0] == length) & (extra > 0)] = WITHIN
    level[blind & (length > 0) & (counts[:, 0] == length) & (extra == 0)] = SAME_REGION
    missing = counts[:, compiled.N_MISSING] == length
    level[(length > 0) & missing & (extra == 0) & (one == 0)] = ASKED_MISSING
    bare = (length == 0) & (other == 0)
    level[bare & (extra > 0)] = HELD_MISSING
    level[bare & (extra > 0) & (one > 0) & related(one, registered(held.code[h]))] = REGISTERED_THERE
    level[bare & (extra == 0)] = NO_REGION
    return level


def related(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether one division is the other, lies in it or contains it; 0 is related to nothing."""
    city = np.where((one % 100 == 0) | (other % 100 == 0), 100, 1)
    rough = np.where((one % 10000 == 0) | (other % 10000 == 0), 10000, city)
    return (one > 0) & (other > 0) & (one // rough == other // rough)


def registered(code: np.ndarray) -> np.ndarray:
    """The division within a unified code; 0 where the code is none."""
    letters = np.ascontiguousarray(code).view(np.uint8).reshape(-1, 18)
    digits = letters[:, 2:8].astype(np.int64) - 48
    sound = (letters[:, 17] != 0) & ((digits >= 0) & (digits <= 9)).all(axis=1)
    return np.where(sound, digits @ np.array([100000, 10000, 1000, 100, 10, 1]), 0)


def _form(one: np.ndarray, other: np.ndarray, counts: np.ndarray) -> np.ndarray:
    length, met = counts[:, :5].sum(axis=1), counts[:, 0] + counts[:, 1]
    extra = counts[:, compiled.N_EXTRA]
    level = np.full(len(one), OTHER_FORM, dtype=np.int16)
    level[np.isin(one, _COMPANIES) & np.isin(other, _COMPANIES)] = NEAR_FORM
    level[(2 * met >= length) & (length > 0)] = ALIKE_FORM
    level[(one == other) & (one > 0)] = ALIKE_FORM
    level[(length > 0) & (counts[:, compiled.N_MISSING] == length) & (one == 0)] = FORM_MISSING
    level[(length == 0) & (extra > 0)] = FORM_MISSING
    level[(length == 0) & (extra == 0)] = NO_FORM
    level[(length > 0) & (counts[:, 0] == length) & (extra == 0)] = SAME_FORM
    return level


def _branch(one: np.ndarray, other: np.ndarray, counts: np.ndarray) -> np.ndarray:
    length = counts[:, :5].sum(axis=1)
    met = counts[:, 0] + counts[:, 1] + counts[:, 2]
    extra = counts[:, compiled.N_EXTRA]
    level = np.full(len(one), OTHER_BRANCH, dtype=np.int16)
    level[(length > 0) & (3 * met >= 2 * length) & (extra <= 1)] = ALIKE_BRANCH
    level[(length > 0) & (counts[:, compiled.N_MISSING] * 3 >= 2 * length)] = HELD_BRANCH
    level[(length == 0) & (extra > 0)] = ASKED_BRANCH
    level[(length == 0) & (extra == 0)] = NO_BRANCH
    level[(one == other) & (one != 0)] = SAME_BRANCH
    return level


def _place(place: np.ndarray, code: np.ndarray) -> np.ndarray:
    there = registered(code)
    level = np.where(place // 100 == there // 100, SAME_PLACE, OTHER_PLACE)
    level[related(place, there)] = SAME_PLACE
    level[(place == 0) | (there == 0)] = NO_PLACE
    return level
