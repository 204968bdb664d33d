"""A chunk of rows, answered as far as it can be without the database, in the form it will be stored in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from xinheng.intake import judging, listkinds, personal, shaping, standing
from xinheng.intake.cells import Cells, clean
from xinheng.intake.columns import name_keys
from xinheng.intake.faults import Fault
from xinheng.intake.reading import Chunk
from xinheng.law import service as law
from xinheng.register import service as register


@dataclass(frozen=True)
class Prepared:
    """`rows` has, for every row of the chunk: the three bodies, key, digest, uscc, authority, decided_on, severity,
    show_from, show_until, repair_from, rule, timeliness and `_name_key`. `cells` and `faults` await what the register says."""

    index: int
    cells: Cells
    faults: list[Fault]
    rows: pl.DataFrame
    share: float = 0.0

    def where(self, rows: pl.Series) -> Prepared:
        """Some rows of the chunk, as prepared."""
        faults = [fault.of(rows) for fault in self.faults]
        return Prepared(self.index, self.cells.where(rows), faults, self.rows.filter(rows), self.share)


class Preparer:
    """Prepares the chunks of one file, received on one day, under one pack. Needs no database."""

    def __init__(self, *, item: law.Item, pack: law.Pack, received_on: date) -> None:
        self._item, self._pack, self._received_on = item, pack, received_on
        self._rules = pack.rules(item)
        self._stands = standing.Stands(pack=pack, item=item, received_on=received_on)

    def prepare(self, chunk: Chunk) -> Prepared:
        """Cleans, judges and shapes one chunk. The same chunk, pack and day give the same answer."""
        return personal.guarded("清洗与校验", lambda: self._prepare(chunk))

    def again(self, prepared: Prepared, rows: pl.Series, codes: pl.Series) -> Prepared:
        """Some rows of a chunk as they are with other subject codes (valid ones, one a row). What came in is kept as it
        came."""
        item = self._item
        cells = prepared.cells.where(rows)
        valid = pl.Series("kind", ["uscc"]).new_from_index(0, cells.height)
        cells.values[item.subject_code] = codes
        cells.kinds[item.subject_code] = valid
        cells.reasons[item.subject_code] = pl.Series("reason", [""]).new_from_index(0, cells.height)
        return self._shaped(prepared.index, cells, prepared.share)

    def _prepare(self, chunk: Chunk) -> Prepared:
        return self._shaped(chunk.index, clean(chunk, self._item), chunk.share)

    def _shaped(self, index: int, cells: Cells, share: float) -> Prepared:
        item = self._item
        faults = judging.judge(cells, item=item, rules=self._rules, today=self._received_on)
        faults += listkinds.notes(cells, item=item, pack=self._pack)
        values = _stored(cells, item)
        days = cells.days[item.decided_on]
        rows = shaping.bodies(values, item).with_columns(
            cells.rows.alias("_row"),
            values[item.subject_code].alias("uscc"),
            values[item.authority].alias("authority"),
            days.alias("decided_on"),
            *self._stands.of(values, cells.fen, days).get_columns(),
            standing.timeliness(days, pack=self._pack, item=item, received_on=self._received_on),
            name_keys(cells.values[item.subject_name]).alias("_name_key"),
        )
        return Prepared(index, cells, faults, rows, share)


def _stored(cells: Cells, item: law.Item) -> pl.DataFrame:
    """What would be stored: third persons' names in free text are masked here, before publication can meet them."""
    stored = pl.DataFrame(
        {
            one.code: personal.mask_names(cells.values[one.code])
            if one.code in item.free_text
            else cells.values[one.code]
            for one in item.fields
            if one.scope != "drop"
        }
    )
    names = [item.subject_name, *([item.feed.former] if item.feed and item.feed.former else [])]
    return stored.with_columns(_shown_names(stored, item, name) for name in names)


def _shown_names(stored: pl.DataFrame, item: law.Item, field: str) -> pl.Series:
    """A column of subjects' names; an individual business registered under only a person's name is stored as it may
    be shown."""
    pairs = stored.select(item.subject_code, field).unique()
    pairs = pairs.filter(
        pl.col(item.subject_code).str.starts_with("92")
        & (pl.col(field).str.len_chars() <= 4)
        & (pl.col(field) != "")
    )
    shown = {
        (code, name): register.display_name(code=code, name=name, region=code[2:8])
        for code, name in pairs.iter_rows()
    }
    changed = [(code, name, new) for (code, name), new in shown.items() if new != name]
    if not changed:
        return stored[field]
    table = pl.DataFrame(changed, schema=[item.subject_code, field, "_shown"], orient="row")
    joined = stored.select(item.subject_code, field).join(
        table, on=[item.subject_code, field], how="left", maintain_order="left"
    )
    return joined.select(pl.col("_shown").fill_null(pl.col(field)).alias(field)).to_series()
