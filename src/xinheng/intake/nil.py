"""Nil returns: a unit's word that it decided nothing on an item in a month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from xinheng.evidence import service as evidence
from xinheng.intake import models
from xinheng.intake.errors import ItemUnknown, NilReturnRefused
from xinheng.intake.run import source_of
from xinheng.law import service as law

SAID = "intake.nil"
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class NilReturn:
    """One nil return. `contradicted` says that rows of that month came in after all; the return stays on record."""

    number: str
    source: str
    item: str
    period: str
    said_on: date
    repeated: bool = False
    contradicted: bool = False


def nil_return(*, source: str, item: str, period: str, at: datetime, actor: str) -> NilReturn:
    """Records that `source` decided nothing on `item` in `period` (YYYY-MM). The same again gives the first one.

    Raises `NilReturnRefused` for a month that has not begun, or in which rows came in.
    """
    pack = law.active()
    if item not in pack.items:
        raise ItemUnknown(f"目录里没有「{item}」。可用的有:{'、'.join(sorted(pack.items))}。")
    sender = source_of(pack, source)
    on = evidence.legal_day(at)
    if not _PERIOD.fullmatch(period) or period > f"{on:%Y-%m}":
        raise NilReturnRefused(f"零报告的月份应写成 2026-10 这样,并且不晚于本月。现在是「{period[:20]}」。")
    known = models.NilReturn.objects.filter(source=sender, item=item, period=period).first()
    if known is not None:
        return _shown(known, repeated=True)
    if _received(sender, item, period):
        raise NilReturnRefused(
            f"{period} 已经收到本单位的「{pack.items[item].name}」,不能再报零报告。如属误报,请先在来源处更正。"
        )
    act = evidence.Act(kind=SAID, actor=actor, at=at, purpose="零报告", provision=item)
    with evidence.event(act) as event:
        evidence.lock("intake.nil")
        lead = f"N{on:%Y%m%d}-"
        taken = models.NilReturn.objects.filter(number__startswith=lead).count()
        event.count(1)
        row = models.NilReturn(
            id=event.row_id(0), number=f"{lead}{taken + 1:05d}", source=sender, item=item, period=period,
            said_on=on,
        )  # fmt: skip
        row.save(force_insert=True)
        event.detail["nil_digest"] = _digest(row)
    return _shown(row)


def nil_returns(
    *, source: str | None = None, item: str | None = None, period: str | None = None, limit: int = 200
) -> list[NilReturn]:
    """Nil returns, the newest first."""
    rows = models.NilReturn.objects.order_by("-id")
    for name, value in (("source", source), ("item", item), ("period", period)):
        if value is not None:
            rows = rows.filter(**{name: value})
    return [_shown(row) for row in rows[:limit]]


def nil_counts(*, first: date, last: date) -> list[tuple[str, str, int]]:
    """(source, item, how many) for the nil returns about months that begin between two days, both included."""
    periods = sorted({f"{first:%Y-%m}", f"{last:%Y-%m}"})
    rows = models.NilReturn.objects.filter(period__gte=periods[0], period__lte=periods[-1])
    counted: dict[tuple[str, str], int] = {}
    for source, item, period in rows.values_list("source", "item", "period"):
        if first <= date.fromisoformat(f"{period}-01") <= last:
            counted[source, item] = counted.get((source, item), 0) + 1
    return [(source, item, number) for (source, item), number in sorted(counted.items())]


def _received(source: str, item: str, period: str) -> bool:
    """Whether rows of this source and item were taken in during the month."""
    year, month = (int(part) for part in period.split("-"))
    found = models.Batch.objects.filter(
        source=source, item=item, received_on__year=year, received_on__month=month
    ).annotate(taken=F("accepted") + F("updated"))
    return found.filter(taken__gt=0).exists()


def _shown(row: models.NilReturn, *, repeated: bool = False) -> NilReturn:
    late = _received(row.source, row.item, row.period)
    return NilReturn(row.number, row.source, row.item, row.period, row.said_on, repeated, late)


def _digest(row: models.NilReturn) -> str:
    return evidence.rows_digest([(row.id, row.number, row.source, row.item, row.period, str(row.said_on))])


def findings() -> Iterator[evidence.Finding]:
    """Nil returns that are not what the ledger bound."""
    told = {entry.id: entry.body["detail"]["nil_digest"] for entry in evidence.events(kinds=(SAID,))}
    seen: set[int] = set()
    for row in models.NilReturn.objects.all():
        event = evidence.event_of(row.id)
        seen.add(event)
        if _digest(row) != told.get(event):
            yield evidence.Finding("nil-changed", f"零报告 {row.number} 与账本所记不符")
    for event in sorted(set(told) - seen):
        yield evidence.Finding("nil-missing", f"账本第 {event} 笔的零报告不见了")
