"""Which facts count on a day, and how old they are by then: one rule, over a table and for one row.

A fact counts when it is held, is the one of its decision that stands, nobody's objection to it is open, it was decided by
that day and its last day is not past. Its age is whole months: the last day of a month completes it whatever day it began
on, and no age is negative. Days are days since 1970-01-01, months are year * 12 + month - 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from xinheng.facts import schema

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import polars as pl

Rests = Literal["repaired", "ended", "suppressed", "later", "expired", "disputed", "duplicate"]
"""Why a fact does not count."""
_EPOCH = date(1970, 1, 1)
_MONTH_ENDS = 31
_STATES: Mapping[int, Rests] = {
    schema.REPAIRED: "repaired", schema.ENDED: "ended", schema.SUPPRESSED: "suppressed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """A day as facts are compared with it. `day` is the day of the month, 31 on the last one: then any month is whole."""

    number: int
    ym: int
    day: int


def day_numbers(on: date) -> DayNumbers:
    """The numbers of a day."""
    last = (on + timedelta(days=1)).day == 1
    return DayNumbers(day_number(on), month_number(on), _MONTH_ENDS if last else on.day)


def day_number(on: date) -> int:
    """A day as facts keep it: days since 1970-01-01."""
    return (on - _EPOCH).days


def as_date(number: int) -> date:
    """The day a number of facts stands for."""
    return _EPOCH + timedelta(days=number)


def month_number(on: date) -> int:
    """The month of a day as facts keep it: year * 12 + month - 1."""
    return on.year * 12 + on.month - 1


# ---- over a table, for any engine


def decided(facts: ir.Table, on: date) -> ir.BooleanValue:
    """Which facts are decisions taken by a day, each decision once, whatever became of them."""
    return facts.primary & (facts.decided <= day_number(on))


def counts(facts: ir.Table, on: date) -> ir.BooleanValue:
    """Which facts count on a day."""
    held = (facts.state == schema.HELD) & ~facts.disputed
    return decided(facts, on) & held & (facts.until >= day_number(on))


def counting(facts: ir.Table, on: date) -> ir.Table:
    """The facts that count on a day, each with `months`: whole months since its decision."""
    import ibis

    then = day_numbers(on)
    live = facts.filter(counts(facts, on))
    whole = then.ym - live.ym - ibis.ifelse(live.day > then.day, 1, 0)
    return live.mutate(months=ibis.greatest(whole, 0).cast("int32"))


def months_between(ym: pl.Expr, day: pl.Expr, then_ym: pl.Expr, then_day: pl.Expr) -> pl.Expr:
    """Whole months from decisions (`ym`, `day`) to days told in columns (`DayNumbers.ym`, `.day`)."""
    import polars as pl

    return pl.max_horizontal(then_ym - ym - (day > then_day).cast(pl.Int32), pl.lit(0))


# ---- for one row


def why_not(row: Mapping[str, Any], on: date) -> Rests | None:
    """Why a fact does not count on a day; None where it does."""
    number = day_number(on)
    if row["state"] != schema.HELD:
        return _STATES[row["state"]]
    if row["decided"] > number:
        return "later"
    if row["until"] < number:
        return "expired"
    if row["disputed"]:
        return "disputed"
    return None if row["primary"] else "duplicate"


def months(row: Mapping[str, Any], on: date) -> int:
    """Whole months from the decision of a fact to a day."""
    then = day_numbers(on)
    return max(then.ym - int(row["ym"]) - (row["day"] > then.day), 0)


def first_day_within(on: date, months: int) -> date:
    """The first day whose decisions are less than `months` (at least 1) whole months old on a day."""
    then = day_numbers(on)
    start, following = _first_of(then.ym - months), _first_of(then.ym - months + 1)
    return following if then.day == _MONTH_ENDS else min(start + timedelta(days=then.day), following)


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
