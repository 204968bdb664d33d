"""Sealing: what was kept since the last time is bound by one ledger entry a batch; proofs, and what verification finds.

An entry `checks.sealed` binds ranges of numbers. Each range lies in one block, and holds every number of it that was
committed: numbers of a block are committed in order (`numbers`). A range is the root of a Merkle tree over its rows, so
one check is proved without showing another.
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection

from xinheng.checks import keeping, numbers
from xinheng.checks.errors import CheckUnknown, NotSealedYet
from xinheng.checks.keeping import Row
from xinheng.evidence import service as evidence
from xinheng.kernel import merkle
from xinheng.law import service as law
from xinheng.records import service as records

SEALED, RELEASED = "checks.sealed", "checks.released"
MOST = 2_000
"""Checks sealed by one entry: reading and hashing happen before its transaction, so it holds the write lock for milliseconds."""
SEAL_COLUMNS = ("id", "block", "first", "last", "count", "root")
RELEASE_COLUMNS = ("id", "check_id", "on")
GRACE = timedelta(days=2)
_CLOSE = 20_000


class _Moved(Exception):
    """Another process sealed the same checks meanwhile."""


def seal(*, at: datetime) -> int:
    """See the door."""
    done = 0
    while ranges := _open_ranges(MOST):
        try:
            done += _seal(ranges, at)
        except _Moved:
            continue
    return done


def _open_ranges(most: int) -> list[tuple[int, int, int, list[Row], list[bytes]]]:
    """What is not sealed yet, `most` checks of it: block, sealed so far, last, rows, their leaves."""
    with connection.cursor() as cursor:
        # The newest number of each block that has room: one step into the index of numbers for each
        cursor.execute(
            "SELECT b.first, b.sealed, (SELECT MAX(c.id) FROM checks_check c WHERE c.id > b.sealed"
            " AND c.id < b.first + b.size) FROM checks_block b WHERE b.sealed < b.first + b.size - 1 ORDER BY b.first"
        )
        blocks = [row for row in cursor.fetchall() if row[2] is not None]
    found = []
    for first, sealed, last in blocks:
        rows = keeping.rows("id > %s AND id <= %s", [sealed, last], limit=most)
        if not rows:
            continue
        last = rows[-1].id
        hints = keeping.hints_between(rows[0].id, last)
        found.append(
            (first, sealed, last, rows, [keeping.leaf_of(row, hints.get(row.id, ())) for row in rows])
        )
        most -= len(rows)
        if most <= 0:
            break
    return found


def _seal(ranges: Sequence[tuple[int, int, int, list[Row], list[bytes]]], at: datetime) -> int:
    pack = law.active()
    count = sum(len(rows) for _, _, _, rows, _ in ranges)
    at = max(at, *(evidence.instant_of(rows[-1].at) for _, _, _, rows, _ in ranges))
    detail: dict[str, Any] = {"checks": count}
    # After an upgrade the pack a check was answered by may stand in no other entry
    if packs := sorted({row.pack for _, _, _, rows, _ in ranges for row in rows} - {pack.digest, ""}):
        detail["packs"] = packs
    act = evidence.Act(kind=SEALED, actor="platform", at=at, pack=pack.digest, detail=detail)
    with evidence.event(act) as event:
        law.remember(pack)
        event.count(len(ranges))
        made = []
        with connection.cursor() as cursor:
            for first, sealed, last, rows, leaves in ranges:
                cursor.execute(
                    "UPDATE checks_block SET sealed = %s WHERE first = %s AND sealed = %s",
                    [last, first, sealed],
                )
                if cursor.rowcount != 1:
                    raise _Moved
                root = merkle.root(leaves).hex()
                made.append((first, sealed + 1, last, len(rows), root))
        evidence.write_bound(event, "checks_seal", SEAL_COLUMNS, made)
        # Told as they are, so that a proof needs no other row
        event.detail["roots"] = [[first, last, n, root] for _, first, last, n, root in made]
    return count


def packs_waiting() -> set[str]:
    """Packs that checks not sealed yet were answered by: their entry will name them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.pack FROM checks_block b JOIN checks_check c ON c.id > b.sealed AND c.id >= b.first"
            " AND c.id < b.first + b.size"
        )
        return {row[0] for row in cursor.fetchall()}


def sealed_in(ids: Sequence[int]) -> dict[int, int]:
    """Check → the id of the seal row that binds it; absent where it is not sealed yet."""
    found = {}
    if len(ids) > 1 and max(ids) - min(ids) < _CLOSE:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT first, last, id FROM checks_seal WHERE first <= %s AND last >= %s ORDER BY first",
                [max(ids), min(ids)],
            )
            seals = cursor.fetchall()
        for id in ids:
            place = bisect_right(seals, id, key=lambda one: one[0]) - 1
            if place >= 0 and id <= seals[place][1]:
                found[id] = seals[place][2]
        return found
    # Far apart there may be thousands of seals between them: each is looked for by itself
    with connection.cursor() as cursor:
        for id in ids:
            cursor.execute(
                "SELECT id, last FROM checks_seal WHERE first <= %s ORDER BY first DESC LIMIT 1", [id]
            )
            row = cursor.fetchone()
            if row is not None and id <= row[1]:
                found[id] = row[0]
    return found


def proof(*, number: str) -> dict[str, Any]:
    """See the door."""
    id = numbers.id_of(number)
    row = next(iter(keeping.rows("id = %s", [id])), None)
    if row is None:
        raise CheckUnknown(f"没有编号为 {number} 的核查。请核对编号。")
    seal_id = sealed_in([id]).get(id)
    if seal_id is None:
        raise NotSealedYet(f"核查 {number} 刚刚写下，还没有封存进账本。请过几秒再试。")
    _, _, first, last, count, root = _seals("id = %s", [seal_id])[0]
    rows = keeping.rows("id >= %s AND id <= %s", [first, last])
    hints = keeping.hints_between(first, last)
    leaves = [keeping.leaf_of(one, hints.get(one.id, ())) for one in rows]
    index = next(place for place, one in enumerate(rows) if one.id == id)
    entry = evidence.entry_of(evidence.event_of(seal_id))
    size = evidence.published_size()
    salt, body = evidence.opening(entry.id)
    told: dict[str, Any] = {
        "number": number, "digest": row.digest.hex(), "leaf_data": _b64(keeping.leaf_data(row, hints.get(id, ()))),
        "index": index, "count": count, "path": [_b64(node) for node in merkle.inclusion_proof(leaves, index)],
        "root": root, "event": entry.id, "event_leaf": entry.first_leaf + entry.leaves,
        "position": entry.position, "sealed_at": entry.at.isoformat(), "event_salt": _b64(salt), "event_body": _b64(body),
        "leaf": _b64(entry.leaf), "checkpoint": "", "ledger_path": [],
    }  # fmt: skip
    if size >= entry.position:
        told["checkpoint"] = evidence.checkpoint()
        told["ledger_path"] = [
            _b64(node) for node in evidence.inclusion(entry.first_leaf + entry.leaves, size)
        ]
    return told


def release(*, number: str, row: Row, actor: str, at: datetime) -> None:
    """Writes that a deferred check is shown from the day of `at` on; once."""
    act = evidence.Act(kind=RELEASED, actor=actor, at=at, detail={"check": row.id})
    with evidence.event(act) as event:
        evidence.lock(f"checks.{row.id}")
        if released([row.id]):
            raise _Moved
        evidence.write_bound(event, "checks_release", RELEASE_COLUMNS, [(row.id, evidence.legal_day(at))])


def released(ids: Sequence[int]) -> dict[int, date]:
    """Check → the day it was released on; absent where it was not."""
    found: dict[int, date] = {}
    for start in range(0, len(ids), 500):
        part = list(ids[start : start + 500])
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT check_id, "on" FROM checks_release WHERE check_id IN ({marks})', part)
            for id, on in cursor.fetchall():
                day = records.as_date(on)
                assert day is not None
                found[id] = day
    return found


def findings() -> Iterator[evidence.Finding]:
    """Rows of checks that are not what the ledger sealed, in any column; seals, blocks and releases it does not know."""
    tables = {"checks_seal": SEAL_COLUMNS, "checks_release": RELEASE_COLUMNS}
    yield from evidence.unbound_tables(tables, kinds=(SEALED, RELEASED), code="check-seal")
    yield from _blocks()
    covered: list[tuple[int, int]] = []
    for _, block, first, last, count, root in _seals("1 = 1", []):
        rows = keeping.rows("id >= %s AND id <= %s", [first, last])
        hints = keeping.hints_between(first, last)
        covered.append((first, last))
        leaves = [keeping.leaf_of(row, hints.get(row.id, ())) for row in rows]
        if len(rows) != count or merkle.root(leaves).hex() != root:
            yield evidence.Finding(
                "check-row", f"第 {first} 至 {last} 号核查（第 {block} 号起的一组）与封存时不符"
            )
    yield from _outside(covered)


def _blocks() -> Iterator[evidence.Finding]:
    """Blocks follow each other from 1 to the counter; each is sealed as far as the seals say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT first, size, sealed FROM checks_block ORDER BY first")
        blocks = cursor.fetchall()
        cursor.execute("SELECT id, next FROM checks_counter")
        counters = cursor.fetchall()
        cursor.execute("SELECT block, MAX(last) FROM checks_seal GROUP BY block")
        sealed = dict(cursor.fetchall())
    after = 1
    for first, size, upto in blocks:
        if first != after or size < 1:
            yield evidence.Finding("check-block", f"第 {first} 号起的一组编号应从 {after} 开始")
        if upto != sealed.pop(first, first - 1):
            yield evidence.Finding("check-block", f"第 {first} 号起的一组编号记为封存到 {upto}，与账本不符")
        after = first + size
    if counters not in ([], [(1, after)]) or (blocks and not counters):
        yield evidence.Finding("check-block", f"下一个核查编号应为 {after}，记为 {counters}")
    for first in sealed:
        yield evidence.Finding("check-block", f"封存记有第 {first} 号起的一组编号，表里没有")


def _outside(covered: list[tuple[int, int]]) -> Iterator[evidence.Finding]:
    """Rows no seal covers are new, lie in a block past what is sealed, and are not older than two days."""
    covered.sort()
    for (_, last), (first, _) in pairwise(covered):
        if first <= last:
            yield evidence.Finding("check-seal", f"两次封存都包括第 {first} 号核查")
    newest = evidence.last_day()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.asked_on FROM checks_check c WHERE NOT EXISTS (SELECT 1 FROM checks_block b"
            " WHERE c.id > b.sealed AND c.id < b.first + b.size AND c.id >= b.first)"
            " AND NOT EXISTS (SELECT 1 FROM checks_seal s WHERE c.id >= s.first AND c.id <= s.last) ORDER BY c.id"
        )
        for id, _on in cursor.fetchall():
            yield evidence.Finding("check-row", f"第 {id} 号核查不在任何一组编号里")
        cursor.execute(
            "SELECT c.id, c.asked_on FROM checks_check c JOIN checks_block b ON c.id > b.sealed"
            " AND c.id >= b.first AND c.id < b.first + b.size ORDER BY c.id"
        )
        for id, asked_on in cursor.fetchall():
            day = records.as_date(asked_on)
            if newest is not None and day is not None and day + GRACE < newest:
                yield evidence.Finding("check-unsealed", f"第 {id} 号核查（{day}）一直没有封存")
        cursor.execute(
            "SELECT h.id, h.check_id FROM checks_hint h WHERE NOT EXISTS"
            " (SELECT 1 FROM checks_check c WHERE c.id = h.check_id) ORDER BY h.id"
        )
        for id, check_id in cursor.fetchall():
            yield evidence.Finding("check-hint", f"提示 {id} 所说的第 {check_id} 号核查不存在")


def _seals(where: str, params: Sequence[Any]) -> list[tuple[int, int, int, int, int, str]]:
    names = ", ".join(f'"{name}"' for name in SEAL_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM checks_seal WHERE {where} ORDER BY id", list(params))
        return cursor.fetchall()


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
