"""Machine clients: id and secret for a short-lived token that is bound to one unit and its scopes (OAuth 2, 4.4)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing

from xinheng.accounts.errors import BadAccount, NoSuchAccount, TokenRefused
from xinheng.accounts.keeping import digest_of
from xinheng.accounts.models import Client
from xinheng.accounts.policy_permissions import SCOPES
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc

TOKEN_SECONDS = 3_600
SALT = "xinheng.accounts.token"
MATTER = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class ApiClient:
    """A machine of a unit and what it may do: `matters` () are all of its unit's."""

    id: str
    body: str
    scopes: tuple[str, ...]
    title: str
    active: bool
    sector: str = ""
    matters: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientSecret:
    """A new client with its secret, told once."""

    id: str
    secret: str
    body: str
    scopes: tuple[str, ...]
    sector: str = ""
    matters: tuple[str, ...] = ()


def clients() -> list[ApiClient]:
    """All clients by id."""
    return [_shown(row) for row in Client.objects.order_by("id")]


def add_client(
    *, body: str, scopes: tuple[str, ...], title: str, at: datetime, actor: str, sector: str = "",
    matters: tuple[str, ...] = (),
) -> ClientSecret:  # fmt: skip
    """A new client for a unit, bound to its sector and, where given, to some of its matters. Raises `BadAccount`.

    Whether the matters are in the directory is asked by whoever calls: this room does not know the directory.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise BadAccount(f"权限范围「{' '.join(unknown)}」不认识。可以是:{'、'.join(SCOPES)}。")
    if not uscc.is_valid(body):
        raise BadAccount(f"「{body}」不是统一社会信用代码:接口账户要绑定一个报送单位。")
    if len(sector) > 32 or not all(MATTER.fullmatch(one) for one in matters):
        raise BadAccount(f"事项「{' '.join(matters)}」或者行业「{sector}」写法不对。事项写代码,用逗号分隔。")
    secret = secrets.token_urlsafe(32)
    row = Client(
        id=f"c-{secrets.token_hex(6)}", secret=_hashed(secret), body=body, scopes=" ".join(scopes), title=title,
        sector=sector, matters=" ".join(matters),
    )  # fmt: skip
    detail: dict[str, Any] = {"client": row.id, "body": body, "scopes": list(scopes)}
    if sector or matters:
        detail |= {"sector": sector, "matters": list(matters)}
    with evidence.event(
        evidence.Act(kind="accounts.client-added", actor=actor, at=at, detail=detail)
    ) as event:
        row.save(force_insert=True)
        event.detail["digest"] = digest_of(row)
    return ClientSecret(row.id, secret, body, scopes, sector, matters)


def disable_client(*, id: str, at: datetime, actor: str) -> None:
    """Ends a client; its tokens stop at once. Disabling twice is once. Raises `NoSuchAccount`."""
    row = Client.objects.filter(id=id).first()
    if row is None:
        raise NoSuchAccount(f"没有接口账户「{id}」。用 xinheng accounts client list 查看。")
    if not row.active:
        return
    row.active = False
    detail: dict[str, Any] = {"client": id}
    with evidence.event(
        evidence.Act(kind="accounts.client-disabled", actor=actor, at=at, detail=detail)
    ) as event:
        row.save(force_update=True)
        event.detail["digest"] = digest_of(row)


def client_of_secret(*, id: str, secret: str) -> ApiClient:
    """The client that knows this secret. Raises `TokenRefused`, the same for a wrong id and a wrong secret."""
    row = Client.objects.filter(id=id).first()
    known = row.secret if row is not None else _hashed("nobody")
    same = hmac.compare_digest(known, _hashed(secret))
    if row is None or not same or not row.active:
        raise TokenRefused(
            "接口账户或密钥不对,或已停用。请核对 client_id 和 client_secret。", code="invalid_client"
        )
    return _shown(row)


def token(*, client: ApiClient, at: datetime) -> str:
    """A signed token that holds for `TOKEN_SECONDS` from `at`."""
    until = int(at.timestamp()) + TOKEN_SECONDS
    return signing.Signer(salt=SALT).sign_object({"client": client.id, "until": until}, compress=False)


def client_of_token(*, token: str, at: datetime) -> ApiClient:
    """The client of a token. Unit and scopes are read now, so a disabled client is out at once. Raises `TokenRefused`."""
    try:
        told = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise TokenRefused("访问令牌不对。请用 POST /api/v1/token 重新取一个。") from None
    if int(at.timestamp()) >= told["until"]:
        raise TokenRefused(
            "访问令牌已过期(一小时)。请用 POST /api/v1/token 重新取一个。", code="token-expired"
        )
    found = _read(told["client"])
    if found is None or not found.active:
        raise TokenRefused("这个接口账户已停用。请与信用办联系。")
    return found


def _read(id: str) -> ApiClient | None:
    # Every request of a machine passes here: one plain query instead of a model
    found = evidence.quick_rows(
        "SELECT id, body, scopes, title, active, sector, matters FROM accounts_client WHERE id = %s", [id]
    )
    if not found:
        return None
    row = found[0]
    return ApiClient(
        row[0], row[1], tuple(row[2].split()), row[3], bool(row[4]), row[5], tuple(row[6].split())
    )


def _hashed(secret: str) -> str:
    # The secret is 256 random bits: a slow hash would add nothing
    return hashlib.sha256(secret.encode()).hexdigest()


def _shown(row: Client) -> ApiClient:
    return ApiClient(
        row.id,
        row.body,
        tuple(row.scopes.split()),
        row.title,
        row.active,
        row.sector,
        tuple(row.matters.split()),
    )
