"""Set forms of the kernel's cell functions: whole columns at once, the same answers (property-tested).

The way is always the same: an expression answers the values that are already as they should be, and the kernel's
scalar function is asked once for each distinct value that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from xinheng.kernel import uscc
from xinheng.kernel.dates import parse_date
from xinheng.kernel.text import CELL_SUSPECT, norm_docno, norm_name, normalise_cell

CODE_SHAPE = f"^[{uscc.ALPHABET}]{{18}}$"
# A code whose digits could also be read as a birth date goes to the scalar check, which weighs code against person
_MAYBE_CITIZEN = r"^\d{6}(?:18|19|20)\d\d(?:0\d|1[0-2])[0-3]\d{4}"
# Basic ideographs and these marks have one spelling only; everything else is folded by the kernel
_PLAIN_NAME = "^[\u4e00-\u9fa5]*$"
_PLAIN_BRACKETS = "^[\u4e00-\u9fa5（）()]*$"
_PLAIN_DOCNO = "^[\u4e00-\u9fa50-9A-Z〔〕（）()\\[\\]【】]*$"
_OPENING, _CLOSING = ("〔", "（", "[", "【"), ("〕", "）", "]", "】")


@dataclass(frozen=True)
class Answers:
    """A column of answers, and a column of notes ("" where nothing was changed; several joined by ";")."""

    values: pl.Series
    notes: pl.Series | None = None


def on_distinct(
    cells: pl.Series,
    ask: Callable[[str], tuple[Any, Iterable[str]]],
    *,
    where: pl.Series | None = None,
    dtype: pl.DataType | type[pl.DataType] = pl.String,
) -> Answers:
    """Asks the scalar function once for each distinct cell in `where` (default: all) and spreads the answers.

    With text answers the other cells stay as they are; with another type they become null.
    """
    chosen = cells if where is None else cells.filter(where)
    if chosen.is_empty():
        return Answers(cells if dtype == pl.String else _nulls(cells.name, dtype, len(cells)))
    distinct = chosen.unique()
    values: list[Any] = []
    notes: list[str | None] = []
    for cell in distinct.to_list():
        value, told = ask(cell)
        values.append(value)
        notes.append(";".join(told) or None)
    table = pl.DataFrame(
        {"cell": distinct, "value": pl.Series(values, dtype=dtype), "note": pl.Series(notes, dtype=pl.String)}
    )
    found = chosen.rename("cell").to_frame().join(table, on="cell", how="left", maintain_order="left")
    has_notes = any(note is not None for note in notes)
    if where is None:
        return Answers(found["value"].rename(cells.name), found["note"] if has_notes else None)
    at = where.arg_true()
    base = cells.clone() if dtype == pl.String else _nulls(cells.name, dtype, len(cells))
    told_at = _nulls("note", pl.String, len(cells)).scatter(at, found["note"]) if has_notes else None
    return Answers(base.scatter(at, found["value"]).rename(cells.name), told_at)


def _nulls(name: str, dtype: pl.DataType | type[pl.DataType], height: int) -> pl.Series:
    return pl.Series(name, [None], dtype=dtype).new_from_index(0, height)


def clean_text(cells: pl.Series, *, short: bool, untidy: pl.Series | None = None) -> Answers:
    """`kernel.text.normalise_cell` of a column. `untidy`, if known, covers every cell that matches `CELL_SUSPECT`."""
    where = cells.str.contains(CELL_SUSPECT) if untidy is None else untidy
    return on_distinct(cells, lambda cell: normalise_cell(cell, short=short), where=where)


def clean_codes(cells: pl.Series) -> Answers:
    """`kernel.uscc.clean` of a column."""
    odd = ~cells.str.contains(CODE_SHAPE) & (cells != "")
    return on_distinct(cells, _clean_code, where=odd)


def _clean_code(cell: str) -> tuple[str, tuple[str, ...]]:
    cleaned = uscc.clean(cell)
    return cleaned.code, cleaned.notes


def valid_code(code: pl.Expr) -> pl.Expr:
    """`kernel.uscc.is_valid` as an expression: shape and check character, nothing else."""
    values = [
        code.str.slice(place, 1).replace_strict(
            list(uscc.ALPHABET), list(range(31)), default=None, return_dtype=pl.Int32
        )
        for place in range(18)
    ]
    # The check character has weight one: a right code sums to a multiple of 31
    total = pl.sum_horizontal(
        value * weight for value, weight in zip(values, (*uscc.WEIGHTS, 1), strict=True)
    )
    return code.str.contains(CODE_SHAPE) & (total % 31 == 0)


def code_kinds(codes: pl.Series) -> tuple[pl.Series, pl.Series]:
    """`kernel.uscc.check` of a column of cleaned codes: the kind, and the reason ("" for a valid code)."""
    name = "code"
    column = pl.col(name)
    distinct = codes.unique()
    if 4 * len(distinct) < len(codes):
        kinds, reasons = code_kinds(distinct)
        table = pl.DataFrame({name: distinct, "kind": kinds, "reason": reasons})
        joined = codes.rename(name).to_frame().join(table, on=name, how="left", maintain_order="left")
        return joined["kind"], joined["reason"]
    frame = (
        codes.rename(name)
        .to_frame()
        .with_columns((valid_code(column) & ~column.str.contains(_MAYBE_CITIZEN)).alias("sure"))
    )
    rest = frame[name].filter(~frame["sure"]).unique().to_list()
    verdicts = [uscc.check(code) for code in rest]
    if not rest:
        return pl.Series("kind", ["uscc"]).new_from_index(0, len(codes)), pl.Series(
            "reason", [""]
        ).new_from_index(0, len(codes))
    table = pl.DataFrame(
        {name: rest, "kind": [one.kind for one in verdicts], "reason": [one.reason for one in verdicts]},
        schema=dict.fromkeys((name, "kind", "reason"), pl.String),
    )
    joined = frame.join(table, on=name, how="left", maintain_order="left")
    kinds = joined.select(pl.when("sure").then(pl.lit("uscc")).otherwise("kind").alias("kind")).to_series()
    return kinds, joined["reason"].fill_null("")


def dates(cells: pl.Series) -> Answers:
    """`kernel.dates.parse_date` of a column; null where there is no date (empty or unreadable)."""
    return on_distinct(cells, _parse_date, where=cells != "", dtype=pl.Date)


# The same few thousand days come back in every chunk
@lru_cache(maxsize=8_192)
def _parse_date(cell: str) -> tuple[date | None, tuple[str, ...]]:
    day, notes = parse_date(cell)
    return day, tuple(notes)


def name_keys(names: pl.Series) -> pl.Series:
    """`kernel.text.norm_name` of a column."""
    brackets = names.str.contains(_PLAIN_BRACKETS)
    folded = names.str.replace_many(["（", "）"], ["(", ")"])
    odd = ~brackets
    if not odd.any():
        return folded
    rest = on_distinct(names, lambda cell: (norm_name(cell), ()), where=odd).values
    return rest.zip_with(odd, folded)


def docno_keys(numbers: pl.Series) -> pl.Series:
    """`kernel.text.norm_docno` of a column."""
    odd = ~numbers.str.contains(_PLAIN_DOCNO)
    folded = numbers.str.replace_many([*_OPENING, *_CLOSING], ["("] * len(_OPENING) + [")"] * len(_CLOSING))
    if not odd.any():
        return folded
    rest = on_distinct(numbers, lambda cell: (norm_docno(cell), ()), where=odd).values
    return rest.zip_with(odd, folded)
