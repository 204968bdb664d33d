"""What a pack holds, typed and immutable. Names are Chinese with `_en` beside them; money is integer fen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from xinheng.kernel.periods import Period, WorkCalendar
from xinheng.law.basis_types import BY_NAME as BY_NAME
from xinheng.law.basis_types import Citation as Citation
from xinheng.law.basis_types import Confidence as Confidence
from xinheng.law.basis_types import InForce as InForce
from xinheng.law.basis_types import Instrument as Instrument
from xinheng.law.basis_types import Linking as Linking
from xinheng.law.basis_types import Source as Source
from xinheng.law.case_types import CaseKind, RepairRules
from xinheng.law.index_types import IndexPlan as IndexPlan
from xinheng.law.item_types import SECTIONS as SECTIONS
from xinheng.law.item_types import Card as Card
from xinheng.law.item_types import Field as Field
from xinheng.law.item_types import FieldType as FieldType
from xinheng.law.item_types import Item as Item
from xinheng.law.item_types import Outcome as Outcome
from xinheng.law.item_types import RegisterFeed as RegisterFeed
from xinheng.law.item_types import Rule as Rule
from xinheng.law.item_types import Scope as Scope
from xinheng.law.item_types import Section as Section
from xinheng.law.item_types import SeverityFrom as SeverityFrom
from xinheng.law.list_types import EXITS as EXITS
from xinheng.law.list_types import ListExit as ListExit
from xinheng.law.list_types import ListKind as ListKind
from xinheng.law.list_types import ListTrigger as ListTrigger
from xinheng.law.list_types import Stay as Stay
from xinheng.law.measure_types import Measure as Measure
from xinheng.law.measure_types import Use as Use
from xinheng.law.model_types import EvaluationModel as EvaluationModel
from xinheng.law.place_types import CurrentRule as CurrentRule
from xinheng.law.place_types import Department as Department
from xinheng.law.place_types import Matter as Matter
from xinheng.law.place_types import Sector as Sector
from xinheng.law.place_types import Succession as Succession
from xinheng.law.place_types import SuccessionRule as SuccessionRule
from xinheng.law.publication_types import UNTIL as UNTIL
from xinheng.law.publication_types import FineThreshold as FineThreshold
from xinheng.law.publication_types import PenaltyKind as PenaltyKind
from xinheng.law.publication_types import PublicationClass as PublicationClass
from xinheng.law.publication_types import RuleVersion as RuleVersion
from xinheng.law.publication_types import SimpleLimit as SimpleLimit
from xinheng.law.publication_types import Trigger as Trigger
from xinheng.law.publication_types import Until as Until
from xinheng.law.publication_types import When as When
from xinheng.law.received_types import MutualRule as MutualRule
from xinheng.law.received_types import ResultKind as ResultKind
from xinheng.law.received_types import WarningRule as WarningRule

Level = Literal["national", "province", "city", "county"]
PENDING_MARK = "待核实"


@dataclass(frozen=True, slots=True)
class Provision:
    """A statutory period under a name, as in force in one stretch of time."""

    id: str
    name: str
    name_en: str
    what: str
    what_en: str
    starts: str
    starts_en: str
    period: Period
    source: Source


@dataclass(frozen=True, slots=True)
class Setting:
    """A choice an office makes among lawful ways."""

    name: str
    value: str
    choices: tuple[str, ...]
    title: str
    title_en: str
    what: str
    what_en: str
    source: Source


@dataclass(frozen=True, eq=False)
class Pack:
    """A place's law as data: this pack over its parents. Compared by identity; `digest` names its content."""

    code: str
    name: str
    name_en: str
    level: Level
    region: str
    chain: tuple[str, ...]
    digest: str
    content: bytes
    instruments: Mapping[str, Instrument]
    provisions: Mapping[str, tuple[Provision, ...]]
    publication: Mapping[str, tuple[RuleVersion, ...]]
    kinds: Mapping[str, PenaltyKind]
    other_prefix: str
    thresholds: tuple[FineThreshold, ...]
    simple_limits: tuple[SimpleLimit, ...]
    sectors: Mapping[str, Sector]
    departments: tuple[Department, ...]
    counties: Mapping[str, tuple[str, str]]
    settings: Mapping[str, Setting]
    items: Mapping[str, Item]
    lists: Mapping[str, ListKind]
    measures: Mapping[str, Measure]
    calendar: WorkCalendar
    notices: Mapping[int, str]
    plan: Mapping[str, Any]
    site: str
    site_en: str
    successions: tuple[Succession, ...] = ()
    succession_rules: tuple[SuccessionRule, ...] = ()
    matters: tuple[Matter, ...] = ()
    in_force: tuple[CurrentRule, ...] = ()
    towns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    cases: Mapping[str, tuple[CaseKind, ...]] = field(default_factory=dict)
    repair: RepairRules = field(default_factory=RepairRules)
    uses: Mapping[str, Use] = field(default_factory=dict)
    models: Mapping[str, tuple[EvaluationModel, ...]] = field(default_factory=dict)
    general: tuple[Matter, ...] = ()
    """Deciding matters every place has, of any department of a fitting sector."""
    results: Mapping[str, ResultKind] = field(default_factory=dict)
    mutual: tuple[MutualRule, ...] = ()
    warnings: tuple[WarningRule, ...] = ()
    adopted: frozenset[str] = frozenset()
    indices: IndexPlan | None = None
    """The parts of the indices of places and sectors; None where no pack has any."""

    def effective(self, source: Source) -> bool:
        """Whether a value has effect: verified or likely, adopted by the office, or protective."""
        return source.confidence != "unverified" or source.protective or source.id in self.adopted

    def setting(self, name: str, default: str = "") -> str:
        """The value of a setting; the default where no pack sets it."""
        return self.settings[name].value if name in self.settings else default

    def provision(self, code: str, on: date) -> Provision | None:
        """The provision as in force on a day, whatever its adoption; None where there is none."""
        return next((p for p in self.provisions.get(code, ()) if on in p.source.in_force), None)

    def rule_version(self, rule: str, on: date) -> RuleVersion | None:
        """The version of a publication rule in force on a day; None where there is none."""
        return next((v for v in self.publication.get(rule, ()) if on in v.source.in_force), None)

    def rules(self, item: Item) -> tuple[Rule, ...]:
        """The rules of an item that have effect."""
        return tuple(rule for rule in item.rules if self.effective(rule.source))

    def with_adopted(self, adopted: frozenset[str]) -> Pack:
        """The same pack with these provisions adopted."""
        return self if adopted == self.adopted else replace(self, adopted=adopted)


AdoptionSource = Callable[[], frozenset[str] | None]
"""Gives the ids the office has adopted; None in a sandbox, where everything counts as adopted."""
