"""Desk pages of one's own account: password, second factor, and the address notices go to."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts import service as accounts
from xinheng.faces.clock import now
from xinheng.faces.desk import mailing
from xinheng.faces.desk.access import SECOND, desk, page
from xinheng.faces.site.limits import Allowance, limited
from xinheng.faces.site.page import surroundings
from xinheng.kernel.errors import XinhengError

PROVING = Allowance("account", 10, 60)
DRAFT, ASKED = "factor-draft", "address-asked"


@require_safe
@desk(personal=True)
def account(request: Any) -> HttpResponse:
    """What this account is, and what its owner can set."""
    return _shown(request)


@require_POST
@sensitive_post_parameters()
@desk(personal=True)
@limited(PROVING, methods=("POST",))
@csrf_protect
def password(request: Any) -> HttpResponseBase:
    """Another password, against the present one. This session goes on, all others of the account end."""
    if _organisation(request) or not _proved(request):
        return _shown(request, password_problem=_("现在的密码不对。"), status=400)
    new = request.POST.get("new", "")[:128]
    if new != request.POST.get("again", "")[:128]:
        return _shown(request, password_problem=_("两次输入的新密码不一样。"), status=400)
    try:
        accounts.set_password(name=request.account.name, password=new, at=now(), actor=_actor(request))
    except XinhengError as error:
        return _shown(request, password_problem=error.message, status=400)
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    return _shown(request, done=_("密码已更换。在别处登录的会话都已结束。"))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@desk(personal=True)
@limited(PROVING, methods=("POST",))
@csrf_protect
def factor(request: Any) -> HttpResponseBase:
    """Setting up a second factor: the secret as a picture and as text, kept once a first code proved it."""
    if _organisation(request) or accounts.has_factor(request.account.name):
        return HttpResponseRedirect(reverse("desk-account"))
    site = str(surroundings(request)["site_name"])
    sealed = request.session.get(DRAFT, "")
    context: dict[str, Any] = {"required": _required(request)}
    if request.method == "POST" and sealed:
        try:
            codes = accounts.set_factor(
                name=request.account.name, sealed=sealed, code=request.POST.get("code", "")[:20],
                instant=timezone.now(), at=now(), actor=_actor(request),
            )  # fmt: skip
        except XinhengError as error:
            context["problem"] = error.message
        else:
            del request.session[DRAFT]
            request.session.cycle_key()
            request.session[SECOND] = True
            return page(request, "desk/account_recovery.html", {"codes": codes})
    try:
        made = accounts.shown_again(sealed=sealed, name=request.account.name, site=site) if sealed else None
    except accounts.Unsealed:
        made = None
    made = made or accounts.begin_factor(name=request.account.name, site=site)
    request.session[DRAFT] = made.sealed
    picture = segno.make(made.address, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True
    )
    context |= {
        "picture": mark_safe(picture),
        "secret": " ".join(made.secret[start : start + 4] for start in range(0, len(made.secret), 4)),
    }
    return page(request, "desk/account_factor.html", context, status=400 if "problem" in context else 200)


@require_POST
@sensitive_post_parameters()
@desk(personal=True)
@limited(PROVING, methods=("POST",))
@csrf_protect
def factor_end(request: Any) -> HttpResponseBase:
    """Ends the second factor, against the password."""
    if _half_proved(request):
        return _shown(request, factor_problem=_("请先完成第二重验证。"), status=403)
    if _organisation(request) or not _proved(request):
        return _shown(request, factor_problem=_("密码不对，第二重验证没有变。"), status=400)
    accounts.end_factor(name=request.account.name, at=now(), actor=_actor(request))
    request.session.pop(SECOND, None)
    return _shown(request, done=_("第二重验证已取消。"))


@require_POST
@sensitive_post_parameters()
@desk(personal=True)
@limited(PROVING, methods=("POST",))
@csrf_protect
def recovery(request: Any) -> HttpResponseBase:
    """New recovery codes, against the password; the earlier ones end."""
    if _half_proved(request) or _organisation(request) or not _proved(request):
        return _shown(request, factor_problem=_("密码不对，恢复码没有变。"), status=400)
    try:
        codes = accounts.renew_recovery(name=request.account.name, at=now(), actor=_actor(request))
    except XinhengError as error:
        return _shown(request, factor_problem=error.message, status=400)
    return page(request, "desk/account_recovery.html", {"codes": codes})


@require_POST
@desk(personal=True)
@limited(PROVING, methods=("POST",))
@csrf_protect
def address(request: Any) -> HttpResponseBase:
    """An address for notices: nothing is kept until its owner told the code back that was sent there."""
    try:
        asked, code = accounts.ask_contact(
            name=request.account.name, email=request.POST.get("email", "")[:200],
            language=request.POST.get("language", get_language() or "zh-hans"), instant=timezone.now(),
        )  # fmt: skip
    except XinhengError as error:
        return _shown(request, mail_problem=error.message, status=400)
    request.session[ASKED] = asdict(asked)
    sent, shown = mailing.send_code(to=request.POST["email"].strip(), code=code)
    if not sent:
        del request.session[ASKED]
        return _shown(
            request,
            mail_problem=_("邮件没有发出去：这里还没有设置邮件服务，或者它不接受这个地址。"),
            status=503,
        )
    return _shown(request, shown_code=shown)


@require_POST
@desk(personal=True)
@limited(PROVING, methods=("POST",))
@csrf_protect
def address_confirm(request: Any) -> HttpResponseBase:
    """The code that was sent to the address, told back."""
    held = request.session.get(ASKED)
    if not held:
        return _shown(request, mail_problem=_("没有等待确认的地址。请重新发送。"), status=400)
    try:
        accounts.set_contact(
            name=request.account.name, asked=accounts.Asked(**held), code=request.POST.get("code", "")[:12],
            instant=timezone.now(), at=now(), actor=_actor(request),
        )  # fmt: skip
    except XinhengError as error:
        request.session[ASKED] = held | {"tries": held["tries"] + 1}
        return _shown(request, mail_problem=error.message, status=400)
    del request.session[ASKED]
    return _shown(request, done=_("邮箱已确认。提醒会发到这里；它们是提醒，不是送达。"))


@require_POST
@desk(personal=True)
@csrf_protect
def address_end(request: Any) -> HttpResponseBase:
    """Forgets the address."""
    accounts.end_contact(name=request.account.name, at=now(), actor=_actor(request))
    request.session.pop(ASKED, None)
    return _shown(request, done=_("邮箱已删除。"))


def _shown(request: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    name = request.account.name
    context = {
        "section": "account",
        "organisation": _organisation(request),
        "has_factor": accounts.has_factor(name),
        "recovery_left": accounts.recovery_left(name),
        "required": _required(request),
        "offered": settings.SECOND_FACTOR != "off",
        "contact": accounts.contact(name=name),
        "waiting": ASKED in request.session,
    }
    return page(request, "desk/account.html", context | more, status=status)


def _required(request: Any) -> bool:
    return accounts.factor_required(request.account.role, settings.SECOND_FACTOR)


def _organisation(request: Any) -> bool:
    return bool(request.account.role == accounts.ORGANISATION)


def _proved(request: Any) -> bool:
    return bool(request.user.check_password(request.POST.get("password", "")[:128]))


def _half_proved(request: Any) -> bool:
    """Signed in without the second factor the account has (it was set up elsewhere meanwhile)."""
    return accounts.has_factor(request.account.name) and not request.session.get(SECOND)


def _actor(request: Any) -> str:
    return f"desk:{request.account.name}"


urlpatterns: list[URLPattern] = [
    path("account/", account, name="desk-account"),
    path("account/password/", password, name="desk-account-password"),
    path("account/second-factor/", factor, name="desk-account-factor"),
    path("account/second-factor/end/", factor_end, name="desk-account-factor-end"),
    path("account/recovery/", recovery, name="desk-account-recovery"),
    path("account/e-mail/", address, name="desk-account-mail"),
    path("account/e-mail/confirm/", address_confirm, name="desk-account-mail-confirm"),
    path("account/e-mail/end/", address_end, name="desk-account-mail-end"),
]
