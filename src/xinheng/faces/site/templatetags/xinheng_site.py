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
from django.utils.translation import ngettext

from xinheng.faces.site.words import MARKS, SEVERITIES, chosen, in_chinese, is_foreign, named, term
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
def lang_attribute(text: Any) -> SafeString:
    """The language of a text inside a tag that can hold no other (an option); empty where it is the page's own."""
    return mark_safe(' lang="zh-Hans"' if is_foreign(str(text or "")) else "")


@register.filter
def word(text: Any) -> SafeString:
    """A word of a known vocabulary in the language of the page; else the word itself with its language said."""
    return zh(term("" if text is None else str(text)))


@register.filter
def name_of(thing: Any) -> SafeString:
    """The name a pack gives in two languages."""
    return zh(named(thing))


@register.filter
def cited_of(source: Any) -> SafeString:
    """What a value rests on (a `law.Source`, or its `cited`): a citation as it is written; a choice of ours says so in the
    language of the page, with the reason where there is one in it."""
    if not source:
        return mark_safe("")
    if isinstance(source, str):
        ours, because, basis = _choice(source)
    else:
        ours, because, basis = source.our_choice, source.because.rstrip("。"), str(source.citation or "")
    if in_chinese() or not ours:
        return zh(source if isinstance(source, str) else source.cited)
    told = term(because)
    parts = [zh(told)] if told != because else []
    if basis:
        parts.append(format_html("{} {}", _("参照"), zh(basis)))
    said = _("本系统的设计选择，不是法律规定")
    return (
        format_html("{} ({})", said, format_html_join("; ", "{}", ((one,) for one in parts)))
        if parts
        else conditional_escape(said)
    )


def _choice(cited: str) -> tuple[bool, str, str]:
    """A cited text taken apart again: whether it is a choice of ours, why, and what it is based on."""
    lead = "本系统的设计选择，不是法律规定（"
    if not (cited.startswith(lead) and cited.endswith("）")):
        return False, "", cited
    because, _sep, basis = cited[len(lead) : -1].partition("，参照《")
    return True, because, f"《{basis}" if basis else ""


@register.filter
def title_of(article: Any) -> SafeString:
    """The title of an article, in English where the office wrote one."""
    return zh(named(article, "title"))


@register.filter
def provision_words(provision: Any) -> SafeString:
    """What a provision says, in the language of the page."""
    return zh(named(provision, "what"))


@register.filter
def words(text: Any) -> SafeString:
    """Several words of a vocabulary joined by ";" (kinds of a penalty), each in the language of the page."""
    parts = [part for part in str(text or "").replace("；", ";").split(";") if part.strip()]
    return format_html_join(_("、"), "{}", ((word(part.strip()),) for part in parts))


@register.filter
def in_field(value: Any, field: Any) -> SafeString:
    """A value as its field means it: dates in words, codes in groups, choices in the language of the page."""
    text = str(value or "")
    if field.type == "date":
        return day(text)
    if field.type == "code" and len(text) == 18:
        return code(text)
    if field.type == "enum":
        return format_html_join(_("、"), "{}", ((zh(choice),) for choice in chosen(field, text)))
    return zh(text)


@register.filter
def title_as(text: str, card: Any) -> SafeString:
    """The title of a card in the language of the page where it is one of a field's choices."""
    return in_field(text, card.title_field) if card.title_field is not None else word(text)


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
def period(value: Any) -> str:
    """A statutory period in words: 3 年 / 3 years."""
    one = {
        "days": ngettext("%(n)s 日", "%(n)s 日", value.count),
        "working_days": ngettext("%(n)s 个工作日", "%(n)s 个工作日", value.count),
        "months": ngettext("%(n)s 个月", "%(n)s 个月", value.count),
        "years": ngettext("%(n)s 年", "%(n)s 年", value.count),
    }
    return one[value.unit] % {"n": value.count}


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
