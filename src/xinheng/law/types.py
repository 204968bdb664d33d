"""What a pack holds, typed and immutable. Names are Chinese with `_en` beside them; money is integer fen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from xinheng.kernel.periods import Period, WorkCalendar

Confidence = Literal["verified", "likely", "unverified"]
Scope = Literal["public", "shared", "restricted", "drop"]
FieldType = Literal["text", "date", "code", "enum", "money", "person", "drop"]
Outcome = Literal["rejected", "quarantined", "refused_personal", "note"]
Level = Literal["national", "province", "city", "county"]
PENDING_MARK = "待核实"


@dataclass(frozen=True, slots=True)
class InForce:
    """The days a value is in force, both included; `last` is None while it is in force."""

    first: date
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first.isoformat()} 至 {self.last.isoformat() if self.last else '今'}"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, regulation, rule or document that is cited."""

    id: str
    title: str
    number: str
    rank: str
    in_force: InForce
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """An instrument and the place in it."""

    instrument: Instrument
    article: str

    def __str__(self) -> str:
        number = f"（{self.instrument.number}）" if self.instrument.number else ""
        return f"《{self.instrument.title}》{number}{self.article}"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from. `id` is what an office adopts; a `protective` choice only shortens or
    withholds, so it is followed before adoption."""

    id: str
    where: str
    in_force: InForce
    confidence: Confidence
    citation: Citation | None = None
    our_choice: bool = False
    because: str = ""
    protective: bool = False
    note: str = ""

    @property
    def cited(self) -> str:
        """The citation as a reader sees it; for a choice of ours it says so."""
        if self.our_choice:
            basis = f"，参照{self.citation}" if self.citation else ""
            because = self.because.rstrip("。")
            return f"本系统的设计选择，不是法律规定（{because}{basis}）"
        return str(self.citation) if self.citation else ""


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
    choice to the choice; `other_prefix` admits free choices such as 其他-xxx; `separators` split a multi-value.
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
    written: Mapping[str, str] = field(default_factory=dict)
    other_prefix: str = ""
    multi: bool = False
    separator: str = ";"
    separators: tuple[str, ...] = ()
    long_term: date | None = None
    computed: bool = False
    unit: str = ""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Header variants besides code and name."""
        return self.headers[2:]


@dataclass(frozen=True, slots=True)
class Card:
    """Which fields a statement card shows: what, who, document number, law."""

    what: str
    title: str
    who: str
    document: str
    law: str
    kind: str


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


@dataclass(frozen=True)
class Item:
    """A catalogue item. Fields are in schema order: a stored part holds a scope's values in exactly this order,
    so `version` changes whenever fields or scopes do."""

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


@dataclass(frozen=True, slots=True)
class PublicationClass:
    """How long entries of one class are shown. Periods run from the day the document was made."""

    code: str
    name: str
    name_en: str
    shown: bool
    shortest: Period | None = None
    longest: Period | None = None
    shortest_in_sectors: Period | None = None
    sectors: frozenset[str] = frozenset()


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
class Sector:
    """A sector, and the words in a legal basis or in an authority's name that mean it."""

    code: str
    name: str
    name_en: str
    part_of: str
    basis: tuple[str, ...]
    authority: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """A unit named by a pack; `uscc` is empty where the code is not known."""

    name: str
    name_en: str
    short: str
    sector: str
    uscc: str


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


@dataclass(frozen=True, slots=True)
class Measure:
    """A list kind or a measure, with its basis. v0.1 reads them only to check who may create them."""

    code: str
    name: str
    name_en: str
    basis: tuple[Citation, ...]
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
    lists: Mapping[str, Measure]
    measures: Mapping[str, Measure]
    calendar: WorkCalendar
    notices: Mapping[int, str]
    plan: Mapping[str, Any]
    site: str
    site_en: str
    adopted: frozenset[str] = frozenset()

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
