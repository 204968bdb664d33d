"""What the templates of the public site need: codes in groups, dates, words with their language, amounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xinheng.faces.site.words import MARKS, SEVERITIES, is_foreign, named, term
from xinheng.kernel import uscc

register = template.Library()
LONG_TERM = date(2099, 12, 31)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@register.filter
def zh(text: Any) -> SafeString:
    """Content as it was written; on a page in another language its language is said."""
    shown = "" if text is None else str(text)
    if is_foreign(shown):
        return format_html('<span lang="zh-Hans">{}</span>', shown)
    return conditional_escape(shown)


@register.filter
def word(text: Any) -> SafeString:
    """A word of a known vocabulary in the language of the page; else the word itself with its language said."""
    return zh(term("" if text is None else str(text)))


@register.filter
def name_of(thing: Any) -> SafeString:
    """The name a pack gives in two languages."""
    return zh(named(thing))


@register.filter
def words(text: Any) -> SafeString:
    """Several words of a vocabulary joined by ";" (kinds of a penalty), each in the language of the page."""
    parts = [part for part in str(text or "").replace("；", ";").split(";") if part.strip()]
    return format_html_join(_("、"), "{}", ((word(part.strip()),) for part in parts))


@register.filter
def code(value: str) -> SafeString:
    """A code in groups that copies in one piece: the gaps are margins, not spaces."""
    groups = uscc.group(value).split() if value else []
    return format_html(
        '<span class="code">{}</span>', format_html_join("", "<span>{}</span>", ((g,) for g in groups))
    )


@register.filter
def day(value: date | datetime | str | None) -> SafeString:
    """A legal date, long: 2026年11月20日 / 20 November 2026; 2099-12-31 is the register's way of writing "no end"."""
    found = as_date(value)
    if found is None:
        return mark_safe("— —")
    if found >= LONG_TERM:
        return conditional_escape(_("长期"))
    shown = date_format(found, _("Y年n月j日"))
    return format_html('<time datetime="{}" class="nowrap">{}</time>', found.isoformat(), shown)


@register.filter
def iso(value: date | datetime | str | None) -> SafeString:
    """A legal date, short and sortable: 2026-11-20."""
    found = as_date(value)
    if found is None:
        return mark_safe("— —")
    if found >= LONG_TERM:
        return conditional_escape(_("长期"))
    return format_html('<time datetime="{0}" class="nowrap">{0}</time>', found.isoformat())


@register.filter
def severity_word(value: str) -> str:
    return term(SEVERITIES.get(value, ""))


@register.filter
def mark_word(value: str) -> SafeString:
    return word(MARKS.get(value, value))


@register.filter
def number(value: int | None) -> str:
    """Digits grouped by three, the same in both languages (GB/T 15835 allows it and screens read better)."""
    return "— —" if value is None else f"{value:,}"


@register.filter
def short(text: str, length: int = 90) -> str:
    """The beginning of a long text; the whole is one click away on the entry's own page."""
    text = " ".join(str(text or "").split())
    return text if len(text) <= length else text[: length - 1].rstrip("，。；、,;. ") + "…"


def as_date(value: date | datetime | str | None) -> date | None:
    """A date from whatever the doors hand over; None for nothing or for what is no date."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).date()
    if isinstance(value, date):
        return value
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
