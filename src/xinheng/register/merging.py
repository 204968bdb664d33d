"""What a file changes: clean rows against the open entries. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from xinheng.kernel.text import norm_name
from xinheng.register.cleaning import SEPARATOR, joined
from xinheng.register.policy_names import distinct
from xinheng.register.store import ENTRY_SCHEMA

CONFLICT = (
    "该代码在库中是另一名称、另一成立日期的主体，不像更名：请核对代码；确系更名的，请在「曾用名」列写明旧名"
)
_VALUES = ("old_number", "name", "other_names", "former_names", "kind", "region", "industry",
           "established_on", "status", "since")  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """What to write, and the numbers of the rows that change nothing or contradict the register.

    `versions`: entry columns but id and closed_by, with `row`, `replaces`, `renamed` and `weight`.
    """

    versions: pl.DataFrame
    unchanged: list[int]
    contradicting: list[int]


def difference(rows: pl.DataFrame, current: pl.DataFrame, *, day: str) -> Difference:
    """Compares one row per organisation with what is open.

    An empty cell never erases: it means that the file does not say. A name that differs only in writing
    (brackets, width, case, spaces) is the same name. A new name closes the old version; its `since` is the
    day of change the file tells, else `day`, the day of the load. The old name stays among the former ones. A
    row that changes both name and founding day without telling the old name contradicts the register
    (somebody else's code).
    """
    held = current.select("code", *(pl.col(name).alias(f"held_{name}") for name in ("id", *_VALUES)))
    both = rows.join(held, on="code", how="left", maintain_order="left")
    known = pl.col("held_id").is_not_null()
    both = both.with_columns(_renamed(both))
    both = _merged(both, known, day)
    both = _with_names(both)
    conflict = (
        pl.col("renamed")
        & ~pl.col("tells_old_name")
        & (pl.col("established_on") != "")
        & (pl.col("held_established_on") != "")
        & (pl.col("established_on") != pl.col("held_established_on"))
    )
    differs = ~known | pl.any_horizontal(pl.col(name) != pl.col(f"held_{name}") for name in _VALUES)
    new = both.filter(differs & ~conflict)
    return Difference(
        new.select(
            "row", "code", *_VALUES, pl.col("held_id").alias("replaces"), "renamed", _weight().alias("weight")
        ),
        both.filter(~differs & ~conflict)["row"].to_list(),
        both.filter(conflict)["row"].to_list(),
    )


def _renamed(both: pl.DataFrame) -> pl.Series:
    """Rows whose name is another one than the name held, not only another writing of it."""
    spelled = both.select("name", "held_name").with_row_index("at")
    spelled = spelled.filter(pl.col("held_name").is_not_null() & (pl.col("name") != pl.col("held_name")))
    renamed = [False] * both.height
    for at, name, held in spelled.iter_rows():
        renamed[at] = norm_name(name) != norm_name(held)
    return pl.Series("renamed", renamed, dtype=pl.Boolean)


def _merged(both: pl.DataFrame, known: pl.Expr, day: str) -> pl.DataFrame:
    """Each attribute: what the file says, else what is held, else what the code implies."""

    def said(column: str, held: str) -> pl.Expr:
        return pl.when(pl.col(column) != "").then(column).otherwise(pl.col(f"held_{held}").fill_null(""))

    def given(column: str) -> pl.Expr:
        keep = known & ~pl.col(f"{column}_given") & (pl.col(f"held_{column}") != "")
        return pl.when(keep).then(f"held_{column}").otherwise(column)

    first_name_or_same = pl.when(known).then("held_since").otherwise("changed_on")
    told_or_today = pl.when(pl.col("changed_on") != "").then("changed_on").otherwise(pl.lit(day))
    return both.with_columns(
        pl.when(known & ~pl.col("renamed")).then("held_name").otherwise("name").alias("name"),
        pl.when(pl.col("renamed")).then(told_or_today).otherwise(first_name_or_same).alias("since"),
        said("others", "other_names").alias("other_names"),
        said("old_number", "old_number").alias("old_number"),
        *(said(column, column).alias(column) for column in ("industry", "established_on", "status")),
        given("kind").alias("kind"),
        given("region").alias("region"),
    )


def _with_names(both: pl.DataFrame) -> pl.DataFrame:
    """former_names: those held, those told, and the name that was replaced; `tells_old_name` of a renaming."""
    held = pl.col("held_former_names").fill_null("")
    touched = (pl.col("formers") != "") | pl.col("renamed") | (pl.col("others") != "")
    both = both.with_columns(held.alias("former_names"), pl.lit(False).alias("tells_old_name"))
    answers: list[tuple[int, str, bool]] = []
    columns = ("row", "name", "other_names", "formers", "held_former_names", "held_name", "renamed")
    for row, name, others, formers, before, old, renamed in both.filter(touched).select(columns).iter_rows():
        told = formers.split(SEPARATOR)
        replaced = [old] if renamed else []
        kept = distinct(
            [*(before or "").split(SEPARATOR), *told, *replaced], besides=[name, *others.split(SEPARATOR)]
        )
        tells = renamed and norm_name(old) in {norm_name(former) for former in told}
        answers.append((row, joined(kept), tells))
    if not answers:
        return both
    schema = {"row": pl.Int64, "former_names": pl.String, "tells_old_name": pl.Boolean}
    return both.update(pl.DataFrame(answers, schema=schema, orient="row"), on="row", how="left")


def _weight() -> pl.Expr:
    """An upper bound of the rows one version writes: itself and its names; the one it closes and the names it
    ends."""

    def listed(column: str) -> pl.Expr:
        names = pl.col(column).fill_null("")
        return pl.when(names == "").then(0).otherwise(names.str.count_matches(SEPARATOR, literal=True) + 1)

    replaced = pl.when(pl.col("held_id").is_null()).then(0).otherwise(2 + listed("held_other_names"))
    unified = pl.when(pl.col("old_number") == "").then(0).otherwise(2)
    return (2 + listed("other_names") + listed("former_names") + replaced + unified).cast(pl.Int64)


def in_bins(versions: pl.DataFrame, *, size: int) -> list[pl.DataFrame]:
    """Versions in file order, cut so that no part weighs more than `size`."""
    if versions.is_empty():
        return []
    parts: list[pl.DataFrame] = []
    start, total = 0, 0
    for place, weight in enumerate(versions["weight"].to_list()):
        if total + weight > size and place > start:
            parts.append(versions.slice(start, place - start))
            start, total = place, 0
        total += weight
    return [*parts, versions.slice(start)]


def as_entries(versions: pl.DataFrame, *, first_id: int) -> pl.DataFrame:
    """Versions as entries with dense ids from `first_id`, open."""
    return versions.with_row_index("ordinal").with_columns(
        (pl.col("ordinal").cast(pl.Int64) + first_id).alias("id"), pl.lit(None, dtype=pl.Int64).alias("closed_by")
    ).select(list(ENTRY_SCHEMA))  # fmt: skip
