"""What a pack says about measures and about the uses of a check: typed and immutable.

A measure is a row of the national basic list (or an incentive), a ground is one provision by which departments may take
it. A use is what an organisation is looked up for. Nothing here names a person: measures on persons are not held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from xinheng.kernel.periods import Period
from xinheng.law.basis_types import Citation, Confidence, InForce, Source

Side = Literal["adverse", "incentive"]
CountSide = Literal["adverse", "positive"]
Strength = Literal["must", "may"]
EntryState = Literal["held", "repaired", "ended", "suppressed"]
Proportion = Literal["", "ordinary", "serious"]
Refusal = Literal[
    "",
    "no-basis",
    "not-this-department",
    "entry-disputed",
    "entry-repaired",
    "entry-ended",
    "out-of-proportion",
]
RuleKind = Literal["ok", "unsure", "not-in-list", "heavier", "on-persons", "no-basis"]

SIDES: tuple[Side, ...] = ("adverse", "incentive")
STRENGTHS: tuple[Strength, ...] = ("must", "may")
PROPORTIONS: tuple[Proportion, ...] = ("", "ordinary", "serious")
REFUSALS: tuple[Refusal, ...] = (
    "no-basis", "not-this-department", "entry-disputed", "entry-repaired", "entry-ended", "out-of-proportion",
)  # fmt: skip
GROUPS = {0: ("守信激励", "incentives"), 1: ("依法减损权益或者增加义务", "reduces rights or adds duties by law"),
          2: ("管理性措施，不减损权益", "management, no loss of rights"),
          3: ("市场主体自主决定", "decided by non-public bodies themselves")}  # fmt: skip
"""The classes of the national basic list; 0 for incentives."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One provision by which a measure may be taken: on which entries, in which uses and matters, by whom, until when.

    `lists` are kinds of list, `items` item codes with the classes that count (none named: every class). `matters`
    narrows `uses`; `by` are sectors (none: every department that decides such a matter). `until` is "entry" (as long as
    the entry counts) or a period from the day the entry was made. `proportion` is the least class of a penalty.
    """

    code: str
    lists: tuple[str, ...]
    items: tuple[tuple[str, tuple[str, ...]], ...]
    uses: tuple[str, ...]
    matters: tuple[str, ...]
    by: tuple[str, ...]
    strength: Strength
    scope_text: str
    scope_text_en: str
    until: Literal["entry"] | Period
    proportion: Proportion
    source: Source
    unless: tuple[str, ...] = ()
    """Items an entry of which, while it counts, keeps an incentive from being given."""

    @property
    def citation(self) -> Citation | None:
        """The provision; the checker lets no ground be without one."""
        return self.source.citation

    @property
    def confidence(self) -> Confidence:
        """How sure we are of it."""
        return self.source.confidence

    @property
    def in_force(self) -> InForce:
        """The days it is in force."""
        return self.source.in_force


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure against dishonesty, or an incentive. `group` is its class in the national basic list and `number` its row
    there (0 for incentives and for a local supplement); `subjects` are the kinds of organisation it may touch."""

    code: str
    name: str
    name_en: str
    side: Side
    group: int
    number: int
    subjects: tuple[str, ...]
    grounds: tuple[Ground, ...]
    words: tuple[str, ...]
    """How departments' own rules documents write it."""
    source: Source
    note: str = ""
    parent: str = ""
    """Of a lower pack's supplement: the national measure it is a case of."""

    @property
    def in_force(self) -> InForce:
        """The days it is in force."""
        return self.source.in_force


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose a shared check may be made for."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Count:
    """Entries that count for a use: of an item, on these lists, of these classes (none named: all)."""

    item: str
    lists: tuple[str, ...]
    severities: tuple[str, ...]
    side: CountSide


@dataclass(frozen=True, slots=True)
class Deferral:
    """Why, and for how long at most, the organisation is told of a check later."""

    zh: str
    en: str
    at_most: Period
    source: Source


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What the law forbids credit results to be used for in a use."""

    code: str
    zh: str
    en: str
    source: Source

    @property
    def citation(self) -> str:
        """The provision as a reader sees it."""
        return self.source.cited

    @property
    def confidence(self) -> Confidence:
        """How sure we are of it."""
        return self.source.confidence


@dataclass(frozen=True, slots=True)
class Use:
    """What an organisation is looked up for: which purposes fit, what counts, who asks, what is forbidden.

    `validity` is how many days an answer may be relied on. `sectors` may ask (none named: any). `duty`: plans ask that
    every decision of this use be preceded by a check. `audience_roles` may ask for more than public facts.
    """

    code: str
    name: str
    name_en: str
    purposes: tuple[Purpose, ...]
    counts: tuple[Count, ...]
    audience_roles: tuple[str, ...]
    sectors: tuple[str, ...]
    deferred: Deferral | None
    forbids: tuple[Forbidden, ...]
    validity: int
    duty: bool
    source: Source
    default_for: tuple[str, ...] = ()
    """Items whose matters are of this use where the matter does not say."""

    def purpose(self, asked: str) -> Purpose | None:
        """A purpose by code, or by its Chinese or English text; None where it does not fit this use."""
        return next((one for one in self.purposes if asked in (one.code, one.zh, one.en)), None)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the law needs to know of one entry: hashable, answers are kept by it. `state`: held (counts), repaired, ended,
    suppressed (rests); `severity` is its class or ""; `until` the last day it is shown; `since` its day where known."""

    ref: int
    item: str
    list_kind: str
    severity: str
    state: EntryState
    disputed: bool
    until: date | None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """A measure an entry gives a ground for: a hint, the department decides. `ground` is the id of the provision,
    `pending` says it is unverified (待核实); `refused` is "" for one that may be applied, else why not."""

    measure: str
    name: str
    name_en: str
    side: Side
    strength: Strength | Literal[""]
    ground: str
    citation: str
    confidence: Confidence
    pending: bool
    entry: int
    scope: str
    scope_en: str
    until: date | None
    refused: Refusal
    says: str
    says_en: str


@dataclass(frozen=True, slots=True)
class MeasureAnswer:
    """Whether a department may apply a measure to an organisation on a day: never more than a hint.

    `hints` are those allowed, `refused` the entries that give no ground any more or not yet, each with its reason.
    """

    measure: str
    name: str
    name_en: str
    allowed: bool
    strength: Strength | Literal[""]
    refusal: Refusal
    hints: tuple[Hint, ...]
    refused: tuple[Hint, ...]
    says: str
    says_en: str
    citations: tuple[str, ...]
    until: date | None
    pending: bool

    def as_dict(self) -> dict[str, object]:
        """For `--json` and the API."""
        return {
            "measure": self.measure, "name": self.name, "name_en": self.name_en, "allowed": self.allowed,
            "strength": self.strength, "refusal": self.refusal, "says": self.says, "says_en": self.says_en,
            "citations": list(self.citations), "until": self.until.isoformat() if self.until else None,
            "pending": self.pending, "hints": [hint_dict(one) for one in self.hints],
            "refused": [hint_dict(one) for one in self.refused],
        }  # fmt: skip


def hint_dict(hint: Hint) -> dict[str, object]:
    """A hint as plain values, in a fixed order."""
    return {
        "measure": hint.measure, "name": hint.name, "name_en": hint.name_en, "side": hint.side,
        "strength": hint.strength, "ground": hint.ground, "citation": hint.citation,
        "confidence": hint.confidence, "pending": hint.pending, "entry": hint.entry, "scope": hint.scope,
        "scope_en": hint.scope_en, "until": hint.until.isoformat() if hint.until else None,
        "refused": hint.refused, "says": hint.says, "says_en": hint.says_en,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """One row of a department's own rules laid against the list. `measure` is the code it reads as, or "". `unsure`: the
    words do not tell, a person must judge; never counted as fitting."""

    line: int
    text: str
    measure: str
    kind: RuleKind
    citation: str
    says: str
    says_en: str

    def as_dict(self) -> dict[str, object]:
        """For `--json` and exports."""
        return {
            "line": self.line, "text": self.text, "measure": self.measure, "kind": self.kind,
            "citation": self.citation, "says": self.says, "says_en": self.says_en,
        }  # fmt: skip
