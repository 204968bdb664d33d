"""Desk page: what left use, where it arrived, and which data users have not acknowledged it. Numbers and kinds, no content."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now
from xinheng.faces.desk.access import desk, page, unit_name
from xinheng.withdrawals import service as withdrawals

PAGE = 50


@require_safe
@desk("withdrawals.read")
def withdrawn(request: Any) -> HttpResponseBase:
    """Data users with their arrears, the late ones first; below, the newest withdrawals with their counts."""
    at = now()
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    rows = withdrawals.recent(before=before, limit=PAGE + 1, at=at)
    known = withdrawals.followers(at=at)
    context = {
        "section": "withdrawals",
        "last": withdrawals.last(),
        "followers": [_follower(one) for one in known],
        "late": sum(one.late for one in known),
        "behind": sum(bool(one.behind) for one in known),
        "rows": [_row(one) for one in rows[:PAGE]],
        "next": rows[PAGE - 1].seq if len(rows) > PAGE else None,
        "first": before is None,
        "hours": int(withdrawals.LATE.total_seconds() // 3600),
    }
    return page(request, "desk/withdrawals.html", context)


def _follower(one: withdrawals.Follower) -> dict[str, Any]:
    return {"one": one, "unit": unit_name(one.body), "oldest": _moment(one.oldest)}


def _row(one: withdrawals.Arrival) -> dict[str, Any]:
    words = {
        "superseded": _("已被更正后的版本替代"), "annulled": _("已撤销"), "erased": _("内容已依法删除"),
        "repaired": _("已完成信用修复"), "suppressed": _("暂时屏蔽"),
    }  # fmt: skip
    return {
        "one": one, "kind": words.get(one.kind, one.kind), "at": _moment(one.at), "all": one.acknowledged >= one.followers,
    }  # fmt: skip


def _moment(at: Any) -> str:
    return f"{at.astimezone(evidence.SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


urlpatterns: list[URLPattern] = [path("withdrawals/", withdrawn, name="desk-withdrawals")]
