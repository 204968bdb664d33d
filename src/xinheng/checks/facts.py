"""What the law needs to know of one entry as the gate shows it."""

from __future__ import annotations

from datetime import date

from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records

_STATES = {"repaired": "repaired", "suppressed": "suppressed"}


def over(adverse: bool, severity: str, shown: bool, until: date | None, on: date) -> bool:
    """Whether an entry's time is over: it is then neither shown nor used, also by bodies that share it.

    An adverse entry that has a class and was never to be shown came in when its days were over already. What is minor
    or has no class yet is not shown for another reason.
    """
    if until is not None and until < on:
        return True
    return adverse and not shown and severity not in _NOT_SHOWN


_NOT_SHOWN = ("minor", "undetermined")


def facts_of(entry: publication.Entry, *, on: date) -> law.EntryFacts:
    """An entry of the gate as facts for `law.counts`, `law.hints` and `law.may_apply`; `ref` is the statement's id.

    Past the last day it is shown it counts as ended; the audience that sees what was repaired is told so by its mark.
    """
    item = law.active().items[entry.item]
    kind = item.card.kind
    listed = bool(kind) and kind in item.by_code and item.by_code[kind].choices_from == "lists"
    state = next((state for mark, state in _STATES.items() if mark in entry.marks), "held")
    if state == "held" and over(
        item.adverse, entry.severity, entry.show_from is not None, entry.show_until, on
    ):
        state = "ended"
    return law.EntryFacts(
        ref=entry.id, item=entry.item, list_kind=entry.values.get(kind, "") if listed else "",
        severity=entry.severity, state=state, disputed=records.DISPUTED in entry.marks,  # type: ignore[arg-type]
        until=entry.show_until, since=entry.decided_on,
    )  # fmt: skip
