"""The gate for checks: in one statement of SQL what stands about organisations, as one audience may see it.

Read from their cards; from the tables themselves for whoever has none, or one that is behind. Both ways ask the same gate and give the
same rows, with the register's present entry and the position of the ledger in the same snapshot. Rows
are plain tuples: this is the one route where an object for each row would cost more than the question.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.publication.cards import unpack
from xinheng.publication.policy_visibility import PARTS, opens

_CHUNK = 1_000
_CORRECTED = 17
_LATER = 1 << 63
_Cells = tuple[Any, ...]


class Row(NamedTuple):
    """One statement beside its organisation, or the organisation alone (`id` None). One row for each mark it bears.

    `position` is the ledger's, `registered` the register's code (None: not registered). `public` and `shared` are the
    stored values as text; `shared` is empty for an audience that may not see that part. Days are `date` or ISO text:
    `records.as_date` reads both.
    """

    position: int
    code: str
    registered: str | None
    name: str | None
    kind: str | None
    region: str | None
    status: str | None
    id: int | None
    item: str
    decided_on: Any
    public: str
    shared: str | None
    severity: str
    show_from: Any
    show_until: Any
    repair_from: Any
    state: str
    corrected: bool
    mark: str | None
    field: str
    since: Any


def look_up(*, codes: Sequence[str], items: Sequence[str], audience: str, on: date) -> list[Row]:
    """What `audience` may see on day `on` of these items about these codes, in no order; at least one row a code.

    Holds what is committed when it is called. A statement the audience may not see is not among the rows.
    """
    # In the order of the index: neighbours share its pages
    wanted = sorted(codes)
    found: list[Row] = []
    behind: list[str] = []
    of_items = frozenset(items)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        for *head, body, due in evidence.quick_rows(
            _cards_sql(len(part) > 1, connection.vendor), [_asked(part)]
        ):
            if body is None or due:
                behind.append(head[1])
            else:
                found += _from_card(tuple(head), bytes(body), of_items, audience, on.isoformat())
    return found + _from_tables(behind, items, audience, on) if behind else found


def _asked(part: Sequence[str]) -> Any:
    if len(part) == 1:
        return part[0]
    return json.dumps(part) if connection.vendor == "sqlite" else part


def _from_card(head: _Cells, body: bytes, items: Collection[str], audience: str, on: str) -> list[Row]:
    """The rows of a card that the gate opens. `on` is ISO text, as the days of a card are."""
    shares = "shared" in PARTS[audience]
    rows = []
    make: Callable[[Any], Row] = Row._make
    for cell in unpack(body):
        (
            id, item, decided, public, shared, severity, first, until, repair, state, rule, since, to, corrected, marks,
        ) = cell  # fmt: skip
        if (
            item not in items
            or not opens(state=state, rule=rule, show_from=first, show_until=until, audience=audience, on=on)
            or (since is not None and since > on)
            or (to is not None and to <= on)
        ):
            continue
        own = (
            *head, id, item, decided, public, shared if shares else None, severity, first, until, repair, state, corrected,
        )  # fmt: skip
        live = [
            (kind, field, day) for kind, field, day, end in marks if day <= on and (end is None or end > on)
        ]
        rows += [make((*own, *mark)) for mark in live or [(None, None, None)]]
    return rows or [make((*head, *_NOTHING))]


_NOTHING: _Cells = (None,) * 10 + (False,) + (None,) * 3


def _from_tables(codes: Sequence[str], items: Sequence[str], audience: str, on: date) -> list[Row]:
    found: list[Row] = []
    vendor = connection.vendor
    for start in range(0, len(codes), _CHUNK):
        part = codes[start : start + _CHUNK]
        sql, dates = _sql(tuple(items), audience, len(part) > 1, vendor)
        days = [on.isoformat() if vendor == "sqlite" else on] * dates
        found += _rows(evidence.quick_rows(sql, [_asked(part), *days]))
    return found


def _rows(cells: list[_Cells]) -> list[Row]:
    """Rows with `corrected` told: whether an older statement of the same key is there, which nobody may see any more.

    Found among the rows themselves: asking the index for each would cost as much as fetching them.
    """
    oldest: dict[tuple[str, Any], int] = {}
    for one in cells:
        if one[-1] is not None:
            key = one[1], one[-2]
            if one[-1] < oldest.get(key, _LATER):
                oldest[key] = one[-1]
    return [
        Row._make((
            *one[:10], _text(one[10]), _text(one[11]), *one[12:_CORRECTED],
            one[7] is not None and oldest[one[1], one[-2]] < one[7], *one[_CORRECTED:-2],
        ))
        for one in cells
    ]  # fmt: skip


def _text(part: Any) -> str | None:
    return bytes(part).decode() if part is not None else None


@lru_cache(maxsize=8)
def _cards_sql(many: bool, vendor: str) -> str:
    return (
        "SELECT (SELECT size FROM evidence_head WHERE id = 1), w.code, e.code, e.name, e.kind, e.region, e.status, c.body,"
        " EXISTS (SELECT 1 FROM publication_carddue d WHERE d.uscc = w.code)"
        f" FROM {_source(many, vendor)} LEFT JOIN register_entry e ON e.code = w.code AND e.closed_by IS NULL"
        " LEFT JOIN publication_card c ON c.uscc = w.code"
    )


def _source(many: bool, vendor: str) -> str:
    if not many:
        return f"(SELECT CAST(%s AS {'text' if vendor == 'sqlite' else 'varchar'}) AS code) w"
    wanted, column = ("json_each(%s)", "value") if vendor == "sqlite" else ("unnest(%s::text[])", "w")
    return f"(SELECT {column} AS code FROM {wanted} w) w"


@lru_cache(maxsize=256)
def _sql(items: tuple[str, ...], audience: str, many: bool, vendor: str) -> tuple[str, int]:
    """The statement over the tables themselves, and how many times the day goes into it."""
    from xinheng.publication.service import _conditions  # the door re-exports this module

    where, params = _conditions(audience=audience, on=date.min, valid_on=date.min, known_at=None)
    names = ", ".join("'" + item.replace("'", "''") + "'" for item in items) or "''"
    shared = "s.shared" if "shared" in PARTS[audience] else "NULL"
    seen = " AND ".join(where)
    # An expression has no declared type: Django's converter would read every day, and write it again for the answer
    bare = "+" if vendor == "sqlite" else ""
    sql = (
        "SELECT (SELECT size FROM evidence_head WHERE id = 1), w.code, e.code, e.name, e.kind, e.region, e.status,"
        f" CASE WHEN t.id IS NOT NULL THEN s.id END, s.item, {bare}s.decided_on,"
        f" CASE WHEN t.id IS NOT NULL THEN s.public END, CASE WHEN t.id IS NOT NULL THEN {shared} END,"
        f" t.severity, {bare}t.show_from, {bare}t.show_until, {bare}t.repair_from, t.state,"
        f" m.kind, m.field, {bare}m.since, s.key, s.id"
        f" FROM {_source(many, vendor)}"
        " LEFT JOIN register_entry e ON e.code = w.code AND e.closed_by IS NULL"
        f" LEFT JOIN records_statement s ON s.uscc = w.code AND s.item IN ({names})"
        f" LEFT JOIN records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL AND {seen}"
        " LEFT JOIN records_mark m ON m.statement_id = s.id AND t.id IS NOT NULL AND m.closed_by IS NULL"
        " AND m.since <= %s AND (m.until IS NULL OR m.until > %s)"
    )
    return sql, len(params) + 2
