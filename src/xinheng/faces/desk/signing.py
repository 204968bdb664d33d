"""What signing in asks: whose attempts are counted, and the page of a locked account."""

from __future__ import annotations

import hashlib
import hmac
from math import ceil
from typing import Any

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from xinheng.accounts import service as accounts
from xinheng.faces.clock import now
from xinheng.faces.desk.access import page


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Under which name a failed attempt is counted: the account's, or a digest where there is no such account.

    What somebody types into the name field may be anything, a personal number too: it is not written down.
    """
    typed = str((credentials or {}).get("username") or request.POST.get("username") or "").strip().lower()
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
