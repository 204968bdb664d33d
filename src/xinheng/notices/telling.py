"""Steps of a case, told to its subject. The handlers run inside the case's own event; who wires them is above both rooms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.notices import collecting, keeping, templates

SILENT = ("sync-ticket",)
"""Kinds the subject hears of only where it opened the case itself."""


def on_step(event: evidence.OpenEvent, case: Any, step: Any) -> None:
    """Tells the subject what others did in its case, and that its own request came in. What it did later itself it knows.

    A kind of case that goes on between offices is told only where the subject opened it.
    """
    if not case.uscc or (case.kind in SILENT and case.channel != "workspace"):
        return
    if step.actor.role == "organisation" and step.act != "open":
        return
    # Nobody is told of facts that are only being looked into; what began with a notice is told to its end
    if case.kind == "listing" and (step.act == "open" or (case.state == "facts" and step.to == "not-listed")):
        return
    names = _names(law.active(), case.kind, step.to, case.opened_on)
    facts = _facts(case, step.to, names) | {"act": step.act, "due": _iso(step.due_on)}
    _write(event, [("case-step", case.uscc, case.number, step.seq, step.on, facts)])


def on_moved(event: evidence.OpenEvent, moved: Iterable[Any]) -> None:
    """Tells the subjects whose due day was counted again after a holiday notice: both days."""
    rows, pack = [], law.active()
    known: dict[tuple[str, str, date], dict[str, str]] = {}
    for one in moved:
        if one.uscc and one.kind not in SILENT:
            # Tens of thousands may move with one notice; they share a handful of kinds and states
            key = (one.kind, one.state, one.old_due)
            names = known[key] = known.get(key) or _names(pack, *key)
            facts = _facts(one, one.state, names) | {"before": _iso(one.old_due), "due": _iso(one.new_due)}
            rows.append(("case-moved", one.uscc, one.number, event.id, one.new_due, facts))
    _write(event, rows)


def _facts(case: Any, state: str, names: dict[str, str]) -> dict[str, Any]:
    return {"case_kind": case.kind, "state": state, "statement": case.statement, "names": names}


def _names(pack: law.Pack, code: str, state: str, on: date) -> dict[str, str]:
    """The names of a kind and a state on that day, kept with the notice: an old one reads as it was made."""
    try:
        kind = law.case_kind(pack=pack, code=code, on=on)
        named = kind.states[state]
    except (KeyError, law.NoBasis, law.UnknownCode):
        return {}  # a kind the pack no longer knows is told by its code
    return {"kind_zh": kind.name, "kind_en": kind.en, "state_zh": named.name, "state_en": named.en}


def _write(
    event: evidence.OpenEvent, told: list[tuple[str, str, str, int, date | None, dict[str, Any]]]
) -> None:
    version = templates.current()
    rows = [
        (None, kind, uscc, number, step, on, version, json.dumps(facts, ensure_ascii=False, sort_keys=True))
        for kind, uscc, number, step, on, facts in told
    ]
    ids = keeping.write(event, "notices_notice", rows)
    collecting.queue(event, {id_: row[1] for id_, row in zip(ids, told, strict=True)})


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
