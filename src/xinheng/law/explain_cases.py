"""Explains a kind of case: its states with their periods, who may do what by which rule, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xinheng.law.case_types import CaseKind, CaseState
from xinheng.law.explaining import Explanation, answer, basis, say_period
from xinheng.law.policy_cases import in_effect
from xinheng.law.types import PENDING_MARK, Pack

WHO = {
    "subject": "当事人",
    "office": "信用办",
    "authority": "认定单位",
    "exchange": "信用中国",
    "platform": "平台",
}


def explain(pack: Pack, code: str, on: date) -> Explanation | None:
    """The answer for a kind of case by its code, or `case.` and its code; None for anything else. A period of the same
    name is explained as the period."""
    if code in pack.provisions:
        return None
    versions = pack.cases.get(code.removeprefix("case."), ())
    if not versions:
        return None
    found = [
        basis(pack, kind.source, kind.name, f"{kind.name}，{len(kind.states)} 个状态") for kind in versions
    ]
    kind = next((one for one in versions if on in one.source.in_force), versions[-1])
    details = (*_states(pack, kind, on), *_steps(kind))
    return answer(pack, code, "case", kind.name, on, found, details)


def _states(pack: Pack, kind: CaseKind, on: date) -> Iterator[str]:
    for state in kind.states.values():
        parts = [_clock(pack, clock, sector, on) for sector, clock in _clocks(state)]
        said = f"：{'；'.join(parts)}" if parts else ""
        after = "；".join(remedy.zh for remedy in state.remedies)
        yield f"状态 {state.name}{'（终局）' if state.final else ''}{said}{f'；接下来：{after}' if after else ''}"


def _clocks(state: CaseState) -> Iterator[tuple[str, str]]:
    if state.clock:
        yield "", state.clock
    yield from state.clock_by_sector.items()


def _clock(pack: Pack, clock: str, sector: str, on: date) -> str:
    found = pack.provision(clock, on)
    where = f"（{pack.sectors[sector].name}）" if sector in pack.sectors else ""
    if found is None:
        return f"{clock}{where} 当日没有规定"
    mark = "" if found.source.confidence != "unverified" else f"，{PENDING_MARK}"
    used = "" if in_effect(pack, clock, on) else "，未采用，不作期限"
    return f"{found.name}{where} {say_period(found.period)}{mark}{used}"


def _steps(kind: CaseKind) -> Iterator[str]:
    for step in kind.steps:
        who = "、".join(WHO[one] for one in step.who)
        start = "、".join(kind.states[code].name for code in step.from_) or "开始"
        eyes = "，两人办理" if step.four_eyes else ""
        yield f"步骤 {step.name}：{start} → {kind.states[step.to].name}，{who}{eyes}；依据：{step.provision}"
