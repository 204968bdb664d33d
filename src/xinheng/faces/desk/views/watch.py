"""Desk page: the watch list (重点关注) of one unit. Internal, with an end, and with nothing attached to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page, refused
from xinheng.faces.desk.checks_shown import sector_of
from xinheng.faces.desk.views.cases_access import as_day
from xinheng.faces.site.views.common import keyset
from xinheng.kernel import uscc as codes
from xinheng.kernel.errors import XinhengError
from xinheng.lists import service as lists

PAGE = 50
USUAL = timedelta(days=180)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("watch.read")
def watch(request: Any) -> HttpResponseBase:
    """The unit's own watches, the one that ends first above; a form begins one, each line ends its own."""
    if request.method != "POST":
        return _page(request)
    if not request.account.may("watch.write"):
        return refused(request)
    form, account, at = request.POST, request.account, now()
    given = {name: form.get(name, "").strip()[:400] for name in ("uscc", "reason", "basis", "until")}
    try:
        if form.get("act") == "end":
            number = form.get("id", "")
            lists.unwatch(
                id=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0, body=account.body,
                reason=given["reason"], actor=f"desk:{account.name}", at=at,
            )  # fmt: skip
        else:
            until = as_day(given["until"])
            if until is None:
                return _page(request, given=given, said=_("请填截止日期：重点关注都有期限，最长一年。"))
            lists.watch(
                body=account.body, uscc=codes.clean(given["uscc"]).code or given["uscc"][:18], reason=given["reason"],
                basis=given["basis"], until=until, actor=f"desk:{account.name}", at=at, sector=sector_of(account.body),
            )  # fmt: skip
    except XinhengError as error:
        return _page(request, given=given, said=error.message)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(
        f"{reverse('desk-watch')}?done={'end' if form.get('act') == 'end' else 'add'}"
    )


def _page(request: Any, **said: Any) -> HttpResponse:
    on, body = today(), request.account.body
    shown, following = lists.watched(body=body, on=on, after=keyset(request), limit=PAGE)
    if shown:
        # Without codes: who is watched must not learn it from the list of who looked
        noted(request, "watch", purpose="重点关注", rows=len(shown))
    context: dict[str, Any] = {
        "section": "watch",
        "rows": [(one, (one.until - on).days) for one in shown],
        "next": following or "",
        "may_write": request.account.may("watch.write"),
        "longest": lists.LONGEST,
        "first": (on + timedelta(days=1)).isoformat(),
        "given": {"uscc": "", "reason": "", "basis": "", "until": (on + USUAL).isoformat()},
        "done": request.GET.get("done", ""),
    }
    return page(request, "desk/watch.html", context | said, status=400 if said else 200)


urlpatterns: list[URLPattern] = [path("watch/", watch, name="desk-watch")]
