"""Signing in through an identity provider (OpenID Connect, code flow with PKCE): which code an agent acts for.

Of what the provider tells only issuer, subject and the claim that names the code are looked at; neither token nor any
other claim is kept, and no scope for a person's name or telephone is asked for.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.common.security import is_secure_transport
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException
from requests.adapters import BaseAdapter

from xinheng.accounts.claims import Told
from xinheng.accounts.errors import NoProvider, ProviderRefused

# No symmetric ones: a token signed with the client's own secret would prove nothing to a third party
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
LEEWAY, HOLDS, KNOWN_FOR, TIMEOUT = 60, 600, 3_600, 10
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Provider:
    """Where organisations prove who they are, and which claim names their code."""

    issuer: str
    client: str
    secret: str = ""
    claim: str = "uscc"
    scope: str = "openid"
    adapter: BaseAdapter | None = None


@dataclass(frozen=True)
class Begun:
    """The way to the provider, and what the session keeps until the way back."""

    url: str
    kept: dict[str, Any]


_known: dict[str, tuple[float, dict[str, Any], KeySet]] = {}
_lock = threading.Lock()


def configured() -> Provider | None:
    """The provider of this deployment's settings; None where none is set."""
    if not settings.OIDC_ISSUER:
        return None
    return Provider(
        settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET, settings.OIDC_CLAIM_USCC,
        settings.OIDC_SCOPE,
    )  # fmt: skip


def begin(*, provider: Provider, redirect: str, instant: datetime) -> Begun:
    """Where to send the visitor, with a state, a nonce and a verifier of its own. Raises `NoProvider`."""
    told, _keys = _discovered(provider, instant)
    kept = {
        "issuer": provider.issuer,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "redirect": redirect,
        "until": int(instant.timestamp()) + HOLDS,
    }
    with _session(provider, redirect) as session:
        url, _state = session.create_authorization_url(
            told["authorization_endpoint"],
            state=kept["state"],
            code_verifier=kept["verifier"],
            nonce=kept["nonce"],
        )
    return Begun(url, kept)


def finish(
    *, provider: Provider, kept: Mapping[str, Any], given: Mapping[str, str], instant: datetime
) -> Told:
    """What the provider proves after the way back: the code is exchanged, the token verified in every claim.

    `kept` is what `begin` gave this very session, to be used once; `given` is what came back in the address. Raises
    `ProviderRefused`, `NoProvider`.
    """
    _check_way_back(provider, kept, given, instant)
    told, keys = _discovered(provider, instant)
    try:
        with _session(provider, str(kept["redirect"])) as session:
            answer = session.fetch_token(
                told["token_endpoint"], grant_type="authorization_code", code=given["code"],
                code_verifier=kept["verifier"], allow_redirects=False,
            )  # fmt: skip
    except (OAuthError, RequestException, ValueError):
        raise ProviderRefused("身份提供方没有接受这次登录。请回到登录页重新开始。") from None
    claims = _verified(provider, str(answer.get("id_token", "")), keys, kept, instant)
    code = _named(claims, provider.claim)
    return Told(str(claims["iss"]), str(claims["sub"]), code)


def forget() -> None:
    """Forgets what providers said of themselves; it is asked for again."""
    with _lock:
        _known.clear()


def _check_way_back(
    provider: Provider, kept: Mapping[str, Any], given: Mapping[str, str], instant: datetime
) -> None:
    same = hmac.compare_digest(str(kept.get("state", "")), given.get("state", ""))
    if not kept.get("state") or not same or kept.get("issuer") != provider.issuer:
        raise ProviderRefused("这次登录不是从本页开始的,或者已经用过。请回到登录页重新开始。")
    if instant.timestamp() >= kept["until"]:
        raise ProviderRefused("登录超过了十分钟。请回到登录页重新开始。")
    if given.get("iss", provider.issuer) != provider.issuer:
        raise ProviderRefused("返回的身份提供方与设定的不一致。")
    if given.get("error") or not given.get("code"):
        raise ProviderRefused("身份提供方没有完成登录,或者您取消了它。")


def _verified(
    provider: Provider, token: str, keys: KeySet, kept: Mapping[str, Any], instant: datetime
) -> dict[str, Any]:
    """The claims of an id_token that is signed by the provider, for us, for this very sign-in, and in time."""
    try:
        claims = _decoded(provider, token, keys, instant)
        checks = jwt.JWTClaimsRegistry(
            now=int(instant.timestamp()), leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer}, aud={"essential": True, "value": provider.client},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": kept["nonce"]},
        )  # fmt: skip
        checks.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise ProviderRefused("身份提供方的凭证验不过,没有让您登录。请回到登录页重新开始。") from None
    audiences = claims["aud"]
    several = isinstance(audiences, list) and len(audiences) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client:
        raise ProviderRefused("身份提供方的凭证是给别的系统的,没有让您登录。")
    return claims


def _decoded(provider: Provider, token: str, keys: KeySet, instant: datetime) -> dict[str, Any]:
    try:
        return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError):
        # The provider may have changed its keys since it was last asked
        _told, fresh = _discovered(provider, instant, anew=True)
        return jwt.decode(token, fresh, algorithms=ALGORITHMS).claims


def _named(claims: Mapping[str, Any], path: str) -> str:
    """The value of a claim, which may lie inside another one (`org.uscc`); "" where it is missing."""
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found.strip() if isinstance(found, str) else ""


def _discovered(
    provider: Provider, instant: datetime, *, anew: bool = False
) -> tuple[dict[str, Any], KeySet]:
    """What the provider says of itself and its keys; asked at most once an hour, or anew."""
    stamp = instant.timestamp()
    with _lock:
        held = _known.get(provider.issuer)
    # One inside this process is asked each time: its page depends on the address it is visited under
    if held and not anew and provider.adapter is None and 0 <= stamp - held[0] < KNOWN_FOR:
        return held[1], held[2]
    if not is_secure_transport(provider.issuer):
        raise NoProvider("XINHENG_OIDC_ISSUER 必须以 https:// 开头。")
    try:
        with _session(provider, "") as session:
            told = _asked(session, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != provider.issuer or not _secure(provider, told):
                raise NoProvider("身份提供方的配置与 XINHENG_OIDC_ISSUER 不一致。请信用办核对设置。")
            keys = KeySet.import_key_set(_asked(session, told["jwks_uri"]))  # type: ignore[arg-type]
    except (RequestException, JoseError, ValueError, KeyError, TypeError):
        raise NoProvider("现在连不上身份提供方。请稍后再试;急需办理的,请到服务窗口。") from None
    with _lock:
        _known[provider.issuer] = (stamp, told, keys)
    return told, keys


def _secure(provider: Provider, told: Mapping[str, Any]) -> bool:
    """Whether all its addresses are https, or on this machine; a page of our own is as secure as we are served."""
    spared = ("authorization_endpoint",) if provider.adapter is not None else ()
    return all(is_secure_transport(str(told.get(name, ""))) for name in NEEDED if name not in spared)


def _asked(session: OAuth2Session, url: str) -> dict[str, Any]:
    answer = session.get(url, withhold_token=True, allow_redirects=False)
    answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict):
        raise ValueError(url)
    return told


def _session(provider: Provider, redirect: str) -> OAuth2Session:
    session = OAuth2Session(
        provider.client, provider.secret or None, scope=provider.scope, redirect_uri=redirect,
        code_challenge_method="S256", default_timeout=TIMEOUT,
    )  # fmt: skip
    if provider.adapter is not None:
        session.mount(provider.issuer, provider.adapter)
    return session
