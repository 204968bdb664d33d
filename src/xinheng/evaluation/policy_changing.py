"""Which changes are tried, and which of those that help are the smallest. Pure: integers and days in, plans out.

A *plan* is a set of lawful acts and the day on which the last of them may be done: its effect is what the model says of
the facts of that day without the entries acted on. Acts on entries the model cannot tell apart are one group, of which
the earliest are done first.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Literal

MOST_PLANS = 3_000
MOST_DAYS = 240
YEARS_AHEAD = 10
ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Act:
    """One lawful act on one entry: from which day; `alike` is equal for entries the model cannot tell apart.

    `weighs` orders what is tried first where not everything can be: the micro-points its entry takes away.
    """

    statement: int
    kind: Literal["repair", "fulfil"]
    earliest: date
    alike: tuple[int, ...]
    weighs: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Acts to do together, and the day of their effect."""

    statements: frozenset[int]
    on: date


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan gives: the place of the grade (0 the best; −1: the model has none) and the score in micro-points."""

    plan: Plan
    grade: int
    score: int


@dataclass(frozen=True, slots=True)
class Plans:
    """What is tried. Every set of at most `whole` acts is among them (up to entries that are alike)."""

    plans: tuple[Plan, ...]
    whole: int


def plans(acts: Sequence[Act], on: date, *, most: int = MOST_PLANS) -> Plans:
    """Every set of acts, smallest first, as many whole sizes as `most` plans allow; beyond, those of the next size and on
    that take the heaviest entries first."""
    groups = _groups(acts)
    found: list[Plan] = []
    whole = 0
    for size in range(1, len(acts) + 1):
        of_size = _sets(groups, size, most - len(found))
        if of_size is None:
            break
        found += [_plan(chosen, on) for chosen in of_size]
        whole = size
    for size in range(whole + 1, len(acts) + 1):
        heaviest = sorted(acts, key=lambda one: (-one.weighs, one.earliest, one.statement))
        found.append(_plan(heaviest[:size], on))
    return Plans(tuple(dict.fromkeys(found)), whole)


def _groups(acts: Iterable[Act]) -> list[list[Act]]:
    by: dict[tuple[int, ...], list[Act]] = {}
    for act in sorted(acts, key=lambda one: (one.earliest, one.statement)):
        by.setdefault(act.alike, []).append(act)
    return sorted(by.values(), key=lambda group: (-group[0].weighs, group[0].earliest, group[0].statement))


def _sets(groups: Sequence[Sequence[Act]], size: int, room: int) -> list[list[Act]] | None:
    """All sets of a size, of each group its earliest; None where they are more than there is room for."""
    found = list(islice(_chosen(groups, size), room + 1))
    return None if len(found) > room else found


def _chosen(groups: Sequence[Sequence[Act]], size: int) -> Iterator[list[Act]]:
    if size == 0:
        yield []
        return
    if sum(len(group) for group in groups) < size:
        return
    for taken in range(min(len(groups[0]), size), -1, -1):
        for rest in _chosen(groups[1:], size - taken):
            yield [*groups[0][:taken], *rest]


def _plan(chosen: Sequence[Act], on: date) -> Plan:
    return Plan(frozenset(act.statement for act in chosen), max(on, *(act.earliest for act in chosen)))


def smallest(
    effects: Sequence[Effect], now: Effect, alone: Sequence[Effect], whole: int
) -> Iterator[tuple[Effect, bool]]:
    """For each better grade the smallest plans that reach it (at most three, the earliest first), and whether nothing
    smaller can: true where every smaller set was tried.

    A plan is left out where time alone (`alone`, plans without acts) does as much by its day.
    """
    for target in sorted({one.grade for one in effects if 0 <= one.grade < now.grade}, reverse=True):
        reach = [one for one in effects if 0 <= one.grade <= target and one.plan.statements]
        reach = [one for one in reach if not _by_time(one, alone)]
        if not reach:
            continue
        size = min(len(one.plan.statements) for one in reach)
        best = sorted(
            (one for one in reach if len(one.plan.statements) == size and one.grade == target),
            key=lambda one: (one.plan.on, -one.score, sorted(one.plan.statements)),
        )
        for one in best[:ALTERNATIVES]:
            yield one, size <= whole + 1


def _by_time(one: Effect, alone: Sequence[Effect]) -> bool:
    return any(other.plan.on <= one.plan.on and 0 <= other.grade <= one.grade for other in alone)


def turning(alone: Sequence[Effect], now: Effect) -> Iterator[Effect]:
    """The days ahead on which, with nobody doing anything, the grade becomes another than on the day before."""
    last = now
    for one in sorted(alone, key=lambda one: one.plan.on):
        if one.grade != last.grade:
            yield one
        last = one


def gains(effects: Sequence[Effect], alone: Sequence[Effect]) -> list[Effect]:
    """Single acts that raise the score over what time alone gives by their day, the largest gain first."""
    by_day = {one.plan.on: one.score for one in alone}
    single = [
        (one.score - by_day[one.plan.on], one)
        for one in effects
        if len(one.plan.statements) == 1 and one.plan.on in by_day and one.score > by_day[one.plan.on]
    ]
    return [one for _gain, one in sorted(single, key=lambda pair: (-pair[0], pair[1].plan.on))][:ALTERNATIVES]


def day_at(ym: int, day: int, months: int) -> date:
    """The first day on which a decision of that month and day is so many whole months old: the corresponding day, or
    the last of a shorter month."""
    year, month = divmod(ym + months, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def horizon(on: date) -> date:
    """How far ahead is looked."""
    return date(on.year + YEARS_AHEAD, on.month, min(on.day, 28))


def days(found: Iterable[date], on: date, *, besides: Iterable[date] = ()) -> tuple[date, ...]:
    """Days to ask about, each once, in order: those ahead within the horizon, the nearest `MOST_DAYS`, and all in
    `besides` that lie ahead."""
    last = horizon(on)
    nearest = sorted({day for day in found if on < day <= last})[:MOST_DAYS]
    return tuple(sorted({*nearest, *(day for day in besides if day > on)}))
