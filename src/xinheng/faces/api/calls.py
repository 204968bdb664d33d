"""Checks take the short way through the house: no session, no cookies, no form protection, no language of a browser.

A token is all a machine has, and a check before deciding is asked a thousand times a second: what pages need would cost
more than the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from django.utils import translation

PLACE = "/api/v1/checks"


class MachineCalls:
    """Answers what is under `PLACE` itself; everything else goes on to the middleware after it."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.answered = convert_exception_to_response(_answered)

    def __call__(self, request: HttpRequest) -> Any:
        if not request.path_info.startswith(PLACE):
            return self.get_response(request)
        response: Any = self.answered(request)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def _answered(request: HttpRequest) -> HttpResponse:
    # What the last page of this worker was read in says nothing about a machine
    translation.activate(settings.LANGUAGE_CODE)
    match = request.resolver_match = _resolved(request.path_info)
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answer


@lru_cache(maxsize=256)
def _resolved(path: str) -> ResolverMatch:
    return resolve(path)
