"""Clock rows: due days by the law room, each distinct working counted and kept once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from xinheng.cases import binding, kinds, policy_clock
from xinheng.cases.binding import CLOCK, as_date, chunks, marks, query
from xinheng.cases.policy_act import NO_DAY
from xinheng.cases.policy_clock import Change, Running
from xinheng.evidence import service as evidence
from xinheng.law import service as law

COLUMNS = (
    "id", "case_id", "state", "provision", "extension", "started_on", "pauses", "paused_on", "due_on", "provisional",
    "working", "calendar", "cause", "moved_from", "notice", "closed_by",
)  # fmt: skip
Stops = tuple[tuple[date, date, str], ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A due day with the digest of its working."""

    due_on: date
    provisional: bool
    working: str
    content: str


@dataclass(frozen=True, slots=True)
class Row:
    """A clock row as stored."""

    id: int
    case_id: int
    state: str
    provision: str
    extension: str
    started_on: date
    pauses: Stops
    paused_on: date | None
    due_on: date
    provisional: bool
    working: str
    calendar: str
    cause: str
    moved_from: int | None
    notice: str
    closed_by: int | None


@lru_cache(maxsize=65_536)
def count(pack: law.Pack, provision: str, extension: str, start: date, stops: Stops = ()) -> Counted | None:
    """When a clock that began on `start` runs out; None where no provision has effect that day: what an office has not
    adopted gives nobody a deadline."""
    pauses = tuple(law.Pause(first, last, why) for first, last, why in stops)
    try:
        if extension:
            due = law.due_extended(
                pack=pack, provision=provision, extension=extension, start=start, pauses=pauses
            )
        else:
            due = law.due_shown(pack=pack, provision=provision, start=start, pauses=pauses)
    except (law.NoBasis, law.NotAdopted, law.UnknownProvision, law.CalendarGap):
        return None
    told = [[day["date"], day["counted"], day["why"], day["notice"]] for day in due.as_dict()["working"]]
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Counted(due.due, due.provisional, hashlib.sha256(content.encode()).hexdigest(), content)


def keep_workings(found: Iterable[Counted]) -> None:
    """Keeps workings that are not kept yet, inside the caller's transaction."""
    content = {one.working: one.content for one in found if one.content}
    for part in chunks(sorted(content)):
        rows = [(digest, content[digest]) for digest in part]
        values = ", ".join(["(%s, %s)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO cases_working (digest, content) VALUES {values} ON CONFLICT DO NOTHING",
                [cell for row in rows for cell in row],
            )


def workings(digests: Iterable[str]) -> dict[str, tuple[dict[str, Any], ...]]:
    """Kept workings as the papers and pages show them."""
    found: dict[str, tuple[dict[str, Any], ...]] = {"": ()}
    for part in chunks(sorted(set(digests) - {""})):
        for digest, content in query(
            f"SELECT digest, content FROM cases_working WHERE digest IN ({marks(part)})", part
        ):
            found[digest] = tuple(
                {"date": day, "counted": bool(counted), "why": why, "notice": notice}
                for day, counted, why, notice in json.loads(content)
            )
    return found


def rows_of(case_id: int, *, running: bool = False) -> list[Row]:
    """The clock rows of a case, oldest first."""
    where = " AND closed_by IS NULL" if running else ""
    return [
        row_of(row)
        for row in query(
            f"SELECT {', '.join(COLUMNS)} FROM cases_clock WHERE case_id = %s{where} ORDER BY id", [case_id]
        )
    ]


def row_of(row: Sequence[Any]) -> Row:
    """A clock row from its columns."""
    told = dict(zip(COLUMNS, row, strict=True))
    told["pauses"] = stops_of(told["pauses"])
    for column in ("started_on", "paused_on", "due_on"):
        told[column] = as_date(told[column])
    told["provisional"] = bool(told["provisional"])
    return Row(**told)


@lru_cache(maxsize=1_024)
def stops_of(text: str) -> Stops:
    """Pauses as the law room takes them."""
    return tuple(
        (date.fromisoformat(first), date.fromisoformat(last), why) for first, last, why in json.loads(text)
    )


def written(stops: Stops) -> str:
    """Pauses as they are stored."""
    told = [[first.isoformat(), last.isoformat(), why] for first, last, why in stops]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def fresh(
    *, pack: law.Pack, case_id: int, state: str, provision: str, start: date, calendar: str, cause: str = "started",
    moved_from: int | None = None,
) -> tuple[dict[str, Any], Counted] | None:  # fmt: skip
    """The row of a clock that starts; None where the state has no clock that has effect."""
    counted = count(pack, provision, "", start) if provision else None
    if counted is None:
        return None
    row = {
        "case_id": case_id, "state": state, "provision": provision, "extension": "", "started_on": start,
        "pauses": "[]", "paused_on": None, "due_on": counted.due_on, "provisional": int(counted.provisional),
        "working": counted.working, "calendar": calendar, "cause": cause, "moved_from": moved_from, "notice": "",
    }  # fmt: skip
    return row, counted


def apply(
    event: evidence.OpenEvent, *, case_id: int, kind: Any, step: Any, now: str, visited: frozenset[str],
    pack: law.Pack, sector: str, on: date, opened_on: date,
) -> Row | None:  # fmt: skip
    """Does to the clocks of a case what a step does, inside `event`; returns the row that is its clock from then on."""
    rows = {row.id: row for row in rows_of(case_id, running=True)}
    seen = [Running(row.id, row.state, row.paused_on) for row in rows.values()]
    todo = policy_clock.changes(kind, step, now, seen, visited)
    calendar = law.active().digest
    made: list[dict[str, Any]] = []
    kept: list[Counted] = []
    for change in todo:
        told = _next(change, rows, kind, step, pack, sector, on, opened_on, calendar, case_id)
        if told is not None:
            made.append(told[0])
            kept.append(told[1])
    binding.close(event, [change.id for change in todo if change.id is not None])
    if made:
        law.remember(law.active())
        keep_workings(kept)
        binding.insert(event, CLOCK, made)
    left = rows_of(case_id, running=True)
    chosen = policy_clock.shown([Running(row.id, row.state, row.paused_on) for row in left], step.to or now)
    return next((row for row in left if row.id == chosen), None)


def _next(
    change: Change, rows: dict[int, Row], kind: Any, step: Any, pack: law.Pack, sector: str, on: date,
    opened_on: date, calendar: str, case_id: int,
) -> tuple[dict[str, Any], Counted] | None:  # fmt: skip
    if not change.cause:
        return None
    ended = None
    if change.cause == "resumed" and change.id is None:
        ended = next((row for row in reversed(rows_of(case_id)) if row.state == change.state), None)
    if change.cause in ("started", "restarted") or (change.id is None and ended is None):
        provision = kinds.clock_of(pack=pack, kind=kind, state=change.state, sector=sector, on=opened_on)
        return fresh(
            pack=pack, case_id=case_id, state=change.state, provision=provision, start=on, calendar=calendar,
            cause=change.cause, moved_from=change.id,
        )  # fmt: skip
    old = ended or rows[change.id]  # type: ignore[index]
    stops, extension, paused_on = old.pauses, old.extension, None
    if change.cause == "paused":
        counted: Counted | None = Counted(NO_DAY, False, "", "")
        paused_on = on
    else:
        if change.cause == "extended":
            extension = step.extends
        elif old.paused_on is not None:
            pause = policy_clock.pause_between(old.paused_on, on)
            stops = (*stops, (*pause, step.name)) if pause else stops
        counted = count(pack, old.provision, extension, old.started_on, stops)
    if counted is None:
        return None
    row = {
        "case_id": case_id, "state": old.state, "provision": old.provision, "extension": extension,
        "started_on": old.started_on, "pauses": written(stops), "paused_on": paused_on, "due_on": counted.due_on,
        "provisional": int(counted.provisional), "working": counted.working, "calendar": calendar,
        "cause": change.cause, "moved_from": old.id, "notice": "",
    }  # fmt: skip
    return row, counted
