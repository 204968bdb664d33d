"""Sentences of ours that are kept as data and still are ours to translate: why somebody looked, why a value is our own choice.

The ledger keeps the purpose of a reading in Chinese; packs give the reason of a design choice in Chinese. Marked here, they
land in the catalogue of translations, and `words.term` finds them.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

PURPOSES = (
    _("改正退回的数据"), _("监管参考：读取本地评价结果"), _("按名称查找机构代码"), _("核对一项措施有没有依据"), _("查看核查记录"), _("审计监督"),
    _("管理企业经办账户"), _("办理异议和修复"), _("督促办理时限"), _("审查材料"), _("公布反馈结果"), _("核查和反馈月报"), _("办理批量核查申请"),
    _("窗口代办"), _("比较本地评价的版本"), _("本地评价模型"), _("核对本地评价的依据"), _("查看接收的评价"), _("核实评价结果互斥"), _("运维查看接收的评价和风险分类"),
    _("运维查看评价结果互斥"), _("运维查看预警提示"),
    _("查看预警提示，安排监督检查"), _("查看企业信用风险分类，安排抽查检查"),
    _("查看本地评价结果"), _("措施提示反馈"), _("地区和行业指数"), _("办理列入"), _("查看名单"), _("核对名称归属"), _("核对提醒的投递"),
    _("数据质量核查"), _("数据质量监测"), _("疑似未报核查"), _("查阅通报"), _("督办"), _("起草通报"), _("按认定单位书面意见记录失信程度"),
    _("查明记录来源"), _("确认失信程度"), _("制作修复告知书"), _("补录送达日期"), _("核对报送和办案时限"), _("核对各处公示"), _("核对报送时限"),
    _("重点关注"),
)  # fmt: skip
"""Why an account read what is not public, as the pages and doors of this platform write it down."""

REASONS = (
    _("指标族按公共信用信息目录的类别归纳，分值、衰减和封顶是可以修改的起点，没有法律依据"),
    _("按风险差异化安排抽查、结果只供监管使用取自市场监管总局的意见；分组的名称、指标和分值是可以修改的起点，国家的指标体系没有公布"),
    _("到期规划鼓励农产品生产主体开展信用评级，没有写指标；这里的指标和分值是可以修改的起点，没有法律依据"),
    _("较大以上事故、拒绝阻挠监管、继续销售问题产品、掺杂使假等情形没有字段，以定级为严重的处罚代替"),
    _("意见没有把一般处罚列为失信；扣分只使其不能当年评为示范守信"),
    _("件数和期间没有规定，取一年三件；轻微的不计"), _("与名单届满提醒相同，提前六十日"), _("期间没有规定，取一年"),
    _("期间没有规定，取六个月"),
    _("有履约期限的，自期限届满次日起提示；没有写期限的，承诺事项一般在一年以内核查，自作出承诺之日起满十二个月提示"),
    _("评价每年至少一次；超过十八个月没有新结果的不再提示"),
)  # fmt: skip
"""Why models and warnings of the packs are as they are, without the full stop."""
