"""What left use, in the order of the ledger: derived from it alone, so that every home tells the same from the same ledger.

Only entries the public could see are told of: a number nobody was shown would only say that something exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from xinheng.evidence import service as evidence
from xinheng.records import service as records
from xinheng.withdrawals.models import Withdrawal

FOLLOWER = "withdrawals"
COLUMNS = ["seq", "statement_id", "kind", "event_id", "first_leaf"]
# A temporary suppression was told of when it began; its end by repair is told of again, because it is for good
_BEFORE = ("held", "suppressed")
Row = tuple[int, int, str, int, int]


def follow(entries: Sequence[evidence.Entry], at: datetime) -> None:
    """Adds what these entries ended; entries seen before add nothing."""
    newest = Withdrawal.objects.order_by("-first_leaf").values_list("first_leaf", flat=True).first()
    new = [entry for entry in entries if newest is None or entry.first_leaf > newest]
    _insert(last(), new)


def rebuild() -> int:
    """Makes the table anew from the whole ledger; returns how many withdrawals there are."""
    entries = evidence.events()
    with transaction.atomic():
        Withdrawal.objects.all().delete()
        for start in range(0, len(entries), 50):
            _insert(last(), entries[start : start + 50])
    return last()


def last() -> int:
    """The number of the newest withdrawal; 0 while there is none."""
    return Withdrawal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def findings() -> Iterator[evidence.Finding]:
    """Rows that do not follow from the ledger as far as the follower has read it."""
    read = evidence.size() - evidence.lag()[FOLLOWER]
    stored = {row[0]: row for row in Withdrawal.objects.order_by("seq").values_list(*COLUMNS)}
    expected = {
        row[0]: row for row in _rows(0, (entry for entry in evidence.events() if entry.position <= read))
    }
    for seq in sorted(set(stored) | set(expected)):
        if stored.get(seq) != expected.get(seq):
            yield evidence.Finding(
                "withdrawal", f"第 {seq} 号撤下通知与账本不符；运行 xinheng withdrawals --rebuild 可重新生成"
            )


def _insert(after: int, entries: Iterable[evidence.Entry]) -> None:
    evidence.insert_rows(Withdrawal._meta.db_table, COLUMNS, list(_rows(after, entries)))


def _rows(after: int, entries: Iterable[evidence.Entry]) -> Iterator[Row]:
    seq = after
    for entry in entries:
        if not entry.body["detail"].get("closed"):
            continue
        day = evidence.legal_day(entry.at)
        for one in records.ended(entry.id):
            if one.before not in _BEFORE or one.shown_from is None or one.shown_from > day:
                continue
            if one.shown_until is not None and one.shown_until < day:
                continue
            seq += 1
            yield (seq, one.statement_id, one.state, entry.id, entry.first_leaf)
