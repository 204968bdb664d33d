"""Rooms above say here what a case does to their facts. All of it runs inside the transaction of the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xinheng.cases.errors import EffectMissing
from xinheng.cases.types import CaseFacts, MovedCase, OverdueCase, StepFacts
from xinheng.evidence import service as evidence

Effect = Callable[[evidence.OpenEvent, CaseFacts, StepFacts], Mapping[str, Any] | None]
Follow = Callable[[evidence.OpenEvent, CaseFacts, StepFacts], None]
Check = Callable[[CaseFacts, StepFacts], None]
Late = Callable[[evidence.OpenEvent, list[OverdueCase]], None]
Moved = Callable[[evidence.OpenEvent, list[MovedCase]], None]

_effects: dict[str, Effect] = {}
_checks: dict[str, Check] = {}
_steps: list[Follow] = []
_late: dict[str, list[Late]] = {}
_moved: list[Moved] = []


def register_effect(name: str, handler: Effect) -> None:
    """Says what the effect `name` of a pack's step does. What it returns is kept with the step as detail["effect"].
    `<kind>.opened` is called when a case of a kind whose opening names no effect is opened."""
    _effects[name] = handler


def register_check(name: str, handler: Check) -> None:
    """Says what already stands against the effect `name` while its step is only proposed: it raises, and nothing waits
    for a second account that could never be done. The effect itself asks again."""
    _checks[name] = handler


def register_step(handler: Follow) -> None:
    """Is told of every step that took place, openings included; proposals that wait are no steps yet."""
    if handler not in _steps:
        _steps.append(handler)


def register_overdue(kind: str, handler: Late) -> None:
    """Is told of cases of a kind whose day has passed, in parts, inside the event that declares them overdue."""
    handlers = _late.setdefault(kind, [])
    if handler not in handlers:
        handlers.append(handler)


def register_moved(handler: Moved) -> None:
    """Is told of cases whose day moved with a calendar notice, in parts, inside the event that moves them."""
    if handler not in _moved:
        _moved.append(handler)


def effect(name: str, event: evidence.OpenEvent, case: CaseFacts, step: StepFacts) -> dict[str, Any]:
    """Runs an effect. Raises `EffectMissing` for one nobody offers: better nothing done than half of it."""
    if name not in _effects:
        raise EffectMissing(f"规则包里这一步的效果「{name}」没有程序承接，什么都没有办。请更新程序或规则包。")
    return dict(_effects[name](event, case, step) or {})


def proposed(name: str, case: CaseFacts, step: StepFacts) -> None:
    """Asks about an effect before its step is proposed."""
    if name in _checks:
        _checks[name](case, step)


def opened(event: evidence.OpenEvent, case: CaseFacts, step: StepFacts, name: str) -> dict[str, Any]:
    """Runs the effect of an opening; where the kind names none, what is registered as `<kind>.opened`, if anything."""
    if name:
        return effect(name, event, case, step)
    name = f"{case.kind}.opened"
    return effect(name, event, case, step) if name in _effects else {}


def stepped(event: evidence.OpenEvent, case: CaseFacts, step: StepFacts) -> None:
    """Tells of a step that took place."""
    for handler in _steps:
        handler(event, case, step)


def late(event: evidence.OpenEvent, cases: Sequence[OverdueCase]) -> None:
    """Tells of overdue cases, kind by kind."""
    for kind in sorted({one.kind for one in cases} & set(_late)):
        for handler in _late[kind]:
            handler(event, [one for one in cases if one.kind == kind])


def moved(event: evidence.OpenEvent, cases: Sequence[MovedCase]) -> None:
    """Tells of moved cases."""
    if cases:
        for handler in _moved:
            handler(event, list(cases))
