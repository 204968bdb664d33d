"""What signing in asks: whose attempts are counted, the page of a locked account, the half-way session, the provider."""

from __future__ import annotations

import hashlib
import hmac
from math import ceil
from typing import Any

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth import get_user_model
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from xinheng.accounts import service as accounts
from xinheng.faces.clock import now
from xinheng.faces.desk.access import page
from xinheng.home import home

HALF, PROVIDER = "half-signed-in", "provider"
HALF_SECONDS = 300


def remember_half(request: HttpRequest, name: str, proof: str, wanted: str) -> None:
    """The password was right, the second factor is still to come: nobody is signed in yet."""
    request.session.flush()
    until = int(timezone.now().timestamp()) + HALF_SECONDS
    request.session[HALF] = {"name": name, "proof": proof, "next": wanted[:500], "until": until}


def half(request: HttpRequest) -> dict[str, Any] | None:
    """Whose password was right in this session in the last five minutes."""
    session = getattr(request, "session", None)
    held = session.get(HALF) if session is not None else None
    return held if held and timezone.now().timestamp() < held["until"] else None


def provider(request: HttpRequest) -> accounts.Provider | None:
    """Where organisations prove who they are: the one that is set, or, in a sandbox without one, the simulated one."""
    found = accounts.configured()
    if found is None and home().sandbox:
        return accounts.simulated(page=_address(request, "desk-simulated-provider"))
    return found


def provider_name() -> str:
    """What the sign-in page calls the provider; "" where there is none."""
    if settings.OIDC_ISSUER:
        return settings.OIDC_NAME or _("统一身份认证")
    return _("模拟的身份提供方（仅沙盒）") if home().sandbox else ""


def return_address(request: HttpRequest) -> str:
    """The address the provider sends visitors back to: one for all languages, for it is registered there."""
    return _address(request, "desk-sign-in-return")


def account_of(name: str) -> Any:
    """The account of a name, as a session needs it."""
    return get_user_model().objects.get(name=name)


def _address(request: HttpRequest, view: str) -> str:
    with override("zh-hans"):
        way = reverse(view)
    return (
        f"{settings.PUBLIC_URL.rstrip('/')}{way}" if settings.PUBLIC_URL else request.build_absolute_uri(way)
    )


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Under which name a failed attempt is counted: the account's, or a digest where there is no such account.

    What somebody types into the name field may be anything, a personal number too: it is not written down.
    """
    told = (
        (credentials or {}).get("username")
        or request.POST.get("username")
        or (half(request) or {}).get("name")
    )
    typed = str(told or "").strip().lower()
    if accounts.exists(typed):
        return typed
    return "?" + hmac.new(settings.SECRET_KEY.encode(), typed.encode(), hashlib.sha256).hexdigest()[:16]


def no_address(request: HttpRequest) -> None:
    """No address of a visitor is written down."""


def locked_page(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """429: how many minutes the account stays locked. The same words whether the account exists or not."""
    seconds = _seconds_left(attempted_name(request, credentials))
    context = {
        "minutes": max(1, ceil(seconds / 60)),
        "limit": settings.AXES_FAILURE_LIMIT,
        "title": _("暂时不能登录"),
    }
    answer = page(request, "desk/locked.html", context, status=429)
    answer.headers["Retry-After"] = str(max(1, seconds))
    return answer


def _seconds_left(name: str) -> int:
    last = AccessAttempt.objects.filter(username=name).order_by("-attempt_time").first()
    if last is None:
        return int(settings.AXES_COOLOFF_TIME.total_seconds())
    left = last.attempt_time + settings.AXES_COOLOFF_TIME - timezone.now()
    return ceil(left.total_seconds())


@receiver(user_locked_out, dispatch_uid="xinheng.desk.locked")
def tell_the_ledger(sender: Any, request: HttpRequest, username: str, **_more: Any) -> None:
    """One ledger event for each lock-out of an account that exists: written when the limit is reached, not again."""
    first = getattr(request, "axes_failures_since_start", 0) == settings.AXES_FAILURE_LIMIT
    if first and not username.startswith("?"):
        accounts.locked_out(name=username, at=now())
