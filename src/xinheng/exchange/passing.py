"""Statements on their way up, and the four times of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.exchange.errors import UnknownDestination

DESTINATIONS = {"province": "省公共信用信息平台", "credit-china": "信用中国"}
SENT, ANSWERED = "exchange.sent", "exchange.answered"
PART = 5_000
_OUTGOING = {
    "statement_id": pl.Int64, "item": pl.String, "uscc": pl.String, "authority": pl.String, "decided_on": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Sending:
    """What one act of sending did: `rows` newly sent; statements sent before are left out."""

    rows: int
    already: int


@dataclass(frozen=True)
class Times:
    """The four times of one statement; None where it is not so far. `answer` is accepted, rejected or ""."""

    decided: date | None
    received: date
    sent: date | None = None
    accepted: date | None = None
    answer: str = ""
    reason: str = ""


def outgoing(*, item: str, destination: str = "province", limit: int = 10_000) -> pl.DataFrame:
    """Held statements of an item that were not sent yet, oldest first: statement_id, item, uscc, authority,
    decided_on. What was withdrawn never goes out. Raises `UnknownDestination`."""
    check(destination)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.item, s.uscc, s.authority, s.decided_on FROM records_statement s"
            f" {evidence.then()} records_standing n ON n.statement_id = s.id AND n.closed_by IS NULL"
            " WHERE s.item = %s AND n.state = 'held' AND NOT EXISTS (SELECT 1 FROM exchange_passage p"
            " WHERE p.destination = %s AND p.statement_id = s.id) ORDER BY s.id LIMIT %s",
            [item, destination, limit],
        )
        rows = [(*row[:4], str(row[4])) for row in cursor.fetchall()]
    return pl.DataFrame(rows, schema=_OUTGOING, orient="row").with_columns(
        pl.col("decided_on").str.to_date("%Y-%m-%d", strict=False)
    )


def sent(*, statement_ids: Sequence[int], destination: str = "province", at: datetime, actor: str) -> Sending:
    """Records that these statements went up. Ones that went before are left out, so a repeat changes nothing."""
    check(destination)
    new = 0
    wanted = sorted(set(statement_ids))
    for part in parts(wanted):
        act = evidence.Act(kind=SENT, actor=actor, at=at, purpose="上报", detail={"destination": destination})
        gone = _passed(part, destination)
        left = [value for value in part if value not in gone]
        if not left:
            continue
        with evidence.event(act) as event:
            evidence.lock("exchange")
            gone = _passed(left, destination)
            left = [value for value in left if value not in gone]
            event.count(len(left))
            rows = [(event.row_id(number), value, destination) for number, value in enumerate(left)]
            evidence.insert_rows("exchange_passage", ["id", "statement_id", "destination"], rows)
            event.detail.update(passages=len(rows), passage_digest=evidence.rows_digest(rows))
            new += len(rows)
    return Sending(new, len(wanted) - new)


def times(*, statement_ids: Sequence[int], destination: str = "province") -> dict[int, Times]:
    """The four times of these statements; unknown ids are absent."""
    check(destination)
    found: dict[int, Times] = {}
    for part in parts(sorted(set(statement_ids))):
        decided: dict[int, Any] = dict(
            _select("SELECT id, decided_on FROM records_statement WHERE id IN ({ids})", part)
        )
        passages: dict[int, int] = dict(
            _select(
                "SELECT statement_id, id FROM exchange_passage WHERE {to} statement_id IN ({ids})",
                part,
                destination,
            )
        )
        answers: dict[int, tuple[int, str, str]] = {}
        for statement, id_, outcome, reason in _select(
            "SELECT statement_id, id, outcome, reason FROM exchange_answer WHERE {to} statement_id IN ({ids}) ORDER BY id",
            part, destination,
        ):  # fmt: skip
            answers[statement] = (id_, outcome, reason)
        events = {
            evidence.event_of(value)
            for value in (*decided, *passages.values(), *(a[0] for a in answers.values()))
        }
        days = {event: evidence.legal_day(span[2]) for event, span in evidence.spans(sorted(events)).items()}
        for statement, day in decided.items():
            passage, answer = passages.get(statement), answers.get(statement)
            answered_on = days[evidence.event_of(answer[0])] if answer else None
            found[statement] = Times(
                decided=None if day in (None, "") else date.fromisoformat(str(day)),
                received=days[evidence.event_of(statement)],
                sent=days[evidence.event_of(passage)] if passage else None,
                accepted=answered_on if answer and answer[1] == "accepted" else None,
                answer=answer[1] if answer else "",
                reason=answer[2] if answer else "",
            )
    return found


def check(destination: str) -> None:
    """Raises `UnknownDestination` for a platform that is not one of ours."""
    if destination not in DESTINATIONS:
        raise UnknownDestination(f"没有「{destination}」这个上级平台。可用的有:{'、'.join(DESTINATIONS)}。")


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids in parts that fit a statement and a transaction."""
    for start in range(0, len(ids), PART):
        yield ids[start : start + PART]


def _passed(ids: Sequence[int], destination: str) -> set[int]:
    return {
        row[0]
        for row in _select(
            "SELECT statement_id FROM exchange_passage WHERE {to} statement_id IN ({ids})", ids, destination
        )
    }


def _select(sql: str, ids: Sequence[int], destination: str = "") -> list[tuple[Any, ...]]:
    marks = ", ".join(str(int(value)) for value in ids) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            sql.format(ids=marks, to="destination = %s AND"), [destination] if destination else None
        )
        return list(cursor.fetchall())
