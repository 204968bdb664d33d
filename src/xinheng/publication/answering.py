"""The gate for checks: in one statement of SQL what stands about organisations, as one audience may see it.

The same conditions as everywhere (`visible_sql`), with the register's present entry, the marks and the position of the
ledger in the same snapshot. Rows are plain tuples: this is the one route where an object for each row would cost more
than the question.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections

from xinheng.publication.policy_visibility import PARTS

_CHUNK = 1_000
_CORRECTED = 17
_LATER = 1 << 63


class Row(NamedTuple):
    """One statement beside its organisation, or the organisation alone (`id` None). One row for each mark it bears.

    `position` is the ledger's, `registered` the register's code (None: not registered). `shared` is empty for an audience that may not see
    that part. Days are `date` on PostgreSQL and text on SQLite: `records.as_date` reads both.
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
    public: Any
    shared: Any
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
    found: list[Row] = []
    many, vendor = len(codes) > 1, connection.vendor
    # In the order of the index: neighbours share its pages
    wanted = sorted(codes)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        sql, dates = _sql(tuple(items), audience, many, vendor)
        days = [on.isoformat() if vendor == "sqlite" else on] * dates
        asked: Any = part[0]
        if many:
            asked = json.dumps(part) if vendor == "sqlite" else part
        found += _rows(fetch(sql, [asked, *days]))
    return found


def _rows(cells: list[tuple[Any, ...]]) -> list[Row]:
    """Rows with `corrected` told: whether an older statement of the same key is there, which nobody may see any more.

    Found among the rows themselves: asking the index for each would cost as much as fetching them.
    """
    oldest: dict[tuple[str, Any], int] = {}
    for one in cells:
        if one[-1] is not None:
            key = one[1], one[-2]
            if one[-1] < oldest.get(key, _LATER):
                oldest[key] = one[-1]
    made = Row._make
    return [
        made(
            (*one[:_CORRECTED], one[7] is not None and oldest[one[1], one[-2]] < one[7], *one[_CORRECTED:-2])
        )
        for one in cells
    ]


def fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement whose text never changes, prepared once for each connection (PostgreSQL).

    Django's own cursors put the values into the text, which the server then plans anew each time: half of its work.
    """
    base = connections[DEFAULT_DB_ALIAS]
    base.ensure_connection()
    raw = base.connection
    with base.wrap_database_errors:
        if base.vendor == "sqlite":
            return raw.execute(sql, params).fetchall()  # type: ignore[no-any-return]
        import psycopg

        if raw.prepare_threshold is None:
            raw.prepare_threshold = 2
        with psycopg.Cursor(raw) as cursor:
            return cursor.execute(sql, params, prepare=True).fetchall()


@lru_cache(maxsize=256)
def _sql(items: tuple[str, ...], audience: str, many: bool, vendor: str) -> tuple[str, int]:
    """The statement, and how many times the day goes into it."""
    from xinheng.publication.service import _conditions  # the door re-exports this module

    where, params = _conditions(audience=audience, on=date.min, valid_on=date.min, known_at=None)
    mark = "?" if vendor == "sqlite" else "%s"
    names = ", ".join("'" + item.replace("'", "''") + "'" for item in items) or "''"
    if many:
        wanted = f"json_each({mark})" if vendor == "sqlite" else f"unnest({mark}::text[])"
        column = "value" if vendor == "sqlite" else "w"
        source = f"(SELECT {column} AS code FROM {wanted} w) w"
    else:
        source = f"(SELECT CAST({mark} AS {'text' if vendor == 'sqlite' else 'varchar'}) AS code) w"
    shared = "s.shared" if "shared" in PARTS[audience] else "NULL"
    seen = " AND ".join(where).replace("%s", mark)
    # An expression has no declared type: Django's converter would read every day, and write it again for the answer
    bare = "+" if vendor == "sqlite" else ""
    sql = (
        "SELECT (SELECT size FROM evidence_head WHERE id = 1), w.code, e.code, e.name, e.kind, e.region, e.status,"
        f" CASE WHEN t.id IS NOT NULL THEN s.id END, s.item, {bare}s.decided_on,"
        f" CASE WHEN t.id IS NOT NULL THEN s.public END, CASE WHEN t.id IS NOT NULL THEN {shared} END,"
        f" t.severity, {bare}t.show_from, {bare}t.show_until, {bare}t.repair_from, t.state,"
        f" m.kind, m.field, {bare}m.since, s.key, s.id"
        f" FROM {source}"
        " LEFT JOIN register_entry e ON e.code = w.code AND e.closed_by IS NULL"
        f" LEFT JOIN records_statement s ON s.uscc = w.code AND s.item IN ({names})"
        f" LEFT JOIN records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL AND {seen}"
        " LEFT JOIN records_mark m ON m.statement_id = s.id AND t.id IS NOT NULL AND m.closed_by IS NULL"
        f" AND m.since <= {mark} AND (m.until IS NULL OR m.until > {mark})"
    )
    return sql, len(params) + 2
