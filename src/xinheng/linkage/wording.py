"""Reasons in words: one sentence per part, and one for the whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from xinheng.kernel import orgname
from xinheng.linkage import compare as level
from xinheng.linkage.compare import CODE_LEVELS, Facts
from xinheng.linkage.policy_link import weigh


@dataclass(frozen=True, slots=True)
class Part:
    """How one part of the asked name meets the held one. `points` are thousandths of a bit; `level` is a stable word:
    same, alike, near, partly, missing, extra, different, none."""

    part: str
    level: str
    points: int
    said: str
    held: str
    sentence: str


_CODE = {
    "exact": ("same", "统一社会信用代码相同"),
    "organisation-part": ("same", "组织机构代码（第9至17位）相同"),
    "one-wrong": ("alike", "代码只差一位，按校验位可以还原"),
    "swapped": ("alike", "代码有相邻两位颠倒"),
    "two-wrong": ("near", "代码差两位"),
    "masked-fits": ("alike", "遮盖后的代码与之相符"),
    "masked-contradicts": ("different", "遮盖后的代码与之不符"),
    "old-number": ("same", "旧注册号相同"),
    "different": ("different", "所填代码是另一个代码"),
}
_REGION = {
    level.SAME_REGION: ("same", "行政区划相同"),
    level.WITHIN: ("near", "行政区划互相包含"),
    level.ASKED_MISSING: ("missing", "所问名称没有写行政区划"),
    level.HELD_MISSING: ("extra", "登记名称没有这个行政区划"),
    level.DAMAGED: ("alike", "行政区划的字样相近"),
    level.REGISTERED_THERE: ("near", "登记名称不带行政区划，但在该地登记"),
    level.SAME_CITY: ("different", "行政区划不同（同一设区市内）"),
    level.SAME_PROVINCE: ("different", "行政区划不同（同一省内）"),
    level.OTHER_REGION: ("different", "行政区划不同"),
}
_FORM = {
    level.SAME_FORM: ("same", "组织形式相同"),
    level.ALIKE_FORM: ("alike", "组织形式是同一类"),
    level.FORM_MISSING: ("missing", "有一方没有写组织形式"),
    level.NEAR_FORM: ("near", "组织形式相近（有限与股份）"),
    level.OTHER_FORM: ("different", "组织形式不同"),
}
_BRANCH = {
    level.SAME_BRANCH: ("same", "分支机构相同"),
    level.ALIKE_BRANCH: ("alike", "分支机构的字样相近"),
    level.ASKED_BRANCH: ("extra", "所问的是分支机构，登记的是其所属单位或者别的单位"),
    level.HELD_BRANCH: ("missing", "登记的是分支机构，所问的不是"),
    level.OTHER_BRANCH: ("different", "分支机构不同"),
}
_PLACE = {level.SAME_PLACE: "来文地区与登记地区相符", level.OTHER_PLACE: "来文地区与登记地区不同"}


def parts(facts: Facts, *, asked: str, held: str, asked_code: str = "", code: str = "") -> tuple[Part, ...]:
    """One `Part` for the code (where one was given) and for each part that either name has, in reading order."""
    one, other = orgname.parse(asked), orgname.parse(held)
    weighed = weigh(*facts)
    found: list[Part] = []
    told = CODE_LEVELS[facts.code]
    if told != "none":
        word, sentence = _CODE[told]
        found.append(Part("code", word, weighed.code, asked_code, code, sentence + "。"))
    for name, (word, sentence), points in (
        ("region", _REGION.get(facts.region, ("none", "")), weighed.region),
        ("brand", brand_words(facts), weighed.brand),
        ("trade", _trade_words(facts), weighed.trade),
        ("form", _FORM.get(facts.form, ("none", "")), weighed.form),
        ("branch", _BRANCH.get(facts.branch, ("none", "")), weighed.branch),
    ):
        said, has = getattr(one, name), getattr(other, name)
        if sentence and (said or has):
            found.append(Part(name, word, points, said, has, sentence + "。"))
    if weighed.name:
        found.append(_whole(facts, weighed.name, one.text, other.text))
    return tuple(found)


def _whole(facts: Facts, points: int, one: str, other: str) -> Part:
    told = (
        "两个名称除写法外完全相同"
        if facts.whole
        else "行政区划、字号、行业都相同，同一登记机关不会重复登记"
        if facts.core
        else ""
    )
    said = "，".join(
        filter(
            None, (told, _PLACE.get(facts.place, ""), "" if facts.current else "登记库里是曾用名或者其他名称")
        )
    )
    return Part("name", "same" if facts.whole else "near", points, one, other, said + "。")


def brand_words(facts: Facts) -> tuple[str, str]:
    """Level and sentence of the brand."""
    if not facts.brand:
        return ("extra", "登记名称没有字号，所问名称多出字样") if facts.brand_extra else ("none", "")
    wrong = facts.brand_wrong + facts.brand_missing + facts.brand_extra
    if not wrong and not facts.brand_looks and not facts.brand_sounds:
        rare = (
            "，登记库里很少见"
            if facts.brand_bits >= 15
            else "，登记库里常见"
            if facts.brand_bits <= 9
            else ""
        )
        return "same", f"字号相同{rare}"
    if facts.brand_same + facts.brand_looks + facts.brand_sounds == 0:
        missing = facts.brand_missing == facts.brand and not facts.brand_extra
        return ("missing", "所问名称里没有这个字号") if missing else ("different", "字号不同")
    told = [
        f"{count} 字{what}"
        for count, what in (
            (facts.brand_looks, "形近"), (facts.brand_sounds, "音近"), (facts.brand_wrong, "不同"),
            (facts.brand_missing, "缺"), (facts.brand_extra, "多"),
        )
        if count
    ]  # fmt: skip
    return ("partly" if wrong else "alike"), "字号有" + "、".join(told)


def _trade_words(facts: Facts) -> tuple[str, str]:
    if not facts.trade:
        return ("extra", "所问名称多写了行业") if facts.trade_extra else ("none", "")
    damaged = facts.trade_looks + facts.trade_sounds + facts.trade_wrong + facts.trade_missing
    if not damaged:
        return ("near", "行业用语所问较多") if facts.trade_extra else ("same", "行业用语相同")
    if facts.trade_missing == facts.trade and not facts.trade_extra:
        return "missing", "所问名称没有写行业"
    if not facts.trade_same + facts.trade_looks + facts.trade_sounds:
        return "different", "行业用语不同"
    return "partly", "行业用语部分相同"


@lru_cache(maxsize=100_000)
def reason(outcome: str, rivals: bool, *facts: int) -> str:
    """One sentence on why a question came out so; `facts` of the best candidate, none where there is no candidate."""
    if not facts:
        return "登记库里没有足够接近的名称。"
    seen = Facts(*facts)
    told = CODE_LEVELS[seen.code]
    shown = [_CODE[told][1]] if told != "none" else []
    if seen.whole:
        shown.append("名称相同" if seen.current else "与曾用名或者其他名称相同")
    else:
        region = _REGION.get(seen.region)
        branch = _BRANCH.get(seen.branch)
        shown += [one[1] for one in (region, brand_words(seen), _trade_words(seen), branch) if one and one[1]]
    said = "；".join(shown)
    if outcome == "linked":
        return said + "。"
    if outcome == "none":
        return f"最接近的也不够接近：{said}。"
    return f"需要人工判断：{said}" + ("；另有相近的单位。" if rivals else "。")
