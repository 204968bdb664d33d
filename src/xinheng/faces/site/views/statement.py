"""One published statement, whole: every open field, its life line, why it is shown, its proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.clock import today
from xinheng.faces.site.page import page
from xinheng.faces.site.views.common import MAX_ID, head_of, shown_cards
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records


@dataclass(frozen=True)
class Row:
    """An open field with its value; `disputed` since a day, where an objection to it is not yet decided."""

    field: Any
    value: str
    disputed: date | None = None


@require_safe
def statement(request: HttpRequest, id: int) -> HttpResponse:
    """The statement's own page. Withheld, ended and never existed are one and the same answer: not found.

    A version that was corrected answers 410 and leads to the one that stands, while the public may see that one: notices,
    reports and copies elsewhere hold the old address. Nothing of the old content is on that page.
    """
    on = today()
    entry = publication.statement(id=id, audience="public", on=on) if id <= MAX_ID else None
    if entry is None:
        newer = _corrected_to(id, on) if id <= MAX_ID else None
        if newer is None:
            raise Http404
        return page(request, "site/corrected.html", {"newer": newer}, status=410)
    context = {
        "card": shown_cards([entry], on=on)[0],
        "head": head_of(entry.uscc),
        "rows": _rows(entry),
        "due": _due(entry),
    }
    return page(request, "site/statement.html", context)


def _corrected_to(id: int, on: date) -> int | None:
    """The version that took this one's place by a correction, if the public sees it on a day."""
    standing = records.open_standing([id])
    if standing.is_empty() or standing["state"][0] != "superseded":
        return None
    newer = records.standing_versions([id]).get(id) or _named_otherwise(id, standing["id"][0])
    if newer is None or publication.statement(id=newer, audience="public", on=on) is None:
        return None
    return newer


def _named_otherwise(id: int, standing: int) -> int | None:
    """The standing version where the correction changed what the decision is known by, its number for one: only the act
    that superseded the old version says which it is."""
    event = evidence.event_of(standing)
    [act] = evidence.events(after=evidence.spans([event])[event][0], limit=1)
    made = [new for old, new, _fields in act.body["detail"].get("corrected", ()) if old == id]
    return records.standing_versions(made).get(made[0]) if made else None


def _rows(entry: publication.Entry) -> list[Row]:
    """The open fields with their standard names, in the standard's order; empty ones are left out."""
    item = law.active().items[entry.item]
    # The head of the page says who it is; a registered name may be only a person's and is shown by the head's rule
    hidden = {item.subject_name, item.subject_code}
    disputed = {one.field: one.since for one in reversed(entry.disputes)}
    return [
        Row(field, entry.values[field.code], disputed.get(field.code))
        for field in item.fields
        if entry.values.get(field.code) and field.scope == "public" and field.code not in hidden
    ]


def _due(entry: publication.Entry) -> dict[str, Any] | None:
    """By when the department had to deliver, day by day; None where no period applies. Provisional where
    it reaches into a year whose holidays nobody has announced."""
    item = law.active().items[entry.item]
    if not item.timeliness or entry.decided_on is None:
        return None
    try:
        found = law.due_shown(pack=law.active(), provision=item.timeliness, start=entry.decided_on)
    except XinhengError:
        return None
    rule = law.active().provision(item.timeliness, entry.decided_on)
    return {
        "due": found.due,
        "provisional": found.provisional,
        "days": found.working,
        "counted": sum(day.counted for day in found.working),
        "in_time": entry.received_on <= found.due,
        "received": entry.received_on,
        "rule": rule,
    }
