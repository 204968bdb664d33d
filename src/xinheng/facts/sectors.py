"""The sector of a penalty or licence, for whole columns: the set form of `law.sector_of`."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from xinheng.law import service as law

UNIT = "\x1f"


def sectors(cells: pl.DataFrame, pack: law.Pack) -> pl.Series:
    """The sector of each row (`basis`, `authority`, `name`): its basis tells first, then the authority; "" where neither.

    Authorities are few: each is asked about once.
    """
    both = pl.concat_str("authority", "name", separator=UNIT)
    pairs = {
        pair: law.sector_of(pack=pack, authority=code, authority_name=name, basis="")
        for pair, code, name in cells.select(both.alias("both"), "authority", "name").unique().iter_rows()
    }
    by_authority = both.replace_strict(pairs, default="", return_dtype=pl.String)
    return cells.select(pl.coalesce(_by_basis(pack), by_authority).alias("sector")).to_series()


@lru_cache(maxsize=8)
def _by_basis(pack: law.Pack) -> pl.Expr:
    """The first sector one of whose words stands in the basis; null where none does."""
    chain = pl.lit(None, dtype=pl.String)
    for code, where, words in reversed(law.sector_rules(pack=pack)):
        if where == "basis" and words:
            chain = pl.when(pl.col("basis").str.contains_any(list(words))).then(pl.lit(code)).otherwise(chain)
    return chain
