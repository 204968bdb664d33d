"""Licence decisions: the columns of licence rows put together from the table of permits."""

from __future__ import annotations

import polars as pl

from .draw import below, salt
from .schema import LICENCE
from .texts import permits

__all__ = ["Licences"]

_LONG_TERM = 47481
"""2099-12-31 in days since 1970: without end."""


class Licences:
    """The columns of licence rows of a city under a seed. A case is simply a kind of permit."""

    schema = LICENCE

    def __init__(self, *, seed: int) -> None:
        self.seed = seed
        self.choices = permits()
        self.weights = [(c.kind, c.weight) for c in self.choices]
        self.sectors = [c.sectors for c in self.choices]
        contents = [p.content.split("{n}") for p in self.choices]
        self.table = pl.DataFrame({
            "XK_XKWS": [p.title for p in self.choices],
            "XK_XKLB": [p.category for p in self.choices],
            "XK_XKZS": [p.certificate for p in self.choices],
            "mark": [p.mark for p in self.choices],
            "content_a": [a for a, _ in contents],
            "content_b": [b for _, b in contents],
            "n_from": pl.Series([p.n[0] for p in self.choices], dtype=pl.UInt32),
            "n_span": pl.Series([p.n[1] - p.n[0] + 1 for p in self.choices], dtype=pl.UInt32),
            "years": pl.Series([p.years for p in self.choices], dtype=pl.Int32),
        })  # fmt: skip

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``frame`` (u, v, case, decided, number, code) with the licence's columns; dates as day numbers."""
        u = pl.col("u")
        frame = frame.hstack(self.table[frame["case"]])
        count = pl.col("n_from") + below(u, self._key("n"), pl.col("n_span")) + pl.col("v")
        # Registrations may take effect some days before the decision is written; others begin on its day.
        back = (
            pl.when((pl.col("XK_XKLB") == "登记") & (below(u, self._key("back"), 10) == 0))
            .then(7)
            .otherwise(0)
        )
        start = pl.col("decided") - back
        end = (
            pl.when(pl.col("years") == 0).then(_LONG_TERM).otherwise(start + pl.col("years") * 1461 // 4 - 1)
        )
        number = pl.concat_str(
            "mark", pl.col("code").str.slice(2, 6), pl.col("number").cast(pl.String).str.zfill(7)
        )
        return frame.with_columns(
            pl.concat_str("content_a", count, "content_b", pl.lit("。")).alias("XK_NR"),
            pl.when(pl.col("XK_XKZS") != "").then(number).otherwise(pl.lit("")).alias("XK_XKBH"),
            start.cast(pl.Int32).alias("XK_YXQZ"), end.cast(pl.Int32).alias("XK_YXQZI"),
            pl.when(below(u, self._key("state"), 100) == 0).then(pl.lit("2")).otherwise(pl.lit("1")).alias("XK_ZT"),
        )  # fmt: skip

    def _key(self, purpose: str) -> int:
        return salt(self.seed, f"licence/{purpose}")
