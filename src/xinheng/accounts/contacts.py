"""Where notices go: an address its owner set and confirmed, encrypted at rest, forgotten when it is ended."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from xinheng.accounts.errors import BadAddress, WrongCode
from xinheng.accounts.keeping import digest_of, get
from xinheng.accounts.keyring import digest, seal, unseal
from xinheng.accounts.models import Account, Contact
from xinheng.accounts.policy_permissions import ORGANISATION
from xinheng.evidence import service as evidence

SET, ENDED = "accounts.contact-set", "accounts.contact-ended"
KINDS = (SET, ENDED)
LANGUAGES = ("zh-hans", "en")
ADDRESS = re.compile(r"[^@\s\"'<>,;:\\()\[\]]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}")
HOLDS, TRIES = timedelta(minutes=15), 5


@dataclass(frozen=True)
class ContactOf:
    """Where an account may be written to, and in which language."""

    account: str
    email: str
    language: str


@dataclass(frozen=True)
class Asked:
    """An address waiting for its code: what the session keeps. The code itself went to the address only."""

    sealed: str
    proof: str
    language: str
    until: float
    tries: int = 0


def ask_contact(*, name: str, email: str, language: str, instant: datetime) -> tuple[Asked, str]:
    """An address to be confirmed, and the code to send there. Raises `BadAddress`."""
    email = email.strip()
    local, _, host = email.rpartition("@")
    email = f"{local}@{host.lower()}"
    if not email.isascii() or len(email) > 120 or not ADDRESS.fullmatch(email):
        raise BadAddress("这不像一个电子邮箱地址。请检查有没有多余的空格或全角字符。")
    if language not in LANGUAGES:
        raise BadAddress(f"通知语言「{language}」不认识。可以是:{'、'.join(LANGUAGES)}。")
    code = f"{secrets.randbelow(1_000_000):06d}"
    return Asked(seal(email), _proof(name, code), language, (instant + HOLDS).timestamp()), code


def set_contact(
    *, name: str, asked: Asked, code: str, instant: datetime, at: datetime, actor: str
) -> ContactOf:
    """Keeps the address whose code was told back. Raises `WrongCode` for a wrong one, a late one, one tried too often."""
    if asked.tries >= TRIES or instant.timestamp() >= asked.until:
        raise WrongCode("验证码已过期或输错太多次。请重新发送一个。")
    if not hmac.compare_digest(asked.proof, _proof(name, code.strip())):
        raise WrongCode("验证码不对。请看邮件里最近一次的 6 位数字。")
    _keep(name, SET, asked.sealed, asked.language, at, actor)
    return ContactOf(name, unseal(asked.sealed), asked.language)


def end_contact(*, name: str, at: datetime, actor: str) -> None:
    """Forgets the address of an account. Twice is once."""
    if contact(name=name) is not None:
        _keep(name, ENDED, "", "", at, actor)


def contact(*, name: str) -> ContactOf | None:
    """The confirmed address of one account, if it has one."""
    row = Contact.objects.filter(account=name).exclude(address="").first()
    return ContactOf(row.account, unseal(row.address), row.language) if row else None


def contacts(*, usccs: Iterable[str]) -> dict[str, list[ContactOf]]:
    """For each organisation the confirmed addresses of its active agents; organisations without one are left out."""
    found: dict[str, list[ContactOf]] = {}
    agents: dict[str, str] = {}
    wanted = sorted(set(usccs))
    for start in range(0, len(wanted), 500):
        rows = Account.objects.filter(role=ORGANISATION, active=True, body__in=wanted[start : start + 500])
        agents.update(rows.values_list("name", "body"))
    names = sorted(agents)
    for start in range(0, len(names), 500):
        rows = Contact.objects.filter(account__in=names[start : start + 500]).exclude(address="")
        for row in rows.order_by("account"):
            one = ContactOf(row.account, unseal(row.address), row.language)
            found.setdefault(agents[row.account], []).append(one)
    return found


def _keep(name: str, kind: str, sealed: str, language: str, at: datetime, actor: str) -> None:
    get(name)
    with evidence.event(evidence.Act(kind=kind, actor=actor, at=at, detail={"contact": name})) as event:
        row = Contact(account=name, address=sealed, language=language)
        row.save()
        event.detail["digest"] = digest_of(row)


def _proof(name: str, code: str) -> str:
    return digest("e-mail", name, code)
