"""Kept rows as a relation for the rooms above: what each row of a batch was, how it was answered, and why.

A room above asks for a batch and gets columns it may count and compare, never the cells themselves; the few rows a
page shows come from `shown_rows`, with names as they may be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from xinheng.intake import columns, kept, standing
from xinheng.intake.batches import OUTCOMES
from xinheng.intake.errors import NoSuchBatch
from xinheng.intake.linkwords import linked_code
from xinheng.intake.models import Batch
from xinheng.kernel.personal import MASK, is_person_name
from xinheng.law import service as law
from xinheng.register import service as register

# A row whose decision was erased by law keeps its answer and loses everything else
_IDENTITY = ("doc", "code", "name_key")


@dataclass(frozen=True)
class Closed:
    """A batch whose rows are all answered: its sender, item, day of receipt and the six counts."""

    number: str
    source: str
    item: str
    received_on: date
    counts: dict[str, int]

    @property
    def rows(self) -> int:
        """All rows, those about persons included."""
        return sum(self.counts.values())


def closed_batches(numbers: Sequence[str] | None = None) -> list[Closed]:
    """Finished batches in the order in which they were closed; all of them, or those of `numbers`."""
    found = Batch.objects.filter(state="done").order_by("last_event")
    if numbers is not None:
        found = found.filter(number__in=list(numbers))
    return [
        Closed(row.number, row.source, row.item, row.received_on, {name: getattr(row, name) for name in OUTCOMES})
        for row in found
    ]  # fmt: skip


def answered_rows(*, batches: Sequence[Closed], pack: law.Pack) -> pl.DataFrame:
    """Every kept row of batches of one item: batch, source, received_on, row, outcome, authority (code, "" where
    unusable), code, name_key, doc (comparable spelling), decided_on, timeliness, amount (the fine as written, "" where
    the item has none), problems (list of field and code), erased. In the order of the batches given, and of their rows.

    Timeliness is by the day of receipt, under the provisions of `pack`. Rows about persons were never kept.
    Raises `NoSuchBatch` for an item the pack does not know.
    """
    code = batches[0].item if batches else ""
    item = pack.items.get(code)
    if item is None or any(batch.item != code for batch in batches):
        raise NoSuchBatch(f"目录项「{code}」不在现用规则包中,不能统计。")
    parts = [part for batch in batches for part in _cells(batch, item)]
    cells = pl.concat([*parts, _nothing()])
    days = columns.dates(cells["decided"]).values
    authorities = columns.clean_codes(cells["authority"]).values
    valid = authorities.to_frame("a").select(columns.valid_code(pl.col("a"))).to_series()
    blank = pl.Series("blank", [""]).new_from_index(0, cells.height)
    frame = cells.select(
        "batch",
        "source",
        "received_on",
        "row",
        "outcome",
        authorities.zip_with(valid, blank).alias("authority"),
        columns.clean_codes(cells["code"]).values.alias("code"),
        columns.name_keys(cells["name"]).alias("name_key"),
        columns.docno_keys(cells["doc"]).alias("doc"),
        days.alias("decided_on"),
        _timeliness(days, cells["received_on"], pack, item),
        "amount",
        "problems",
    )
    gone = pl.all_horizontal(pl.col(name) == "" for name in _IDENTITY) & (pl.col("problems").list.len() == 0)
    return frame.with_columns(gone.alias("erased"))


def _timeliness(days: pl.Series, received: pl.Series, pack: law.Pack, item: law.Item) -> pl.Series:
    """`standing.timeliness` for rows of several days of receipt."""
    undated = pl.Series("timeliness", [standing.UNDATED]).new_from_index(0, len(days))
    known = days.drop_nulls().unique().to_list()
    if not item.timeliness or not known:
        return undated
    try:
        table = law.due_table(pack=pack, provision=item.timeliness, starts=known)
    except (law.NotAdopted, law.UnknownProvision):
        return undated
    due = days.replace_strict(table, default=None, return_dtype=pl.Date)
    answer = (
        pl.when(pl.col("due").is_null())
        .then(pl.lit(standing.UNDATED))
        .when(pl.col("received") <= pl.col("due"))
        .then(pl.lit(standing.ON_TIME))
        .otherwise(pl.lit(standing.LATE))
    )
    return pl.DataFrame({"due": due, "received": received}).select(answer.alias("timeliness")).to_series()


def shown_rows(*, batch: Closed, rows: Sequence[int] | None = None) -> pl.DataFrame:
    """Kept rows as a page or a workbook may show them, in the order of the file: row, outcome, doc, code, name,
    authority, decided, problems (field, code, message, remedy).

    The name of an individual business and any name shaped like a person's are shown as the site shows them, or masked.
    """
    item = law.active().items[batch.item]
    parts = [
        part if rows is None else part.filter(pl.col("row").is_in(list(rows)))
        for part in _shown(batch.number, item)
    ]
    frame = pl.concat([*parts, _nothing(whole=True)]).sort("row")
    names = {pair: _shown_name(*pair) for pair in frame.select("code", "name").unique().iter_rows()}
    told = [names[pair] for pair in frame.select("code", "name").iter_rows()]
    return frame.with_columns(pl.Series("name", told, dtype=pl.String))


def _shown_name(code: str, name: str) -> str:
    if code.startswith("92") and len(code) == 18:
        return register.display_name(code=code, name=name, region=code[2:8])
    return MASK if is_person_name(name.replace(MASK, "").strip()) else name


def _cells(batch: Closed, item: law.Item) -> list[pl.DataFrame]:
    problems = pl.col("_problems").list.eval(
        pl.struct(pl.element().struct.field("field"), pl.element().struct.field("code"))
    )
    fine = item.severity_from.fine if item.severity_from else ""
    parts = [
        part.select(
            pl.lit(batch.number).alias("batch"), pl.lit(batch.source).alias("source"),
            pl.lit(batch.received_on).alias("received_on"), pl.col("_row").alias("row"),
            pl.col("_outcome").alias("outcome"), _cell(part, item.authority, "authority"),
            _subject_code(part, item), _cell(part, item.subject_name, "name"), _document(part, item),
            _cell(part, item.decided_on, "decided"), _cell(part, fine, "amount"),
            problems.alias("problems"),
        )
        for part in kept.read(batch.number)
    ]  # fmt: skip
    # A part lies in the order of keys
    return [pl.concat(parts).sort("row")] if parts else []


def _shown(batch: str, item: law.Item) -> list[pl.DataFrame]:
    return [
        part.select(
            pl.col("_row").alias("row"), pl.col("_outcome").alias("outcome"), _document(part, item),
            _cell(part, item.subject_code, "code"), _cell(part, item.subject_name, "name"),
            _cell(part, item.authority_name, "authority"), _cell(part, item.decided_on, "decided"),
            pl.col("_problems").alias("problems"),
        )
        for part in kept.read(batch)
    ]  # fmt: skip


def _cell(part: pl.DataFrame, field: str, name: str) -> pl.Expr:
    # An older version of the item may not have had the field
    return (pl.col(field).fill_null("") if field in part.columns else pl.lit("")).alias(name)


def _subject_code(part: pl.DataFrame, item: law.Item) -> pl.Expr:
    """The code a row came in with, or the one it was linked to."""
    return pl.coalesce(linked_code(), _cell(part, item.subject_code, "code")).alias("code")


def _document(part: pl.DataFrame, item: law.Item) -> pl.Expr:
    """The first document number that is filled in (a licence without one has the number of its certificate)."""
    cells = [pl.col(code).fill_null("") for code in item.document_number if code in part.columns]
    chosen = pl.lit("")
    for cell in reversed(cells):
        chosen = pl.when(cell.str.strip_chars() != "").then(cell).otherwise(chosen)
    return chosen.alias("doc")


def _nothing(*, whole: bool = False) -> pl.DataFrame:
    short = pl.List(pl.Struct({"field": pl.String, "code": pl.String}))
    lead = {} if whole else {"batch": pl.String, "source": pl.String, "received_on": pl.Date}
    text = dict.fromkeys(
        ("doc", "code", "name", "authority", "decided")
        if whole
        else ("authority", "code", "name", "doc", "decided", "amount"),
        pl.String,
    )
    problems = {"problems": pl.List(kept.PROBLEM) if whole else short}
    return pl.DataFrame(schema={**lead, "row": pl.Int64, "outcome": pl.String, **text, **problems})
