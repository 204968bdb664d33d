"""A model as data becomes a small table and Ibis expressions: the same for every engine, for a batch, for one and for what-if.

Three tables go in: `facts` and `orgs` in the columns of the facts room, and `cells` (see `policy_cells`). Each fact that counts
on the day is joined with its cells, summed by (organisation, slot), and pivoted by organisation. The engine adds, compares and
takes the newest; it never divides, has no float and no decimal, so every engine gives the same integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from xinheng.evaluation import policy_cells
from xinheng.facts.service import counting, month_number
from xinheng.law.service import EvaluationModel, Indicator, What

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import polars as pl

FACTS = {
    "statement": "int64", "org": "int32", "what": "int16", "ym": "int32", "day": "int8", "decided": "int32",
    "until": "int32", "amount": "int64", "primary": "boolean", "state": "int8", "disputed": "boolean",
}  # fmt: skip
ORGS = {"org": "int32", "established_ym": "int32"}
CELLS = {"key": "int32", "slot": "int16", "micro": "int64", "decay": "int16"}
TABLES = ("evaluated_facts", "evaluated_orgs", "evaluated_cells")
"""What the tables are called in the query text: names no caller's own tables have."""
FIXED = ("org", "score", "grade", "by_score", "ceiling", "vetoed")
NEWEST = 1 << 47
"""A statement's number stays below this: day and number make one integer in the order of decisions."""


@dataclass(frozen=True)
class Compiled:
    """A model bound to a catalogue of `whats` and a day. `cells` is the small table; `sql` the text for an engine."""

    model: EvaluationModel
    whats: tuple[What, ...]
    on: date

    @property
    def plan(self) -> policy_cells.Plan:
        """Slots and limits."""
        return policy_cells.plan(self.model)

    @cached_property
    def cells(self) -> pl.DataFrame:
        """`key, slot, micro, decay`: a few thousand rows."""
        import polars as pl

        rows = [
            (one.key, one.slot, one.micro, one.decay) for one in policy_cells.cells(self.model, self.whats)
        ]
        kinds = {"key": pl.Int32, "slot": pl.Int16, "micro": pl.Int64, "decay": pl.Int16}
        return pl.DataFrame(rows, schema=kinds, orient="row")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of scores, in order."""
        return (*FIXED, *(sum_column(one) for one in self.model.indicators))

    def sql(self, dialect: str, what: str = "scores") -> str:
        """The query text for a dialect over `TABLES`: `scores`, `sums` or `contributions`."""
        return _sql(self.model, self.on, dialect, what)


def sum_column(indicator: Indicator) -> str:
    """The column of an indicator's capped sum."""
    return f"i_{indicator.code}"


def compile_model(model: EvaluationModel, whats: Sequence[What], on: date) -> Compiled:
    """Binds a model to a catalogue and a day. The model's filters are asked once per distinct `what`."""
    return _compiled(model, tuple(whats), on)


@lru_cache(maxsize=64)
def _compiled(model: EvaluationModel, whats: tuple[What, ...], on: date) -> Compiled:
    return Compiled(model, whats, on)


def subjects_of(
    *, model: EvaluationModel, facts: pl.DataFrame, orgs: pl.DataFrame, whats: Sequence[What], on: date
) -> pl.DataFrame:
    """Those of `orgs` a model evaluates, from tables in memory."""
    import ibis
    import polars as pl

    from xinheng.evaluation.subjects import subjects

    found = subjects(
        ibis.memtable(orgs.to_arrow()), ibis.memtable(facts.select(*FACTS).to_arrow()), model, whats, on
    )
    kept = ibis.duckdb.connect().to_polars(found.select("org"))
    return orgs.filter(pl.col("org").is_in(kept["org"].implode()))


def joined(facts: ir.Table, cells: ir.Table, model: EvaluationModel, on: date) -> ir.Table:
    """One row per counting fact and slot it adds to."""
    plan = policy_cells.plan(model)
    live = counting(facts, on)
    step, band = _limit(live.months, plan.months), _limit(live.amount, plan.amounts)
    key = (live.what.cast("int32") * plan.steps + step) * plan.bands + band
    keyed = live.select("org", "statement", "decided", "amount", "months", key=key.cast("int32"))
    return keyed.join(cells, keyed.key == cells.key).select(
        keyed.org, keyed.statement, keyed.decided, keyed.amount, keyed.months,
        cells.slot, cells.micro, cells.decay,
    )  # fmt: skip


def sums(rows: ir.Table, model: EvaluationModel) -> ir.Table:
    """`org, slot, n, v`: facts of each slot and what they give together, before the cap."""
    import ibis

    slots = policy_cells.plan(model).slots
    measures: dict[str, Any] = {"n": rows.count(), "s": _integer(rows.micro.sum())}
    if newest := _slots(slots, "newest"):
        # Only where it is asked: finding the newest is the dearest of the three
        measures["newest"] = rows.micro.argmax(_order(rows), where=rows.slot.isin(newest))
    grouped = rows.group_by("org", "slot").agg(**measures)
    branches = [(grouped.slot == at, grouped.n) for at in _slots(slots, "number")]
    branches += [(grouped.slot == at, grouped.newest) for at in _slots(slots, "newest")]
    branches += [(grouped.slot == at, _share(grouped, slots[at].indicator)) for at in _slots(slots, "share")]
    value = ibis.cases(*branches, else_=grouped.s) if branches else grouped.s
    return grouped.select("org", "slot", "n", v=_integer(value))


def contributions(facts: ir.Table, cells: ir.Table, model: EvaluationModel, on: date) -> ir.Table:
    """`org, statement, slot, months, decay, amount, micro` of every counting fact of an indicator; by slot they sum up
    to `sums`. What an indicator gives for its newest fact, or for all together, its newest fact carries."""
    import ibis

    slots = policy_cells.plan(model).slots
    rows = joined(facts, cells, model, on)
    rows = rows.filter(rows.slot < len(model.indicators))
    whole = (*_slots(slots, "newest"), *_slots(slots, "share"))
    shown = ("org", "statement", "slot", "months", "decay", "amount")
    if not whole:
        return rows.select(*shown, "micro")
    total = sums(rows, model).rename(of="org", at="slot")
    newest = ibis.window(group_by=["org", "slot"], order_by=[rows.decided.desc(), rows.statement.desc()])
    placed = rows.mutate(place=ibis.row_number().over(newest))
    both = placed.join(total, [placed.org == total.of, placed.slot == total.at])
    carried = ibis.ifelse(both.place == 0, both.v, 0)
    micro = ibis.ifelse(both.slot.isin(whole), carried, both.micro)
    return both.select(*shown, micro=_integer(micro))


def scores(facts: ir.Table, orgs: ir.Table, cells: ir.Table, model: EvaluationModel, on: date) -> ir.Table:
    """`FIXED` and a capped sum per indicator, one row for each of `orgs`; one without facts stands at the base."""
    import ibis

    slots = policy_cells.plan(model).slots
    found = sums(joined(facts, cells, model, on), model)
    wide = found.group_by("org").agg(
        **{f"s{slot.at}": ibis.cases((found.slot == slot.at, found.v)).max() for slot in slots}
    )
    wide = wide.rename(of="org")
    whole = orgs.left_join(wide, orgs.org == wide.of)
    whole = whole.select(
        "org", "established_ym", **{f"s{slot.at}": whole[f"s{slot.at}"].fill_null(0) for slot in slots}
    )
    capped = {sum_column(one): _capped(whole[f"s{at}"], one.cap) for at, one in enumerate(model.indicators)}
    whole = whole.mutate(**capped)
    whole = whole.mutate(score=_integer(reduce(add, (whole[name] for name in capped), _big(model.base))))
    ceiling, vetoed = _ceiling(whole, model, on)
    whole = whole.mutate(by_score=_by_score(whole.score, model), ceiling=ceiling, vetoed=vetoed)
    grade = ibis.greatest(whole.by_score, whole.ceiling) if model.grades else whole.by_score
    return whole.select("org", "score", grade.name("grade"), "by_score", "ceiling", "vetoed", *capped)


def _by_score(score: ir.Value, model: EvaluationModel) -> ir.Value:
    import ibis

    if not model.grades:
        return ibis.literal(-1, "int32")
    steps = [
        (score >= _big(one.at_least), ibis.literal(at, "int32"))
        for at, one in enumerate(model.grades)
        if one.at_least is not None
    ]
    last = ibis.literal(len(model.grades) - 1, "int32")
    return ibis.cases(*steps, else_=last) if steps else last


def _ceiling(whole: ir.Table, model: EvaluationModel, on: date) -> tuple[ir.Value, ir.Value]:
    """(best grade left open, bits of the vetoes that hold)."""
    import ibis

    first = len(model.indicators)
    limits, bits = [ibis.literal(0, "int32")], [_big(0)]
    for at, veto in enumerate(model.vetoes):
        holds = whole[f"s{first + at}"] >= veto.at_least
        limits.append(_either(holds, model.grade_index(veto.ceiling)))
        bits.append(ibis.ifelse(holds, _big(1 << at), _big(0)))
    if model.ladder is not None:
        place = first + len(model.vetoes)
        lasted = month_number(on) - whole.established_ym >= model.ladder.established_months
        met = (whole[f"s{place}"] == 0) & (
            (whole.established_ym >= 0) & lasted if model.ladder.established_months else ibis.literal(True)
        )
        if model.ladder.needs is not None:
            met = met & (whole[f"s{place + 1}"] >= model.ladder.needs_at_least)
        below = min(model.grade_index(model.ladder.grade) + 1, len(model.grades) - 1)
        limits.append(_either(~met, below))
    return ibis.greatest(*limits) if len(limits) > 1 else limits[0], _integer(reduce(add, bits))


def _either(holds: ir.Value, index: int) -> ir.Value:
    import ibis

    return ibis.ifelse(holds, ibis.literal(index, "int32"), ibis.literal(0, "int32"))


def _capped(value: ir.Value, cap: int) -> ir.Value:
    import ibis

    return ibis.greatest(ibis.least(value, _big(cap)), _big(-cap)) if cap else value


def _share(grouped: ir.Table, one: Indicator | None) -> ir.Value:
    """Brackets of floor(1000 × numerator ÷ all) without dividing: ≥ t exactly when 1000 × numerator ≥ t × all."""
    import ibis

    assert one is not None
    steps = [
        (grouped.s * policy_cells.PER_MILLE >= grouped.n * start, _big(micro))
        for start, micro in reversed(one.brackets)
    ]
    return ibis.cases(*steps, else_=_big(0))


def _limit(value: ir.Value, limits: Sequence[int]) -> ir.Value:
    """How many of the ascending limits a value reaches."""
    import ibis

    steps = [
        (value >= limit, ibis.literal(place, "int32"))
        for place, limit in reversed(list(enumerate(limits, 1)))
    ]
    zero = ibis.literal(0, "int32")
    return ibis.cases(*steps, else_=zero) if steps else zero


def _order(rows: ir.Table) -> ir.Value:
    import ibis

    return ibis.greatest(rows.decided, 0).cast("int64") * _big(NEWEST) + rows.statement


def _slots(slots: Sequence[policy_cells.Slot], kind: str) -> tuple[int, ...]:
    return tuple(slot.at for slot in slots if slot.kind == kind)


def _big(value: int) -> ir.Value:
    import ibis

    return ibis.literal(value, "int64")


def _integer(value: ir.Value) -> ir.Value:
    """Sums of 64-bit integers are wider in some engines: back to 64 bits, said even where Ibis thinks it is so."""
    import ibis.expr.datatypes as dt
    import ibis.expr.operations as ops

    return ops.Cast(value, to=dt.int64).to_expr()


@lru_cache(maxsize=512)
def _sql(model: EvaluationModel, on: date, dialect: str, what: str) -> str:
    import ibis

    facts, orgs, cells = (
        ibis.table(columns, name=name) for columns, name in zip((FACTS, ORGS, CELLS), TABLES, strict=True)
    )
    if what == "scores":
        found = scores(facts, orgs, cells, model, on)
    elif what == "sums":
        found = sums(joined(facts, cells, model, on), model)
    else:
        found = contributions(facts, cells, model, on)
    return str(ibis.to_sql(found, dialect=dialect))


__all__ = [
    "Compiled",
    "compile_model",
    "contributions",
    "joined",
    "scores",
    "subjects_of",
    "sum_column",
    "sums",
]
