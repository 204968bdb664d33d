"""The receiver among the examples of the Python client, as a program of its own, against a running platform."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from hookkit import MATTER, UNIT, end, penalised, subscribe

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.subscriptions import service as subscriptions

CLIENT = Path(__file__).resolve().parents[2] / "clients" / "python"


class Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def running_platform(client: Any) -> Iterator[str]:
    """The site and the API over HTTP, in a thread of this process."""
    from xinheng.faces.wsgi import application

    server = make_server("127.0.0.1", 0, application, WSGIServer, Silent)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_receiver_verifies_remembers_and_catches_up(running_platform: str, tmp_path: Path) -> None:
    from xinheng.faces.clock import now

    port, entries = free_port(), penalised(3)
    made = accounts.add_client(
        body=UNIT, scopes=("subscribe", "check"), title="审批系统", at=AT, actor="test"
    )
    held = next(one for one in accounts.clients() if one.id == made.id)
    address = f"http://127.0.0.1:{port}/hook"
    environment = {
        **os.environ, "PYTHONPATH": str(CLIENT / "src"), "XINHENG_HOST": running_platform,
        "XINHENG_CLIENT_ID": made.id, "XINHENG_CLIENT_SECRET": made.secret, "XINHENG_WEBHOOK": address,
        "XINHENG_MAX_AGE": str(86_400 * 36_500), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    state = tmp_path / "state.json"

    def started(most: int) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            [sys.executable, str(CLIENT / "examples" / "receive_events.py"), str(port), str(state)],
            env={**environment, "XINHENG_MESSAGES": str(most)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return program
            if program.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(program.stdout.read() if program.stdout else "")

    subscribe(None, held, [one.uscc for one in entries], url=address, at=now())
    evidence.drain(at=now())
    evidence.write_trust_bundle(at=now())
    program = started(1)
    subscriptions.deliver(at=now())
    [known] = subscriptions.subscriptions(client=made.id)
    assert known.state == "active", (known, subscriptions.troubles())
    end([entries[0].id], at=now())
    subscriptions.decide(at=now())
    assert subscriptions.deliver(at=now()).delivered == 1
    out, _ = program.communicate(timeout=30)
    assert entries[0].uscc in out and known.matter == MATTER
    # While it is down two more answers change: one delivery fails, both are there when it comes back
    end([one.id for one in entries[1:]], at=now())
    subscriptions.decide(at=now())
    assert subscriptions.deliver(at=now()).failed == 1
    program = started(1)
    try:
        assert json.loads(state.read_text())["cursor"] == 4
        forged = subprocess.run(
            [sys.executable, "-c",
             "import sys, requests; print(requests.post(sys.argv[1], data=b'{}', timeout=10).status_code)", address],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert forged.stdout.strip() == "403"
    finally:
        program.kill()
    out = program.communicate()[0]
    assert all(one.uscc in out for one in entries[1:]) and "拒收" in out
