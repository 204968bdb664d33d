"""Dates as departments write them: a table of every day in every style, looked up by column."""

from __future__ import annotations

from datetime import date

import polars as pl

from .draw import pick

__all__ = ["CELL", "SERIAL", "STYLES", "WIDE", "DateTable"]

# Index in the table; CELL is written by the workbook writer as a number with a date format.
STYLES = ("2026/11/02", "2026-11-02", "2026/11/2", "2026.11.2", "2026年11月2日", "20261102", "46328",
          "2026-11-02 00:00:00", "２０２６/１１/０２")  # fmt: skip
CELL = SERIAL = 6
WITH_TIME, WIDE = 7, 8
_FORMATS = ("%Y/%m/%d", "%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y年%-m月%-d日", "%Y%m%d")
_FIRST, _LAST = date(2019, 1, 1), date(2099, 12, 31)
_EXCEL_ZERO = 25569  # serial number of 1970-01-01
_WIDE_DIGITS = {str(i): chr(0xFF10 + i) for i in range(10)}


class DateTable:
    """All days from 2019 to 2099 in all styles."""

    def __init__(self) -> None:
        days = pl.date_range(_FIRST, _LAST, eager=True)
        numbers = days.to_physical()
        self._first, self._count = int(numbers[0]), len(days)
        texts = [days.dt.to_string(f) for f in _FORMATS]
        texts.append((numbers + _EXCEL_ZERO).cast(pl.String))
        texts.append(days.dt.to_string("%Y-%m-%d 00:00:00"))
        texts.append(texts[0].str.replace_many(_WIDE_DIGITS))
        self._texts = pl.concat([t.rename("text") for t in texts])

    def text(self, day: pl.Expr, style: pl.Expr) -> pl.Expr:
        """The day (number since 1970) in a style, as text."""
        at = style.cast(pl.Int64) * self._count + (day.cast(pl.Int64) - self._first)
        return pick(self._texts, at)
