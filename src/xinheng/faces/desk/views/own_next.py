"""The next thing an organisation can do, with its date. Pure: entries, cases and notices in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

SUPPLEMENT, REMEDY, REPAIR_NOW, OBJECT, REPAIR_LATER, ENDS = (
    "supplement", "remedy", "repair-now", "object", "repair-later", "ends",
)  # fmt: skip
RECENT, MOST_OF_A_KIND = 30, 2
_ORDER = {
    kind: place for place, kind in enumerate((SUPPLEMENT, REMEDY, REPAIR_NOW, OBJECT, REPAIR_LATER, ENDS))
}


@dataclass(frozen=True)
class Next:
    """One thing: what, by or from which day, about which entry or case. `must`: a day after which it is too late."""

    kind: str
    on: date | None
    entry: Any = None
    case: Any = None
    remedy: Any = None

    @property
    def must(self) -> bool:
        return self.kind in (SUPPLEMENT, REMEDY)


def nexts(
    *, entries: Iterable[Any], cases: Sequence[Any], remedies: Mapping[str, Sequence[Any]], on: date
) -> list[Next]:
    """What can be done, in the order of urgency: first what has a last day (soonest first), then what is possible now,
    then what will be possible, then what ends by itself.

    `entries` are the adverse ones; `cases` all of its cases; `remedies` the next remedies of each case decided against it.
    An entry under repair or ended asks for nothing; one under objection does not ask to be objected to.
    """
    under: dict[int, set[str]] = {}
    for case in cases:
        if case.statement is not None and not case.final:
            under.setdefault(case.statement, set()).add(case.kind)
    found = [
        Next(SUPPLEMENT, case.due_on, case=case)
        for case in cases
        if not case.final and case.desk == "subject"
    ]
    for case in cases:
        for one in remedies.get(case.number, ()):
            if one.last_day is not None and one.last_day >= on:
                found.append(Next(REMEDY, one.last_day, case=case, remedy=one))
    for entry in entries:
        if set(entry.marks) & {"repaired", "suppressed"} or (entry.show_until and entry.show_until < on):
            continue
        busy = under.get(entry.id, set())
        if entry.earliest_repair is not None and "repair" not in busy:
            kind = REPAIR_NOW if entry.earliest_repair <= on else REPAIR_LATER
            found.append(Next(kind, entry.earliest_repair, entry=entry))
        if "objection" not in busy and (on - entry.received_on).days <= RECENT:
            found.append(Next(OBJECT, entry.received_on, entry=entry))
        if entry.show_until is not None:
            found.append(Next(ENDS, entry.show_until, entry=entry))
    return sorted(found, key=lambda one: (_ORDER[one.kind], one.on or date.max))


def shortened(found: Sequence[Next]) -> list[Next]:
    """The same, at most two of a kind: an organisation with thirty entries still sees every kind of thing to do."""
    seen: dict[str, int] = {}
    kept = []
    for one in found:
        seen[one.kind] = seen.get(one.kind, 0) + 1
        if one.must or seen[one.kind] <= MOST_OF_A_KIND:
            kept.append(one)
    return kept
