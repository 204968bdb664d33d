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
from datetime import date

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
