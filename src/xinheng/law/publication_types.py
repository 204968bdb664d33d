"""Publication as data: the classes of a rule, what puts an entry into them, and the amounts and kinds they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xinheng.kernel.periods import Period
from xinheng.law.basis_types import Source

Until = Literal["exit_on", "ends", "stay"]
UNTIL: tuple[Until, ...] = ("exit_on", "ends", "stay")


@dataclass(frozen=True, slots=True)
class PublicationClass:
    """How long entries of one class are shown. Periods run from the day the document was made.

    `until` names what else ends it, the earliest counts: `exit_on` the day of leaving the list (itself not shown),
    `ends` the entry's own last day, `stay` the longest stay on its kind of list.
    """

    code: str
    name: str
    name_en: str
    shown: bool
    shortest: Period | None = None
    longest: Period | None = None
    shortest_in_sectors: Period | None = None
    sectors: frozenset[str] = frozenset()
    until: tuple[Until, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """The condition of a trigger; all given parts must hold."""

    procedure: str = ""
    kinds_any: frozenset[str] = frozenset()
    kinds_only: frozenset[str] = frozenset()
    fine: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A fact that puts a penalty into a class."""

    id: str
    class_code: str
    when: When
    says: str
    says_en: str
    source: Source


@dataclass(frozen=True)
class RuleVersion:
    """One version of a publication rule: classes and what puts an entry into them.

    `otherwise` is the class of a penalty no trigger fits; without it such a penalty is undetermined.
    """

    rule: str
    version: str
    name: str
    name_en: str
    counted_from: str
    classes: Mapping[str, PublicationClass]
    triggers: tuple[Trigger, ...]
    otherwise: Trigger | None
    source: Source

    @property
    def classed(self) -> bool:
        """Whether entries fall into classes (penalties) or all stand alike (licences)."""
        return bool(self.triggers)


@dataclass(frozen=True, slots=True)
class PenaltyKind:
    """A kind of penalty and how it is written in data."""

    code: str
    name: str
    name_en: str
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FineThreshold:
    """What counts as a larger and as a huge fine in one sector (fen, the amount itself included)."""

    sector: str
    region: str
    larger_fen: int | None
    huge_fen: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class SimpleLimit:
    """The largest fine on an organisation that may be imposed on the spot (fen, included)."""

    limit_fen: int
    source: Source
