"""Numbers about cases, by kind and body: for the public page and for reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from xinheng.cases.binding import as_date, query
from xinheng.law import service as law

OUTCOMES = ("upheld", "refused", "declined", "withdrawn", "repaired")
COLUMNS = {
    "kind": pl.String, "body": pl.String, "month": pl.String, "opened": pl.Int64,
    **dict.fromkeys(("closed", *OUTCOMES), pl.Int64), "mean_days": pl.Float64, "worst_days": pl.Int64,
    "late": pl.Int64, "in_time": pl.Int64, "open": pl.Int64, "overdue": pl.Int64,
}  # fmt: skip
_CASE = {
    "id": pl.Int64, "kind": pl.String, "body": pl.String, "outcome": pl.String, "state": pl.String,
    "opened_on": pl.Date, "closed_on": pl.Date, "overdue_on": pl.Date,
}  # fmt: skip
_MOVE = {
    "id": pl.Int64,
    "role": pl.String,
    "state_from": pl.String,
    "state_to": pl.String,
    "taken_on": pl.Date,
}
_LATE = {"id": pl.Int64, "late": pl.String}
OFFICE, SUBJECT = "office", "subject"


def figures(*, first: date, last: date, by_month: bool = False) -> pl.DataFrame:
    """One row for each kind and body ("": the platform's office) that had a case between two days, both included.

    Each party answers for its own part. opened: cases now with the body · closed and how they ended: the ones it ended
    (the office, where it set its own copy right) · mean_days, worst_days: calendar days from the case's arrival there to
    the end, null where none ended · late: ended ones in which it let a day pass, and open ones it is late with now · in_time: ended
    ones in which it did not · open: not ended on the last day · overdue: of those open now, the ones it is late with.
    With `by_month` a row for each month of opening or ending; open, overdue and open late ones are then left out.
    """
    frame, late = _read(first, last)
    keys = ["kind", "body", *(["month"] if by_month else [])]
    within = pl.col("closed_on").is_between(first, last)
    opened = _of_month(frame.filter(pl.col("opened_on").is_between(first, last)), "opened_on")
    closed = _of_month(
        frame.filter(within).with_columns(pl.col("ended_by").alias("body")), "closed_on"
    ).with_columns(
        _days(),
        pl.struct("id", "body")
        .is_in(late.select(pl.struct("id", "body")).to_series().implode())
        .alias("was_late"),
    )
    told = opened.group_by(keys).agg(pl.len().alias("opened"))
    parts = [
        closed.group_by(keys).agg(*_ended()),
        _of_month(late.filter(within), "closed_on").group_by(keys).agg(pl.len().alias("late")),
    ]
    if not by_month:
        now = pl.col("closed_on").is_null()
        parts.append(
            frame.filter(now | (pl.col("closed_on") > last)).group_by(keys).agg(pl.len().alias("open"))
        )
        overdue = late.filter(now & pl.col("overdue_on").is_not_null() & (pl.col("body") == pl.col("holder")))
        parts.append(overdue.group_by(keys).agg(pl.len().alias("overdue")))
    for part in parts:
        told = told.join(part, on=keys, how="full", coalesce=True)
    columns = [name for name in COLUMNS if name in told.columns]
    counted = [name for name in columns if name not in (*keys, "mean_days", "worst_days")]
    told = told.with_columns(pl.col(counted).fill_null(0))
    if not by_month:
        told = told.with_columns(pl.col("late") + pl.col("overdue"))
    return told.select(columns).cast({name: COLUMNS[name] for name in columns}).sort(keys)  # type: ignore[arg-type]


def _read(first: date, last: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases of a span with `ended_by` and the day they `arrived` there; and who was late in which of them."""
    where = "c.opened_on <= %s AND (c.closed_on IS NULL OR c.closed_on >= %s)"
    span = [last.isoformat(), first.isoformat()]
    cases = _frame(
        _CASE | {"holder": pl.String},
        "SELECT c.id, c.kind, c.body, c.outcome, c.state, c.opened_on, c.closed_on, c.overdue_on, c.holder"
        f" FROM cases_case c WHERE {where}", span, days=(5, 6, 7),
    )  # fmt: skip
    moves = _frame(
        _MOVE,
        "SELECT s.case_id, s.role, s.state_from, s.state_to, s.taken_on FROM cases_step s JOIN cases_case c"
        f" ON c.id = s.case_id WHERE s.how = 'done' AND s.state_from <> s.state_to AND {where}"
        " ORDER BY s.case_id, s.seq", span, days=(4,),
    )  # fmt: skip
    office_first = [
        kind.code
        for kind in law.case_kinds(pack=law.active(), on=last).values()
        if kind.states[kind.initial].desk == OFFICE
    ]
    ends = (
        moves.join(cases.filter(pl.col("closed_on").is_not_null()).select("id", "state"), on="id")
        .filter(pl.col("state_to") == pl.col("state"))
        .group_by("id")
        .agg(pl.col("role").last().alias("by"))
    )
    # A case the office looked at first reached its body on the day it was sent on
    sent = (
        moves.filter((pl.col("state_from") != "") & pl.col("role").is_in([OFFICE, "platform"]))
        .group_by("id")
        .agg(pl.col("taken_on").first().alias("sent_on"), pl.col("state_to").first().alias("sent_to"))
    )
    cases = cases.join(ends, on="id", how="left").join(sent, on="id", how="left").with_columns(
        pl.when((pl.col("by") == OFFICE) & (pl.col("outcome") != "withdrawn")).then(pl.lit(""))
        .otherwise("body").alias("ended_by"),
    ).with_columns(
        pl.when(pl.col("kind").is_in(office_first) & (pl.col("ended_by") != "") & (pl.col("sent_to") != pl.col("state")))
        .then(pl.coalesce("sent_on", "opened_on")).otherwise("opened_on").alias("arrived")
    )  # fmt: skip
    late = _frame(
        _LATE,
        f"SELECT DISTINCT o.case_id, o.late FROM cases_overdue o JOIN cases_case c ON c.id = o.case_id WHERE {where}",
        span,
    ).filter(pl.col("late") != SUBJECT)
    party = pl.when(pl.col("late") == OFFICE).then(pl.lit("")).otherwise("late").alias("body")
    turn = pl.when(pl.col("holder") == OFFICE).then(pl.lit("")).otherwise("holder").alias("holder")
    return cases, late.join(cases.drop("body"), on="id").with_columns(party, turn)


def _frame(schema: Any, sql: str, values: list[Any], *, days: tuple[int, ...] = ()) -> pl.DataFrame:
    rows = [
        tuple(as_date(cell) if at in days else cell for at, cell in enumerate(row))
        for row in query(sql, values)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _days() -> pl.Expr:
    return (pl.col("closed_on") - pl.col("arrived")).dt.total_days().alias("days")


def _of_month(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.with_columns(pl.col(column).dt.strftime("%Y-%m").alias("month"))


def _ended() -> list[pl.Expr]:
    return [
        pl.len().alias("closed"),
        *((pl.col("outcome") == outcome).sum().alias(outcome) for outcome in OUTCOMES),
        pl.col("days").mean().alias("mean_days"),
        pl.col("days").max().alias("worst_days"),
        (~pl.col("was_late")).sum().alias("in_time"),
    ]
