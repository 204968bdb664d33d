"""The one POST over real TLS: the name is checked, the judged address is the one called, and it is resolved once."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from xinheng.subscriptions import transport

HOST = "hooks.example.test"


@pytest.fixture(scope="module")
def tls_receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path, list[str]]]:
    """A receiver whose certificate names HOST; its port, the certificate, and the hosts it was asked for."""
    folder, asked = tmp_path_factory.mktemp("tls"), []
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    day = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "cert.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, folder / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], pem, asked
    server.shutdown()
    server.server_close()


def post(url: str, *, addresses: list[str], sandbox: bool = True, trusted: Path | None = None) -> Any:
    looked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        looked.append(host)
        return addresses

    context = ssl.create_default_context(cafile=str(trusted)) if trusted else None
    answer = transport.post(
        url=url, headers={}, body=b"{}", sandbox=sandbox, resolver=resolver, context=context, seconds=3
    )
    return answer, looked


def test_the_name_is_asked_for_and_checked_at_the_judged_address(tls_receiver: Any) -> None:
    port, pem, asked = tls_receiver
    answer, looked = post(f"https://{HOST}:{port}/x", addresses=["127.0.0.1"], trusted=pem)
    assert (answer.status, answer.reason, asked[-1]) == (204, "", f"{HOST}:{port}")
    # Once: a second look could answer with another address
    assert looked == [HOST]


def test_a_certificate_nobody_vouches_for_or_of_another_name_is_refused(tls_receiver: Any) -> None:
    port, pem, asked = tls_receiver
    before = len(asked)
    assert post(f"https://{HOST}:{port}/x", addresses=["127.0.0.1"])[0].reason == "tls"
    assert (
        post(f"https://other.example.test:{port}/x", addresses=["127.0.0.1"], trusted=pem)[0].reason == "tls"
    )
    assert len(asked) == before


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], []]
)
def test_one_private_address_among_several_is_enough_to_refuse(
    tls_receiver: Any, addresses: list[str]
) -> None:
    port, pem, asked = tls_receiver
    before = len(asked)
    answer, _ = post(f"https://{HOST}:{port}/x", addresses=addresses, sandbox=False, trusted=pem)
    assert answer.reason == "address-refused" and len(asked) == before


def test_a_name_that_does_not_resolve_is_a_failure() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    assert (
        transport.post(
            url="https://nowhere.example.test/", headers={}, body=b"", sandbox=True, resolver=nowhere
        ).reason
        == "unresolved"
    )
