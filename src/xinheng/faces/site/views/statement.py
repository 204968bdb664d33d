"""One published statement, whole: every open field, its life line, why it is shown, its proof."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.cards import Line
from xinheng.faces.site.page import page
from xinheng.faces.site.views.common import MAX_ID, head_of, shown_cards
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication


@require_safe
def statement(request: HttpRequest, id: int) -> HttpResponse:
    """The statement's own page. Withheld, ended and never existed are one and the same answer: not found."""
    on = today()
    entry = publication.statement(id=id, audience="public", on=on) if id <= MAX_ID else None
    if entry is None:
        raise Http404
    context = {
        "card": shown_cards([entry], on=on)[0],
        "head": head_of(entry.uscc),
        "rows": _rows(entry),
        "due": _due(entry),
    }
    return page(request, "site/statement.html", context)


def _rows(entry: publication.Entry) -> list[Line]:
    """The open fields with their standard names, in the standard's order; empty ones are left out."""
    item = law.active().items[entry.item]
    # The head of the page says who it is; a registered name may be only a person's and is shown by the head's rule
    hidden = {item.subject_name, item.subject_code}
    return [
        Line(field, entry.values[field.code])
        for field in item.fields
        if entry.values.get(field.code) and field.scope == "public" and field.code not in hidden
    ]


def _due(entry: publication.Entry) -> dict[str, Any] | None:
    """By when the department had to deliver, day by day; None where no period applies or the calendar does not reach."""
    item = law.active().items[entry.item]
    if not item.timeliness or entry.decided_on is None:
        return None
    try:
        found = law.due(pack=law.active(), provision=item.timeliness, start=entry.decided_on)
    except XinhengError:
        return None
    rule = law.active().provision(item.timeliness, entry.decided_on)
    return {
        "due": found.due,
        "days": found.working,
        "counted": sum(day.counted for day in found.working),
        "in_time": entry.received_on <= found.due,
        "received": entry.received_on,
        "rule": rule,
    }
