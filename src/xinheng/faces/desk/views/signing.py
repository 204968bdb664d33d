"""Desk pages: signing in with a password and a second factor, through the identity provider, and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts import service as accounts
from xinheng.faces.clock import now
from xinheng.faces.desk import signing
from xinheng.faces.desk.access import SECOND, page, problem
from xinheng.faces.site.limits import Allowance, limited
from xinheng.kernel.errors import XinhengError
from xinheng.register import service as register

SIGN_IN = Allowance("sign-in", 20, 60)
# Sessions load their account through this backend, whichever one let it in
BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(SIGN_IN, methods=("POST",))
@csrf_protect
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form, and on POST a new session. Name and password are not told apart when one of them is wrong."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if request.user.is_authenticated:
        return HttpResponseRedirect(_way_back(request, wanted))
    context: dict[str, Any] = {"next": wanted, "provider": signing.provider_name()}
    if request.method != "POST":
        return page(request, "desk/sign_in.html", context)
    name = request.POST.get("username", "").strip().lower()[:40]
    account = authenticate(request, username=name, password=request.POST.get("password", "")[:128])
    if account is None:
        context["problem"] = _("用户名或密码不对。连续输错 5 次会锁定 15 分钟。")
        return page(request, "desk/sign_in.html", context, status=400)
    if accounts.has_factor(name):
        signing.remember_half(request, name, account.get_session_auth_hash(), wanted)
        return HttpResponseRedirect(reverse("desk-second-factor"))
    _let_in(request, account)
    return HttpResponseRedirect(_way_back(request, wanted))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(SIGN_IN, methods=("POST",))
@csrf_protect
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """The second step: a code of the authenticator or a recovery code. Wrong ones count like wrong passwords."""
    half = signing.half(request)
    if half is None:
        return HttpResponseRedirect(reverse("desk-sign-in"))
    if request.method != "POST":
        return page(request, "desk/second_factor.html", {})
    account = authenticate(
        request,
        username=half["name"],
        secret_code=request.POST.get("code", "")[:40],
        instant=timezone.now(),
        at=now(),
    )
    # Another password, or a disabled account, in the meantime: the first step no longer holds
    if account is not None and account.get_session_auth_hash() != half["proof"]:
        request.session.flush()
        return HttpResponseRedirect(reverse("desk-sign-in"))
    if account is None:
        said = _("验证码不对，或者已经用过。手机上每半分钟换一个。连续输错 5 次会锁定 15 分钟。")
        return page(request, "desk/second_factor.html", {"problem": said}, status=400)
    _let_in(request, account)
    request.session[SECOND] = True
    return HttpResponseRedirect(_way_back(request, half["next"]))


@require_safe
@limited(SIGN_IN, methods=("GET",))
def sign_in_organisation(request: HttpRequest) -> HttpResponseBase:
    """Off to the identity provider; what proves the way back stays in this session."""
    provider = signing.provider(request)
    if provider is None:
        return problem(
            request,
            accounts.NoProvider(_("这里还没有接入身份提供方，企业暂时不能在线登录。请到服务窗口办理。")),
        )
    try:
        begun = accounts.begin(
            provider=provider, redirect=signing.return_address(request), instant=timezone.now()
        )
    except XinhengError as error:
        return problem(request, error)
    request.session[signing.PROVIDER] = begun.kept | {"next": request.GET.get("next", "")[:500]}
    return HttpResponseRedirect(begun.url)


@require_safe
@limited(SIGN_IN, methods=("GET",))
def sign_in_return(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider: the token is verified, the code must stand in the register, a new session begins."""
    kept = request.session.pop(signing.PROVIDER, None) or {}
    provider = signing.provider(request)
    given = {name: request.GET[name] for name in ("code", "state", "iss", "error") if name in request.GET}
    try:
        if provider is None:
            raise accounts.NoProvider(_("这里还没有接入身份提供方，企业暂时不能在线登录。请到服务窗口办理。"))
        told = accounts.finish(provider=provider, kept=kept, given=given, instant=timezone.now())
        name = accounts.claim(told=told, listed=_listed, at=now())
    except XinhengError as error:
        return problem(request, error)
    # Whoever was signed in in this browser is out: nothing of an earlier session goes over
    request.session.flush()
    _let_in(request, signing.account_of(name))
    return HttpResponseRedirect(_way_back(request, kept.get("next", "")))


@require_POST
@csrf_protect
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return HttpResponseRedirect(reverse("desk-sign-in"))


def _listed(code: str) -> bool:
    return code in register.get([code])


def _let_in(request: HttpRequest, account: Any) -> None:
    """A session of the account under a new key; whatever a visitor's session held before is gone."""
    for key in list(request.session.keys()):
        if not key.startswith("_auth"):
            del request.session[key]
    login(request, account, backend=BACKEND)
    request.session.clear_expired()  # of everybody: nothing else looks after sessions that ended


def _way_back(request: HttpRequest, wanted: str) -> str:
    """Where to go after signing in: a page of ours, never another site."""
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse("desk-start")


urlpatterns: list[URLPattern] = [
    path("sign-in/", sign_in, name="desk-sign-in"),
    path("sign-in/code/", second_factor, name="desk-second-factor"),
    path("sign-in/organisation/", sign_in_organisation, name="desk-sign-in-organisation"),
    path("sign-in/return/", sign_in_return, name="desk-sign-in-return"),
    path("sign-out/", sign_out, name="desk-sign-out"),
]
