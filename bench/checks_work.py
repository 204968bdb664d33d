"""Parts of `bench.checks` that run in processes of their own: loading a server, committing bare rows, an intake."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def load(plan_file: str, part: str) -> dict[str, Any]:
    """One keep-alive connection: as fast as it goes (`rate` 0), or on a schedule, latency counted from the due time."""
    plan = json.loads(Path(plan_file).read_text())
    requests = [text.encode() for text in plan["requests"]][int(part) :: plan["parts"]]
    seconds, rate = plan["seconds"], plan["rate"] / plan["parts"]
    link = socket.create_connection(("127.0.0.1", plan["port"]))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while time.time() < plan["start"]:
        time.sleep(0.001)
    began = time.perf_counter() + (int(part) / plan["parts"] / rate if rate else 0)
    taken: list[float] = []
    wrong: dict[str, int] = {}
    done = 0
    while True:
        due = began + done / rate if rate else time.perf_counter()
        if due - began >= seconds:
            break
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        link.sendall(requests[done % len(requests)])
        status = _answer(link)
        taken.append(time.perf_counter() - due)
        done += 1
        if status != "200":
            wrong[status] = wrong.get(status, 0) + 1
    return {"seconds": time.perf_counter() - began, "taken": taken, "wrong": wrong}


def _answer(link: socket.socket) -> str:
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        piece = link.recv(65_536)
        if not piece:
            raise ConnectionError("the server hung up")
        data += piece
    head = data[:end].lower()
    at = head.index(b"content-length:") + 15
    length = int(head[at:].split(b"\r\n", 1)[0])
    left = length - (len(data) - end - 4)
    while left > 0:
        left -= len(link.recv(1 << 20))
    return data[9:12].decode()


def commits(seconds: str, part: str) -> dict[str, Any]:
    """Bare durable commits of a row of a thousand bytes, one connection, nothing else."""
    row, done = b"x" * 1_000, 0
    if url := os.environ.get("XINHENG_DATABASE_URL"):
        import psycopg

        with psycopg.connect(url, autocommit=True, prepare_threshold=1) as base:
            base.execute("CREATE TABLE IF NOT EXISTS bench_commit (id bigserial primary key, row bytea)")
            began = time.perf_counter()
            while time.perf_counter() - began < float(seconds):
                base.execute("INSERT INTO bench_commit (row) VALUES (%s)", [row])
                done += 1
            spent = time.perf_counter() - began
    else:
        file = Path(os.environ["XINHENG_HOME"]) / "bench-commits.sqlite3"
        lite = sqlite3.connect(file, isolation_level=None, timeout=30)
        lite.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        lite.execute("CREATE TABLE IF NOT EXISTS r (id integer primary key, row blob)")
        began = time.perf_counter()
        while time.perf_counter() - began < float(seconds):
            lite.execute("INSERT INTO r (row) VALUES (?)", [row])
            done += 1
        spent = time.perf_counter() - began
        lite.close()
    return {"seconds": spent, "done": done}


def prepare(out: str, count: str) -> dict[str, Any]:
    """Codes spread over the register, a client and its token, a file of list entries for the intake."""
    import csv
    import random

    import django

    django.setup()
    from django.db import connection

    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now
    from xinheng.kernel import uscc

    chance = random.Random(11)  # the same codes in every run
    with connection.cursor() as cursor:
        cursor.execute("SELECT authority FROM records_statement LIMIT 1")
        source = cursor.fetchone()[0]
        # Every organisation as likely as any other, with and without entries
        cursor.execute("SELECT code, name FROM register_entry WHERE closed_by IS NULL ORDER BY code")
        # The intake is about others: what was measured before it is measured again after it
        drawn: list[tuple[str, str]] = chance.sample(cursor.fetchall(), 2 * int(count))
        found, taken_in = drawn[: int(count)], drawn[int(count) :]
    body = "1134060000000000"
    body = next(c for n in range(31) if uscc.is_valid(c := f"{body}1{uscc.check_char(body + '1')}") or n > 29)
    client = accounts.add_client(
        body=body, scopes=("check", "check-shared"), title="bench", at=now(), actor="bench", sector="market-regulation"
    )  # fmt: skip
    token = accounts.token(client=next(one for one in accounts.clients() if one.id == client.id), at=now())
    file = Path(out).with_suffix(".csv")
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(
            ("主体名称", "统一社会信用代码", "名单类别", "列入决定文书号", "列入日期", "列入原因", "列入机关", "列入机关统一社会信用代码",
             "数据来源单位", "数据来源单位统一社会信用代码")
        )  # fmt: skip
        stamp = time.time_ns()
        for place, (code, name) in enumerate(taken_in):
            writer.writerow(
                [name, code, "重大税收违法失信主体", f"测列〔2026〕{stamp}-{place}号", "2026-03-02", "虚构的违法事实", "虚构市税务局", source,
                 "虚构市税务局", source]
            )  # fmt: skip
    Path(out).write_text(
        json.dumps(
            {"codes": [code for code, _ in found], "token": token, "file": str(file), "source": source}
        )
    )
    return {"seconds": 0.0}


def intake(plan: str) -> dict[str, Any]:
    """Takes the prepared file in; what the load feels of it is measured by the others."""
    import django

    django.setup()
    from xinheng.faces.clock import now
    from xinheng.intake import service

    told = json.loads(Path(plan).read_text())
    began = time.perf_counter()
    receipt = service.run(
        path=Path(told["file"]), item="serious-list", source=told["source"], at=now(), actor="bench"
    )
    return {
        "seconds": time.perf_counter() - began,
        "accepted": receipt.accepted,
        "at": datetime.now(UTC).isoformat(),
    }


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
