"""A chunk's cells: redacted first, then cleaned, field by field, with a note for everything that was changed.

Nothing downstream sees what was masked: the raw column is replaced before any other step looks at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from xinheng.intake import columns, personal
from xinheng.intake.reading import BROKEN, ROW, Chunk
from xinheng.kernel.money import MoneyError, format_wan, parse_wan
from xinheng.kernel.text import CELL_SUSPECT
from xinheng.law import service as law

OTHER = ("其它", "其他")
_DASHES = "—–－―:："


@dataclass
class Cells:
    """One chunk, cleaned. Every series has the height of `rows`; text is never null.

    `values` holds what would be stored (dates YYYY-MM-DD, money in 万元 without padding, "" where absent or
    unreadable); `kept` what the department wrote, redacted; `filled` whether anything stood in the cell of a field that
    is dropped; `bad` why a date or an amount could not be read (null: it could); `days`, `fen` the typed values;
    `kinds`, `reasons` the verdicts about codes; `masked` where personal numbers were taken out; `notes` (field, notes per row or null).
    """

    rows: pl.Series
    broken: pl.Series
    values: dict[str, pl.Series] = field(default_factory=dict)
    kept: dict[str, pl.Series] = field(default_factory=dict)
    filled: dict[str, pl.Series] = field(default_factory=dict)
    bad: dict[str, pl.Series] = field(default_factory=dict)
    days: dict[str, pl.Series] = field(default_factory=dict)
    fen: dict[str, pl.Series] = field(default_factory=dict)
    kinds: dict[str, pl.Series] = field(default_factory=dict)
    reasons: dict[str, pl.Series] = field(default_factory=dict)
    masked: dict[str, pl.Series] = field(default_factory=dict)
    notes: list[tuple[str, pl.Series]] = field(default_factory=list)

    @property
    def height(self) -> int:
        return len(self.rows)

    def note(self, code: str, notes: pl.Series | None) -> None:
        """Remembers a column of notes; None is no notes at all."""
        if notes is not None:
            self.notes.append((code, notes))

    def where(self, rows: pl.Series) -> Cells:
        """The cells of some rows only."""
        by_field = ("values", "kept", "filled", "bad", "days", "fen", "kinds", "reasons", "masked")
        return Cells(
            self.rows.filter(rows),
            self.broken.filter(rows),
            **{
                name: {code: column.filter(rows) for code, column in getattr(self, name).items()}
                for name in by_field
            },
            notes=[(code, column.filter(rows)) for code, column in self.notes],
        )

    def never(self) -> pl.Series:
        """False for every row."""
        return pl.Series("never", [False]).new_from_index(0, self.height)


def clean(chunk: Chunk, item: law.Item) -> Cells:
    """Redacts and cleans a chunk. The chunk's own frame must not be used afterwards."""
    cells = Cells(chunk.frame[ROW], chunk.frame[BROKEN])
    kept = [one.code for one in item.fields if one.scope != "drop"]
    raw = _without_marks(chunk.frame.select(kept))
    # Every column's cheap tests in one pass over the chunk
    doubts = raw.select(
        *(pl.col(code).str.contains(personal.SUSPECT).alias(f"{code}:personal") for code in kept),
        *(pl.col(code).str.contains(CELL_SUSPECT).alias(f"{code}:untidy") for code in kept),
    )
    for one in item.fields:
        if one.scope == "drop":
            _dropped(cells, one, chunk.frame[one.code])
            continue
        suspect, untidy = doubts[f"{one.code}:personal"], doubts[f"{one.code}:untidy"]
        if one.type == "code":
            _code(cells, one, raw[one.code], suspect, item)
        else:
            _other(cells, one, raw[one.code], suspect, untidy, item)
    return cells


def _without_marks(raw: pl.DataFrame) -> pl.DataFrame:
    """Takes away what keeps a spreadsheet from reading a cell as something else: ="0123" around a number, and the
    apostrophe our own receipts put before a leading = + - @."""
    marked = raw.select((pl.all().str.starts_with("'") | pl.all().str.starts_with('="')).any()).row(0)
    names = [name for name, found in zip(raw.columns, marked, strict=True) if found]
    return raw.with_columns(
        pl.col(name).str.replace(r"^'([=+\-@\t])", "$1").str.replace(r'^="([^"]*)"$', "$1") for name in names
    )


def _dropped(cells: Cells, one: law.Field, raw: pl.Series) -> None:
    """Only whether something stood there is kept, never what."""
    filled = raw.str.strip_chars() != ""
    cells.filled[one.code] = filled
    if filled.any():
        told = pl.Series("note", ["所填内容按规定未保存"]).new_from_index(0, cells.height)
        cells.note(
            one.code,
            told.zip_with(filled, pl.Series("note", [None], dtype=pl.String).new_from_index(0, cells.height)),
        )


def _label(one: law.Field, item: law.Item) -> str:
    """What the field's name says about numbers in it: a registration or document number is not a person's."""
    return "文号" if one.code in item.document_number else one.name.rstrip(")）")


def _code(cells: Cells, one: law.Field, raw: pl.Series, suspect: pl.Series, item: law.Item) -> None:
    """A valid code is left alone even where it looks like a person's number; everything else is redacted."""
    cleaned = columns.clean_codes(raw)
    kinds, reasons = columns.code_kinds(cleaned.values)
    sure = kinds == "uscc"
    redacted = personal.redact(raw, label=_label(one, item), suspect=suspect & ~sure)
    cells.kept[one.code] = redacted.values
    # A number that was masked leaves no cleaned form of itself behind
    hidden = redacted.hidden | (kinds == "citizen_id")
    cells.values[one.code] = (
        redacted.values.zip_with(hidden, cleaned.values) if hidden.any() else cleaned.values
    )
    if (kinds == "citizen_id").any():
        mask = pl.Series("mask", [personal.MASK]).new_from_index(0, cells.height)
        for column in (cells.kept, cells.values):
            column[one.code] = mask.zip_with(kinds == "citizen_id", column[one.code])
    cells.kinds[one.code], cells.reasons[one.code] = kinds, reasons
    cells.masked[one.code] = hidden
    cells.note(one.code, cleaned.notes)
    cells.note(one.code, redacted.notes)


def _other(
    cells: Cells, one: law.Field, raw: pl.Series, suspect: pl.Series, untidy: pl.Series, item: law.Item
) -> None:
    label = _label(one, item)
    redacted = personal.redact(raw, label=label, suspect=suspect)
    if redacted.notes is not None:
        untidy = untidy | redacted.hidden
    tidy = columns.clean_text(redacted.values, short=one.code not in item.free_text, untidy=untidy)
    cells.note(one.code, redacted.notes)
    hidden, kept, values = redacted.hidden, redacted.values, tidy.values
    if tidy.notes is not None:
        # Cleaning may bring digits together that stood apart
        changed = tidy.notes.is_not_null()
        again = personal.redact(values, label=label, suspect=changed & values.str.contains(personal.SUSPECT))
        if again.hidden.any():
            hidden, values = hidden | again.hidden, again.values
            kept = again.values.zip_with(again.hidden, kept)
            cells.note(one.code, again.notes)
    cells.kept[one.code], cells.masked[one.code] = kept, hidden
    if one.type == "date":
        _date(cells, one, values)
        return
    cells.note(one.code, tidy.notes)
    if one.type == "money":
        _money(cells, one, values)
    elif one.type == "enum":
        chosen = columns.on_distinct(values, lambda cell: canonical_choice(one, cell), where=values != "")
        cells.values[one.code] = chosen.values
        cells.note(one.code, chosen.notes)
    else:
        cells.values[one.code] = values


def _date(cells: Cells, one: law.Field, values: pl.Series) -> None:
    parsed = columns.dates(values)
    days = parsed.values
    cells.days[one.code] = days
    cells.values[one.code] = days.dt.to_string("%Y-%m-%d").fill_null("")
    none = pl.Series("none", [None], dtype=pl.String).new_from_index(0, cells.height)
    if parsed.notes is None:
        cells.bad[one.code] = none
        return
    # Without a date a note says why there is none; with one it says how it was read
    cells.bad[one.code] = parsed.notes.zip_with(days.is_null(), none)
    cells.note(one.code, none.zip_with(days.is_null(), parsed.notes))


def _money(cells: Cells, one: law.Field, values: pl.Series) -> None:
    """万元 as written, into fen. What cannot be read says why."""
    parsed = columns.on_distinct(values, _fen, where=values != "", dtype=pl.Int64)
    cells.fen[one.code] = parsed.values
    written = columns.on_distinct(values, lambda cell: (_wan(cell), ()), where=values != "")
    cells.values[one.code] = written.values
    none = pl.Series("none", [None], dtype=pl.String).new_from_index(0, cells.height)
    cells.bad[one.code] = none if parsed.notes is None else parsed.notes


@lru_cache(maxsize=8_192)
def _fen(cell: str) -> tuple[int | None, tuple[str, ...]]:
    try:
        return parse_wan(cell), ()
    except MoneyError as error:
        return None, () if error.code == "money.blank" else (error.message,)


def _wan(cell: str) -> str:
    fen, _ = _fen(cell)
    return "" if fen is None else format_wan(fen)


def canonical_choice(one: law.Field, cell: str) -> tuple[str, tuple[str, ...]]:
    """A cell of a choice field in the standard's own words; what is not recognised stays as it is.

    Several values are split at every accepted separator and joined with the standard one, in the order given.
    """
    if not one.multi:
        value = _one_choice(one, cell)
        return value, () if value == cell else ("按标准写法规范",)
    parts = [_one_choice(one, part) for part in law.split_choices(field=one, text=cell)]
    joined = one.separator.join(dict.fromkeys(parts))
    return joined, () if joined == cell else ("按标准写法规范",)


def _one_choice(one: law.Field, cell: str) -> str:
    value = one.written.get(cell, cell)
    if one.other_prefix and value.startswith(OTHER):
        rest = value[2:].lstrip("-" + _DASHES).strip()
        return one.other_prefix + rest if rest else OTHER[1]
    return value
