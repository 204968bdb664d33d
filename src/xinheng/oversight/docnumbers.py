"""Document numbers taken apart: 淮市监罚〔2026〕12号 is number 12 of the sequence 淮市监罚 of 2026. Pure.

What is not such a number has no place in a sequence and is never said to be missing. A number with a branch (12-1)
stands for its trunk: the trunk is not missing where only a branch was sent.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from xinheng.kernel.text import norm_docno

YEAR = "((?:19|20)[0-9]{2})"
SERIAL = "第?([0-9]{1,7})(?:-([0-9]{1,4}))?号?"
# Year behind the prefix: 淮市监罚〔2026〕12号, 淮市监罚字2026年第012号, 淮市监罚2026-12
BEHIND = rf"^(.{{0,40}}?[^0-9(]){chr(92)}(?{YEAR}(?:{chr(92)})|年|-){SERIAL}$"
# Year in front: (2026)皖06执12号
BEFORE = rf"^{chr(92)}({YEAR}{chr(92)})(.{{0,40}}[^0-9第-]){SERIAL}$"
LONGEST_PREFIX = 60


class Number(NamedTuple):
    """A place in a sequence. `prefix` is in comparable spelling, without 字 at its end."""

    prefix: str
    year: int
    serial: int


def parse(text: str) -> Number | None:
    """The place of a document number in its sequence; None for anything else. Never raises.

    >>> parse("淮市监罚〔2026〕第０12号")
    Number(prefix='淮市监罚', year=2026, serial=12)
    >>> parse("淮市监罚字[2026]12-1号") == parse("淮市监罚【2026】12号")
    True
    >>> parse("XKZ34060000123") is None
    True
    """
    spelled = norm_docno(text)
    if found := re.match(BEHIND, spelled, re.ASCII):
        prefix, year, serial = found.group(1, 2, 3)
    elif found := re.match(BEFORE, spelled, re.ASCII):
        year, prefix, serial = found.group(1, 2, 3)
    else:
        return None
    prefix = prefix.removesuffix("字")
    return Number(prefix, int(year), int(serial)) if prefix and int(serial) else None


def places(docs: pl.Series) -> pl.DataFrame:
    """`parse` of a column in comparable spelling: prefix, year, serial; null where there is no place in a sequence."""
    behind, before = (
        docs.to_frame("doc")
        .select(pl.col("doc").str.extract_groups(pattern).alias("found"))["found"]
        .struct.unnest()
        for pattern in (BEHIND, BEFORE)
    )
    frame = pl.DataFrame(
        {
            "prefix": behind["1"].zip_with(behind["1"].is_not_null(), before["2"]),
            "year": behind["2"].zip_with(behind["1"].is_not_null(), before["1"]),
            "serial": behind["3"].zip_with(behind["1"].is_not_null(), before["3"]),
        }
    ).with_columns(
        pl.col("prefix").str.strip_suffix("字"),
        pl.col("year").cast(pl.Int32),
        pl.col("serial").cast(pl.Int32),
    )
    known = (pl.col("prefix") != "") & (pl.col("serial") > 0)
    return frame.with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in frame.columns)


def written(prefix: str, year: int, first: int, last: int | None = None) -> str:
    """A number as a page writes it; a range where `last` is another one."""
    tail = f"{first}" if last is None or last == first else f"{first}—{last}"
    return f"{prefix}〔{year}〕{tail}号"
