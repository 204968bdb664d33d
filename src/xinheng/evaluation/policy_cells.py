"""A model laid over the distinct kinds of facts: a small table the engine joins. Pure; scalar; one answer per kind, never per row.

All a model may ask of one fact's numbers is on which side of a few months and a few sums of money it lies. These limits cut
months into *steps* and amounts into *bands*; for each (what, step, band) the points are worked out here, in Python integers,
with the one rounding there is. The engine adds, compares and cuts: it never divides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from xinheng.law import service as law
from xinheng.law.service import EvaluationModel, Filter, Indicator, What

PER_MILLE = 1000
SlotKind = Literal["sum", "newest", "share", "number"]
MEASURED: dict[str, SlotKind] = {
    "count": "sum", "sum": "sum", "latest": "newest", "months-since": "newest", "share": "share",
}  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """One thing summed up for an organisation: an indicator, or facts counted for a veto or the ladder (`number`)."""

    at: int
    kind: SlotKind
    filter: Filter
    within: int
    indicator: Indicator | None = None


@dataclass(frozen=True)
class Cell:
    """What one fact of a (what, step, band) adds to a slot. For a share: 1 where it belongs to the numerator."""

    key: int
    slot: int
    micro: int
    decay: int


@dataclass(frozen=True)
class Plan:
    """The slots of a model in order (indicators, vetoes, ladder) and the limits that cut months and amounts."""

    slots: tuple[Slot, ...]
    months: tuple[int, ...]
    amounts: tuple[int, ...]

    @property
    def steps(self) -> int:
        """Into how many steps months are cut."""
        return len(self.months) + 1

    @property
    def bands(self) -> int:
        """Into how many bands amounts are cut."""
        return len(self.amounts) + 1

    def key(self, what: int, months: int, amount: int) -> int:
        """The key of a fact: what the engine works out for each row."""
        step, band = bisect_right(self.months, months), bisect_right(self.amounts, amount)
        return (what * self.steps + step) * self.bands + band


@lru_cache(maxsize=512)
def plan(model: EvaluationModel) -> Plan:
    """Slots and limits of a model; they depend on nothing else."""
    slots = [
        Slot(at, MEASURED[one.measure], one.filter, one.within_months, one)
        for at, one in enumerate(model.indicators)
    ]
    slots += [
        Slot(len(slots) + at, "number", veto.filter, veto.within_months)
        for at, veto in enumerate(model.vetoes)
    ]
    if model.ladder is not None:
        wanted = (model.ladder.breaks, model.ladder.needs)
        for filter in wanted:
            if filter is not None:
                slots.append(Slot(len(slots), "number", filter, model.ladder.within_months))
    months = {slot.within for slot in slots}
    amounts: set[int] = set()
    for one in model.indicators:
        months |= {start for start, _ in one.decay}
        if one.measure == "months-since":
            months |= {start for start, _ in one.brackets}
        if one.measure == "sum":
            amounts |= {start for start, _ in one.brackets}
    return Plan(tuple(slots), tuple(sorted(months - {0})), tuple(sorted(amounts - {0})))


def cells(model: EvaluationModel, whats: Sequence[What]) -> Iterator[Cell]:
    """Every (what, step, band) that adds to a slot. A fact of it may count for several slots: one indicator at most, and
    the vetoes and the ladder beside it."""
    drawn = plan(model)
    for what in whats:
        fitting = [slot for slot in drawn.slots if law.matches(slot.filter, what)]
        for step in range(drawn.steps) if fitting else ():
            months = drawn.months[step - 1] if step else 0
            for band in range(drawn.bands):
                amount = drawn.amounts[band - 1] if band else 0
                key = drawn.key(what.id, months, amount)
                for slot in fitting:
                    if slot.within == 0 or months < slot.within:
                        yield Cell(key, slot.at, *_worth(slot, what, months, amount))


def reached(steps: Sequence[tuple[int, int]], value: int) -> int:
    """What ascending `(from, value)` steps say: the last `from` reached; below the first 0."""
    place = bisect_right(steps, value, key=lambda step: step[0])
    return steps[place - 1][1] if place else 0


def decayed(points: int, per_mille: int) -> int:
    """Points after decay, rounded toward zero: the sign stands outside the division."""
    size = abs(points) * per_mille // PER_MILLE
    return size if points >= 0 else -size


def _worth(slot: Slot, what: What, months: int, amount: int) -> tuple[int, int]:
    """(micro, per mille of decay) of one fact in a slot."""
    one = slot.indicator
    if one is None:
        return 0, PER_MILLE
    if one.measure == "share":
        return int(one.numerator is not None and law.matches(one.numerator, what)), PER_MILLE
    if one.measure == "months-since":
        return reached(one.brackets, months), PER_MILLE
    decay = reached(one.decay, months)
    points = reached(one.brackets, amount) if one.measure == "sum" else one.points_of(what.grade)
    return decayed(points, decay), decay


__all__ = ["PER_MILLE", "Cell", "Plan", "Slot", "cells", "decayed", "plan", "reached"]
