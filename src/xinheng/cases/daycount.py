"""Working days left, for pages: the calendar as far as it is known, Monday to Friday after it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from xinheng.law import service as law

SOON = 3


def left(due_on: date | None, on: date | None, pack: law.Pack | None = None) -> int | None:
    """Working days from `on` to a due day: 0 on the day itself, negative once it has passed."""
    if due_on is None or on is None:
        return None
    return _left(pack or law.active(), due_on, on)


def soon(on: date) -> date:
    """The last of the next three working days."""
    return _soon(law.active(), on)


@lru_cache(maxsize=8_192)
def _left(pack: law.Pack, due_on: date, on: date) -> int:
    return law.working_days_between(pack=pack, start=on, day=due_on)


@lru_cache(maxsize=64)
def _soon(pack: law.Pack, on: date) -> date:
    day = on
    while _left(pack, day, on) < SOON:
        day += timedelta(days=1)
    return day
