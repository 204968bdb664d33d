"""Rendering a page with its frame: name of the place, the day, the ledger's position, the ways on, the other language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from xinheng.evidence import service as evidence
from xinheng.faces.clock import today
from xinheng.faces.site.words import named
from xinheng.home import home
from xinheng.law import service as law

# The eight ways in, in this order on every page; the words are short because a phone shows four in a row
MAIN = (
    ("search", gettext_noop("查询")),
    ("publicity", gettext_noop("双公示")),
    ("lists", gettext_noop("名单")),
    ("commitments", gettext_noop("承诺")),
    ("statistics", gettext_noop("统计")),
    ("catalogue", gettext_noop("目录")),
    ("articles", gettext_noop("公告")),
    ("open-data", gettext_noop("数据")),
)
RIGHTS = (
    ("guide-objection", gettext_noop("对内容有异议")),
    ("guide-repair", gettext_noop("申请信用修复")),
    ("remedies-numbers", gettext_noop("异议和修复的办理情况")),
    ("checks-numbers", gettext_noop("核查和反馈")),
    ("verify", gettext_noop("核验信用报告")),
)
RECORDS = (
    ("honours", gettext_noop("荣誉与资质")),
    ("map", gettext_noop("信用地图")),
    ("indices", gettext_noop("地区和行业")),
    ("open-data", gettext_noop("开放数据")),
)
TRUST = (
    ("sources", gettext_noop("数据从哪里来")),
    ("log", gettext_noop("公开账本")),
    ("withdrawals-numbers", gettext_noop("撤下通知的送达情况")),
    ("desk-sign-in", gettext_noop("登录工作台")),
)


@dataclass(frozen=True)
class Way:
    """A link of the frame."""

    name: str
    label: str
    url: str
    current: bool = False


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The template in the frame every page shares. One query: the ledger's position."""
    frame = surroundings(request) | {
        "today": today(),
        "position": evidence.size(),
        "nav": ways(MAIN, request),
        "foot_rights": ways(RIGHTS, request),
        "foot_records": ways(RECORDS, request),
        "foot_trust": ways(TRUST, request),
        "section": "",
    }
    return render(request, template, frame | context, status=status)


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What even a page for a broken moment can say: it asks nothing of the database."""
    pack = law.active()
    other = "en" if (get_language() or "zh-hans").startswith("zh") else "zh-hans"
    return {
        "place": pack,
        "site_name": named(pack, "site") or _("信衡"),
        "sandbox": home().sandbox,
        "other_language": other,
        "other_url": translate_url(request.get_full_path(), other),
    }


def ways(wanted: tuple[tuple[str, str], ...], request: HttpRequest) -> list[Way]:
    """The links of one row in the language of the page; the one that leads to this page or to its parent is current."""
    match = request.resolver_match
    here = (match.url_name or "") if match else ""
    return [
        Way(name, _(label), reverse(name), here == name or here.startswith(f"{name}-"))
        for name, label in wanted
        if _exists(name)
    ]


@lru_cache(maxsize=64)
def _exists(name: str) -> bool:
    """Whether there is such a page: rooms that add one may be absent in an installation."""
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
