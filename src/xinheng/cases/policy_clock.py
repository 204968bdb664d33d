"""What a step does to the clocks of a case. Pure.

A clock belongs to a state. Leaving the state ends it, or lets it stand still where the step says so; coming back
starts it anew or lets it go on, as the state says. A final state ends every clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

Cause = Literal["started", "paused", "resumed", "restarted", "extended", "moved"]
CAUSES = {
    "started": "开始计时", "paused": "暂停计时", "resumed": "恢复计时", "restarted": "重新计时", "extended": "延长",
    "moved": "放假安排公布后重算",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Running:
    """An open clock row as the policy sees it."""

    id: int
    state: str
    paused_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do: end row `id`; and, unless `cause` is empty, write another one after it for `state`. Resumed
    without an `id` goes on from the last row of that state, which was ended when the case left it: no day was lost."""

    id: int | None
    cause: str
    state: str


def changes(kind: Any, step: Any, now: str, rows: Sequence[Running], visited: frozenset[str]) -> list[Change]:
    """What becomes of the open clock rows when `step` is taken in the state `now`. `visited`: the states the case was
    in before, so that a return is told from a first entry."""
    to = step.to or now
    running = next((row for row in rows if row.state == now and row.paused_on is None), None)
    if to == now:
        return [Change(running.id, "extended", now)] if step.extends and running else []
    if kind.states[to].final:
        return [Change(row.id, "", row.state) for row in rows]
    made: list[Change] = []
    if running is not None:
        if step.pauses:
            made.append(Change(running.id, "paused", now))
        else:
            made.append(Change(running.id, "", now))
    back = next((row for row in rows if row.state == to), None)
    resumes = kind.states[to].on_return == "resume"
    if resumes and (back is not None or to in visited):
        made.append(Change(back.id if back else None, "resumed", to))
    elif back is not None:
        made.append(Change(back.id, "restarted", to))
    else:
        made.append(Change(None, "restarted" if to in visited else "started", to))
    return made


def pause_between(paused_on: date, back_on: date) -> tuple[date, date] | None:
    """The days that do not count: from the day after the clock was stopped to the day the case came back, both
    included. None where it came back the same day."""
    first = paused_on + timedelta(days=1)
    return (first, back_on) if first <= back_on else None


def shown(rows: Sequence[Running], state: str) -> int | None:
    """Which open row is the clock of the case: that of its state, else one that runs, else one that stands still."""
    ranked = sorted(rows, key=lambda row: (row.state != state, row.paused_on is not None, -row.id))
    return ranked[0].id if ranked else None
