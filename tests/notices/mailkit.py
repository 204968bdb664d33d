"""A mail server for tests, which can be told to misbehave, and an organisation whose account confirmed an address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest


class Office:
    """What the server does with letters: takes them, refuses the receiver, is busy, or falls silent after the text."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.answer = ""
        self.silent_for = 0.0
        self.silent_at = "data"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.silent_for and self.silent_at == "rcpt":
            import asyncio

            await asyncio.sleep(self.silent_for)
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.silent_for and self.silent_at == "data":
            import asyncio

            await asyncio.sleep(self.silent_for)
        return "250 taken"

    @property
    def subjects(self) -> list[str]:
        return [str(letter["Subject"]).strip() for letter in self.letters]


@pytest.fixture
def post_office(settings_of_mail: Callable[[str], None]) -> Iterator[Office]:
    """A server on a free port of this machine; letters of the test's home go there."""
    import socket

    from aiosmtpd.controller import Controller

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    office = Office()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    settings_of_mail(f"smtp://127.0.0.1:{port}?from=notice@example.gov.cn&timeout=1")
    yield office
    time.sleep(0)
    controller.stop()


@pytest.fixture
def settings_of_mail(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says where letters go."""
    from django.conf import settings

    def say(url: str) -> None:
        monkeypatch.setattr(settings, "SMTP_URL", url)

    monkeypatch.setattr(settings, "PUBLIC_URL", "https://credit.example.gov.cn")
    return say


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives organisations an account whose address is confirmed."""
    from types import SimpleNamespace

    from xinheng.accounts import service as accounts

    known: dict[str, list[Any]] = {}

    def of(uscc: str, language: str = "zh-hans", account: str = "o-test") -> None:
        contact = SimpleNamespace(account=account, email=f"{account}@firm.example", language=language)
        known.setdefault(uscc, []).append(contact)

    def contacts(*, usccs: Any) -> dict[str, list[Any]]:
        return {code: known[code] for code in usccs if code in known}

    of.known = known  # type: ignore[attr-defined]
    monkeypatch.setattr(accounts, "contacts", contacts, raising=False)
    return of
