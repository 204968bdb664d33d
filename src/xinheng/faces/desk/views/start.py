"""Desk pages: signing in and out, and the first page of the day."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.faces.clock import today
from xinheng.faces.desk import day
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views import batches, nil, queue
from xinheng.faces.site.limits import Allowance, limited

SIGN_IN = Allowance("sign-in", 20, 60)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(SIGN_IN, methods=("POST",))
@csrf_protect
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form, and on POST a new session. Name and password are not told apart when one of them is wrong."""
    back = _way_back(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(back)
    context: dict[str, Any] = {"next": request.POST.get("next") or request.GET.get("next", "")}
    if request.method != "POST":
        return page(request, "desk/sign_in.html", context)
    name = request.POST.get("username", "").strip().lower()[:40]
    account = authenticate(request, username=name, password=request.POST.get("password", "")[:128])
    if account is None:
        context["problem"] = _("用户名或密码不对。连续输错 5 次会锁定 15 分钟。")
        return page(request, "desk/sign_in.html", context, status=400)
    login(request, account)
    request.session.clear_expired()  # of everybody: nothing else looks after sessions that ended
    return HttpResponseRedirect(back)


@require_POST
@csrf_protect
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return HttpResponseRedirect(reverse("desk-sign-in"))


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: a page of ours, never another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse("desk-start")


@require_safe
@desk()
def start(request: Any) -> HttpResponse:
    """What is due, what is overdue, what came back: first for the unit, for the office over all units."""
    account = request.account
    if account.only_body is None:
        return page(request, "desk/start_office.html", {"section": "start"} | day.office(on=today()))
    context = {"section": "start"} | day.unit(
        account.only_body, on=today(), may_send=account.may("intake.send")
    )
    if context["deadlines"]:
        noted(request, "deadlines", purpose="核对报送时限", source=account.only_body)
    return page(request, "desk/start.html", context)


urlpatterns: list[URLPattern] = [
    path("", start, name="desk-start"),
    *batches.urlpatterns,
    *nil.urlpatterns,
    *queue.urlpatterns,
    path("sign-in/", sign_in, name="desk-sign-in"),
    path("sign-out/", sign_out, name="desk-sign-out"),
]
