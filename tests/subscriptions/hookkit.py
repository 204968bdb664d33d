"""A webhook receiver for tests, on this machine, which can be told to misbehave; and what the tests subscribe with."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.subscriptions import service as subscriptions

UNIT = "11340600000000000" + uscc.check_char("11340600000000000")
MATTER = "honour-award"


@dataclass
class Got:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def kind(self) -> str:
        return str(self.json["type"]).removeprefix("xinheng.").removesuffix(".v1")


@dataclass
class Receiver:
    """What it does with a message: takes it, answers with a status, redirects, dribbles, hangs up, or falls silent."""

    port: int
    got: list[Got] = field(default_factory=list)
    seen: list[Got] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    echo: bool = True
    silent: float = 0.0
    dribble: float = 0.0
    hang_up: bool = False
    after: Callable[[Got], int] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/x?t=1"

    @property
    def told(self) -> list[tuple[str, str]]:
        """(kind, subject) of what was taken, without challenges."""
        return [(one.kind, one.json["subject"]) for one in self.got if one.kind != "subscription.confirm"]

    def forget(self) -> None:
        self.got.clear()
        self.seen.clear()


def receivers() -> Iterator[Callable[[], Receiver]]:
    """Makes receivers; all of them stop in the end."""
    servers: list[ThreadingHTTPServer] = []

    def made() -> Receiver:
        state: dict[str, Receiver] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                one = state["it"]
                length = int(self.headers.get("Content-Length", "0"))
                got = Got(self.path, dict(self.headers.items()), self.rfile.read(length))
                one.seen.append(got)
                if one.hang_up:
                    self.connection.close()
                    return
                if one.silent:
                    time.sleep(one.silent)
                status = one.after(got) if one.after else one.status
                if 200 <= status < 300:
                    one.got.append(got)
                try:
                    self._answer(one, got, status)
                except OSError:
                    self.close_connection = True

            def _answer(self, one: Receiver, got: Got, status: int) -> None:
                self.send_response(status)
                for name, value in one.headers.items():
                    self.send_header(name, value)
                body = b"{}"
                if got.kind == "subscription.confirm" and one.echo:
                    body = json.dumps({"challenge": got.json["data"]["challenge"]}).encode()
                if one.dribble:
                    self.end_headers()
                    for _ in range(200):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(one.dribble)
                    return
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                state["it"].seen.append(Got(self.path, dict(self.headers.items()), b"", "GET"))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state["it"] = Receiver(server.server_address[1])
        return state["it"]

    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


def machine(
    scopes: tuple[str, ...] = ("subscribe", "check"), *, sector: str = "", matters: tuple[str, ...] = ()
) -> accounts.ApiClient:
    """A client of a unit."""
    made = accounts.add_client(
        body=UNIT, scopes=scopes, title="审批系统", at=AT, actor="test", sector=sector, matters=matters
    )
    return next(one for one in accounts.clients() if one.id == made.id)


def penalised(count: int = 1, *, item: str = "admin-penalty") -> list[publication.Entry]:
    """Public entries that count in the matter, each of another organisation."""
    found: dict[str, publication.Entry] = {}
    for one in publication.statements(audience="public", on=evidence.legal_day(AT), item=item, limit=500):
        if one.severity in ("ordinary", "serious"):
            found.setdefault(one.uscc, one)
    assert len(found) >= count
    return list(found.values())[:count]


def subscribe(
    receiver: Receiver | None, client: accounts.ApiClient, usccs: Sequence[str], *, at: datetime = AT,
    kinds: Sequence[str] = ("answer.changed",), matter: str = MATTER, url: str = "", **more: Any,
) -> subscriptions.Subscription:  # fmt: skip
    """A subscription that its receiver has confirmed (without a receiver: one that waits)."""
    made = subscriptions.subscribe(
        client=client, url=url or (receiver.url if receiver else "https://example.com/x"), kinds=kinds, usccs=usccs,
        matter=matter, actor="test", at=at, **more,
    )  # fmt: skip
    if receiver is None:
        return made
    subscriptions.deliver(at=at)
    subscriptions.decide(at=at)
    receiver.forget()
    return subscriptions.subscription(client=client.id, id=made.id)


def end(ids: Sequence[int], state: str = "annulled", *, at: datetime = AT) -> None:
    """Takes entries out of use, and lets the followers catch up."""
    with evidence.event(evidence.Act(kind="test.ended", actor="test", at=at, provision="测试")) as event:
        records.restand(event=event, statement_ids=list(ids), state=state)
    evidence.drain(at=at)


def turn(at: datetime = AT) -> subscriptions.Delivered:
    """What the runner does in a round."""
    evidence.drain(at=at)
    subscriptions.decide(at=at)
    return subscriptions.deliver(at=at)
