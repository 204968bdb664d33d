"""What a pack says about evaluation models: indicators over the catalogue, vetoes, grades. Typed and immutable.

Points are integers of a millionth (`POINT` = 1 point). Every product is taken before its one division, on operands that
are not negative, and rounded down: |contribution| = floor(|points| × per mille of decay / 1000), the sign outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from xinheng.law.basis_types import InForce, Source

POINT = 1_000_000
"""Micro-points in a point."""
PER_MILLE = 1000
NO_DECAY = ((0, PER_MILLE),)
PUBLISHING_RANKS = frozenset({"law", "administrative_regulation", "departmental_rule", "local_regulation"})
"""Ranks of instruments that may allow publication of results. A plan, a notice or a standard may not."""

FactSide = Literal["adverse", "positive", "neutral"]
ModelKind = Literal["score", "grade", "risk"]
MeasureKind = Literal["count", "sum", "latest", "months-since", "share"]
FACT_SIDES: tuple[FactSide, ...] = ("adverse", "positive", "neutral")
MODEL_KINDS: tuple[ModelKind, ...] = ("score", "grade", "risk")
MEASURE_KINDS: tuple[MeasureKind, ...] = ("count", "sum", "latest", "months-since", "share")
FAMILIES = {
    "registration": ("登记与经营状态", "Registration and business status"),
    "judicial": ("司法", "Courts"),
    "penalty": ("行政处罚、强制", "Penalties and compulsion"),
    "lists": ("名单与异常", "Lists and abnormal operation"),
    "tax-social": ("税费、社保", "Taxes and social insurance"),
    "commitments": ("承诺与合同履约", "Commitments and contracts"),
    "results": ("接收的评价和检查结果", "Received results and inspections"),
    "positive": ("正向", "Positive"),
    "farm": ("农业生产经营", "Farming"),
}
"""Families of indicators (our choice, after the classes of the catalogue), in the order they are shown."""


@dataclass(frozen=True, slots=True)
class What:
    """What one fact is, without its text: all a model may ask about it. `id` is dense within one set of facts.

    `sub` is the kind of list, evaluation, commitment, event or (heaviest) penalty; `grade` what was found: a grade
    received, how a commitment stands; `sector` that of a penalty or licence. Each "" where the item has none.
    """

    id: int
    item: str
    sub: str = ""
    grade: str = ""
    severity: str = ""
    side: FactSide = "neutral"
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """All given parts must hold; an empty part admits everything. There is no part for state: only what stands counts."""

    items: tuple[str, ...]
    subs: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    side: FactSide | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Facts that fit one of the clauses. `matches` decides."""

    clauses: tuple[Clause, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """The items of all clauses, once each."""
        return tuple(dict.fromkeys(item for one in self.clauses for item in one.items))


@dataclass(frozen=True, slots=True)
class Indicator:
    """A filter, a measure, and how many points it gives. A fact belongs to one indicator at most (the checker).

    Facts count while `months` (whole months since the decision) < `within_months`; 0 sets no limit.

    - `count`: each fact gives `weight`, decayed.
    - `sum`: each fact gives what `brackets` say of its amount (fen), decayed; the facts are summed.
    - `latest`: the newest fact (decision day, then statement) gives `points` of its grade, else `weight`, decayed.
    - `months-since`: the newest fact gives what `brackets` say of its months; no decay.
    - `share`: `brackets` of floor(1000 × facts of `numerator` ÷ facts of `filter`); no decay. Without a fact, nothing.
      The newest fact of `filter` carries the whole in an explanation.

    Then |sum| is cut to `cap` (0: no cap). `brackets` are (from, micro) ascending, the last `from` reached; below the
    first, nothing. `decay` is (from month, per mille), the last reached; never rising. `weight`, `points`, `brackets`
    and `cap` are micro-points, signed but for `cap`.
    """

    code: str
    family: str
    name: str
    name_en: str
    filter: Filter
    measure: MeasureKind
    weight: int
    cap: int
    source: Source
    within_months: int = 0
    decay: tuple[tuple[int, int], ...] = NO_DECAY
    brackets: tuple[tuple[int, int], ...] = ()
    points: tuple[tuple[str, int], ...] = ()
    numerator: Filter | None = None

    @property
    def adverse(self) -> bool:
        """Whether it takes points away (for a table by grade: whether its worst grade does)."""
        return min(self.values) < 0

    @property
    def values(self) -> tuple[int, ...]:
        """Every micro-point value a fact of it may give before decay."""
        found = [micro for _, micro in (*self.brackets, *self.points)]
        return tuple(found) or (self.weight,)

    def points_of(self, grade: str) -> int:
        """Micro-points of one fact by its grade (`count`, `latest`): from `points`, else `weight`."""
        return dict(self.points).get(grade, 0) if self.points else self.weight


@dataclass(frozen=True, slots=True)
class Veto:
    """Where `at_least` facts of `filter` with months < `within_months` (0: no limit) stand, the grade is `ceiling` at
    most, whatever the score."""

    code: str
    name: str
    name_en: str
    filter: Filter
    at_least: int
    within_months: int
    ceiling: str
    source: Source


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade reached with a score of `at_least` micro-points; None for the last, which needs nothing."""

    code: str
    name: str
    name_en: str
    at_least: int | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """A grade that needs years behind it: given only if no fact of `breaks` has months < `within_months`, the
    organisation was founded at least `established_months` ago (unknown: not met), and `needs` (if any) matches
    `needs_at_least` facts with months < `within_months`. Otherwise the grade is the next below `grade` at most."""

    grade: str
    breaks: Filter
    within_months: int
    established_months: int
    source: Source
    needs: Filter | None = None
    needs_at_least: int = 0


@dataclass(frozen=True)
class EvaluationModel:
    """A local model as data. Off until the office adopts it; what it gives is internal unless published with a basis.

    `subjects` are kinds of organisation, never individual businesses; `industries` (section letters) narrow enterprises
    among them, other kinds are taken whole; `holding` leaves only organisations with a fact of it. `grades` run from
    best to worst. `simulation` marks a scheme that ended: it may be tried, never adopted. `publication` is the basis on
    which results may be published, if any. `digest` names the content of this model alone.
    """

    code: str
    version: str
    name: str
    name_en: str
    purpose: str
    purpose_en: str
    kind: ModelKind
    subjects: tuple[str, ...]
    base: int
    indicators: tuple[Indicator, ...]
    vetoes: tuple[Veto, ...]
    grades: tuple[Grade, ...]
    source: Source
    pack: str
    digest: str
    industries: tuple[str, ...] = ()
    holding: Filter | None = None
    ladder: Ladder | None = None
    simulation: bool = False
    limits: tuple[tuple[str, str], ...] = ()
    """What the model cannot know, (Chinese, English): shown with every report on it."""
    publication: Source | None = None
    rounding: Literal["down"] = "down"

    @property
    def in_force(self) -> InForce:
        """The days it is in force."""
        return self.source.in_force

    @cached_property
    def by_code(self) -> dict[str, Indicator]:
        """The indicators by code."""
        return {one.code: one for one in self.indicators}

    def grade_index(self, code: str) -> int:
        """The place of a grade, 0 for the best. Raises KeyError for a code the model has not."""
        return {one.code: at for at, one in enumerate(self.grades)}[code]


@dataclass(frozen=True, slots=True)
class WhatFields:
    """Which fields of an item `what_of` wants the text of: its kind, what was found, what tells its sector; "" where it
    has none that can be filtered on. `due` is the date by which a commitment is to be fulfilled."""

    kind: str
    outcome: str
    sector: str
    due: str = ""
