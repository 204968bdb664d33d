"""What `ledger verify` recomputes of this room: every bound row, and everything a case shows that follows from rows."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import DatabaseError

from xinheng.cases import attachments, binding, kinds, policy_clock, writing
from xinheng.cases.binding import CASE, CLOCK, KEY, OVERDUE, SHAPES, STEP, Shape, as_date, day_of, query
from xinheng.cases.policy_act import NO_DAY
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError

PAGE = 5_000
Finding = evidence.Finding


@dataclass
class Told:
    """What the ledger says about the tables of this room."""

    blocks: dict[str, dict[int, list[dict[str, Any]]]] = field(default_factory=lambda: defaultdict(dict))
    closed: dict[int, int] = field(default_factory=dict)
    cleared: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Taken:
    """What the steps of a case come to."""

    last: int = 0
    count: int = 0
    state: str = ""
    body: str = ""
    waiting: str = ""
    path: list[tuple[str, date]] = field(default_factory=list)


@dataclass
class Seen:
    """What the other tables say of each case, gathered while they are read."""

    steps: dict[int, Taken] = field(default_factory=lambda: defaultdict(Taken))
    clocks: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    overdue: set[tuple[int, date]] = field(default_factory=set)
    workings: set[str] = field(default_factory=set)
    shelf: kinds.Shelf = field(default_factory=kinds.Shelf)


def packs_named() -> set[str]:
    """Packs that rows bound by entries name: the one a case was opened under, those its days were counted with."""
    return {row[0] for row in query("SELECT pack FROM cases_case UNION SELECT calendar FROM cases_clock")}


def findings() -> Iterator[Finding]:
    """Rows that are not what the ledger bound, rows only one of the two knows, and cases that show something else than
    their steps and clocks come to."""
    told, seen = _told(), Seen()
    for shape in (*(one for one in SHAPES if one is not CASE), CASE):
        try:
            yield from _table(shape, told, seen)
        except (DatabaseError, ValueError, TypeError):
            yield Finding("cases-unreadable", f"{shape.table} 里有读不出的值")
    yield from _workings(seen)
    yield from _files(told)


def _told() -> Told:
    told = Told()
    for entry in evidence.events():
        said = entry.body["detail"].get(KEY)
        if not isinstance(said, dict):
            continue
        for shape in SHAPES:
            if said.get(shape.name):
                told.blocks[shape.name][entry.id] = said[shape.name]
        told.closed |= dict.fromkeys(said.get("closed", ()), entry.id)
        for name, ids in said.get("cleared", {}).items():
            told.cleared[name] |= set(ids)
    return told


def _table(shape: Shape, told: Told, seen: Seen) -> Iterator[Finding]:
    """One pass over a table in the order of its ids: rows of one event stand together."""
    left = dict(told.blocks[shape.name])
    event = 0
    rows: list[dict[str, Any]] = []
    for row in _rows(shape):
        if evidence.event_of(row["id"]) != event:
            yield from _event(shape, event, rows, left.pop(event, []))
            event, rows = evidence.event_of(row["id"]), []
        rows.append(row)
        yield from _row(shape, row, told, seen)
    yield from _event(shape, event, rows, left.pop(event, []))
    for gone in sorted(left):
        yield Finding("cases-gone", f"账本第 {gone} 笔写入 {shape.table} 的行不在了")


def _rows(shape: Shape) -> Iterator[dict[str, Any]]:
    last: int | None = None
    while True:
        where = "" if last is None else f" WHERE id > {int(last)}"
        page = query(f"SELECT {', '.join(shape.columns)} FROM {shape.table}{where} ORDER BY id LIMIT {PAGE}")
        if not page:
            return
        for cells in page:
            yield dict(zip(shape.columns, cells, strict=True))
        last = page[-1][0]


def _event(
    shape: Shape, event: int, rows: list[dict[str, Any]], blocks: list[dict[str, Any]]
) -> Iterator[Finding]:
    at = 0
    for block in blocks:
        part = rows[at : at + block["rows"]]
        at += block["rows"]
        digest = evidence.rows_digest(binding.bound_row(shape, row) for row in part)
        if len(part) != block["rows"] or digest != block["digest"]:
            yield Finding("cases-changed", f"{shape.table} 中随第 {event} 笔写入的行与账本所记不符")
    if at < len(rows):
        yield Finding("cases-unknown", f"{shape.table} 中有账本第 {event} 笔没有记过的行")


def _row(shape: Shape, row: dict[str, Any], told: Told, seen: Seen) -> Iterator[Finding]:
    if shape.said and row["id"] in told.cleared[shape.name]:
        if row["salt"] or any(row[column] for column in shape.said):
            yield Finding("cases-cleared", f"{shape.table} 的 {row['id']} 已依法清除，却仍有内容")
    elif shape.said and binding.commitment(shape, row) != row["bound"]:
        yield Finding("cases-content", f"{shape.table} 的 {row['id']} 内容与其承诺不符")
    if shape is STEP:
        _step(seen.steps[row["case_id"]], row)
    elif shape is OVERDUE:
        seen.overdue.add((row["case_id"], day_of(row["since"])))
    elif shape is CLOCK:
        seen.workings.add(row["working"])
        if row["closed_by"] != told.closed.get(row["id"]):
            yield Finding("cases-clock", f"cases_clock 的 {row['id']} 何时结束与账本所记不符")
        if row["closed_by"] is None:
            seen.clocks[row["case_id"]].append(row)
    elif shape is CASE:
        yield from _case(row, seen)


def _step(taken: Taken, row: Mapping[str, Any]) -> None:
    taken.count += 1
    if row["seq"] < taken.last:
        return
    taken.last, taken.state, taken.body = row["seq"], row["state_to"], row["body"]
    taken.waiting = row["act"] if row["how"] == "proposed" else ""
    taken.path.append((row["state_to"], day_of(row["taken_on"])))


def _case(row: dict[str, Any], seen: Seen) -> Iterator[Finding]:
    """Everything of a case that moves follows from its steps, its clocks and what was declared of them."""
    taken = seen.steps.get(row["id"])
    if taken is None or taken.count != taken.last:
        yield Finding("cases-steps", f"案件 {row['id']} 的步骤不连续")
        return
    try:
        expected = expected_of(row, taken, seen)
    except (XinhengError, KeyError):
        yield Finding("cases-kind", f"案件 {row['id']} 的种类或状态不在其规则包里")
        return
    for column, value in expected.items():
        found = day_of(row[column]) if isinstance(value, date) and row[column] is not None else row[column]
        if found != value:
            yield Finding("cases-moved", f"案件 {row['id']} 的 {column} 与其步骤和期限不符")


def expected_of(row: Mapping[str, Any], taken: Taken, seen: Seen) -> dict[str, Any]:
    """What the moving columns of a case must be."""
    kind = seen.shelf.kind({**row, "opened_on": day_of(row["opened_on"])})
    closed_on = None
    for state, on in taken.path:
        final = kind.states[state].final
        closed_on = (closed_on or on) if final else None
    clock = _shown(seen.clocks.get(row["id"], []), taken.state)
    due_on = day_of(clock["due_on"]) if clock else NO_DAY
    since = writing.overdue_since(due_on) if due_on != NO_DAY else None
    return {
        "state": taken.state, "body": taken.body, "waiting": taken.waiting, "version": taken.last,
        "elsewhere": writing.elsewhere(row["authority"], taken.body),
        "holder": writing.holder(kind, taken.state, taken.body), "outcome": kind.states[taken.state].outcome,
        "closed_on": closed_on, "clock_id": clock["id"] if clock else None,
        "clock": clock["provision"] if clock else "", "due_on": due_on,
        "provisional": clock["provisional"] if clock else 0,
        "overdue_on": since if since and (row["id"], since) in seen.overdue else None,
    }  # fmt: skip


def _shown(rows: list[dict[str, Any]], state: str) -> dict[str, Any] | None:
    seen = [policy_clock.Running(row["id"], row["state"], as_date(row["paused_on"])) for row in rows]
    chosen = policy_clock.shown(seen, state)
    return next((row for row in rows if row["id"] == chosen), None)


def _workings(seen: Seen) -> Iterator[Finding]:
    wanted = seen.workings - {""}
    for digest, content in query("SELECT digest, content FROM cases_working"):
        if hashlib.sha256(content.encode()).hexdigest() != digest or digest not in wanted:
            yield Finding("cases-working", f"cases_working 的 {digest[:12]} 与其内容不符，或者没有期限用它")
        wanted.discard(digest)
    for digest in sorted(wanted):
        yield Finding("cases-working", f"期限的计算过程 {digest[:12]} 不在 cases_working 中")


def _files(told: Told) -> Iterator[Finding]:
    for id_, sha256 in query("SELECT id, sha256 FROM cases_attachment ORDER BY id"):
        if id_ in told.cleared["attachment"]:
            continue
        try:
            found = hashlib.sha256(attachments.path_of(sha256).read_bytes()).hexdigest()
        except Exception:  # whatever stands against reading it, the file is not what was handed in
            found = ""
        if found != sha256:
            yield Finding("cases-file", f"附件 {id_} 的文件不在或已损坏")
