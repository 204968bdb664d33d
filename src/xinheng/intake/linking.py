"""Rows whose code is no valid one ask for their organisation by name, before they are judged.

The comparison decides nothing but this: a row goes on with the code it was linked to, waits for a person, or stays as it
was. Rows about persons never ask, nor rows of an item that is not linked by name (`law.Item.links_by_name`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from xinheng.intake import columns, personal
from xinheng.intake.faults import PERSONAL, Fault
from xinheng.intake.linkwords import AUTOMATIC, JUDGED
from xinheng.linkage import service as linkage
from xinheng.register import service as register

if TYPE_CHECKING:
    from xinheng.intake.matching import Registered
    from xinheng.intake.preparing import Prepared
    from xinheng.law import service as law

LINKED, HUMAN, NONE = "linked", "human", "none"
SAME, DIFFERENT = "same", "different"
MISMATCH = "mismatch"
# The code of an individual business
_INDIVIDUAL = "92"
CANDIDATES = pl.List(
    pl.Struct({"code": pl.String, "name": pl.String, "current": pl.Boolean, "confidence": pl.Int64})
)
ANSWER = {
    "outcome": pl.String, "uscc": pl.String, "how": pl.String, "confidence": pl.Int64, "reason": pl.String,
    "candidates": CANDIDATES,
}  # fmt: skip


@dataclass(frozen=True)
class Wishes:
    """Rows of a chunk that may ask. `without` have no valid code, `other` a valid one under another's name."""

    without: pl.Series
    other: pl.Series

    def any(self) -> bool:
        return bool(self.without.any() or self.other.any())


def wishes(prepared: Prepared, faults: Iterable[Fault], item: law.Item) -> Wishes | None:
    """Which rows of a chunk may be asked about; None where there are none.

    The one place that decides it. An item whose rows are never linked by name has none, whatever a person judged.
    """
    if not item.links_by_name:
        return None
    cells = prepared.cells
    without = cells.kinds[item.subject_code] != "uscc"
    other = cells.never()
    for fault in faults:
        if fault.verdict == MISMATCH:
            other = other | fault.where
    if not (without.any() or other.any()):
        return None
    names = cells.values[item.subject_name]
    may = (cells.broken == "") & (names != "") & ~cells.masked[item.subject_name]
    for fault in faults:
        if fault.outcome == PERSONAL:
            may = may & ~fault.where
    # Said again here, whatever rules a pack has: what is called like a person is nobody to look for
    may = may & ~personal.person_names(names, may & (without | other))
    found = Wishes(without & may, other & may)
    return found if found.any() else None


def asked_codes(prepared: Prepared, item: law.Item, rules: Iterable[law.Rule]) -> pl.Series:
    """What stands where the code should: the cell itself, or the organisation code beside it. Masked cells say nothing."""
    cells = prepared.cells
    beside = [
        field
        for rule in rules
        if rule.kind == "org_code_matches" and rule.params["code"] == item.subject_code
        for field in rule.fields
    ]
    told = pl.lit("")
    for code in reversed([item.subject_code, *beside]):
        usable = (pl.col(code) != "") & ~pl.col(f"masked:{code}")
        told = pl.when(usable).then(pl.col(code)).otherwise(told)
    frame = pl.DataFrame(
        {code: cells.values[code] for code in (item.subject_code, *beside)}
        | {f"masked:{code}": cells.masked[code] for code in (item.subject_code, *beside)}
    )
    return frame.select(told.alias("code")).to_series()


def answers(
    prepared: Prepared,
    wished: Wishes,
    *,
    item: law.Item,
    rules: Iterable[law.Rule],
    registered: Registered,
) -> pl.DataFrame:
    """What is known of the rows that asked: at (place in the chunk), name, code (as asked), other (bool), and the
    columns of `ANSWER`. Every distinct question is asked once."""
    cells = prepared.cells
    rows = pl.DataFrame(
        {
            "name": cells.values[item.subject_name],
            "code": asked_codes(prepared, item, rules),
            "other": wished.other,
            "stand_in": cells.kinds[item.subject_code] == "placeholder",
        }
    ).with_row_index("at")
    rows = rows.filter(wished.without | wished.other)
    pairs = rows.select("name", "code", "other", "stand_in").unique(maintain_order=True)
    keys = [linkage.asked_key(name, code) for name, code in pairs.select("name", "code").iter_rows()]
    pairs = pairs.with_columns(pl.Series("key", keys, dtype=pl.String))
    told = _judged(_asked(pairs, registered), pairs["key"])
    told = _settled(told, registered)
    return rows.drop("stand_in").join(
        told.select("name", "code", "other", *ANSWER),
        on=["name", "code", "other"],
        how="left",
        maintain_order="left",
    )


def _asked(pairs: pl.DataFrame, registered: Registered) -> pl.DataFrame:
    """What the comparison says, and what people said of the same question before."""
    # Whether a valid code's holder goes by another name is no question to the code
    linkage.catch_up()
    asked = pairs.with_columns(pl.when("other").then(pl.lit("")).otherwise("code").alias("said"))
    found = linkage.link_frame(asked.select("name", "said"), name="name", code="said")
    told = pl.concat(
        [
            pairs,
            found.select(
                pl.col("outcome").cast(pl.String).fill_null(NONE),
                pl.col("code").fill_null("").alias("uscc"),
                pl.when("judged").then(pl.lit(JUDGED)).otherwise(pl.lit(AUTOMATIC)).alias("how"),
                pl.col("confidence").fill_null(0).cast(pl.Int64),
                pl.col("reason").fill_null(""),
                pl.col("candidates").fill_null([]).cast(CANDIDATES),
            ),
        ],
        how="horizontal",
    )
    other = pl.col("other")
    told = told.with_columns(
        pl.when(other).then(pl.lit(HUMAN)).otherwise("outcome").alias("outcome"),
        pl.when(other).then(pl.lit("")).otherwise("uscc").alias("uscc"),
        pl.when(other).then(pl.lit(AUTOMATIC)).otherwise("how").alias("how"),
    )
    return _with_holders(told, registered)


def _with_holders(told: pl.DataFrame, registered: Registered) -> pl.DataFrame:
    """Beside who carries the name, for rows with a valid code also who carries the code."""
    others = told.filter("other")
    if others.is_empty():
        return told
    names = register.names_frame(others["code"].unique().to_list()).sort("code", "current")
    holders = {
        code: (name, current) for code, name, current in names.select("code", "name", "current").iter_rows()
    }
    rows = []
    for row in told.iter_rows(named=True):
        if row["other"]:
            name, current = holders.get(row["code"], ("", True))
            held = {"code": row["code"], "name": name, "current": current, "confidence": 0}
            rest = [one for one in row["candidates"] if one["code"] != row["code"]]
            row["candidates"] = [held, *rest]
            row["reason"] = "代码有效,而名称不是该代码在登记库中的名称(含曾用名)"
        rows.append(row)
    return pl.DataFrame(rows, schema=told.schema, orient="row")


def _judged(told: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    """What people said stands before what the comparison says."""
    verdicts = linkage.verdicts([key for key in keys.unique().to_list() if key])
    if verdicts.is_empty():
        return told
    words: dict[str, dict[str, str]] = {}
    for key, code, verdict in verdicts.select("key", "code", "verdict").iter_rows():
        words.setdefault(key, {})[code] = verdict
    rows = [
        _by_words(row, words[row["key"]]) if row["key"] in words else row
        for row in told.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=told.schema, orient="row")


def _by_words(row: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    same = [code for code, word in words.items() if word == SAME and code]
    left = [one for one in row["candidates"] if words.get(one["code"]) != DIFFERENT]
    row = row | {"candidates": left}
    if len(same) == 1:
        found = next((one for one in row["candidates"] if one["code"] == same[0]), None)
        sure = found["confidence"] if found else 0
        said = {
            "outcome": LINKED,
            "uscc": same[0],
            "how": JUDGED,
            "confidence": sure,
            "reason": "人工核定为同一组织",
        }
        return row | said
    if words.get("") == DIFFERENT and row["how"] != JUDGED:
        return row | {"outcome": NONE, "uscc": "", "candidates": []}
    if row["outcome"] == LINKED and words.get(row["uscc"], "") != "":
        # Told apart, or nobody could say: no comparison overrules that
        return row | {"outcome": HUMAN, "uscc": ""}
    return row


def _settled(told: pl.DataFrame, registered: Registered) -> pl.DataFrame:
    """Only a registered organisation with a valid code is linked to; a stand-in code is never filled in by itself; who is
    called by nothing but a person's name is no candidate of a comparison."""
    wanted = told["uscc"].filter(told["outcome"] == LINKED)
    known = registered.known(wanted).implode()
    told = told.with_columns(_organisations(told))
    linked, judged = pl.col("outcome") == LINKED, pl.col("how") == JUDGED
    named = pl.col("candidates").list.eval(pl.element().struct.field("code")).list.contains(pl.col("uscc"))
    told = told.with_columns(
        pl.when(linked & ~columns.valid_code(pl.col("uscc"))).then(pl.lit(NONE))
        .when(linked & ~pl.col("uscc").is_in(known)).then(pl.lit(HUMAN))
        .when(linked & ~judged & (pl.col("stand_in") | ~named)).then(pl.lit(HUMAN))
        .otherwise("outcome").alias("outcome"),
    )  # fmt: skip
    alone = (pl.col("outcome") == HUMAN) & (pl.col("candidates").list.len() == 0)
    # Nothing but the holder of the code is left: the rule about names has said it already
    return told.with_columns(
        pl.when(alone).then(pl.lit(NONE)).otherwise("outcome").alias("outcome")
    ).with_columns(pl.when(pl.col("outcome") == LINKED).then("uscc").otherwise(pl.lit("")).alias("uscc"))


def _organisations(told: pl.DataFrame) -> pl.Series:
    """Candidates without individual businesses called by a person's name, and for a stand-in code without any."""
    lists = told["candidates"]
    individual = pl.element().struct.field("code").str.starts_with(_INDIVIDUAL)
    touched = lists.list.eval(individual).list.any().fill_null(False)
    if not touched.any():
        return lists
    kept = []
    for found, stand_in in told.select("candidates", "stand_in").iter_rows():
        kept.append(
            [
                one
                for one in found
                if not one["code"].startswith(_INDIVIDUAL)
                or not (stand_in or register.name_is_personal(one["code"], one["name"]))
            ]
        )
    return pl.Series("candidates", kept, dtype=CANDIDATES)
