"""What an explanation, a change and a check-up are. Immutable; days are legal days, scores micro-points (10⁻⁶)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Why = Literal[
    "repaired", "ended", "suppressed", "expired", "disputed", "duplicate", "later", "class", "old", "kind", "item",
]  # fmt: skip
ChangeKind = Literal["repair", "fulfil", "acts", "time", "dispute-decided"]
RunLine = Literal["", "same", "different", "gone", "missing"]

WHY_NAMES: dict[str, tuple[str, str]] = {
    "repaired": ("已修复，不再使用", "Repaired: used no more"),
    "ended": ("已被更正后的内容取代或者已经撤销", "Superseded by a correction, or annulled"),
    "suppressed": ("重整期间暂时屏蔽", "Suppressed for a time during reorganisation"),
    "expired": ("期限已满", "Its period is over"),
    "disputed": ("异议正在审查", "An objection is under review"),
    "duplicate": ("同一决定已经计过一次", "The same decision is counted once already"),
    "later": ("那一天还没有作出，没有生效", "Not decided, not in force on that day"),
    "class": ("模型不计失信程度为「{}」的", "The model does not count entries of the class “{}”"),
    "old": ("已满 {} 个月，超过模型回看的期限", "{} months old: past what the model looks back to"),
    "kind": ("模型用这类信息，但不计「{}」", "The model uses such entries, but does not count “{}”"),
    "item": ("模型没有用到这类信息", "The model does not look at such entries"),
}  # fmt: skip
"""Each reason in both languages; `{}` takes what `Excluded.which` says."""


@dataclass(frozen=True, slots=True)
class Line:
    """One statement in a score: when it was decided, its age in whole months, the share the age leaves (per mille),
    and its contribution. `title`, `document`, `authority`, `rule` are "" where its content may be shown no more; `rule` is
    the provision it is PUBLISHED under, with its `confidence` (an unverified one is shown as such): it gives no points.

    `points` are the micro-points before decay: those of `grade` where a table by grade gives them, of the bracket reached
    (`bracket` is where it begins: fen or months; None where none is reached or the measure has none) by `amount` (fen) or
    `months`, or the weight. contribution = sign × floor(|points| × decay ÷ 1000).

    Where an indicator looks at its statements together, the newest (`carries`) bears what they give; the others have 0.
    `counted` says whether it is in the numerator of a share."""

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
    points: int = 0
    bracket: int | None = None
    amount: int = 0
    grade: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator: the sum of its lines, what the cap took off (`capped`), and what it adds: `micro` = sum + capped.

    `citation` is where its points come from, `own_source` whether that is another source than the model's. `share` is
    (numerator, all) where the measure is a share."""

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
    own_source: bool = False
    by_grade: bool = False
    share: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A statement by what it is about; `title` is the item's name where its content may be shown no more."""

    statement: int
    title: str
    document: str


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
    entries: tuple[Named, ...] = ()
    own_source: bool = False


@dataclass(frozen=True, slots=True)
class Excluded:
    """A statement on file that does not count, and why; `which` names the class, kind or months of the reason, in
    Chinese and English."""

    statement: int
    item: str
    item_name: str
    decided_on: date | None
    why: Why
    which: tuple[str, str] = ("", "")

    @property
    def reason(self) -> tuple[str, str]:
        """The reason in both languages."""
        chinese, english = WHY_NAMES[self.why]
        return chinese.format(self.which[0]), english.format(self.which[1])


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a score came about. `base` + the `micro` of all parts = `score`, exactly; `grade_of_score` is the grade the
    thresholds give, `grade` the one after vetoes and the ladder; `ceiling` is the best those leave, `ladder` the grade
    whose years are not behind it ("" where none was withheld).

    `source` is where the points come from (`our_choice`: from us, no law gives them). Under a run's name `line` says what
    became of the run's own line: the same, different (`kept` is its score), gone with what was lawfully erased, or missing
    with its file; `erased` is how many statements were lawfully erased since that run, of whomever."""

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
    source: str = ""
    our_choice: bool = False
    line: RunLine = ""
    kept: int | None = None
    erased: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether lines sum to parts and parts to the score: always, or the explanation is not shown."""
        lines = all(sum(line.micro for line in part.lines) == part.sum for part in self.parts)
        parts = all(part.sum + part.capped == part.micro for part in self.parts)
        return lines and parts and self.base + sum(part.micro for part in self.parts) == self.score


@dataclass(frozen=True, slots=True)
class Step:
    """One lawful act on one statement, by which provision, at which window.

    A repair may be asked for from `earliest` and is decided by `effect` at the latest, by the clocks of acceptance and
    decision (`clocked`; without clocks in force here `effect` is the day of asking); it may be refused. What somebody
    else has to find first has neither day: both are None, and `finder` says who (the receiving unit, the court).
    `case` is a repair already asked for.
    """

    kind: Literal["repair", "fulfil"]
    statement: int
    item: str
    item_name: str
    document: str
    authority: str
    earliest: date | None
    effect: date | None
    provision: str
    windows: tuple[str, ...]
    working: tuple[str, ...] = ()
    clocked: bool = False
    finder: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change and what it would do: on `earliest` the score would be `score` and the grade `grade`.

    Computed with the model's own engine on the facts as they would be that day: the acts done (`steps`), and time passed
    until then. None of the acts is superfluous. `better` compares grades (scores where the model has none).
    `smallest`: no smaller set of acts reaches this grade by that day, for all were tried; false where they are too many.
    `dated`: this was looked for among the acts that have a day alone, though there are conditions as well. `waits`: time
    has to pass besides, after everything is done.
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
    dated: bool = False
    waits: bool = False

    @property
    def conditional(self) -> bool:
        """Whether somebody else's finding has to come first: the day then holds only once it is there."""
        return any(step.effect is None for step in self.steps)

    @property
    def ready(self) -> date | None:
        """The day by which all acts with a day can have their effect; None without any."""
        return max((step.effect for step in self.steps if step.effect is not None), default=None)

    @property
    def clocked(self) -> bool:
        """Whether the day rests on the periods of acceptance and decision."""
        return any(step.clocked for step in self.steps)
