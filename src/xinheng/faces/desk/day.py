"""What the first page of the day shows: deadlines, what came back, what this month still lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xinheng.exchange import service as exchange
from xinheng.faces.desk import receipts, sources
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records

PERIOD = "double-publicity"  # the provision whose days are counted
BACK_DAYS = 30
SHOWN = 40
TOP = 8
LATEST = 200


@dataclass(frozen=True)
class Deadline:
    """A decision on its way to everyone: by when, how many days are left, and how far it came."""

    id: int
    document: str
    subject: str
    decided_on: date
    due: date | None
    left: int | None
    province: str
    nation: str
    provisional: bool = False
    returned: bool = False
    reason: str = ""

    @property
    def late(self) -> int:
        """Working days past the deadline; 0 while there are days left."""
        return max(0, -(self.left or 0))


def unit(body: str, *, on: date, may_send: bool) -> dict[str, Any]:
    """The day of one unit: its deadlines, its batches with rows to mend, items without a word this month."""
    latest = intake.batches(source=body, limit=LATEST)
    recent = [batch for batch in latest if batch.received_on >= on - timedelta(days=BACK_DAYS)]
    back = [batch for batch in recent if batch.state == "done" and receipts.to_mend(batch.counts)]
    waiting = records.undetermined(authority=body, limit=SHOWN + 1)
    deadlines = _deadlines(body, on)
    return {
        "deadlines": deadlines,
        "soon": sum(1 for one in deadlines if one.left is not None and 0 <= one.left <= 2),
        "over": sum(1 for one in deadlines if one.left is not None and one.left < 0),
        "back": _rows(back),
        "back_rows": sum(receipts.to_mend(batch.counts) for batch in back),
        "open": [batch for batch in recent if batch.state != "done"],
        "waiting": len(waiting),
        "many": SHOWN,
        "silent": _silent(body, latest, on) if may_send else [],
        "period": f"{on:%Y-%m}",
        "may_send": may_send,
    }


def office(*, on: date) -> dict[str, Any]:
    """The day of the office as far as files go: who sent what, what went back, which classes wait."""
    latest = intake.batches(limit=LATEST)
    recent = [batch for batch in latest if batch.received_on >= on - timedelta(days=BACK_DAYS)]
    back = [batch for batch in recent if batch.state == "done" and receipts.to_mend(batch.counts)]
    waiting = records.undetermined(limit=SHOWN + 1)
    return {
        "back": _rows(sorted(back, key=lambda one: -receipts.to_mend(one.counts))[:TOP]),
        "back_rows": sum(receipts.to_mend(batch.counts) for batch in back),
        "latest": _rows(latest[:TOP]),
        "waiting": waiting[:TOP],
        "waiting_count": len(waiting),
        "many": SHOWN,
    }


def _deadlines(body: str, on: date) -> list[Deadline]:
    """Decisions of the unit that have not arrived everywhere, fewest days left first."""
    entries = publication.statements(
        audience="authority",
        on=on,
        authority=body,
        decided_from=on - timedelta(days=BACK_DAYS),
        # Nothing is received before it is decided: what came in earlier need not be looked at
        received_from=on - timedelta(days=BACK_DAYS),
        limit=LATEST,
    )
    pack = law.active()
    starts = [entry.decided_on for entry in entries if entry.decided_on]
    table = law.due_shown_table(pack=pack, provision=PERIOD, starts=starts)
    times = _times([entry.id for entry in entries])
    found = []
    for entry in entries:
        item, upstream = pack.items[entry.item], times.get(entry.id)
        if entry.decided_on is None or (upstream is not None and upstream.accepted):
            continue
        due, provisional = table.get(entry.decided_on, (None, False))
        found.append(
            Deadline(
                id=entry.id,
                document=next((entry.values[code] for code in item.document_number if entry.values.get(code)), ""),
                subject=entry.values.get(item.subject_name, ""),
                decided_on=entry.decided_on,
                due=due,
                left=None if due is None else law.working_days_between(pack=pack, start=on, day=due),
                province="sent" if upstream is not None and upstream.sent else "",
                nation="accepted" if upstream is not None and upstream.accepted else "",
                provisional=provisional,
                returned=upstream is not None and upstream.answer == "rejected",
                reason=upstream.reason if upstream is not None and upstream.answer == "rejected" else "",
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.left is None, one.left or 0, one.id))
    return found[:SHOWN]


def _times(statements: list[int]) -> Mapping[int, exchange.Times]:
    """When each went up and was accepted there."""
    return exchange.times(statement_ids=statements)


def _silent(body: str, latest: Sequence[intake.BatchSummary], on: date) -> list[law.Item]:
    """Items the unit used to send and has not sent, nor reported nil, this month."""
    items = law.active().items
    first = on.replace(day=1)
    this_month = {batch.item for batch in latest if batch.received_on >= first}
    before = {batch.item for batch in latest if batch.received_on < first} & items.keys()
    asked = getattr(intake, "nil_returns", None)
    nil = {one.item for one in asked(source=body, period=f"{on:%Y-%m}")} if asked is not None else set()
    return [items[code] for code in sorted(before - this_month - nil)]


def _rows(batches: Sequence[intake.BatchSummary]) -> list[dict[str, Any]]:
    names = sources.names({batch.source for batch in batches})
    items = law.active().items
    return [
        {
            "batch": batch,
            "item": items.get(batch.item),
            "source": names[batch.source],
            "parts": receipts.parts(batch.counts),
            "back": receipts.to_mend(batch.counts),
        }
        for batch in batches
    ]
