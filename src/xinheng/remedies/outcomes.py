"""What is open to a party that does not agree with an outcome, with the last day of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xinheng.cases import service as cases
from xinheng.law import service as law
from xinheng.remedies import entries
from xinheng.remedies.errors import NoSuchEntry
from xinheng.remedies.types import NextStep


def next_steps(
    *, kind: str, state: str, on: date, served: date | None = None, statement: int | None = None
) -> tuple[NextStep, ...]:
    """The next remedies of a case in a state, as told on a day: reconsideration, litigation, another application.

    Periods run from the day the result was served; until that is on record their last day is reckoned from `on`, the
    day of telling, and says so. What goes against the original decision runs from that decision (of `statement`), and
    says where it has run out. `last_day` is None where a step has no period, or its period is not adopted: an
    unverified provision is no law to count by. Raises what `law.case_kind` raises.
    """
    pack = law.active()
    found = law.case_kind(pack=pack, code=kind, on=on).states[state]
    decided = _decided(statement) if any(one.counts_from == "decision" for one in found.remedies) else None
    return tuple(_step(pack, one, on, served, decided) for one in found.remedies)


def served_on(papers: Iterable[cases.Document], closed_on: date | None) -> date | None:
    """The day the paper of an outcome was served, of the papers of a closed case; None until that is on record. Papers
    of earlier steps do not start a period."""
    days = (one.served_on for one in papers if one.served_on and closed_on and one.made_on >= closed_on)
    return max(days, default=None)


def _decided(statement: int | None) -> date | None:
    try:
        return entries.entry(statement).parts.decided_on if statement is not None else None
    except NoSuchEntry:
        return None


def _step(
    pack: law.Pack, one: law.NextRemedy, on: date, served: date | None, decided: date | None
) -> NextStep:
    start = decided if one.counts_from == "decision" else served or on
    bare = NextStep(one.zh, one.en, one.provision, None, False, start or on, counts_from=one.counts_from)
    if not one.provision or start is None:
        return bare
    try:
        due = law.due_shown(pack=pack, provision=one.provision, start=start)
    except (law.NoBasis, law.NotAdopted, law.UnknownProvision, law.CalendarGap):
        return NextStep(
            one.zh, one.en, one.provision, None, False, start, adopted=False, counts_from=one.counts_from
        )
    exact, over = one.counts_from == "result" and served is not None, due.due < on
    when, when_en = _when(one.counts_from, start, due.due, exact=exact, over=over)
    return NextStep(
        one.zh, one.en, one.provision, due.due, due.provisional, start, True, one.counts_from, exact, over, when, when_en
    )  # fmt: skip


def _when(counts: law.CountsFrom, start: date, last: date, *, exact: bool, over: bool) -> tuple[str, str]:
    """How a last day is told: exact, reckoned from today, or from the original decision."""
    if counts == "decision":
        ends, ends_en = ("已经过去", "it has passed") if over else ("尚未过去", "it has not passed")
        zh = f"自知道原决定之日起算；按原决定作出之日 {start} 推算，最后一天是 {last}，{ends}"
        return (
            zh,
            f"From learning of the original decision; reckoned from {start}, the day it was made, the last day is {last}: {ends_en}",
        )
    if exact:
        ends, ends_en = ("，已经过去", ", which has passed") if over else ("", "")
        return f"{start} 收到，最后一天是 {last}{ends}", f"Served on {start}; the last day is {last}{ends_en}"
    zh = f"自收到之日起算；按今天（{start}）收到推算，最后一天是 {last}"
    return zh, f"From the day of receipt; if received today ({start}), the last day is {last}"
