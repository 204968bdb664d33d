"""What the generator must know of a catalogue item: its fields, what they mean, and how its rules answer faults.

Plain values, made by a caller who reads the law's packs. Any item can be written from them; nothing here names one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Events", "FieldSpec", "ItemSpec"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One column. ``samples`` are example values; {place} {year} {serial} {county} in them are filled in.

    ``needed_if``: another column and words in it that make this one needed. ``of_sector``: choices that belong to
    authorities of one sector; in the columns of the authority, who decided what that sector only passes on.
    """

    code: str
    name: str
    type: str = "text"  # text, date, code, enum, money, person, drop
    required: bool = False
    choices: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    blank: bool = False  # a rule asks for nothing in it
    later: bool = False  # a day that must not lie before the decision: a term, an end
    needed_if: tuple[str, tuple[str, ...]] | None = None
    of_sector: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Events:
    """Where an item tells of registrations: the field that names the event, that of the former name, the events that
    rename, and what each event makes of an organisation's status ("" where it does not say)."""

    event: str
    former: str = ""
    renames: tuple[str, ...] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemSpec:
    """One item. Roles are field codes, "" where the item has no such field.

    ``closing``: by column the word that goes with the exit's date and only with it. ``what``, ``title`` and ``shown`` are what an entry is about and all its fields that a card shows. ``answers`` says of each kind of fault what the item's rules make of it; a kind it leaves out is not written.
    """

    code: str
    name: str
    details: tuple[FieldSpec, ...]
    key: tuple[str, ...]
    subject_name: str
    subject_code: str
    decided_on: str
    subject_kind: str = ""
    authority: str = ""
    authority_name: str = ""
    source_code: str = ""
    source_name: str = ""
    document_number: str = ""
    starts: str = ""
    ends: str = ""
    exit_on: str = ""
    exit_why: str = ""
    outcome: str = ""
    what: str = ""
    title: str = ""
    closing: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    free_text: str = ""
    owners: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    events: Events | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> dict[str, FieldSpec]:
        """The columns by their code."""
        return {f.code: f for f in self.details}

    # -- what the writers of files ask of any item -------------------------------------------------------------

    @property
    def word(self) -> str:
        """The item in the titles of files."""
        return self.name

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """(code, Chinese name) in the order of the template."""
        return tuple((f.code, f.name) for f in self.details)

    @property
    def codes(self) -> tuple[str, ...]:
        """Field codes in the order of the template."""
        return tuple(f.code for f in self.details)

    @property
    def dates(self) -> tuple[str, ...]:
        """Columns that hold a day."""
        return tuple(f.code for f in self.details if f.type == "date")

    @property
    def amounts(self) -> tuple[str, ...]:
        """Columns that hold money."""
        return tuple(f.code for f in self.details if f.type == "money")

    @property
    def required(self) -> tuple[str, ...]:
        """Columns a department may forget, one at a time: those whose lack is answered whatever else the row says."""
        own = {self.subject_code, self.subject_kind}
        return tuple(f.code for f in self.details if f.required and f.code not in own)

    @property
    def numbered(self) -> bool:
        """Whether a document number is part of the key, so that rows of one subject differ by it."""
        return bool(self.document_number) and self.document_number in self.key
