"""How rows of this room are bound to the ledger, so that a row's content can be erased and every proof still holds.

Of each row the ledger binds the plain columns and a commitment (`bound`: SHA-256 over a random salt and the columns that
tell who was asked about). A cleared row keeps its commitment and its plain columns; salt and content are gone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence

UNIT = "\x1f"


@dataclass(frozen=True)
class Shape:
    """A table: which columns the ledger binds as they are, which through the commitment, and which one may move."""

    name: str
    plain: tuple[str, ...]
    said: tuple[str, ...]
    moves: str = "closed_by"

    @property
    def table(self) -> str:
        return f"linkage_{self.name}"

    @property
    def columns(self) -> list[str]:
        tail = [self.moves] if self.moves else []
        return ["id", *self.plain, *self.said, *(["salt", "bound"] if self.said else []), *tail]


PENDING = Shape(
    "pending", ("batch", "row", "item", "source"), ("key", "name", "code", "candidates", "reason"), "state"
)  # fmt: skip
OPINION = Shape("opinion", ("pending", "actor", "verdict"), ("code", "why"))
VERDICT = Shape("verdict", ("pending", "verdict"), ("key", "code"))
LINK = Shape(
    "link",
    ("batch", "row", "item", "source", "how", "confidence"),
    ("key", "name", "asked_code", "uscc", "reason"),
)
REVIEW = Shape("review", ("blind",), (), "")
SHAPES = (PENDING, OPINION, VERDICT, LINK, REVIEW)


def said_in(event: evidence.OpenEvent) -> dict[str, Any]:
    """What this room says in an event, its own or another room's."""
    told: dict[str, Any] = event.detail.setdefault("linkage", {})
    return told


def insert(event: evidence.OpenEvent, shape: Shape, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Writes rows inside `event` and binds them; returns their ids, in order."""
    blocks = said_in(event).setdefault(shape.name, [])
    first = sum(block["rows"] for block in blocks)
    values, bound = [], []
    for ordinal, row in enumerate(rows, start=first):
        whole = dict(row, id=event.row_id(ordinal))
        if shape.said:
            whole["salt"] = secrets.token_hex(16)
            whole["bound"] = commitment(shape, whole)
        if shape.moves == "closed_by":
            whole["closed_by"] = None
        values.append([whole[column] for column in shape.columns])
        bound.append(bound_row(shape, whole))
    if not values:
        return []
    evidence.insert_rows(shape.table, shape.columns, values)
    blocks.append({"rows": len(values), "digest": evidence.rows_digest(bound)})
    return [row[0] for row in values]


def close(event: evidence.OpenEvent, shape: Shape, ids: Sequence[int]) -> None:
    """Closes rows in `event`: they no longer stand, and stay to be read."""
    if not ids:
        return
    _update(shape, "closed_by", event.id, ids)
    said_in(event).setdefault("closed", {}).setdefault(shape.name, []).extend(ids)


def move(event: evidence.OpenEvent, states: Mapping[int, str]) -> None:
    """Moves doubtful rows on, or back into the queue."""
    for state in sorted(set(states.values())):
        _update(PENDING, "state", state, [id_ for id_, wanted in states.items() if wanted == state])
    if states:
        said_in(event).setdefault("states", {}).update({str(id_): state for id_, state in states.items()})


def commitment(shape: Shape, row: Mapping[str, Any]) -> str:
    """What stays of the columns that tell who was asked about."""
    told = UNIT.join([str(row["salt"]), *(str(row[column]) for column in shape.said)])
    return hashlib.sha256(told.encode()).hexdigest()


def bound_row(shape: Shape, row: Mapping[str, Any]) -> list[Any]:
    """What the ledger's digest covers of a row."""
    return [row["id"], *(row[column] for column in shape.plain), *([row["bound"]] if shape.said else [])]


def marks(values: Sequence[object]) -> str:
    """Place holders for a list of values."""
    return ", ".join(["%s"] * len(values))


def chunks(values: Sequence[Any], size: int = 900) -> list[Sequence[Any]]:
    """Lists short enough for one statement of either database."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def _update(shape: Shape, column: str, value: int | str, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for part in chunks(list(ids)):
            cursor.execute(
                f"UPDATE {shape.table} SET {column} = %s WHERE id IN ({marks(part)})", [value, *part]
            )
