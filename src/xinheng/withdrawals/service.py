"""The door of the withdrawals room: what left use, told under signature by number alone, and who has acknowledged it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from xinheng.evidence import service as evidence
from xinheng.withdrawals.arriving import (
    LATE,
    SCOPE,
    Acknowledged,
    Arrival,
    Follower,
    acknowledge,
    arrivals,
    follower,
    followers,
    recent,
    tell,
)
from xinheng.withdrawals.errors import NotToldYet
from xinheng.withdrawals.keeping import last, rebuild
from xinheng.withdrawals.models import Withdrawal

__all__ = [
    "KINDS",
    "LATE",
    "SCOPE",
    "Acknowledged",
    "Arrival",
    "Follower",
    "NotToldYet",
    "Notice",
    "Page",
    "acknowledge",
    "arrivals",
    "feed",
    "follower",
    "followers",
    "last",
    "notice_text",
    "rebuild",
    "recent",
]  # fmt: skip

# What each kind asks of who keeps a copy; the first four are for good
KINDS = {
    "superseded": "已被更正后的版本替代", "annulled": "已撤销", "erased": "内容已依法删除", "repaired": "已完成信用修复",
    "suppressed": "暂时屏蔽",
}  # fmt: skip
FORMAT = "xinheng-withdrawal-v1"
MAX_PAGE = 500


@dataclass(frozen=True)
class Notice:
    """One withdrawal as told: its number, the entry's id and the kind of ending, and the note that signs them."""

    seq: int
    statement: int
    kind: str
    at: datetime
    note: str


@dataclass(frozen=True)
class Page:
    """Notices in order; `next` is the `after` of the following page, None at the end; `last` the newest there is."""

    notices: tuple[Notice, ...]
    next: int | None
    last: int
    told: int
    acknowledged: int


def feed(*, client: str, after: int | None, limit: int, at: datetime) -> Page:
    """What a data user has to be told, after number `after` (None: after what it acknowledged), at most `limit`.

    That it was told is a ledger entry. Notices hold ids only: content is asked for at the gate, which will say that it is
    gone. The caller has checked the client's token and scope.
    """
    known = follower(client=client, at=at)
    start = known.acknowledged if after is None else after
    count = max(1, min(limit, MAX_PAGE))
    rows = list(Withdrawal.objects.filter(seq__gt=start).order_by("seq")[: count + 1])
    shown = rows[:count]
    instants = evidence.spans([row.event_id for row in shown])
    notices = tuple(_notice(row, instants[row.event_id][2]) for row in shown)
    if shown:
        tell(client=client, after=start, through=shown[-1].seq, at=at)
        known = follower(client=client, at=at)
    more = shown[-1].seq if len(rows) > count else None
    return Page(notices, more, last(), known.told, known.acknowledged)


def notice_text(*, origin: str, seq: int, at: datetime, kind: str, statement: int) -> str:
    """The text that is signed (C2SP signed note): format, log, number, instant, kind, entry, one a line."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{FORMAT}\n{origin}\n{seq}\n{moment}\n{kind}\n{statement}\n"


def _notice(row: Withdrawal, at: datetime) -> Notice:
    text = notice_text(
        origin=evidence.origin(), seq=row.seq, at=at, kind=row.kind, statement=row.statement_id
    )
    return Notice(row.seq, row.statement_id, row.kind, at, evidence.sign_note(text))
