"""Desk pages of the auditor: what was done, and who read what. Nothing here can be changed; every look is an act too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.looking import role_words, what_words
from xinheng.kernel import uscc
from xinheng.register import service as register

PAGE, LOOKED, CHUNK = 50, 5_000, 500
# Of what an act says, only what names things: never a reason, a value or a name somebody typed
TOLD = (
    "account", "role", "body", "unit", "uscc", "client", "source", "item", "batch", "period", "case", "number", "act",
    "kind", "state", "from", "to", "statement", "field", "document", "finding", "order", "bulletin", "rows", "what",
    "provision", "factor", "contact", "due_on", "channel",
)  # fmt: skip


@dataclass(frozen=True)
class ActLine:
    """An entry of the ledger as the auditor sees it."""

    position: int
    at: Any
    kind: str
    actor: str
    provision: str
    purpose: str
    told: list[tuple[str, str]]


@require_safe
@desk("audit.read")
def acts(request: Any) -> HttpResponse:
    """The ledger's acts, newest first, by kind, unit and day."""
    given = request.GET
    chosen = {
        "kind": given.get("kind", "")[:64], "body": given.get("body", "").strip().upper()[:18],
        "day": given.get("day", "")[:10],
    }  # fmt: skip
    rows, more = _found(chosen, _int(given.get("before")))
    context = {
        "section": "audit", "rows": rows, "more": more, "chosen": chosen, "kinds": evidence.kinds(),
        "units": _units([chosen["body"]]),
    }  # fmt: skip
    return page(request, "desk/audit.html", context)


@require_safe
@desk("audit.read")
def looked(request: Any) -> HttpResponse:
    """Who read what that is not public, of which organisation and why."""
    given = request.GET
    code = given.get("uscc", "").strip().upper()[:18]
    unit = given.get("unit", "").strip().upper()[:18]
    after, day = _int(given.get("after")), _day(given.get("day", ""))
    if code:
        rows = accounts.readings(uscc=code, after=after, limit=PAGE + 1)
    else:
        last = (after, given.get("of", "")[:18]) if after is not None else None
        rows = accounts.all_readings(after=last, on=day, unit=unit or None, limit=PAGE + 1)
    more, rows = rows[PAGE - 1] if len(rows) > PAGE else None, rows[:PAGE]
    names = _units([one.unit for one in rows] + [one.uscc for one in rows])
    shown = [
        {
            "on": one.on, "role": role_words(one.role), "unit": names.get(one.unit, one.unit), "code": one.uscc,
            "subject": names.get(one.uscc, one.uscc), "what": what_words(one.what), "purpose": one.purpose,
        }
        for one in rows
    ]  # fmt: skip
    chosen = {"uscc": code, "unit": unit, "day": day.isoformat() if day else ""}
    context = {"section": "audit-readings", "rows": shown, "more": more, "chosen": chosen}
    return page(request, "desk/audit_readings.html", context)


def _found(chosen: dict[str, str], before: int | None) -> tuple[list[ActLine], int | None]:
    """A page of acts and where the next one begins; at most `LOOKED` entries are looked through for it."""
    since, day = 0, _day(chosen["day"])
    if day:
        since, end = evidence.position_on(day - timedelta(days=1)), evidence.position_on(day)
        before = end if before is None else min(before, end)
    kinds = [chosen["kind"]] if chosen["kind"] else []
    actors = accounts.actors_of(chosen["body"]) if chosen["body"] else None
    found: list[ActLine] = []
    for _chunk in range(LOOKED // CHUNK):
        entries = evidence.latest(
            before=before, since=since, kinds=kinds, limit=CHUNK if actors else PAGE + 1
        )
        for entry in entries:
            if len(found) == PAGE:
                return found, before
            before = entry.first_leaf
            if actors is None or _concerns(entry, chosen["body"], actors):
                found.append(_line(entry))
        if not entries or (actors is None and len(entries) <= PAGE):
            return found, None
    return found, before


def _concerns(entry: evidence.Entry, body: str, actors: set[str]) -> bool:
    told = entry.body["detail"]
    named = {told.get(name) for name in ("body", "unit", "source", "authority", "uscc")}
    return entry.body["actor"] in actors or body in named


def _line(entry: evidence.Entry) -> ActLine:
    body = entry.body
    told = [
        (name, str(body["detail"][name])[:80])
        for name in TOLD
        if isinstance(body["detail"].get(name), str | int) and body["detail"][name] != ""
    ]
    return ActLine(
        entry.position, entry.at, entry.kind, body.get("actor", ""), body.get("provision", ""),
        body.get("purpose", ""), told,
    )  # fmt: skip


def _units(codes: list[str]) -> dict[str, str]:
    known = register.get(sorted({code for code in codes if uscc.is_valid(code)}))
    return {code: found.shown_name for code, found in known.items()}


def _int(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


urlpatterns: list[URLPattern] = [
    path("audit/", acts, name="desk-audit"),
    path("audit/readings/", looked, name="desk-audit-readings"),
]
