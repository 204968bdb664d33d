"""Letters over SMTP. Where a server was handed the text and fell silent, nobody knows: such a letter is never sent twice."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import smtplib
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from xinheng.notices.errors import BadMailAddress

TIMEOUT = 20
FORM = "smtp://用户:密码@主机:端口?from=发件地址（TLS：smtps:// 或加 &starttls=1）"


@dataclass(frozen=True)
class Server:
    """Where letters go out, from `XINHENG_SMTP_URL`."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    ssl: bool
    starttls: bool
    timeout: float


@dataclass(frozen=True)
class Letter:
    """One letter, ready to go. `ref` names notice and account: the same letter always has the same Message-ID."""

    ref: str
    to: str
    subject: str
    body: str
    language: str


@dataclass(frozen=True)
class Outcome:
    """What the server did with a letter: sent, failed (may be tried again) or given-up, and a code of why."""

    state: str
    reason: str = ""


def configured() -> bool:
    """Whether this installation sends mail at all."""
    return bool(getattr(settings, "SMTP_URL", ""))


def server(url: str) -> Server:
    """The parts of `smtp[s]://user:pass@host:port?from=…`. Raises `BadMailAddress`; the password is in no message."""
    parts = urlparse(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    try:
        port = parts.port
        timeout = float(query.get("timeout", TIMEOUT))
    except ValueError:
        raise BadMailAddress(f"XINHENG_SMTP_URL 的端口或时限读不出。应写成 {FORM}。") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "@" not in query.get("from", ""):
        raise BadMailAddress(f"XINHENG_SMTP_URL 读不出。应写成 {FORM}。")
    secure = parts.scheme == "smtps"
    return Server(
        host=parts.hostname, port=port or (465 if secure else 25), user=unquote(parts.username or ""),
        password=unquote(parts.password or ""), sender=query["from"], ssl=secure,
        starttls=query.get("starttls") == "1" and not secure, timeout=timeout,
    )  # fmt: skip


def post(*, to: str, subject: str, text: str) -> bool:
    """Sends one letter at once, for what cannot wait for a round: a code that confirms an address. Nothing is kept.

    False where this installation sends no mail or the server did not take it. Raises `BadMailAddress`.
    """
    if not configured():
        return False
    client = Post(server(settings.SMTP_URL))
    outcome = client.send(Letter(secrets.token_hex(8), to, subject, text, "zh"))
    client.hang_up()
    return outcome.state == "sent"


class _Handed:
    """Remembers that the text of a letter was on its way when something went wrong."""

    handed = False

    def data(self, msg: Any) -> Any:
        self.handed = True
        answer = super().data(msg)  # type: ignore[misc]
        self.handed = False
        return answer


class _Plain(_Handed, smtplib.SMTP):
    pass


class _Secure(_Handed, smtplib.SMTP_SSL):
    pass


class Post(EmailBackend):
    """Django's own SMTP client, which also says how far a letter came."""

    def __init__(self, told: Server) -> None:
        super().__init__(
            host=told.host, port=told.port, username=told.user, password=told.password, use_ssl=told.ssl,
            use_tls=told.starttls, timeout=told.timeout, fail_silently=False,
        )  # fmt: skip
        self.sender = told.sender

    @property
    def connection_class(self) -> Any:
        return _Secure if self.use_ssl else _Plain

    def send(self, letter: Letter) -> Outcome:
        """Sends one letter over the open connection; never raises for what a server did."""
        try:
            self.open()
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Outcome("failed", _why(error))
        try:
            self.send_messages([self._message(letter)])
        except smtplib.SMTPRecipientsRefused as error:
            return self._said(min(code for code, _ in error.recipients.values()))
        except smtplib.SMTPSenderRefused as error:
            # It is we who are not let in, not this letter: worth another try once that is mended
            self.hang_up()
            return Outcome("failed", f"sender-{error.smtp_code}")
        except smtplib.SMTPResponseException as error:
            return self._said(error.smtp_code)
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            return self._broke(error)
        return Outcome("sent")

    def reach(self) -> bool:
        """Whether the server can be reached now, and lets us in."""
        try:
            self.open()
        except (OSError, smtplib.SMTPException):
            self.hang_up()
            return False
        return True

    def _message(self, letter: Letter) -> EmailMessage:
        name = hashlib.sha256(f"{letter.ref}|{letter.to}".encode()).hexdigest()[:40]
        return EmailMessage(
            subject=" ".join(letter.subject.split()), body=letter.body, from_email=self.sender, to=[letter.to],
            headers={
                "Message-ID": f"<{name}@{self.sender.rpartition('@')[2].rstrip('>')}>",
                "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
                "Content-Language": "en" if letter.language == "en" else "zh-CN",
            },
        )  # fmt: skip

    def _said(self, code: int) -> Outcome:
        self.hang_up()
        return Outcome("given-up" if code >= 500 else "failed", f"refused-{code}")

    def _broke(self, error: Exception) -> Outcome:
        handed = bool(getattr(self.connection, "handed", False))
        self.hang_up()
        if handed:
            return Outcome("given-up", "unclear")
        return Outcome("failed", _why(error))

    def hang_up(self) -> None:
        """Closes the connection without waiting for a word."""
        if self.connection is not None:
            with contextlib.suppress(Exception):
                self.connection.close()
            self.connection = None


def _why(error: Exception) -> str:
    # smtplib turns a silent server into a closed connection and keeps the word only in its text
    return "timeout" if isinstance(error, TimeoutError) or "timed out" in str(error) else "connection"
