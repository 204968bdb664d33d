"""What a pack says about cases (objection, repair, a sync ticket): states, steps, papers, next remedies; and where and
on what conditions an entry can be repaired. Typed and immutable; rooms that run cases read this and nothing else.

Rules every engine keeps:

* entering a state with a clock starts that clock on the day of the act; a step that stays in its state (`to` is the
  state it is taken from) touches no clock, except that `extends` lengthens it;
* coming back to a state: `on_return` says whether its clock starts anew or goes on (the days between are a pause
  where the step that left it `pauses`);
* a step of a final state is allowed where its `from_` names it: the case is opened again for what that step does;
* the opening of a case is the step with no `from_`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from xinheng.law.basis_types import Confidence, Source

Who = Literal["subject", "office", "authority", "exchange", "platform"]
Need = Literal["reason", "changes", "attachment", "supplements", "served", "commitment", "ruling"]
Desk = Literal["office", "authority", "subject", "none"]
OnReturn = Literal["restart", "resume"]
CountsFrom = Literal["result", "decision", "none"]

WHO: tuple[Who, ...] = ("subject", "office", "authority", "exchange", "platform")
NEEDS: tuple[Need, ...] = (
    "reason", "changes", "attachment", "supplements", "served", "commitment", "ruling",
)  # fmt: skip
COUNTS_FROM: tuple[CountsFrom, ...] = ("result", "decision", "none")
DESKS: tuple[Desk, ...] = ("office", "authority", "subject", "none")
OUTCOMES = (
    "", "upheld", "refused", "withdrawn", "declined", "repaired", "revoked", "lifted", "settled", "explained",
    "left", "not-listed",
)  # fmt: skip
AGAINST = frozenset({"refused", "declined", "revoked", "lifted"})
"""Outcomes against the subject: they must be reached by steps with a law, and name the next remedy."""
EFFECTS = (
    "", "objection.opened", "objection.route", "objection.correct", "objection.annul", "objection.refuse",
    "objection.withdraw", "objection.suspend", "repair.opened", "repair.end", "repair.suppress", "repair.lift",
    "repair.revoke", "listing.opened", "listing.notify", "listing.defend", "listing.defence-over", "listing.refrain",
    "listing.decide", "listing.deliver", "listing.publish", "listing.remove", "listing.correct", "listing.revoke",
    "listing.expire",
)  # fmt: skip
"""Names of effects a step may have. The rooms of remedies and of lists register a handler for each."""


@dataclass(frozen=True, slots=True)
class Said:
    """A code with its Chinese and English text."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class NextRemedy:
    """What the party may do next, and the provision of its period ("" where it has none). `counts_from`: the result of
    the case, the original decision, or none (then there is no period)."""

    code: str
    zh: str
    en: str
    provision: str = ""
    counts_from: CountsFrom = "result"


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of document of a case: its title, and how its number is written ({body} {year} {serial})."""

    code: str
    name: str
    en: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Numbering:
    """How cases are numbered: `sign` is the word of the kind, `pattern` uses {body} {sign} {year} {serial}; `gaps` says
    what an unused number means. One series per body, kind and year."""

    sign: str
    pattern: str
    gaps: str
    gaps_en: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """One state. `clock` is a provision id or ""; `desk` says whose turn it is; `outcome` is set on final states."""

    code: str
    name: str
    en: str
    final: bool
    clock: str = ""
    clock_by_sector: Mapping[str, str] = field(default_factory=dict)
    on_return: OnReturn = "restart"
    desk: Desk = "none"
    outcome: str = ""
    remedies: tuple[NextRemedy, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One act. `who` may do it, `needs` what must be given with it, `effect` the name of its handler ("" for none),
    `document` the paper it makes ("" for none; a key of `CaseKind.papers`).

    `reasons` are the grounds to choose from where the law names them (the chosen code goes into detail["ground"]).
    `pauses`: the clock of the state left stands still until the case comes back. `extends`: the provision by which
    the running clock is lengthened. `provision` is the citation the ledger entry carries. `setting` names the setting
    that must stand at `setting_value` for the step to exist; `never_items`/`never_sectors` are entries it is never
    taken on. Ask `law.step_refusal` for the last three.
    """

    code: str
    name: str
    en: str
    from_: tuple[str, ...]
    to: str
    who: tuple[Who, ...]
    needs: tuple[Need, ...] = ()
    effect: str = ""
    document: str = ""
    four_eyes: bool = False
    once: bool = False
    pauses: bool = False
    extends: str = ""
    provision: str = ""
    confirm: str = ""
    confirm_en: str = ""
    reasons: tuple[Said, ...] = ()
    setting: str = ""
    setting_value: str = ""
    never_items: tuple[str, ...] = ()
    never_sectors: tuple[str, ...] = ()
    four_eyes_setting: str = ""
    source: Source | None = None


@dataclass(frozen=True, eq=False)
class CaseKind:
    """A kind of case as in force in one stretch of time."""

    code: str
    name: str
    en: str
    numbering: Numbering
    initial: str
    states: Mapping[str, CaseState]
    steps: tuple[CaseStep, ...]
    papers: Mapping[str, Paper]
    source: Source

    @cached_property
    def by_step(self) -> Mapping[str, CaseStep]:
        """Step code → step."""
        return {step.code: step for step in self.steps}

    @cached_property
    def opening(self) -> CaseStep:
        """The step by which a case of this kind begins."""
        return next(step for step in self.steps if not step.from_)

    def steps_from(self, state: str) -> tuple[CaseStep, ...]:
        """The steps that can be taken in a state, in the order of the pack."""
        return tuple(step for step in self.steps if state in step.from_)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of repair. `proof` says how the platform can already prove it: "window" (the dates of the entry),
    "letter" (the commitment letter it prepares), "fields" (a day of exit on record), or "" (the organisation shows it).
    """

    code: str
    zh: str
    en: str
    proof: str = ""
    citation: str = ""
    confidence: Confidence = "likely"


@dataclass(frozen=True, slots=True)
class RepairWindow:
    """Where repair is applied for."""

    code: str
    name: str
    en: str
    how: str
    how_en: str
    url: str = ""


@dataclass(frozen=True)
class RepairPath:
    """How an entry can be repaired. Not `repairable` means not by application: `why_not` says why and what to do
    instead. `window` is the code of the first of `windows`. `effects` is what success brings; `authority_kind` is
    "repair" where the case runs on the deciding authority's desk here."""

    repairable: bool
    why_not: str
    why_not_en: str
    window: str
    windows: tuple[RepairWindow, ...]
    conditions: tuple[Condition, ...]
    materials: tuple[Said, ...]
    effects: tuple[Said, ...]
    provision: str
    confidence: Confidence
    reorganisation: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class PathRule:
    """One row of a pack's repair table: for these items (and sectors, where named) this path."""

    id: str
    items: tuple[str, ...]
    sectors: tuple[str, ...]
    repairable: bool
    why_not: tuple[str, str]
    windows: tuple[str, ...]
    conditions: tuple[Condition, ...]
    materials: tuple[Said, ...]
    effects: tuple[Said, ...]
    reorganisation: tuple[Condition, ...]
    source: Source


@dataclass(frozen=True)
class RepairRules:
    """The repair table of one level: windows by code, and the rows in order; the first that fits governs."""

    windows: Mapping[str, RepairWindow] = field(default_factory=dict)
    paths: tuple[PathRule, ...] = ()
