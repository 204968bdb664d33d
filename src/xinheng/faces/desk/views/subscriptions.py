"""Desk page: who is told of changes, where deliveries wait or were given up. Hosts and numbers, no addresses, no content."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now
from xinheng.faces.desk.access import desk, page
from xinheng.law import service as law
from xinheng.register import service as register
from xinheng.subscriptions import service as subscriptions

PAGE = 50


@require_safe
@desk("subscriptions.read")
def listed(request: Any) -> HttpResponseBase:
    """Subscriptions of machine clients, those in trouble said so; below, the newest deliveries that failed."""
    at = now()
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    found = subscriptions.subscriptions(after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    titles = {one.id: one.title for one in accounts.clients()}
    units = register.get(sorted({one.body for one in shown}))
    context = {
        "section": "subscriptions",
        "rows": [_row(one, titles, units) for one in shown],
        "next": found[PAGE - 1].id if len(found) > PAGE else None,
        "first": not after,
        "active": sum(one.state == "active" for one in shown),
        "stopped": sum(one.state == "stopped" for one in shown),
        "waiting": sum(one.waiting for one in shown if one.state != "ended"),
        "given_up": sum(one.given_up for one in shown),
        "troubles": [_trouble(one, titles) for one in subscriptions.troubles(limit=PAGE)],
        "today": evidence.legal_day(at),
    }
    return page(request, "desk/subscriptions.html", context)


def _row(one: subscriptions.Subscription, titles: dict[str, str], units: Any) -> dict[str, Any]:
    states = {"pending": _("待确认"), "active": _("生效"), "stopped": _("已停送"), "ended": _("已终止")}
    unit = units.get(one.body)
    return {
        "one": one, "title": titles.get(one.client, one.client), "unit": unit.shown_name if unit else one.body,
        "kinds": [_kind(kind) for kind in one.kinds], "state": states[one.state], "why": _reason(one.reason),
        "matter": _matter(one.matter), "since": _moment(one.since), "next": _moment(one.next_at),
        "last": _moment(one.last_delivered),
    }  # fmt: skip


def _trouble(one: subscriptions.Trouble, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "one": one, "title": titles.get(one.client, one.client), "kind": _kind(one.kind), "why": _reason(one.reason),
        "at": _moment(one.at), "next": _moment(one.next_at), "over": one.outcome == "given-up",
    }  # fmt: skip


def _kind(kind: str) -> str:
    return {
        "answer.changed": _("核查答复变化"), "entry.recorded": _("新的公示记录"), "entry.ended": _("公示记录停止使用"),
        "subscription.confirm": _("确认地址"),
    }.get(kind, kind)  # fmt: skip


def _reason(reason: str) -> str:
    """Why something is as it is, in words; a status of the receiver stays a number."""
    words = {
        "added": _("等接收方回应确认"), "challenged": _("等接收方回应确认"), "address": _("接收地址已回应"),
        "client": _("由接口账户操作"), "redirect": _("接收方要求转到别的地址，平台不跟随"),
        "address-refused": _("地址不在允许的网络内"), "unresolved": _("主机名解析不到"), "timeout": _("接收方超时未答"),
        "tls": _("接收方的证书不被信任"), "unreachable": _("连不上接收方"), "no-http": _("接收方的应答读不懂"),
        "gone": _("接收方表示不再接收"),
    }  # fmt: skip
    if reason.startswith("status-"):
        return _("接收方答复状态码 %(status)s") % {"status": reason.removeprefix("status-")}
    return words.get(reason, reason)


def _matter(code: str) -> str:
    if not code:
        return ""
    found = law.matter(pack=law.active(), code=code)
    return found.name if found is not None else code


def _moment(at: Any) -> str:
    return f"{at.astimezone(evidence.SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


urlpatterns: list[URLPattern] = [path("subscriptions/", listed, name="desk-subscriptions")]
