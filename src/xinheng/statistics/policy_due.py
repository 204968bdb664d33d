"""When numbers are taken anew: at once on a new day; after a move of the ledger, when they have rested enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

REST = timedelta(seconds=60)
REST_PER_WORK = 30  # counting may take at most about a thirtieth of the machine's time


@dataclass(frozen=True)
class Taken:
    """The last count: of which day, at which position, when, and how many milliseconds of work."""

    day: date
    position: int
    at: datetime
    took: int


def is_due(*, taken: Taken | None, on: date, position: int, at: datetime, hurry: bool) -> bool:
    """Whether to count now. Nothing new is never counted again, however much the caller hurries."""
    if taken is None or taken.day != on:
        return True
    if taken.position == position:
        return False
    # A sandbox may set its clock back: then the last count lies in the future and says nothing about rest
    rest = max(REST, timedelta(milliseconds=taken.took * REST_PER_WORK))
    return hurry or not timedelta(0) <= at - taken.at < rest
