"""What `ledger verify` recomputes of this room, and how erasure reaches names that were asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection

from xinheng.evidence import service as evidence
from xinheng.linkage import binding, judging, links, undoing
from xinheng.linkage.binding import LINK, OPINION, PENDING, SHAPES, VERDICT, Shape, chunks, marks
from xinheng.records import service as records

CLEARED = "linkage.cleared"


@dataclass
class Told:
    """What the ledger says about the tables of this room."""

    blocks: dict[str, dict[int, list[dict[str, Any]]]] = field(default_factory=lambda: defaultdict(dict))
    closed: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    cleared: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    states: dict[int, str] = field(default_factory=dict)


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger bound, and rows only one of the two knows."""
    told = _told()
    for shape in SHAPES:
        claimed = 0
        for event, blocks in sorted(told.blocks[shape.name].items()):
            claimed += sum(block["rows"] for block in blocks)
            yield from _event(shape, event, blocks, told)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {shape.table}")
            actual = cursor.fetchone()[0]
        if actual != claimed:
            yield evidence.Finding("linkage-count", f"{shape.table} 有 {actual} 行，账本所记为 {claimed} 行")


def _told() -> Told:
    told = Told()
    for entry in evidence.events():
        said = entry.body["detail"].get("linkage")
        if not isinstance(said, dict):
            continue
        for shape in SHAPES:
            if said.get(shape.name):
                told.blocks[shape.name][entry.id] = said[shape.name]
        for name, ids in said.get("closed", {}).items():
            told.closed[name] |= dict.fromkeys(ids, entry.id)
        for name, ids in said.get("cleared", {}).items():
            told.cleared[name] |= set(ids)
        told.states |= {int(id_): state for id_, state in said.get("states", {}).items()}
    return told


def _event(
    shape: Shape, event: int, blocks: Sequence[Mapping[str, Any]], told: Told
) -> Iterator[evidence.Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(shape.columns)} FROM {shape.table} WHERE id >= %s AND id < %s ORDER BY id",
                list(evidence.row_range(event)),
            )
            rows = [dict(zip(shape.columns, row, strict=True)) for row in cursor.fetchall()]
    except (DatabaseError, ValueError):
        yield evidence.Finding("linkage-unreadable", f"{shape.table} 里有读不出的值（账本第 {event} 笔）")
        return
    at = 0
    for block in blocks:
        part = rows[at : at + block["rows"]]
        at += block["rows"]
        if (
            evidence.rows_digest(binding.bound_row(shape, _plain(shape, row)) for row in part)
            != block["digest"]
        ):
            yield evidence.Finding("linkage-changed", f"{shape.table} 的行与账本第 {event} 笔所记摘要不符")
    if at != len(rows):
        yield evidence.Finding(
            "linkage-range", f"账本第 {event} 笔应有 {at} 行 {shape.table}，实有 {len(rows)} 行"
        )
    for row in rows:
        yield from _row(shape, row, told)


def _row(shape: Shape, row: Mapping[str, Any], told: Told) -> Iterator[evidence.Finding]:
    if shape.said and row["id"] in told.cleared[shape.name]:
        if row["salt"] or any(row[column] for column in shape.said):
            yield evidence.Finding("linkage-cleared", f"{shape.table} 的 {row['id']} 已依法清除，却仍有内容")
    elif shape.said and binding.commitment(shape, row) != row["bound"]:
        yield evidence.Finding("linkage-content", f"{shape.table} 的 {row['id']} 内容与其承诺不符")
    expected: object = told.closed[shape.name].get(row["id"])
    if shape.moves == "state":
        expected = told.states.get(row["id"], "waiting")
    if shape.moves and row[shape.moves] != expected:
        yield evidence.Finding(
            "linkage-moved", f"{shape.table} 的 {row['id']} 记为 {row[shape.moves]}，账本说是 {expected}"
        )


def _plain(shape: Shape, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row as it was bound: SQLite gives back a truth value as a number, and any other number is no truth value."""
    if shape.name != "review":
        return row
    return dict(row, blind=bool(row["blind"]) if row["blind"] in (0, 1) else row["blind"])


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Takes out who was asked about in rows that became these statements, and in what people said about them.

    A verdict keeps its key only while another row still asks with it.
    """
    wanted: dict[str, set[int]] = {shape.name: set() for shape in (PENDING, OPINION, VERDICT, LINK)}
    keys: set[str] = set()
    for parts in erased:
        batch, number, _ = parts.source
        for place in links.places_of(batch, number):
            for shape in (PENDING, LINK):
                found = _at(shape, *place)
                wanted[shape.name] |= {id_ for id_, _ in found}
                keys |= {key for _, key in found}
        own = {key for _, key in _at(LINK, batch, number)}
        wanted[LINK.name] |= _repeats(own, parts)
        wanted[PENDING.name] |= _answered(own, parts)
    if not any(wanted.values()):
        return
    with evidence.event(
        evidence.Act(kind=CLEARED, actor=act.actor, at=act.at, provision=act.provision, purpose=act.purpose)
    ) as event:
        evidence.lock(judging.LOCK)
        for shape in (PENDING, LINK):
            _wipe(event, shape, wanted[shape.name])
        for key in sorted(keys - {""}):
            if not _asked_still(key):
                wanted[VERDICT.name] |= _ids("linkage_verdict", "key = %s", [key])
        for part in chunks(sorted(wanted[PENDING.name])):
            wanted[OPINION.name] |= _ids("linkage_opinion", f"pending IN ({marks(part)})", part)
        _wipe(event, OPINION, wanted[OPINION.name])
        _wipe(event, VERDICT, wanted[VERDICT.name])
    undoing.vacuum()


def _at(shape: Shape, batch: str, row: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, key FROM {shape.table} WHERE batch = %s AND row = %s", [batch, row])
        return [(int(id_), str(key)) for id_, key in cursor.fetchall()]


def _repeats(keys: set[str], parts: records.Parts) -> set[int]:
    """Links of rows that said the same again: same name, same organisation, same item, and no statement of their own."""
    found: set[int] = set()
    for key in keys - {""}:
        ids = _ids("linkage_link", "key = %s AND uscc = %s AND item = %s", [key, parts.uscc, parts.item])
        with_own = links.statements_of(links.link_rows(sorted(ids)))
        found |= ids - set(with_own)
    return found


def _answered(keys: set[str], parts: records.Parts) -> set[int]:
    """Where no room tells which earlier row a row takes the place of: all answered rows that asked the same."""
    if links.origins_known():
        return set()
    return {
        id_
        for key in keys - {""}
        for id_ in _ids("linkage_pending", "key = %s AND item = %s AND state = 'same'", [key, parts.item])
    }


def _asked_still(key: str) -> bool:
    return bool(_ids("linkage_pending", "key = %s", [key]) or _ids("linkage_link", "key = %s", [key]))


def _ids(table: str, where: str, params: Sequence[Any]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} WHERE {where}", list(params))
        return {int(row[0]) for row in cursor.fetchall()}


def _wipe(event: evidence.OpenEvent, shape: Shape, ids: set[int]) -> None:
    if not ids:
        return
    columns = ", ".join(f"{column} = ''" for column in (*shape.said, "salt"))
    with connection.cursor() as cursor:
        for part in chunks(sorted(ids)):
            cursor.execute(f"UPDATE {shape.table} SET {columns} WHERE id IN ({marks(part)})", list(part))
    binding.said_in(event).setdefault("cleared", {}).setdefault(shape.name, []).extend(sorted(ids))
    event.count(min(len(ids), 1_000))
