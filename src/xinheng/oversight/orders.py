"""Supervision orders (督办单): to one unit, about named rows, with a day by which to answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.law import service as law
from xinheng.oversight import bulletins, exact, keeping, policy_steps, suspected, units
from xinheng.oversight.errors import NoSuchOrder, NothingToSupervise
from xinheng.oversight.exact import Place
from xinheng.oversight.models import Order

PROVISION = "supervision-order"
MOST_ROWS = 500
SILENT = ("objection", "repair")
"""Kinds of parts about cases that were not answered in time (`silence`)."""
GAP_POLICY = "督办单号按签发年度连续，号在签发的同一事务中取得，不预留、不跳号、不重用；办结的单保留原号。"
ASKS = {
    exact.LATE: "查明迟报原因，落实以后按期报送的办法。",
    exact.BACK: "按回执逐条更正退回的行并重新报送；已经重新报送的注明批次。",
    "suspected": "逐号核对是否有应报而未报的决定：有的立即补报，没有的说明该号的去向。",
    "omitted": "立即补报确认漏报的决定。",
}


@dataclass(frozen=True)
class LateCase:
    """A case an order is about, and the day that passed."""

    case: str
    due_on: date


@dataclass(frozen=True)
class Issued:
    """An order as issued, and where it stands."""

    number: str
    body: str
    bulletin: str
    issued_on: date
    due_on: date
    content: dict[str, Any]
    state: str
    overdue: bool = False

    @property
    def state_name(self) -> str:
        return policy_steps.NAMES[self.state]


def order(
    *, body: str, at: datetime, actor: str, bulletin: str = "", findings: Sequence[str] = (), liaison: str = "",
    note: str = "",
) -> Issued:  # fmt: skip
    """Issues an order to one unit, from its line in an issued bulletin, from findings, or both.

    The day to answer comes from the pack's `supervision-order` period; without it nothing is ordered (`NoBasis`,
    `NotAdopted`). `liaison` is an office or post, never a person's name. Raises `NothingToSupervise`.
    """
    today = evidence.legal_day(at)
    pack = law.active()
    due = law.due(pack=pack, provision=PROVISION, start=today)
    parts = _parts(body, bulletin, findings)
    if not parts:
        unit = units.names([body])[body]
        raise NothingToSupervise(f"{unit}在所选通报里没有迟报、退回、漏报，也没有选中疑似未报，不需要督办。")
    act = evidence.Act(
        kind=keeping.KINDS["ordered"],
        actor=actor,
        at=at,
        provision=PROVISION,
        pack=pack.digest,
        purpose="督办",
    )
    with evidence.event(act) as event:
        row = row_of(
            body=body, today=today, at=at, due=due, serial=keeping.next_serial(Order, year=today.year), parts=parts,
            bulletin=bulletin, liaison=liaison, note=note,
        )  # fmt: skip
        number = row["number"]
        keeping.write(event, Order, [row])
        keeping.take_steps(event, [number], state=policy_steps.ISSUED, reason="", on=today, actor=actor)
        event.detail["order"] = number
    return one(number=number)


def row_of(
    *, body: str, today: date, at: datetime, due: law.Due, serial: int, parts: Sequence[dict[str, Any]],
    bulletin: str = "", liaison: str = "", note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """An order as a row, ready to be written inside any open event that holds the lock of its serial."""
    pack = law.active()
    found = pack.provision(PROVISION, today)
    assert found is not None  # the due day has just been counted by it
    number = f"D{today.year}-{serial:04d}"
    content = {
        "format": 1,
        "body": body,
        "unit": units.names([body])[body],
        "office": bulletins.office_name(pack),
        "place": pack.name,
        "sandbox": home().sandbox,
        "bulletin": bulletin,
        "parts": list(parts),
        "liaison": liaison.strip()[:60],
        "note": " ".join(note.split())[:400],
        "due_on": due.due.isoformat(),
        "due_name": found.name,
        "due_what": found.what,
        "due_cited": found.source.cited,
        "due_working": due.as_dict()["working"],
        "issued_on": today.isoformat(),
        "issued_at": at.isoformat(),
        "number": number,
        "serial": serial,
        "named": f"督办〔{today.year}〕第{serial}号",
    }
    return {
        "number": number, "year": today.year, "serial": serial, "body": body, "bulletin": bulletin,
        "issued_on": today, "due_on": due.due,
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }  # fmt: skip


def _parts(body: str, bulletin: str, findings: Sequence[str]) -> list[dict[str, Any]]:
    """What is asked, in the order of ASKS: kind, how many, and which rows or findings."""
    rows: dict[str, list[Any]] = {kind: [] for kind in ASKS}
    counts = dict.fromkeys(ASKS, 0)
    if bulletin:
        issued = bulletins.bulletin(number=bulletin)
        mine = bulletins.for_unit(issued.content, body)
        for line in mine["rows"]:
            for kind in (*exact.KINDS, "omitted"):
                counts[kind] += line[kind]
        for kind, _, item, batch, row in mine["annex"]:
            rows[kind].append([item, batch, row])
    for number in dict.fromkeys(findings):
        told = suspected.finding(number=number, body=body)
        kind = "omitted" if told.state == policy_steps.CONFIRMED else "suspected"
        if all(entry[1] != told.number for entry in rows[kind]):
            rows[kind].append([told.item, told.number, 0])
            counts[kind] += told.size
    return [
        {"kind": kind, "count": counts[kind], "ask": ask, "rows": rows[kind][:MOST_ROWS]}
        for kind, ask in ASKS.items()
        if counts[kind]
    ]


def one(*, number: str, body: str | None = None, on: date | None = None) -> Issued:
    """An issued order. Raises `NoSuchOrder`, also for one to another unit than `body`."""
    found = Order.objects.filter(number=number)
    row = (found if body is None else found.filter(body=body)).first()
    if row is None:
        raise NoSuchOrder(f"没有编号为「{number[:20]}」的督办单。请核对编号。")
    return _issued(row, on)


def orders(
    *, body: str | None = None, on: date | None = None, after: int | None = None, limit: int = 50
) -> tuple[list[Issued], int | None]:
    """Orders, newest first, of one unit or of all, and the id a list goes on after."""
    rows = Order.objects.order_by("-id")
    if body is not None:
        rows = rows.filter(body=body)
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[: limit + 1])
    return [_issued(row, on) for row in found[:limit]], found[limit - 1].id if len(found) > limit else None


def _issued(row: Order, on: date | None) -> Issued:
    state = keeping.state_of(row.number)
    late = on is not None and state == policy_steps.ISSUED and row.due_on < on
    return Issued(
        row.number, row.body, row.bulletin, row.issued_on, row.due_on, json.loads(row.content), state, late
    )


def proceed(
    *, number: str, to: str, reason: str, at: datetime, actor: str, body: str | None = None
) -> Issued:
    """Takes an order on: answered (by the unit, with its answer), closed or sent back (by the office, with why)."""
    now = one(number=number, body=body)
    said = policy_steps.step(policy_steps.ORDER, of=number, now=now.state, to=to, reason=reason)
    act = evidence.Act(kind=keeping.KINDS["stepped"], actor=actor, at=at, purpose="督办")
    with evidence.event(act) as event:
        event.detail["order"] = number
        keeping.take_steps(event, [number], state=to, reason=said, on=evidence.legal_day(at), actor=actor)
    return one(number=number)


def rows_of(content: dict[str, Any]) -> dict[str, list[Any]]:
    """The rows and findings an order names, as they may be shown now: kind → ExactRow, Suspicion or LateCase."""
    answer: dict[str, list[Any]] = {}
    for part in content["parts"]:
        if part["kind"] in SILENT:
            answer[part["kind"]] = [
                LateCase(case, date.fromisoformat(due_on)) for _, case, due_on in part["rows"]
            ]
        elif part["kind"] in exact.KINDS:
            places = [Place(batch, row) for _, batch, row in part["rows"]]
            known = exact.shown(places)
            answer[part["kind"]] = [known[place] for place in places if place in known]
        else:
            answer[part["kind"]] = [suspected.finding(number=number) for _, number, _ in part["rows"]]
    return answer
