"""One POST to an address somebody else chose: no redirect, no proxy, no private network, no end of waiting.

The name is resolved once, every address it has is judged, and the connection goes to the address that was judged: a name
that answers differently the second time gains nothing.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from xinheng.subscriptions.policy_addresses import Network, address_allowed, url_problem

SECONDS = 5.0
MOST_READ = 16_384
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """What the receiver answered: a status, the beginning of its body, the seconds of its Retry-After.

    `reason` is a code when there was no answer: unresolved, address-refused, timeout, tls, unreachable, no-http.
    """

    status: int = 0
    body: bytes = b""
    retry_after: int = 0
    reason: str = ""

    @property
    def arrived(self) -> bool:
        return 200 <= self.status < 300


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, in the order of the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def post(
    *,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    sandbox: bool,
    allowed: Sequence[Network] = (),
    seconds: float = SECONDS,
    resolver: Resolve = resolve,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Sends `body` and reads the answer, all in about `seconds`. Never raises for what the other side does."""
    if url_problem(url, sandbox=sandbox):
        return Answer(reason="address-refused")
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = resolver(host, port)
    except (OSError, UnicodeError):
        return Answer(reason="unresolved")
    if not addresses or not all(address_allowed(one, allowed=allowed, sandbox=sandbox) for one in addresses):
        return Answer(reason="address-refused")
    secure = (context or ssl.create_default_context()) if parts.scheme == "https" else None
    connection = _Pinned(host, port, addresses[0], secure, seconds)
    # A socket's timeout runs anew with each byte; this one does not
    watch = threading.Timer(seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers={**headers, "User-Agent": "xinheng-webhook"})
        with connection.getresponse() as answer:
            told = answer.getheader("Retry-After", "")
            return Answer(answer.status, answer.read(MOST_READ), int(told) if _whole(told) else 0)
    except ssl.SSLError:
        return Answer(reason="timeout" if connection.overdue else "tls")
    except TimeoutError:
        return Answer(reason="timeout")
    except OSError:
        return Answer(reason="timeout" if connection.overdue else "unreachable")
    except (http.client.HTTPException, ValueError, AttributeError):
        return Answer(reason="timeout" if connection.overdue else "no-http")
    finally:
        watch.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one judged address, that asks for (and, with TLS, checks) the name."""

    def __init__(
        self, host: str, port: int, address: str, context: ssl.SSLContext | None, seconds: float
    ) -> None:
        super().__init__(host, port, timeout=seconds)
        self.address, self.context, self.overdue = address, context, False
        # What `close` forgets while an answer is still being read from it
        self.wire: socket.socket | None = None
        self.default_port = 443 if context else 80

    def connect(self) -> None:
        self.sock = self.wire = socket.create_connection((self.address, self.port), self.timeout)
        if self.context is not None:
            self.sock = self.wire = self.context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """Ends the connection whatever it is doing."""
        self.overdue = True
        if self.wire is not None:
            with suppress(OSError):
                self.wire.shutdown(socket.SHUT_RDWR)


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9
