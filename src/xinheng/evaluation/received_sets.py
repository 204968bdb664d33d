"""Mutual findings and warnings over all organisations at once: the pack's filters become a small table, joined to facts.

Pure: facts, a catalogue of what they can be, rules and a day in; rows out. What counts on a day is what `facts` says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

import ibis
import polars as pl

from xinheng.facts import service as facts_room
from xinheng.law import service as law

SHOWN = 20
"""Statements kept with a warning, the newest; the count says how many there are."""
CONFLICTS: dict[str, Any] = {
    "uscc": pl.String, "rule": pl.Int16, "first": pl.Int64, "second": pl.Int64, "authority": pl.Int32,
}  # fmt: skip
WARNED: dict[str, Any] = {
    "uscc": pl.String, "county": pl.String, "rule": pl.Int16, "since": pl.Int32, "until": pl.Int32,
    "facts": pl.Int32, "statements": pl.List(pl.Int64), "bodies": pl.List(pl.Int32),
}  # fmt: skip


# ---- results that may not stand beside each other


def conflicts(
    *, facts: ibis.Table, orgs: ibis.Table, whats: Sequence[law.What], pack: law.Pack, on: date
) -> pl.DataFrame:
    """One row for each rule and pair: `first` the result the rule starts from, `second` the one it speaks against, both
    the newest of their evaluation; `rule` is its place in `pack.mutual`, `authority` that of `second`."""
    kinds = [one for one in pack.results.values() if not one.internal]
    series = {one.code: place for place, one in enumerate(kinds)}
    of_what = {what.id: kind for what in whats if (kind := _kind(kinds, what)) is not None}
    rules = [rule for rule in pack.mutual if on in rule.in_force]
    low = [
        (what.id, pack.mutual.index(rule))
        for what in whats for rule in rules
        if what.id in of_what and of_what[what.id].code == rule.result and what.grade in rule.grades
    ]  # fmt: skip
    high = [
        (what.id, pack.mutual.index(rule))
        for what in whats for rule in rules
        if what.id in of_what and _against(rule, of_what[what.id]) and what.grade in of_what[what.id].top
    ]  # fmt: skip
    if not low or not high:
        return pl.DataFrame(schema=CONFLICTS)
    rows = [(id_, series[kind.code]) for id_, kind in of_what.items()]
    newest = _newest(facts_room.counting(facts, on), _table(rows, "series"))
    one = newest.join(_table(low, "rule"), "what")
    other = newest.join(_table(high, "rule"), "what")
    pairs = one.join(other, ["org", "rule"], rname="other_{name}").join(orgs.select("org", "uscc"), "org")
    found = pairs.select(
        "uscc", "rule", first="statement", second="other_statement", authority="other_authority"
    ).order_by("uscc", "rule", "second")
    return _frame(found, CONFLICTS)


def _kind(kinds: Iterable[law.ResultKind], what: law.What) -> law.ResultKind | None:
    of_item = [one for one in kinds if one.item == what.item]
    return next((one for one in of_item if one.written == what.sub), None) or next(
        (one for one in of_item if not one.written), None
    )


def _against(rule: law.MutualRule, kind: law.ResultKind) -> bool:
    return kind.code != rule.result and (law.SECTOR_TOPS in rule.against or kind.code in rule.against)


def _newest(facts: ibis.Table, series: ibis.Table) -> ibis.Table:
    """The newest fact of each series of each organisation: by the day decided, then by statement."""
    joined = facts.join(series, "what")
    window = ibis.window(
        group_by=["org", "series"], order_by=[ibis.desc(joined.decided), ibis.desc(joined.statement)]
    )
    return joined.mutate(place=ibis.row_number().over(window)).filter(ibis._.place == 0).drop("place")


# ---- warnings


def warnings(
    *, facts: ibis.Table, orgs: ibis.Table, whats: Sequence[law.What], rules: Sequence[law.WarningRule], on: date,
    subject_of: Callable[[str], str], acting: Collection[str] = (),
) -> pl.DataFrame:  # fmt: skip
    """One row for each organisation and rule that fits on a day: since when, until when at most, how many facts, the
    newest of them, and the bodies (their numbers in facts) that may be told: whose fact is a reason, or who decided
    something of the items `acting` about the organisation that counts. `rule` is its place in `rules`; `subject_of` gives
    the kind of organisation of a code's beginning.

    Only organisations that exist, of the rule's subjects; individual businesses are in no facts.
    """
    counted = facts_room.counting(facts, on)
    parts = [
        part
        for kind, find in (("count", _count), ("newest", _latest), ("ending", _ending), ("stale", _stale))
        if (part := find(counted, whats, [r for r in enumerate(rules) if r[1].kind == kind], on)) is not None
    ]
    if not parts:
        return pl.DataFrame(schema=WARNED)
    kept = _of_subjects(ibis.union(*parts) if len(parts) > 1 else parts[0], orgs, rules, subject_of)
    rows = kept.to_polars()
    if not rows.height:
        return pl.DataFrame(schema=WARNED)
    return _ends(rows, rules, on, _acted(counted, whats, acting, rows["org"].unique()))


def _acted(
    counted: ibis.Table, whats: Sequence[law.What], acting: Collection[str], orgs: pl.Series
) -> pl.DataFrame:
    """Which bodies decided something of these items about these organisations."""
    ids = [(what.id,) for what in whats if what.item in acting]
    if not ids:
        return pl.DataFrame(schema={"org": pl.Int32, "acted": pl.List(pl.Int32)})
    found = counted.join(_table(ids), "what").join(ibis.memtable(pl.DataFrame({"org": orgs})), "org")
    pairs = found.filter(found.authority >= 0).select("org", "authority").distinct().to_polars()
    return pairs.group_by("org").agg(pl.col("authority").cast(pl.Int32).alias("acted"))


_Rules = Sequence[tuple[int, law.WarningRule]]


def _marks(whats: Sequence[law.What], rules: _Rules, *numbers: str) -> ibis.Table | None:
    """Which rule speaks of which facts, with these numbers of the rule beside; None where none does."""
    rows = [
        (what.id, place, *(getattr(rule, name) for name in numbers))
        for place, rule in rules for what in whats
        if law.matches(rule.filter, what)
    ]  # fmt: skip
    return _table(rows, "rule", *numbers) if rows else None


_FOUND = ("org", "rule", "statement", "decided", "until", "due", "authority")


def _count(facts: ibis.Table, whats: Sequence[law.What], rules: _Rules, on: date) -> ibis.Table | None:
    marks = _marks(whats, rules, "at_least", "within_months")
    if marks is None:
        return None
    near = facts.join(marks, "what").filter(ibis._.months < ibis._.within_months)
    held = near.mutate(n=ibis._.count().over(ibis.window(group_by=["org", "rule"])))
    return held.filter(ibis._.n >= ibis._.at_least).select(*_FOUND)


def _latest(facts: ibis.Table, whats: Sequence[law.What], rules: _Rules, on: date) -> ibis.Table | None:
    marks = _marks(whats, rules, "lasts")
    if marks is None:
        return None
    kinds = {(what.item, what.sub) for _, rule in rules for what in whats if law.matches(rule.filter, what)}
    series = {kind: place for place, kind in enumerate(sorted(kinds))}
    rows = [(what.id, series[what.item, what.sub]) for what in whats if (what.item, what.sub) in series]
    newest = _newest(facts, _table(rows, "series"))
    return newest.join(marks, "what").filter(ibis._.months < ibis._.lasts).select(*_FOUND)


def _ending(facts: ibis.Table, whats: Sequence[law.What], rules: _Rules, on: date) -> ibis.Table | None:
    marks = _marks(whats, rules, "within_days")
    if marks is None:
        return None
    day = facts_room.day_number(on)
    return facts.join(marks, "what").filter(ibis._.until - day <= ibis._.within_days).select(*_FOUND)


def _stale(facts: ibis.Table, whats: Sequence[law.What], rules: _Rules, on: date) -> ibis.Table | None:
    """What is past its due day; where none is told, what is so many months old. No longer than `lasts` months so."""
    marks = _marks(whats, rules, "after_months", "lasts")
    if marks is None:
        return None
    day = facts_room.day_number(on)
    # Late is counted from the day after the due day
    first = {
        rule.lasts: facts_room.day_number(facts_room.first_day_within(on, rule.lasts)) - 1
        for _, rule in rules
    }
    open_ = facts.join(marks, "what")
    told = open_.due != facts_room.NEVER
    overdue = told & (open_.due < day) & (open_.due >= open_.lasts.cases(*first.items()))
    old = ~told & (open_.months >= open_.after_months) & (open_.months < open_.after_months + open_.lasts)
    return open_.filter(overdue | old).select(*_FOUND)


def _of_subjects(
    found: ibis.Table, orgs: ibis.Table, rules: Sequence[law.WarningRule], subject_of: Callable[[str], str]
) -> ibis.Table:
    kinds = sorted(k for k in orgs.select("kind").distinct().to_polars()["kind"].to_list() if k and k != "92")
    rows = [
        (kind, place) for kind in kinds for place, rule in enumerate(rules) if subject_of(kind) in rule.subjects
    ]  # fmt: skip
    admitted = ibis.memtable(pl.DataFrame(rows, schema={"kind": pl.String, "rule": pl.Int16}, orient="row"))
    subjects = orgs.filter(orgs.active).select("org", "uscc", "county", "kind").join(admitted, "kind")
    return found.join(subjects, ["org", "rule"]).select("uscc", "county", *_FOUND)


def _ends(
    rows: pl.DataFrame, rules: Sequence[law.WarningRule], on: date, acted: pl.DataFrame
) -> pl.DataFrame:
    """Since when and until when each warning stands. A small frame by now: what was found, not what was looked at."""
    table = pl.DataFrame(
        {
            "rule": range(len(rules)),
            "kind": [one.kind for one in rules],
            "at_least": [one.at_least for one in rules],
            "from_months": [one.after_months if one.kind == "stale" else 0 for one in rules],
            "to_months": [_last_month(one) for one in rules],
            "days": [one.within_days for one in rules],
            "lasts": [one.lasts for one in rules],
        },
        schema_overrides={
            "rule": pl.Int16,
            "to_months": pl.Int32,
            "from_months": pl.Int32,
            "lasts": pl.Int32,
        },
    )
    stale, told = pl.col("kind") == "stale", pl.col("due") != facts_room.NEVER
    # Overdue is counted from the day after the due day; where none is told, from the decision
    overdue = stale & told
    start = pl.when(overdue).then(pl.col("due") + 1).otherwise("decided").cast(pl.Date)
    to = pl.when(overdue).then("lasts").otherwise("to_months")
    facts = rows.join(table, on="rule").with_columns(
        _shifted(start, pl.when(overdue).then(0).otherwise("from_months")).alias("from"),
        pl.when(pl.col("kind") == "ending").then(pl.col("until"))
        .otherwise(pl.min_horizontal("until", _shifted(start, to) - 1)).alias("last"),
    ).with_columns(
        pl.when(pl.col("kind") == "ending").then(pl.col("until") - pl.col("days").cast(pl.Int32))
        .otherwise(pl.col("from")).alias("from"),
    )  # fmt: skip
    nth = pl.col("at_least").first().cast(pl.Int64) - 1
    found = facts.group_by("org", "uscc", "county", "rule").agg(
        pl.col("from").sort().get(nth).alias("since"),
        pl.col("last").sort(descending=True).get(nth).alias("until"),
        pl.len().cast(pl.Int32).alias("facts"),
        pl.col("statement").sort_by("decided", "statement", descending=True).head(SHOWN).alias("statements"),
        pl.col("authority").filter(pl.col("authority") >= 0).unique().cast(pl.Int32).alias("own"),
    ).join(acted, on="org", how="left")  # fmt: skip
    none = pl.lit([], dtype=pl.List(pl.Int32))
    bodies = pl.col("own").list.set_union(pl.col("acted").fill_null(none)).list.sort()
    alive = found.with_columns(bodies.alias("bodies")).filter(pl.col("until") >= facts_room.day_number(on))
    return alive.select(pl.col(name).cast(kind) for name, kind in WARNED.items()).sort("uscc", "rule")


def _last_month(rule: law.WarningRule) -> int:
    """Months after the decision on whose day a fact of the rule no longer counts; 0 where its own end decides."""
    return {
        "count": rule.within_months, "newest": rule.lasts, "stale": rule.after_months + rule.lasts, "ending": 0,
    }[rule.kind]  # fmt: skip


def _shifted(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    """So many months later, as a day number; the last day of a shorter month where there is no such day."""
    return day.dt.offset_by(pl.format("{}mo", months)).cast(pl.Int32)


def _table(rows: Sequence[tuple[Any, ...]], *names: str) -> ibis.Table:
    schema: dict[str, Any] = {"what": pl.Int16, **dict.fromkeys(names, pl.Int16)}
    return ibis.memtable(pl.DataFrame(rows, schema=schema, orient="row"))


def _frame(table: ibis.Table, schema: dict[str, Any]) -> pl.DataFrame:
    found = table.to_polars()
    return found.select(pl.col(name).cast(kind) for name, kind in schema.items())
