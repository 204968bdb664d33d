"""A receiver that misses nothing: it verifies each delivery, remembers where it is, and catches up after it was down.

    python receive_events.py PORT STATE.json

Environment: XINHENG_HOST, XINHENG_CLIENT_ID, XINHENG_CLIENT_SECRET (scopes check, subscribe), XINHENG_WEBHOOK (the address
subscribed with, as the platform calls it), XINHENG_MESSAGES (stop after so many; 0: never), XINHENG_MAX_AGE (seconds a signature
is good for; a sandbox with a fixed day needs a large one). In production a web server with TLS stands in front.
"""

import json
import os
import sys
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import requests
from _account import platform
from xinheng_client import NotGenuine
from xinheng_client.webhooks import verify_delivery

HOST, ADDRESS = os.environ["XINHENG_HOST"], os.environ["XINHENG_WEBHOOK"]
MAX_AGE = timedelta(seconds=int(os.environ.get("XINHENG_MAX_AGE", "300")))
client = platform()


class State:
    """The highest message number without a gap before it, and numbers seen beyond it; kept in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        told: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {}
        self.cursor: int = told.get("cursor", 0)
        self.beyond: set[int] = set(told.get("beyond", ()))

    def new(self, message: dict[str, Any]) -> bool:
        """Whether this message was not seen before. Deliveries may repeat and, after a failure, come out of order."""
        number = int(message["sequence"])
        return number > self.cursor and number not in self.beyond

    def done(self, message: dict[str, Any]) -> None:
        """Only after the work: what is noted here is never asked for again."""
        self.beyond.add(int(message["sequence"]))
        while self.cursor + 1 in self.beyond:
            self.cursor += 1
            self.beyond.remove(self.cursor)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps({"cursor": self.cursor, "beyond": sorted(self.beyond)}))
        fresh.replace(self.file)


def act_on(message: dict[str, Any]) -> None:
    """A message says "look again": what is true now is asked of the check, and the old answer is thrown away."""
    if message["type"] == "xinheng.answer.changed.v1":
        answer = client.look(message["subject"], message["data"]["matter"])
        print(f"{message['sequence']} {message['subject']}：现有 {len(answer.entries)} 条计入", flush=True)
    else:
        print(f"{message['sequence']} {message['subject']}：{message['type']}", flush=True)


def take(message: dict[str, Any], state: State) -> bool:
    """Acts on a message once; False for one that was done already."""
    if not state.new(message):
        return False
    if not message["type"].startswith("xinheng.subscription."):
        act_on(message)
    state.done(message)
    return True


class Receiver(BaseHTTPRequestHandler):
    """204 for what is genuine, done or done before; 403 for everything else. What fails gets no answer: it comes again."""

    state: State
    keys: dict[str, Any]
    taken = 0

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), 65_536))
        try:
            message = self.genuine(body)
        except NotGenuine as error:
            print(f"拒收：{error}", flush=True)
            self.answer(403)
            return
        challenge = str(message["data"].get("challenge", "")).encode()
        fresh = take(message, self.state)
        self.answer(200 if challenge else 204, challenge)
        if fresh and not challenge:
            Receiver.taken += 1

    def genuine(self, body: bytes) -> dict[str, Any]:
        """The message, once with the keys at hand and once with fresh ones: the platform may have a new key."""
        for again in (False, True):
            try:
                return verify_delivery(
                    url=ADDRESS, headers=dict(self.headers), body=body, keys=Receiver.keys, max_age=MAX_AGE
                )
            except NotGenuine:
                if again:
                    raise
                Receiver.keys = published()
        raise AssertionError("unreachable")

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing of its own."""


def published() -> dict[str, Any]:
    """The platform's webhook keys, retired ones too."""
    found: dict[str, Any] = requests.get(f"{HOST}/trust.json", timeout=10).json()["webhook_keys"]
    return found


def main() -> None:
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    Receiver.state, Receiver.keys = State(file), published()
    for message in client.events(after=Receiver.state.cursor):
        if take(message, Receiver.state):
            print("  （停机期间的消息，从断点取回）", flush=True)
    most = int(os.environ.get("XINHENG_MESSAGES", "0"))
    with HTTPServer(("127.0.0.1", port), Receiver) as server:
        print("开始接收", flush=True)
        while not most or Receiver.taken < most:
            server.handle_request()


if __name__ == "__main__":
    main()
