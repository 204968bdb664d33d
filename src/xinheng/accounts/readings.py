"""Who looked at us, and why: what organisations may know of the readings the ledger holds of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from xinheng.accounts.auditing import READ
from xinheng.accounts.models import Account, Client
from xinheng.accounts.models import Reading as Row
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc

FOLLOWER = "accounts.readings"
KINDS = (READ,)
PART = 2_000


@dataclass(frozen=True)
class Reading:
    """Somebody looked at what is not public of an organisation: the unit and its role, never who sat there."""

    id: int
    uscc: str
    on: date
    role: str
    unit: str
    what: str
    purpose: str


def readings(*, uscc: str, after: int | None = None, limit: int = 50) -> list[Reading]:
    """Who read what of an organisation, newest first; `after` is the `id` of the last one seen.

    An organisation's own readings of itself are left out: it knows them.
    """
    rows = Row.objects.filter(uscc=uscc).exclude(role="organisation").order_by("-event")
    return _shown(rows.filter(event__lt=after) if after is not None else rows, limit)


def all_readings(
    *, after: tuple[int, str] | None = None, on: date | None = None, unit: str | None = None, limit: int = 50
) -> list[Reading]:
    """Readings of all organisations, newest first, for the auditor; `after` is `(id, uscc)` of the last one seen.

    One that names two organisations is two rows.
    """
    rows = Row.objects.order_by("-event", "uscc")
    if after is not None:
        rows = rows.filter(Q(event__lt=after[0]) | Q(event=after[0], uscc__gt=after[1]))
    if on is not None:
        rows = rows.filter(on=on)
    if unit is not None:
        rows = rows.filter(unit=unit)
    return _shown(rows, limit)


def follow(news: Sequence[evidence.Entry], at: datetime) -> None:
    """Follower of the ledger: a row for each organisation a reading names. Safe to repeat."""
    rows = list(_rows(news))
    Row.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def rebuild(*, at: datetime) -> None:
    """Forgets the derived table and reads the ledger from its beginning."""
    Row.objects.all().delete()
    evidence.reset(FOLLOWER)
    evidence.drain(at=at)


def findings() -> Iterator[evidence.Finding]:
    """Rows that do not follow from the readings followed so far, and readings that have no row."""
    seen = evidence.size() - evidence.lag()[FOLLOWER]
    told = [entry for entry in evidence.events(kinds=KINDS) if entry.position <= seen]
    should = {_values(row) for row in _rows(told)}
    try:
        are = {_values(row) for row in Row.objects.iterator(chunk_size=PART)}
    except (ValueError, TypeError):
        yield evidence.Finding("reading-unreadable", "查看记录表里有读不出的值")
        return
    for row in sorted(should ^ are, key=str)[:100]:
        yield evidence.Finding("reading-differs", f"查看记录 {row[0]} 与账本不符")


def _rows(news: Sequence[evidence.Entry]) -> Iterator[Row]:
    known = _accounts(news)
    for entry in news:
        detail = entry.body["detail"]
        role, unit = _who(entry.body["actor"], detail, known)
        for code in _subjects(detail):
            yield Row(
                id=f"{entry.id}-{code}", event=entry.id, uscc=code, on=evidence.legal_day(entry.at), role=role,
                unit=unit, what=str(detail.get("what", ""))[:64], purpose=str(entry.body.get("purpose", ""))[:200],
            )  # fmt: skip


def _subjects(detail: Mapping[str, Any]) -> list[str]:
    told = [detail.get("uscc", ""), *(detail.get("usccs") or ())]
    return sorted({code for code in told if isinstance(code, str) and uscc.is_valid(code)})


def _who(actor: str, detail: Mapping[str, Any], known: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Role and unit: as the entry says, or, for entries of earlier releases, as the account has them."""
    if "role" in detail:
        return str(detail["role"])[:12], str(detail.get("unit", ""))[:18]
    return known.get(actor, ("platform", ""))


def _accounts(news: Sequence[evidence.Entry]) -> dict[str, tuple[str, str]]:
    actors = {entry.body["actor"] for entry in news if "role" not in entry.body["detail"]}
    names = [actor.removeprefix("desk:") for actor in actors if actor.startswith("desk:")]
    machines = [actor.removeprefix("api:") for actor in actors if actor.startswith("api:")]
    people = Account.objects.filter(name__in=names[:PART]).values_list("name", "role", "body")
    found = {f"desk:{name}": (role, body) for name, role, body in people}
    clients = Client.objects.filter(id__in=machines[:PART]).values_list("id", "body")
    return found | {f"api:{name}": ("client", body) for name, body in clients}


def _shown(rows: Any, limit: int) -> list[Reading]:
    return [
        Reading(row.event, row.uscc, row.on, row.role, row.unit, row.what, row.purpose)
        for row in rows[:limit]
    ]


def _values(row: Row) -> tuple[object, ...]:
    return tuple(getattr(row, field.attname) for field in row._meta.concrete_fields)
