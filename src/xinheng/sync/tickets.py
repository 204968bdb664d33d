"""A difference opens a ticket once; a later comparison that agrees settles it; an organisation may report one too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel.personal import redact
from xinheng.publication import service as publication
from xinheng.sync import policy_places
from xinheng.sync.comparing import check
from xinheng.sync.errors import NoSuchEntry

KIND = "sync-ticket"
PLATFORM = cases.Actor(account="platform", role="platform", body="")
OFFICE = cases.Reader(role="office", body="")
MOST = 500
REASONS = {
    policy_places.MISSING: "本平台公示中，{place}没有这条信息",
    policy_places.STILL_SHOWN: "本平台已停止公示，{place}仍在显示",
    policy_places.ENDED_THERE: "{place}已停止公示，本平台仍在显示；以信用中国为准",
    policy_places.DIFFERS: "{place}显示的{fields}与本平台不同；以信用中国为准",
}
FIELDS = {"decided": "决定日期", "until": "公示截止日期"}


@dataclass(frozen=True)
class Swept:
    """Tickets opened and settled in this round; `left` differences still wait for theirs (at most 500 a round)."""

    opened: int
    settled: int
    left: int


@dataclass(frozen=True)
class _Difference:
    seen: int
    place: str
    statement: int
    verdict: str
    fields: str
    uscc: str
    item: str
    authority: str


def sweep(*, at: datetime, place: str | None = None) -> Swept:
    """Opens a ticket for every difference that has none, and settles those whose difference is gone. Twice is once."""
    waiting = _without_ticket(place)
    opened = 0
    for one in waiting[:MOST]:
        done = cases.open(
            kind=KIND, actor=PLATFORM, at=at, uscc=one.uscc, statement=one.statement, field=one.place,
            item=one.item, authority=one.authority, body=_desk(one.place, one.authority), channel="platform",
            reason=_reason(one), detail={"place": one.place, "verdict": one.verdict, "fields": one.fields},
            token=f"sync:{one.place}:{one.seen}",
        )  # fmt: skip
        opened += not done.repeated
    return Swept(opened, _settle(at, place), max(0, len(waiting) - MOST))


def report_unsynced(
    *, statement: int, place: str, reason: str, actor: cases.Actor, at: datetime, token: str = ""
) -> cases.Done:
    """An organisation says that a place shows one of its entries otherwise than here. An open ticket about the same
    entry and place is given back instead of a second. Raises `UnknownPlace`, `NoSuchEntry`."""
    check(place)
    entry = publication.statement(id=statement, audience="self", on=evidence.legal_day(at))
    if entry is None or actor.role != "organisation" or entry.uscc != actor.body:
        raise NoSuchEntry("没有这条记录。请从“我的全部记录”里选一条。")
    found = _open([statement]).get((statement, place))
    if found is not None:
        reader = cases.Reader(role=actor.role, body=actor.body)
        return cases.Done(case=cases.case(number=found.number, reader=reader), repeated=True)
    return cases.open(
        kind=KIND, actor=actor, at=at, uscc=entry.uscc, statement=statement, field=place, item=entry.item,
        authority=entry.authority, body=_desk(place, entry.authority), channel="workspace",
        reason=redact(" ".join(reason.split())[:500])[0],
        detail={"place": place, "verdict": "reported", "fields": ""}, token=token,
    )  # fmt: skip


def open_tickets(ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """Numbers of the open tickets of these statements by (statement, place)."""
    return {key: line.number for key, line in _open(ids).items()}


def _open(ids: Sequence[int]) -> dict[tuple[int, str], cases.CaseLine]:
    found = cases.of_statements(ids=list(ids), open_only=True) if ids else {}
    return {
        (statement, line.field): line for statement, lines in found.items() for line in lines if line.kind == KIND
    }  # fmt: skip


def _without_ticket(place: str | None) -> list[_Difference]:
    """Differences that count and have had no ticket since they were found, oldest first."""
    marks = ", ".join(["%s"] * len(policy_places.DIFFERENCES))
    narrowed = "" if place is None else " AND n.place = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.id, n.place, n.statement_id, n.verdict, n.fields, s.uscc, s.item, s.authority FROM sync_seen n"
            " JOIN records_statement s ON s.id = n.statement_id JOIN records_standing t"
            " ON t.statement_id = s.id AND t.closed_by IS NULL AND t.id < n.id"
            f" WHERE n.verdict IN ({marks}){narrowed} AND s.uscc <> ''"
            " AND NOT EXISTS (SELECT 1 FROM sync_seen m WHERE m.place = n.place"
            " AND m.statement_id = n.statement_id AND m.id > n.id) ORDER BY n.id LIMIT 20000",
            [*policy_places.DIFFERENCES, *([] if place is None else [place])],
        )
        found = [_Difference(*row) for row in cursor.fetchall()]
    known = (
        cases.of_statements(ids=sorted({one.statement for one in found}), open_only=False) if found else {}
    )
    since = _days([one.seen for one in found])
    return [
        one
        for one in found
        if not any(
            line.kind == KIND
            and line.field == one.place
            and (not line.final or line.opened_on >= since[one.seen])
            for line in known.get(one.statement, ())
        )
    ]


def _settle(at: datetime, place: str | None) -> int:
    """Settles open tickets whose entry a comparison made after their opening found in order."""
    settled, after = 0, None
    on = evidence.legal_day(at)
    while True:
        lines, after = cases.due(reader=OFFICE, kind=KIND, on=on, after=after, limit=200)
        mine = [
            line for line in lines
            if not line.final and line.statement is not None and place in (None, line.field)
        ]  # fmt: skip
        ids = [line.statement for line in mine if line.statement is not None]
        from xinheng.sync.board import compared

        told = compared(ids)
        for line in mine:
            newest = told.get((line.statement or 0, line.field))
            if newest is None or newest.void or newest.id < line.id or newest.verdict != policy_places.AGREES:
                continue
            cases.act(
                number=line.number, act="settle", actor=PLATFORM, at=at, token=f"settle:{newest.id}",
                reason=f"{newest.on} 比对一致",
            )  # fmt: skip
            settled += 1
        if after is None or not lines:
            return settled


def _desk(place: str, authority: str) -> str:
    """Who has to see to it: a department for its own site, the office for everything above."""
    return authority if place == policy_places.DEPARTMENT else ""


def _reason(one: _Difference) -> str:
    fields = "、".join(FIELDS[name] for name in one.fields.split(",") if name in FIELDS)
    return REASONS[one.verdict].format(place=policy_places.PLACES[one.place][0], fields=fields)


def _days(rows: Sequence[int]) -> dict[int, date]:
    spans = evidence.spans(sorted({evidence.event_of(row) for row in rows}))
    return {row: evidence.legal_day(spans[evidence.event_of(row)][2]) for row in rows}
