"""The organisation's inbox, who looked at it and why, and where else its entries are shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xinheng.accounts import service as accounts
from xinheng.faces.clock import now, today
from xinheng.faces.desk import looking
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views import own_shared
from xinheng.faces.site.views.common import keyset
from xinheng.law import service as law
from xinheng.notices import service as notices
from xinheng.sync import service as sync

PAGE, ENTRIES = 50, 20


@require_safe
@desk("own.read")
def inbox(request: Any, uscc: str) -> HttpResponse:
    """Its notices, newest first."""
    code = own_shared.subject(request, uscc)
    found = notices.inbox(uscc=code, after=keyset(request), limit=PAGE + 1)
    context = own_shared.frame(request, "own-inbox") | {
        "rows": [(one, notices.words(one, language=own_shared.language())) for one in found[:PAGE]],
        "next": found[PAGE - 1].id if len(found) > PAGE else "",
        "mail": notices.configured(),
    }
    return page(request, "desk/own_inbox.html", context)


@require_safe
@desk("own.read")
def notice(request: Any, notice: int) -> HttpResponse:
    """One notice. That it was opened is written down, once."""
    code = own_shared.subject(request)
    found = notices.read(id=notice, uscc=code, account=request.account.name, at=now())
    words = notices.words(found, language=own_shared.language())
    context = own_shared.frame(request, "own-inbox") | {
        "notice": found,
        "subject_line": words.subject,
        "lines": [line for line in words.body.splitlines() if "/desk/own/" not in line],
        "foot": words.text.partition("\n-- \n")[2],
    }
    return page(request, "desk/own_notice.html", context)


@require_safe
@desk("own.read")
def readings(request: Any, uscc: str) -> HttpResponse:
    """Who looked at what is not public of it, and why: the unit and the post, never the account."""
    code = own_shared.subject(request, uscc)
    found = accounts.readings(uscc=code, after=keyset(request), limit=PAGE + 1)
    units = unit_names({one.unit for one in found if one.unit})
    context = own_shared.frame(request, "own-readings") | {
        "rows": [(one, *looking.words_of(one, unit=units.get(one.unit, ""))) for one in found[:PAGE]],
        "next": found[PAGE - 1].id if len(found) > PAGE else "",
    }
    return page(request, "desk/own_readings.html", context)


@require_safe
@desk("own.read")
def synced(request: Any, uscc: str) -> HttpResponse:
    """Each of its entries against the places that show it."""
    own_shared.subject(request, uscc)
    rows, after = sync.board(reader=own_shared.reader(request), on=today(), after=keyset(request), limit=PAGE)
    items = law.active().items
    context = own_shared.frame(request, "own-sync") | {
        "rows": [(row, items.get(row.item)) for row in rows],
        "next": after or "",
        "places": sync.PLACES,
    }
    return page(request, "desk/own_sync.html", context)


urlpatterns: list[URLPattern] = [
    path("own/notices/<int:notice>/", notice, name="desk-own-notice"),
    path("own/<slug:uscc>/inbox/", inbox, name="desk-own-inbox-of"),
    path("own/<slug:uscc>/readings/", readings, name="desk-own-readings-of"),
    path("own/<slug:uscc>/sync/", synced, name="desk-own-sync-of"),
]
