"""Words for who looked and at what: for the organisation that was looked at, and for the auditor."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ROLES = {
    "office": gettext_lazy("信用办"),
    "department": gettext_lazy("报送岗"),
    "reviewer": gettext_lazy("复核岗"),
    "authority": gettext_lazy("承办岗"),
    "auditor": gettext_lazy("审计"),
    "organisation": gettext_lazy("企业"),
    "client": gettext_lazy("接口"),
    "platform": gettext_lazy("平台"),
}
WHATS = {
    "case": gettext_lazy("办件"),
    "cases": gettext_lazy("办件列表"),
    "case-step": gettext_lazy("办理一步"),
    "counter-entry": gettext_lazy("窗口代办"),
    "counter-organisation": gettext_lazy("窗口代办"),
    "counter-receipt": gettext_lazy("窗口代办"),
    "clocks": gettext_lazy("时限列表"),
    "repair-notice": gettext_lazy("修复告知书"),
    "unserved": gettext_lazy("未录送达日期的处罚"),
    "claims": gettext_lazy("企业经办账户"),
    "case-paper": gettext_lazy("办件文书"),
    "case-attachment": gettext_lazy("办件材料"),
    "deadlines": gettext_lazy("报送时限"),
    "undetermined": gettext_lazy("待定失信程度的记录"),
    "lineage": gettext_lazy("记录的来源"),
    "doubtful-name": gettext_lazy("待核对的名称"),
    "doubtful-names": gettext_lazy("待核对的名称"),
    "name-link": gettext_lazy("名称归属"),
    "name-links": gettext_lazy("名称归属"),
    "name-judgements": gettext_lazy("名称判断"),
    "suspected": gettext_lazy("疑似未报"),
    "order": gettext_lazy("督办单"),
    "rows-to-mend": gettext_lazy("退回的行"),
    "errors-file": gettext_lazy("退回的行"),
    "figures": gettext_lazy("数据质量"),
    "rows-behind-figures": gettext_lazy("数据质量的行"),
    "bulletin": gettext_lazy("通报"),
    "bulletin-draft": gettext_lazy("通报草稿"),
    "own-file": gettext_lazy("本单位全部记录"),
    "sync": gettext_lazy("同步情况"),
    "withdrawals": gettext_lazy("撤回通知"),
    "notices": gettext_lazy("提醒"),
    "links": gettext_lazy("名称查询"),
    "check": gettext_lazy("核查记录"),
    "checks": gettext_lazy("核查记录"),
    "evaluation-one": gettext_lazy("本地评价的依据"),
    "check-letter": gettext_lazy("批量核查的申请函"),
}


def role_words(role: str) -> str:
    """What a role is called."""
    return str(ROLES.get(role, role))


def what_words(what: str) -> str:
    """What was looked at, in words; the code itself where there are none."""
    if what.startswith("page:"):
        return _("页面 %(name)s") % {"name": what.removeprefix("page:")}
    return str(WHATS.get(what, what))


def words_of(reading: Any, *, unit: str = "") -> tuple[str, str]:
    """(who looked, at what). `unit` is the name of the reading's unit; it comes first, then the post."""
    role = role_words(reading.role)
    return f"{unit} · {role}" if unit else role, what_words(reading.what)
