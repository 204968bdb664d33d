"""Words that come from data but have a fixed translation: names of fields, kinds, classes, states.

They are marked here so that they land in the catalogue of translations; a word not listed is shown as it was written,
marked as Chinese for the screen reader. Free text of a decision is content and is never translated.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from xinheng.law import service as law

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

SEVERITIES = {
    "minor": _("轻微"),
    "ordinary": _("一般"),
    "serious": _("严重"),
    "undetermined": _("待认定"),
}
MARKS = {
    "disputed": _("有异议"),
    "repaired": _("已修复"),
    "corrected": _("已更正"),
    "unverified": _("待核实"),
    "annulled": _("已撤销"),
    "superseded": _("已被更正替代"),
}
# The register's own words (register/policy_kinds.py) and the most common company forms
STATES = (_("存续"), _("注销"), _("吊销"), _("吊销后注销"), _("撤销"), _("迁出"), _("停业"))
# Kinds of licence: the pack gives them in Chinese only
LICENCES = (_("普通"), _("特许"), _("认可"), _("核准"), _("登记"))
KINDS = (
    _("企业"), _("个体工商户"), _("农民专业合作社"), _("社会团体"), _("民办非企业单位"), _("基金会"), _("事业单位"), _("机关"),
    _("群众团体"), _("农村集体经济组织"), _("律师执业机构"), _("公证处"), _("基层法律服务所"), _("司法鉴定机构"), _("仲裁委员会"),
    _("宗教活动场所"), _("宗教院校"), _("基层工会"), _("机构编制部门登记的其他机构"), _("法人及非法人组织"), _("有限责任公司"),
    _("有限责任公司(自然人独资)"), _("有限责任公司(自然人投资或控股)"), _("股份有限公司"), _("国有独资公司"), _("分公司"),
    _("合伙企业"), _("个人独资企业"), _("家庭农场"), _("社会服务机构"),
)  # fmt: skip


def in_chinese() -> bool:
    """Whether the page is a Chinese one."""
    return (get_language() or "zh-hans").startswith("zh")


def term(word: str) -> str:
    """The word in the language of the page where we or the pack have it, else the word itself."""
    if not word or in_chinese():
        return word
    own = gettext(word)
    return own if own != word else vocabulary(law.active()).get(word, word)


def named(thing: Any, attribute: str = "name") -> str:
    """A name the pack gives in two languages (`name`, `name_en`), in the language of the page."""
    english = "" if in_chinese() else getattr(thing, f"{attribute}_en", "")
    return str(english or getattr(thing, attribute, ""))


@lru_cache(maxsize=4)
def vocabulary(pack: Any) -> dict[str, str]:
    """Chinese → English of the short words a pack defines: kinds of penalty, choices, classes, counties, fields."""
    found: dict[str, str] = {pack.name: pack.name_en}
    found.update(dict(pack.counties.values()))
    for kind in pack.kinds.values():
        found.update(dict.fromkeys((kind.name, *kind.written), kind.name_en))
    for item in pack.items.values():
        found[item.name] = item.name_en
        for field in item.fields:
            found.setdefault(field.name, field.name_en)
            found.update(dict(field.choice_names.values()))
    return {zh: en for zh, en in found.items() if en}


def is_foreign(word: str) -> bool:
    """Chinese text on a page in another language: it needs its language said (WCAG 3.1.2)."""
    return bool(HAN.search(word)) and not in_chinese()
