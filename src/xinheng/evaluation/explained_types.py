"""What an explanation, a change and a check-up are. Immutable; days are legal days, scores micro-points (10⁻⁶)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Why = Literal["repaired", "ended", "suppressed", "expired", "disputed", "duplicate", "later", "not-asked"]
ChangeKind = Literal["repair", "fulfil", "acts", "time", "dispute-decided"]

WHY_NAMES: dict[str, tuple[str, str]] = {
    "repaired": ("已修复，不再使用", "Repaired: used no more"),
    "ended": ("已被更正后的内容取代或者已经撤销", "Superseded by a correction, or annulled"),
    "suppressed": ("重整期间暂时屏蔽", "Suppressed for a time during reorganisation"),
    "expired": ("期限已满", "Its period is over"),
    "disputed": ("异议正在审查", "An objection is under review"),
    "duplicate": ("同一决定已经计过一次", "The same decision is counted once already"),
    "later": ("那一天还没有作出", "Not decided yet on that day"),
    "not-asked": ("模型没有用到这类信息，或者超过了模型回看的期限", "Not looked at by the model, or too old for it"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One statement in a score: when it was decided, its age in whole months, the share the age leaves (per mille),
    and its contribution. `title`, `document`, `authority`, `rule` are "" where its content may be shown no more; `rule` is
    the provision it stands by, with its `confidence` (an unverified one is shown as such).

    Where an indicator looks at its statements together, the newest (`carries`) bears what they give."""

    statement: int
    item: str
    item_name: str
    title: str
    document: str
    authority: str
    decided_on: date | None
    months: int
    decay: int
    micro: int
    rule: str
    confidence: str = ""
    carries: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator: the sum of its lines, what the cap took off (`capped`), and what it adds: `micro` = sum + capped."""

    code: str
    family: str
    name: str
    name_en: str
    measure: str
    weight: int
    cap: int
    sum: int
    capped: int
    micro: int
    citation: str
    our_choice: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A veto that held: the best grade it leaves, and the statements it rests on."""

    code: str
    name: str
    name_en: str
    ceiling: str
    ceiling_name: str
    at_least: int
    citation: str
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A statement on file that does not count, and why."""

    statement: int
    item: str
    item_name: str
    decided_on: date | None
    why: Why


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a score came about. `base` + the `micro` of all parts = `score`, exactly; `grade_of_score` is the grade the
    thresholds give, `grade` the one after vetoes and the ladder; `ceiling` is the best those leave, `ladder` the grade
    whose years are not behind it ("" where none was withheld)."""

    uscc: str
    model: str
    version: str
    pack: str
    on: date
    position: int
    base: int
    score: int
    grade: str
    grade_name: str
    grade_of_score: str
    parts: tuple[Part, ...]
    vetoes: tuple[Held, ...]
    excluded: tuple[Excluded, ...]
    ceiling: str = ""
    ladder: str = ""
    rounding: str = "down"
    run: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether lines sum to parts and parts to the score: always, or the explanation is not shown."""
        lines = all(sum(line.micro for line in part.lines) == part.sum for part in self.parts)
        parts = all(part.sum + part.capped == part.micro for part in self.parts)
        return lines and parts and self.base + sum(part.micro for part in self.parts) == self.score


@dataclass(frozen=True, slots=True)
class Step:
    """One lawful act on one statement: from which day it may be done, by which provision, at which window."""

    kind: Literal["repair", "fulfil"]
    statement: int
    item: str
    item_name: str
    document: str
    authority: str
    earliest: date
    provision: str
    windows: tuple[str, ...]
    working: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change and what it would do: on `earliest` the score would be `score` and the grade `grade`.

    Computed with the model's own engine on the facts as they would be that day. `better` compares grades (scores where
    the model has none). `smallest`: no smaller set of acts reaches this grade; false where there were too many to try all.
    """

    kind: ChangeKind
    steps: tuple[Step, ...]
    earliest: date
    score: int
    grade: str
    grade_name: str
    better: bool
    smallest: bool = True
    statements: tuple[int, ...] = ()
