"""Decisions to be checked, counted once a night where counting them takes longer than a reader waits.

A derived file in the home: deleted, it is made again. A small home counts on the spot and needs none.
"""

from __future__ import annotations

import json
import os
from datetime import date, timedelta

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.home import home

LIVE = 400_000
SCHEMA = {
    "month": pl.String, "item": pl.String, "body": pl.String, "decisions": pl.Int64, "checked": pl.Int64,
}  # fmt: skip


def needed() -> bool:
    """Whether this home is too large to be counted while somebody waits (by the entries its ledger ever held)."""
    return evidence.size() > LIVE


def write(frame: pl.DataFrame, *, first: date, until: date) -> None:
    """Keeps the counts of months from `first` on, up to a day, in place of what was kept."""
    path = home().root / "figures" / "check-decisions.json"
    path.parent.mkdir(exist_ok=True)
    told = {"first": first.isoformat(), "until": until.isoformat(), "rows": frame.select(list(SCHEMA)).rows()}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(told), encoding="utf-8")
    os.replace(new, path)


def read() -> tuple[pl.DataFrame, date, date] | None:
    """What was kept last, the first day and the last day it counts; None where nothing readable is kept."""
    path = home().root / "figures" / "check-decisions.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        frame = pl.DataFrame(told["rows"], schema=SCHEMA, orient="row")
        return frame, date.fromisoformat(told["first"]), date.fromisoformat(told["until"])
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
        return None


def year_before(day: date) -> date:
    """The first day of the month twelve months back."""
    return (day.replace(day=1) - timedelta(days=364)).replace(day=1)
