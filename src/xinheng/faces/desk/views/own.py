"""The organisation's workspace: its first page, its whole file, one entry. Plain words, dates first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from xinheng.cases import service as cases
from xinheng.faces.clock import today
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.views import own_acting, own_cases, own_inbox, own_next, own_shared
from xinheng.faces.desk.views.cases_shown import left
from xinheng.faces.site.cards import Card, Line, stack_of
from xinheng.faces.site.views.common import keyset, shown_cards
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.notices import service as notices
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.remedies import service as remedies
from xinheng.sync import service as sync

PAGE, FIRST = 20, 5
AGAINST = ("refused", "declined", "revoked")


def _to(name: str) -> Any:
    """A page without the organisation in its address leads to the one that has it."""

    @require_safe
    @desk("own.read")
    def lead(request: Any) -> HttpResponseBase:
        return HttpResponseRedirect(reverse(name, args=[own_shared.subject(request)]))

    return lead


@require_safe
@desk("own.read")
def start(request: Any, uscc: str) -> HttpResponse:
    """The next thing it can do, with the date, first; then its cases and what is new."""
    code, on = own_shared.subject(request, uscc), today()
    found = own_shared.adverse(own_shared.entries(request))
    lines, _more = cases.of_subject(uscc=code, on=on, limit=own_shared.MOST, own=True)
    whole = own_next.nexts(entries=found, cases=lines, remedies=_against(lines, request), on=on)
    told = own_next.shortened(whole)[:FIRST]
    shown = {one.entry.id: one.entry for one in told if one.entry is not None}
    by_id = {card.id: card for card in _cards(list(shown.values()))}
    inbox = notices.inbox(uscc=code, limit=5)
    context = own_shared.frame(request, "start") | {
        "nexts": [(one, by_id.get(one.entry.id) if one.entry is not None else None) for one in told],
        "more": len(whole) - len(told),
        "lines": [(line, left(days=line.days_left, overdue=line.overdue)) for line in lines if not line.final][:8],
        "inbox": [(one, notices.words(one, language=own_shared.language())) for one in inbox],
        "unread": sum(not one.opened for one in inbox),
        "adverse": len(found),
    }  # fmt: skip
    return page(request, "desk/own_start.html", context)


@require_safe
@desk("own.read")
def file(request: Any, uscc: str) -> HttpResponse:
    """Everything on file about it, shown or not: the law, the class, the days, the marks, the life lines."""
    own_shared.subject(request, uscc)
    on = today()
    found = own_shared.entries(request, after=keyset(request), limit=PAGE + 1)
    shown = _cards(found[:PAGE])
    open_ = cases.of_statements(ids=[card.id for card in shown], open_only=True, on=on)
    context = own_shared.frame(request, "own-file") | {
        "adverse": [(card, open_.get(card.id, [])) for card in shown if card.adverse],
        "others": [card for card in shown if not card.adverse],
        "stack": stack_of(shown, on=on),
        "next": found[PAGE - 1].id if len(found) > PAGE else "",
        "first": keyset(request) is None,
    }
    return page(request, "desk/own_file.html", context)


@require_safe
@desk("own.read")
def entry(request: Any, statement: int) -> HttpResponseBase:
    """One entry with every field, why it stands as it does, where else it is shown, and what can be done.

    A version that was corrected since leads to the one that stands now.
    """
    newer = records.standing_versions([statement]).get(statement) if statement < 2**63 else None
    if newer not in (None, statement):
        own_shared.entry(request, newer)
        return HttpResponseRedirect(reverse("desk-own-entry", args=[newer]))
    found, on = own_shared.entry(request, statement), today()
    item = law.active().items[found.item]
    lines = cases.of_statements(ids=[statement], open_only=False, on=on).get(statement, [])
    rows = sync.rows_of([statement], on=on)
    context = own_shared.frame(request, "own-file") | {
        "entry": found,
        "card": _cards([found])[0],
        "rows": [Line(field, found.values[field.code]) for field in item.fields if found.values.get(field.code)],
        "ended": "repaired" in found.marks,
        "gate": publication.explain(ids=[statement], audience="public", on=on)[0],
        "lines": [(line, left(days=line.days_left, overdue=line.overdue, final=line.final)) for line in lines],
        "synced": rows[0] if rows else None,
        "places": sync.PLACES,
    }  # fmt: skip
    return page(request, "desk/own_entry.html", context)


def _cards(found: list[publication.Entry]) -> list[Card]:
    return shown_cards(found, on=today())


def _against(lines: list[cases.CaseLine], request: Any) -> dict[str, tuple[Any, ...]]:
    """The next remedies of each case that was decided against it, from the day its decision was served."""
    found: dict[str, tuple[Any, ...]] = {}
    who = own_shared.reader(request)
    for line in [one for one in lines if one.final and one.outcome in AGAINST][:10]:
        try:
            papers = cases.documents(number=line.number, reader=who)
            served = remedies.served_on(papers, line.closed_on)
            found[line.number] = remedies.next_steps(
                kind=line.kind, state=line.state, on=today(), served=served, statement=line.statement
            )
        except XinhengError:
            continue
    return found


urlpatterns: list[URLPattern] = [
    path("own/", _to("desk-own-start"), name="desk-own"),
    path("own/file/", _to("desk-own-file-of"), name="desk-own-file"),
    path("own/cases/", _to("desk-own-cases-of"), name="desk-own-cases"),
    path("own/inbox/", _to("desk-own-inbox-of"), name="desk-own-inbox"),
    path("own/readings/", _to("desk-own-readings-of"), name="desk-own-readings"),
    path("own/sync/", _to("desk-own-sync-of"), name="desk-own-sync"),
    path("own/entries/<int:statement>/", entry, name="desk-own-entry"),
    *own_acting.urlpatterns,
    *own_cases.urlpatterns,
    *own_inbox.urlpatterns,
    path("own/<slug:uscc>/", start, name="desk-own-start"),
    path("own/<slug:uscc>/file/", file, name="desk-own-file-of"),
]
