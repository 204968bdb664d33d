"""What the pages of cases need: words a pack gives as `name`/`zh` and `en`, and numbers of cases inside a URL."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from xinheng.faces.site.templatetags.xinheng_site import zh
from xinheng.faces.site.words import in_chinese

register = template.Library()


@register.filter
def said(thing: Any) -> SafeString:
    """The name of a state, a step, a kind or a ground in the language of the page."""
    if thing is None:
        return zh("")
    english = "" if in_chinese() else getattr(thing, "en", "") or getattr(thing, "text_en", "")
    found = getattr(thing, "name", "") or getattr(thing, "zh", "") or getattr(thing, "text", "")
    return zh(english or found)


@register.filter
def confirmed(step: Any) -> SafeString:
    """What is said before a step is done."""
    return zh((not in_chinese() and step.confirm_en) or step.confirm)


@register.filter
def of_field(changes: Any, code: str) -> str:
    """The value a form gave for a field; "" for none."""
    return str(changes.get(code, "")) if changes else ""


@register.filter
def when(step: Any) -> SafeString:
    """Until when a next remedy is open and how that day was reckoned, in the language of the page."""
    return zh((not in_chinese() and step.when_en) or step.when)


@register.filter
def how(item: Any) -> SafeString:
    """By what a condition is proven, or what to do about it, in the language of the page."""
    return zh((not in_chinese() and item.how_en) or item.how)
