"""What is said beside a standing and changes nothing of it: that it is disputed, and since when.

Marks stand on both axes: valid from `since` until the day `until` (the first one without it), known from the event in
the id to `closed_by`. Rows are closed, never overwritten. The entry that writes them tells them whole, so the table
follows from the ledger alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.records.reading import as_date
from xinheng.records.touching import touched_statements

TABLE = "records_mark"
COLUMNS = ["id", "statement_id", "kind", "field", "since", "until", "matter", "closed_by"]
DISPUTED, FALSE_MATERIAL, SUPPRESSED, CORRECTED = "disputed", "false-material", "suppressed", "corrected"
# They speak of the decision, so a newer version of its text bears them as well
OF_THE_DECISION = (DISPUTED, FALSE_MATERIAL, CORRECTED)
_CHUNK = 5_000
# What a row says: kind, field, since, until, case
Said = tuple[str, str, str, str | None, str]
Row = tuple[int, int, str, str, str, str | None, str, int | None]


@dataclass(frozen=True)
class Mark:
    """One mark as it stood: of which kind, on which field ("" for the whole row), since when, from which case."""

    kind: str
    field: str
    since: date
    case: str


def mark(
    *,
    event: evidence.OpenEvent,
    statement_ids: Sequence[int],
    kind: str,
    since: date,
    case: str,
    field: str = "",
) -> int:
    """Marks these statements from `since` on, inside `event`; returns how many were not marked so already.

    Kinds used so far: disputed, false-material, suppressed, corrected. `field` is a field code of the item, or "" for
    the whole row. A statement may bear several marks of a kind, from several cases.
    """
    same = {
        row[1]
        for row in _open(statement_ids)
        if (row[2], row[3], row[6]) == (kind, field, case) and not row[5]
    }
    new = sorted(set(statement_ids) - same)
    _write(event, [(statement_id, (kind, field, since.isoformat(), None, case)) for statement_id in new])
    return len(new)


def unmark(
    *, event: evidence.OpenEvent, statement_ids: Sequence[int], kind: str, case: str, until: date
) -> int:
    """Ends the marks of a kind that a case put on these decisions: `until` is the first day without them.

    Versions of the same decision lose them together, whichever of them is named. What was marked before that day stays
    known. Returns how many marks ended; none is no error.
    """
    ends = [
        row for row in _open(_versions(statement_ids)) if (row[2], row[6]) == (kind, case) and row[5] is None
    ]
    _close(event, [row[0] for row in ends])
    _write(event, [(row[1], (kind, row[3], row[4], until.isoformat(), case)) for row in ends])
    return len(ends)


def inherit(*, event: evidence.OpenEvent, statement_ids: Sequence[int]) -> None:
    """Newer versions written in `event` bear the marks of the decisions whose earlier versions are given here.

    They are few beside the rows of the event and are not counted against it: a file whose every row was disputed must
    still be taken in.
    """
    if not statement_ids or not _any_open():
        return
    left = [row for row in _open(statement_ids) if row[2] in OF_THE_DECISION and row[5] is None]
    if not left:
        return
    heirs = _heirs(event, [row[1] for row in left])
    _write(
        event,
        [(heirs[row[1]], (row[2], row[3], row[4], None, row[6])) for row in left if row[1] in heirs],
        counted=False,
    )


def marks(
    statement_ids: Sequence[int], *, on: date, known_at: int | None = None
) -> dict[int, tuple[Mark, ...]]:
    """The marks these statements bear on a day, by statement, as known now or at a ledger position."""
    return beside(statement_ids, on=on, known_at=known_at)[0]


def beside(
    statement_ids: Sequence[int], *, on: date, known_at: int | None = None
) -> tuple[dict[int, tuple[Mark, ...]], set[int]]:
    """The marks these statements bear on a day, and which of them are newer versions of a decision: in one question."""
    known = ["closed_by IS NULL"]
    if known_at is not None:
        events = evidence.known_events_sql(known_at)
        known = [f"(id >> 15) IN {events}", f"(closed_by IS NULL OR closed_by NOT IN {events})"]
    found: dict[int, list[Mark]] = {}
    newer: set[int] = set()
    for start in range(0, len(statement_ids), _CHUNK):
        wanted = ", ".join(str(int(value)) for value in statement_ids[start : start + _CHUNK])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT statement_id, kind, field, since, matter, id FROM {TABLE} WHERE statement_id IN ({wanted})"
                f" AND {' AND '.join(known)} AND since <= %s AND (until IS NULL OR until > %s)"
                " UNION ALL SELECT DISTINCT s.id, '', '', CAST(NULL AS date), '', 0 FROM records_statement s"
                " JOIN records_statement o ON o.uscc = s.uscc AND o.key = s.key AND o.id < s.id"
                f" WHERE s.id IN ({wanted}) ORDER BY 1, 4, 6",
                [on, on],
            )
            for statement_id, kind, field, since, case, _id in cursor.fetchall():
                day = as_date(since)
                if day is None:
                    newer.add(statement_id)
                else:
                    found.setdefault(statement_id, []).append(Mark(kind, field, day, case))
    return {statement_id: tuple(of) for statement_id, of in found.items()}, newer


def rebuilt(entries: Iterable[evidence.Entry]) -> dict[int, Row]:
    """Every row the table must have, by id, from the ledger alone."""
    table: dict[int, Row] = {}
    for entry in entries:
        told = entry.body["detail"].get("marks")
        if not told:
            continue
        for row_id in told["closed"]:
            if row_id in table:
                table[row_id] = (*table[row_id][:7], entry.id)
        row_id = entry.first_row
        for block in told["set"]:
            kind, field, since, until, case = block["said"]
            for statement_id in block["of"]:
                table[row_id] = (row_id, statement_id, kind, field, since, until, case, None)
                row_id += 1
    return table


def findings(entries: Iterable[evidence.Entry]) -> Iterator[evidence.Finding]:
    """Marks that are not what the ledger tells, in any column, missing or added."""
    expected = rebuilt(entries)
    stored = {row[0]: row for row in _rows(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} ORDER BY id")}
    for row_id in sorted(set(expected) | set(stored)):
        if expected.get(row_id) != stored.get(row_id):
            yield evidence.Finding("mark", f"标注 {row_id} 与账本所记不符")


def _write(event: evidence.OpenEvent, rows: Sequence[tuple[int, Said]], *, counted: bool = True) -> None:
    if not rows:
        return
    if counted:
        event.count(len(rows))
    told = _told(event)
    place = sum(len(block["of"]) for block in told["set"])
    made: list[Row] = []
    for said, group in groupby(rows, key=itemgetter(1)):
        of = [statement_id for statement_id, _ in group]
        told["set"].append({"of": of, "said": list(said)})
        for statement_id in of:
            made.append((event.row_id(place), statement_id, *said, None))
            place += 1
    evidence.insert_rows(TABLE, COLUMNS, made)
    touched_statements(event, [statement_id for statement_id, _ in rows])


def _close(event: evidence.OpenEvent, row_ids: Sequence[int]) -> None:
    if not row_ids:
        return
    with connection.cursor() as cursor:
        for start in range(0, len(row_ids), _CHUNK):
            wanted = ", ".join(str(int(value)) for value in row_ids[start : start + _CHUNK])
            cursor.execute(f"UPDATE {TABLE} SET closed_by = %s WHERE id IN ({wanted})", [event.id])
    _told(event)["closed"].extend(row_ids)


def _told(event: evidence.OpenEvent) -> dict[str, list]:  # type: ignore[type-arg]
    told: dict[str, list] = event.detail.setdefault("marks", {"closed": [], "set": []})  # type: ignore[type-arg]
    return told


def _open(statement_ids: Iterable[int]) -> list[Row]:
    ids = sorted(set(statement_ids))
    found: list[Row] = []
    for start in range(0, len(ids), _CHUNK):
        wanted = ", ".join(str(int(value)) for value in ids[start : start + _CHUNK])
        found += _rows(
            f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE closed_by IS NULL AND statement_id IN ({wanted})"
            " ORDER BY id"
        )
    return found


def _any_open() -> bool:
    return bool(_rows(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE closed_by IS NULL LIMIT 1"))


def _rows(sql: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [
            (*row[:4], str(row[4]), None if row[5] is None else str(row[5]), *row[6:])
            for row in cursor.fetchall()
        ]


def _versions(statement_ids: Sequence[int]) -> list[int]:
    """These statements and the other versions of the same decisions."""
    found = {int(value) for value in statement_ids}
    if not found:
        return []
    wanted = ", ".join(str(value) for value in sorted(found))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT b.id FROM records_statement a JOIN records_statement b"
            f" ON b.uscc = a.uscc AND b.key = a.key WHERE a.uscc <> '' AND a.id IN ({wanted})"
        )
        found |= {row[0] for row in cursor.fetchall()}
    return sorted(found)


def _heirs(event: evidence.OpenEvent, statement_ids: Sequence[int]) -> dict[int, int]:
    """Earlier version → the version of the same decision that `event` wrote."""
    first, after = evidence.row_range(event.id)
    wanted = ", ".join(str(int(value)) for value in statement_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id FROM records_statement a JOIN records_statement b"
            f" ON b.uscc = a.uscc AND b.key = a.key AND b.id >= %s AND b.id < %s WHERE a.id IN ({wanted})",
            [first, after],
        )
        return dict(cursor.fetchall())
