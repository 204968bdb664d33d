"""Accounts: added, disabled, given another password. Each act is one ledger event that binds the row."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from xinheng.accounts.errors import AccountTaken, BadAccount, NoSuchAccount
from xinheng.accounts.models import Account, Client
from xinheng.accounts.policy_permissions import (
    AUDITOR,
    OFFICE,
    ORGANISATION,
    STAFF_ROLES,
    password_problem,
)
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc

NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
LATER = frozenset({("accounts_client", "sector"), ("accounts_client", "matters")})
# No vowels and no look-alikes: a generated password spells nothing and can be read out
ALPHABET = "bcdfghjkmnpqrstvwxz23456789"


@dataclass(frozen=True)
class SignIn:
    """A way in, told once: the password is not kept."""

    name: str
    password: str
    role: str
    body: str
    title: str


@dataclass(frozen=True)
class AccountSummary:
    """An account as a list shows it."""

    name: str
    role: str
    body: str
    title: str
    active: bool


def accounts() -> list[AccountSummary]:
    """All accounts of staff by name: of one city tens, at most a few thousand. Organisations' are `claims`."""
    rows = (
        Account.objects.exclude(role=ORGANISATION)
        .order_by("name")
        .values("name", "role", "body", "title", "active")
    )
    return [AccountSummary(**row) for row in rows]


def actors_of(body: str) -> set[str]:
    """As whom a unit or organisation stands in the ledger: its accounts and its machines."""
    people = Account.objects.filter(body=body).values_list("name", flat=True)
    machines = Client.objects.filter(body=body).values_list("id", flat=True)
    return {f"desk:{name}" for name in people} | {f"api:{id}" for id in machines}


def exists(name: str) -> bool:
    """Whether an account of this name exists, disabled ones included."""
    return Account.objects.filter(name=name).exists()


def add(
    *, name: str, role: str, body: str, title: str, at: datetime, actor: str, password: str = ""
) -> SignIn:
    """A new account; without a password one is made up. Raises `AccountTaken`, `BadAccount`."""
    _check(name, role, body, title)
    password = _accepted(name, password)
    if exists(name):
        raise AccountTaken(f"用户名「{name}」已经有了。换一个,或用 xinheng accounts password 重设密码。")
    row = Account(name=name, role=role, body=body, title=title, password=make_password(password))
    detail = {"account": name, "role": role, "body": body}
    act = evidence.Act(kind="accounts.added", actor=actor, at=at, detail=detail)
    with evidence.event(act) as event:
        row.save(force_insert=True)
        event.detail["digest"] = digest_of(row)
    return SignIn(name, password, role, body, title)


def disable(*, name: str, at: datetime, actor: str) -> None:
    """Ends an account; its open sessions end with their next request. Disabling twice is once."""
    switch(name, False, "accounts.disabled", at, actor)


def enable(*, name: str, at: datetime, actor: str) -> None:
    """Lets a disabled account sign in again."""
    switch(name, True, "accounts.enabled", at, actor)


def set_password(*, name: str, at: datetime, actor: str, password: str = "") -> SignIn:
    """Another password; all open sessions of the account end. Raises `NoSuchAccount`, `BadAccount`."""
    row = get(name)
    if row.role == ORGANISATION:
        raise BadAccount("企业经办账户没有密码,只能通过身份提供方登录。")
    password = _accepted(name, password)
    row.password = make_password(password)
    save(row, "accounts.password-set", at, actor)
    return SignIn(name, password, row.role, row.body, row.title)


def unlock(*, name: str, at: datetime, actor: str) -> None:
    """Forgets the failed attempts of an account that was locked."""
    from axes.utils import reset

    row = get(name)
    reset(username=name)
    save(row, "accounts.unlocked", at, actor)


def digest_of(row: Model) -> str:
    """SHA-256 over every column in table order: what a ledger event binds.

    Columns that came later (`LATER`) count from the first of them that is not empty: rows bound before they existed keep
    their digest, and nothing can be written into them unseen.
    """
    values = [(field.attname, getattr(row, field.attname)) for field in row._meta.concrete_fields]
    while values[-1][1] == "" and (row._meta.db_table, values[-1][0]) in LATER:
        values.pop()
    return evidence.rows_digest([[value for _name, value in values]])


def switch(name: str, active: bool, kind: str, at: datetime, actor: str) -> None:
    """Ends an account or lets it in again, as an event of this kind; nothing where it already is so."""
    row = get(name)
    if row.active == active:
        return
    row.active = active
    save(row, kind, at, actor)


def save(row: Account, kind: str, at: datetime, actor: str, **more: Any) -> None:
    """Writes a changed row in one event that binds it; `more` is said beside it."""
    act = evidence.Act(kind=kind, actor=actor, at=at, detail={"account": row.name, **more})
    with evidence.event(act) as event:
        row.save(force_update=True)
        event.detail["digest"] = digest_of(row)


def get(name: str) -> Account:
    """The account of this name. Raises `NoSuchAccount`."""
    row = Account.objects.filter(name=name).first()
    if row is None:
        raise NoSuchAccount(f"没有用户名「{name}」。用 xinheng accounts list 查看已有的账户。")
    return row


def _check(name: str, role: str, body: str, title: str) -> None:
    if not NAME.fullmatch(name):
        raise BadAccount(f"用户名「{name}」不行:用小写字母开头,后面是小写字母、数字、点、横线,2 到 40 位。")
    if role == ORGANISATION:
        raise BadAccount(
            "企业的账户不能由人新建:只有身份提供方能证明谁代表哪一家。请让企业从登录页自己登录。"
        )
    if role not in STAFF_ROLES:
        raise BadAccount(f"角色「{role}」不认识。可以是:{'、'.join(STAFF_ROLES)}。")
    if role in (OFFICE, AUDITOR) and body:
        raise BadAccount("信用办和审计的账户不属于某一个单位,请不要填 --body。")
    if role not in (OFFICE, AUDITOR) and not uscc.is_valid(body):
        raise BadAccount(f"部门的账户要写明单位的统一社会信用代码,「{body}」不是。")
    if len(title) > 60:
        raise BadAccount("岗位名称最多 60 个字。")


def _accepted(name: str, password: str) -> str:
    """The password as given when it will do, or one of 16 random characters (77 bits)."""
    if not password:
        return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    problem = password_problem(name, password)
    if problem:
        raise BadAccount(problem)
    return password


def rows_of(model: type[Any]) -> list[Any]:
    """All rows, for verification."""
    return list(model.objects.order_by("pk"))
