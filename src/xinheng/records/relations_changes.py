"""Relations for followers: what changed in some entries of the ledger, and how subjects stand that were touched.

All of them answer for sets, read by the ids of rows (which carry their entry) and are bounded by what was written, never by
how much is on file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.records.reading import as_date

# States in which an entry is no longer held for use; `suppressed` is temporary
ENDED = ("superseded", "annulled", "erased", "repaired", "suppressed")
_CHUNK = 500


@dataclass(frozen=True)
class Ended:
    """A statement that left use in one entry of the ledger: its new standing, and how it was shown before."""

    standing_id: int
    statement_id: int
    state: str
    before: str
    shown_from: date | None
    shown_until: date | None


@dataclass(frozen=True)
class MarkSpell:
    """One row of a mark as it stands now, with the position at which it became known."""

    statement_id: int
    kind: str
    field: str
    case: str
    since: date
    until: date | None
    first_leaf: int


def ended(event_id: int) -> list[Ended]:
    """Statements whose standing this entry changed to one out of use, in the order written."""
    first, after = evidence.row_range(event_id)
    states = ", ".join(f"'{state}'" for state in ENDED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w.id, w.statement_id, w.state, o.state, o.show_from, o.show_until FROM records_standing w"
            f" {evidence.then()} records_standing o ON o.statement_id = w.statement_id AND o.closed_by = %s AND o.id < w.id"
            f" WHERE w.id >= %s AND w.id < %s AND w.state IN ({states}) ORDER BY w.id",
            [event_id, first, after],
        )
        return [
            Ended(row[0], row[1], row[2], row[3], as_date(row[4]), as_date(row[5]))
            for row in cursor.fetchall()
        ]


def touched(event_ids: Sequence[int]) -> set[str]:
    """Subjects of whom something was written, changed or marked in these entries (erased ones have no subject left)."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for event_id in event_ids:
            for table in ("records_standing", "records_mark"):
                cursor.execute(
                    f"SELECT DISTINCT s.uscc FROM {table} w {evidence.then()} records_statement s"
                    " ON s.id = w.statement_id WHERE w.id >= %s AND w.id < %s",
                    list(evidence.row_range(event_id)),
                )
                found |= {row[0] for row in cursor.fetchall()}
    return found - {""}


def last_changed(usccs: Sequence[str]) -> dict[str, int]:
    """For each of these subjects with anything on file: the first leaf of the last entry that changed how it stands."""
    found: dict[str, int] = {}
    for uscc, leaf in _of_subjects(
        usccs,
        "SELECT s.uscc, MAX(e.first_leaf) FROM records_statement s"
        f" {evidence.then()} records_standing t ON t.statement_id = s.id"
        f" {evidence.then()} evidence_event e ON e.id = (t.id >> 15) WHERE s.uscc IN (%s) GROUP BY s.uscc",
    ):
        found[str(uscc)] = int(str(leaf))
    return found


def last_days(usccs: Sequence[str]) -> dict[str, list[date]]:
    """For each of these subjects: the last days on which what is held of it is shown, earliest first."""
    found: dict[str, list[date]] = {}
    for uscc, day in _of_subjects(
        usccs,
        "SELECT DISTINCT s.uscc, t.show_until FROM records_statement s"
        f" {evidence.then()} records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL AND t.state = 'held'"
        " WHERE s.uscc IN (%s) AND t.show_until IS NOT NULL ORDER BY 1, 2",
    ):
        last = as_date(day)
        assert last is not None
        found.setdefault(str(uscc), []).append(last)
    return found


def mark_spells(usccs: Sequence[str]) -> dict[str, list[MarkSpell]]:
    """For each of these subjects with a mark: every mark as known now, in force or ended, in the order written."""
    found: dict[str, list[MarkSpell]] = {}
    for row in _of_subjects(
        usccs,
        "SELECT s.uscc, m.statement_id, m.kind, m.field, m.matter, m.since, m.until, e.first_leaf FROM records_mark m"
        " JOIN records_statement s ON s.id = m.statement_id JOIN evidence_event e ON e.id = (m.id >> 15)"
        " WHERE s.uscc IN (%s) ORDER BY m.id",
    ):
        uscc, statement, kind, field, case, since, until, leaf = row
        start = as_date(since)
        assert start is not None
        found.setdefault(str(uscc), []).append(
            MarkSpell(
                int(str(statement)), str(kind), str(field), str(case), start, as_date(until), int(str(leaf))
            )
        )
    return found


def _of_subjects(usccs: Sequence[str], sql: str) -> Iterator[tuple[object, ...]]:
    with connection.cursor() as cursor:
        for start in range(0, len(usccs), _CHUNK):
            part = list(usccs[start : start + _CHUNK])
            cursor.execute(sql % ", ".join(["%s"] * len(part)), part)
            yield from cursor.fetchall()
