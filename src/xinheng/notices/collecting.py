"""Once a day: which adverse entries have something to be told about, as sets, each told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.notices import keeping, mail, templates
from xinheng.records import service as records

PART = 5_000
"""Notices of one event; with their letters they stay below the 20,000 rows of a transaction."""


@dataclass(frozen=True)
class Collected:
    """Notices made in this round by kind, and letters queued for them."""

    made: Mapping[str, int]
    letters: int

    @property
    def total(self) -> int:
        return sum(self.made.values())


@dataclass(frozen=True)
class Due:
    """Entries of one kind: the condition on the open standing `t`, and the day they are told about."""

    kind: str
    where: str
    params: tuple[date, ...]
    about: str


def due_kinds(on: date, *, repairable: int, ending: int) -> tuple[Due, ...]:
    """What is due to be told on a day. A round that comes late tells what is still true, and nothing that no longer is."""
    open_ = "(t.show_until IS NULL OR t.show_until >= %s)"
    return (
        Due("recorded", open_, (on,), "t.show_until"),
        Due("repairable-soon", f"t.repair_from > %s AND t.repair_from <= %s AND {open_}",
            (on, on + timedelta(days=repairable), on), "t.repair_from"),
        Due("repairable", f"t.repair_from <= %s AND {open_}", (on, on), "t.repair_from"),
        Due("ending-soon", "t.show_until >= %s AND t.show_until <= %s", (on, on + timedelta(days=ending)), "t.show_until"),
    )  # fmt: skip


def collect(*, at: datetime, actor: str = "platform") -> Collected:
    """Makes the notices that are due on the day of `at`, and queues letters where an account confirmed an address.

    Unique for each entry and kind: a second run on the same day makes nothing, a late one what is still to be told.
    One event for every 5,000 notices; a run that was cut off goes on where it stopped.
    """
    on = evidence.legal_day(at)
    pack = law.active()
    adverse = sorted(code for code, item in pack.items.items() if item.adverse)
    made: Counter[str] = Counter()
    letters = 0
    for due in due_kinds(
        on, repairable=_lead(pack, "notice-repairable"), ending=_lead(pack, "notice-ending")
    ):
        while adverse:
            found = _waiting(due, adverse)
            if not found:
                break
            told, queued = _write(due, found, at=at, actor=actor)
            made.update(told)
            letters += queued
            if len(found) < PART:
                break
    return Collected(dict(made), letters)


def _lead(pack: law.Pack, code: str) -> int:
    """How many days before: what the pack says."""
    return int(law.lead_days(pack=pack, code=code))


def _waiting(due: Due, adverse: Sequence[str]) -> list[tuple[int, str, Any]]:
    """Held entries this kind of notice was not made for: id, organisation, the day it is about."""
    kinds = ("recorded", "corrected") if due.kind == "recorded" else (due.kind,)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.id, s.uscc, {due.about} FROM records_statement s {evidence.then()} records_standing t"
            " ON t.statement_id = s.id AND t.closed_by IS NULL"
            f" WHERE s.item IN ({_marks(adverse)}) AND t.state = 'held' AND {due.where}"
            " AND NOT EXISTS (SELECT 1 FROM notices_notice n WHERE n.statement_id = s.id"
            f" AND n.kind IN ({_marks(kinds)})) ORDER BY s.id LIMIT {PART}",
            [*adverse, *due.params, *kinds],
        )
        return [(row[0], row[1], records.as_date(row[2])) for row in cursor.fetchall()]


def _write(
    due: Due, found: Sequence[tuple[int, str, Any]], *, at: datetime, actor: str
) -> tuple[Counter[str], int]:
    corrected = records.corrected([row[0] for row in found]) if due.kind == "recorded" else set()
    version = templates.current()
    rows = [
        (id_, "corrected" if id_ in corrected else due.kind, "", "", 0, about, version, "{}")
        for id_, _, about in found
    ]
    act = evidence.Act(kind=keeping.COLLECTED, actor=actor, at=at, purpose="提醒", detail={"of": due.kind})
    with evidence.event(act) as event:
        evidence.lock("notices")
        ids = keeping.write(event, "notices_notice", rows)
        letters = queue(event, {id_: row[1] for id_, row in zip(ids, found, strict=True)})
    return Counter(row[1] for row in rows), letters


def tell_entries(event: evidence.OpenEvent, *, kind: str, entries: Sequence[tuple[int, date]]) -> int:
    """Makes notices of one kind about entries (statement, day) inside another room's event, each once; returns how many.

    For a room above that knows what is due. The event's kind must be one whose notices are verified (`keeping`).
    """
    known: set[int] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(entries), 500):
            part = [one[0] for one in entries[start : start + 500]]
            cursor.execute(
                f"SELECT statement_id FROM notices_notice WHERE kind = %s AND statement_id IN ({_marks(part)})",
                [kind, *part],
            )
            known |= {row[0] for row in cursor.fetchall()}
    told = [(id_, about) for id_, about in entries if id_ not in known]
    version = templates.current()
    ids = keeping.write(
        event, "notices_notice", [(id_, kind, "", "", 0, about, version, "{}") for id_, about in told]
    )
    whose = records.statements([id_ for id_, _ in told])
    queue(event, {id_: whose[statement].uscc for id_, (statement, _) in zip(ids, told, strict=True)})
    return len(ids)


def queue(event: evidence.OpenEvent, notices: Mapping[int, str]) -> int:
    """Queues a letter of each of these notices (id → organisation) for every account that confirmed an address.

    Nothing is queued where this installation sends no mail: old notices never go out all at once later. What does not
    fit the event is left to the inbox.
    """
    if not mail.configured():
        return 0
    contacts = accounts.contacts(usccs=sorted(set(notices.values())))
    rows = [
        (notice, contact.account, contact.language, "queued", 0, 0)
        for notice, code in notices.items()
        for contact in contacts.get(code, ())
    ][: evidence.MAX_ROWS - event.rows]
    return len(keeping.write(event, "notices_delivery", rows))


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
