"""What may and what must follow from an outcome. Pure.

An objection never hides anything by itself: suspending our copy needs an adopted local provision, and is never
possible for what a court or the enterprise publicity system (GSXT) decides.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

COURT, GSXT = "court", "gsxt"


@dataclass(frozen=True, slots=True)
class Ruling:
    """Yes or no, and the sentence that says why."""

    ok: bool
    why: str


def may_suspend(*, owners: Collection[str], windows: Collection[str], adopted: bool) -> Ruling:
    """Whether our copy of a disputed entry may be suspended while the source is silent.

    `owners` are the sectors whose bodies decide such entries, `windows` where such an entry is repaired, `adopted`
    whether the office adopted a local provision that allows it.
    """
    if COURT in owners or COURT in windows:
        return Ruling(False, "法院的记录由法院更正，本平台不得暂停公示")
    if GSXT in windows:
        return Ruling(False, "国家企业信用信息公示系统的记录以该系统为准，本平台不得暂停公示")
    if not adopted:
        return Ruling(False, "没有已采用的规定允许在异议期间暂停公示：标注保留，内容照常公示")
    return Ruling(True, "按已采用的规定暂停公示")


@dataclass(frozen=True, slots=True)
class Restored:
    """Whether the file shows why an entry came back after its repair was revoked, and the sentence that says so."""

    marked: bool
    says: str


def after_false_promise(*, barred_until: date | None) -> Restored:
    """What is said beside an entry whose repair rested on false material or a broken promise.

    It comes back with the days it had: no longer, because no text at hand says longer. `barred_until` is the last day
    on which a commitment no longer helps, by the provision the office adopted; None where none is adopted: then
    nothing is shown beside the entry.
    """
    if barred_until is None:
        return Restored(False, "恢复公示；没有已采用的规定要求另行记载")
    return Restored(True, f"恢复公示并记载；{barred_until} 以前不适用承诺办理")


def answered_in_time(*, due_on: date | None, closed_on: date | None, on: date) -> bool | None:
    """Whether a clock was kept; None while it still runs."""
    if due_on is None:
        return None
    if closed_on is None:
        return None if on <= due_on else False
    return closed_on <= due_on
