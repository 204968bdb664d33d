"""What a pack holds, typed and immutable. Names are Chinese with `_en` beside them; money is integer fen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
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
from xinheng.law.received_types import MutualRule as MutualRule
from xinheng.law.received_types import ResultKind as ResultKind
from xinheng.law.received_types import WarningRule as WarningRule

Scope = Literal["public", "shared", "restricted", "drop"]
FieldType = Literal["text", "date", "code", "enum", "money", "person", "drop"]
Outcome = Literal["rejected", "quarantined", "refused_personal", "note"]
Level = Literal["national", "province", "city", "county"]
Section = Literal[
    "registration", "licences", "penalties", "lists", "commitments", "results", "honours", "other"
]
SECTIONS: tuple[Section, ...] = (
    "registration", "licences", "penalties", "lists", "commitments", "results", "honours", "other",
)  # fmt: skip
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
class Rule:
    """One rule of an item, as data. `kind` is of the small vocabulary in `rules.KINDS`, `params` its arguments.

    `outcome` is what a row that breaks it becomes; `outcomes`/`messages` narrow both by verdict. Messages
    hold placeholders {field} {other} {limit} {choices} and never a value of the row.
    """

    id: str
    kind: str
    fields: tuple[str, ...]
    outcome: Outcome
    message: str
    remedy: str
    source: Source
    params: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an item. `headers` are all names a file may use for it: code, name, then variants.

    `max` is the standard's length, `max_tolerated` what deployed systems accept; `written` maps variants of a
    choice to the choice; `choices_from: lists` takes the pack's list kinds as choices; `other_prefix` admits free choices such as 其他-xxx; `separators` split a multi-value.
    """

    code: str
    name: str
    name_en: str
    type: FieldType
    scope: Scope
    headers: tuple[str, ...]
    required: bool = False
    max: int | None = None
    max_tolerated: int | None = None
    choices: tuple[str, ...] = ()
    choice_names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    choices_from: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    other_prefix: str = ""
    multi: bool = False
    separator: str = ";"
    separators: tuple[str, ...] = ()
    long_term: date | None = None
    computed: bool = False
    unit: str = ""
    samples: tuple[str, ...] = ()
    """Example values, fictional: for the template's example row and the synthetic city. {place} {county} {year}
    {serial} stand for a place's name, a county's, a year, a running number."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Header variants besides code and name."""
        return self.headers[2:]


@dataclass(frozen=True, slots=True)
class Card:
    """Which field plays which part when an entry is shown, each a field code or "".

    `what` is what it is about, `kind` its kind, `outcome` what came of it, `starts`/`ends` its own validity,
    `exit_on`/`exit_why` when and why it left its list. Faces and reports show an entry by nothing else.
    """

    what: str
    title: str
    who: str
    document: str
    law: str
    kind: str
    outcome: str = ""
    starts: str = ""
    ends: str = ""
    exit_on: str = ""
    exit_why: str = ""


@dataclass(frozen=True, slots=True)
class SeverityFrom:
    """Which fields the class of a penalty follows from, and the words that mean simple procedure: regular
    expressions without look-around, which run in Python and in Rust."""

    categories: str
    fine: str
    confiscated: str
    basis: str
    simple_fields: tuple[str, ...]
    simple_words: str
    simple_except: str
    source: Source


@dataclass(frozen=True, slots=True)
class RegisterFeed:
    """What accepted rows of an item tell the register, by field code ("" where the item has none).

    `event` is the field that says what happened; by its value: `renames` give a new name from `on`, `statuses` the
    status it leads to, `founds` that the organisation began that day, `registers` that it may be added if not there.
    `successor` is the code of the body that takes over.
    """

    code: str
    name: str
    on: str
    event: str
    former: str = ""
    region: str = ""
    kind: str = ""
    industry: str = ""
    successor: str = ""
    renames: tuple[str, ...] = ()
    founds: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """A catalogue item. Fields are in schema order: a stored part holds a scope's values in exactly this order,
    so `version` changes whenever fields or scopes do.

    A role the item does not have is "". `section` and `order` are its place on an organisation's page and in a report,
    `owners` the sectors whose departments own it; `received` says it is taken over from a body elsewhere."""

    code: str
    name: str
    name_en: str
    version: str
    adverse: bool
    category: str
    basis: tuple[Citation, ...]
    source: Source
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    key: tuple[str, ...]
    subject_name: str
    subject_code: str
    subject_kind: str
    decided_on: str
    authority: str
    authority_name: str
    source_code: str
    source_name: str
    document_number: tuple[str, ...]
    valid_from: str
    valid_to: str
    free_text: tuple[str, ...]
    card: Card
    timeliness: str
    publication: str
    severity_from: SeverityFrom | None
    ignored_headers: Mapping[str, str]
    section: Section = "other"
    order: int = 0
    owners: tuple[str, ...] = ()
    received: bool = False
    internal: bool = False
    """For supervision only: the gate opens it to nobody but the bodies that share it, also not to the organisation."""
    feed: RegisterFeed | None = None
    linking: Linking = BY_NAME
    side: str = "neutral"
    sides: Mapping[str, str] = field(default_factory=dict)
    same_as: tuple[tuple[str, str], ...] = ()
    """For evaluation: whether entries speak for an organisation ("positive"), against it, or neither; by grade or kind where
    they differ. `same_as` are (item, kind) whose entries tell of the same decision."""

    @property
    def links_by_name(self) -> bool:
        """Whether rows without a valid code may be linked by name. Every door that links rows of an item asks here."""
        return self.linking.how == "by-name"

    @cached_property
    def by_code(self) -> Mapping[str, Field]:
        return {field.code: field for field in self.fields}

    @cached_property
    def scopes(self) -> Mapping[str, tuple[str, ...]]:
        """Scope → field codes in schema order."""
        names = ("public", "shared", "restricted", "drop")
        return {s: tuple(f.code for f in self.fields if f.scope == s) for s in names}

    @cached_property
    def layout(self) -> str:
        """What decides how stored parts are read: guarded by a test against change without a new version."""
        return "|".join(f"{field.code}:{field.scope}" for field in self.fields)


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
