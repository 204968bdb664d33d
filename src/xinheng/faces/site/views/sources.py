"""About our data: who delivers what, when they last did, what is collected and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.page import page
from xinheng.faces.site.words import named
from xinheng.law import service as law
from xinheng.register import service as register
from xinheng.statistics import service as statistics

# A unit that sent nothing for longer than this is marked; not a legal period, only a help for the eye
QUIET_DAYS = 31


@dataclass(frozen=True)
class Line:
    """One source's last delivery of one item."""

    item: str
    on: date
    days: int
    rows: int
    taken: int
    late: int


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every unit: those that delivered with their last file for each item, those that never did by name."""
    on, pack = today(), law.active()
    found = statistics.deliveries()
    known = register.get({one.source for one in found})
    named_units = {unit.uscc: named(unit) for unit in pack.departments if unit.uscc}
    units: dict[str, dict[str, Any]] = {}
    for one in found:
        registered = known[one.source].shown_name if one.source in known else one.source
        unit = units.setdefault(
            one.source,
            {"registered": registered, "name": named_units.get(one.source, registered), "lines": []},
        )
        item = named(pack.items[one.item]) if one.item in pack.items else one.item
        days = (on - one.received_on).days
        unit["lines"].append(Line(item, one.received_on, days, one.rows, one.taken, one.late))
    heard = {unit["registered"] for unit in units.values()}
    silent = [named(unit) for unit in pack.departments if unit.uscc not in units and unit.name not in heard]
    context = {
        "section": "sources",
        "units": sorted(units.values(), key=lambda unit: min(line.days for line in unit["lines"])),
        "silent": silent,
        "quiet": QUIET_DAYS,
        "items": [(item, _received(item)) for item in pack.items.values()],
        "moment": statistics.as_of(),
    }
    return page(request, "site/whole/sources.html", context)


def _received(item: law.Item) -> bool:
    return item.received
