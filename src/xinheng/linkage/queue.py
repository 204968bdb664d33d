"""The queue of doubtful rows: put in by the intake, read by people. Reading changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel.orgname import fold
from xinheng.linkage import binding
from xinheng.linkage.binding import PENDING, chunks, marks
from xinheng.linkage.errors import NoSuchPending
from xinheng.linkage.keys import asked_key
from xinheng.linkage.policy_review import DIFFERENT

OPEN = ("waiting", "second", "third")
STATES = (*OPEN, "same", "none")
MOST_CANDIDATES = 5
VERDICTS = {"key": pl.String, "code": pl.String, "verdict": pl.String}


@dataclass(frozen=True)
class Proposed:
    """An organisation a row may mean: the name that matched, whether it is carried now, basis points of probability."""

    code: str
    name: str
    current: bool
    confidence: int


@dataclass(frozen=True)
class PendingRow:
    """A doubtful row as a list or a page shows it. `erased`: its content went with the statement it became."""

    id: int
    batch: str
    row: int
    item: str
    source: str
    key: str
    name: str
    code: str
    candidates: tuple[Proposed, ...]
    reason: str
    state: str
    since: date | None
    unsure: bool

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def erased(self) -> bool:
        return not self.key


@dataclass(frozen=True)
class Waiting:
    """How much waits: rows by state, open rows by how many days they have waited (upper bound → rows; None: longer)."""

    states: Mapping[str, int]
    ages: Sequence[tuple[int | None, int]]
    oldest: date | None

    @property
    def open(self) -> int:
        return sum(self.states.get(state, 0) for state in OPEN)


AGES = (0, 3, 7, 30, None)


def propose(*, event: evidence.OpenEvent, rows: pl.DataFrame) -> None:
    """Puts doubtful rows before people, inside the caller's event.

    Columns: batch, row, item, source, name, code, candidates (list of struct code, name, confidence and, if known,
    current), reason. What was judged different is never proposed again: such candidates are dropped, and a row of which
    none is left is not asked about. Rows already waiting, and names that fold to nothing, are left out.
    """
    if rows.is_empty():
        return
    asked = [dict(row, key=asked_key(row["name"] or "", row["code"] or "")) for row in rows.to_dicts()]
    keys = {str(row["key"]) for row in asked} - {""}
    different = _different(keys)
    here = _open_states("batch", {row["batch"] for row in asked})
    taken = {(batch, number) for batch, number, _, _ in here}
    steps = {key: state for _, _, key, state in _open_states("key", keys)}
    new: list[dict[str, Any]] = []
    for row in asked:
        candidates = proposed(row["candidates"] or [], row["key"], different)
        place = (row["batch"], row["row"])
        if not row["key"] or place in taken or (row["candidates"] and not candidates):
            continue
        taken.add(place)
        new.append(fresh(row, candidates))
    ids = binding.insert(event, PENDING, new)
    event.count(len(ids))
    # A name two people are being asked about stays one question
    pairs = zip(ids, (steps.get(row["key"], "waiting") for row in new), strict=True)
    binding.move(event, {id_: state for id_, state in pairs if state != "waiting"})


def fresh(row: Mapping[str, Any], candidates: Sequence[Proposed]) -> dict[str, Any]:
    """The columns of a doubtful row that is to be written."""
    told = [[one.code, one.name, one.current, one.confidence] for one in candidates]
    same = {
        name: "" if row[name] is None else row[name]
        for name in ("batch", "row", "item", "source", "key", "name", "code", "reason")
    }
    return same | {"candidates": json.dumps(told, ensure_ascii=False), "state": "waiting"}


def proposed(
    candidates: Iterable[Mapping[str, Any]], key: str, different: set[tuple[str, str]]
) -> list[Proposed]:
    """Candidates as they are kept: each organisation once, none that was judged different, at most five."""
    found: dict[str, Proposed] = {}
    for one in candidates:
        code = str(one["code"])
        if code not in found and (key, code) not in different:
            current = one.get("current")
            found[code] = Proposed(
                code, str(one["name"]), current is None or bool(current), int(one["confidence"])
            )
    return list(found.values())[:MOST_CANDIDATES]


def verdicts(keys: Iterable[str] | None = None) -> pl.DataFrame:
    """What stands for these asked keys, or for all: key, code, verdict. Nothing for keys nobody judged or whose word was
    reversed."""
    wanted = [key for key in dict.fromkeys(keys or ()) if key]
    found: list[tuple[str, str, str]] = []
    base = "SELECT key, code, verdict FROM linkage_verdict WHERE closed_by IS NULL AND key <> ''"
    with connection.cursor() as cursor:
        if keys is None or len(wanted) > 2_000:
            cursor.execute(base)
            all_ = pl.DataFrame(cursor.fetchall(), schema=VERDICTS, orient="row")
            return all_ if keys is None else all_.join(pl.DataFrame({"key": wanted}), on="key", how="semi")
        for part in chunks(wanted):
            cursor.execute(f"{base} AND key IN ({marks(part)})", part)
            found += cursor.fetchall()
    return pl.DataFrame(found, schema=VERDICTS, orient="row")


def different_codes(key: str) -> set[str]:
    """Organisations that are known not to be meant by this key."""
    return {code for _, code in _different({key})}


def pending(
    *, after: int | None = None, limit: int = 50, state: str = "open", source: str | None = None,
    item: str = "", not_by: str = "", text: str = "",
) -> list[PendingRow]:  # fmt: skip
    """Doubtful rows in the order they came; the next page begins after the id of the last one.

    `state` is open, unsure (open, and somebody could not say) or one of STATES; `source` confines to one sender; `not_by`
    leaves out open rows this person has already judged in a double review.
    """
    where, params = _states(state)
    for condition, value in (
        ("p.id > %s", after), ("p.source = %s", source), ("p.item = %s", item or None),
    ):  # fmt: skip
        if value is not None:
            where.append(condition)
            params.append(value)
    if text:
        where.append("p.key LIKE %s ESCAPE '!'")
        params.append(f"%{_like(fold(text))}%")
    if not_by:
        where.append(
            "NOT (p.state <> 'waiting' AND EXISTS (SELECT 1 FROM linkage_pending q JOIN linkage_opinion o"
            " ON o.pending = q.id AND o.closed_by IS NULL AND o.actor = %s WHERE q.key = p.key))"
        )
        params.append(not_by)
    return _read(" AND ".join(where), [*params, limit])


def pending_row(id: int, *, source: str | None = None) -> PendingRow:
    """One doubtful row, where this sender sent it. Raises `NoSuchPending`."""
    found = pending_rows([id])
    if not found or source not in (None, found[0].source):
        raise NoSuchPending("没有这条待判的名称。请从名称核对的列表里打开。")
    return found[0]


def pending_rows(ids: Sequence[int]) -> list[PendingRow]:
    """Doubtful rows by id, open or not; unknown ids are left out."""
    found: list[PendingRow] = []
    for part in chunks(list(ids)):
        found += _read(f"p.id IN ({marks(part)})", [*part, len(part)])
    return found


def alike(key: str) -> list[PendingRow]:
    """All rows that ask with this key, open or not."""
    return _read("p.key = %s", [key, 10_000]) if key else []


def waiting(*, on: date, source: str | None = None) -> Waiting:
    """How much waits, and for how long, on a day."""
    where, params = ("", []) if source is None else (" WHERE source = %s", [source])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT state, COUNT(*) FROM linkage_pending{where} GROUP BY state", params)
        states = {str(state): int(count) for state, count in cursor.fetchall()}
        cursor.execute(
            f"SELECT id >> 15, COUNT(*) FROM linkage_pending WHERE state IN ({marks(OPEN)})"
            f"{where.replace(' WHERE', ' AND')} GROUP BY id >> 15",
            [*OPEN, *params],
        )
        events = cursor.fetchall()
    days = days_of([event for event, _ in events])
    ages: dict[int | None, int] = dict.fromkeys(AGES, 0)
    for event, count in events:
        waited = max(0, (on - days[event]).days)
        ages[next((most for most in AGES if most is not None and waited <= most), None)] += count
    return Waiting(states, [(most, ages[most]) for most in AGES], min(days.values(), default=None))


def days_of(events: Iterable[int]) -> dict[int, date]:
    """The legal day of events."""
    wanted = list(set(events))
    found: dict[int, date] = {}
    for part in chunks(wanted):
        found |= {event: evidence.legal_day(told[2]) for event, told in evidence.spans(part).items()}
    return found


def _read(where: str, params: Sequence[Any]) -> list[PendingRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.batch, p.row, p.item, p.source, p.key, p.name, p.code, p.candidates, p.reason, p.state,"
            " EXISTS (SELECT 1 FROM linkage_verdict v WHERE v.key = p.key AND v.key <> '' AND v.closed_by IS NULL"
            f" AND v.verdict = 'unsure') FROM linkage_pending p WHERE {where} ORDER BY p.id LIMIT %s",
            params,
        )
        rows = cursor.fetchall()
    days = days_of([evidence.event_of(row[0]) for row in rows])
    return [
        PendingRow(  # type: ignore[call-arg]
            *row[:8], tuple(Proposed(*one) for one in json.loads(row[8] or "[]")), row[9], row[10],
            # Written in an event that is still open: it has no day yet
            days.get(evidence.event_of(row[0])), bool(row[11]),
        )
        for row in rows
    ]  # fmt: skip


def _states(state: str) -> tuple[list[str], list[Any]]:
    if state == "unsure":
        unsure = "EXISTS (SELECT 1 FROM linkage_verdict v WHERE v.key = p.key AND v.closed_by IS NULL AND v.verdict = %s)"
        return [f"p.state IN ({marks(OPEN)})", unsure], [*OPEN, "unsure"]
    wanted = OPEN if state not in STATES else (state,)
    return [f"p.state IN ({marks(wanted)})"], list(wanted)


def _different(keys: Iterable[str]) -> set[tuple[str, str]]:
    found = verdicts(keys).filter(pl.col("verdict") == DIFFERENT)
    return set(found.select("key", "code").iter_rows())


def _open_states(column: str, values: Iterable[str]) -> list[tuple[str, int, str, str]]:
    found: list[tuple[str, int, str, str]] = []
    with connection.cursor() as cursor:
        for part in chunks(sorted(values)):
            cursor.execute(
                f"SELECT batch, row, key, state FROM linkage_pending WHERE {column} IN ({marks(part)})"
                f" AND state IN ({marks(OPEN)})",
                [*part, *OPEN],
            )
            found += cursor.fetchall()
    return found


def _like(text: str) -> str:
    return "".join(f"!{char}" if char in "!%_" else char for char in text)
