"""信用体检: what is on file about an organisation, what ends when, what it can do next. For itself; no score, no grade
of a local model, no weight: `evaluation.checkup` has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.evaluation import service as evaluation
from xinheng.evaluation.policy_checkup import later
from xinheng.faces.clock import today
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.views import own_shared
from xinheng.faces.site.cards import stack_of
from xinheng.faces.site.sheets import Row, Sheet, as_csv
from xinheng.faces.site.views.common import shown_cards
from xinheng.law import service as law

SHEET = "checkup-months"
LIVES, STEPS, SAME, ENDINGS = 40, 40, 3, 24
OPEN = 3
"""So many of each list stand open; the others are folded under their number."""


@require_safe
@desk("own.read")
def own(request: Any) -> HttpResponseBase:
    """Leads to the page that has the organisation in its address."""
    return HttpResponseRedirect(reverse("desk-own-checkup-of", args=[own_shared.subject(request)]))


@require_safe
@desk("own.read")
def checkup(request: Any, uscc: str) -> HttpResponse:
    """The check-up: what can be done now first, then what comes later, the life lines and the months ahead, then everything
    with its day. Of each long list the first few stand open, the others folded under their number."""
    code, on = own_shared.subject(request, uscc), today()
    found = evaluation.checkup(uscc=code, on=on)
    items = law.active().items
    weighing = [
        one for one in found.entries
        if one.item in items and items[one.item].adverse and not set(one.marks) & {"repaired", "suppressed"}
        and (one.show_until is None or one.show_until >= on)
    ]  # fmt: skip
    steps = shortened(found.steps)
    at_once, later_on = ([one for one in steps if later(one, on) is so] for so in (False, True))
    stack = stack_of(shown_cards(weighing[:LIVES], on=on), on=on)
    context = own_shared.frame(request, "own-checkup") | {
        "found": found,
        "steps_now": _folded(at_once),
        "steps_later": later_on,
        "more_steps": len(found.steps) - len(steps),
        "endings": _folded([(one, items.get(one.item)) for one in found.endings[:ENDINGS]]),
        "more_endings": max(0, len(found.endings) - ENDINGS),
        "facets": [(one, items.get(one.item)) for one in found.facets],
        "missing": _folded(found.missing),
        "results": found.results,
        "stacks": [replace(stack, lines=tuple(part)) for part in _folded(stack.lines)] if stack else [],
        "sheet": sheet(found) if found.adverse_public else None,
        "now": sum(not later(one, on) for one in found.steps),
        "next_end": next((one.on for one in found.endings), None),
    }
    return page(request, "desk/own_checkup.html", context)


@require_safe
@desk("own.read")
def months_csv(request: Any, table: str) -> HttpResponse:
    """The months of the chart as a file."""
    if table != SHEET:
        raise Http404
    found = evaluation.checkup(uscc=own_shared.subject(request), on=today())
    answer = HttpResponse(as_csv(sheet(found)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{SHEET}.csv"'
    return answer


def _folded(found: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """What stands open, and what is folded; one more than fits is not worth folding."""
    return (found, found[:0]) if len(found) <= OPEN + 1 else (found[:OPEN], found[OPEN:])


def shortened(steps: Sequence[Any]) -> list[Any]:
    """The steps a page shows: whatever has a last day or ends an entry, at most forty; of looking at what is new and of
    renewing, three each."""
    seen: Counter[str] = Counter()
    kept = []
    for one in steps:
        seen[one.kind] += 1
        if one.kind not in ("object", "renew") or seen[one.kind] <= SAME:
            kept.append(one)
    return kept[:STEPS]


def sheet(found: evaluation.CheckUp) -> Sheet:
    """How many adverse entries the public will see, month by month: the chart and its table."""
    columns = (("standing", _("什么都不办，仍在公示")), ("repaired", _("最早可申请日就修复的，仍在公示")))
    rows = tuple(Row(one.label, one.label, (one.standing, one.repaired)) for one in found.months)
    return Sheet(
        SHEET, _("公示中的失信信息，今后各月"),
        _("每月最后一天仍在公示的条数；第一个月是今天。第二列假定每条都在法定的最早一天修复成功，办理需要的时间没有算进去，能不能修复由作出决定的单位决定。"),
        _("月份"), columns, rows, chart="time", period=f"{rows[0].label} — {rows[-1].label}" if rows else "",
        tones=("slate", "pine"),
    )  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("own/checkup/", own, name="desk-own-checkup"),
    path("own/checkup/<slug:table>.csv", months_csv, name="desk-checkup-csv"),
    path("own/<slug:uscc>/checkup/", checkup, name="desk-own-checkup-of"),
]
