"""What a check-up says of an organisation's entries: facts, days, next steps. Pure: no model, no score, no weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xinheng.evaluation.checkup_types import Advice, Ending, Facet, Missing, Month
from xinheng.kernel.periods import add_months, last_day

# A new entry may be looked at closely for so long; a permit is renewed before so many days
RECENT, RENEW, AHEAD = 30, 90, 36
ENDED = ("repaired", "suppressed")
FULFILLED, NOT_YET = "全部履行", "未到期"
# A promise due or a permit ending within so many days stands with what has to be done now
SOON = 30
_ORDER = (
    "supplement",
    "fulfil",
    "repair-now",
    "ask-authority",
    "elsewhere",
    "object",
    "renew",
    "repair-later",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry of the organisation with what the law room says of its item. `due` is when a commitment is to be
    fulfilled, `outcome` how it stands, `valid_to` the end of a permit or result; `path` how the entry may be repaired
    (None where it is not adverse)."""

    id: int
    item: Any
    title: str
    number: str
    authority: str
    decided_on: date | None
    received_on: date
    show_from: date | None
    show_until: date | None
    repair_from: date | None
    severity: str
    marks: tuple[str, ...]
    disputed: bool
    left_on: date | None = None
    valid_to: date | None = None
    due: date | None = None
    outcome: str = ""
    path: Any = None

    def ended(self, on: date) -> bool:
        """Whether it weighs no more: repaired or suppressed, taken off its list, or past its last day."""
        over = self.show_until is not None and self.show_until < on
        return bool(set(self.marks) & set(ENDED)) or over or (self.left_on is not None and self.left_on <= on)

    def public(self, on: date) -> bool:
        """Whether the public sees it on a day."""
        return not self.ended(on) and self.show_from is not None and self.show_from <= on

    @property
    def promised(self) -> bool:
        return bool(self.item.section == "commitments" and self.outcome and self.outcome != FULFILLED)


def facets(seen: Iterable[Seen], on: date) -> tuple[Facet, ...]:
    """What is on file by item, adverse items first, then in the order of the catalogue."""
    by: dict[str, list[Seen]] = {}
    for one in seen:
        by.setdefault(one.item.code, []).append(one)
    found = [
        Facet(
            code, of[0].item.name, of[0].item.name_en, of[0].item.section, of[0].item.adverse, len(of),
            sum(one.public(on) for one in of), sum(one.disputed for one in of), sum(one.ended(on) for one in of),
        )
        for code, of in by.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (not one.adverse, one.section, one.item)))


def endings(seen: Iterable[Seen], on: date) -> tuple[Ending, ...]:
    """The days ahead on which something ends or falls due by itself, the nearest first."""
    found = []
    for one in seen:
        for kind, day in _ends(one):
            if day is not None and day >= on and not (one.item.adverse and one.ended(on)):
                found.append(
                    Ending(kind, day, one.id, one.item.code, one.title, one.number, one.item.adverse)
                )
    return tuple(sorted(found, key=lambda one: (one.on, one.statement)))


def _ends(one: Seen) -> tuple[tuple[Any, date | None], ...]:
    if one.item.adverse:
        return (("publication", one.show_until if one.public(one.show_from or date.min) else None),)
    if one.item.section == "commitments":
        return (("due", one.due if one.promised else None),)
    return (("result" if one.item.received else "validity", one.valid_to),)


def steps(seen: Iterable[Seen], cases: Sequence[Any], on: date) -> tuple[Advice, ...]:
    """What the organisation can do: first what is waited for and overdue, then what is possible now, then what is later.

    An entry under repair or ended asks for nothing; one under objection is not told to be objected to.
    """
    under: dict[int, set[str]] = {}
    found = []
    for case in cases:
        if case.final:
            continue
        if case.statement is not None:
            under.setdefault(case.statement, set()).add(case.kind)
        if case.desk == "subject":
            found.append(
                Advice("supplement", case.due_on, True, case.statement, "", case.kind_name, case.number, "",
                       case=case.number)
            )  # fmt: skip
    for one in seen:
        found += [step for step in _steps(one, under.get(one.id, set()), on) if step is not None]
    return tuple(
        sorted(
            found,
            key=lambda one: (later(one, on), _ORDER.index(one.kind), one.on or date.max, one.statement or 0),
        )
    )


def later(step: Advice, on: date) -> bool:
    """Whether a step is not for now: a repair whose first day lies ahead, a promise due or a permit ending in more than
    `SOON` days."""
    if step.kind == "repair-later":
        return True
    return step.kind in ("fulfil", "renew") and step.on is not None and step.on > on + timedelta(days=SOON)


def _steps(one: Seen, busy: set[str], on: date) -> Iterable[Advice | None]:
    if one.item.adverse and not one.ended(on):
        if "repair" not in busy:
            yield _repair(one, on)
        if "objection" not in busy and not one.disputed and (on - one.received_on).days <= RECENT:
            yield _advice("object", one, one.received_on)
    elif one.promised and (one.outcome != NOT_YET or one.due is not None):
        yield _advice("fulfil", one, one.due, must=one.due is not None)
    elif (
        not one.item.adverse and not one.item.received
        and one.valid_to is not None and on <= one.valid_to <= on + timedelta(days=RENEW)
    ):  # fmt: skip
        yield _advice("renew", one, one.valid_to, must=True)


def _repair(one: Seen, on: date) -> Advice | None:
    path = one.path
    if path is None or one.show_from is None or one.severity == "undetermined":
        return None
    if not path.repairable:
        return _advice("elsewhere", one, None) if path.windows else None
    if one.repair_from is None:
        return _advice("ask-authority", one, None)
    return _advice("repair-now" if one.repair_from <= on else "repair-later", one, one.repair_from)


def _advice(kind: Any, one: Seen, day: date | None, *, must: bool = False) -> Advice:
    path = one.path
    if path is None or kind == "object":
        return Advice(kind, day, must, one.id, one.item.code, one.title, one.number, one.authority)
    return Advice(
        kind, day, must, one.id, one.item.code, one.title, one.number, one.authority,
        windows=tuple((window.name, window.en) for window in path.windows),
        conditions=tuple((said.zh, said.en) for said in path.conditions),
        provision=path.provision, confidence=path.confidence, why=(path.why_not, path.why_not_en),
    )  # fmt: skip


def missing(seen: Iterable[Seen], results: Sequence[Any], on: date) -> tuple[Missing, ...]:
    """What is missing: an annual report an entry names, commitments overdue, classes nobody has decided, no result
    received. The last is nobody's fault and says so on the page."""
    found = []
    for one in seen:
        about = (one.id, one.item.code, one.title, one.number)
        if one.item.adverse and not one.ended(on) and any(word in one.title for word in ("年度报告", "年报")):
            found.append(Missing("annual-report", one.decided_on, *about))
        if one.promised and one.due is not None and one.due < on:
            found.append(Missing("overdue", one.due, *about))
        if one.item.adverse and not one.ended(on) and one.severity == "undetermined":
            found.append(Missing("undetermined", one.received_on, *about))
    if not results:
        found.append(Missing("no-result", None, None, "", "", ""))
    return tuple(found)


def months(seen: Iterable[Seen], on: date, *, ahead: int = AHEAD) -> tuple[Month, ...]:
    """Adverse entries the public will see, month by month from this one until none is left (at most `ahead` more)."""
    standing = [one for one in seen if one.item.adverse and one.public(on)]
    found = []
    for place in range(ahead + 1):
        day = on if place == 0 else _last_day(on, place)
        still = [one for one in standing if one.show_until is None or one.show_until >= day]
        asked = [one for one in still if not _repairable_by(one, day)] if place else still
        found.append(Month(f"{day:%Y-%m}", len(still), len(asked)))
        if not still:
            break
    return tuple(found)


def _repairable_by(one: Seen, day: date) -> bool:
    return bool(one.path and one.path.repairable and one.repair_from is not None and one.repair_from <= day)


def _last_day(on: date, months_ahead: int) -> date:
    there = add_months(on, months_ahead)
    return there.replace(day=last_day(there.year, there.month))


def day_of(item: Any, code: str, values: Mapping[str, str]) -> date | None:
    """A date among the values; None where there is none, it cannot be read, or it means "for ever"."""
    field = item.by_code.get(code) if code else None
    try:
        day = date.fromisoformat(values.get(code, "")) if field is not None else None
    except ValueError:
        return None
    return None if field is None or day == field.long_term else day


def title_of(item: Any, values: Mapping[str, str]) -> str:
    """What an entry is about: its title, or its content where the title only says the kind; the item's name at last."""
    wanted = [field for field in (item.card.title, item.card.what) if field and field != item.card.kind]
    found = next((values[field] for field in wanted if values.get(field)), "")
    return found or values.get(item.card.kind) or str(item.name)
