"""What a report is computed on: the facts of one snapshot and a model's subjects among its organisations, today or then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import ibis
import polars as pl

from xinheng.evaluation import fairness_spread, fairness_time
from xinheng.evaluation.adoption_errors import TooLargeForAPage
from xinheng.evaluation.engines import evaluate_variants
from xinheng.evaluation.subjects import subjects
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts_room
from xinheng.law import service as law

HALF = 2
SUBJECTS, GIVEN = "report_subjects", "report_subjects_given"


@dataclass(frozen=True)
class Held:
    """Facts (an Ibis table of `con`, never copied whole) and the subjects of one model. `basis` says how a past day was
    reached; `statements` counts all facts."""

    con: Any
    facts: Any
    orgs: pl.DataFrame
    whats: Sequence[law.What]
    position: int
    statements: int
    basis: str = fairness_time.AS_KNOWN

    def evaluate(self, *models: law.EvaluationModel, on: date) -> tuple[pl.DataFrame, ...]:
        """The scores of the subjects under each of these models, by the engine."""
        raw = self.con.con
        raw.register(GIVEN, self.orgs.to_arrow())
        raw.execute(f"CREATE OR REPLACE TEMP TABLE {SUBJECTS} AS SELECT * FROM {GIVEN}")
        raw.unregister(GIVEN)
        return evaluate_variants(
            models=models, facts=self.facts, orgs=self.con.table(SUBJECTS), whats=self.whats, on=on,
            connection=self.con,
        )  # fmt: skip

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame by `org` with the code beside it; organisations that are no subjects fall out."""
        return frame.join(self.orgs.select("org", "uscc"), on="org")

    def grouped(self, scored: pl.DataFrame, on: date) -> pl.DataFrame:
        """Scores with the groups their organisations are in."""
        counts = self.facts.group_by("org").agg(held=self.facts.count()).to_polars()
        orgs = self.orgs.join(counts, on="org", how="left").with_columns(
            pl.col("held").fill_null(0).cast(pl.Int64)
        )
        return fairness_spread.grouped(orgs, on=on).join(scored, on="org")

    def of(self, orgs: Sequence[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The facts of a few organisations, and those organisations."""
        wanted = list(orgs)
        return (
            self.facts.filter(self.facts.org.isin(wanted)).to_polars(),
            self.orgs.filter(pl.col("org").is_in(wanted)),
        )

    def serious_after(self, day: date, until: date) -> pl.DataFrame:
        """The subjects with a serious decision after a day and no later than another, by code."""
        serious = [one.id for one in self.whats if one.side == "adverse" and one.severity == "serious"]
        wanted = self.facts.filter(self.facts.what.isin(serious)) if serious else self.facts.limit(0)
        found = fairness_time.events(
            wanted.select("org", "what", "decided", "primary", "state").to_polars(), serious,
            after=facts_room.day_number(day), until=facts_room.day_number(until),
        )  # fmt: skip
        return self.named(found)

    def known_by(self, day: date, position: int) -> tuple[int, int]:
        """How many facts had been decided by a day, and how many of them the platform knew at a ledger position."""
        decided = self.facts.decided <= facts_room.day_number(day)
        told = self.facts.aggregate(
            decided=decided.sum(), known=(decided & (self.facts.known <= position)).sum()
        ).to_polars()
        return int(told["decided"][0] or 0), int(told["known"][0] or 0)


@contextmanager
def opened(model: law.EvaluationModel, *, on: date, at: datetime, most: int = 0) -> Iterator[Held]:
    """The facts as they are now; brings them up to the ledger first. Raises `TooLargeForAPage` for more than `most` (0: any
    number)."""
    snapshot = facts_room.open_facts(at=at)
    if most and snapshot.statements > most:
        raise TooLargeForAPage(
            f"有 {snapshot.statements:,} 条信息，超过页面上能算的 {most:,} 条。"
            f"请在服务器上运行 xinheng evaluate report {model.code}。"
        )
    with _held(snapshot, model, on) as held:
        yield held


@contextmanager
def opened_then(model: law.EvaluationModel, held: Held, *, day: date) -> Iterator[Held]:
    """The facts as the platform knew them on an earlier day; where it knew less than half of what had been decided by then
    (it began later), today's facts instead: the engine leaves out what was decided after the day."""
    position = evidence.position_on(day)
    decided, known = held.known_by(day, position)
    if decided == 0 or known * HALF < decided:
        founded = pl.col("established_ym") <= facts_room.month_number(day)
        yield replace(held, orgs=held.orgs.filter(founded), basis=fairness_time.BY_DECISION)
        return
    with facts_room.as_known(position=position) as snapshot, _held(snapshot, model, day) as then:
        yield then


@contextmanager
def _held(snapshot: facts_room.Facts, model: law.EvaluationModel, on: date) -> Iterator[Held]:
    con = ibis.duckdb.connect()
    try:
        facts, orgs = facts_room.relation(con, snapshot), facts_room.orgs_relation(con, snapshot)
        who = subjects(orgs, facts, model, snapshot.whats, on).to_polars().sort("org")
        yield Held(con, facts, who, snapshot.whats, snapshot.position, snapshot.statements)
    finally:
        con.disconnect()
