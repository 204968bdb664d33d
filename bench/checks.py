"""`python -m bench.checks --home HOME [--db-url URL]`: checks a second, latency, CPU, batches, against floors of the same run.

Starts the real stack with two server processes and the runner (which seals meanwhile), loads it from other processes.
The floors: bare durable commits, and an endpoint of the same stack that returns one row. Only ratios taken in one run carry
over to another machine. The home is written to: use one made for measuring.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
SERVER = """
import sys
from xinheng.faces.cli.setup import threads
from granian.constants import Interfaces
from granian.server import Server
Server("bench.checks_stack:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
       workers=2, blocking_threads=threads(), log_access=False).serve()
"""


@click.command()
@click.option("--home", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--db-url", default="")
@click.option("--matter", default="food-business-licence", show_default=True)
@click.option("--purpose", default="licence-decision", show_default=True)
@click.option("--codes", default=20_000, show_default=True)
@click.option("--seconds", default=10.0, show_default=True)
@click.option("--connections", default=8, show_default=True)
@click.option("--warm/--cold", default=True, help="ask for every code once, in batches, before measuring")
def main(
    home: Path, db_url: str, matter: str, purpose: str, codes: int, seconds: float, connections: int, warm: bool
) -> None:  # fmt: skip
    """Prints one table."""
    env = {
        **os.environ,
        "XINHENG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "bench.checks_settings",
        "XINHENG_API_CHECKS": "100000000",
    }
    env["XINHENG_TODAY"] = os.environ.get("XINHENG_TODAY", "2026-11-20")
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH")]))
    if db_url:
        env["XINHENG_DATABASE_URL"] = db_url
    with tempfile.TemporaryDirectory(prefix="xinheng-checks-") as folder:
        plan = Path(folder) / "plan.json"
        _part(env, "prepare", str(plan), str(codes))
        told = json.loads(plan.read_text())
        _say("load average before", f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        bare = [_spawn(env, "commits", "4", str(part)) for part in range(2)]
        commits = [_wait(one) for one in bare]
        rate = sum(one["done"] / one["seconds"] for one in commits)
        _say("bare durable commits, 2 connections", f"{rate:,.0f}/s")
        with serving(env) as server:
            asked = Asked(env, Path(folder), server, told, matter, purpose, connections)
            if warm:
                _say("first batch of 10,000, pages not in memory", f"{asked.batch():.2f} s")
            row = asked.run("one row, same stack", asked.row(), seconds=seconds)
            public = asked.run("public facts, nothing written", asked.public(), seconds=seconds)
            again = asked.run("one row, same stack, again", asked.row(), seconds=seconds)
            _say(
                "answers without a state change / one row",
                f"{2 * public['rate'] / (row['rate'] + again['rate']):.2f}",
            )
            full = asked.run("shared, evidence durable", asked.shared(), seconds=seconds)
            _say("recorded checks / bare commits", f"{full['rate'] / rate:.2f}")
            asked.run("… at half that rate", asked.shared(), seconds=seconds, rate=full["rate"] / 2)
            busy = _spawn(env, "intake", str(plan))
            asked.run(
                "… at half, while an intake runs", asked.shared(), seconds=seconds, rate=full["rate"] / 2
            )
            _say("that intake", f"{_wait(busy)['seconds']:.1f} s for {codes:,} rows")
            for _ in range(3):
                _say("batch of 10,000", f"{asked.batch():.2f} s")


class Asked:
    """A running server and what is asked of it."""

    def __init__(
        self, env: dict[str, str], folder: Path, server: tuple[int, int], told: dict[str, Any], matter: str, purpose: str, connections: int
    ) -> None:  # fmt: skip
        self.env, self.folder, (self.port, self.pid), self.told = env, folder, server, told
        self.matter, self.purpose, self.connections = matter, purpose, connections

    def row(self) -> list[str]:
        return [self._get(f"/api/v1/checks-bench/row?code={code}") for code in self.told["codes"]]

    def public(self) -> list[str]:
        return [self._get(f"/api/v1/checks?code={code}&matter={self.matter}") for code in self.told["codes"]]

    def shared(self) -> list[str]:
        return [self._post("/api/v1/checks", {"code": code, **self._why()}) for code in self.told["codes"]]

    def batch(self) -> float:
        """Seconds for one batch, from sending to the last byte."""
        body = self._post("/api/v1/checks/batch", {"codes": self.told["codes"][:10_000], **self._why()})
        file = self.folder / "batch.json"
        file.write_text(
            json.dumps(
                {"requests": [body], "parts": 1, "seconds": 0.001, "rate": 0, "port": self.port, "start": 0}
            )
        )
        told = _part(self.env, "load", str(file), "0")
        if told["wrong"]:
            raise RuntimeError(f"batch: {told['wrong']}")
        return max(told["taken"])

    def run(self, name: str, requests: list[str], *, seconds: float, rate: float = 0) -> dict[str, Any]:
        """Loads the server and tells rate, latency and the CPU its workers used for each request."""
        file = self.folder / "load.json"
        start = time.time() + 1.0
        file.write_text(
            json.dumps(
                {
                    "requests": requests,
                    "parts": self.connections,
                    "seconds": seconds,
                    "rate": rate,
                    "port": self.port,
                    "start": start,
                }
            )
        )
        parts = [_spawn(self.env, "load", str(file), str(part)) for part in range(self.connections)]
        while time.time() < start:
            time.sleep(0.01)
        before = _cpu(self.pid)
        found = [_wait(one) for one in parts]
        used = _cpu(self.pid) - before
        taken = sorted(one for part in found for one in part["taken"])
        done, spent = len(taken), max(part["seconds"] for part in found)
        wrong = sum(sum(part["wrong"].values()) for part in found)
        told = {
            "rate": done / spent,
            "p50": taken[done // 2],
            "p99": taken[int(done * 0.99)],
            "cpu": used / done,
            "wrong": wrong,
        }
        _say(
                name, f"{told['rate']:,.0f}/s, p50 {1e3 * told['p50']:.1f} ms, p99 {1e3 * told['p99']:.1f} ms,"
                f" CPU {1e3 * told['cpu']:.2f} ms each, load {os.getloadavg()[0]:.1f}" + (f", WRONG {found[0]['wrong']}" if wrong else ""),
            )  # fmt: skip
        return told

    def _why(self) -> dict[str, str]:
        return {
            "matter": self.matter,
            "scope": "shared",
            "purpose": self.purpose,
            "case_number": "测〔2026〕1号",
        }

    def _get(self, path: str) -> str:
        return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.told['token']}\r\n\r\n"

    def _post(self, path: str, body: dict[str, Any]) -> str:
        text = json.dumps(body)
        return (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.told['token']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"
        )


@contextmanager
def serving(env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The stack with two workers, and the runner beside it; gives port and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], env=env, cwd=ROOT)
    runner = subprocess.Popen([sys.executable, "-m", "bench.checks_sealer"], env=env, cwd=ROOT)
    try:
        _until_up(port)
        yield port, server.pid
    finally:
        for one in (runner, server):
            one.terminate()
        for one in (runner, server):
            one.wait(timeout=30)


def _until_up(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
                link.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if link.recv(100):
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def _cpu(pid: int) -> float:
    """CPU seconds, user and system, of a process and its children."""
    every = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            every[int(entry.name)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / TICK
    return sum(spent for one, (parent, spent) in every.items() if pid in (one, parent))


def _spawn(env: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.checks_work", *arguments],
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait(process: subprocess.Popen[str]) -> dict[str, Any]:
    out = process.communicate()[0]
    if process.returncode:
        raise RuntimeError(f"a part of the measurement ended with {process.returncode}")
    told: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return told


def _part(env: dict[str, str], *arguments: str) -> dict[str, Any]:
    return _wait(_spawn(env, *arguments))


def _say(name: str, text: str) -> None:
    click.echo(f"{name:44}{text}")


if __name__ == "__main__":
    main()
