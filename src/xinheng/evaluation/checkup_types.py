"""What a credit check-up (信用体检) says. Nothing in it is a score, a grade of a local model or a weight: it has no field
for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from xinheng.evaluation.received import Received
from xinheng.publication.service import Entry

StepKind = Literal[
    "supplement", "fulfil", "repair-now", "ask-authority", "elsewhere", "object", "renew", "repair-later"
]
EndKind = Literal["publication", "validity", "due", "result"]
MissingKind = Literal["annual-report", "overdue", "undetermined", "no-result"]


@dataclass(frozen=True, slots=True)
class Facet:
    """What is on file of one item: how many entries, how many of them the public sees, under objection, ended."""

    item: str
    name: str
    name_en: str
    section: str
    adverse: bool
    on_file: int
    public: int
    disputed: int
    ended: int


@dataclass(frozen=True, slots=True)
class Ending:
    """A day on which something ends or falls due by itself. `kind`: publication (an adverse entry is shown no more),
    validity (a licence, a qualification), due (a commitment is to be fulfilled), result (a received result lapses)."""

    kind: EndKind
    on: date
    statement: int
    item: str
    title: str
    number: str
    adverse: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """One next step: from which day, or (`must`) by which day at the latest, where, by which provision.

    `windows` are where to go, `conditions` what has to be done first, each with its English; `case` the number of a case.
    `confidence` is the provision's: an unverified one is shown as such.
    """

    kind: StepKind
    on: date | None
    must: bool
    statement: int | None
    item: str
    title: str
    number: str
    authority: str
    windows: tuple[tuple[str, str], ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    provision: str = ""
    confidence: str = ""
    why: tuple[str, str] = ("", "")
    case: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing: `kind`, about which statement, since when or by when."""

    kind: MissingKind
    on: date | None
    statement: int | None
    item: str
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Month:
    """How many adverse entries the public would still see at the end of a month: as things stand (`standing`), and if
    each is repaired on the first day the law allows (`repaired`)."""

    label: str
    standing: int
    repaired: int


@dataclass(frozen=True, slots=True)
class CheckUp:
    """The check-up of one organisation on a day. `more`: there is more on file than it looked at, the oldest left out."""

    uscc: str
    on: date
    facets: tuple[Facet, ...]
    endings: tuple[Ending, ...]
    steps: tuple[Advice, ...]
    missing: tuple[Missing, ...]
    results: tuple[Received, ...]
    months: tuple[Month, ...]
    entries: tuple[Entry, ...]
    more: bool = False

    @property
    def adverse_public(self) -> int:
        """How many adverse entries the public sees on that day."""
        return sum(one.public for one in self.facets if one.adverse)
