"""Which registration happened to which organisation, so that events and register tell the same story.

A founding falls on the day the register gives; a renaming brings the former name the register has; a cancellation
concerns an organisation the register calls cancelled. Everything else is an event that changes neither.
"""

from __future__ import annotations

import polars as pl

from .draw import Affine, pick
from .organisations import Population
from .slots import SLOTS, STYLES, Slot
from .spec import Events, ItemSpec

__all__ = ["Registrations"]

_EXISTING = ("存续", "正常", "在业", "开业")
_WINDOW = 40
"""Foundings of so many days before a file was sent are told in it."""


class Registrations:
    """Chooses subjects and events for an item that tells of registrations."""

    def __init__(self, *, spec: ItemSpec, events: Events, population: Population, slots: list[int]) -> None:
        self.population, self.events = population, events
        choices = list(spec.by_code[events.event].choices)
        self._plain = [c for c in choices if c not in events.renames and c not in events.statuses] or choices[
            :1
        ]
        self._founding = next((e for e, s in events.statuses.items() if s in _EXISTING and e in choices), "")
        told = [self._of(s) for s in population.slots]
        self._event = pl.Series(told)
        prefixes = {population.slots[i].prefix for i in slots}
        fits = [
            s.prefix in prefixes and s.renamed == 0 and s.style != STYLES.index("person")
            for s in population.slots
        ]
        self._founded = pl.Series(fits)

    def _of(self, slot: Slot) -> str:
        """The event that made a slot what it is; "" for one of the plain ones."""
        if slot.renamed and self.events.renames:
            return self.events.renames[0]
        return next(
            (e for e, s in self.events.statuses.items() if s == slot.status and s not in _EXISTING), ""
        )

    def choose(self, frame: pl.DataFrame, subjects: pl.Series, order: Affine, draw: pl.Expr) -> pl.DataFrame:
        """``frame`` with ``_org``, ``event`` and, for foundings, the day of founding as ``decided``."""
        at = order(pl.col("u") % order.size)
        old = pick(subjects, at % len(subjects)) + at // len(subjects) * SLOTS
        place = (pl.col("u") - pl.col("start")).cast(pl.Int64)
        last = self.population.youngest_at(pl.col("first_sent") - 1)
        room = last - self.population.youngest_at(pl.col("first_sent") - 1 - _WINDOW)
        young = (last - 1 - place).clip(0, None).cast(pl.UInt64)
        founded = (place < room) & pick(self._founded, young % SLOTS) & pl.lit(bool(self._founding))
        frame = frame.with_columns(founded.alias("founded"))
        frame = frame.with_columns(pl.when("founded").then(young).otherwise(old).alias("_org"))
        frame = frame.with_columns(
            pl.when("founded").then(self.population.born(pl.col("_org"))).otherwise("decided").cast(pl.Int32).alias("decided"),
            (pl.col("late") & ~pl.col("founded")).alias("late"),
        )  # fmt: skip
        told, plain = (
            pick(self._event, pl.col("_org") % SLOTS),
            pick(pl.Series(self._plain), draw % len(self._plain)),
        )
        event = (
            pl.when("founded").then(pl.lit(self._founding)).when(told == "").then(plain).otherwise(told)
        )  # fmt: skip
        return frame.with_columns(event.alias("event"))
