"""The gate: the only way from stored statements to any face."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication.answering import Row, look_up
from xinheng.publication.cards import make_cards
from xinheng.publication.errors import UnknownAudience
from xinheng.publication.policy_visibility import (
    AUDIENCES,
    INTERNAL,
    PARTS,
    STATES,
    Facts,
    Visibility,
    decide,
    marks_told,
)
from xinheng.records import service as records

__all__ = [
    "AUDIENCES", "Dispute", "Entry", "Explanation", "Row", "Visibility", "by_ids", "counts", "explain", "has_any",
    "look_up", "make_cards", "marks_told", "statement", "statements", "visible_sql",
]  # fmt: skip

MAX_PAGE = 500


@dataclass(frozen=True)
class Dispute:
    """An objection nobody has decided yet: on which field ("" for the whole entry, or for a field this audience may
    not see), and since when."""

    field: str
    since: date


@dataclass(frozen=True)
class Entry:
    """A statement as one audience may see it: only the fields open to it, and how it stands.

    `marks` are kinds this audience is told of: corrected, disputed, suppressed, false-material, repaired.
    """

    id: int
    item: str
    uscc: str
    authority: str
    decided_on: date | None
    values: dict[str, str]
    severity: str
    show_from: date | None
    show_until: date | None
    earliest_repair: date | None
    rule: str
    received_on: date
    event_id: int
    leaf_index: int
    position: int
    known_since: datetime
    marks: tuple[str, ...] = field(default=())
    disputes: tuple[Dispute, ...] = field(default=())


@dataclass(frozen=True)
class Explanation:
    """Why a statement is or is not seen."""

    id: int
    visible: bool
    fields: tuple[str, ...]
    until: date | None
    reasons: tuple[str, ...]
    marks: tuple[str, ...] = field(default=())
    disputes: tuple[Dispute, ...] = field(default=())


def statements(
    *,
    audience: str,
    on: date,
    valid_on: date | None = None,
    known_at: int | None = None,
    uscc: str | None = None,
    item: str | None = None,
    authority: str | None = None,
    decided_from: date | None = None,
    decided_to: date | None = None,
    received_from: date | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """What `audience` may see on day `on`, newest first, at most `limit` (≤ 500) after the keyset `after` (an id).

    `known_at` (a ledger position) and `valid_on` (a day) ask what was known then about that day: the answer is what
    was known, intersected with what today's gate lets this audience see. Nothing withheld is counted or hinted at.
    """
    where, params = _conditions(audience=audience, on=on, valid_on=valid_on or on, known_at=known_at)
    for column, value in (("s.uscc", uscc), ("s.item", item), ("s.authority", authority)):
        if value is not None:
            where.append(f"{column} = %s")
            params.append(value)
    for comparison, bound in (("s.decided_on >= %s", decided_from), ("s.decided_on <= %s", decided_to)):
        if bound is not None:
            where.append(comparison)
            params.append(bound)
    if received_from is not None:
        where.append("s.id >= %s")
        params.append(evidence.first_row_since(received_from))
    if after is not None:
        where.append("s.id < %s")
        params.append(after)
    params.append(min(limit, MAX_PAGE))
    sql = f"SELECT {_COLUMNS} FROM {_joins(known_at)} WHERE {' AND '.join(where)} ORDER BY s.id DESC LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return _entries(rows, audience, valid_on or on, known_at)


def statement(*, id: int, audience: str, on: date) -> Entry | None:
    """One statement through the gate; None when this audience may not see it (or it does not exist)."""
    return by_ids(ids=[id], audience=audience, on=on).get(id)


def by_ids(*, ids: Sequence[int], audience: str, on: date) -> dict[int, Entry]:
    """Of these statements (at most 500), the ones this audience may see on a day. For candidates found elsewhere."""
    if not ids:
        return {}
    where, params = _conditions(audience=audience, on=on, valid_on=on, known_at=None)
    marks = ", ".join(["%s"] * len(ids[:MAX_PAGE]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM {_joins(None)} WHERE {' AND '.join(where)} AND s.id IN ({marks})",
            [*params, *ids[:MAX_PAGE]],
        )
        found = _entries(cursor.fetchall(), audience, on, None)
    return {entry.id: entry for entry in found}


def counts(
    *, uscc: str, audience: str, on: date, valid_on: date | None = None, known_at: int | None = None
) -> dict[str, int]:
    """Visible statements of one organisation by item: for tabs. One organisation only, never for paging.

    `valid_on` and `known_at` look back as in `statements`.
    """
    where, params = _conditions(audience=audience, on=on, valid_on=valid_on or on, known_at=known_at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.item, COUNT(*) FROM {_joins(known_at)} WHERE {' AND '.join(where)} AND s.uscc = %s"
            " GROUP BY s.item",
            [*params, uscc],
        )
        return dict(cursor.fetchall())


def has_any(*, usccs: Sequence[str], audience: str, on: date) -> set[str]:
    """Of these organisations, the ones about which this audience may see at least one statement."""
    if not usccs:
        return set()
    where, params = _conditions(audience=audience, on=on, valid_on=on, known_at=None)
    marks = ", ".join(["%s"] * len(usccs))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT s.uscc FROM {_joins(None)} WHERE {' AND '.join(where)} AND s.uscc IN ({marks})",
            [*params, *usccs],
        )
        return {row[0] for row in cursor.fetchall()}


def visible_sql(*, audience: str, on: date, known_at: int | None = None) -> tuple[str, list[Any]]:
    """The set the gate opens to an audience on a day, as a relation: SQL text of a SELECT and its parameters.

    Columns: id, item, uscc, authority, decided_on, severity. For counting as sets, outside of requests; what a face
    shows of single statements comes from the functions above.
    """
    where, params = _conditions(audience=audience, on=on, valid_on=on, known_at=known_at)
    columns = "s.id, s.item, s.uscc, s.authority, s.decided_on, t.severity"
    return f"SELECT {columns} FROM {_joins(known_at)} WHERE {' AND '.join(where)}", params


def explain(*, ids: Sequence[int], audience: str, on: date) -> list[Explanation]:
    """The same gate, statement by statement, with reasons. For the office, never for the public face."""
    _check(audience)
    stored = records.statements(ids)
    marks, corrected = records.beside(ids, on=on)
    answers = []
    for row in records.open_standing(list(ids)).iter_rows(named=True):
        facts = Facts(row["state"], row["severity"], row["show_from"], row["show_until"], row["rule"])
        answer = decide(facts=facts, audience=audience, on=on)
        parts = stored[row["statement_id"]]
        if answer.visible and parts.decided_on is not None and parts.decided_on > on:
            answer = Visibility(False, (), None, (f"决定日期 {parts.decided_on} 在所问日期之后",))
        elif not answer.visible and facts.state == "held" and facts.show_from is None and not facts.severity:
            answer = Visibility(False, (), None, _why_not(parts, row["rule"]) or answer.reasons)
        item = records.item_of(parts.item, parts.item_version) if answer.visible else None
        fields = tuple(f.code for f in item.fields if f.scope in answer.parts) if item else ()
        told: tuple[str, ...] = ()
        disputes: tuple[Dispute, ...] = ()
        if answer.visible:
            own = marks.get(parts.id, ())
            told = _told(facts.state, own, parts.id in corrected, audience)
            disputes = _disputes(own, fields)
        answers.append(
            Explanation(parts.id, answer.visible, fields, answer.until, answer.reasons, told, disputes)
        )
    return answers


def _why_not(parts: records.Parts, rule: str) -> tuple[str, ...]:
    """Why an entry without classes has no days to be shown: the law room's words about its own end."""
    item = records.item_of(parts.item, parts.item_version)
    if parts.decided_on is None or not parts.public:
        return ()
    pack, values = law.active(), records.decode(item, parts.public, parts.shared)
    return law.window(
        pack=pack, item=item, severity="", decided_on=parts.decided_on, rule=rule,
        received_on=date.fromisoformat(parts.source[2]),
        ends=law.ends_of(pack=pack, item=item, values=values),
    ).reasons  # fmt: skip


_COLUMNS = (
    "s.id, s.item, s.uscc, s.authority, s.decided_on, s.public, s.shared, s.restricted,"
    " t.severity, t.show_from, t.show_until, t.repair_from, t.rule, t.state"
)


def _check(audience: str) -> None:
    if audience not in AUDIENCES:
        raise UnknownAudience(f"没有「{audience}」这类查看对象;可用:{'、'.join(AUDIENCES)}。")


def _joins(known_at: int | None) -> str:
    then = evidence.then()
    now = f"records_statement s {then} records_standing n ON n.statement_id = s.id AND n.closed_by IS NULL"
    if known_at is None:
        return now.replace(" n ON", " t ON").replace("n.", "t.")
    known = evidence.known_events_sql(known_at)
    return (
        f"{now} {then} records_standing t ON t.statement_id = s.id AND (t.id >> 15) IN {known}"
        f" AND (t.closed_by IS NULL OR t.closed_by NOT IN {known})"
    )


def _conditions(
    *, audience: str, on: date, valid_on: date, known_at: int | None
) -> tuple[list[str], list[Any]]:
    """The set form of `policy_visibility.decide`, on the row that is open today (`n`) and, as known then, on `t`."""
    _check(audience)
    where, params = _gate("t" if known_at is None else "n", audience, on)
    where += ["(t.valid_from IS NULL OR t.valid_from <= %s)", "(t.valid_to IS NULL OR t.valid_to > %s)"]
    params += [valid_on, valid_on]
    if audience == "public":
        where.append("(t.show_until IS NULL OR t.show_until >= %s)")
        params.append(valid_on)
    if known_at is not None:
        if audience != "public":
            # Its own history, versions corrected since included, is for the organisation and the bodies that share it
            # too, but what was repaired since is used by nobody else any more
            ended = ("erased",) if "repaired" in STATES[audience] else ("erased", "repaired")
            where[0] = f"n.state NOT IN {_words(ended)}"
        where.append(f"t.state IN {_words(STATES[audience])}")
        if audience == "public":
            where.append("t.show_from IS NOT NULL")
    return where, params


def _gate(standing: str, audience: str, on: date) -> tuple[list[str], list[Any]]:
    where: list[str] = [f"{standing}.state IN {_words(STATES[audience])}"]
    if audience == "authority":
        return where, []
    where.append(f"substr({standing}.rule, 1, {len(INTERNAL)}) <> '{INTERNAL}'")
    if audience != "public":
        return where, []
    where += [
        f"{standing}.show_from <= %s",
        f"({standing}.show_until IS NULL OR {standing}.show_until >= %s)",
    ]
    return where, [on, on]


def _words(values: Sequence[str]) -> str:
    """Words of ours as an SQL list; nothing from outside comes here."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


def _told(state: str, marks: Sequence[records.Mark], corrected: bool, audience: str) -> tuple[str, ...]:
    kinds = {mark.kind for mark in marks} | ({records.CORRECTED} if corrected else set())
    return marks_told(state=state, kinds=kinds, audience=audience)


def _disputes(marks: Sequence[records.Mark], fields: Iterable[str]) -> tuple[Dispute, ...]:
    """Disputes, the oldest first; one about a field that is not open here is told as one about the entry."""
    open_to = set(fields)
    found = {
        (mark.field if mark.field in open_to else "", mark.since)
        for mark in marks
        if mark.kind == records.DISPUTED
    }
    return tuple(Dispute(field, since) for field, since in sorted(found, key=lambda one: (one[1], one[0])))


def _entries(
    rows: Sequence[tuple[Any, ...]], audience: str, valid_on: date, known_at: int | None
) -> list[Entry]:
    ids = [row[0] for row in rows]
    spans = evidence.spans([evidence.event_of(id_) for id_ in ids])
    marks, corrected = records.beside(ids, on=valid_on, known_at=known_at)
    open_parts = PARTS[audience]
    entries = []
    for row in rows:
        event_id = evidence.event_of(row[0])
        first_leaf, position, instant = spans[event_id]
        cells = {part: bytes(cell) for part, cell in zip(records.PARTS, row[5:8], strict=True)}
        header = cells["public"].decode().split("\x1f")
        item = records.item_of(row[1], header[2])
        values = records.decode(item, *(cells[part] if part in open_parts else b"" for part in records.PARTS))
        decided_on = records.as_date(row[4])
        severity = row[8]
        entries.append(
            Entry(
                id=row[0], item=row[1], uscc=row[2], authority=row[3], decided_on=decided_on, values=values,
                severity=severity, show_from=records.as_date(row[9]), show_until=records.as_date(row[10]),
                earliest_repair=records.as_date(row[11]), rule=row[12],
                received_on=evidence.legal_day(instant), event_id=event_id,
                leaf_index=first_leaf + (row[0] & 0x7FFF), position=position, known_since=instant,
                marks=_told(row[13], marks.get(row[0], ()), row[0] in corrected, audience),
                disputes=_disputes(marks.get(row[0], ()), values),
            )
        )  # fmt: skip
    return entries
