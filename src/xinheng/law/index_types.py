"""What a pack says about indices of places and sectors: parts, how each gives points, and their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinheng.law.basis_types import Source
from xinheng.law.model_types import POINT, Filter

IndexMeasure = Literal["entries", "organisations", "share", "repaired"]
INDEX_MEASURES: tuple[IndexMeasure, ...] = ("entries", "organisations", "share", "repaired")
FULL = 100 * POINT
"""Most points a part or an index can have."""
PER = {"entries": 1000, "organisations": 1000, "share": 100, "repaired": 100}
"""Of how many a value speaks: per thousand organisations, or per cent."""
NO_VALUE = -1
"""The micro value of what could not be measured: too few organisations, or nothing to take a share of."""


@dataclass(frozen=True, slots=True)
class IndexPart:
    """A part of an index.

    - `entries`: facts that count, per thousand organisations; `organisations`: organisations with at least one, likewise.
    - `share`: facts of `numerator` out of those of `filter`, per cent.
    - `repaired`: repaired facts of `filter` out of those repaired or open to repair on the day, per cent.

    Facts of the last `within_months` whole months; 0 sets no limit. `worst` and `best` are the values (micro) that give 0
    and 100 points. A `public` part asks for items and classes alone, so that it can be counted through the gate.
    """

    code: str
    name: str
    name_en: str
    measure: IndexMeasure
    filter: Filter
    numerator: Filter | None
    within_months: int
    worst: int
    best: int
    weight: int
    public: bool

    @property
    def per(self) -> int:
        """1000 for a rate per thousand organisations, 100 for per cent."""
        return PER[self.measure]

    @property
    def of_organisations(self) -> bool:
        """Whether its base are the organisations; else it has a base of its own."""
        return self.measure in ("entries", "organisations")

    def points(self, micro: int) -> int:
        """Micro-points of a value: in proportion between `worst` and `best`, rounded down, `NO_VALUE` for none."""
        if micro < 0:
            return NO_VALUE
        low, high = min(self.worst, self.best), max(self.worst, self.best)
        kept = min(max(micro, low), high)
        way = self.worst - kept if self.worst > self.best else kept - self.worst
        return FULL * way // (high - low)


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """The index of a place: its parts in order. `at_least` is the fewest organisations an area needs to have a value."""

    name: str
    name_en: str
    at_least: int
    parts: tuple[IndexPart, ...]
    source: Source

    def index(self, points: dict[str, int]) -> int:
        """The index from the micro-points of its parts: the weighted mean of those that have a value, rounded down."""
        known = [
            (part.weight, points[part.code]) for part in self.parts if points.get(part.code, NO_VALUE) >= 0
        ]
        whole = sum(weight for weight, _ in known)
        return sum(weight * micro for weight, micro in known) // whole if whole else NO_VALUE


__all__ = ["FULL", "INDEX_MEASURES", "NO_VALUE", "PER", "IndexMeasure", "IndexPart", "IndexPlan"]
