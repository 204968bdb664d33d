"""Writing and reading the rows of checks. A row is committed before its answer leaves, and never changed."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from xinheng.checks import numbers
from xinheng.checks.answering import encode
from xinheng.checks.shaping import CONTENT
from xinheng.evidence import service as evidence
from xinheng.kernel import merkle
from xinheng.records import service as records

TABLE, HINTS = "checks_check", "checks_hint"
COLUMNS = (
    "id", "at", "asked_on", "outcome", "uscc", "matter", "use", "scope", "purpose", "case_number", "door", "asker",
    "role", "body", "sector", "batch", "pack", "position", "valid_until", "deferred_until", "hints", "digest", "said",
    "salt",
)  # fmt: skip
HINT_COLUMNS = ("id", "check_id", "ordinal", "measure", "statement_id", "strength", "due")
ANSWERED, REFUSED = "answered", "refused"
LEAF_PREFIX = b"xinheng-check-v1"
_DAYS = ("asked_on", "valid_until", "deferred_until")
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_HINT_NAMES = ", ".join(f'"{name}"' for name in HINT_COLUMNS)
HintRow = tuple[int, int, int, str, int, str, date | None]


@dataclass(slots=True)
class Row:
    """A row of `checks_check`, its columns in order; `days` are dates, `said`, `digest` and `salt` bytes."""

    id: int
    at: int
    asked_on: date
    outcome: str
    uscc: str
    matter: str
    use: str
    scope: str
    purpose: str
    case_number: str
    door: str
    asker: str
    role: str
    body: str
    sector: str
    batch: int
    pack: str
    position: int
    valid_until: date | None
    deferred_until: date | None
    hints: int
    digest: bytes
    said: bytes
    salt: bytes

    def cells(self, vendor: str) -> list[Any]:
        """The cells in the order of `COLUMNS`, days as the database takes them."""
        cells = [getattr(self, name) for name in COLUMNS]
        if vendor == "sqlite":
            for place in _DAY_PLACES:
                cells[place] = cells[place].isoformat() if cells[place] is not None else None
        return cells


_DAY_PLACES = tuple(COLUMNS.index(name) for name in _DAYS)


def salt() -> bytes:
    """What keeps the leaf of a row from being guessed by somebody who knows the rest."""
    return os.urandom(16)


def spell(payload: dict[str, Any], forbids: str, *, keep: bool = True) -> tuple[bytes, bytes]:
    """The canonical JSON of an answer, and of what is kept of it: entries without what statements say.

    `forbids` is the canonical JSON of that part, which is the same for every answer of a matter. Equal to `encode` of the
    whole; written in pieces because the pieces are long and mostly the same in both.
    """
    entries = payload["entries"]
    head = encode({key: payload[key] for key in _HEAD})[:-1]
    tail = encode({key: payload[key] for key in payload if key > "forbids"})[1:]
    full = f'{head},"entries":{encode(entries)},"forbids":{forbids},{tail}'
    if not keep:
        return full.encode(), b""
    bare = encode([{key: one[key] for key in one if key not in CONTENT} for one in entries])
    return full.encode(), f'{head},"entries":{bare},"forbids":{forbids},{tail}'.encode()


_HEAD = ("asked_at", "asked_on", "case_number", "deferred_until")


def unpack_said(said: bytes) -> dict[str, Any]:
    """A payload as kept: entries without title, authority, document and law."""
    kept: dict[str, Any] = json.loads(zlib.decompress(bytes(said)))
    return kept


def write_one(row: Row, hints: Sequence[HintRow]) -> None:
    """Commits one check. Raises RuntimeError inside a transaction: the caller could still undo it."""
    # Asked for once: the proxy of Django's connection looks it up anew at every attribute
    base = connections[DEFAULT_DB_ALIAS]
    if base.in_atomic_block:
        raise RuntimeError("the evidence of a check is committed by itself, not within a transaction")
    base.ensure_connection()
    try:
        with base.wrap_database_errors:
            if base.vendor == "sqlite":
                _write_sqlite(base.connection, row, hints)
            else:
                _write_postgres(base.connection, row, hints)
    except BaseException:
        numbers.leave()
        raise


def write_many(rows: Sequence[Row], hints: Sequence[HintRow]) -> None:
    """Commits the rows of a batch together."""
    with transaction.atomic(durable=True):
        evidence.insert_rows(TABLE, COLUMNS, [row.cells(connection.vendor) for row in rows])
        if hints:
            evidence.insert_rows(HINTS, HINT_COLUMNS, [_hint_cells(one, connection.vendor) for one in hints])


_SQLITE = f"INSERT INTO {TABLE} ({_NAMES}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SQLITE_HINT = f"INSERT INTO {HINTS} ({_HINT_NAMES}) VALUES ({', '.join('?' * len(HINT_COLUMNS))})"
_POSTGRES = f"INSERT INTO {TABLE} ({_NAMES}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
_POSTGRES_HINTS = (
    f"WITH written AS ({_POSTGRES}) INSERT INTO {HINTS} ({_HINT_NAMES}) SELECT * FROM unnest("
    "%s::bigint[], %s::bigint[], %s::smallint[], %s::text[], %s::bigint[], %s::text[], %s::date[])"
)


def _write_sqlite(raw: Any, row: Row, hints: Sequence[HintRow]) -> None:
    if not hints:
        raw.execute(_SQLITE, row.cells("sqlite"))
        return
    raw.execute("BEGIN IMMEDIATE")
    try:
        raw.execute(_SQLITE, row.cells("sqlite"))
        raw.executemany(_SQLITE_HINT, [_hint_cells(one, "sqlite") for one in hints])
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise


def _write_postgres(raw: Any, row: Row, hints: Sequence[HintRow]) -> None:
    import psycopg

    if raw.prepare_threshold is None:
        raw.prepare_threshold = 2
    with psycopg.Cursor(raw) as cursor:
        if hints:
            cursor.execute(
                _POSTGRES_HINTS,
                [*row.cells("postgresql"), *map(list, zip(*hints, strict=True))],
                prepare=True,
            )
        else:
            cursor.execute(_POSTGRES, row.cells("postgresql"), prepare=True)


def _hint_cells(hint: HintRow, vendor: str) -> tuple[Any, ...]:
    if vendor == "sqlite":
        return (*hint[:6], hint[6].isoformat() if hint[6] is not None else None)
    return hint


def rows(where: str, params: Sequence[Any], *, order: str = "id", limit: int | None = None) -> list[Row]:
    """Rows of checks; `where` and `order` are texts of ours."""
    tail = f" LIMIT {int(limit)}" if limit is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_NAMES} FROM {TABLE} WHERE {where} ORDER BY {order}{tail}", list(params))
        return [_row(cells) for cells in cursor.fetchall()]


def _row(cells: Sequence[Any]) -> Row:
    made = list(cells)
    for place in _DAY_PLACES:
        made[place] = records.as_date(made[place])
    for place in (-3, -2, -1):
        made[place] = bytes(made[place])
    return Row(*made)


def hints_between(first: int, last: int) -> dict[int, list[HintRow]]:
    """Hints of the checks first … last, by check, in order."""
    found: dict[int, list[HintRow]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_HINT_NAMES} FROM {HINTS} WHERE check_id >= %s AND check_id <= %s ORDER BY check_id, id",
            [first, last],
        )
        for cells in cursor.fetchall():
            found.setdefault(cells[1], []).append((*cells[:6], records.as_date(cells[6])))
    return found


def leaf_of(row: Row, hints: Iterable[HintRow]) -> bytes:
    """The Merkle leaf hash of a check: over every column of its row and of its hints."""
    return merkle.leaf_hash(leaf_data(row, hints))


def leaf_data(row: Row, hints: Iterable[HintRow]) -> bytes:
    """What a leaf is made over: the digest of the answer, and a hash of every column, salt among them.

    Whoever holds the answer finds its digest here; whoever does not learns nothing.
    """
    cells = [
        [_plain(getattr(row, name)) for name in COLUMNS],
        *([_plain(cell) for cell in one] for one in hints),
    ]
    text = json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode()
    return LEAF_PREFIX + row.digest + hashlib.sha256(text).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest() if len(value) > 32 else value.hex()
    return value.isoformat() if isinstance(value, date) else value
