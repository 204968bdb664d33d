"""Made-up organisations out of real parts, so that a register is as large and as crowded as a large city's."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from xinheng.kernel import uscc
from xinheng.linkage.evaluating_data import invented_codes
from xinheng.linkage.evaluating_parts import Split

__all__ = ["made_up"]

_FORMS = ("有限公司",) * 12 + ("有限责任公司",) * 2 + ("厂", "专业合作社", "经营部", "股份有限公司")
_NEAR = 0.1  # so many differ from a real one in one part only; the rest are put together freely


def made_up(
    sources: Sequence[tuple[Split, str]], *, count: int, seed: int, keep_out: set[str]
) -> pl.DataFrame:
    """`count` organisations (code, name) from the parts of real ones (split, code), none named as in `keep_out`.

    No two share place, brand and trade, nor one with a real organisation: no registry registers the same name twice,
    with or without 市, 有限 or 有限责任. A code begins as that of the organisation the region was taken from.
    """
    rng = random.Random(f"rivals|{seed}")
    taken = {(one.place, one.brand, one.trade) for one, _ in sources}
    sources = [one for one in sources if len(one[1]) == 18 and set(one[1]) <= set(uscc.ALPHABET)]
    # Repetitions in the lists are wanted: a common brand stays common
    brands = [one.brand for one, _ in sources if len(one.brand) <= 4]
    chars = "".join(brands)
    made: dict[str, str] = {}
    while len(made) < count:
        one, code = sources[int(rng.random() * len(sources))]
        other, other_code = sources[int(rng.random() * len(sources))]
        brand = brands[int(rng.random() * len(brands))]
        if rng.random() >= _NEAR:
            form = _FORMS[int(rng.random() * len(_FORMS))]
            new = Split(one.region, brand, other.trade, form, one.place)
        else:
            new = _near(one, other, brand, chars, rng)
        key = (new.place, new.brand, new.trade)
        if key not in taken and new.name not in keep_out:
            taken.add(key)
            made[new.name] = (code if new.region == one.region else other_code)[:8]
    codes = invented_codes(count, seed, taken=[code for _, code in sources], like=list(made.values()))
    return pl.DataFrame({"code": codes, "name": list(made)})


def _near(one: Split, other: Split, brand: str, chars: str, rng: random.Random) -> Split:
    """The name with one part of it changed: region, one character of the brand, the trade, the brand."""
    way = int(rng.random() * 4)
    if way == 0:
        return replace(one, region=other.region, place=other.place)
    if way == 1:
        at = int(rng.random() * len(one.brand))
        changed = one.brand[:at] + chars[int(rng.random() * len(chars))] + one.brand[at + 1 :]
        return replace(one, brand=changed)
    return replace(one, trade=other.trade) if way == 2 else replace(one, brand=brand)
