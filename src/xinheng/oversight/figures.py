"""Figures of a period by unit and item, straight from the cells: sums in the database, never a walk over rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, Max, Sum
from django.db.models.query import QuerySet

from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.oversight import policy_period, suspected
from xinheng.oversight.models import Cause, Cell, Delivery
from xinheng.oversight.policy_period import Span
from xinheng.oversight.policy_rates import Figures
from xinheng.oversight.units import Unit, units


@dataclass(frozen=True)
class Line:
    """Figures of one unit and item in one period."""

    source: str
    item: str
    figures: Figures


@dataclass(frozen=True)
class UnitLine:
    """A unit of the mirror with its total and its items; `last` is the day of its newest delivery."""

    unit: Unit
    figures: Figures
    items: dict[str, Figures]
    last: date | None = None


@dataclass(frozen=True)
class CauseLine:
    """Rows that broke one rule in one field."""

    code: str
    field: str
    rows: int
    batches: int


def figures(*, period: str, on: date, source: str | None = None, item: str | None = None) -> list[Line]:
    """Figures of a period by unit and item, as counted until yesterday of `on`. Only pairs with something to tell."""
    span = policy_period.parse(period)
    return between(span.first, span.until(on), source=source, item=item)


def between(first: date, last: date, *, source: str | None = None, item: str | None = None) -> list[Line]:
    """Figures of rows received from `first` to `last`, both included."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    cells = _within(Cell.objects.all(), first, last, source, item)
    for unit, code, outcome, is_first, timeliness, rows in cells.values_list(
        "source", "item", "outcome", "first", "timeliness"
    ).annotate(whole=Sum("rows")):
        for name in _counted_as(outcome, bool(is_first), timeliness):
            found[unit, code][name] += int(rows)
    deliveries = _within(Delivery.objects.all(), first, last, source, item)
    for unit, code, rows in deliveries.values_list("source", "item").annotate(whole=Sum("personal")):
        found[unit, code]["personal"] += int(rows)
    for unit, code, omitted, open_ in suspected.counts(first=first, last=last, body=source, item=item):
        found[unit, code]["omitted"] += omitted
        found[unit, code]["suspected"] += open_
    for unit, code, count in intake.nil_counts(first=first, last=last):
        if source in (None, unit) and item in (None, code):
            found[unit, code]["nil"] += count
    return [Line(*pair, Figures(**counts)) for pair, counts in sorted(found.items())]


def _within(
    rows: QuerySet[Any], first: date, last: date, source: str | None, item: str | None
) -> QuerySet[Any]:
    rows = rows.filter(received_on__gte=first, received_on__lte=last)
    if source is not None:
        rows = rows.filter(source=source)
    return rows if item is None else rows.filter(item=item)


def _counted_as(outcome: str, first: bool, timeliness: str) -> tuple[str, ...]:
    if not first:
        mended = outcome == "accepted"
        return ("mended",) if mended else (outcome,) if outcome in ("updated", "duplicate") else ()
    found = ("reported", timeliness)
    return found if outcome == "accepted" else (*found, "returned")


def by_unit(*, first: date, last: date, body: str | None = None) -> list[UnitLine]:
    """Every unit of the mirror with its figures, zero units included; with `body` that unit alone."""
    lines = between(first, last, source=body)
    pack = law.active()
    newest = _newest()
    sources = {line.source for line in lines} | set(newest)
    told = units(pack=pack, sources=sources) if body is None else _only(pack, body)
    items: dict[str, dict[str, Figures]] = defaultdict(dict)
    for line in lines:
        items[line.source][line.item] = line.figures
    return [
        UnitLine(one, sum(items[one.body].values(), Figures()), dict(items[one.body]), newest.get(one.body))
        for one in told
    ]


def _only(pack: law.Pack, body: str) -> list[Unit]:
    return [one for one in units(pack=pack, sources=[body]) if one.body == body]


def _newest() -> dict[str, date]:
    return dict(Delivery.objects.values_list("source").annotate(last=Max("received_on")))


def total(lines: Iterable[UnitLine]) -> Figures:
    """All units together."""
    return sum((line.figures for line in lines), Figures())


def trend(
    *, on: date, kind: str, count: int, source: str | None = None, item: str | None = None
) -> list[tuple[Span, Figures]]:
    """The last `count` periods up to the one that holds yesterday, oldest first, summed over what is asked for."""
    yesterday = policy_period.containing(on, kind).until(on)
    spans = policy_period.back(policy_period.containing(yesterday, kind), count)
    found: dict[str, dict[str, int]] = {span.code: defaultdict(int) for span in spans}
    cells = _within(Cell.objects.all(), spans[0].first, yesterday, source, item)
    of_day = cells.values_list("received_on", "outcome", "first", "timeliness").annotate(whole=Sum("rows"))
    for day, outcome, is_first, timeliness, rows in of_day:
        for name in _counted_as(outcome, bool(is_first), timeliness):
            found[policy_period.containing(day, kind).code][name] += int(rows)
    if suspected.any_confirmed(body=source):
        for span in spans:
            for _, _, omitted, _ in suspected.counts(
                first=span.first, last=span.until(on), body=source, item=item
            ):
                found[span.code]["omitted"] += omitted
    return [(span, Figures(**found[span.code])) for span in spans]


def months_of_all(*, first: date, last: date) -> dict[str, dict[str, Figures]]:
    """Timeliness and conformity of every unit by month of receipt: what small charts are drawn from."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    cells = Cell.objects.filter(received_on__gte=first, received_on__lte=last)
    for unit, month, outcome, is_first, timeliness, rows in cells.values_list(
        "source", "month", "outcome", "first", "timeliness"
    ).annotate(whole=Sum("rows")):
        for name in _counted_as(outcome, bool(is_first), timeliness):
            found[unit][month][name] += int(rows)
    return {
        unit: {month: Figures(**counts) for month, counts in months.items()} for unit, months in found.items()
    }


def causes(*, first: date, last: date, source: str, item: str) -> list[CauseLine]:
    """Why rows of a unit and item were returned, most rows first."""
    from django.db.models import Count

    found = _within(Cause.objects.all(), first, last, source, item)
    counted = found.values_list("code", "field").annotate(whole=Sum("rows"), files=Count("batch"))
    lines = [CauseLine(code, field, int(rows), files) for code, field, rows, files in counted]
    return sorted(lines, key=lambda line: (-line.rows, line.code, line.field))


def deliveries(*, source: str, item: str, first: date, last: date, limit: int = 50) -> list[dict[str, Any]]:
    """The deliveries of a unit and item in a period, newest first."""
    found = _within(Delivery.objects.all(), first, last, source, item).order_by("-received_on", "-batch")
    return list(found.annotate(day=F("received_on")).values("batch", "day", "rows", "personal")[:limit])


def without_suspicion(one: Figures) -> Figures:
    """The figures as a bulletin to the public may show them."""
    return replace(one, suspected=0)
