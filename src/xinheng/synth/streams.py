"""Streams: one department and one item, with the files it sends over three years."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from .habits import DECISIONS, habit_of
from .place import Department

__all__ = ["HISTORY", "MOST_ROWS", "Again", "Stream", "decision_streams", "item_streams", "sendings"]

HISTORY = 1095
MOST_ROWS = 20_000
_MOST_FILES, _LEAST_ROWS = 36, 60
_ROWS_OF_AN_OWNER = 150


@dataclass(slots=True)
class Again:
    """New records of one file, remembered for what comes back from them."""

    start: int
    stop: int
    sent: int
    numbers_from: int


@dataclass(slots=True)
class Stream:
    """What a department sends of an item. ``skip``: after so many numbers one decision is left unreported."""

    department: Department
    item: str
    rows: int
    number: int = 0
    skip: int = 0
    sloppy: bool = False
    yearly: bool = False
    earlier: list[Again] = field(default_factory=list)
    given: dict[int, int] = field(default_factory=dict)  # document numbers given, by year


def shares(total: int, weights: list[float]) -> list[int]:
    """``total`` split in proportion to ``weights``, exactly (largest remainders)."""
    whole = sum(weights) or 1.0
    exact = [total * w / whole for w in weights]
    parts = [int(x) for x in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in by_rest[: total - sum(parts)]:
        parts[i] += 1
    return parts


def decision_streams(departments: list[Department], records: int, seed: int, clean: bool) -> list[Stream]:
    """Licences and penalties: every department that decides."""
    penalties = int(records * DECISIONS["admin-penalty"])
    streams: list[Stream] = []
    for item, total in (("admin-penalty", penalties), ("admin-licence", records - penalties)):
        able = [d for d in departments if d.weight(item) > 0]
        parts = shares(total, [d.weight(item) for d in able])
        # A department with next to nothing to report leaves its few rows to the largest.
        spare = sum(p for p in parts if p < 5)
        parts = [p if p >= 5 else 0 for p in parts]
        parts[parts.index(max(parts))] += spare
        streams += [_stream(d, item, p, seed, clean) for d, p in zip(able, parts, strict=True) if p]
    return streams


def item_streams(
    departments: list[Department], item: str, owners: tuple[str, ...], rows: int, seed: int, clean: bool
) -> list[Stream]:
    """Another item: the place's own departments of the sectors that own it, fewer where there is little to send.

    Where no department is of such a sector the data bureau sends what it gathered.
    """
    owners = habit_of(item).owners or owners
    able = [d for sector in owners for d in departments if d.district < 0 and d.kind.sector == sector]
    able = able[: max(1, rows // _ROWS_OF_AN_OWNER)] or departments[:1]
    parts = shares(rows, [2.0] + [1.0] * (len(able) - 1))
    return [_stream(d, item, p, seed, clean) for d, p in zip(able, parts, strict=True) if p]


def _stream(department: Department, item: str, rows: int, seed: int, clean: bool) -> Stream:
    skip = 0 if clean else department.skips(seed, item)
    sloppy = not clean and department.sloppy(seed)
    return Stream(department, item, rows, skip=skip, sloppy=sloppy, yearly=habit_of(item).yearly)


def sendings(stream: Stream, records: int, today: date, seed: int) -> list[tuple[date, int]]:
    """The days on which a stream sends and how many rows each time."""
    rng = Random(f"{seed}/stream/{stream.department.code}/{stream.item}")
    if stream.yearly:
        days = [d for d in (_spring(today.year - back) for back in (2, 1, 0)) if d < today]
        days = days if stream.rows >= 30 else days[-1:]
        return list(zip(days, shares(stream.rows, [1.0] * len(days)), strict=True))
    per_file = min(max(records // 150, _LEAST_ROWS), MOST_ROWS)
    files = 1 if stream.rows < 30 else max(3, min(_MOST_FILES, round(stream.rows / per_file)))
    files = max(files, -(-stream.rows // MOST_ROWS))
    sizes = shares(stream.rows, [rng.uniform(0.8, 1.25) for _ in range(files)])
    return list(zip(_days(rng, files, today), sizes, strict=True))


def _spring(year: int) -> date:
    """The day yearly results are sent: the end of April, a working day."""
    day = date(year, 4, 27)
    return day - timedelta(days=max(0, day.weekday() - 4))


def _days(rng: Random, files: int, today: date) -> list[date]:
    """Working days on which a stream sends: from early in the history to this week, about evenly.

    Never in the first days of a year: what is sent then was decided in the year before, and numbers run by year.
    """
    start = rng.uniform(0.02, 0.6) * HISTORY / max(2, files)
    gap = (HISTORY - start) / max(1, files - 1)
    days: list[date] = []
    for i in range(files):
        play = rng.randrange(0, max(1, min(15, int(gap / 3)))) if 0 < i < files - 1 else rng.randrange(0, 5)
        ago = HISTORY - start - i * gap if files > 1 else rng.uniform(0, HISTORY)
        day = today - timedelta(days=int(ago) + play)
        if day.weekday() >= 5:
            day -= timedelta(days=day.weekday() - 4)
        while day.month == 1 and day.day <= 10:
            day -= timedelta(days=1)
        day = max(day, days[-1] + timedelta(days=1)) if days else day
        while day.month == 1 and day.day <= 10 and day < today:
            day += timedelta(days=1)
        days.append(day)
    return days
