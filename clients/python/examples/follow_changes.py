"""A receiver of messages: genuine ones make the stale answer be asked again. python follow_changes.py PORT

The address subscribed with must reach this program; it stops after XINHENG_MESSAGES messages (0: never).
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import requests
from xinheng_client import NotGenuine
from xinheng_client.webhooks import verify_delivery

host, address = os.environ["XINHENG_HOST"], os.environ["XINHENG_WEBHOOK"]
left = int(os.environ.get("XINHENG_MESSAGES", "0"))
seen: set[str] = set()


def keys() -> dict[str, Any]:
    """The platform's present webhook keys. Asked anew for each message: keys change, messages are few."""
    return requests.get(f"{host}/trust.json", timeout=10).json().get("webhook_keys", {"keys": []})


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is genuine, 403 to everything else."""

    def do_POST(self) -> None:
        global left
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            message = verify_delivery(url=address, headers=dict(self.headers), body=body, keys=keys())
        except NotGenuine as error:
            print(f"拒收：{error}", flush=True)
            self.send_response(403)
            self.end_headers()
            return
        challenge = message["data"].get("challenge")
        if challenge:
            # The first message asks whether this address wants to be told: the challenge sent back says so
            self.send_response(200)
            self.send_header("Content-Length", str(len(challenge)))
            self.end_headers()
            self.wfile.write(challenge.encode())
            return
        if message["id"] not in seen:
            seen.add(message["id"])
            print(f"{message['type']} {message['subject']}：请重新核查", flush=True)
            left -= 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing of its own."""


with HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver) as server:
    while left != 0:
        server.handle_request()
        if left == 0:
            break
