"""Who was told, and who acknowledged. A receipt is one ledger entry; repeating one writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.withdrawals import keeping
from xinheng.withdrawals.errors import NotToldYet
from xinheng.withdrawals.models import Receipt, Withdrawal

SCOPE = "follow"
TOLD, ACKNOWLEDGED = "told", "acknowledged"
KINDS = {TOLD: "withdrawals.told", ACKNOWLEDGED: "withdrawals.acknowledged"}
# What is withdrawn is to be deleted the same day: who has not said so a day later is late
LATE = timedelta(days=1)
_COLUMNS = ("id", "client", "kind", "through")


@dataclass(frozen=True)
class Follower:
    """A data user and how far it has come. Withdrawals up to `since` are older than the client and none of its business."""

    client: str
    title: str
    body: str
    active: bool
    since: int
    told: int
    acknowledged: int
    behind: int
    oldest: datetime | None
    late: bool


@dataclass(frozen=True)
class Arrival:
    """One withdrawal and where it arrived, in numbers."""

    seq: int
    statement: int
    kind: str
    at: datetime
    followers: int
    told: int
    acknowledged: int


@dataclass(frozen=True)
class Acknowledged:
    """How far a client has acknowledged, how many of them were new, and how many are still open."""

    through: int
    new: int
    behind: int


def followers(*, at: datetime) -> list[Follower]:
    """Every data user with the scope `follow`, those furthest behind first; disabled ones that were told anything too."""
    last = keeping.last()
    came = _came()
    through = _through()
    found = []
    for client in accounts.clients():
        if SCOPE not in client.scopes:
            continue
        told, acknowledged = (through.get((client.id, kind), 0) for kind in (TOLD, ACKNOWLEDGED))
        if not client.active and not told:
            continue
        since = _seq_before(came.get(client.id, 0))
        told, acknowledged = max(told, acknowledged, since), max(acknowledged, since)
        behind = last - acknowledged if client.active else 0
        oldest = _at(acknowledged + 1) if behind else None
        late = oldest is not None and at - oldest > LATE
        found.append(
            Follower(
                client.id,
                client.title,
                client.body,
                client.active,
                since,
                told,
                acknowledged,
                behind,
                oldest,
                late,
            )
        )
    return sorted(found, key=lambda one: (not one.late, -one.behind, one.title, one.client))


def follower(*, client: str, at: datetime) -> Follower:
    """One data user. The caller has checked its token."""
    return next(one for one in followers(at=at) if one.client == client)


def tell(*, client: str, after: int, through: int, at: datetime) -> None:
    """Notes that a client was handed everything up to `through`.

    Only what follows without a gap on what it was told before counts: who starts in the middle was not told the rest.
    """
    known = follower(client=client, at=at)
    if after <= known.told < through:
        _write(client, TOLD, through, at)


def acknowledge(*, client: str, through: int, at: datetime) -> Acknowledged:
    """A client says that it acted on every withdrawal up to `through`. Repeating it, or less, changes nothing.

    Raises `NotToldYet` for what it was not told, the future among it.
    """
    known = follower(client=client, at=at)
    if through > known.told:
        raise NotToldYet(
            f"不能确认到第 {through} 号：只向您发过第 {known.told} 号以前的通知。"
            "请先用 GET /api/v1/withdrawals 取到后面的通知，再确认。"
        )
    if through <= known.acknowledged:
        return Acknowledged(known.acknowledged, 0, known.behind)
    new = through - known.acknowledged if _write(client, ACKNOWLEDGED, through, at) else 0
    return Acknowledged(through, new, keeping.last() - through)


def arrivals(*, statements: Sequence[int], at: datetime) -> dict[int, Arrival]:
    """For each of these statements that was withdrawn: its newest withdrawal and where it arrived."""
    rows = Withdrawal.objects.filter(statement_id__in=list(statements)[:500]).order_by("seq")
    return {one.statement: one for one in _counted(list(rows), at)}


def recent(*, before: int | None, limit: int, at: datetime) -> list[Arrival]:
    """The newest withdrawals, from the keyset `before` (a seq) downwards, with where they arrived."""
    rows = Withdrawal.objects.order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return _counted(list(rows[:limit]), at)


def findings() -> Iterator[evidence.Finding]:
    """Receipts that are not what the ledger bound."""
    told = {
        entry.first_row: entry.body["detail"]["row"] for entry in evidence.events(kinds=tuple(KINDS.values()))
    }
    for row in Receipt.objects.order_by("id").values_list(*_COLUMNS):
        if told.pop(row[0], "") != evidence.rows_digest([row]):
            yield evidence.Finding("withdrawal-receipt", f"数据使用方的回执 {row[0]} 与账本不符")
    for missing in sorted(told):
        yield evidence.Finding("withdrawal-receipt", f"账本记有一份回执({missing})，表里没有")


def _counted(rows: Sequence[Withdrawal], at: datetime) -> list[Arrival]:
    known = followers(at=at)
    instants = evidence.spans([row.event_id for row in rows])
    found = []
    for row in rows:
        mine = [one for one in known if one.since < row.seq and (one.active or one.told >= row.seq)]
        found.append(
            Arrival(
                row.seq, row.statement_id, row.kind, instants[row.event_id][2], len(mine),
                sum(one.told >= row.seq for one in mine), sum(one.acknowledged >= row.seq for one in mine),
            )
        )  # fmt: skip
    return found


class _Noted(Exception):
    """Another request of the same client was quicker."""


def _write(client: str, kind: str, through: int, at: datetime) -> bool:
    """Writes a receipt; False when as much was noted meanwhile, and then nothing is written."""
    act = evidence.Act(
        kind=KINDS[kind], actor=f"api:{client}", at=at, detail={"client": client, "through": through}
    )
    try:
        with evidence.event(act) as event:
            evidence.lock(f"withdrawals.{client}")
            if Receipt.objects.filter(client=client, kind=kind, through__gte=through).exists():
                raise _Noted
            row = (event.row_id(0), client, kind, through)
            evidence.insert_rows(Receipt._meta.db_table, _COLUMNS, [row])
            event.count(1)
            event.detail["row"] = evidence.rows_digest([row])
    except _Noted:
        return False
    return True


def _through() -> dict[tuple[str, str], int]:
    rows = Receipt.objects.values_list("client", "kind").annotate(most=Max("through"))
    return {(client, kind): most for client, kind, most in rows}


def _came() -> dict[str, int]:
    """Client → first leaf of the entry that added it."""
    return {
        entry.body["detail"]["client"]: entry.first_leaf
        for entry in evidence.events(kinds=("accounts.client-added",))
    }


def _seq_before(first_leaf: int) -> int:
    found = Withdrawal.objects.filter(first_leaf__lt=first_leaf).aggregate(most=Max("seq"))["most"]
    return found or 0


def _at(seq: int) -> datetime | None:
    """When the first withdrawal from `seq` on happened."""
    event_id = (
        Withdrawal.objects.filter(seq__gte=seq).order_by("seq").values_list("event_id", flat=True).first()
    )
    return evidence.spans([event_id])[event_id][2] if event_id is not None else None
