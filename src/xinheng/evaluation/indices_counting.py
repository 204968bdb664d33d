"""Counting the parts of an index as sets: one pass over the facts for each part, sums by county and section, then areas.

A part counts what a model would: facts that stand, once for each decision, not under objection, not past their end; of
organisations that are active. The public form counts through the gate instead, and knows items and classes alone.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

import ibis
import polars as pl
from django.db import connection

from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.publication import service as publication

AXES = ("place", "county", "sector")
MILLION = 1_000_000
SECTIONS = frozenset("ABCDEFGHIJKLMNOPQRST")
CELL = {"county": pl.String, "industry": pl.String, "n": pl.Int64, "own": pl.Int64}
MOST_BEHIND = 200
_NONE = pl.DataFrame(schema={"uscc": pl.String, "n": pl.Int64, "part": pl.String})


@dataclass(frozen=True)
class Cell:
    """One value of one area: `n` out of `base`; `micro` in millionths of the unit, -1 where there is none."""

    axis: str
    area: str
    part: str
    n: int
    base: int
    micro: int


@dataclass(frozen=True)
class Tables:
    """The facts and organisations of a snapshot, as one engine reads them."""

    facts: Any
    orgs: Any
    whats: Sequence[Any]


def tables(snapshot: facts.Facts) -> Tables:
    """A snapshot on an engine of this process."""
    con = ibis.duckdb.connect()
    return Tables(facts.relation(con, snapshot), facts.orgs_relation(con, snapshot), snapshot.whats)


def counted(
    *, plan: law.IndexPlan, of: Tables, on: date, counties: Iterable[str], public: Any = None
) -> list[Cell]:
    """Every value on a day: of the whole place, of each county and of each section of industries.

    With `public` (the rows of the gate by organisation, from `through_gate`) only the public parts are counted, from
    these, and there is no index: a composed number is for the office alone.
    """
    parts = [part for part in plan.parts if part.public or public is None]
    orgs = of.orgs.filter(of.orgs.active)
    sizes = _cells(orgs.group_by("county", "industry").agg(n=orgs.count()).to_polars())
    found = _own(of, orgs, parts, on) if public is None else _gated(orgs, parts, public)
    places = {"county": frozenset(counties), "sector": SECTIONS}
    cells: list[Cell] = []
    for axis in AXES:
        whole = _by_area(sizes, axis, places)
        sums = {code: _by_area(frame, axis, places) for code, frame in found.items()}
        for area, (organisations, _) in sorted(whole.items()):
            if organisations >= plan.at_least:
                told = {code: sums[code].get(area, (0, 0)) for code in found}
                cells += _area(plan, parts, axis, area, organisations, told, composed=public is None)
    return cells


def behind(
    *, part: law.IndexPart, of: Tables, on: date, axis: str, area: str, after: int, limit: int
) -> list[tuple[int, str]]:
    """(statement, code of the organisation) of the facts a value counts, in order of statement after a key.

    Of a share: its numerator's. Of what was repaired: those open to repair that are not; a repaired entry is nobody's
    to look at any more.
    """
    orgs = of.orgs.filter(of.orgs.active)
    if axis != "place":
        orgs = orgs.filter(orgs["county" if axis == "county" else "industry"] == area)
    rows = of.facts.filter(of.facts.statement > after)
    repaired = part.measure == "repaired"
    wanted = (
        _denominator(rows, of, part, on) & _open(rows, on) if repaired else _numerator(rows, of, part, on)
    )
    rows = rows.filter(wanted).join(orgs.select("org", "uscc"), "org")
    found = rows.select("statement", "uscc").order_by("statement").limit(min(limit, MOST_BEHIND))
    return list(found.to_polars().iter_rows())


def through_gate(*, plan: law.IndexPlan, on: date, known_at: int | None) -> dict[str, pl.DataFrame]:
    """For each public part how many public entries every organisation has (`uscc`, `n`), as known at a position."""
    gate, params = publication.visible_sql(audience="public", on=on, known_at=known_at)
    return {part.code: _public(part, gate, params, on) for part in plan.parts if part.public}


def _public(part: law.IndexPart, gate: str, params: list[Any], on: date) -> pl.DataFrame:
    pairs = _pairs(part)
    if not pairs:
        return _NONE.drop("part")
    which = " OR ".join(["(v.item = %s AND COALESCE(v.severity, '') = %s)"] * len(pairs))
    window, since = "", []
    if part.within_months:
        window, since = " AND v.decided_on >= %s", [facts.first_day_within(on, part.within_months)]
    sql = f"SELECT v.uscc, COUNT(*) FROM ({gate}) v WHERE ({which}){window} GROUP BY v.uscc"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *(word for pair in pairs for word in pair), *since])
        return pl.DataFrame(cursor.fetchall(), schema={"uscc": pl.String, "n": pl.Int64}, orient="row")


def _pairs(part: law.IndexPart) -> list[tuple[str, str]]:
    """Item and class of what a public part counts: the law is asked once for each, never for an entry."""
    pack = law.active()
    return [
        (code, severity)
        for code in part.filter.items
        if code in pack.items
        for severity in ("", "open", "minor", "ordinary", "serious", "undetermined")
        if law.matches(part.filter, law.what_of(pack=pack, item=pack.items[code], severity=severity))
    ]


def _gated(
    orgs: Any, parts: Sequence[law.IndexPart], public: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The public parts by county and section: entries of organisations the facts know, or these organisations."""
    wide = pl.concat(
        [public[part.code].with_columns(pl.lit(part.code).alias("part")) for part in parts] or [_NONE]
    )
    found = orgs.select("uscc", "county", "industry").join(ibis.memtable(wide), "uscc")
    summed = found.group_by("county", "industry", "part").agg(
        entries=found.n.sum(), organisations=found.count()
    )
    told = summed.to_polars()
    return {
        part.code: _cells(
            told.filter(pl.col("part") == part.code).with_columns(pl.col(part.measure).alias("n"))
        )
        for part in parts
    }


def _own(of: Tables, orgs: Any, parts: Sequence[law.IndexPart], on: date) -> dict[str, pl.DataFrame]:
    """Every part by county and section in one pass: what it counts, and for a share its own base."""
    rows = of.facts.filter(facts.decided(of.facts, on))
    rows = rows.filter(_any(_of(rows, part.filter, of.whats) for part in parts))
    rows = rows.join(orgs.select("org", "county", "industry"), "org")
    sums: dict[str, Any] = {}
    for place, part in enumerate(parts):
        counted = _numerator(rows, of, part, on)
        distinct = part.measure == "organisations"
        sums[f"n{place}"] = rows.org.nunique(where=counted) if distinct else rows.count(where=counted)
        if not part.of_organisations:
            sums[f"own{place}"] = rows.count(where=_denominator(rows, of, part, on))
    told = rows.group_by("county", "industry").agg(**sums).to_polars()
    return {
        part.code: _cells(
            told.with_columns(
                pl.col(f"n{place}").alias("n"),
                (pl.lit(0) if part.of_organisations else pl.col(f"own{place}")).alias("own"),
            )
        )
        for place, part in enumerate(parts)
    }


def _numerator(rows: Any, of: Tables, part: law.IndexPart, on: date) -> Any:
    """Which of the rows a part counts."""
    recent = _recent(rows, part, on)
    if part.measure == "repaired":
        return recent & (rows.state == facts.REPAIRED) & _of(rows, part.filter, of.whats)
    return recent & facts.counts(rows, on) & _of(rows, part.numerator or part.filter, of.whats)


def _denominator(rows: Any, of: Tables, part: law.IndexPart, on: date) -> Any:
    """Out of which of the rows a share is taken."""
    wanted = _recent(rows, part, on) & _of(rows, part.filter, of.whats)
    if part.measure == "repaired":
        return wanted & ((rows.state == facts.REPAIRED) | _open(rows, on))
    return wanted & facts.counts(rows, on)


def _recent(rows: Any, part: law.IndexPart, on: date) -> Any:
    """Decided by the day, in the window of the part."""
    decided = facts.decided(rows, on)
    if not part.within_months:
        return decided
    return decided & (rows.decided >= facts.day_number(facts.first_day_within(on, part.within_months)))


def _open(rows: Any, on: date) -> Any:
    """Open to repair on the day, and not repaired."""
    return facts.counts(rows, on) & (rows.repair_from <= facts.day_number(on))


def _of(rows: Any, wanted: Any, whats: Sequence[Any]) -> Any:
    ids = [what.id for what in whats if law.matches(wanted, what)]
    return rows.what.isin(ids) if ids else ibis.literal(False)


def _any(conditions: Iterable[Any]) -> Any:
    return reduce(operator.or_, conditions, ibis.literal(False))


def _cells(frame: pl.DataFrame) -> pl.DataFrame:
    own = pl.col("own") if "own" in frame.columns else pl.lit(0, pl.Int64).alias("own")
    return frame.with_columns(own).select(*CELL).cast(CELL)  # type: ignore[arg-type]


def _by_area(frame: pl.DataFrame, axis: str, places: dict[str, frozenset[str]]) -> dict[str, tuple[int, int]]:
    """Sums by area; what lies in no area of the axis is in the whole place alone."""
    if axis == "place":
        return {"": (int(frame["n"].sum()), int(frame["own"].sum()))}
    column = "county" if axis == "county" else "industry"
    summed = frame.group_by(column).agg(pl.col("n").sum(), pl.col("own").sum())
    return {area: (int(n), int(own)) for area, n, own in summed.iter_rows() if area in places[axis]}


def _area(
    plan: law.IndexPlan,
    parts: Sequence[law.IndexPart],
    axis: str,
    area: str,
    organisations: int,
    told: dict[str, tuple[int, int]],
    *,
    composed: bool,
) -> Iterator[Cell]:
    points: dict[str, int] = {}
    for part in parts:
        n, own = told[part.code]
        base = organisations if part.of_organisations else own
        micro = n * part.per * MILLION // base if base >= plan.at_least else law.NO_INDEX_VALUE
        points[part.code] = part.points(micro)
        yield Cell(axis, area, part.code, n, base, micro)
    if composed:
        yield Cell(axis, area, "", organisations, organisations, plan.index(points))


__all__ = ["AXES", "Cell", "Tables", "behind", "counted", "tables", "through_gate"]
