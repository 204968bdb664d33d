"""What the pages of evaluation need: micro-points as points, words in two languages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from xinheng.evaluation import telling
from xinheng.faces.site.templatetags.xinheng_site import zh
from xinheng.faces.site.words import in_chinese

register = template.Library()


@register.filter
def points(micro: Any) -> str:
    """Micro-points as points, exactly: −12.5, 3, 0.333333. No rounding: what is written is what is meant."""
    return "—" if micro is None else telling.points(int(micro)).replace("-", "−")


@register.filter
def signed(micro: Any) -> str:
    """The same with a sign before what adds, too."""
    return f"+{points(micro)}" if micro and micro > 0 else points(micro)


@register.filter
def share(per_mille: Any) -> str:
    """Per mille as per cent, exactly."""
    whole, part = divmod(int(per_mille), 10)
    return f"{whole}.{part} %" if part else f"{whole} %"


@register.filter
def tongue(pair: Any) -> SafeString:
    """Of (Chinese, English) the one of the page; the Chinese where there is no English."""
    chinese, english = pair
    return zh(chinese if in_chinese() or not english else english)


@register.filter
def said(name: Any, names: Any) -> SafeString:
    """A name of a grade or of an item as the page's language has it; the name itself where there is no other."""
    return zh(names.get(name, name))
