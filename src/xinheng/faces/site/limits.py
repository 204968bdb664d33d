"""How often one address may ask for what costs us work: searching, issuing a report, verifying a file.

A bucket per address and purpose, in the memory of this process and nowhere else: an address is personal data when it
is a person's, so it is never written down, and forgotten with the process. With several workers each keeps its own
count, so the true ceiling is the limit times the number of workers.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from ipaddress import IPv6Network, ip_address
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from xinheng.faces.site.page import page

KEPT = 20_000


@dataclass(frozen=True)
class Allowance:
    """`count` requests may come at once; one more is earned every `seconds / count`."""

    name: str
    count: int
    seconds: int


SEARCH = Allowance("search", 120, 60)
REPORT = Allowance("report", 10, 60)
VERIFY = Allowance("verify", 10, 60)


class Buckets:
    """Token buckets, the longest unused dropped first so that memory stays bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, kept: int = KEPT) -> None:
        self._clock = clock
        self._kept = kept
        self._lock = threading.Lock()
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, who: str, allowance: Allowance) -> tuple[bool, int, int]:
        """(allowed, how many are left, seconds until the next is earned)."""
        earned_every = allowance.seconds / allowance.count
        with self._lock:
            now = self._clock()
            level, then = self._levels.pop((allowance.name, who), (float(allowance.count), now))
            level = min(float(allowance.count), level + (now - then) / earned_every)
            allowed = level >= 1
            if allowed:
                level -= 1
            self._levels[(allowance.name, who)] = (level, now)
            while len(self._levels) > self._kept:
                self._levels.popitem(last=False)
        wait = 0 if level >= 1 else ceil((1 - level) * earned_every)
        return allowed, int(level), wait

    def clear(self) -> None:
        with self._lock:
            self._levels.clear()


buckets = Buckets()


def limited(
    allowance: Allowance, *, methods: tuple[str, ...] = ("GET", "HEAD", "POST")
) -> Callable[..., Any]:
    """Counts requests of these methods; past the allowance answers 429 in plain words. The limit is in the headers."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                return view(request, *args, **kwargs)
            allowed, left, wait = buckets.take(visitor(request.META), allowance)
            response = view(request, *args, **kwargs) if allowed else _too_many(request, wait)
            response.headers["RateLimit-Policy"] = (
                f'"{allowance.name}";q={allowance.count};w={allowance.seconds}'
            )
            response.headers["RateLimit"] = f'"{allowance.name}";r={left};t={wait}'
            return response

        return counted

    return decorate


def visitor(meta: Mapping[str, Any]) -> str:
    """Whose allowance is used: the address, or for IPv6 the /64 that one subscriber holds.

    `XINHENG_PROXIES` says how many proxies of ours stand in front. Only the entry the outermost of them wrote is
    believed; without it a visitor could write any address into the header.
    """
    address = str(meta.get("REMOTE_ADDR", ""))
    hops = os.environ.get("XINHENG_PROXIES", "0")
    told = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    if hops.isdigit() and 0 < int(hops) <= len(told):
        address = told[-int(hops)]
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return str(IPv6Network((found, 64), strict=False)) if found.version == 6 else str(found)


def _too_many(request: HttpRequest, wait: int) -> HttpResponseBase:
    response = page(
        request,
        "site/error.html",
        {
            "number": 429,
            "title": _("请求太频繁了"),
            "words": _("为了让每个人都查得到，同一地址一分钟内的次数有上限。请过一会儿再试。"),
            "wait": wait,
        },
        status=429,
    )
    response.headers["Retry-After"] = str(wait)
    return response
