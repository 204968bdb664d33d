"""What was never sent: decisions left out of the numbering, and months in which a department sent nothing."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from .draw import salt
from .habits import DECISIONS
from .plan import Plan
from .streams import Stream

__all__ = ["UNREPORTED_COLUMNS", "quiet_months", "unreported"]

UNREPORTED_COLUMNS = ("source", "item", "year", "docno")
_MONTHS = 2
_DECLARED = 7
"""Of ten months without a decision, how many a department declares as such (零报告)."""


def unreported(plan: Plan) -> pl.DataFrame:
    """The decisions some departments never reported: the gaps in their document numbers, one line each."""
    rows = [
        (s.department.code, s.item, str(year), f"{s.department.short}{_word(s)}〔{year}〕{number}号")
        for s in plan.streams
        if s.skip
        for year, given in sorted(s.given.items())
        for number in range(s.skip + 1, given + (given - 1) // s.skip, s.skip + 1)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(UNREPORTED_COLUMNS, pl.String), orient="row")


def _word(stream: Stream) -> str:
    return "罚" if stream.item == "admin-penalty" else "许"


def quiet_months(plan: Plan, today: date, seed: int) -> list[dict[str, object]]:
    """Of the last whole months those in which a stream of the double publicity sent no file: source, item, period, and
    whether the department declared that it had nothing to report."""
    sent = {
        (b.department.code, b.item, f"{date(1970, 1, 1) + timedelta(days=b.sent):%Y-%m}")
        for b in plan.batches
    }
    quiet: list[dict[str, object]] = []
    for stream in plan.streams:
        if stream.item not in DECISIONS:
            continue
        for period in _months(today):
            source = stream.department.code
            if (source, stream.item, period) not in sent:
                declared = salt(seed, f"nil/{source}/{stream.item}/{period}") % 10 < _DECLARED
                quiet.append({"source": source, "item": stream.item, "period": period, "declared": declared})
    return sorted(quiet, key=lambda q: (str(q["period"]), str(q["source"]), str(q["item"])))


def _months(today: date) -> list[str]:
    months, day = [], today.replace(day=1)
    for _ in range(_MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
        months.append(f"{day:%Y-%m}")
    return months
