"""Lists over many organisations: double publicity, the lists of serious cases, commitments, honours. Never a count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.faces.clock import today
from xinheng.faces.listing import listed
from xinheng.faces.site.browsing import browse, newest
from xinheng.faces.site.deliveries import deliveries
from xinheng.faces.site.page import page
from xinheng.faces.site.sections import items_of
from xinheng.law import service as law
from xinheng.publication import service as publication

DOUBLE = ("admin-licence", "admin-penalty")
COMMITMENT = "commitment"
# Good standing has entries in two sections: honours and qualifications, and the one sector result that is an honour
GOOD_RESULTS = ("tax-grade-a",)
SERIOUS = "serious-list"
WEEK = timedelta(days=7)
FIRST = 3


@require_safe
def publicity(request: HttpRequest) -> HttpResponse:
    """Licences and penalties, newest decision first, by department, kind and month."""
    items = _items(DOUBLE)
    found = browse(request, reverse("publicity"), items, apart=True)
    context = {"found": found, "week": by_department(today())}
    return page(request, "site/publicity.html", context)


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The lists there are: who keeps them, on what basis, how one comes off, and the newest entries of each."""
    on = today()
    found = [
        {
            "item": item,
            "cards": newest([item], on=on, limit=FIRST),
            "kinds": list_kinds() if item.code == SERIOUS else [],
        }
        for item in items_of("lists")
    ]
    return page(request, "site/lists.html", {"lists": found})


@require_safe
def one_list(request: HttpRequest, item: str) -> HttpResponse:
    """One list, with every kind of it explained."""
    shape = next((one for one in items_of("lists") if one.code == item), None)
    if shape is None:
        raise Http404
    found = browse(request, reverse("lists-item", args=[item]), [shape])
    kinds = list_kinds() if item == SERIOUS else []
    return page(request, "site/list.html", {"item": shape, "found": found, "kinds": kinds})


@require_safe
def commitments(request: HttpRequest) -> HttpResponse:
    """Commitments by kind, department and month; each says how it was kept."""
    found = browse(request, reverse("commitments"), _items((COMMITMENT,)))
    return page(request, "site/commitments.html", {"found": found})


@require_safe
def honours(request: HttpRequest) -> HttpResponse:
    """Honours, qualifications and tax grade A."""
    items = [*items_of("honours"), *_items(GOOD_RESULTS)]
    found = browse(
        request, reverse("honours"), list({item.code: item for item in items}.values()), apart=True
    )
    return page(request, "site/honours.html", {"found": found})


def this_week(on: date, each: int = 4) -> list[publication.Entry]:
    """Of what came in during the last seven days the newest decisions: some licences and some penalties."""
    found = [entry for item in DOUBLE for entry in listed(items=[item], on=on, limit=each).entries]
    lately = [entry for entry in found if entry.received_on > on - WEEK]
    return sorted(lately, key=lambda entry: entry.id, reverse=True)


def by_department(on: date) -> list[dict[str, Any]]:
    """This week's deliveries by department: licences and penalties taken in. Read from batches, not from entries."""
    found: dict[str, dict[str, Any]] = {}
    for one in deliveries():
        if one.on > on - WEEK and one.item.code in DOUBLE:
            row = found.setdefault(
                one.source, {"name": one.name, "code": one.source, "counts": dict.fromkeys(DOUBLE, 0)}
            )
            row["counts"][one.item.code] += one.taken
    rows = [
        row | {"licences": row["counts"][DOUBLE[0]], "penalties": row["counts"][DOUBLE[1]]}
        for row in found.values()
    ]
    return sorted(rows, key=lambda row: (-(row["licences"] + row["penalties"]), row["name"]))


def list_kinds() -> list[dict[str, Any]]:
    """The kinds of serious lists that law knows: who keeps each, on what basis, for how long at most."""
    pack = law.active()
    address = reverse("lists-item", args=[SERIOUS])
    return [
        {
            "kind": kind,
            "keeper": pack.sectors.get(kind.authority),
            "url": f"{address}?{urlencode({'kind': kind.name})}",
        }
        for kind in pack.lists.values()
        if kind.item == SERIOUS
    ]


def _items(codes: tuple[str, ...]) -> list[law.Item]:
    known = law.active().items
    return [known[code] for code in codes if code in known]
