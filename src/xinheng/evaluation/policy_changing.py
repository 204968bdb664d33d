"""Which changes are tried, and which of those that help are the smallest. Pure: integers and days in, plans out.

A *plan* is a set of lawful acts and a day by which all of them can have their effect: what the model says of the facts of
that day without the entries acted on. Acts and waiting go together: a set is asked about on its first day and on every
later day on which anything turns by itself.

One entry less never lowers a grade (the checker of models refuses any other model). So a day on which even all acts
together reach nothing new needs no smaller set, and what cannot be left out of many cannot be left out of fewer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from xinheng.kernel.periods import add_months

MOST_PLANS = 4_000
MOST_SETS = 4_000
"""Sets of two acts and more that are tried one by one, over all days: about 0.1 ms each, as the facts of one organisation
go, and a reader waits a second. Single acts are all tried, however many."""
MOST_DAYS = 240
YEARS_AHEAD = 10
ALTERNATIVES = 3
T = TypeVar("T")
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Act:
    """One lawful act on one entry, and the first day its effect can be there; `alike` is equal for entries the model
    cannot tell apart. `condition`: no day is lawful for it, somebody else's finding has to come first."""

    statement: int
    kind: Literal["repair", "fulfil"]
    ready: date
    alike: tuple[int, ...]
    condition: bool = False


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
class Found:
    """A plan that helps, none of whose acts is superfluous on its day. `proven`: no smaller set of acts reaches its grade
    by that day, for all of them were tried."""

    effect: Effect
    proven: bool
    condition: bool = False


Ask = Callable[[Sequence[Plan]], Sequence[Effect]]
"""Asks the engine about many plans at once; effects in their order."""
Weigh = Callable[[Act, date], int]


class Asked:
    """An `Ask` that asks about no plan twice."""

    def __init__(self, ask: Ask) -> None:
        self._ask, self._known = ask, dict[Plan, Effect]()

    def __call__(self, plans: Sequence[Plan]) -> list[Effect]:
        new = list(dict.fromkeys(plan for plan in plans if plan not in self._known))
        if new:
            self._known.update(zip(new, self._ask(new), strict=True))
        return [self._known[plan] for plan in plans]


def smallest(
    acts: Sequence[Act], alone: Sequence[Effect], ask: Ask, weigh: Weigh, *, most: int = MOST_PLANS
) -> list[Found]:
    """For each grade better than time alone gives, the plans that are smallest in (acts, day): fewer acts by a later day,
    or more by an earlier one; the best grades last, at most `MOST_TOLD` of each without conditions and with them.

    `alone` is what time does by itself, one effect for each day that matters, in order, today's first; the day every act
    is ready must be among them. With acts that are conditions, plans without any are looked for as well. `most` plans
    are asked about at once. Every act alone is tried on every day; larger sets while they are at most `MOST_SETS`. Beyond,
    all acts together are reduced until none is superfluous: on the first day they reach a grade, and on some later ones.
    """
    if not alone or alone[0].grade < 0:
        return []
    certain = [act for act in acts if not act.condition]
    found = _Search(certain, alone, ask, weigh, most).found()
    if len(certain) < len(acts):
        found += _Search(acts, alone, ask, weigh, most).found()
    return list(_front(found, alone))


class _Search:
    """The search over one list of acts. `reached[i]` is the best grade known by the i-th day with what was tried."""

    def __init__(
        self, acts: Sequence[Act], alone: Sequence[Effect], ask: Ask, weigh: Weigh, most: int
    ) -> None:
        self.acts = sorted(acts, key=lambda act: (act.ready, act.statement))
        self.days = [one.plan.on for one in alone]
        self.place = {day: at for at, day in enumerate(self.days)}
        self.ask, self.weigh, self.most = ask, weigh, most
        self.told: list[Found] = []
        self.whole = 0
        self.conditions = {act.statement for act in acts if act.condition}
        self.reached = [one.grade for one in alone]
        self._reach([])
        together = self._batches([_plan(self._ready(day), day) for day in self.days])
        self.best = [one.grade for one in together]

    def found(self) -> list[Found]:
        """All plans that help: every small set, then larger ones without anything superfluous."""
        self._small()
        self._large()
        return self.told

    def _ready(self, day: date) -> list[Act]:
        return self.acts[: bisect_right(self.acts, day, key=lambda act: act.ready)]

    def _open(self) -> list[int]:
        """Places of the days on which more acts reach more."""
        return [at for at in range(len(self.days)) if self.best[at] < self.reached[at]]

    def _reach(self, effects: Iterable[Effect]) -> None:
        by_day: dict[date, int] = {}
        for one in effects:
            by_day[one.plan.on] = min(by_day.get(one.plan.on, one.grade), one.grade)
        least = self.reached[0]
        for at, day in enumerate(self.days):
            least = self.reached[at] = min(least, self.reached[at], by_day.get(day, least))

    def _keep(self, effects: Iterable[Effect], proven: bool) -> None:
        self.told += [Found(one, proven, bool(one.plan.statements & self.conditions)) for one in effects]

    def _small(self) -> None:
        """Every set of one act on every day that is open, however many; then of two and on, while they can be borne."""
        needed: dict[int, frozenset[int]] = {}
        left = MOST_SETS
        while self.whole < len(self.acts) and (free := self._free(needed)):
            plans: list[Plan] = []
            size = self.whole
            while size < len(self.acts):
                more = _number(free, size + 1)
                if size and (not self.whole or len(plans) + more > (self.most if plans else left)):
                    break
                size += 1
                plans += self._sets(free, size)
            if size == self.whole:
                return
            effects = self._batches(plans)
            better = [one for one in effects if one.grade < self.reached[self.place[one.plan.on]]]
            self._keep(better, proven=True)
            self._reach(effects)
            if not self.whole:
                needed = self._needed()
            self.whole, left = size, left - len(plans)

    def _batches(self, plans: Sequence[Plan]) -> list[Effect]:
        """Asked in batches of at most `most`."""
        starts = range(0, len(plans), self.most)
        return [one for at in starts for one in self.ask(plans[at : at + self.most])]

    def _needed(self) -> dict[int, frozenset[int]]:
        """For each open day the acts without which all the others together reach nothing new."""
        places = self._open()
        plans = [
            Plan(every - {one}, self.days[at])
            for at, every in ((at, _statements(self._ready(self.days[at]))) for at in places)
            for one in sorted(every)
        ]
        if len(plans) > MOST_SETS:
            return {}
        found: dict[int, set[int]] = {at: set() for at in places}
        for one in self._batches(plans):
            at = self.place[one.plan.on]
            if one.grade >= self.reached[at]:
                every = _statements(self._ready(one.plan.on))
                found[at] |= every - one.plan.statements
        return {at: frozenset(of) for at, of in found.items()}

    def _free(self, needed: dict[int, frozenset[int]]) -> list[tuple[date, frozenset[int], list[list[int]]]]:
        """The days that are open, with what every set needs then and the groups the rest is chosen from."""
        found = []
        for at in self._open():
            must = needed.get(at, frozenset())
            rest = [act for act in self._ready(self.days[at]) if act.statement not in must]
            found.append((self.days[at], must, _groups(rest)))
        return found

    def _sets(
        self, free: Iterable[tuple[date, frozenset[int], list[list[int]]]], size: int
    ) -> Iterator[Plan]:
        """All sets of a size on those days, up to entries that are alike."""
        for day, must, groups in free:
            if len(must) <= size:
                yield from (Plan(must.union(chosen), day) for chosen in _chosen(groups, size - len(must)))

    def _large(self) -> None:
        """What only larger sets reach: all acts, less what is superfluous, the lightest on the day taken out first. What
        is left is tried on every earlier day it is ready on, and reduced again where it reaches as much earlier."""
        jobs = self._jobs()
        while jobs:
            self._reduce(jobs)
            effects = self._batches([_plan(job.kept, job.on) for job in jobs])
            for one in effects:
                self._keep([one], proven=len(one.plan.statements) <= self.whole + 1)
            jobs = self._earlier(jobs)

    def _reduce(self, jobs: Sequence[_Job]) -> None:
        while busy := [job for job in jobs if job.open]:
            plans = [plan for job in busy for plan in (*job.chain(), *job.singly())]
            told = iter(self._batches(plans))
            for job in busy:
                job.take([next(told).grade for _ in range(len(job.open) * 2)])

    def _earlier(self, jobs: Sequence[_Job]) -> list[_Job]:
        """The same acts on the first day on which they reach the same grade, where that is before the day of the job."""
        tries: list[tuple[int, Plan]] = []
        opened = [self.days[at] for at in self._open()]
        for place, job in enumerate(jobs):
            ready = max((act.ready for act in job.kept), default=job.on)
            tries += [(place, _plan(job.kept, day)) for day in opened if ready <= day < job.on]
        first: dict[int, date] = {}
        for (place, plan), one in zip(tries, self._batches([plan for _, plan in tries]), strict=True):
            if one.grade <= jobs[place].target:
                first.setdefault(place, plan.on)
        return [self._job(jobs[place].target, day, jobs[place].kept) for place, day in first.items()]

    def _job(self, target: int, day: date, acts: Iterable[Act]) -> _Job:
        """These acts to be reduced on a day, the lightest then first."""
        return _Job(target, day, [], sorted(acts, key=lambda act: (self.weigh(act, day), act.statement)))

    def _jobs(self) -> list[_Job]:
        """For each grade still to be reached the days worth reducing for: those on which the heaviest alone are fewest."""
        places = self._open()
        step = -(-sum(len(self._ready(self.days[at])) for at in places) // self.most) or 1
        wanted = set(places[::step])
        for grade in {self.best[at] for at in places}:
            wanted.add(next(at for at in places if self.best[at] <= grade))
        drafts = [(at, self._job(0, self.days[at], self._ready(self.days[at]))) for at in sorted(wanted)]
        told = iter(self._batches([plan for _at, job in drafts for plan in job.chain()]))
        by_grade: dict[int, list[_Job]] = {}
        for at, draft in drafts:
            grades = [next(told).grade for _ in draft.open]
            for target in range(self.best[at], self.reached[at]):
                last = max((place for place, one in enumerate(grades, 1) if one <= target), default=0)
                by_grade.setdefault(target, []).append(_Job(target, draft.on, [], draft.open[last:]))
        return [job for jobs in by_grade.values() for job in _fewer(jobs)]


@dataclass
class _Job:
    """A set that reaches a grade on a day: `kept` cannot be left out, `open` (the lightest first) was not decided."""

    target: int
    on: date
    kept: list[Act]
    open: list[Act]

    def chain(self) -> list[Plan]:
        """Without the first of `open`, the first two, and on."""
        return [_plan([*self.kept, *self.open[place:]], self.on) for place in range(1, len(self.open) + 1)]

    def singly(self) -> list[Plan]:
        """Without each of `open`."""
        every = _statements((*self.kept, *self.open))
        return [Plan(every - {act.statement}, self.on) for act in self.open]

    def take(self, grades: Sequence[int]) -> None:
        """Leaves out as many of the lightest as may go; what cannot go alone, and the next one, stay."""
        size = len(self.open)
        gone = max(
            (place for place in range(1, size + 1) if 0 <= grades[place - 1] <= self.target), default=0
        )
        rest: list[Act] = []
        for place in range(gone, size):
            stays = place == gone or grades[size + place] > self.target
            (self.kept if stays else rest).append(self.open[place])
        self.open = rest


def _fewer(jobs: Sequence[_Job]) -> list[_Job]:
    """Of jobs in order of days those that take fewer acts than any earlier one, at most `MOST_TOLD`."""
    found: list[_Job] = []
    for job in jobs:
        if not found or len(job.open) < len(found[-1].open):
            found.append(job)
    return _spread(found)


def _spread(found: Sequence[T]) -> list[T]:
    """The first, the last and some between, `MOST_TOLD` at most."""
    if len(found) <= MOST_TOLD:
        return list(found)
    return [found[place * (len(found) - 1) // (MOST_TOLD - 1)] for place in range(MOST_TOLD)]


def _groups(acts: Iterable[Act]) -> list[list[int]]:
    by: dict[tuple[int, ...], list[int]] = {}
    for act in acts:
        by.setdefault((*act.alike, int(act.condition)), []).append(act.statement)
    return list(by.values())


def _number(free: Iterable[tuple[date, frozenset[int], list[list[int]]]], size: int) -> int:
    """How many sets of a size there are on those days, each with what every set needs then."""
    return sum(_count(groups, size - len(must)) for _day, must, groups in free if len(must) <= size)


def _count(groups: Iterable[Sequence[int]], size: int) -> int:
    """How many sets of a size there are."""
    ways = [1] + [0] * size
    for group in groups:
        ways = [sum(ways[have - n] for n in range(min(len(group), have) + 1)) for have in range(size + 1)]
    return ways[size]


def _chosen(groups: Sequence[Sequence[int]], size: int, start: int = 0) -> Iterator[tuple[int, ...]]:
    """All sets of a size, of each group its first."""
    if size == 0:
        yield ()
        return
    for place in range(start, len(groups)):
        for taken in range(1, min(len(groups[place]), size) + 1):
            for rest in _chosen(groups, size - taken, place + 1):
                yield (*groups[place][:taken], *rest)


def _statements(acts: Iterable[Act]) -> frozenset[int]:
    return frozenset(act.statement for act in acts)


def _plan(acts: Iterable[Act], on: date) -> Plan:
    return Plan(_statements(acts), on)


def _front(found: Sequence[Found], alone: Sequence[Effect]) -> Iterator[Found]:
    """For each grade the plans no other is as small, as early and as certain as; time alone is the smallest of all."""
    told: set[Plan] = set()
    by_time = [Found(one, True) for one in alone]
    for target in sorted({one.effect.grade for one in found}, reverse=True):
        reach = sorted((one for one in (*by_time, *found) if one.effect.grade <= target), key=_order)
        front: list[Found] = []
        for one in reach:
            if not any(_as_good(other, one) for other in front):
                front.append(one)
        helping = sorted((one for one in front if one.effect.plan.statements), key=_first)
        for condition in (False, True):
            for one in _spread([one for one in helping if one.condition is condition]):
                if one.effect.plan not in told:
                    told.add(one.effect.plan)
                    yield one


def _order(one: Found) -> tuple[int, date, bool, int, int, list[int]]:
    effect = one.effect
    plan = effect.plan
    return len(plan.statements), plan.on, one.condition, effect.grade, -effect.score, sorted(plan.statements)


def _first(one: Found) -> tuple[date, int]:
    return one.effect.plan.on, len(one.effect.plan.statements)


def _as_good(one: Found, other: Found) -> bool:
    mine, its = one.effect.plan, other.effect.plan
    fewer = len(mine.statements) <= len(its.statements)
    return fewer and mine.on <= its.on and one.condition <= other.condition


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
    return add_months(date(ym // 12, ym % 12 + 1, day), months)


def horizon(on: date) -> date:
    """How far ahead is looked."""
    return date(on.year + YEARS_AHEAD, on.month, min(on.day, 28))


def days(found: Iterable[date], on: date, *, besides: Iterable[date] = ()) -> tuple[date, ...]:
    """Days to ask about, each once, in order: those ahead within the horizon, the nearest `MOST_DAYS`, and all in
    `besides` that lie ahead."""
    last = horizon(on)
    nearest = sorted({day for day in found if on < day <= last})[:MOST_DAYS]
    return tuple(sorted({*nearest, *(day for day in besides if day > on)}))
