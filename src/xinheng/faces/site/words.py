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
    "suppressed": _("暂停公示"),
    "false-material": _("曾提供虚假材料"),
}
# The register's own words (register/policy_kinds.py) and the most common company forms
STATES = (_("存续"), _("注销"), _("吊销"), _("吊销后注销"), _("撤销"), _("迁出"), _("停业"))
# Choices the items give in Chinese only (an item may bring its own English in `choice_names`)
CHOICES = (
    _("经营异常名录"), _("个体工商户经营异常状态"), _("社会组织活动异常名录"), _("查封场所设施财物"), _("扣押财物"), _("冻结存款汇款"), _("加处罚款或者滞纳金"),
    _("划拨存款汇款"), _("拍卖或者依法处理财物"), _("排除妨碍恢复原状"), _("代履行"), _("自然人"), _("通报表扬"), _("授予称号"), _("物质奖励"), _("在册"),
    _("设立"), _("更名"), _("职责划转"), _("合并"), _("审批替代型"), _("证明事项型"), _("容缺受理型"), _("信用修复型"), _("主动型"), _("行业自律型"),
    _("供应商"), _("采购人"), _("货物"), _("工程"), _("服务"), _("国家级"), _("省级"), _("市级"), _("县级"), _("不定向抽查"), _("定向抽查"),
    _("专项检查"), _("日常检查"), _("未发现问题"), _("发现问题经责令已改正"), _("发现问题待后续处理"), _("违反登记管理规定"), _("未按规定公示应当公示的信息"),
    _("公示信息隐瞒真实情况弄虚作假"), _("通过登记的住所(经营场所)无法联系"), _("违反登记管理规定的其他问题"), _("违反食品药品管理规定"), _("违反质量监督管理规定"),
    _("违反其他部门管理规定"), _("违反公安管理规定"), _("已关闭停业或正在组织清算"), _("不配合检查情节严重"), _("被吊销"), _("被撤销"), _("未发现开展本次抽查涉及的经营活动"),
    _("全部未履行"), _("科技创新"), _("行业资质"), _("管理体系认证"), _("产品认证"), _("社会组织评估等级"), _("名称变更"), _("其他变更"), _("迁入"), _("恢复"),
    _("住所"), _("类型"), _("经营范围"), _("注册资本"), _("经营期限"), _("公共信用综合评价"), _("环境信用评价"), _("纳税信用评价"), _("海关企业信用等级"),
    _("建筑市场信用评价"), _("公路水运建设市场信用评价"), _("水利建设市场信用评价"), _("劳动保障守法诚信等级"), _("医疗保障信用评价"), _("优"), _("良"), _("中"),
    _("差"), _("诚信"), _("良好"), _("警示"), _("不良"), _("绿牌"), _("蓝牌"), _("黄牌"), _("红牌"), _("黑牌"), _("高级认证"), _("常规"),
    _("失信"), _("违约"),
)  # fmt: skip
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


def chosen(field: Any, text: str) -> list[str]:
    """The choices written in a cell, in the language of the page. A code is spoken by the name its field gives it."""
    values = law.split_choices(field=field, text=text) if field.multi else (text.strip(),)
    spoken = []
    for value in values:
        chinese, english = field.choice_names.get(value, ("", ""))
        spoken.append((chinese if in_chinese() else english) or term(chinese or value))
    return spoken


def named(thing: Any, attribute: str = "name") -> str:
    """A name the pack gives in two languages (`name`, `name_en`), in the language of the page."""
    english = "" if in_chinese() else getattr(thing, f"{attribute}_en", "")
    return str(english or getattr(thing, attribute, ""))


@lru_cache(maxsize=4)
def vocabulary(pack: Any) -> dict[str, str]:
    """Chinese → English of the short words a pack defines: kinds of penalty, choices, classes, counties, fields,
    matters."""
    found: dict[str, str] = {pack.name: pack.name_en}
    found.update(dict(pack.counties.values()))
    for measure in pack.lists.values():
        found[measure.name] = measure.name_en
    for kind in pack.kinds.values():
        found.update(dict.fromkeys((kind.name, *kind.written), kind.name_en))
    for item in pack.items.values():
        found[item.name] = item.name_en
        for field in item.fields:
            found.setdefault(field.name, field.name_en)
            found.update(dict(field.choice_names.values()))
    for matter in law.matters_for(pack=pack):
        found.setdefault(matter.name, matter.name_en)
    return {zh: en for zh, en in found.items() if en}


def is_foreign(word: str) -> bool:
    """Chinese text on a page in another language: it needs its language said (WCAG 3.1.2)."""
    return bool(HAN.search(word)) and not in_chinese()
