"""Evaluation models by their definition, one organisation at a time: what every engine is held to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xinheng.law import service as law


@dataclass(frozen=True)
class Plain:
    """A fact that stands: what it is, when it was decided, its amount in fen."""

    what: law.What
    decided: date
    amount: int = 0
    statement: int = 0


@dataclass(frozen=True)
class Outcome:
    gives: dict[str, int]
    score: int
    grade: str
    vetoes: tuple[str, ...]


def months_between(decided: date, on: date) -> int:
    """Whole months; the last day of a month completes any month."""
    last = (on + timedelta(days=1)).month != on.month
    whole = (on.year - decided.year) * 12 + on.month - decided.month
    return max(0, whole - (decided.day > (31 if last else on.day)))


def reached(steps: Sequence[tuple[int, int]], value: int) -> int:
    """What a table of steps says of a value."""
    return next((found for start, found in reversed(steps) if start <= value), 0)


def decayed(micro: int, indicator: law.Indicator, months: int) -> int:
    size = abs(micro) * reached(indicator.decay, months) // 1000
    return -size if micro < 0 else size


def inside(facts: Iterable[Plain], wanted: law.Filter, within: int, on: date) -> list[Plain]:
    return [
        one
        for one in facts
        if law.matches(wanted, one.what) and (not within or months_between(one.decided, on) < within)
    ]


def gives(indicator: law.Indicator, facts: Sequence[Plain], on: date) -> int:
    """The capped sum of an indicator."""
    found = inside(facts, indicator.filter, indicator.within_months, on)
    if not found:
        return 0
    newest = max(found, key=lambda one: (one.decided, one.statement))
    if indicator.measure == "share":
        assert indicator.numerator is not None
        above = sum(law.matches(indicator.numerator, one.what) for one in found)
        total = reached(indicator.brackets, 1000 * above // len(found))
    elif indicator.measure == "months-since":
        total = reached(indicator.brackets, months_between(newest.decided, on))
    else:
        chosen = [newest] if indicator.measure == "latest" else found
        total = sum(
            decayed(
                reached(indicator.brackets, one.amount)
                if indicator.measure == "sum"
                else indicator.points_of(one.what.grade),
                indicator,
                months_between(one.decided, on),
            )
            for one in chosen
        )
    return max(-indicator.cap, min(indicator.cap, total)) if indicator.cap else total


def outcome(
    model: law.EvaluationModel, facts: Sequence[Plain], on: date, founded: date | None = None
) -> Outcome:
    """Score, grade and what capped it."""
    found = {one.code: gives(one, facts, on) for one in model.indicators}
    score = model.base + sum(found.values())
    place = next(at for at, one in enumerate(model.grades) if one.at_least is None or score >= one.at_least)
    vetoes = tuple(
        one.code
        for one in model.vetoes
        if len(inside(facts, one.filter, one.within_months, on)) >= one.at_least
    )
    for one in model.vetoes:
        if one.code in vetoes:
            place = max(place, model.grade_index(one.ceiling))
    ladder = model.ladder
    if ladder is not None:
        old = founded is not None and _first(on) - _first(founded) >= ladder.established_months
        broken = inside(facts, ladder.breaks, ladder.within_months, on)
        needs = not ladder.needs or (
            len(inside(facts, ladder.needs, ladder.within_months, on)) >= ladder.needs_at_least
        )
        if broken or not old or not needs:
            place = max(place, model.grade_index(ladder.grade) + 1)
    return Outcome(
        {code: micro for code, micro in found.items() if micro}, score, model.grades[place].code, vetoes
    )


def _first(day: date) -> int:
    return day.year * 12 + day.month - 1
