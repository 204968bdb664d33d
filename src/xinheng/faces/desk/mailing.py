"""The one mail the desk sends by itself: the code that proves an address."""

from __future__ import annotations

from django.utils.translation import gettext as _

from xinheng.home import home
from xinheng.notices import service as notices


def send_code(*, to: str, code: str) -> tuple[bool, str]:
    """Whether the code is on its way, and what a page may show of it.

    A sandbox without a mail server shows the code, so that a demonstration can go on; nothing else ever does.
    """
    text = _("您的验证码是 %(code)s，15 分钟内有效。不是您本人操作的，不用理会这封邮件。") % {"code": code}
    if notices.post(to=to, subject=_("确认接收提醒的邮箱"), text=text):
        return True, ""
    return (True, code) if home().sandbox else (False, "")
