"""Error pages in plain words. They quote nothing that was asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xinheng.faces.site.page import page
from xinheng.home import home


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404. Withheld and never existed read the same."""
    words = _("可能是网址不对，也可能是记录的公示期已满、已经撤下。请从首页重新查询。")
    return page(
        request, "site/error.html", {"number": 404, "title": _("没有这一页"), "words": words}, status=404
    )


def refused(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    words = _("这个请求没有被接受。")
    return page(
        request, "site/error.html", {"number": 403, "title": _("不能这样做"), "words": words}, status=403
    )


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400."""
    words = _("这个请求写得不对，平台看不懂。请从首页重新开始。")
    return _broken(request, 400, _("请求有误"), words)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Asks nothing of the database: it may be what broke."""
    words = _("平台出了故障，记录没有受影响。请过几分钟再试。")
    return _broken(request, 500, _("出了点问题"), words)


def _broken(request: HttpRequest, number: int, title: str, words: str) -> HttpResponse:
    context = {"number": number, "title": title, "words": words, "sandbox": home().sandbox}
    return render(request, "site/broken.html", context, status=number)


def robots(request: HttpRequest) -> HttpResponse:
    """Robots may read the fixed pages; results, entries and reports are not to be copied away: they end."""
    lines = ["User-agent: *"]
    for path in (
        "/search/",
        "/statement/",
        "/objection/",
        "/repair/",
        "/double-publicity/",
        "/lists/",
        "/commitments/",
        "/honours/",
        "/org/",
        "/verify/",
        "/log/",
        "/trust.json",
    ):
        lines += [f"Disallow: {path}", f"Disallow: /en{path}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
