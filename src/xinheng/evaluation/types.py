"""What the engine gives back. Points are integer micro-points (1 point = 1,000,000); grades are indices into
`model.grades`, 0 = the first listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Verdict = Literal["equal", "different", "lost", "erased"]

ENGINES = ("duckdb", "spark", "postgres")


@dataclass(frozen=True)
class Contribution:
    """What one statement adds to one indicator. `micro` is 0 where the indicator looks at all its statements together
    (sum, share, months since, latest): then `IndicatorSum.micro` says what they give together."""

    statement: int
    indicator: str
    months: int  # whole months from the decision to the day asked
    decay: int  # per mille
    amount: int  # fen
    micro: int


@dataclass(frozen=True)
class IndicatorSum:
    """One indicator of one organisation: `micro` is what counts; `raw - micro` is what the cap took off."""

    code: str
    statements: int
    raw: int
    micro: int


@dataclass(frozen=True)
class One:
    """One organisation under one model on one day. `score == base + sum of indicators' micro`, always."""

    uscc: str
    model: str
    version: str
    on: date
    position: int
    base: int
    score: int
    grade: int  # index into the model's grades; -1: the model has none
    grade_code: str
    by_score: int  # index of the grade the score alone would give
    ceiling: int  # index of the best grade vetoes and ladder leave open
    vetoes: tuple[str, ...]
    indicators: tuple[IndicatorSum, ...]
    contributions: tuple[Contribution, ...]

    @property
    def result(self) -> Result:
        """The line a run would hold of it."""
        sums = {part.code: part.micro for part in self.indicators}
        return Result(
            self.uscc, self.score, self.grade, self.grade_code, self.by_score, self.ceiling, self.vetoes, sums
        )


@dataclass(frozen=True)
class Run:
    """One evaluation of all (or one county's) organisations of a model's kinds, as the ledger holds it."""

    id: int
    number: str
    model: str
    version: str
    model_digest: str
    pack: str
    pack_digest: str
    position: int  # ledger position of the facts
    engine: str
    on: date
    known_on: date  # judged by what was known on this day: that of the run, or `on`
    at: datetime
    actor: str
    scope: str  # county code; empty: everywhere
    trial: bool  # the model was off, or not in force on that day (`trials` says which): for the office's eyes only
    organisations: int
    statements: int
    milliseconds: int
    digest: str  # of the results, the same for every engine
    distribution: Mapping[str, int] = field(default_factory=dict)  # grade code -> organisations

    @property
    def looks_back(self) -> bool:
        """Whether an earlier day was judged by what was known later: what was repaired in between does not count."""
        return self.on < self.known_on

    @property
    def seconds(self) -> float:
        """How long reading, computing and writing took; for people, never for a decision."""
        return self.milliseconds / 1000


@dataclass(frozen=True)
class Result:
    """One organisation's line in a run."""

    uscc: str
    score: int
    grade: int
    grade_code: str
    by_score: int
    ceiling: int
    vetoes: tuple[str, ...]
    sums: Mapping[str, int]  # indicator code -> micro-points that counted


@dataclass(frozen=True)
class Page:
    """Results in order of code, after a key: `next` is the key of the following page, empty at the end."""

    results: tuple[Result, ...]
    next: str


@dataclass(frozen=True)
class Difference:
    """An organisation whose number came out otherwise when a run was computed again."""

    uscc: str
    then: tuple[int, str] | None  # score, grade code; None: it was not in the run
    now: tuple[int, str] | None


@dataclass(frozen=True)
class Replay:
    """A run computed again from the ledger as it stood.

    `verdict`: "equal"; "different" (`differences`); "lost" (kept lines are missing that no erasure explains, or the kept
    file is not the one the ledger bound); "erased" (one organisation whose line a lawful erasure took: nothing is left to
    compare). `erased`: statements erased by law since, which no replay can bring back; `cleared`: lines taken with them.
    """

    run: int
    engine: str
    verdict: Verdict
    organisations: int
    digest_then: str
    digest_now: str
    differences: tuple[Difference, ...]  # at most 100
    erased: int = 0
    cleared: int = 0
    lost: int = 0  # lines missing that nothing explains

    @property
    def equal(self) -> bool:
        """Whether every line that is to be there came out the same."""
        return self.verdict == "equal"
