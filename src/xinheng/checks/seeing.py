"""Who sees that a check was made, and what of it: its unit, the office, and the organisation it was about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.checks import keeping, lawful, numbers, sealing, unreadable
from xinheng.checks.answering import encode
from xinheng.checks.errors import CheckUnknown, NotDeferred
from xinheng.checks.keeping import Row
from xinheng.checks.shaping import CONTENT, content_of, parts_of, shape_of, version_of
from xinheng.checks.types import Asker, Evidence, Kept, Seen
from xinheng.evidence import service as evidence_room
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

ALL = ("office", "auditor")
MAX_PAGE = 500


def evidence(*, number: str, reader: Asker, on: date | None = None) -> Evidence:
    """See the door."""
    row = _row(number)
    if reader.role not in ALL and (not reader.body or reader.body != row.body):
        raise CheckUnknown(f"没有编号为 {number} 的核查，或者不是本单位的。请核对编号。")
    return _evidences([row], on)[0]


def of_batch(
    *, batch: str, reader: Asker, after: int = 0, limit: int = 10_000, on: date | None = None
) -> list[Evidence]:
    """See the door."""
    first = numbers.id_of(batch)
    found = keeping.rows("id = %s AND batch = %s", [first, first])
    if not found or (reader.role not in ALL and (not reader.body or found[0].body != reader.body)):
        return []
    layout = unreadable.take_layout(keeping.unpack_said(found[0].said))
    end = after + min(limit, 10_000)
    if not layout:
        rows = keeping.rows(
            "batch = %s AND id > %s AND id <= %s", [first, first + after - 1, first + end - 1]
        )
        return _evidences(rows, on)
    wanted = layout[after:end]
    ids = {first + place for place in wanted if isinstance(place, int)} | {first}
    rows = keeping.rows("batch = %s AND id >= %s AND id <= %s", [first, min(ids), max(ids)])
    made = {numbers.id_of(one.number): one for one in _evidences([row for row in rows if row.id in ids], on)}
    return [
        made[first + where] if isinstance(where, int) else _unasked(made[first], where, place)
        for place, where in enumerate(wanted, start=after + 1)
    ]


def _unasked(first: Evidence, why: str, row: int) -> Evidence:
    """A row of a batch that was no code: nothing was asked about it."""
    payload = unreadable.payload_of(first.payload, why, row)
    digest = hashlib.sha256(encode(payload).encode()).hexdigest()
    return replace(
        first,
        number="",
        payload=payload,
        digest=digest,
        whole=True,
        event=None,
        position=None,
        released_on=None,
    )


def of_body(*, body: str, on: date, after: str | None = None, limit: int = 50) -> list[Kept]:
    """See the door."""
    where, params = ["1 = 1"], []
    if body:
        where, params = ["body = %s"], [body]
    if after is not None:
        where.append("id < %s")
        params.append(numbers.id_of(after))  # type: ignore[arg-type]
    rows = keeping.rows(" AND ".join(where), params, order="id DESC", limit=min(limit, MAX_PAGE))
    named = register.get({row.uscc for row in rows})
    sealed = sealing.sealed_in([row.id for row in rows])
    pack = lawful.active()
    return [
        Kept(
            numbers.number_of(row.id), evidence_room.instant_of(row.at), row.uscc,
            named[row.uscc].shown_name if row.uscc in named else "", row.matter, _matter_name(pack, row.matter), row.scope,
            row.purpose, row.case_number, row.asker, row.outcome, numbers.number_of(row.batch), row.valid_until,
            row.deferred_until, row.hints, row.id in sealed,
        )
        for row in rows
    ]  # fmt: skip


def of_subject(*, uscc: str, on: date, after: str | None = None, limit: int = 50) -> list[Seen]:
    """See the door."""
    mark = [uscc, on, on]
    sql = (
        "SELECT c.id FROM checks_check c LEFT JOIN checks_release r ON r.check_id = c.id WHERE c.uscc = %s"
        " AND c.scope = 'shared' AND (c.deferred_until IS NULL OR c.deferred_until <= %s OR r.\"on\" <= %s)"
    )
    params: list[Any] = list(mark)
    if after is not None:
        sql += " AND c.id < %s"
        params.append(numbers.id_of(after))
    with connection.cursor() as cursor:
        cursor.execute(sql + " ORDER BY c.id DESC LIMIT %s", [*params, min(limit, MAX_PAGE)])
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    rows = keeping.rows(f"id IN ({marks})", ids, order="id DESC")
    units = register.get({row.body for row in rows})
    pack = lawful.active()
    return [
        Seen(
            numbers.number_of(row.id), row.asked_on, row.body, _unit_name(pack, row.body, units), row.matter,
            _matter_name(pack, row.matter), row.purpose, row.outcome,
        )
        for row in rows
    ]  # fmt: skip


def release(*, number: str, actor: str, at: datetime) -> None:
    """See the door."""
    row = _row(number)
    on = evidence_room.legal_day(at)
    if row.deferred_until is None:
        raise NotDeferred(f"核查 {number} 没有推迟告知，主体已经看得到。")
    if row.deferred_until <= on or sealing.released([row.id]):
        return
    sealing.release(number=number, row=row, actor=actor, at=at)


def _row(number: str) -> Row:
    found = keeping.rows("id = %s", [numbers.id_of(number)])
    if not found:
        raise CheckUnknown(f"没有编号为 {number} 的核查。请核对编号。")
    return found[0]


def _evidences(rows: Sequence[Row], on: date | None) -> list[Evidence]:
    kept = [keeping.unpack_said(row.said) for row in rows]
    for one in kept:
        unreadable.take_layout(one)
    released = sealing.released([row.id for row in rows])
    seals = sealing.sealed_in([row.id for row in rows])
    events = {id: evidence_room.event_of(seal) for id, seal in seals.items()}
    spans = evidence_room.spans(list(events.values())) if events else {}
    filled = _filled(rows, kept, on or evidence_room.last_day() or date.max)
    found = []
    for row, payload in zip(rows, filled, strict=True):
        whole = hashlib.sha256(encode(payload).encode()).digest() == row.digest
        event = events.get(row.id)
        found.append(
            Evidence(
                numbers.number_of(row.id), row.outcome, evidence_room.instant_of(row.at), row.body, row.asker, row.role,  # type: ignore[arg-type]
                numbers.number_of(row.batch), payload, row.digest.hex(), whole, event,
                spans[event][1] if event is not None else None, released.get(row.id),
            )
        )  # fmt: skip
    return found


def _filled(rows: Sequence[Row], kept: list[dict[str, Any]], on: date) -> list[dict[str, Any]]:
    """The payloads with what statements say filled in, as far as today's gate still opens them to the same audience.

    Of an entry that ended only its number is left, with `ended` true: what nobody may use any more is not told again
    by way of an old answer.
    """
    wanted: dict[str, set[int]] = {}
    for row, payload in zip(rows, kept, strict=True):
        wanted.setdefault(lawful.AUDIENCE[row.scope], set()).update(
            one["statement"] for one in payload.get("entries", ())
        )
    open_to = {audience: _content(sorted(ids), audience, on) for audience, ids in wanted.items()}
    filled = []
    for row, payload in zip(rows, kept, strict=True):
        content = open_to[lawful.AUDIENCE[row.scope]]
        entries = [
            {**one, **content[one["statement"]]} if one["statement"] in content
            else {"statement": one["statement"], "ended": True}
            for one in payload.get("entries", ())
        ]  # fmt: skip
        if any("ended" in one for one in entries):
            payload = _without(payload, {one["statement"] for one in entries if "ended" in one})
        filled.append({**payload, "entries": entries} if "refused" not in payload else payload)
    return filled


def _without(payload: dict[str, Any], ended: set[int]) -> dict[str, Any]:
    """Hints that rested on nothing but ended entries leave with them."""
    return {
        **payload,
        **{
            side: [one for one in payload.get(side, ()) if not set(one["entries"]) <= ended]
            for side in ("hints", "incentives")
        },
    }


def _content(ids: Sequence[int], audience: str, on: date) -> dict[int, dict[str, str]]:
    """What these statements say to an audience, of those it may still see."""
    visible: set[int] = set()
    for start in range(0, len(ids), MAX_PAGE):
        visible |= publication.by_ids(ids=ids[start : start + MAX_PAGE], audience=audience, on=on).keys()
    found = {}
    for id, parts in records.statements(sorted(visible)).items():
        shares = audience != "public"
        cells = parts_of(parts.public.decode(), parts.shared.decode() if shares else None)
        shape = shape_of(parts.item, version_of(cells), shares=shares)
        said = content_of(shape, cells)
        found[id] = {key: said[key] for key in CONTENT}
    return found


def _matter_name(pack: law.Pack, code: str) -> str:
    known = law.matter(pack=pack, code=code)
    return known.name if known is not None else code


def _unit_name(pack: law.Pack, code: str, units: dict[str, register.Organisation]) -> str:
    known = law.department(pack=pack, uscc=code) if code else None
    if known is not None:
        return known.name
    return units[code].shown_name if code in units else code
