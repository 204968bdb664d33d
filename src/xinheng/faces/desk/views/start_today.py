"""What the first page of the day says about cases: for the office over all units, for a unit about its own."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xinheng.cases import service as cases
from xinheng.checks import service as checks
from xinheng.evaluation import waiting, warning
from xinheng.exchange import service as exchange
from xinheng.faces.desk import day, sources
from xinheng.faces.desk.views.cases import listed
from xinheng.faces.desk.views.cases_access import reader
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.oversight import service as oversight
from xinheng.publication import service as publication

SHOWN = 12
UNITS = 12
LOOK = 14
MOST = 500


def office(request: Any, *, on: date) -> dict[str, Any]:
    """The day of the office: its figures with their doors, the cases with the least time, the units to be urged."""
    counted = cases.counters(reader=reader(request), on=on)
    rows = soonest(request, on)
    ending = _ending(on)
    back = exchange.rejected(limit=MOST)
    lines = oversight.by_unit(first=on - timedelta(days=day.BACK_DAYS), last=on - timedelta(days=1))
    whole = oversight.total(lines)
    return {
        "figures": [
            {
                "label": _("今日到期"), "value": counted.due_today + sum(ending.values()), "tone": "due", "shape": "◆",
                "small": _("案件 %(cases)s · 报送 %(sent)s") % {"cases": counted.due_today, "sent": sum(ending.values())},
                "url": _door(request, "desk-cases", "?when=today"),
            },
            {
                "label": _("逾期").capitalize(), "value": counted.overdue + whole.late, "tone": "over", "shape": "▲",
                "small": _("案件 %(cases)s · 迟报 %(sent)s") % {"cases": counted.overdue, "sent": whole.late},
                "url": _door(request, "desk-clocks"),
            },
            {
                "label": _("省退回"), "value": len(back), "many": len(back) == MOST, "tone": "over", "shape": "",
                "small": _("待重报"), "url": _door(request, "desk-my-terms"),
            },
            {
                "label": _("疑似未报"), "value": whole.suspected, "tone": "due", "shape": "", "small": _("待说明"),
                "url": _door(request, "desk-suspected"),
            },
            {
                "label": _("在办案件"), "value": counted.open, "tone": "", "shape": "",
                "small": _("异议、修复、同步差异；暂定 %(n)s") % {"n": counted.provisional},
                "url": _door(request, "desk-cases"),
            },
            _unanswered(request, on),
            {
                "label": _("待核对名称"), "value": linkage.waiting(on=on).open, "tone": "", "shape": "", "small": "",
                "url": _door(request, "desk-names"),
            },
            *evaluation(request, on),
        ],
        "rows": listed(rows, on=on),
        "may_send": request.account.may("intake.send"),
        "may_urge": request.account.may("oversight.issue"),
        "may_classify": request.account.may("queue.classify"),
        "units": _units(on, ending, Counter(one.authority for one in back), lines),
    }  # fmt: skip


def _unanswered(request: Any, on: date) -> dict[str, Any]:
    """Hints of all units without an answer; those past their day first in words."""
    heaps = list(checks.ageing(on=on).values())
    late = sum(one.overdue for one in heaps)
    return {
        "label": _("待反馈的措施提示"), "value": sum(one.open for one in heaps), "tone": "over" if late else "",
        "shape": "▲" if late else "", "small": _("逾期 %(n)s") % {"n": late},
        "url": _door(request, "desk-feedback"),
    }  # fmt: skip


def evaluation(request: Any, on: date) -> list[dict[str, Any]]:
    """Models waiting for a second account, findings to answer, organisations pointed out: what this account may open."""
    account, found = request.account, []
    if account.may("evaluation.report.read"):
        mine, every = waiting.second_account(account=f"desk:{account.name}")
        value = mine if account.may("evaluation.adopt") else every
        found.append(
            {
                "label": _("待第二人确认的模型"),
                "value": value,
                "tone": "due" if value else "",
                "shape": "",
                "small": _("等其他同事 %(n)s") % {"n": every - value} if every > value else "",
                "url": reverse("desk-evaluation"),
            }
        )
    if account.may("evaluation.received.read"):
        open_ = waiting.findings(on=on, authority=account.only_body)
        found.append(
            {
                "label": _("待核实的评价结果"),
                "value": open_.open,
                "many": open_.many,
                "tone": "due" if open_.open else "",
                "shape": "",
                "small": _("与国家评价不能并存"),
                "url": reverse("desk-received"),
            }
        )
    if account.may("evaluation.warning.read"):
        found.append(
            {
                "label": _("预警提示"),
                "value": warning.organisations(on=on, body=account.only_body),
                "tone": "",
                "shape": "",
                "small": _("供安排检查时参考"),
                "url": reverse("desk-early-warning"),
            }
        )
    return found


def soonest(request: Any, on: date, *, body: str | None = None, limit: int = SHOWN) -> list[cases.CaseLine]:
    """Objections and repairs with the least time left; tickets about other sites have a board of their own."""
    rows: list[cases.CaseLine] = []
    for kind in ("objection", "repair"):
        rows += cases.due(reader=reader(request), kind=kind, body=body, on=on, limit=limit)[0]
    return sorted(rows, key=lambda one: (one.due_on or date.max, one.id))[:limit]


# Whoever reads all (an auditor) is not led to pages only the office may open
NEEDS = {"desk-feedback": "checks.figures.read", "desk-clocks": "cases.reassign", "desk-names": "names.read"}


def _door(request: Any, name: str, query: str = "") -> str:
    """The address behind a figure; "" where this account may not open it."""
    needed = NEEDS.get(name, "")
    return "" if needed and not request.account.may(needed) else reverse(name) + query


def _ending(on: date) -> Counter[str]:
    """Decisions whose period of double publicity ends today and that did not arrive above, by unit."""
    pack = law.active()
    days = [on - timedelta(days=back) for back in range(LOOK * 2)]
    table = law.due_shown_table(pack=pack, provision=day.PERIOD, starts=days)
    starts = [start for start, (due, _provisional) in table.items() if due == on]
    if not starts:
        return Counter()
    entries = publication.statements(
        audience="authority", on=on, decided_from=min(starts), decided_to=max(starts), received_from=min(starts),
        limit=MOST,
    )  # fmt: skip
    entries = [entry for entry in entries if entry.decided_on in starts]
    times = exchange.times(statement_ids=[entry.id for entry in entries])
    return Counter(
        entry.authority for entry in entries if entry.id not in times or not times[entry.id].accepted
    )


def _units(
    on: date, ending: Counter[str], back: Counter[str], lines: list[oversight.UnitLine]
) -> list[dict[str, Any]]:
    """Units with something due, late, sent back or unexplained: those with late cases first."""
    clocks = {one.body: one for one in cases.counters_by_body(on=on)}
    figures = {line.unit.body: line.figures for line in lines}
    found = []
    for body in (set(clocks) | set(figures) | set(ending) | set(back)) - {"office", "subject", ""}:
        clock, one = clocks.get(body), figures.get(body)
        row: dict[str, Any] = {
            "body": body,
            "today": (clock.due_today if clock else 0) + ending[body],
            "late_cases": clock.overdue if clock else 0,
            "late": one.late if one else 0,
            "back": back[body],
            "suspected": one.suspected if one else 0,
            "open": clock.open if clock else 0,
        }
        if any(row[name] for name in ("today", "late_cases", "late", "back", "suspected")):
            found.append(row)
    found.sort(
        key=lambda row: (
            -row["late_cases"],
            -row["today"],
            -row["back"],
            -row["suspected"],
            -row["late"],
            row["body"],
        )
    )
    names = sources.names([row["body"] for row in found[:UNITS]])
    return [row | {"name": names[row["body"]]} for row in found[:UNITS]]


def unit(request: Any, *, on: date) -> dict[str, Any]:
    """The cases of one unit: how many, and those with the least time; and the hints it has not answered."""
    account = request.account
    fed: dict[str, Any] = {"figures": evaluation(request, on)}
    if account.may("checks.figures.read") and account.only_body:
        fed["unanswered"] = checks.ageing(on=on, body=account.only_body).get(account.only_body)
    if not account.may("cases.read"):
        return {"counters": None, "rows": []} | fed
    rows = soonest(request, on)
    return fed | {"counters": cases.counters(reader=reader(request), on=on), "rows": listed(rows, on=on)}
