"""Desk pages: objections and repairs under way, those with the fewest working days left first; and one case whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xinheng.cases import service as cases
from xinheng.faces.clock import today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views import cases_acting, cases_clocks, cases_exchange, cases_papers
from xinheng.faces.desk.views.cases_access import as_day, reader, told_to
from xinheng.faces.desk.views.cases_one import whole
from xinheng.faces.desk.views.cases_shown import left
from xinheng.home import home
from xinheng.law import service as law
from xinheng.register import service as register

PAGE = 50
WHEN = {
    "": gettext_lazy("全部在办"),
    "today": gettext_lazy("今日到期和逾期"),
    "soon": gettext_lazy("两天内到期"),
}


@require_safe
@desk("cases.read")
def index(request: Any) -> HttpResponse:
    """Open cases this account may see, by due date: what is overdue first, what has no clock last."""
    on, given = today(), request.GET
    kinds = law.case_kinds(pack=law.active(), on=on)
    chosen = {
        "kind": given.get("kind", "") if given.get("kind", "") in kinds else "",
        "state": given.get("state", "")[:40],
        "when": given.get("when", "") if given.get("when", "") in WHEN else "",
        "body": given.get("body", "")[:18] if request.account.only_body is None else "",
    }
    if chosen["kind"] and chosen["state"] not in kinds[chosen["kind"]].states:
        chosen["state"] = ""
    until = {"today": on, "soon": on + timedelta(days=2)}.get(chosen["when"])
    rows, following = cases.due(
        reader=reader(request), kind=chosen["kind"] or None, state=chosen["state"] or None,
        body=chosen["body"] or None, until=until, on=on, after=_after(given.get("after", "")), limit=PAGE,
    )  # fmt: skip
    counted = cases.counters(reader=reader(request), on=on)
    if rows:
        noted(request, "cases", purpose="办理异议和修复", rows=len(rows))
    context = {
        "section": "cases",
        "chosen": chosen,
        "counters": counted,
        "kinds": [(code, kind, _query(chosen, kind=code, state="")) for code, kind in kinds.items()],
        "all_kinds": _query(chosen, kind="", state=""),
        "states": _states(kinds, chosen),
        "all_states": _query(chosen, state=""),
        "when": [(code, label, _query(chosen, when=code)) for code, label in WHEN.items()],
        "rows": listed(rows, on=on),
        "unit_shown": unit_names([chosen["body"]]).get(chosen["body"], "") if chosen["body"] else "",
        "without_unit": _query(chosen, body=""),
        "next": urlencode(_kept(chosen) | {"after": f"{following[0]}.{following[1]}"}) if following else "",
        "perms_counter": request.account.may("cases.counter"),
        "perms_clocks": request.account.may("cases.reassign"),
        "may_push": home().sandbox and request.account.may("cases.reassign"),
        "wanted": given.get("wanted", "")[:80],
        "missing": bool(given.get("wanted")),
    }
    return page(request, "desk/cases.html", context)


@require_safe
@desk("cases.read")
def find(request: Any) -> HttpResponseBase:
    """From a number, ours or the one a window outside gave, to the case; back to the list where there is none."""
    wanted = request.GET.get("number", "").strip()[:80]
    who = reader(request)
    try:
        return HttpResponseRedirect(
            reverse("desk-case", args=[cases.case(number=wanted, reader=who, on=today()).number])
        )
    except (cases.NoSuchCase, NoReverseMatch):
        pass
    for kind in law.case_kinds(pack=law.active(), on=today()):
        found = cases.by_outside(kind=kind, outside=wanted) if wanted else None
        if found is not None:
            # Another's case is not told from none: the list answers both
            try:
                number = cases.case(number=found.number, reader=who, on=today()).number
            except cases.NoSuchCase:
                break
            return HttpResponseRedirect(reverse("desk-case", args=[number]))
    return HttpResponseRedirect(f"{reverse('desk-cases')}?{urlencode({'wanted': wanted})}")


def listed(rows: Any, *, on: Any) -> list[dict[str, Any]]:
    """Lines of cases with what they say besides: names of subject and unit, the document, the time left."""
    rows = list(rows)
    units = unit_names({row.body for row in rows if row.body})
    subjects = register.get(sorted({row.uscc for row in rows}))
    items = law.active().items
    kinds = law.case_kinds(pack=law.active(), on=on)
    return [
        {
            "case": row,
            "kind": kinds.get(row.kind),
            "state": kinds[row.kind].states.get(row.state) if row.kind in kinds else None,
            "unit": units.get(row.body, row.body),
            # The number begins with the unit's name, which has a column of its own
            "short": row.number.removeprefix(units.get(row.body, "")),
            "sign": row.number[: len(row.number) - len(row.number.removeprefix(units.get(row.body, "")))],
            "subject": subjects[row.uscc].shown_name if row.uscc in subjects else row.uscc,
            "item": items.get(row.item),
            "left": left(
                days=row.days_left, overdue=row.overdue, provisional=row.provisional, paused=row.paused
            ),
        }
        for row in rows
    ]


@require_safe
@desk("cases.read")
def one(request: Any, number: str) -> HttpResponse:
    """One case whole: the entry, the claim, the clock, the steps so far, what can be done now. Another's is a 404."""
    found = cases.case(number=number, reader=reader(request), on=today())
    noted(request, "case", purpose="办理异议和修复", case=found.number, **told_to(found))
    told = whole(request, found)
    return page(request, "desk/case.html", {"section": "lists" if told["listing"] else "cases"} | told)


def _states(kinds: Any, chosen: dict[str, str]) -> list[tuple[str, Any, str]]:
    if not chosen["kind"]:
        return []
    return [
        (code, state, _query(chosen, state=code))
        for code, state in kinds[chosen["kind"]].states.items()
        if not state.final
    ]


def _after(text: str) -> tuple[date, int] | None:
    """The place a list goes on after, from an address; None for the beginning and for what is no place."""
    day, _, number = text.partition(".")
    found = as_day(day)
    return (found, int(number)) if found and number.isdigit() and len(number) < 19 else None


def _kept(chosen: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in chosen.items() if value}


def _query(chosen: dict[str, str], **changed: str) -> str:
    return urlencode(_kept(chosen | changed))


urlpatterns: list[URLPattern] = [
    path("cases/", index, name="desk-cases"),
    path("cases/find/", find, name="desk-case-find"),
    *cases_clocks.urlpatterns,
    *cases_exchange.urlpatterns,
    path("cases/<str:number>/", one, name="desk-case"),
    *cases_acting.urlpatterns,
    *cases_papers.urlpatterns,
]
