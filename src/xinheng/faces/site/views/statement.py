"""One published statement, whole: every open field, its life line, why it is shown, its proof."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.page import page
from xinheng.faces.site.views.common import MAX_ID, head_of, shown_cards
from xinheng.faces.site.words import named
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
        "working": _working(entry),
    }
    return page(request, "site/statement.html", context)


def _rows(entry: publication.Entry) -> list[dict[str, Any]]:
    """The open fields with their standard names, in the standard's order; empty ones are left out."""
    item = law.active().items[entry.item]
    # The head of the page says who it is; a registered name may be only a person's and is shown by the head's rule
    hidden = {item.subject_name, item.subject_code}
    return [
        {
            "name": named(field),
            "value": entry.values[field.code],
            "is_choice": field.type == "enum",
            "is_date": field.type == "date",
            "is_code": field.type == "code" and len(entry.values[field.code]) == 18,
        }
        for field in item.fields
        if entry.values.get(field.code) and field.scope == "public" and field.code not in hidden
    ]


def _working(entry: publication.Entry) -> tuple[str, ...]:
    """How the dates came about, in the words of the law room."""
    item = law.active().items[entry.item]
    if not item.adverse or entry.decided_on is None or not entry.severity:
        return ()
    return tuple(
        law.window(
            pack=law.active(), item=item, severity=entry.severity, decided_on=entry.decided_on,
            received_on=entry.received_on, rule=entry.rule,
        ).reasons
    )  # fmt: skip
