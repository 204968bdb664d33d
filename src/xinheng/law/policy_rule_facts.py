"""What a sentence of a department's own rules names: on which facts, in which uses, how widely, how strictly, how long. Pure.

It reads words, not meaning. A fact it does not know by its words is no fact: the sentence is then for a human.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from xinheng.kernel.periods import Period
from xinheng.law.measure_types import Ground
from xinheng.law.policy_measures import ALL_LISTS, RANK, SERIOUS
from xinheng.law.types import ListKind, Pack

GAP = "[^，,、。；;]{0,12}"
PENALTY = "admin-penalty"
LISTED = re.compile(r"名单|名录|失信主体|联合惩戒对象|不良行为记录|严重失信")
EVERY_LIST = re.compile(r"严重失信主体|严重失信名单|严重违法失信(?:主体|名单)|失信主体名单")
OTHER_WORDS = {"被执行人": "judgment-defaulter", "经营异常": "abnormal-operation", "异常名录": "abnormal-operation",
               "农民工工资": "wage-arrears", "税收违法": "tax-serious", "安全生产": "work-safety-serious"}  # fmt: skip
"""Words for a kind of list beside its own name."""
BY_THEMSELVES = ("被执行人", "经营异常", "异常名录")
"""Of those, the ones that name the list even where no list is spoken of."""
PENALISED = re.compile(r"处罚|罚款|被吊销|责令停产|责令关闭|受罚")
GRAVE = re.compile(
    r"(?:较重|严重|重大|特别)[^，。；]{0,4}(?:处罚|违法)|情节严重|吊销|停产停业|责令关闭|较大数额|较高数额"
)
SLIGHT = re.compile(r"轻微|警告|通报批评|简易程序|小额|从轻")
MIDDLE = re.compile(r"一般(?:行政)?(?:处罚|违法|失信)")
OVER = re.compile(
    r"已(?:经)?(?:修复|移出|解除|履行)|(?:修复|移出|期满|届满|履行)(?:完毕)?(?:后|以后|之后)|曾(?:经)?(?:被)?列入"
)
PROMISE = re.compile(r"(?:违背|违反|不履行|未履行|不兑现)[^，。；]{0,4}承诺")
GRADE = re.compile(
    r"信用(?:评价|评级|等级|得分|积分|分值|分)[^，。；]{0,10}(?:低|差|[A-E]级|[A-E]类|不合格|以下|靠后)|(?:低于|不足|不满)[^，。；]{0,4}分|信用[CDE][级类]|评为[CDE][级类]"
)
UNGROUNDED = (
    (re.compile(r"(?:未|没有|尚未|不在|拟|可能|即将)[^，。；]{0,4}(?:被)?(?:列入|名单)"), "没有列入名单的情形"),
    (re.compile(r"涉嫌|立案(?:调查|侦查)?|被调查"), "涉嫌、立案"),
    (PROMISE, "违背承诺"), (GRADE, "信用评价等级或者得分"), (re.compile(r"投诉|举报|信访|上访"), "投诉、举报、信访"),
    (re.compile(r"抽查[^，。；]{0,6}不合格|检查[^，。；]{0,6}不合格|未通过[^，。；]{0,4}检查"), "检查不合格"),
    (re.compile(r"欠税|欠缴|欠费|拖欠(?!农民工)"), "欠缴、拖欠"),
    (re.compile(r"垃圾分类|闯红灯|交通违章|违章停车|拒绝(?:采访|调查问卷)|不配合|拒绝拆迁|未(?:参加|缴纳|报送)"), "其他行为"),
    (re.compile(r"舆情|负面报道|媒体曝光"), "舆情、报道"), (re.compile(r"合同违约|违约行为|违约记录"), "合同违约"),
)  # fmt: skip
"""Facts departments write that no ground of the national list rests on."""
TRUSTED = {
    "tax-grade-a": re.compile(r"纳税信用\s*A\s*级|A级纳税人"),
    "honour": re.compile(r"表彰|荣誉称号|获奖"),
}
USES = {"procurement": re.compile(r"采购|供应商"), "bidding": re.compile(r"投标|招标"),
        "approval": re.compile(r"许可|审批|准入|禁入|核准")}  # fmt: skip
FOREVER = re.compile(r"永久|终身|终生|无限期|永远|长期|不设期限")
STRICT = re.compile(r"应当|必须|一律|一票否决|均不得|均应|务必")
WHOLE = re.compile(
    r"(?:一切|所有|全部|任何|各类|各项)[^，。；]{0,6}(?:许可|审批|业务|政策|项目|资金|补贴|优惠|投标|采购|融资|贷款|荣誉|表彰)"
)
WIDER = re.compile(
    r"关联企业|关联公司|子公司|分公司|母公司|上下游|合作企业|实际控制[^，。；]{0,8}企业|同一[^，。；]{0,8}名下|新设[^，。；]{0,4}企业"
)
ANY_CLASS = re.compile(
    r"(?:凡|所有|任何|只要|一旦|不论)[^，。；]{0,12}(?:处罚|失信|不良)|不论[^，。；]{0,4}轻重"
)
YEARS = re.compile(r"([一二两三四五六七八九十]|\d{1,2})\s*年(?!度|月|第|\d)")
NUMBERS = {word: at for at, word in enumerate("零一二三四五六七八九十")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Named:
    """The facts a sentence names. `penalty` is the least class it takes in: -1 for none named, else a rank; `open_class`:
    no class is written. `items` are facts of good standing, `outside` facts no ground rests on, `over`: what has ended."""

    kinds: tuple[ListKind, ...]
    every: bool
    penalty: int
    open_class: bool
    slight: bool
    items: tuple[str, ...]
    outside: tuple[str, ...]
    over: bool

    @property
    def nothing(self) -> bool:
        """Whether it names no fact we know: what it attaches to is for a human to say."""
        return not (self.kinds or self.every or self.penalty >= 0 or self.items or self.outside or self.over)


def facts_named(pack: Pack, text: str) -> Named:
    """The facts a piece of text names, by its words."""
    kinds, rest, conduct = _kinds(pack, text)
    penalty, unwritten = -1, False
    if PENALISED.search(text):
        slight, middle, grave = SLIGHT.search(text), MIDDLE.search(text), GRAVE.search(text)
        unwritten = not (slight or middle or grave)
        penalty = RANK["minor"] if slight or unwritten else RANK["ordinary"] if middle else RANK["serious"]
    outside = [name for pattern, name in UNGROUNDED if pattern.search(text)]
    return Named(
        kinds, bool(EVERY_LIST.search(rest)), penalty, unwritten, bool(SLIGHT.search(text)),
        tuple(item for item, pattern in TRUSTED.items() if pattern.search(text)),
        (*conduct, *outside), bool(OVER.search(text)),
    )  # fmt: skip


def _kinds(pack: Pack, text: str) -> tuple[tuple[ListKind, ...], str, tuple[str, ...]]:
    """The kinds of list named, the text without their names, and conduct named without a listing."""
    codes: dict[str, None] = {}
    rest = text
    for word, code in _list_words(pack):
        if word in rest:
            codes[code] = None
            rest = rest.replace(word, "")
    conduct = []
    for word, code in OTHER_WORDS.items():
        if word in rest and code in pack.lists:
            if word in BY_THEMSELVES or LISTED.search(rest):
                codes[code] = None
                # 「安全生产严重失信主体名单」 is that list, not every list
                rest = re.sub(f"{word}{GAP}(?:名单|名录|失信主体)", "", rest)
            else:
                conduct.append(f"{word}方面的行为（没有列入名单）")
    return tuple(pack.lists[code] for code in codes), rest, tuple(conduct)


@lru_cache(maxsize=8)
def _list_words(pack: Pack) -> tuple[tuple[str, str], ...]:
    """The longest first: a short name may stand in a long one."""
    return tuple(sorted(((one.name, one.code) for one in pack.lists.values()), key=lambda row: -len(row[0])))


def in_uses(grounds: Sequence[Ground], text: str) -> list[Ground]:
    """The grounds for the uses a text names; all where it names none."""
    named = {use for use, pattern in USES.items() if pattern.search(text)}
    return [one for one in grounds if not named or named & set(one.uses)] if named else list(grounds)


def carries(ground: Ground, kind: ListKind) -> bool:
    """Whether a ground rests on a kind of list."""
    if kind.code in ground.lists or (ALL_LISTS in ground.lists and kind.item == SERIOUS):
        return True
    return any(item == kind.item and kind.item != SERIOUS for item, _ in ground.items)


def penalty_rank(ground: Ground) -> int | None:
    """The least class of penalty a ground rests on; None where it rests on none."""
    found = [classes for item, classes in ground.items if item == PENALTY]
    if not found:
        return None
    least = min((RANK[one] for classes in found for one in classes), default=0)
    return max(RANK[ground.proportion], least)


def months(pack: Pack, ground: Ground, kinds: Sequence[ListKind]) -> int:
    """The longest a ground can last: its own period, else the longest stay or publication of what it attaches to."""
    if ground.until != "entry":
        return _in_months(ground.until)
    stays = [kind.stay.period for kind in kinds or pack.lists.values() if kind.stay and carries(ground, kind)]
    return max((_in_months(one) for one in stays), default=36)


def _in_months(period: Period) -> int:
    return period.count * {"years": 12, "months": 1}.get(period.unit, 0)


def years(text: str) -> int:
    """The longest number of years a text names; 0 for none."""
    return max((int(one) if one.isdigit() else NUMBERS.get(one, 0) for one in YEARS.findall(text)), default=0)


@lru_cache(maxsize=1024)
def word_pattern(word: str) -> re.Pattern[str]:
    """A word of a measure as it is looked for: "*" stands for a few characters of the same clause."""
    return re.compile(GAP.join(re.escape(part) for part in word.split("*")))
