"""The content of a document: what the engine knows, over it what the step's effect said of it (`paper`) and what the step
said (`detail["document"]`).

Keys are those the paper template sets (reports/paper_shape.py): plain JSON, nothing is looked up when it is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xinheng.cases import clocking, naming
from xinheng.cases.policy_act import NO_DAY
from xinheng.home import home
from xinheng.law import service as law
from xinheng.records import service as records


def content(
    *, number: str, row: Mapping[str, Any], kind: Any, step: Any, paper: Any, body: str, pack: law.Pack,
    clock: clocking.Row | None, on: date, reason: str, detail: Mapping[str, Any], effect: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """The content of the paper a step makes."""
    state = kind.states[step.to or row["state"]]
    grounds = {one.code: one.zh for one in getattr(step, "reasons", ())}
    told: dict[str, Any] = {
        "format": 1,
        "kind": paper.code,
        "title": paper.name,
        "case_kind": row["kind"],
        "outcome": state.code if state.outcome else "",
        "number": number,
        "case_number": row["number"],
        "outside": row["outside"],
        "office": naming.body_name(pack, body),
        "made_on": on.isoformat(),
        "sandbox": home().sandbox,
        "to": naming.subject_name(row["uscc"]),
        "to_code": row["uscc"],
        "received_on": row["opened_on"].isoformat(),
        "channel": row["channel"],
        "field": row["field"],
        "reason": "；".join(
            part for part in (grounds.get(str(detail.get("ground", "")), ""), reason) if part
        ),
        "items": _items(detail.get("supplements") or ()),
        "law": [_law(step.provision, step.source)] if step.provision else [],
        "dates": _dates(pack, clock, row),
        "remedies": [_remedy(pack, one, on, row["statement_id"]) for one in state.remedies],
        "effect": {name: value for name, value in effect.items() if name != "paper"},
    }
    # What the step does may say more of its paper than the engine knows; what the clerk wrote goes before both
    return told | dict(effect.get("paper") or {}) | dict(detail.get("document") or {})


def _items(supplements: Any) -> list[dict[str, Any]]:
    listed = [supplements] if isinstance(supplements, str) else list(supplements)
    return [dict(one) if isinstance(one, Mapping) else {"text": str(one)} for one in listed]


def _law(citation: str, source: Any) -> dict[str, str]:
    return {"citation": citation, "confidence": str(getattr(source, "confidence", ""))}


def _dates(pack: law.Pack, clock: clocking.Row | None, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if clock is None or clock.due_on == NO_DAY:
        return []
    found = pack.provision(clock.provision, clock.started_on)
    told: dict[str, Any] = {
        "label": found.name if found else clock.provision,
        "date": clock.due_on.isoformat(),
        "provisional": clock.provisional,
        "working": list(clocking.workings([clock.working]).get(clock.working, ())),
    }
    if found:
        told["law"] = _law(found.source.cited, found.source)
    return [told]


def _remedy(pack: law.Pack, remedy: Any, on: date, statement: int | None) -> dict[str, Any]:
    """A next remedy. What counts from the result has its last day when the paper is served (`reading`); what goes
    against the original decision has it now, from the day that decision was made."""
    told: dict[str, Any] = {
        "text": remedy.zh,
        "text_en": remedy.en,
        "provision": remedy.provision,
        "counts_from": remedy.counts_from,
        "last_on": "",
    }
    found = pack.provision(remedy.provision, on) if remedy.provision else None
    if not found:
        return told
    told["law"] = _law(found.source.cited, found.source)
    if remedy.counts_from == "decision":
        return told | _from_decision(pack, remedy.provision, on, statement)
    told["note"] = f"{found.name}：最后日期自收到本文书之日起算，送达登记后写明"
    return told


def _from_decision(pack: law.Pack, provision: str, on: date, statement: int | None) -> dict[str, Any]:
    parts = records.statements([statement]).get(statement) if statement is not None else None
    decided = parts.decided_on if parts else None
    counted = clocking.count(pack, provision, "", decided) if decided else None
    if decided is None or counted is None:
        return {"note": "自知道原决定之日起算"}
    ends = "，已经过去" if counted.due_on < on else ""
    note = f"自知道原决定之日起算；按原决定作出之日 {decided.isoformat()} 推算，最后一天是 {counted.due_on.isoformat()}{ends}"
    return {"note": note, "provisional": counted.provisional}
