"""Words of the sync board and of the organisation's own pages."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xinheng.faces.site.templatetags.xinheng_site import zh
from xinheng.faces.site.words import in_chinese
from xinheng.sync import service as sync

register = template.Library()

VERDICTS = {
    "missing": gettext_noop("那里没有"),
    "still-shown": gettext_noop("这里已终止，那里还在显示"),
    "ended-there": gettext_noop("那里已终止，这里还在显示"),
    "differs": gettext_noop("内容不同"),
    "agrees": gettext_noop("一致"),
}
FIELDS = {"decided": gettext_noop("决定日期"), "until": gettext_noop("公示截止日期")}
NOTICES = {
    "recorded": gettext_noop("记录入库"),
    "corrected": gettext_noop("记录更正"),
    "repairable-soon": gettext_noop("将可修复"),
    "repairable": gettext_noop("可以修复"),
    "ending-soon": gettext_noop("将期满"),
    "list-ending": gettext_noop("名单将期满"),
    "case-step": gettext_noop("办理进展"),
    "case-moved": gettext_noop("期限变化"),
}
LETTERS = {
    "queued": gettext_noop("待发"),
    "sending": gettext_noop("发送中"),
    "sent": gettext_noop("已发"),
    "failed": gettext_noop("待重发"),
    "given-up": gettext_noop("未送到"),
}
WHYS = {
    "unclear": gettext_noop("服务器收下后没有回音，不再重发"),
    "timeout": gettext_noop("服务器没有回应"),
    "connection": gettext_noop("连接中断"),
    "no-address": gettext_noop("账户没有确认过的邮箱"),
    "over": gettext_noop("所提醒的事已不存在，没有发送"),
    "gone": gettext_noop("记录已依法删除"),
}


@register.filter
def place_name(code: str) -> SafeString:
    """The name of a place that shows entries."""
    chinese, english = sync.PLACES.get(code, (code, code))
    return zh(chinese if in_chinese() else english[:1].upper() + english[1:])


@register.filter
def verdict_word(code: str) -> str:
    """What a comparison found, in words."""
    return _(VERDICTS[code]) if code in VERDICTS else code


@register.filter
def sync_field(code: str) -> str:
    """A field that differs."""
    return _(FIELDS[code]) if code in FIELDS else code


@register.filter
def notice_word(code: str) -> str:
    """A kind of notice."""
    return _(NOTICES[code]) if code in NOTICES else code


@register.filter
def letter_word(code: str) -> str:
    """How a letter stands."""
    return _(LETTERS[code]) if code in LETTERS else code


@register.filter
def why_word(code: str) -> str:
    """Why a letter did not arrive; an answer of the server by its number."""
    if code.startswith(("refused-", "sender-")):
        return _("服务器拒收（%(code)s）") % {"code": code.rpartition("-")[2]}
    return _(WHYS[code]) if code in WHYS else code
