"""How rows of this room are bound to the ledger, so that words can be erased and every proof still holds.

Of each row the ledger binds the plain columns and a commitment (`bound`: SHA-256 over a random salt and the columns
that hold words or name the subject). A cleared row keeps plain columns and commitment; salt and words are gone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence

UNIT = "\x1f"
KEY = "cases"


@dataclass(frozen=True)
class Shape:
    """A table: columns bound as they are, columns bound through the commitment, columns that move."""

    name: str
    plain: tuple[str, ...]
    said: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return f"cases_{self.name}"

    @property
    def columns(self) -> list[str]:
        return ["id", *self.plain, *self.said, *(["salt", "bound"] if self.said else []), *self.moves]


MOVING = (
    "body", "elsewhere", "state", "holder", "outcome", "version", "waiting", "closed_on", "clock_id", "clock", "due_on",
    "provisional", "overdue_on",
)  # fmt: skip
CASE = Shape(
    "case",
    (
        "number", "kind", "year", "serial", "numbered_by", "statement_id", "item", "authority", "sector", "channel",
        "pack", "token", "opened_on",
    ),
    ("uscc", "outside", "field", "reason", "detail"),
    MOVING,
)  # fmt: skip
STEP = Shape(
    "step",
    (
        "case_id", "seq", "act", "how", "state_from", "state_to", "actor", "role", "actor_body", "body", "taken_on",
        "provision", "document", "token",
    ),
    ("reason", "detail"),
)  # fmt: skip
CLOCK = Shape(
    "clock",
    (
        "case_id", "state", "provision", "extension", "started_on", "pauses", "paused_on", "due_on", "provisional",
        "working", "calendar", "cause", "moved_from", "notice",
    ),
    (),
    ("closed_by",),
)  # fmt: skip
OVERDUE = Shape("overdue", ("case_id", "clock_id", "since", "late"))
DOCUMENT = Shape(
    "document", ("case_id", "seq", "number", "kind", "body", "year", "serial", "made_on"), ("content",)
)
SERVICE = Shape("service", ("document_id", "served_on", "manner", "actor"))
ATTACHMENT = Shape("attachment", ("case_id", "seq", "media", "size", "sha256"), ("name",))
SHAPES = (CASE, STEP, CLOCK, OVERDUE, DOCUMENT, SERVICE, ATTACHMENT)


def said_in(event: evidence.OpenEvent) -> dict[str, Any]:
    """What this room says in an event, its own or another room's."""
    told: dict[str, Any] = event.detail.setdefault(KEY, {})
    return told


def insert(event: evidence.OpenEvent, shape: Shape, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Writes rows inside `event`, counts and binds them; returns their ids, in order."""
    blocks = said_in(event).setdefault(shape.name, [])
    first = sum(block["rows"] for block in blocks)
    values, bound = [], []
    for ordinal, row in enumerate(rows, start=first):
        whole = {column: evidence.plain(value) for column, value in row.items()}
        whole["id"] = event.row_id(ordinal)
        if shape.said:
            whole["salt"] = secrets.token_hex(16)
            whole["bound"] = commitment(shape, whole)
        if shape is CLOCK:
            whole["closed_by"] = None
        values.append([whole[column] for column in shape.columns])
        bound.append(bound_row(shape, whole))
    if not values:
        return []
    event.count(len(values))
    evidence.insert_rows(shape.table, shape.columns, values)
    blocks.append({"rows": len(values), "digest": evidence.rows_digest(bound)})
    return [row[0] for row in values]


def close(event: evidence.OpenEvent, ids: Sequence[int]) -> None:
    """Ends clock rows in `event`: they no longer run, and stay to be read."""
    if not ids:
        return
    with connection.cursor() as cursor:
        for part in chunks(list(ids)):
            cursor.execute(
                f"UPDATE cases_clock SET closed_by = %s WHERE id IN ({marks(part)})", [event.id, *part]
            )
    said_in(event).setdefault("closed", []).extend(ids)


def commitment(shape: Shape, row: Mapping[str, Any]) -> str:
    """What stays of the columns that may be erased."""
    told = UNIT.join([str(row["salt"]), *(str(row[column]) for column in shape.said)])
    return hashlib.sha256(told.encode()).hexdigest()


def bound_row(shape: Shape, row: Mapping[str, Any]) -> list[Any]:
    """What the ledger's digest covers of a row."""
    return [
        row["id"],
        *(evidence.plain(row[column]) for column in shape.plain),
        *([row["bound"]] if shape.said else []),
    ]


def marks(values: Sequence[object]) -> str:
    """Place holders for a list of values."""
    return ", ".join(["%s"] * len(values))


def chunks(values: Sequence[Any], size: int = 900) -> list[Sequence[Any]]:
    """Lists short enough for one statement of either database."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def query(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def for_update() -> str:
    """What holds rows until the transaction ends (SQLite has one writer anyway)."""
    return " FOR UPDATE" if connection.vendor == "postgresql" else ""


def as_date(value: Any) -> date | None:
    """A stored day; SQLite gives text to plain SQL."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def day_of(value: Any) -> date:
    """A stored day that cannot be absent. Raises ValueError where it is."""
    found = as_date(value)
    if found is None:
        raise ValueError("a day is missing")
    return found
