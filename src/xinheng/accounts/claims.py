"""Organisations' accounts: made by a token of the identity provider that names the code, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from xinheng.accounts.errors import BadAccount, ClaimRefused
from xinheng.accounts.keeping import digest_of, get, save, switch
from xinheng.accounts.keyring import digest
from xinheng.accounts.models import Account
from xinheng.accounts.policy_permissions import ORGANISATION
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.kernel.personal import redact

CLAIMED, ENDED = "accounts.claimed", "accounts.claim-ended"
AGENT = "经办账户"


@dataclass(frozen=True)
class Told:
    """What a verified token of the provider says: who issued it, for whom, and for which code. Kept by nobody."""

    issuer: str
    subject: str
    code: str


@dataclass(frozen=True)
class Claim:
    """An agent's account of an organisation."""

    account: str
    uscc: str
    active: bool


def claim(*, told: Told, listed: Callable[[str], bool], at: datetime) -> str:
    """The account of this agent for this organisation; made at its first sign-in. Returns its name.

    Of issuer and subject only a keyed digest is kept, as the account's name: who the agent is cannot be found again.
    One person who acts for two organisations has two accounts; several persons may act for one. `listed` says whether
    the register knows a code. Raises `ClaimRefused`.
    """
    code = told.code.strip().upper()
    if not uscc.is_valid(code):
        raise ClaimRefused(
            "身份提供方没有给出有效的统一社会信用代码,不能确认您代表哪一家。请用单位的电子营业执照登录。"
        )
    if not listed(code):
        raise ClaimRefused(f"主体登记中没有 {code}。刚登记的单位请过几天再来,或到服务窗口办理。")
    name = agent_name(told, code)
    row = Account.objects.filter(name=name).first()
    if row is None:
        return _made(name, code, at)
    if not row.active:
        raise ClaimRefused(f"这个账户代表 {code} 的资格已由信用办终止。有疑问请到服务窗口办理。")
    return name


def agent_name(told: Told, code: str) -> str:
    """The name an agent's account has for a code."""
    return f"o-{digest('agent', told.issuer, told.subject, code)[:32]}"


def end_claim(*, name: str, reason: str, at: datetime, actor: str) -> None:
    """The office ends an agent's account; its sessions end with their next request. Ending twice is once.

    Raises `NoSuchAccount`, `BadAccount` for an account that is no organisation's or where no reason is given.
    """
    row = get(name)
    if row.role != ORGANISATION:
        raise BadAccount(f"「{name}」不是企业经办账户。工作人员的账户用 xinheng accounts disable 停用。")
    reason = redact(reason.strip())[0][:200]
    if not reason:
        raise BadAccount("请写明终止的理由,例如:单位来函更换经办人。")
    if row.active:
        row.active = False
        save(row, ENDED, at, actor, reason=reason)


def reopen_claim(*, name: str, at: datetime, actor: str) -> None:
    """The office lets an ended agent's account sign in again."""
    if get(name).role != ORGANISATION:
        raise BadAccount(f"「{name}」不是企业经办账户。")
    switch(name, True, "accounts.enabled", at, actor)


def claims(*, body: str = "", after: str = "", limit: int = 50) -> list[Claim]:
    """Agents' accounts by name, those of one organisation or all; `after` is the last name seen."""
    rows = Account.objects.filter(role=ORGANISATION, name__gt=after).order_by("name")
    if body:
        rows = rows.filter(body=body)
    return [Claim(row.name, row.body, row.active) for row in rows[:limit]]


def _made(name: str, code: str, at: datetime) -> str:
    detail = {"account": name, "role": ORGANISATION, "body": code}
    with evidence.event(evidence.Act(kind=CLAIMED, actor="provider", at=at, detail=detail)) as event:
        evidence.lock(f"accounts.claim.{name}")
        row = Account.objects.filter(name=name).first()
        if row is None:
            row = Account(name=name, role=ORGANISATION, body=code, title=AGENT, password=make_password(None))
            row.save(force_insert=True)
        event.detail["digest"] = digest_of(row)
    return name
