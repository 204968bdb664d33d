"""Whom statements speak of. Reads the records room's relation records_statement(id, uscc); asks its door for
the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.search.ranking import key_of

TOLD = 200  # the first statements about somebody that are read for names
_UNREGISTERED = "NOT EXISTS (SELECT 1 FROM register_entry e WHERE e.code = s.uscc AND e.closed_by IS NULL)"


def strangers_of_events(event_ids: Sequence[int]) -> set[str]:
    """Codes that statements of these events are about and that the register does not know."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for event_id in event_ids:
            cursor.execute(
                "SELECT DISTINCT s.uscc FROM records_statement s WHERE s.id >= %s AND s.id < %s AND s.uscc <> ''"
                f" AND {_UNREGISTERED}",
                list(evidence.row_range(event_id)),
            )
            found.update(row[0] for row in cursor.fetchall())
    return found


def told(codes: Sequence[str]) -> list[tuple[int, str, str]]:
    """(id of the first statement that tells it, code, name) for each name that statements give these codes."""
    if not codes:
        return []
    found: dict[tuple[str, str], tuple[int, str, str]] = {}
    for part in _statement_ids(codes):
        for statement_id, parts in sorted(records.statements(part).items()):
            item = law.item(code=parts.item, version=parts.item_version)
            name = records.decode(item, parts.public)[item.subject_name]
            found.setdefault((parts.uscc, key_of(name)), (statement_id, parts.uscc, name))
    return sorted(found.values())


def _statement_ids(codes: Sequence[str]) -> Iterator[list[int]]:
    ids: list[int] = []
    with connection.cursor() as cursor:
        for code in codes:
            cursor.execute(
                "SELECT id FROM records_statement WHERE uscc = %s ORDER BY id LIMIT %s", [code, TOLD]
            )
            ids.extend(row[0] for row in cursor.fetchall())
    for start in range(0, len(ids), 5_000):
        yield ids[start : start + 5_000]


def everyone(*, part: int) -> Iterator[list[str]]:
    """All codes there are, in parts: those of the register, then those only spoken of."""
    last = ""
    while codes := register.codes_after(last, limit=part):
        yield codes
        last = codes[-1]
    last = ""
    while codes := _strangers_after(last, part):
        yield codes
        last = codes[-1]


def _strangers_after(code: str, limit: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT s.uscc FROM records_statement s WHERE s.uscc > %s AND {_UNREGISTERED} ORDER BY s.uscc"
            " LIMIT %s",
            [code, limit],
        )
        return [row[0] for row in cursor.fetchall()]
