"""Desk page: who is on which list, who leaves soon, who left and how, the listings under way; and the 1 % line."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xinheng.cases import service as cases
from xinheng.faces.clock import today
from xinheng.faces.desk import sources
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views import lists_opening
from xinheng.faces.desk.views.cases import listed as case_lines
from xinheng.faces.desk.views.cases_access import reader
from xinheng.faces.site import measure_rows as rows
from xinheng.faces.site.gauges import of_ratio
from xinheng.faces.site.views.common import keyset
from xinheng.kernel import uscc as codes
from xinheng.law import service as law
from xinheng.lists import service as lists

PAGE = 50
SOON = 60
VIEWS = {
    "": gettext_lazy("在列"),
    "leaving": gettext_lazy("六十天内届满"),
    "left": gettext_lazy("已离开"),
    "cases": gettext_lazy("列入案件"),
}


@require_safe
@desk("lists.read")
def index(request: Any) -> HttpResponse:
    """One of the four views, narrowed by kind, by authority, or to one organisation.

    Who left is told to the authority that had listed it, and to the office and the auditor: to nobody else.
    """
    on, given = today(), request.GET
    known = law.list_kinds(pack=law.active())
    own = request.account.only_body
    view = given.get("view", "") if given.get("view", "") in VIEWS else ""
    chosen = {
        "kind": given.get("kind", "") if given.get("kind", "") in known else "",
        "body": (given.get("body", "")[:18] if own is None else own if given.get("body") == own else ""),
        "uscc": codes.clean(given.get("uscc", "")[:40]).code or "",
    }
    under_way, more = cases.due(reader=reader(request), kind=lists.KIND, on=on, limit=PAGE)
    context: dict[str, Any] = {
        "section": "lists",
        "gauge": of_ratio(lists.ratio(on=on)),
        "view": view,
        "views": [(code, label, _query(chosen | {"view": code})) for code, label in VIEWS.items()],
        "chosen": chosen,
        "typed": given.get("uscc", "").strip()[:40],
        "kinds": list(known.values()),
        "units": sources.senders(request.account) if own is None else [],
        "own": own,
        "may_open": request.account.may("lists.open"),
        "under_way": len(under_way),
        "more_under_way": bool(more),
        "soon": SOON,
    }
    if view == "cases":
        if under_way:
            noted(request, "cases", purpose="办理列入", rows=len(under_way))
        context["cases"] = case_lines(under_way, on=on)
    else:
        context |= _entries(request, view, chosen, on)
    return page(request, "desk/lists.html", context)


def _entries(request: Any, view: str, chosen: dict[str, str], on: date) -> dict[str, Any]:
    body, uscc = chosen["body"] or None, chosen["uscc"] or None
    following: object
    if view == "leaving":
        shown, following = lists.leaving_soon(
            on=on,
            within_days=SOON,
            authority=body,
            after=request.GET.get("after", "")[:64] or None,
            limit=PAGE,
        )
    else:
        if view == "left":
            body = request.account.only_body if request.account.only_body is not None else body
            if body is None and uscc is None:
                return {"rows": [], "pick": True}
        shown, following = lists.entries(
            kind=chosen["kind"] or None, authority=body, uscc=uscc, state="left" if view == "left" else "listed",
            on=on, after=keyset(request), limit=PAGE,
        )  # fmt: skip
    if shown:
        noted(request, "lists", purpose="查看名单", usccs=sorted({one.uscc for one in shown}))
    return {
        "rows": [_row(one, on) for one in shown],
        "next": _query(chosen | {"view": view, "after": str(following)}) if following else "",
    }


def _row(one: lists.ListEntry, on: date) -> dict[str, Any]:
    return {
        "one": one,
        "kind": law.active().lists.get(one.kind),
        "exit": rows.EXITS.get(one.exit, ""),
        "days": (one.until - on).days if one.until else None,
        "warned": one.warning_on is not None and one.warning_on <= on,
    }


def _query(chosen: dict[str, str]) -> str:
    return urlencode({name: value for name, value in chosen.items() if value})


urlpatterns: list[URLPattern] = [
    path("lists/", index, name="desk-lists"),
    *lists_opening.urlpatterns,
]
