"""The rights of whoever is spoken of, entry by entry: how to object to it, how to have it ended, with every clock.

Everything is read through the gate for the public: an entry no longer shown has no such pages either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.cards import Card
from xinheng.faces.site.page import page
from xinheng.faces.site.views.common import MAX_ID, head_of, shown_cards
from xinheng.faces.site.words import in_chinese
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.remedies import service as remedies

# The states of a case in which somebody has a period to keep, in the order they come
OBJECTION_CLOCKS = ("received", "with-source")
REPAIR_CLOCKS = ("received", "accepted")


@dataclass(frozen=True)
class Clock:
    """A period somebody has to keep: until when, if it began today; no rule and no day where none is adopted."""

    name: str
    rule: Any
    cited: Any
    due: date | None
    provisional: bool


@dataclass(frozen=True)
class Said:
    """A line of a list in the language of the page, with what is known of it."""

    text: str
    how: str = ""
    state: str = ""
    url: str = ""


@require_safe
def objection(request: HttpRequest, statement: int) -> HttpResponse:
    """How to object to this entry: three ways, and what happens then. Not found where the public may not see it."""
    entry, context = _about(statement)
    kind = law.case_kind(pack=law.active(), code="objection", on=today())
    states = [kind.states[code] for code in ("upheld-corrected", "refused") if code in kind.states]
    context |= {
        "section": "object",
        "clocks": _clocks("objection", OBJECTION_CLOCKS, _sector(entry)),
        "remedies": [Said(_pick(one.zh, one.en)) for one in (states[-1].remedies if states else ())],
        "online": _desk("desk-own-object", statement) or reverse("desk-sign-in"),
    }
    return page(request, "site/rights/object.html", context)


@require_safe
def objection_sheet(request: HttpRequest, statement: int) -> HttpResponse:
    """The form for the counter, with the entry filled in: one sheet of paper."""
    _entry, context = _about(statement)
    return page(request, "site/rights/object_sheet.html", context | {"section": "object"})


@require_safe
def repair(request: HttpRequest, statement: int) -> HttpResponse:
    """The day from which repair can be asked for with its working, what is needed, and the window that takes it."""
    entry, context = _about(statement)
    found = _checklist(statement)
    path = found.path
    context |= {
        "section": "repair",
        "found": found,
        "why_not": _pick(found.why_not, path.why_not_en if path else ""),
        "working": found.working if in_chinese() else found.working_en,
        "conditions": [
            Said(_pick(one.text, one.text_en), _pick(one.how, one.how_en), one.state) for one in found.items
        ],
        "windows": [
            Said(_pick(one.name, one.en), _pick(one.how, one.how_en), url=one.url) for one in path.windows
        ]
        if path
        else [],
        "materials": [Said(_pick(one.zh, one.en)) for one in path.materials] if path else [],
        "effects": [Said(_pick(one.zh, one.en)) for one in path.effects] if path else [],
        "reorganisation": [Said(_pick(one.zh, one.en)) for one in path.reorganisation] if path else [],
        "clocks": _clocks("repair", REPAIR_CLOCKS, _sector(entry)) if found.possible else [],
    }
    return page(request, "site/rights/repair.html", context)


@require_safe
def repair_letter(request: HttpRequest, statement: int) -> HttpResponse:
    """The commitment letter, with the entry filled in: to print and stamp. Not found where repair is not possible."""
    _entry, context = _about(statement)
    found = _checklist(statement)
    if not found.letter:
        raise Http404
    # A letter goes to a Chinese office: it is written in Chinese on either page
    return page(
        request, "site/rights/repair_letter.html", context | {"section": "repair", "letter": found.letter}
    )


def _about(statement: int) -> tuple[publication.Entry, dict[str, Any]]:
    on = today()
    entry = publication.statement(id=statement, audience="public", on=on) if statement <= MAX_ID else None
    if entry is None:
        raise Http404
    card: Card = shown_cards([entry], on=on)[0]
    return entry, {"card": card, "head": head_of(entry.uscc), "fields": _open_fields(entry)}


def _open_fields(entry: publication.Entry) -> list[Any]:
    item = law.active().items[entry.item]
    return [field for field in item.fields if entry.values.get(field.code) and field.scope == "public"]


def _checklist(statement: int) -> remedies.Checklist:
    try:
        return remedies.checklist(statement=statement, on=today(), audience="public")
    except remedies.NoSuchEntry:
        raise Http404 from None


def _sector(entry: publication.Entry) -> str:
    item = law.active().items[entry.item]
    basis = entry.values.get(item.severity_from.basis, "") if item.severity_from else ""
    return law.sector_of(
        pack=law.active(), authority=entry.authority, authority_name=entry.values.get(item.authority_name, ""),
        basis=basis,
    )  # fmt: skip


def _clocks(code: str, states: tuple[str, ...], sector: str) -> list[Clock]:
    """The periods of a case that began today. A period nobody adopted is said to be missing, never guessed."""
    pack, on = law.active(), today()
    kind = law.case_kind(pack=pack, code=code, on=on)
    return [_clock(pack, kind, state, sector, on) for state in states if state in kind.states]


def _clock(pack: law.Pack, kind: Any, state: str, sector: str, on: date) -> Clock:
    name = _pick(kind.states[state].name, kind.states[state].en)
    provision = law.case_clock(pack=pack, kind=kind, state=state, sector=sector, on=on)
    if not provision:
        return Clock(name, None, None, None, False)
    due = law.due_shown(pack=pack, provision=provision, start=on)
    try:
        cited = law.provision(provision)
    except XinhengError:
        cited = None
    return Clock(name, pack.provision(provision, on), cited, due.due, due.provisional)


def _pick(chinese: str, english: str) -> str:
    return chinese if in_chinese() or not english else english


def _desk(name: str, statement: int) -> str:
    """An address in the workspace; "" in an installation without it."""
    try:
        return reverse(name, args=[statement])
    except NoReverseMatch:
        return ""
