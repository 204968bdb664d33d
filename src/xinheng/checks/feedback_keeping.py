"""How feedback gets into its tables: one ledger event for each act, the rows bound by digest, words that can be erased.

`reason` and `document` are bound by a salted digest of their own, so that a lawful erasure can empty them and the rest of
the row still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from xinheng.checks.hint_entries import statements_of
from xinheng.evidence import service as evidence
from xinheng.records import service as records

ANSWERED, PUBLISHED, WITHDRAWN, CLEARED = (
    "checks.feedback", "checks.result-published", "checks.result-withdrawn", "checks.feedback-cleared",
)  # fmt: skip
FEEDBACK = (
    "id", "check_id", "ordinal", "version", "outcome", "reason", "document", "body", "answered_on", "actor", "salt",
)  # fmt: skip
RESULT = ("id", "feedback_id", "state", "reason", "done_on", "actor")
BOUND = {"checks_feedback": FEEDBACK, "checks_result": RESULT}
WORDS = ("reason", "document", "salt")
_PLAIN = {"checks_feedback": tuple(name for name in FEEDBACK if name not in WORDS), "checks_result": RESULT}
PART = 500


def write(event: evidence.OpenEvent, table: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Writes rows (without their ids) inside `event`, bound in one piece; returns their ids. One table for each event."""
    event.count(len(rows))
    made = [(event.row_id(place), *map(evidence.plain, row)) for place, row in enumerate(rows)]
    evidence.insert_rows(table, BOUND[table], made)
    event.detail["table"] = table
    event.detail["rows"] = len(made)
    event.detail["digest"] = evidence.rows_digest(_bound(table, row) for row in made)
    words = _words_of(table, made)
    if words:
        event.detail["words"] = words
    return [row[0] for row in made]


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Lawful erasure: empties what was written about hints that follow from these statements."""
    ids = _about(erased)
    if not ids:
        return
    told = evidence.Act(
        kind=CLEARED, actor=act.actor, at=act.at, provision=act.provision, purpose=act.purpose
    )
    with evidence.event(told) as event:
        event.detail["cleared"] = ids
        event.count(len(ids))
        with connection.cursor() as cursor:
            for part in _parts(ids):
                cursor.execute(
                    f"UPDATE checks_feedback SET reason = '', document = '', salt = '' WHERE id IN ({_marks(part)})",
                    part,
                )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM FULL checks_feedback")


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, and rows only one of the two knows."""
    told: dict[str, dict[int, tuple[int, str]]] = {table: {} for table in BOUND}
    words: dict[int, str] = {}
    cleared: set[int] = set()
    for entry in evidence.events(kinds=(ANSWERED, PUBLISHED, WITHDRAWN, CLEARED)):
        detail = entry.body["detail"]
        if "table" in detail:
            told[detail["table"]][entry.id] = (detail["rows"], detail["digest"])
            for place, digest in enumerate(detail.get("words", ())):
                words[entry.first_row + place] = digest
        cleared |= set(detail.get("cleared", ()))
    for table, columns in _PLAIN.items():
        yield from evidence.unbound(table, columns, told[table], code="feedback-row")
    for event, rows in evidence.rows_by_event("checks_feedback", FEEDBACK):
        if event in told["checks_feedback"]:
            yield from _said(rows, words, cleared)


def _said(
    rows: Sequence[tuple[Any, ...]], words: dict[int, str], cleared: set[int]
) -> Iterator[evidence.Finding]:
    for row in rows:
        if row[0] in cleared:
            if any(row[FEEDBACK.index(name)] for name in WORDS):
                yield evidence.Finding("feedback-words", f"反馈 {row[0]} 的文字应已依法删除，仍在表中")
        elif _words(row) != words.get(row[0]):
            yield evidence.Finding("feedback-words", f"反馈 {row[0]} 的文字与账本不符")


def _bound(table: str, row: Sequence[Any]) -> tuple[Any, ...]:
    """The cells bound for ever: all but the words that may be erased."""
    return tuple(cell for name, cell in zip(BOUND[table], row, strict=True) if name in _PLAIN[table])


def _words_of(table: str, rows: Sequence[Sequence[Any]]) -> list[str]:
    return [_words(row) for row in rows] if table == "checks_feedback" else []


def _words(row: Sequence[Any]) -> str:
    said = [row[FEEDBACK.index(name)] for name in WORDS]
    return hashlib.sha256("\x1f".join([str(row[0]), *said]).encode()).hexdigest()


def _about(erased: Sequence[records.Parts]) -> list[int]:
    """Feedback on hints that follow from these statements, be it from others besides."""
    gone = {one.id for one in erased}
    rows: list[tuple[int, int, int]] = []
    for part in _parts(sorted({one.uscc for one in erased})):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT f.id, f.check_id, f.ordinal FROM checks_check c JOIN checks_feedback f ON f.check_id = c.id"
                f" WHERE c.scope = 'shared' AND c.uscc IN ({_marks(part)})",
                part,
            )
            rows += cursor.fetchall()
    entries = statements_of(check for _id, check, _ordinal in rows)
    return sorted(id for id, check, ordinal in rows if entries.get((check, ordinal), frozenset()) & gone)


def _parts(values: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), PART):
        yield list(values[start : start + PART])


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
