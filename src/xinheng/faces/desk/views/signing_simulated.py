"""Sandbox page: the simulated identity provider. It believes anybody, says so, and does not exist elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from xinheng.accounts import service as accounts
from xinheng.faces.desk import signing
from xinheng.faces.desk.access import page, problem
from xinheng.home import home
from xinheng.kernel.errors import XinhengError
from xinheng.register import service as register

ASKED = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method")
AGENTS = {"1": "甲", "2": "乙"}


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def simulated(request: HttpRequest) -> HttpResponseBase:
    """Which organisation to be, and as which of two agents; on POST back with a code, as a real provider would."""
    if not home().sandbox:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    asked = {name: given.get(name, "") for name in ASKED}
    code = given.get("uscc", "").strip().upper()[:18]
    context: dict[str, Any] = {"asked": asked, "code": code, "firms": _firms(), "agents": AGENTS}
    if request.method != "POST":
        return page(request, "desk/simulated_provider.html", context)
    if code not in register.get([code]):
        context["problem"] = _("主体登记中没有这个代码。请从上面选一家，或输入演示城市里一家主体的代码。")
        return page(request, "desk/simulated_provider.html", context, status=400)
    agent = given.get("agent", "1") if given.get("agent", "1") in AGENTS else "1"
    try:
        back = accounts.choose(asked=asked, code=code, agent=agent, redirect=signing.return_address(request))
    except XinhengError as error:
        return problem(request, error)
    return HttpResponseRedirect(back)


def _firms() -> list[dict[str, str]]:
    """The firms of the demonstration's story, with the names the register has; none where there is no story."""
    file = home().root / "demo" / "story.json"
    if not file.is_file():
        return []
    told = json.loads(file.read_text(encoding="utf-8"))
    codes = list(dict.fromkeys([told.get("organisation", ""), *(one["code"] for one in told["firms"])]))
    found = register.get(codes)
    return [{"code": code, "name": found[code].shown_name} for code in codes if code in found]


urlpatterns: list[URLPattern] = [
    path("simulated-provider/", simulated, name="desk-simulated-provider"),
]
