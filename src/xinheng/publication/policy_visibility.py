"""May this audience see this statement today? The one rule, for one statement, with its reasons.

public      held, has a publication window, and the day is inside it;
self        the organisation itself: everything held about it, shown or not, also what was repaired or is suppressed;
authority   bodies that share the data: everything held or suppressed, without the restricted part. What was repaired
            is shared and used no more.

What is for supervision only (a rule of publication that begins with `internal-`) is open to these bodies alone, not
even to the organisation itself.

A dispute hides nothing: no mark takes part in the decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

AUDIENCES = ("public", "self", "authority")
# The states an audience may see at all; the public besides only inside the days of publication
STATES = {
    "public": ("held",), "authority": ("held", "suppressed"), "self": ("held", "repaired", "suppressed"),
}  # fmt: skip
# What is said beside an entry, and who is told. Publishing that false material was given waits for a verified provision
TOLD = {
    "public": ("disputed", "corrected"),
    "authority": ("disputed", "corrected", "suppressed", "false-material"),
    "self": ("disputed", "corrected", "suppressed", "false-material", "repaired"),
}
INTERNAL = "internal-"
"""How the rule of publication of what is for supervision only begins."""
PARTS = {"public": ("public",), "authority": ("public", "shared"), "self": ("public", "shared", "restricted")}


@dataclass(frozen=True)
class Facts:
    """What the gate looks at: the standing of a statement that is open today."""

    state: str
    severity: str
    show_from: date | None
    show_until: date | None
    rule: str = ""


@dataclass(frozen=True)
class Visibility:
    """The answer: visible or not, which parts, until which day, and why in sentences."""

    visible: bool
    parts: tuple[str, ...]
    until: date | None
    reasons: tuple[str, ...]


_ENDED = {
    "superseded": "已被同一决定的更正内容取代", "annulled": "已被撤销", "erased": "已依法删除",
    "repaired": "已完成信用修复，终止公示，停止共享和使用", "suppressed": "已暂停公示，期间不公开",
}  # fmt: skip
_STILL = {
    "held": "在册记录,本对象可见", "repaired": "已完成信用修复，只有信息主体本人可见",
    "suppressed": "已暂停公示，信息主体和共享单位可见",
}  # fmt: skip


def decide(*, facts: Facts, audience: str, on: date) -> Visibility:
    """The gate's decision for one statement on one day. The set form in `service` must always agree."""
    if facts.state not in STATES[audience]:
        return _no(_ENDED.get(facts.state, "不再有效"))
    if audience != "authority" and facts.rule.startswith(INTERNAL):
        return _no("监管部门内部使用，不公示，也不向主体展示")
    if audience != "public":
        return Visibility(True, PARTS[audience], None, (_STILL[facts.state],))
    if facts.show_from is None:
        why = {
            "minor": "轻微失信信息,只归集,默认不公示",
            "undetermined": "失信程度待认定机关确认,确认前不公示",
        }.get(facts.severity, "没有公示依据")
        return _no(why)
    if on < facts.show_from:
        return _no(f"自 {facts.show_from} 起公示")
    if facts.show_until is not None and on > facts.show_until:
        return _no(f"公示期已于 {facts.show_until} 届满,自动停止公示")
    until = f"公示至 {facts.show_until}" if facts.show_until else "持续公示"
    return Visibility(True, PARTS["public"], facts.show_until, (until,))


def opens(*, state: str, rule: str, show_from: Any, show_until: Any, audience: str, on: Any) -> bool:
    """Whether `decide` says visible, without its reasons. Days are all `date`, or all ISO text: they compare the same."""
    if state not in STATES[audience] or (audience != "authority" and rule.startswith(INTERNAL)):
        return False
    if audience != "public":
        return True
    return show_from is not None and show_from <= on and (show_until is None or show_until >= on)


def marks_told(*, state: str, kinds: Iterable[str], audience: str) -> tuple[str, ...]:
    """What this audience is told beside an entry in that state that bears marks of these kinds: each kind once."""
    every = {*kinds, *({state} - {"held"})}
    return tuple(kind for kind in TOLD[audience] if kind in every)


def _no(reason: str) -> Visibility:
    return Visibility(False, (), None, (reason,))
