"""The way of a model: off, proposed by one, adopted by another, published by two again. Acts in, state out.

    off ── propose ──▶ proposed ── adopt (another) ──▶ adopted ── propose-publication ──▶ publish-proposed
     ▲                    │                            ▲  ▲                                │       │
     │◀────── refuse ─────┘                            │  └──────────── refuse ────────────┘       │ publish (another)
     └◀───────────── withdraw (from adopted on) ───────┴──────── unpublish ◀── published ◀─────────┘

Steps that only take something back need one person; steps that give a model effect need two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from xinheng.evaluation.adoption_errors import NotThisStep, OneAccountTwice

OFF, PROPOSED, ADOPTED = "off", "proposed", "adopted"
PUBLISH_PROPOSED, PUBLISHED = "publish-proposed", "published"
STATES = (OFF, PROPOSED, ADOPTED, PUBLISH_PROPOSED, PUBLISHED)
USABLE = (ADOPTED, PUBLISH_PROPOSED, PUBLISHED)
ACTS = ("propose", "adopt", "refuse", "withdraw", "propose-publication", "publish", "unpublish")
_WAYS: dict[str, dict[str, str]] = {
    "propose": {OFF: PROPOSED},
    "adopt": {PROPOSED: ADOPTED},
    "refuse": {PROPOSED: OFF, PUBLISH_PROPOSED: ADOPTED},
    "withdraw": {ADOPTED: OFF, PUBLISH_PROPOSED: OFF, PUBLISHED: OFF},
    "propose-publication": {ADOPTED: PUBLISH_PROPOSED},
    "publish": {PUBLISH_PROPOSED: PUBLISHED},
    "unpublish": {PUBLISHED: ADOPTED},
}
_WHY = {
    "propose": "已经提出过采用，或者已经采用。",
    "adopt": "没有等待确认的采用提议，请先由一位同事提出。",
    "refuse": "没有等待确认的提议。",
    "withdraw": "模型没有采用，不需要停用。",
    "propose-publication": "只有已采用、还没有提出公布的模型可以提出公布。",
    "publish": "没有等待确认的公布提议，请先由一位同事提出。",
    "unpublish": "模型现在没有公布，不需要撤回。",
}

LEAST = 30
"""A report on fewer organisations carries no adoption: one organisation would move each of its shares by 3 % and more."""
FRESH = timedelta(days=30)
"""How old a report may be, and how far its day may lie back: a month brings new entries for most organisations, so what an
older report shows is not what would be adopted."""


@dataclass(frozen=True)
class Rests:
    """What a report was made of: the model and pack by digest, its day and the day it was made, how many organisations, how
    often one more adverse fact was tried, and how many kinds of them helped anyone."""

    model: str
    pack: str
    on: date
    made: date
    organisations: int
    tried: int
    improved: int


def unfit(report: Rests | None, *, model: str, pack: str, on: date) -> str:
    """Why a report carries no adoption of this model under this pack on a day, in a sentence; "" where it does."""
    if report is None or report.model != model:
        return "这一版还没有报告。先运行报告，看过分布、稳定性和回测再办。"
    if report.pack != pack:
        return "报告是用别的规则包算的，规则包以后换过。请用现在的规则包重新算一份报告。"
    if report.organisations < LEAST:
        return (
            f"报告里只有 {report.organisations} 个主体，少于 {LEAST} 个，看不出是否公平和稳定，不能据以采用。"
        )
    if report.made > on or on - report.made > FRESH:
        return f"报告是 {report.made} 算的，超过 {FRESH.days} 天。请重新算一份。"
    if report.on > on or on - report.on > FRESH:
        return f"报告算的是 {report.on} 的情况，离今天超过 {FRESH.days} 天。请按今天重新算一份。"
    if not report.tried:
        return "报告没有试过单调：没有一种不利信息可以加。入库以后重新算一份报告。"
    if report.improved:
        return f"报告试出 {report.improved} 种不利信息反而使结果变好，模型不单调，不能采用。请先改规则包。"
    return ""


@dataclass(frozen=True)
class Done:
    """One act as it was kept."""

    act: str
    by: str
    on: date
    reason: str = ""
    basis: str = ""
    report: int = 0
    id: int = 0


@dataclass(frozen=True)
class Status:
    """What holds of one version of a model. `proposed_by` waits for another account; `since` is the day of the last act."""

    state: str = OFF
    proposed_by: str = ""
    adopted_by: str = ""
    adopted_on: date | None = None
    published_on: date | None = None
    basis: str = ""
    report: int = 0
    since: date | None = None
    reason: str = ""

    @property
    def usable(self) -> bool:
        """Whether its results may be used inside, by the office and the deciding authorities."""
        return self.state in USABLE

    @property
    def published(self) -> bool:
        """Whether the model itself and its totals may be shown to the public."""
        return self.state == PUBLISHED

    @property
    def waiting(self) -> bool:
        """Whether a second account is awaited."""
        return self.state in (PROPOSED, PUBLISH_PROPOSED)


def after(status: Status, done: Done) -> Status:
    """The status after an act. Raises `NotThisStep`, and `OneAccountTwice` where one account would do both."""
    ways = _WAYS.get(done.act)
    if ways is None:
        raise NotThisStep(f"没有「{done.act}」这一步。")
    if status.state not in ways:
        raise NotThisStep(_WHY[done.act])
    if done.act in ("adopt", "publish") and done.by == status.proposed_by:
        raise OneAccountTwice(
            f"「{done.by}」提出的，不能由同一个账户确认：请信用办另一位同事看过报告后确认。"
        )
    moved = replace(status, state=ways[status.state], since=done.on, reason=done.reason)
    if done.act in ("propose", "propose-publication"):
        moved = replace(moved, proposed_by=done.by, report=done.report or status.report)
        return replace(moved, basis=done.basis)
    moved = replace(moved, proposed_by="")
    if done.act == "adopt":
        return replace(moved, adopted_by=done.by, adopted_on=done.on)
    if done.act == "publish":
        return replace(moved, published_on=done.on)
    if moved.state == OFF:
        return replace(moved, adopted_by="", adopted_on=None, published_on=None, basis="")
    return replace(moved, published_on=None, basis="")


def folded(acts: Iterable[Done]) -> Status:
    """The status a sequence of kept acts leaves."""
    status = Status()
    for done in acts:
        status = after(status, done)
    return status


def allowed(status: Status, *, by: str) -> tuple[str, ...]:
    """The acts this account could do now."""
    return tuple(act for act in ACTS if _possible(status, act, by))


def _possible(status: Status, act: str, by: str) -> bool:
    try:
        after(status, Done(act, by, date.min))
    except (NotThisStep, OneAccountTwice):
        return False
    return True
