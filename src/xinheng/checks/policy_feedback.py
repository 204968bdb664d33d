"""Until when a hint of kind 应当 is to be answered, and how old an unanswered one is. Facts in, days out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from xinheng.kernel import supposing
from xinheng.kernel.periods import Period
from xinheng.law import service as law

SETTING = "feedback-due"
DEFAULT = 10
SOON, LONG = 2, 20
FRESH, NEAR, LATE, STALE = "in-time", "soon", "late", "long"
BUCKETS = (FRESH, NEAR, LATE, STALE)
APPLIED, NOT_APPLIED = "applied", "not-applied"
SHORTEST = 4


@dataclass(frozen=True)
class Age:
    """How an unanswered hint stands: working days since it was given, working days left (negative: past), bucket."""

    days: int
    left: int
    bucket: str


def working_days_allowed(*, pack: law.Pack) -> int:
    """How many working days a department has; our choice, each place may set its own."""
    told = pack.setting(SETTING, str(DEFAULT))
    return int(told) if told.isdigit() and int(told) > 0 else DEFAULT


@lru_cache(maxsize=512)
def due_on(*, pack: law.Pack, asked_on: date) -> date:
    """The last day to answer a hint given on `asked_on`; past the announced holidays as supposed. Never raises: before
    the calendar begins, calendar days are counted."""
    days = working_days_allowed(pack=pack)
    period = Period(days, "working_days", "next_day", "next_working_day")
    found = supposing.due_shown_table(period, [asked_on], pack.calendar)
    return found[asked_on][0] if asked_on in found else asked_on + timedelta(days=days)


def age(*, pack: law.Pack, asked_on: date, due: date, on: date) -> Age:
    """How an unanswered hint stands on a day."""
    left = law.working_days_between(pack=pack, start=on, day=due)
    if due < on:
        # Over a weekend no working day has passed, the day has
        left = min(left, -1)
    return Age(law.working_days_between(pack=pack, start=asked_on, day=on), left, bucket_of(left))


def bucket_of(left: int) -> str:
    """Which heap an unanswered hint lies on, by the working days it has left."""
    if left > SOON:
        return FRESH
    if left >= 0:
        return NEAR
    return LATE if left >= -LONG else STALE


def bounds(*, pack: law.Pack, on: date) -> Mapping[str, tuple[date, date]]:
    """For each heap the first and last due day that lies on it, so that a database can count what `bucket_of` says."""
    near = _edge(pack, on, SOON)
    stale = _edge(pack, on, -LONG)
    day = timedelta(days=1)
    return MappingProxyType(
        {
            FRESH: (near + day, date.max),
            NEAR: (on, near),
            LATE: (stale, on - day),
            STALE: (date.min, stale - day),
        }
    )


def _edge(pack: law.Pack, on: date, left: int) -> date:
    """The outermost day with `left` working days: the last one ahead, the first one back."""
    step = timedelta(days=1 if left > 0 else -1)
    day = on
    while abs(law.working_days_between(pack=pack, start=on, day=day + step)) <= abs(left):
        day += step
    return day


def problem(*, applied: bool, reason: str, document: str) -> str:
    """What an answer lacks, as a Chinese sentence; "" where it may be kept."""
    if applied and not (document or reason):
        return "已采取措施的，请填写本单位的文书号，或者写明采取了什么措施。"
    if not applied and len(reason) < SHORTEST:
        return f"没有采取措施的，请写明原因（不少于 {SHORTEST} 个字）。"
    return ""
