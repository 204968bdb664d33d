"""Legal forms at the end of a name, and what can stand behind the form of a parent."""

from __future__ import annotations

import re
from importlib import resources

from xinheng.kernel.orgname.lexicon import GENERIC, STRONG, TRADES
from xinheng.kernel.orgname.regions import whole_place


def _read() -> dict[str, str]:
    text = resources.files("xinheng.kernel").joinpath("data/orgname_forms.csv").read_text(encoding="utf-8")
    forms: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, words = line.split(",")
            for word in words.split():
                if kind != "individual" or not _is_trade_and_kind(word):
                    forms.setdefault(word, kind)
    return forms


def _is_trade_and_kind(word: str) -> bool:
    """机械厂 is a trade and 厂: the trade is to be found as such."""
    trade = TRADES.get(word[:-1])
    return len(word) > 2 and trade in (STRONG, GENERIC) and word[-1] in "厂店馆"


FORMS = _read()

LENGTHS: dict[str, tuple[int, ...]] = {}
"""Last character -> lengths of the forms that end so, longest first."""
for _form in sorted(FORMS, key=len, reverse=True):
    if len(_form) not in LENGTHS.get(_form[-1], ()):
        LENGTHS[_form[-1]] = (*LENGTHS.get(_form[-1], ()), len(_form))

MARKS = {
    "有限合伙": "partnership", "普通合伙": "partnership", "特殊普通合伙": "partnership", "特殊的普通合伙": "partnership",
    "合伙": "partnership", "个人独资": "sole", "独资": "sole", "个体工商户": "individual", "个体": "individual",
    "中外合资": "", "合资": "", "中外合作": "", "外商独资": "", "外资": "", "国有独资": "", "股份合作": "", "股份合作制": "",
    "股份": "", "有限责任": "", "集体": "", "联营": "", "内资": "", "非营利": "", "民办": "", "自然人独资": "", "筹": "",
    "私营": "", "国营": "", "微型企业": "", "小微企业": "", "有限合伙企业": "partnership", "普通合伙企业": "partnership",
    "合伙企业": "partnership", "个人独资企业": "sole", "特殊普通合伙企业": "partnership", "集团": "", "有限公司": "company",
}  # fmt: skip
"""What brackets behind the form may say of the form, with the class it makes."""

#: End of what stands behind the parent, and its kind; the longer ones first
BRANCHES = (
    ("分公司", "branch"), ("支公司", "sub-branch"), ("分行", "branch"), ("支行", "sub-branch"), ("分理处", "sub-branch"),
    ("储蓄所", "sub-branch"), ("营业部", "shop"), ("营业厅", "shop"), ("营业所", "shop"), ("营销服务部", "shop"),
    ("项目经理部", "project"), ("项目部", "project"), ("工程指挥部", "project"), ("代表处", "office"), ("办事处", "office"),
    ("联络处", "office"), ("分厂", "branch"), ("分店", "shop"), ("门店", "shop"), ("门市部", "shop"), ("分社", "branch"),
    ("分部", "branch"), ("分所", "branch"), ("分校", "branch"), ("分院", "branch"), ("分中心", "branch"), ("分园", "branch"),
    ("分会", "branch"), ("支局", "sub-branch"), ("分局", "branch"), ("支队", "branch"), ("分场", "branch"), ("分矿", "branch"), ("分号", "shop"), ("工会委员会", "union"), ("工会", "union"),
    ("工会联合会", "union"), ("党支部", "party"), ("支部委员会", "party"), ("加油站", "shop"), ("加油加气站", "shop"),
    ("加气站", "shop"), ("店", "shop"), ("超市", "shop"), ("商场", "shop"), ("经营部", "shop"), ("经销部", "shop"),
    ("服务部", "shop"), ("销售部", "shop"), ("批发部", "shop"), ("药房", "shop"), ("宾馆", "shop"), ("部", "department"),
    ("厂", "works"), ("中心", "department"), ("站", "department"), ("处", "department"), ("车间", "works"), ("队", "department"), ("公司", "branch"),
    ("场", "works"), ("矿", "works"), ("库", "works"), ("所", "department"), ("社", "branch"),
    ("馆", "shop"), ("室", "department"), ("院", "branch"), ("园", "branch"), ("吧", "shop"), ("行", "branch"),
)  # fmt: skip

#: Forms of a parent that stand inside a name; what is behind them belongs to a branch
_SOCIETIES = re.compile(
    r".*?(?:(?:供销|信用|供应|消费|专业)合作社|供销社|信用社|联社)(?:联合社)?"
    r"(?!联合|联社|股份|有限|集团|\(|总公司)(?=.)"
    r"|.*?(?:合伙企业|事务所|中心|厂)\((?:有限合伙|普通合伙|特殊普通合伙|个人独资)\)(?=.)"
)
_WEAKER_PARENTS = re.compile(
    r".*(?:集团|联合社|联社|合作社|事务所|总厂|银行|大学|学院|学校|中学|小学|医院|研究院|设计院|协会|商会|学会|红十字会|局|委员会|政府)(?=.)"
)
_BRANCH_ENDS = (
    "分公司", "分行", "支行", "支公司", "营业部", "分店", "分厂", "一分厂", "项目部", "工会委员会", "工会", "办事处", "分理处", "分社", "分校", "分院",
    "代表处", "联络处", "支局", "分局", "大队", "支队", "中队", "派出所", "分会", "附属医院", "附属中学", "附属小学",
)  # fmt: skip


def form_of(text: str) -> int:
    """Length of the longest form that ends `text`, 0 for none."""
    for length in LENGTHS.get(text[-1:], ()):
        if text[-length:] in FORMS and len(text) >= length:
            if length == 2 and text[-1] in FORMS and text[-3:-1] in TRADES and text[-3] not in "一二三四五":
                # 紫絮飘菱图书店: a trade and 店, not 图 and 书店
                return 1
            return length
    return 0


def branch_kind(text: str) -> str:
    """Kind of what stands behind a parent ("淮北支行" -> "sub-branch"), "" if it does not end like one."""
    for end, kind in BRANCHES:
        if text.endswith(end):
            return kind
    return ""


def behind_parent(text: str) -> int:
    """Where the parent's name ends and a branch begins; the length of the text where there is no branch."""
    size = len(text)
    at = text.find("公司")
    if ("社" in text or ")" in text) and not text.endswith(("有限公司", "责任公司")):
        found = _SOCIETIES.match(text, 0, size if at < 0 else at)
        if found and found.end() > 4:
            return found.end()
    if 1 < at < size - 2 and text[at - 1] != "子":
        at += 2
        mark = _MARKED.match(text, at)
        at = mark.end() if mark else at
        if at < size and (not text.endswith(("公司", "集团", "联合社", ")"), at) or _is_daughter(text, at)):
            return at
    ordinal = _ORDINAL_SHOP.search(text, 4)
    if ordinal:
        return ordinal.start()
    if text.endswith(_BRANCH_ENDS):
        seat = text.find("驻", 2)
        if seat > 0 and text.endswith(("处", "部", "局")):
            return seat
        found = _WEAKER_PARENTS.match(text[:-2])
        if found:
            return found.end()
    works = text.find("厂", 3)
    if 0 < works < size - 2 and text[-1] != "厂" and branch_kind(text[works + 1 :]):
        return works + 1
    return size


def _is_daughter(text: str, at: int) -> bool:
    """Whether what stands behind the parent at `at` is a branch or one of its companies: 某某有限公司|昆明销售公司."""
    if not text.endswith("公司"):
        return branch_kind(text[at:].rstrip(")")) != ""
    if text.endswith(("有限公司", "责任公司", "总公司", "集团公司")):
        return False
    if text.endswith(("分公司", "支公司")):
        return True
    return text[at - 4 : at] in ("有限公司", "责任公司") or whole_place(text[at:-2]) is not None


_ORDINAL_SHOP = re.compile("第?[一二三四五六七八九十0-9]+(?:分店|门店|连锁店|加盟店|分厂|门市部|号店)$")
_MARKED = re.compile(r"\((?:有限合伙|普通合伙|特殊普通合伙|个人独资|中外合资|中外合作|外商独资|筹|集团)\)")

_TEMPLATES = (
    ("股份有限公司", 4, "company-limited-by-shares"),
    ("有限责任公司", 4, "company"),
    ("有限公司", 3, "company"),
    ("专业合作社", 4, "cooperative"),
    ("供销合作社", 4, "cooperative"),
)

#: Forms that may be what is left of a longer one, misread
REMAINS = frozenset(("责任公司", "合作社", "集团公司"))


def damaged_form(text: str) -> tuple[int, str]:
    """Length and class of a form that was misread in one or two characters ("有艰公司"), (0, "") if none."""
    for template, enough, kind in _TEMPLATES:
        tail = text[-len(template) :]
        if len(text) > len(template) + 1 and sum(map(str.__eq__, tail, template)) >= enough:
            return len(template), kind
    return 0, ""
