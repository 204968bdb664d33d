"""A catalogue item as data: its fields, the rules a row must keep, and how an entry is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from xinheng.law.basis_types import BY_NAME, Citation, Linking, Source

Scope = Literal["public", "shared", "restricted", "drop"]
FieldType = Literal["text", "date", "code", "enum", "money", "person", "drop"]
Outcome = Literal["rejected", "quarantined", "refused_personal", "note"]
Section = Literal[
    "registration", "licences", "penalties", "lists", "commitments", "results", "honours", "other"
]
SECTIONS: tuple[Section, ...] = (
    "registration", "licences", "penalties", "lists", "commitments", "results", "honours", "other",
)  # fmt: skip


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
