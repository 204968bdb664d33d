"""Which statements a hint follows from: all of them, not only the newest, which is the one its row names; and whether
any of them still counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from xinheng.checks import keeping
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication

PART = 500
Place = tuple[int, int]  # check, ordinal of the hint


def statements_of(checks: Iterable[int]) -> dict[Place, frozenset[int]]:
    """Of each hint of kind 应当 of these checks the statements it follows from."""
    wanted, found = sorted(set(checks)), {}
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, said FROM {keeping.TABLE} WHERE id IN ({marks})", part)
            rows = cursor.fetchall()
        for check, said in rows:
            for hint in keeping.unpack_said(said).get("hints", ()):
                found[(check, hint["ordinal"])] = frozenset(hint["entries"])
    return found


def resting(*, on: date, body: str | None = None) -> tuple[str, list[Any]]:
    """The condition on `checks_hint h` that something it follows from still counts on a day, with its parameters.

    A hint outlives its newest statement while an older one counts: those, which are few, are named by id. `body` narrows
    the search for them to the checks of a unit.
    """
    newest, params = _counts("h.statement_id", on)
    older = _on_older(newest, params, on, body)
    if not older:
        return newest, params
    return f"({newest} OR h.id IN ({', '.join(map(str, older))}))", params


def counting(*, statements: Iterable[int], on: date) -> set[int]:
    """Those of these statements that still count on a day, as they were or as corrected since."""
    wanted, found = sorted(set(statements)), set()
    counts, params = _counts("s.id", on)
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT s.id FROM records_statement s WHERE s.id IN ({marks}) AND {counts}", [*part, *params]
            )
            found |= {row[0] for row in cursor.fetchall()}
    return found


def _counts(column: str, on: date) -> tuple[str, list[Any]]:
    """That the gate shares a statement, or its corrected version, with the bodies on a day, and its days are not over."""
    gate, params = publication.visible_sql(audience="authority", on=on)
    then = evidence.then()
    return (
        f"EXISTS (SELECT 1 FROM records_statement x {then} records_statement y ON y.uscc = x.uscc AND y.key = x.key"
        f" {then} records_standing z ON z.statement_id = y.id AND z.closed_by IS NULL WHERE x.id = {column}"
        f" AND (z.show_until IS NULL OR z.show_until >= %s) AND EXISTS (SELECT 1 FROM ({gate}) g WHERE g.id = y.id))"
    ), [on, *params]


def _on_older(newest: str, params: list[Any], on: date, body: str | None) -> list[int]:
    """Open hints whose newest statement counts no more while another one does."""
    sql = (
        f"SELECT h.id, h.check_id, h.ordinal FROM checks_hint h {evidence.then()} checks_check c ON c.id = h.check_id"
        " WHERE h.strength = 'must' AND NOT EXISTS (SELECT 1 FROM checks_feedback f WHERE f.check_id = h.check_id"
        f" AND f.ordinal = h.ordinal) AND NOT {newest}{'' if body is None else ' AND c.body = %s'} ORDER BY h.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *([] if body is None else [body])])
        rows = cursor.fetchall()
    told = statements_of(row[1] for row in rows)
    several = {row[0]: told.get((row[1], row[2]), frozenset()) for row in rows}
    several = {id: entries for id, entries in several.items() if len(entries) > 1}
    left = counting(statements=(one for entries in several.values() for one in entries), on=on)
    return [id for id, entries in several.items() if entries & left]
