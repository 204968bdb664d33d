"""The pieces of the case benchmark; each runs alone in its process and prints one line of JSON."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

SEED = 5
PART = 4_000
BODIES = [f"1134060000{number:07d}X" for number in range(60)]
FIRST = date(2026, 11, 2)
BUILT = datetime(2026, 11, 20, 2, tzinfo=UTC)
SOME = datetime(2026, 12, 3, 20, tzinfo=UTC)
ALL = datetime(2026, 12, 30, 20, tzinfo=UTC)


def build(size: str) -> dict[str, Any]:
    """A home with `size` open and half as many closed cases. Six in ten are one body's, as at a real bureau."""
    from xinheng.faces.initialise import initialise

    initialise(pack="huaibei", sandbox=True, at=BUILT)
    started = time.perf_counter()
    open_ones, chance = int(size), random.Random(SEED)
    whole = open_ones + open_ones // 2
    for start in range(0, whole, PART):
        _write(range(start, min(start + PART, whole)), open_ones, chance)
    _settle()
    return {"seconds": time.perf_counter() - started}


def _write(numbers: range, open_ones: int, chance: random.Random) -> None:
    from xinheng.cases import binding, clocking
    from xinheng.evidence import service as evidence
    from xinheng.law import service as law

    pack = law.active()
    act = evidence.Act(kind="cases.opened", actor="bench", at=BUILT, pack=pack.digest)
    with evidence.event(act) as event:
        law.remember(pack)
        rows, clocks, steps, kept = [], [], [], {}
        for place, number in enumerate(numbers):
            case_id, running = event.row_id(place), number < open_ones
            row, counted = _case(number, running, pack, chance)
            if counted:
                kept[counted.working] = counted
                row["clock_id"] = event.row_id(len(clocks))
                clocks.append(_clock(case_id, row, counted, pack))
            rows.append(row)
            steps.append(_step(case_id, row, 1, "done", "", "received"))
            if not running:
                steps.append(_step(case_id, row, 2, "done", "received", "withdrawn"))
        clocking.keep_workings(kept.values())
        binding.insert(event, binding.CLOCK, clocks)
        binding.insert(
            event, binding.CASE, [{k: v for k, v in row.items() if k != "_started"} for row in rows]
        )
        binding.insert(event, binding.STEP, steps)


def _case(number: int, running: bool, pack: Any, chance: random.Random) -> tuple[dict[str, Any], Any]:
    from xinheng.cases import clocking
    from xinheng.cases.policy_act import NO_DAY

    opened = FIRST + timedelta(days=chance.randrange(19))
    # Every fifth falls due within three weeks, the rest in December
    started = opened if number % 5 == 0 else date(2026, 12, 4) + timedelta(days=chance.randrange(14))
    authority = BODIES[0] if chance.random() < 0.6 else chance.choice(BODIES)
    # Some were handed on to a successor
    body = BODIES[-1] if number % 50 == 7 else authority
    counted = clocking.count(pack, "repair-acceptance", "", started) if running else None
    row = {
        "number": f"B〔2026〕{number}号", "kind": "repair", "year": 2026, "serial": number + 1, "numbered_by": body,
        "statement_id": 1_000_000 + number, "item": "admin-penalty", "authority": authority, "sector": "",
        "channel": "exchange", "pack": pack.digest, "token": "", "opened_on": opened,
        "uscc": f"91340600M{chance.randrange(40_000):08d}X"[:18], "outside": f"XF{number}", "field": "",
        "reason": "已缴清罚款，改正完毕", "detail": '{"commitment":true}', "body": body, "elsewhere": "" if body == authority else authority,
        "state": "received" if running else "withdrawn", "holder": body if running else "none",
        "outcome": "" if running else "withdrawn", "version": 1 if running else 2, "waiting": "",
        "closed_on": None if running else opened + timedelta(days=1), "clock_id": None,
        "clock": "repair-acceptance" if counted else "", "due_on": counted.due_on if counted else NO_DAY,
        "provisional": int(counted.provisional) if counted else 0, "overdue_on": None, "_started": started,
    }  # fmt: skip
    return row, counted


def _clock(case_id: int, row: dict[str, Any], counted: Any, pack: Any) -> dict[str, Any]:
    return {
        "case_id": case_id, "state": "received", "provision": "repair-acceptance", "extension": "",
        "started_on": row["_started"], "pauses": "[]", "paused_on": None, "due_on": counted.due_on,
        "provisional": int(counted.provisional), "working": counted.working, "calendar": pack.digest,
        "cause": "started", "moved_from": None, "notice": "",
    }  # fmt: skip


def _step(case_id: int, row: dict[str, Any], seq: int, how: str, start: str, end: str) -> dict[str, Any]:
    return {
        "case_id": case_id, "seq": seq, "act": "apply" if seq == 1 else "withdraw", "how": how, "state_from": start,
        "state_to": end, "actor": "bench", "role": "exchange", "actor_body": "", "body": row["body"],
        "taken_on": row["closed_on"] or row["opened_on"], "provision": "", "document": "", "token": "", "reason": "",
        "detail": "{}",
    }  # fmt: skip


def _settle() -> None:
    """What autovacuum, or SQLite's own optimiser, does in a day."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize=0x10002")


def lists() -> dict[str, Any]:
    """Milliseconds of each question, median and worst of 30, after one to warm up."""
    from xinheng.cases import service as cases

    on, office = BUILT.date(), cases.Reader("office")
    mine, small = cases.Reader("authority", BODIES[0]), cases.Reader("authority", BODIES[7])
    page: Any = None
    for _ in range(40):
        _, page = cases.due(reader=office, on=on, after=page, limit=200)
    line = cases.due(reader=office, on=on, limit=1)[0][0]
    asked: dict[str, Callable[[], object]] = {
        "due list, office, first 50": lambda: cases.due(reader=office, on=on),
        "due list, office, after 8,000": lambda: cases.due(reader=office, on=on, after=page),
        "due list, the largest body": lambda: cases.due(reader=mine, on=on),
        "due list, a small body": lambda: cases.due(reader=small, on=on),
        "due list, office, one kind of no case": lambda: cases.due(reader=office, on=on, kind="objection"),
        "counters, office": lambda: cases.counters(reader=office, on=on),
        "counters, the largest body": lambda: cases.counters(reader=mine, on=on),
        "counters, an organisation": lambda: cases.counters(
            reader=cases.Reader("organisation", line.uscc), on=on
        ),
        "counters by body": lambda: cases.counters_by_body(on=on),
        "cases of an organisation": lambda: cases.of_subject(uscc=line.uscc, on=on),
        "cases of 200 statements": lambda: cases.of_statements(ids=range(1_000_000, 1_000_200), on=on),
        "one case": lambda: cases.case(number=line.number, reader=office, on=on),
    }
    started = time.perf_counter()
    told = {name: _timed(ask) for name, ask in asked.items()}
    return {"seconds": time.perf_counter() - started, "told": told}


def _timed(ask: Callable[[], object]) -> tuple[float, float]:
    ask()
    taken = []
    for _ in range(30):
        started = time.perf_counter()
        ask()
        taken.append(1_000 * (time.perf_counter() - started))
    return statistics.median(taken), max(taken)


def floor() -> dict[str, Any]:
    """All open cases read, as many rows written into a bare table and one column set, in the sweep's parts."""
    from django.db import connection, transaction

    from xinheng.cases import binding, sweeping
    from xinheng.evidence import service as evidence

    columns = ", ".join(binding.CASE.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare (id BIGINT, case_id BIGINT, clock_id BIGINT, since DATE, late TEXT)"
        )
        cursor.execute("CREATE TABLE bare_case (id BIGINT PRIMARY KEY, overdue_on DATE)")
        cursor.execute("INSERT INTO bare_case SELECT id, overdue_on FROM cases_case WHERE closed_on IS NULL")
    started, last, rows = time.perf_counter(), 0, 0
    while True:
        with transaction.atomic(durable=True):
            found = binding.query(
                f"SELECT {columns} FROM cases_case WHERE closed_on IS NULL AND id > %s ORDER BY id LIMIT {sweeping.PART}",
                [last],
            )
            if not found:
                break
            made = [(row[0], row[0], row[0], "2026-12-01", BODIES[0]) for row in found]
            evidence.insert_rows("bare", ["id", "case_id", "clock_id", "since", "late"], made)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE bare_case SET overdue_on = '2026-12-01' WHERE id > %s AND id <= %s",
                    [last, found[-1][0]],
                )
            last, rows = found[-1][0], rows + len(found)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
        cursor.execute("DROP TABLE bare_case")
    return {"seconds": seconds, "rows": rows}


def fifth() -> dict[str, Any]:
    """A bad night: a fifth of all open cases falls due at once; nobody listens."""
    from xinheng.cases import handlers

    handlers._late.clear()
    return _swept(SOME)


def rest() -> dict[str, Any]:
    """The night nobody will see: everything else falls due, and every room that listens is told."""
    from xinheng.cases import service as cases

    cases.recompute(at=SOME, actor="bench")
    return _swept(ALL)


def again() -> dict[str, Any]:
    return _swept(ALL)


def _swept(at: datetime) -> dict[str, Any]:
    from xinheng.cases import service as cases

    started = time.perf_counter()
    swept = cases.sweep(at=at)
    return {"seconds": time.perf_counter() - started, "rows": swept.overdue}


def same() -> dict[str, Any]:
    """Every running clock counted again with the calendar as it was."""
    from xinheng.cases import service as cases

    started = time.perf_counter()
    told = cases.recompute(at=ALL, actor="bench")
    return {"seconds": time.perf_counter() - started, "rows": f"{told.looked} looked at, {told.moved} moved"}


def notice() -> dict[str, Any]:
    """Every running clock counted again after each working day became a day later: all of them move."""
    from dataclasses import replace

    from xinheng.cases import clocking
    from xinheng.cases import service as cases

    own = clocking.count

    def later(*asked: Any) -> Any:
        told = own(*asked)
        return told and replace(told, due_on=told.due_on + timedelta(days=1))

    clocking.count = later  # type: ignore[assignment]
    started = time.perf_counter()
    told = cases.recompute(at=ALL, actor="bench", notice="bench")
    return {"seconds": time.perf_counter() - started, "rows": f"{told.looked} looked at, {told.moved} moved"}


def check() -> dict[str, Any]:
    """What `ledger verify` does in this room."""
    from xinheng.cases import verification

    started = time.perf_counter()
    found: Iterator[Any] = verification.findings()
    return {"findings": sum(1 for _ in found), "seconds": time.perf_counter() - started}


if __name__ == "__main__":
    import django

    django.setup()
    piece = globals()[sys.argv[1]]
    print(json.dumps(piece(*sys.argv[2:])))
