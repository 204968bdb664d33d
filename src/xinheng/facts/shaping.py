"""From statements to facts: whole columns at once. The same functions shape a city, a delta and one organisation.

What a statement says is looked at in three places only: the fields `law.what_fields` names, its sum of money, and its
document number. None of the text stays: it becomes a tuple of codes, a number of fen, a number to compare by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from xinheng.facts import schema
from xinheng.facts.sectors import sectors
from xinheng.kernel.text import norm_docno
from xinheng.law import service as law
from xinheng.records import service as records

UNIT = "\x1f"
UNPUBLISHED = ("minor", "undetermined")
"""Classes that are not shown for another reason than that their days are over."""
SAME_DECISION = "penalties"
"""The section whose document number tells a decision, whoever sends it and whatever day it says."""
DOCUMENT_LENGTH = 6
RAW = ("item", "kind", "outcome", "severity", "sector")
SHAPED: dict[str, type[pl.DataType]] = {
    "statement": pl.Int64, "uscc": pl.String, **dict.fromkeys(RAW, pl.String), "ym": pl.Int32, "day": pl.Int8,
    "decided": pl.Int32, "until": pl.Int32, "repair_from": pl.Int32, "due": pl.Int32, "amount": pl.Int64, "authority_code": pl.String,
    "decision": pl.Int64, "state": pl.Int8, "known": pl.Int64,
}  # fmt: skip
_PLAIN_DOCNO = "^[\u4e00-\u9fa50-9A-Z〔〕（）()\\[\\]【】]*$"
_OPENING, _CLOSING = ("〔", "（", "[", "【"), ("〕", "）", "]", "】")


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the cells of one version of an item stand: column of the parts, place in it; None where it has none."""

    kind: tuple[str, int] | None
    outcome: tuple[str, int] | None
    sector: tuple[str, int] | None
    amount: tuple[str, int] | None
    document: tuple[str, int] | None
    authority_name: tuple[str, int] | None
    valid_to: tuple[str, int] | None
    due: tuple[str, int] | None


def depends_on(pack: law.Pack) -> str:
    """A digest of what facts take from a pack: while it is the same, another edition of the pack changes no fact."""
    items = {
        code: (
            one.version, one.adverse, one.section, one.side, one.sides, _never_shown(pack, one), one.valid_to,
            law.what_fields(item=one), [(f.code, f.choices, f.written, f.separators) for f in one.fields if f.type == "enum"],
        )
        for code, one in pack.items.items()
    }  # fmt: skip
    lists = {code: (one.name, one.item) for code, one in pack.lists.items()}
    bodies = [(one.name, one.uscc, one.sector) for one in pack.departments]
    told = (
        items,
        lists,
        bodies,
        dict(pack.kinds),
        pack.other_prefix,
        law.sector_rules(pack=pack),
        sorted(pack.counties),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()


def shared_items(pack: law.Pack) -> tuple[str, ...]:
    """Items of which a fact needs a field that is shared and not public."""
    return tuple(sorted(code for code, item in pack.items.items() if _needs_shared(item)))


def shaped(rows: pl.DataFrame, pack: law.Pack) -> pl.DataFrame:
    """Facts with the raw texts of what they are (`SHAPED`), from rows of `records.fact_rows`; in the order of statements.

    Rows without a decision day are left out: nothing can be counted of them.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=SHAPED)
    split = rows.filter(pl.col("decided_on").is_not_null()).with_columns(
        pl.col("public").str.split(UNIT), pl.col("shared").str.split(UNIT)
    )
    split = split.with_columns(pl.col("public").list.get(2, null_on_oob=True).fill_null("").alias("version"))
    parts = [
        _of_item(part, str(item), str(version), pack)
        for (item, version), part in split.partition_by("item", "version", as_dict=True).items()
    ]
    return pl.concat(parts).sort("statement") if parts else pl.DataFrame(schema=SHAPED)


def settled(facts: pl.DataFrame) -> pl.DataFrame:
    """The same facts with `primary` and `disputed` as the whole decision has them. All facts of a decision must be here.

    Of several facts of one decision one counts: a repaired one before a held one (what was repaired is used no more,
    whoever sends it again), then the one that lasts longest, then the one that came first. A dispute about one is a
    dispute about the decision.
    """
    several = facts["decision"].is_duplicated()
    if not several.any():
        return facts.with_columns(pl.lit(True).alias("primary"))
    order = pl.col("state").replace_strict(_FIRST, return_dtype=pl.Int8)
    of = ["org", "decision"]
    group = (
        facts.filter(several)
        .sort(order, pl.col("until"), pl.col("statement"), descending=[False, True, False])
        .with_columns(
            (pl.int_range(pl.len()).over(of) == 0).alias("primary"), pl.col("disputed").any().over(of)
        )
    )
    return pl.concat(
        [facts.filter(~several).with_columns(pl.lit(True).alias("primary")), group.select(facts.columns)]
    )


_FIRST = {schema.REPAIRED: 0, schema.HELD: 1, schema.SUPPRESSED: 2, schema.ENDED: 3}


def _of_item(part: pl.DataFrame, code: str, version: str, pack: law.Pack) -> pl.DataFrame:
    item = records.item_of(code, version)
    places = _places(code, version)
    named = (
        ("kind", places.kind), ("outcome", places.outcome), ("amount", places.amount), ("valid_to", places.valid_to),
        ("due", places.due), ("basis", places.sector), ("document", places.document), ("name", places.authority_name if places.sector else None),
    )  # fmt: skip
    cells = part.with_columns(_cell(place).alias(name) for name, place in named).drop("public", "shared")
    if places.sector is not None:
        cells = cells.with_columns(sectors(cells, pack))
    if places.document is not None:
        cells = cells.with_columns(_comparable(cells["document"]).alias("document"))
    return cells.select(
        pl.col("id").alias("statement"), "uscc", "item", "kind", "outcome", "severity",
        "sector" if places.sector is not None else pl.lit("").alias("sector"),
        schema.month_of(pl.col("decided_on")).alias("ym"), pl.col("decided_on").dt.day().alias("day"),
        _days("decided_on").alias("decided"),
        _until(pack, item).alias("until"),
        _days("repair_from").fill_null(schema.NEVER).alias("repair_from"), _day_written("due").alias("due"),
        (_fen() if places.amount is not None else pl.lit(0, dtype=pl.Int64)).alias("amount"),
        pl.col("authority").alias("authority_code"),
        (_decision(item) if places.document is not None else pl.col("key")).alias("decision"),
        pl.col("state").replace_strict(schema.STATES, return_dtype=pl.Int8).alias("state"),
        "known",
    ).cast(pl.Schema(SHAPED))  # fmt: skip


@lru_cache(maxsize=512)
def _places(code: str, version: str) -> _Places:
    """Versions never change, so each is looked at once in a process."""
    item = records.item_of(code, version)
    fields = law.what_fields(item=item)
    money = [field.code for field in item.fields if field.type == "money" and field.scope == "public"]
    fine = item.severity_from.fine if item.severity_from is not None else ""
    same = item.adverse and item.section == SAME_DECISION
    return _Places(
        kind=_place(item, fields.kind),
        outcome=_place(item, fields.outcome),
        sector=_place(item, fields.sector),
        amount=_place(item, fine or (money[0] if len(money) == 1 else "")),
        document=_place(item, item.document_number[0] if same and item.document_number else ""),
        authority_name=_place(item, item.authority_name),
        valid_to=_place(item, item.valid_to),
        due=_place(item, fields.due),
    )


def _place(item: law.Item, code: str) -> tuple[str, int] | None:
    for scope, header in (("public", records.PUBLIC_HEADER), ("shared", records.SHARED_HEADER)):
        codes = item.scopes[scope]
        if code and code in codes:
            return scope, header + codes.index(code)
    return None


def _needs_shared(item: law.Item) -> bool:
    places = _places(item.code, item.version)
    return any(place is not None and place[0] == "shared" for place in (places.kind, places.outcome))


def _cell(place: tuple[str, int] | None) -> pl.Expr:
    if place is None:
        return pl.lit("")
    return pl.col(place[0]).list.get(place[1], null_on_oob=True).fill_null("")


def _days(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32)


def _day_written(column: str) -> pl.Expr:
    """A day written in a field; NEVER where there is none or nobody can read it."""
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).fill_null(schema.NEVER)


def _until(pack: law.Pack, item: law.Item) -> pl.Expr:
    """The last day a fact counts: the last day it is shown, however little of it is open to whom.

    An item that nobody is shown counts until its own last day. What could have been shown and never was came in when
    its days were over.
    """
    shown = _days("show_until").fill_null(schema.NEVER)
    if _never_shown(pack, item):
        return pl.min_horizontal(shown, _day_written("valid_to"))
    hidden = pl.col("show_from").is_null() & ~pl.col("severity").is_in(UNPUBLISHED)
    return pl.when(hidden).then(pl.lit(schema.OVER, dtype=pl.Int32)).otherwise(shown)


def _never_shown(pack: law.Pack, item: law.Item) -> bool:
    versions = pack.publication.get(item.publication, ())
    return not any(one.shown for version in versions for one in version.classes.values())


def _fen() -> pl.Expr:
    """Sums as stored (万元, at most six places after the point) as whole fen; 0 where there is none."""
    amounts = pl.col("amount")
    whole = amounts.str.extract(r"^(\d{1,12})").cast(pl.Int64, strict=False).fill_null(0)
    rest = amounts.str.extract(r"\.(\d{1,6})").fill_null("").str.pad_end(6, "0").cast(pl.Int64, strict=False)
    return whole * 1_000_000 + rest.fill_null(0)


def _decision(item: law.Item) -> pl.Expr:
    """What makes facts of one organisation the same decision, as a number: its document number where that is long
    enough to tell it, whoever sent it and whatever day it says."""
    number = pl.col("document")
    told = (
        pl.concat_str(pl.lit(item.code), "uscc", number, separator=UNIT).hash(seed=0).reinterpret(signed=True)
    )
    return pl.when(number.str.len_chars() >= DOCUMENT_LENGTH).then(told).otherwise(pl.col("key"))


def _comparable(documents: pl.Series) -> pl.Series:
    """`norm_docno` of a column: an expression for numbers of one spelling, the kernel for each distinct other one."""
    plain = documents.str.contains(_PLAIN_DOCNO)
    easy = documents.str.replace_many([*_OPENING, *_CLOSING], ["("] * 4 + [")"] * 4)
    if plain.all():
        return easy
    odd = documents.filter(~plain).unique().to_list()
    hard: Mapping[str, str] = {text: norm_docno(text) for text in odd}
    return easy.zip_with(plain, documents.replace_strict(hard, default="", return_dtype=pl.String))
