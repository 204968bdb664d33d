"""Double publicity: licences and penalties as they came in, with filters that are plain links. Never a count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.site.deliveries import deliveries, departments
from xinheng.faces.site.page import page
from xinheng.faces.site.views.common import PAGE, heads_of, keyset, shown_cards
from xinheng.faces.site.words import named
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.publication.service import statements

ITEMS = ("admin-licence", "admin-penalty")
MONTHS = 12
FOLDED = 14


@require_safe
def publicity(request: HttpRequest) -> HttpResponse:
    """The list, newest arrival first, in keyset pages."""
    on, after = today(), keyset(request)
    names = departments(deliveries())
    chosen = {
        "item": _one_of(request.GET.get("item", ""), ITEMS),
        "authority": _one_of(request.GET.get("authority", ""), names),
        "month": _one_of(request.GET.get("month", ""), [_month(first) for first in _months(on)]),
    }
    start = date.fromisoformat(f"{chosen['month']}-01") if chosen["month"] else None
    entries = statements(
        audience="public",
        on=on,
        item=chosen["item"] or None,
        authority=chosen["authority"] or None,
        decided_from=start,
        decided_to=_month_end(start) if start else None,
        after=after,
        limit=PAGE + 1,
    )
    shown = entries[:PAGE]
    more = ""
    if len(entries) > PAGE:
        more = urlencode({k: v for k, v in chosen.items() if v} | {"after": shown[-1].id})
    context = {
        "section": "publicity",
        "cards": shown_cards(shown, on=on, with_heads=heads_of(shown)),
        "filters": _filters(chosen, names, on),
        "after": after,
        "more": more,
    }
    return page(request, "site/publicity.html", context)


def this_week(on: date, each: int = 4) -> list[publication.Entry]:
    """What came in during the last seven days, the newest first: some licences and some penalties."""
    found = [entry for item in ITEMS for entry in statements(audience="public", on=on, item=item, limit=each)]
    lately = [entry for entry in found if entry.received_on > on - timedelta(days=7)]
    return sorted(lately, key=lambda entry: entry.id, reverse=True)


def _one_of(value: str, allowed: Any) -> str:
    return value if value in allowed else ""


def _filters(chosen: dict[str, str], names: dict[str, str], on: date) -> list[dict[str, Any]]:
    items = law.active().items
    groups: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("item", _("类别"), [(code, named(items[code])) for code in ITEMS if code in items]),
        ("authority", _("部门"), list(names.items())),
        ("month", _("决定月份"), [(_month(first), _month(first)) for first in _months(on)]),
    ]
    return [_group(chosen, name, label, pairs) for name, label, pairs in groups if pairs]


def _group(chosen: dict[str, str], name: str, label: str, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """One row of links; a long row folds away behind the choice that is in effect."""
    choices = [_choice(chosen, name, value, word) for value, word in [("", _("全部")), *pairs]]
    current = next(choice["label"] for choice in choices if choice["current"])
    return {
        "name": name,
        "label": label,
        "choices": choices,
        "chosen": current,
        "many": len(choices) > FOLDED,
    }


def _choice(chosen: dict[str, str], name: str, value: str, label: str) -> dict[str, Any]:
    kept = {k: v for k, v in (chosen | {name: value}).items() if v}
    return {"label": label, "current": chosen[name] == value, "query": f"?{urlencode(kept)}" if kept else ""}


def _month(first: date) -> str:
    return f"{first.year}-{first.month:02d}"


def _months(on: date) -> list[date]:
    """The first days of this month and the eleven before it."""
    count = on.year * 12 + on.month - 1
    return [date((count - back) // 12, (count - back) % 12 + 1, 1) for back in range(MONTHS)]


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
