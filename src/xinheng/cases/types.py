"""What the room gives and takes: actors, readers, cases as seen from outside. Immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as kept
from datetime import date, datetime
from typing import Any

from xinheng.cases import policy_act
from xinheng.cases.errors import NotPossible, NotYours
from xinheng.cases.policy_act import NO_DAY as NO_DAY
from xinheng.cases.policy_act import Actor as Actor


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: a role, and the body it looks for. The office, an auditor and the platform see all cases, an
    organisation those about itself, everyone else those its body handles or decided the entry of."""

    role: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as handed in. Its name and its bytes are judged, never run."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """A step one account proposed and another of the same body has yet to confirm."""

    act: str
    name: str
    by: str
    role: str
    body: str
    on: date
    reason: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. `days_left` counts working days from the day that was asked about; it is None without
    one, while the clock stands still, and where no clock runs. `overdue` is the day since which it is, or None."""

    id: int
    number: str
    kind: str
    kind_name: str
    state: str
    state_name: str
    state_name_en: str
    desk: str
    outcome: str
    final: bool
    uscc: str
    statement: int | None
    item: str
    field: str
    authority: str
    body: str
    sector: str
    channel: str
    outside: str
    reason: str
    detail: Mapping[str, Any]
    opened_on: date
    closed_on: date | None
    pack: str
    clock: str
    started_on: date | None
    due_on: date | None
    provisional: bool
    paused_on: date | None
    days_left: int | None
    overdue: date | None
    version: int
    waiting_step: WaitingStep | None
    shape: Any = kept(repr=False, compare=False, default=None)
    """The kind of the pack the case was opened under (`law.CaseKind`)."""
    done: frozenset[str] = kept(repr=False, default=frozenset())
    """Codes of the steps ever taken."""
    barred: tuple[tuple[str, str], ...] = kept(repr=False, default=())
    """Steps the law does not allow here, with the reason."""

    def possible(self, actor: Actor) -> tuple[Any, ...]:
        """The steps (`law.CaseStep`) this actor may take now, in the order of the kind; a step that waits for a
        second account is possible for that account alone."""
        return policy_act.possible(self.shape, standing(self), actor)

    def refusal(self, actor: Actor, act: str) -> NotPossible | NotYours | None:
        """Why this actor may not take a step now, in the words of the engine; None where it may."""
        return policy_act.refusal(self.shape, standing(self), actor, act)

    @property
    def remedies(self) -> tuple[Any, ...]:
        """The next remedies (`law.NextRemedy`) the state names."""
        return tuple(self.shape.states[self.state].remedies)


def standing(case: Case) -> policy_act.Standing:
    """What decides who may act on a case now."""
    waiting = case.waiting_step
    return policy_act.Standing(
        case.state, case.uscc, case.body, case.done, waiting.act if waiting else "", waiting.by if waiting else "",
        waiting.body if waiting else "", case.final, case.barred,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did. `repeated`: it had been done already and this is its first answer. `waiting`: it waits for a
    second account. `document`: the number of the document it made."""

    case: Case
    repeated: bool = False
    waiting: bool = False
    document: str | None = None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    id: int
    number: str
    kind: str
    kind_name: str
    state: str
    state_name: str
    desk: str
    outcome: str
    final: bool
    uscc: str
    statement: int | None
    item: str
    field: str
    authority: str
    body: str
    channel: str
    outside: str
    opened_on: date
    closed_on: date | None
    clock: str
    due_on: date | None
    provisional: bool
    paused: bool
    days_left: int | None
    overdue: date | None
    waiting: bool
    version: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done in a case. `how`: done, or proposed (waits for a second account)."""

    seq: int
    act: str
    name: str
    how: str
    actor: str
    role: str
    body: str
    on: date
    at: datetime
    reason: str
    provision: str
    detail: Mapping[str, Any]
    document: str
    state_from: str
    state_to: str
    event: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A stretch of a clock under one working. Nothing is overwritten: a pause, an extension or a new calendar ends
    the row and opens another, which names the row it came from and why."""

    id: int
    provision: str
    state: str
    started_on: date
    due_on: date | None
    provisional: bool
    pauses: tuple[tuple[date, date, str], ...]
    paused_on: date | None
    extension: str
    working: tuple[Mapping[str, Any], ...]
    calendar: str
    cause: str
    why: str
    ended_on: date | None
    moved_from: int | None
    overdue: date | None


@dataclass(frozen=True, slots=True)
class Document:
    """A numbered document. `content` is what the paper is set from (README: the content of a document)."""

    number: str
    kind: str
    case: str
    content: Mapping[str, Any]
    made_on: date
    served_on: date | None
    manner: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case. `id` asks for it; `media` is the type its bytes have. `gone`: erased by law."""

    id: int
    name: str
    media: str
    size: int
    sha256: str
    step: int
    on: date
    role: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Counters:
    """How many open cases, and of them: due today, due within three working days, past their day, with a provisional
    day (never counted as past it), waiting for a second account."""

    open: int = 0
    due_today: int = 0
    due_soon: int = 0
    overdue: int = 0
    provisional: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class BodyCounters:
    """The counters of one body. `body` is a code, or "office" for cases on the platform's own desk."""

    body: str
    open: int
    due_today: int
    due_soon: int
    overdue: int
    provisional: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep declared: how many cases overdue, by the body that is late ("office": the platform itself,
    "subject": the organisation). `closed` counts cases a kind lets end with their clock."""

    overdue: int
    by_body: Mapping[str, int]
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many running clocks were counted again, and how many of them moved."""

    looked: int
    moved: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as a handler sees it, before the step."""

    id: int
    number: str
    kind: str
    state: str
    uscc: str
    statement: int | None
    field: str
    item: str
    authority: str
    body: str
    channel: str
    outside: str
    sector: str
    detail: Mapping[str, Any]
    opened_on: date
    pack: str


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step as a handler sees it. `to` is the state it leads to, `outcome` that state's outcome. For an opening,
    `act` is "open"."""

    seq: int
    act: str
    actor: Actor
    on: date
    at: datetime
    reason: str
    detail: Mapping[str, Any]
    to: str
    outcome: str = ""
    final: bool = False
    document: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class OverdueCase:
    """A case whose day has passed. `late` is who is: a body's code, "office" or "subject"; `since` the day after."""

    id: int
    number: str
    kind: str
    state: str
    statement: int | None
    uscc: str
    body: str
    authority: str
    due_on: date
    since: date
    provision: str
    desk: str
    late: str


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A case whose day moved when a calendar notice was loaded."""

    id: int
    number: str
    kind: str
    state: str
    statement: int | None
    uscc: str
    body: str
    authority: str
    provision: str
    old_due: date
    new_due: date
    old_provisional: bool
    new_provisional: bool
    notice: str
