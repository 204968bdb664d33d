"""What of evaluation waits for somebody: figures for the first page of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.evaluation import adoption, mutual
from xinheng.law import service as law

MANY = 50


@dataclass(frozen=True)
class Findings:
    """Open findings of the mutual rules; `many` where there are more than are counted."""

    open: int
    many: bool


def second_account(*, account: str) -> tuple[int, int]:
    """Models waiting for a second account: those this account may confirm, and all of them. One query."""
    told = adoption.statuses(models=law.models(pack=law.active()).values()).values()
    waiting = [one for one in told if one.waiting]
    return sum(one.proposed_by != account for one in waiting), len(waiting)


def findings(*, on: date, authority: str | None = None) -> Findings:
    """Findings that wait for an answer, of one unit or of all, as far as they may be seen; at most fifty are counted."""
    found, more = mutual.mutual_findings(on=on, authority=authority, limit=MANY)
    return Findings(len(found), more is not None)
