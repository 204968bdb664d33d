"""From the ledger to messages. The follower notes who has to be looked at again; `decide` looks, and tells what changed.

Whether an answer changed is decided by the answer itself (`checks.answer_digest`), for the client that asked: what its
client may not see does not reach it as a message either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.subscriptions import keeping, reading
from xinheng.subscriptions.types import ACTIVE, ANSWER, ENDED, MAX_CODES, OVER, RECORDED, Decided

FOLLOWER = "subscriptions"
PART = 2_000
# Erased rows have no subject left, and law speaks about everybody: then everything is looked at again
EVERYTHING = ("records.erased", "law.", "home.upgraded")
Candidate = tuple[str, str, int]
Row = tuple[str, int, str, str, int, str]


class _Done(Exception):
    """Another process decided these candidates."""


def follow(entries: Sequence[evidence.Entry], at: datetime) -> None:
    """Notes whom these entries touched, as far as anybody wants to hear of them."""
    if not reading.lines("state <> %s", [OVER], limit=1):
        return
    found: list[Candidate] = []
    for entry in entries:
        if entry.kind.startswith("subscriptions."):
            continue
        if entry.kind.startswith(EVERYTHING):
            found.append(("", ANSWER, entry.position))
            continue
        touched = _interesting(records.touched([entry.id]) | register.codes_of_events([entry.id]))
        found += [(uscc, ANSWER, entry.position) for uscc in sorted(touched)]
        if touched:
            on = evidence.legal_day(at)
            found += [(uscc, RECORDED, entry.position) for uscc in _recorded(entry, touched, on)]
            found += [(uscc, ENDED, entry.position) for uscc in _ended(entry, touched)]
    if found:
        evidence.insert_rows("subscriptions_candidate", ("uscc", "kind", "position"), found)


def decide(*, at: datetime, actor: str = "platform") -> Decided:
    """Looks at the candidates and records a message for each change its client may know of. Safe to run twice, and from
    two processes: candidates go with the messages they gave, or stay."""
    recorded = looked = 0
    while part := _candidates():
        rows, count = _rows(part, at)
        looked += count
        try:
            recorded += _record(rows, part, actor, at)
        except _Done:
            continue
    return Decided(recorded, looked)


def sweep(*, at: datetime, actor: str = "platform") -> Decided:
    """Looks at everything every active subscription on answers is about: what changed by the passing of time alone,
    and what a lost candidate would have told. Done twice, the second finds nothing."""
    recorded = looked = 0
    for known in _active():
        if ANSWER not in known.kinds:
            continue
        after = ""
        while part := reading.interests(known.id, after=after, limit=PART):
            rows = _changed(known, part, evidence.size(), evidence.legal_day(at))
            looked, after = looked + len(part), part[-1]
            recorded += _record(rows, [], actor, at)
    return Decided(recorded, looked)


def _rows(part: Sequence[tuple[int, str, str, int]], at: datetime) -> tuple[list[Row], int]:
    """The messages of some candidates, in the order of clients' subscriptions."""
    on = evidence.legal_day(at)
    newest: dict[str, int] = {}
    for _, uscc, kind, position in part:
        if kind == ANSWER:
            newest[uscc] = max(position, newest.get(uscc, 0))
    everything = newest.pop("", 0)
    other = sorted({(uscc, kind, position) for _, uscc, kind, position in part if kind != ANSWER})
    rows: list[Row] = []
    wanting = _wanting({*newest, *(one[0] for one in other)})
    for known in _active():
        mine = wanting.get(known.id, set())
        wanted = sorted(mine & newest.keys())
        if everything:
            wanted = reading.interests(known.id, limit=MAX_CODES)
        if ANSWER in known.kinds:
            for start in range(0, len(wanted), PART):
                some = wanted[start : start + PART]
                rows += [
                    (*row[:4], max(everything, newest.get(row[3], 0)), row[5])
                    for row in _changed(known, some, 0, on)
                ]
        rows += [
            (known.client, known.id, kind, uscc, position, "")
            for uscc, kind, position in other
            if kind in known.kinds and uscc in mine
        ]
    return rows, len(newest) + bool(everything)


def _changed(known: reading.Line, usccs: Sequence[str], position: int, on: date) -> list[Row]:
    """Those of these organisations for which the client's answer is no longer the one it knows of."""
    client = reading.clients().get(known.client)
    if client is None or not usccs:
        return []
    try:
        now = checks.answer_digest(
            usccs=usccs, matter=known.matter, asker=reading.asker(client, scope=known.scope, on=on), on=on
        )
    except XinhengError:
        # The matter is gone from the pack: there is no answer any more that could change
        return []
    told = reading.known_digests(known.id, usccs)
    return [
        (known.client, known.id, ANSWER, uscc, position, now[uscc])
        for uscc in usccs
        if now[uscc] != told.get(uscc)
    ]


def _record(rows: Sequence[Row], part: Sequence[tuple[int, str, str, int]], actor: str, at: datetime) -> int:
    """Writes messages and takes their candidates away, in one entry. Raises `_Done` when another was quicker."""
    count = 0
    for start in range(0, len(rows), 5_000):
        last = start + 5_000 >= len(rows)
        with evidence.event(evidence.Act(kind=keeping.RECORDED, actor=actor, at=at)) as event:
            evidence.lock(keeping.LOCK)
            if last and part:
                _take(part)
            fresh = _not_told(rows[start : start + 5_000])
            keeping.queue(event, fresh)
            count += len(fresh)
    if not rows and part:
        with transaction.atomic():
            _take(part)
    return count


def _not_told(rows: Sequence[Row]) -> list[Row]:
    """Without answers that another process told of while we were looking."""
    told: dict[tuple[int, str], str] = {}
    for subscription in {row[1] for row in rows if row[2] == ANSWER}:
        usccs = [row[3] for row in rows if row[1] == subscription and row[2] == ANSWER]
        told |= {
            (subscription, uscc): one for uscc, one in reading.known_digests(subscription, usccs).items()
        }
    return [row for row in rows if row[2] != ANSWER or told.get((row[1], row[3])) != row[5]]


def _take(part: Sequence[tuple[int, str, str, int]]) -> None:
    ids = ", ".join(str(int(row[0])) for row in part)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM subscriptions_candidate WHERE id IN ({ids})")
        if cursor.rowcount != len(part):
            raise _Done


def _candidates() -> list[tuple[int, str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, uscc, kind, position FROM subscriptions_candidate ORDER BY id LIMIT %s", [PART]
        )
        return list(cursor.fetchall())


def _active() -> list[reading.Line]:
    return reading.lines("state = %s", [ACTIVE])


def _interesting(usccs: Iterable[str]) -> set[str]:
    """Of these organisations, the ones somebody wants to hear of."""
    return {uscc for some in _wanting(usccs).values() for uscc in some}


def _wanting(usccs: Iterable[str]) -> dict[int, set[str]]:
    """Subscription → those of these organisations that it is about."""
    wanted = sorted(usccs)
    found: dict[int, set[str]] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(
                f"SELECT subscription_id, uscc FROM subscriptions_interest WHERE uscc IN ({marks})", some
            )
            for subscription, uscc in cursor.fetchall():
                found.setdefault(subscription, set()).add(uscc)
    return found


def _recorded(entry: evidence.Entry, touched: set[str], on: date) -> list[str]:
    """Organisations of which this entry wrote something that the public may see today."""
    frame = records.stand_now([entry.id])
    classified = entry.kind == "records.classified"
    ids = [
        row["id"]
        for row in frame.filter(frame["state"] == "held").iter_rows(named=True)
        if row["uscc"] in touched and (classified or evidence.event_of(row["id"]) == entry.id)
    ]
    seen: set[str] = set()
    for start in range(0, len(ids), 500):
        some = publication.by_ids(ids=ids[start : start + 500], audience="public", on=on)
        seen |= {one.uscc for one in some.values()}
    return sorted(seen)


def _ended(entry: evidence.Entry, touched: set[str]) -> list[str]:
    """Organisations of which this entry ended something that the public could see."""
    day = evidence.legal_day(entry.at)
    ids = [
        one.statement_id
        for one in records.ended(entry.id)
        if one.before in ("held", "suppressed")
        and one.shown_from is not None
        and one.shown_from <= day
        and (one.shown_until is None or one.shown_until >= day)
    ]
    return sorted({parts.uscc for parts in records.statements(ids).values()} & touched)
