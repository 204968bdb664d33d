"""A file for a clerk to send by hand: thousands of messy licences of one week, exactly twelve of them about persons."""

from __future__ import annotations

from datetime import date

import polars as pl

from .faults import CYCLE, FaultCycle, fault_number
from .organisations import day_number
from .place import Department
from .plan import FIRST, REPEAT, Batch, Habits, Plan, Range, fit

__all__ = ["PERSONS", "ClerkCycle", "clerk_batch"]

PERSONS = 12
_ITEM = "admin-licence"
_FIRST_NUMBER = 10**8 - 10**8 % CYCLE
"""Record numbers no other file of the place reaches."""
_KINDS = ("natural_person", "person_without_code", "professional_licence")


class ClerkCycle(FaultCycle):
    """The faults of licences without persons, and twelve persons at chosen places."""

    def __init__(self, *, seed: int, without: set[str], rows: int) -> None:
        super().__init__(seed=seed, item=_ITEM, clean=False, without={*without, *_KINDS})
        gap = max(1, rows // (PERSONS + 1))
        wanted = [_FIRST_NUMBER + gap * (i + 1) for i in range(PERSONS)]
        self._persons: list[int] = []
        for number in wanted:  # only sound rows that never come again become persons
            while self.count(("plain",), number, number + 1) == 0 or number in self._persons:
                number += 1
            self._persons.append(number)

    def kind(self, number: pl.Expr, sloppy: pl.Expr | None = None) -> pl.Expr:
        """The kind's number for each record number."""
        kinds = [fault_number(_KINDS[i % len(_KINDS)]) for i in range(PERSONS)]
        usual = super().kind(number)
        return number.replace_strict(self._persons, kinds, default=None, return_dtype=pl.UInt8).fill_null(
            usual
        )


def clerk_batch(
    *, plan: Plan, department: Department, rows: int, today: date, cycle: FaultCycle, order: int
) -> Batch:
    """The file: ``rows`` rows of a department on the city's day, numbered on from what it sent before."""
    given = sum(
        s.given.get(today.year, 0) for s in plan.streams if s.department == department and s.item == _ITEM
    )
    new, repeats = fit(rows, _FIRST_NUMBER, lambda tags, a, b: cycle.count(tags, a, b))
    day = day_number(today)
    ranges = (
        Range(FIRST, _FIRST_NUMBER, _FIRST_NUMBER + new, day, given + 1),
        Range(REPEAT, _FIRST_NUMBER, _FIRST_NUMBER + repeats, day, given + 1),
    )
    habits = Habits(
        encoding="gb18030", title=True, header="name", shuffled=True, date_style=3, newline="\r\n"
    )
    return Batch(order, department, _ITEM, day, rows, ranges, habits)
