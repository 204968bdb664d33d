"""What an act on a case changes, told before it is done: in our copy, on which faces, and what it does not touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

SITE = gettext_lazy("公示页、主体页和列表")
SEARCH = gettext_lazy("检索结果")
REPORTS = gettext_lazy("新签发的信用报告；已签发的，核验时会说明")
MACHINES = gettext_lazy("接口、开放数据和订阅方")
OWN = gettext_lazy("主体自己的工作台")
EVERYWHERE = (SITE, SEARCH, REPORTS, MACHINES, OWN)


@dataclass(frozen=True)
class Effect:
    """What becomes of the entry, the faces that show it, and what stays as it is."""

    changes: tuple[Any, ...]
    faces: tuple[Any, ...]
    stays: Any = ""
    grave: bool = False


EFFECTS: dict[str, Effect] = {
    "objection.correct": Effect(
        (
            gettext_lazy("以更正后的内容另立一条新记录，原记录注明被更正取代，不删除。"),
            gettext_lazy("公示期按新内容重新计算；“有异议”标注同时终止。"),
        ),
        EVERYWHERE,
        gettext_lazy("信用中国等其他网站以其自身更新为准，平台每日比对。"),
        grave=True,
    ),
    "objection.annul": Effect(
        (
            gettext_lazy("这条记录作废：停止公示、停止共享和使用，账本保留作废的经过。"),
            gettext_lazy("“有异议”标注同时终止。"),
        ),
        EVERYWHERE,
        gettext_lazy("作出决定的文书本身是否撤销，由作出机关另行处理。"),
        grave=True,
    ),
    "objection.refuse": Effect(
        (gettext_lazy("“有异议”标注终止；记录内容和公示期不变。"),),
        (SITE, REPORTS, MACHINES, OWN),
        gettext_lazy("申请人可以申请行政复议或者提起诉讼，决定书写明期限。"),
        grave=True,
    ),
    "objection.withdraw": Effect(
        (gettext_lazy("申请人撤回异议：“有异议”标注终止，记录不变。"),), (SITE, REPORTS, MACHINES, OWN)
    ),
    "objection.route": Effect(
        (gettext_lazy("转给作出决定的单位核查，它的时限从转出起算；“有异议”标注保留。"),), (OWN,)
    ),
    "objection.suspend": Effect(
        (gettext_lazy("核查期间暂停公示这条记录，办结后恢复。"),),
        EVERYWHERE,
        gettext_lazy("法院和国家企业信用信息公示系统的信息不得暂停。"),
        grave=True,
    ),
    "repair.end": Effect(
        (
            gettext_lazy("终止公示，停止共享和使用，解除依据这条信息的惩戒提示。"),
            gettext_lazy("记录转入主体自己的档案，只有主体和作出决定的单位能看到。"),
        ),
        EVERYWHERE,
        gettext_lazy("结果回传信用中国；其他网站以信用中国为准。"),
        grave=True,
    ),
    "repair.suppress": Effect(
        (gettext_lazy("重整期间暂时不公示，作出决定的单位和主体仍能看到，并注明“暂时屏蔽”。"),),
        EVERYWHERE,
        gettext_lazy("重整计划不能执行的，恢复公示。"),
        grave=True,
    ),
    "repair.lift": Effect(
        (gettext_lazy("恢复公示，公示期按原来的截止日计算。"),), EVERYWHERE, grave=True
    ),
    "repair.revoke": Effect(
        (
            gettext_lazy("撤销修复：恢复公示到原来的截止日，不延长；档案里注明材料不实或者违背承诺。"),
        ),
        EVERYWHERE,
        grave=True,
    ),
    "listing.publish": Effect(
        (
            gettext_lazy("写入一条列入记录：名单、列入决定文号、期限和移出条件一并公示。"),
            gettext_lazy("核查里从此能看到它，依据它的措施按清单提示。"),
        ),
        EVERYWHERE,
        gettext_lazy("期限自列入决定之日起算，届满自动停止公示；届满前提醒该主体。"),
        grave=True,
    ),
    "listing.decide": Effect(
        (gettext_lazy("作出列入决定并编号；送达以前不公示，核查里也看不到。"),),
        (OWN,),
        gettext_lazy("不服的，可以申请行政复议或者提起诉讼，决定书写明期限。"),
        grave=True,
    ),
    "listing.refrain": Effect(
        (gettext_lazy("不予列入，办结；不留任何公开痕迹。"),), (OWN,)
    ),
    "listing.remove": Effect(
        (
            gettext_lazy("移出名单：即时终止公示，停止共享和使用，解除依据它的措施提示。"),
            gettext_lazy("记录转入主体自己的档案，只有主体和认定机关能看到。"),
        ),
        EVERYWHERE,
        gettext_lazy("结果回传信用中国；其他网站以信用中国为准。"),
        grave=True,
    ),
    "listing.correct": Effect(
        (gettext_lazy("列入有误，更正并移出：记录作废，各处撤下，视为没有列入。"),),
        EVERYWHERE,
        gettext_lazy("已经取走它的各方收到撤下通知。"),
        grave=True,
    ),
    "listing.revoke": Effect(
        (gettext_lazy("列入决定被撤销：自始没有效力，记录作废，各处撤下。"),),
        EVERYWHERE,
        gettext_lazy("已经取走它的各方收到撤下通知。"),
        grave=True,
    ),
    "listing.expire": Effect(
        (gettext_lazy("期限届满移出名单：停止公示，停止共享和使用。"),), EVERYWHERE, grave=True
    ),
}  # fmt: skip


def of(step: Any) -> Effect | None:
    """The effect of a step; None for a step that only moves the case."""
    return EFFECTS.get(step.effect) if step.effect else None
