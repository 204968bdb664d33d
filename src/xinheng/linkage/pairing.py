"""The facts of one pair that was named, not found."""

from __future__ import annotations

import numpy as np
import polars as pl

from xinheng.kernel import codehints
from xinheng.linkage import compare, segment
from xinheng.linkage.compare import CODE_LEVELS, Facts
from xinheng.linkage.index import Index
from xinheng.linkage.parsing import parse_many


def facts_of_pair(
    index: Index, *, name: str, asked_code: str, code: str, held: str, current: bool = True
) -> Facts:
    """What an asked name and a held one have in common. How common its parts are, the index tells."""
    asked = parse_many([name])
    rows = pl.DataFrame({"code": [code], "name": [held], "current": [current], "old_number": [""]})
    told = codehints.agreement(codehints.read_code(asked_code), code) if asked_code else "none"
    level = CODE_LEVELS.index("none" if told == "old-number" else told)
    zero = np.zeros(1, dtype=np.int64)
    other = segment.made(rows)
    facts = compare.facts_of(
        compare.counts_of(asked, other, zero, zero), asked, compare.rarity_of(index, asked), other, zero, zero,
        code=np.array([level]), place=zero,
    )  # fmt: skip
    return Facts(*facts[0].tolist())
