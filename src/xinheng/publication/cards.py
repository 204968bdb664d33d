"""Cards: all statements of one organisation with their standing and marks, packed, so that a check reads one page.

A card decides nothing: it holds what the gate's own tables hold, and the gate is asked of it at each reading. Whatever
changes an organisation's statements, standing or marks says so in the same transaction (`mark_due`); from then on its
card is not used until it has been made again. So an answer never rests on a card that is behind, also while nobody
makes cards.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection, transaction

from xinheng.evidence import service as evidence
from xinheng.publication.policy_visibility import STATES
from xinheng.records import service as records

_SEEN = frozenset(state for states in STATES.values() for state in states)
PART = 500
"""Cards written in one transaction: it holds the write lock for milliseconds."""
Cell = list[Any]
"""id, item, decided on, public, shared, class, shown from, shown until, repair from, state, rule, valid from, valid to,
corrected, marks (kind, field, since, until). Days are ISO text or None."""


def mark_due(event: evidence.OpenEvent, usccs: Sequence[str]) -> None:
    """Listener of `records`: inside the event, the cards of these organisations are out of date."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT OR IGNORE INTO publication_carddue (uscc, event) SELECT value, %s FROM json_each(%s)",
                [event.id, json.dumps(list(usccs))],
            )
        else:
            cursor.execute(
                "INSERT INTO publication_carddue (uscc, event) SELECT w, %s FROM unnest(%s::text[]) w ON CONFLICT DO NOTHING",
                [event.id, list(usccs)],
            )


def make_cards(*, most: int) -> int:
    """Makes up to `most` cards that are due; returns how many. Safe to run beside everything, also beside itself."""
    done = 0
    while done < most:
        due = _due(min(PART, most - done))
        if not due:
            break
        usccs = sorted({uscc for uscc, _ in due})
        cards = list(_bodies(usccs))
        with transaction.atomic():
            late = _touched_since(usccs, due)
            _store([one for one in usccs if one not in late], [card for card in cards if card[0] not in late])
            _settle(due)
        done += len(usccs)
    return done


def unpack(body: bytes) -> list[Cell]:
    """What a card holds, the oldest statement first."""
    cells: list[Cell] = orjson.loads(zlib.decompress(body))[1]
    return cells


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Cleaner of lawful erasure: no card holds what was erased, not even until it is made again."""
    usccs = sorted({parts.uscc for parts in erased if parts.uscc})
    with connection.cursor() as cursor:
        for start in range(0, len(usccs), PART):
            part = usccs[start : start + PART]
            cursor.execute(f"DELETE FROM publication_card WHERE uscc IN ({_marks(part)})", part)
        if connection.vendor != "sqlite":
            cursor.execute("VACUUM FULL publication_card")


def findings() -> Iterator[evidence.Finding]:
    """Cards in use that are not what the tables say. One that is missing is no finding: the tables answer then."""
    after = ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.uscc, c.at, c.body FROM publication_card c WHERE c.uscc > %s AND NOT EXISTS"
                " (SELECT 1 FROM publication_carddue d WHERE d.uscc = c.uscc) ORDER BY c.uscc LIMIT %s",
                [after, PART],
            )
            stored = {row[0]: (row[1], bytes(row[2])) for row in cursor.fetchall()}
        if not stored:
            break
        after = max(stored)
        fresh = {uscc: (at, body) for uscc, at, body in _bodies(sorted(stored))}
        for uscc, (at, body) in stored.items():
            position, should = fresh.get(uscc, (0, b""))
            told, cells = _opened(body)
            if told != at or at > position or cells != _opened(should)[1]:
                yield evidence.Finding("card", f"{uscc} 的汇总卡片与记录不符，将重新生成（xinheng nightly）")


def _opened(body: bytes) -> tuple[object, object]:
    try:
        at, cells = orjson.loads(zlib.decompress(body))
    except (ValueError, zlib.error):
        return None, body
    return at, cells


def _due(most: int) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc, event FROM publication_carddue ORDER BY uscc, event LIMIT %s", [most])
        return cursor.fetchall()  # type: ignore[no-any-return]


def _bodies(usccs: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
    """Code, position and body for each of these that has statements: of one moment, which is the position's."""
    rows = evidence.quick_rows(
        _SQL[connection.vendor], [json.dumps(usccs) if connection.vendor == "sqlite" else list(usccs)]
    )
    rows.sort(key=itemgetter(1, 2))
    for uscc, of in groupby(rows, key=itemgetter(1)):
        every = list(of)
        oldest: dict[int, int] = {}
        for row in every:
            oldest.setdefault(row[3], row[2])
        cells: list[Cell] = []
        for id, same in groupby(every, key=itemgetter(2)):
            own = list(same)
            first = own[0]
            if first[12] not in _SEEN:
                continue
            marks = sorted(
                [kind, field, _day(since), _day(until)] for *_, kind, field, since, until in own if kind
            )
            cells.append(
                [id, first[4], _day(first[5]), bytes(first[6]).decode(), bytes(first[7]).decode(), first[8],
                 *map(_day, first[9:12]), *first[12:14], _day(first[14]), _day(first[15]), oldest[first[3]] < id, marks]
            )  # fmt: skip
        if cells:
            yield uscc, every[0][0], zlib.compress(orjson.dumps([every[0][0], cells]), 1)


def _statement(source: str, bare: str) -> str:
    """Every statement of some organisations; `bare`: an expression has no declared type, so days stay text on SQLite."""
    return (
        "SELECT (SELECT size FROM evidence_head WHERE id = 1), s.uscc, s.id, s.key, s.item, "
        f"{bare}s.decided_on, s.public, s.shared, t.severity, {bare}t.show_from, {bare}t.show_until,"
        f" {bare}t.repair_from, t.state, t.rule, {bare}t.valid_from, {bare}t.valid_to, m.kind, m.field, {bare}m.since, {bare}m.until"
        f" FROM {source} JOIN records_statement s ON s.uscc = w.code"
        " LEFT JOIN records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL"
        " LEFT JOIN records_mark m ON m.statement_id = s.id AND m.closed_by IS NULL"
    )


_SQL = {
    "sqlite": _statement("(SELECT value AS code FROM json_each(%s)) w", "+"),
    "postgresql": _statement("(SELECT u AS code FROM unnest(%s::text[]) u) w", ""),
}


def _day(value: Any) -> str | None:
    return None if value is None else str(value)


def _store(usccs: Sequence[str], cards: Sequence[tuple[str, int, bytes]]) -> None:
    gone = sorted(set(usccs) - {uscc for uscc, _, _ in cards})
    with connection.cursor() as cursor:
        # One made meanwhile at a later position is newer
        cursor.executemany(
            "INSERT INTO publication_card (uscc, at, body) VALUES (%s, %s, %s) ON CONFLICT (uscc) DO UPDATE"
            " SET at = excluded.at, body = excluded.body WHERE excluded.at >= publication_card.at",
            list(cards),
        )
        if gone:
            cursor.execute(f"DELETE FROM publication_card WHERE uscc IN ({_marks(gone)})", gone)


def _touched_since(usccs: Sequence[str], due: Sequence[tuple[str, int]]) -> set[str]:
    """Whom an act touched after the tables were read: a card of before it could hold what was erased by it."""
    seen = set(due)
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            # An act locks the head last: it has ended, and is seen below, or it clears after this has ended
            cursor.execute("SELECT size FROM evidence_head WHERE id = 1 FOR SHARE")
        cursor.execute(
            f"SELECT uscc, event FROM publication_carddue WHERE uscc IN ({_marks(usccs)})", list(usccs)
        )
        return {row[0] for row in cursor.fetchall() if row not in seen}


def _settle(due: Sequence[tuple[str, int]]) -> None:
    """Takes back only what was seen before the tables were read: what came since stays due."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("DELETE FROM publication_carddue WHERE uscc = %s AND event = %s", due)
        else:
            cursor.execute(
                "DELETE FROM publication_carddue d USING unnest(%s::text[], %s::bigint[]) w(uscc, event)"
                " WHERE d.uscc = w.uscc AND d.event = w.event",
                [list(column) for column in zip(*due, strict=True)],
            )


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
