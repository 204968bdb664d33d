"""How the records of a place are shared out among the items, and how each item lives.

Items are known by code only here, to give them believable numbers; one that is not in the table gets the usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["DECISIONS", "ItemHabit", "habit_of", "split"]

DECISIONS = {"admin-penalty": 0.55, "admin-licence": 0.45}
"""How the records of the double publicity are shared."""


@dataclass(frozen=True, slots=True)
class ItemHabit:
    """``share`` of all records in per mille; subjects by the first two characters of their code; ``comes_back``: of
    400 records, those sent again later with their exit, fulfilment or a correction; ``yearly``: one file a year;
    ``owners``: the only sectors that send it here, where its subjects are not those of all its owners; ``rare``: at most so
    many of 100,000 organisations have it, whatever the records, but ``few`` even in a small place."""

    share: int
    subjects: tuple[str, ...] = ("91", "92", "93")
    comes_back: int = 5
    yearly: bool = False
    owners: tuple[str, ...] = ()
    rare: int = 0
    few: int = 0

    def most(self, organisations: int) -> int | None:
        """The most records of something rare in a place of so many organisations; None for what is not rare."""
        least = self.few if organisations < _SMALL else _LEAST
        return max(least, organisations * self.rare // 100_000) if self.rare else None


_LEAST = 6
"""An item with fewer rows than this is not worth a file."""
_SMALL = 1_000
_ENTERPRISES = ("91", "93")
_USUAL = ItemHabit(8)
_HABITS = {
    "registration-event": ItemHabit(90, comes_back=0, owners=("market-regulation",)),
    "agency-register": ItemHabit(4, ("11", "12"), comes_back=0),
    "abnormal-operation": ItemHabit(45, comes_back=140, owners=("market-regulation",)),
    "serious-list": ItemHabit(
        5, _ENTERPRISES, comes_back=60, owners=("market-regulation", "tax"), rare=60, few=6
    ),
    "judgment-defaulter": ItemHabit(15, ("91", "93", "52"), comes_back=100, rare=120, few=18),
    "commitment": ItemHabit(80, ("91", "92", "93", "52"), comes_back=180),
    "inspection-result": ItemHabit(75, ("91", "92", "93", "52")),
    "tax-grade-a": ItemHabit(40, _ENTERPRISES, comes_back=0, yearly=True),
    "sector-result": ItemHabit(20, _ENTERPRISES, yearly=True),
    "risk-class": ItemHabit(12, ("91",)),
    "admin-compulsion": ItemHabit(10),
    "admin-confirmation": ItemHabit(15),
    "admin-reward": ItemHabit(5),
    "qualification": ItemHabit(20, _ENTERPRISES),
    "honour": ItemHabit(14, _ENTERPRISES),
    "government-contract": ItemHabit(18, _ENTERPRISES),
}


def habit_of(item: str) -> ItemHabit:
    """The habit of an item; the usual one where the table does not know it."""
    return _HABITS.get(item, _USUAL)


def split(records: int, most: Mapping[str, int]) -> dict[str, int]:
    """How many of ``records`` belong to each item, at most so many; what is left are licences and penalties."""
    counts = {code: min(limit, records * habit_of(code).share // 1000) for code, limit in most.items()}
    return {code: count for code, count in counts.items() if count >= _LEAST}
