"""The addresses themselves: every one the site answers, what guards it, and how it is filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import override


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Every address the site answers, with its whole route, in Chinese."""
    from django.urls import get_resolver

    def inside(resolver: Any, before: str) -> Iterator[tuple[str, URLPattern]]:
        for one in resolver.url_patterns:
            if isinstance(one, URLResolver):
                yield from inside(one, before + str(one.pattern))
            else:
                yield before + str(one.pattern), one

    yield from inside(get_resolver(), "")


def permission_of(pattern: URLPattern) -> tuple[str | None, bool]:
    """What the guard of a view asks for, and whether it is personal; None where no guard can be seen from outside."""
    view: Any = pattern.callback
    while view is not None:
        if hasattr(view, "permission"):
            return str(view.permission), bool(getattr(view, "personal", False))
        view = getattr(view, "__wrapped__", None)
    return None, False


def address(name: str, given: Callable[[Any], dict[str, Any]] | None, town: Any) -> str:
    """The address of a page with the ids of what belongs to `a` and `x`."""
    with override("zh-hans"):  # an English page asked for before must not lend its language
        return reverse(name, kwargs=given(town) if given else {})
