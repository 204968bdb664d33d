"""Where entries of lists are found, kept up to date from the ledger. Safe to repeat, and rebuilt to equality.

One row stands for one decision, under its newest version: a row that is sent again with a day of removal is the same
entry, which has left. How it left follows from the statement and from the entry of the ledger that changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.lists import kinds
from xinheng.lists.types import Exit
from xinheng.records import service as records

KINDS = ("records.", "intake.", "linkage.", "cases.")
TABLE = "lists_entry"
COLUMNS = (
    "id", "item", "kind", "uscc", "authority", "listed_on", "shown_until", "ends_on", "early_on", "state", "exit",
    "left_on", "own_case",
)  # fmt: skip
PART = 2_000
ONE_DAY = timedelta(days=1)
WORDS: tuple[tuple[str, Exit], ...] = (
    ("撤销", "revocation"), ("更正", "correction"), ("列入有误", "correction"), ("届满", "expiry"), ("期满", "expiry"),
)  # fmt: skip
OWN_EXITS: Mapping[str, Exit] = {"remove": "removal", "correct": "correction", "revoke": "revocation"}


@dataclass(frozen=True, slots=True)
class _Changed:
    """The entry of the ledger that gave a statement its standing: its day, and what it was."""

    on: date
    kind: str
    case_kind: str
    act: str


def follow(news: Sequence[evidence.Entry], at: datetime) -> None:
    """Follower of the ledger: looks again at every statement whose standing was written."""
    refresh([entry.id for entry in news if entry.body["detail"].get("standing_rows")])


def refresh(event_ids: Sequence[int]) -> None:
    """Puts what these events touched where it belongs now."""
    if not event_ids:
        return
    put(records.stand_now(event_ids, items=kinds.items(law.active()))["id"].to_list())


def put(ids: Sequence[int]) -> None:
    """Makes the rows of these statements, and of older versions of the same decisions, what they should be."""
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        rows = rows_of(part)
        _remove([*part, *_others(rows)])
        evidence.insert_rows(TABLE, COLUMNS, [[*map(evidence.plain, row)] for row in rows])


def rebuild() -> int:
    """Empties the table and fills it from all statements there are; returns how many entries there are."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")
        for part in _all_ids():
            evidence.insert_rows(TABLE, COLUMNS, [[*map(evidence.plain, row)] for row in rows_of(part)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {TABLE}")
        return int(cursor.fetchone()[0])


def faults() -> Iterator[str]:
    """What differs between the table and what it is made from, entry by entry. Silent while the follower is behind."""
    if evidence.lag().get("lists"):
        return
    should = {_text(row) for part in _all_ids() for row in rows_of(part)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE}")
        are = {_text(row) for row in cursor.fetchall()}
    yield from (f"名单条目 {row[0]} 与来源不符" for row in sorted(should ^ are))


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Cleaner of lawful erasure: nothing of an erased entry stays."""
    _remove([parts.id for parts in erased])


# ---- how an entry stands


def rows_of(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows that statements should have: none for one that a newer version stands for, or that was erased."""
    newest = set(records.newest_versions(ids).values())
    stored = {id_: parts for id_, parts in records.statements(sorted(newest)).items() if parts.public}
    standing = {
        row["statement_id"]: row for row in records.open_standing(sorted(stored)).iter_rows(named=True)
    }
    changed = _changes([row["id"] for row in standing.values()])
    pack = law.active()
    wanted = set(kinds.items(pack))
    return [
        _row(pack, parts, standing[id_], changed[evidence.event_of(standing[id_]["id"])])
        for id_, parts in sorted(stored.items())
        if id_ in standing and parts.item in wanted and parts.decided_on is not None
    ]  # fmt: skip


def _row(
    pack: law.Pack, parts: records.Parts, standing: Mapping[str, Any], changed: _Changed
) -> tuple[Any, ...]:
    item = records.item_of(parts.item, parts.item_version)
    values = records.decode(item, parts.public)
    kind = kinds.kind_of(pack, item, values)
    listed_on = parts.decided_on
    assert listed_on is not None
    stay = kinds.stay_end(kind, listed_on) if kind is not None else None
    left = _day(values.get(item.card.exit_on, ""))
    state, exit_, left_on = _left(standing, changed, left, values.get(item.card.exit_why, ""), stay)
    batch, row, _ = parts.source
    return (
        parts.id, parts.item, kind.code if kind else "", parts.uscc, parts.authority, listed_on,
        standing["show_until"], standing["show_until"] or stay, standing["repair_from"], state, exit_, left_on,
        batch if row == 0 else "",
    )  # fmt: skip


def _left(
    standing: Mapping[str, Any], changed: _Changed, left: date | None, why: str, stay: date | None
) -> tuple[str, Exit, date | None]:
    """How an entry stands, and how and when it left."""
    state = standing["state"]
    if state == "held":
        if left is not None:
            return ("held" if standing["show_from"] else "left"), _why(why), left
        if standing["show_from"] is not None:
            return "held", "", None
        return ("left", "expiry", stay + ONE_DAY) if stay else ("hidden", "", None)
    if state == "suppressed":
        return "resting", "", None
    if changed.case_kind == "listing":
        return "left", OWN_EXITS.get(changed.act, "removal"), changed.on
    if state == "repaired":
        return "left", "removal", changed.on
    # Superseded by nothing of the same decision: what tells it apart was corrected
    wrong = state == "superseded" or changed.case_kind == "objection" or changed.kind.startswith("linkage.")
    return "left", "correction" if wrong else "revocation", changed.on


def _why(text: str) -> Exit:
    """How an entry left, by the reason its source gives; a removal where it says nothing else."""
    return next((exit_ for word, exit_ in WORDS if word in text), "removal")


def _changes(standing_ids: Iterable[int]) -> dict[int, _Changed]:
    found = {}
    ids = sorted({evidence.event_of(one) for one in standing_ids})
    spans = evidence.spans(ids)
    for id_ in ids:
        entry = evidence.entry_of(id_)
        detail = entry.body["detail"]
        found[id_] = _Changed(
            evidence.legal_day(spans[id_][2]),
            entry.kind,
            str(detail.get("kind", "")),
            str(detail.get("act", "")),
        )
    return found


# ---- the table


def _others(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Statements that are older versions of these decisions."""
    return sorted(records.older_versions([row[0] for row in rows]))


def _all_ids() -> Iterator[list[int]]:
    """Every statement on a list, some at a time."""
    items = kinds.items(law.active())
    marks = ", ".join(["%s"] * len(items))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM records_statement WHERE item IN ({marks}) ORDER BY id", list(items))
        ids = [row[0] for row in cursor.fetchall()]
    # A decision may have versions in several parts: its newest alone is asked about
    newest = sorted({one for part in _parts(ids) for one in records.newest_versions(part).values()})
    yield from _parts(newest)


def _parts(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), PART):
        yield list(ids[start : start + PART])


def _remove(ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for part in _parts(sorted(set(ids))):
            cursor.execute(f"DELETE FROM {TABLE} WHERE id IN ({', '.join(str(int(one)) for one in part)})")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)
