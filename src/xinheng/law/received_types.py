"""Received evaluations and early warnings, as a pack describes them. Typed and immutable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinheng.law.basis_types import Confidence, InForce, Source
from xinheng.law.model_types import Filter

WarningKind = Literal["count", "newest", "ending", "stale"]
WARNING_KINDS: tuple[WarningKind, ...] = ("count", "newest", "ending", "stale")
SECTOR_TOPS = "*"
"""In a mutual rule: every other evaluation the pack names, but those for supervision only."""


@dataclass(frozen=True, slots=True)
class ResultKind:
    """An evaluation that is received, never made here: whose, and which words it uses from best to worst.

    Entries come in as `item`; `written` is what its card's kind field says for this evaluation, "" where the whole item
    is this evaluation. Each step of `scale` holds words of equal standing. `national`: the comprehensive evaluation that sector results are
    measured by, made by `authority` (its name) alone and returned to places. `internal` follows the item: for supervision, shown
    to no public face and not to the organisation.
    """

    code: str
    name: str
    name_en: str
    item: str
    written: str
    sector: str
    scale: tuple[tuple[str, ...], ...]
    national: bool
    internal: bool
    source: Source
    authority: str = ""

    def step(self, grade: str) -> int | None:
        """The place of a grade on the scale, 0 for the best; None for a word the scale does not have."""
        return next((at for at, words in enumerate(self.scale) if grade in words), None)

    @property
    def top(self) -> tuple[str, ...]:
        """The words of its best step."""
        return self.scale[0] if self.scale else ()

    @property
    def bottom(self) -> tuple[str, ...]:
        """The words of its worst step."""
        return self.scale[-1] if self.scale else ()


@dataclass(frozen=True, slots=True)
class MutualRule:
    """Results of two evaluations that may not stand beside each other: who is in `grades` of `result` may not be in the
    best step of `against` (codes of evaluations, or `SECTOR_TOPS`). A finding is reported to the sector; nothing is
    corrected here."""

    code: str
    name: str
    name_en: str
    result: str
    grades: tuple[str, ...]
    against: tuple[str, ...]
    says: str
    says_en: str
    source: Source

    @property
    def in_force(self) -> InForce:
        """The days it is in force."""
        return self.source.in_force


@dataclass(frozen=True, slots=True)
class WarningRule:
    """When an organisation is pointed out to inspectors: an aid, no ground for anything by itself. It carries no measure.

    - `count`: at least `at_least` facts of `filter` with months < `within_months`; ends when fewer are left.
    - `newest`: the newest fact of its item and kind fits `filter`; ends when a newer one does not, at the latest `lasts`
      months after the decision.
    - `ending`: a fact of `filter` ends within `within_days` days; ends with it.
    - `stale`: a fact of `filter` is past the day it was due; where none is told, at least `after_months` months old. Ends
      `lasts` months later.

    `subjects` are kinds of organisation as models name them, never individual businesses; `look` says what to look at.
    """

    code: str
    name: str
    name_en: str
    kind: WarningKind
    filter: Filter
    subjects: tuple[str, ...]
    look: str
    look_en: str
    source: Source
    at_least: int = 1
    within_months: int = 0
    within_days: int = 0
    after_months: int = 0
    lasts: int = 0

    @property
    def confidence(self) -> Confidence:
        """How sure we are of it."""
        return self.source.confidence
