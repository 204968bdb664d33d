"""A department that let the day of an objection or a repair pass gets a supervision order, inside the very event that
declares the case overdue. One order for each late body and overdue day; sweeping again writes nothing new."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.oversight import keeping, orders, policy_steps
from xinheng.oversight.models import Order, Silent
from xinheng.remedies import service as remedies

ACTOR = "platform"
ASKS = {
    "objection": ("异议逾期未答复", "立即核实并答复下列异议；答复以前，记录的异议标注保留，内容照常公示。"),
    "repair": ("信用修复逾期未办", "立即对下列修复申请作出受理或者修复决定，并将结果反馈信用中国。"),
}
MOST = 500


def order_silent(event: evidence.OpenEvent, silent: list[remedies.Silent]) -> None:
    """Writes the orders for cases that became overdue in `event`, and which case each order is about.

    Without an adopted period for answering an order nothing is ordered: the lateness itself stays in the figures. A body
    that has its order for that day already gets no second one: the case is put to the one there is.
    """
    today = evidence.legal_day(event.at)
    told = set(Silent.objects.filter(case__in=[one.case for one in silent]).values_list("case", "due_on"))
    groups: dict[tuple[str, date], list[remedies.Silent]] = {}
    for one in sorted(silent, key=lambda one: (one.due_on, one.body, one.case)):
        if (one.case, one.due_on) not in told:
            groups.setdefault((one.body, one.due_on), []).append(one)
    answer = _due(today) if groups else None
    if answer is None:
        return
    serial = keeping.next_serial(Order, year=today.year)
    there = _orders_there([body for body, _ in groups])
    rows: list[dict[str, Any]] = []
    about: list[dict[str, Any]] = []
    for (body, due_on), cases in groups.items():
        number = there.get((body, due_on), "")
        if number:
            _add_to(event, number, cases)
        else:
            rows.append(_row(event, body, due_on, cases, answer, serial + len(rows), today))
            number = rows[-1]["number"]
        about += [{"number": number, "body": body, "case": one.case, "due_on": due_on} for one in cases]
    keeping.write(event, Order, rows)
    numbers = [row["number"] for row in rows]
    keeping.take_steps(event, numbers, state=policy_steps.ISSUED, reason="", on=today, actor=ACTOR)
    keeping.write(event, Silent, about)


def _row(
    event: evidence.OpenEvent, body: str, due_on: date, cases: Sequence[remedies.Silent], answer: law.Due,
    serial: int, today: date,
) -> dict[str, Any]:  # fmt: skip
    note = f"办理期限至 {due_on} 届满，{due_on + timedelta(days=1)} 起逾期。"
    return orders.row_of(
        body=body, today=today, at=event.at, due=answer, serial=serial, parts=_parts(cases), note=note
    )


def _add_to(event: evidence.OpenEvent, number: str, cases: Sequence[remedies.Silent]) -> None:
    """Puts cases into an order of this very event, which is not issued before the event ends; one issued earlier stays
    as it was issued."""
    start, end = evidence.row_range(event.id)
    row = Order.objects.filter(number=number, id__gte=start, id__lt=end).first()
    if row is None:
        return
    content = json.loads(row.content)
    content["parts"] += _parts(cases)
    row.content = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    row.save(update_fields=["content"])
    keeping.rebind(event, Order)


def _parts(cases: Sequence[remedies.Silent]) -> list[dict[str, Any]]:
    parts = []
    for kind, (_, ask) in ASKS.items():
        mine = [one for one in cases if one.kind == kind]
        if mine:
            rows = [["case", one.case, one.due_on.isoformat()] for one in mine[:MOST]]
            parts.append({"kind": kind, "count": len(mine), "ask": ask, "rows": rows})
    return parts


def _orders_there(bodies: Sequence[str]) -> dict[tuple[str, date], str]:
    rows = Silent.objects.filter(body__in=bodies).values_list("body", "due_on", "number").order_by("id")
    return {(body, due_on): number for body, due_on, number in rows}


def _due(today: date) -> law.Due | None:
    try:
        return law.due_shown(pack=law.active(), provision=orders.PROVISION, start=today)
    except (law.NoBasis, law.NotAdopted, law.UnknownProvision):
        return None


def late_bodies(*, first: date, last: date) -> dict[str, int]:
    """How many orders for silence went to each body whose day passed in first … last: what is named publicly."""
    rows = Silent.objects.filter(due_on__gte=first, due_on__lte=last).values_list("body", "number").distinct()
    told: dict[str, int] = {}
    for body, _ in rows:
        told[body] = told.get(body, 0) + 1
    return told


def cases_of(number: str) -> list[str]:
    """The cases an order is about, in the order they were written."""
    return list(Silent.objects.filter(number=number).order_by("id").values_list("case", flat=True))
