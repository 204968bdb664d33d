"""Whether two names are one organisation: points per part, what can never be decided by itself. Pure.

Points are thousandths of a bit (a power of two of likelihood). A part's points are what it *says* less what its damage
*costs*. What it says: how unlikely another organisation would happen to have it, by how many registered names do. What
it costs: how unlikely somebody who means the held name would write it so; a character that looks alike costs less than
a wrong one, a part left out less than its characters. Fellegi and Sunter's weights, with the damage told by character.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from xinheng.linkage import compare as level
from xinheng.linkage.compare import CODE_LEVELS, Facts

BIT = 1000
LINKED_FROM = 9_800  # basis points of probability
HUMAN_FROM = 1_000
HUMAN_BITS = -7 * BIT  # a pair worth a look although another hypothesis is likelier
MOST_BITS = 55 * BIT

LOOKS, SOUNDS, WRONG, MISSING, EXTRA = 1_800, 3_000, 5_500, 4_500, 4_500
# A brand of n characters can say no more than this: short ones are taken many times over in the country
_BRAND_MOST = (0, 7, 13, 18, 21, 23, 24, 25)
_REGION_SAYS = {
    level.NOWHERE: 0,
    level.PROVINCE: 4_000,
    level.CITY: 7_000,
    level.COUNTY: 9_000,
    level.UNLISTED: 7_000,
}
_REGION_COSTS = {
    level.NO_REGION: 0, level.SAME_REGION: 0, level.WITHIN: 1_500, level.ASKED_MISSING: 2_500,
    level.HELD_MISSING: 6_000, level.REGISTERED_THERE: 2_500, level.SAME_CITY: 10_000, level.SAME_PROVINCE: 15_000,
    level.OTHER_REGION: 18_000,
}  # fmt: skip
_MISREAD = 3_500  # that a damaged place happens to be another one
_FORM_COSTS = {
    level.NO_FORM: 0, level.SAME_FORM: 0, level.ALIKE_FORM: 1_000, level.FORM_MISSING: 1_500,
    level.NEAR_FORM: 2_500, level.OTHER_FORM: 6_000,
}  # fmt: skip
_FORM_SAYS, _FORM_WRONG = 1_000, 3_000
_TRADE_LEFT_OUT, _TRADE_OTHER = 7_000, 22_000
_BRAND_LEFT_OUT = 16_000
_BRAND_EXTRA, _TRADE_EXTRA = 5_500, 3_500  # names are shortened, seldom lengthened
_BRANCH_OTHER = 25_000
_CODE = {
    "none": 0, "exact": 40_000, "organisation-part": 26_000, "one-wrong": 19_000, "swapped": 19_000,
    "two-wrong": 8_000, "masked-fits": 14_000, "masked-contradicts": -16_000, "old-number": 26_000,
    "different": -18_000,
}  # fmt: skip
_PLACE = {level.NO_PLACE: 0, level.SAME_PLACE: 3_000, level.OTHER_PLACE: -2_000}
_STRONG_CODES = ("exact", "organisation-part", "old-number", "one-wrong", "swapped", "masked-fits")
_WHOLE, _WHOLE_BARE = 30_000, 10_000
_NAME_LAW = 7_000  # one registry does not register the same brand and trade twice
_FORMER = 1_000  # a former name may by now be somebody else's


@dataclass(frozen=True, slots=True)
class Weighed:
    """Points per part, in thousandths of a bit, and whether the pair may be linked without a human at all."""

    code: int
    region: int
    brand: int
    trade: int
    form: int
    branch: int
    name: int
    automatic: bool
    cost: int  # what the damage costs, all parts together

    @property
    def total(self) -> int:
        """All points together."""
        parts = self.code + self.region + self.brand + self.trade + self.form + self.branch + self.name
        return min(parts, MOST_BITS)


@lru_cache(maxsize=300_000)
def weigh(*facts: int) -> Weighed:
    """What the facts of one pair (the fields of `Facts`, in order) say."""
    seen = Facts(*facts)
    code = CODE_LEVELS[seen.code]
    bonus = 0
    if seen.whole:
        # With a place or a brand in it, an equal name is the name; 门市部 alone may be anybody's
        bonus = _WHOLE if seen.asked_region or seen.brand else _WHOLE_BARE
    elif seen.core and seen.brand and seen.region in (level.SAME_REGION, level.NO_REGION):
        bonus = _NAME_LAW
    if bonus and not seen.current:
        bonus -= _FORMER
    says = _says(seen)
    costs = (_region_cost(seen), _brand_cost(seen), _trade_cost(seen), _form_cost(seen), _branch_cost(seen))
    region, brand, trade, form, branch = (one - other for one, other in zip(says, costs, strict=True))
    return Weighed(
        code=_CODE[code], region=region, brand=brand, trade=trade, form=form, branch=branch,
        name=bonus + _PLACE[seen.place], automatic=_automatic(seen, code), cost=sum(costs),
    )  # fmt: skip


@lru_cache(maxsize=100_000)
def said(*facts: int) -> int:
    """What all parts of the asked name say together; looks only at the fields in `SAYING`."""
    return sum(_says(Facts(*facts)))


SAYING = (
    "region", "form", "asked_region", "asked_brand", "brand_bits", "asked_trade", "trade_bits", "trade_known",
    "asked_branch",
)  # fmt: skip
ONLY_SAYING = ("brand_bits", "asked_trade", "trade_bits", "asked_branch")
"""Fields that no cost and no rule looks at."""
YES_OR_NO = ("asked_region", "asked_brand")
"""Fields of which costs and rules look only at whether they are 0."""


def _says(seen: Facts) -> tuple[int, int, int, int, int]:
    """What region, brand, trade, form and branch of the asked name say: the same against every candidate, but for
    letters that are no place and stand for the held one."""
    region = _REGION_SAYS[seen.asked_region]
    if seen.region == level.DAMAGED and not seen.asked_region:
        region = _REGION_SAYS[level.CITY]
    brand = min(seen.brand_bits, _BRAND_MOST[seen.asked_brand]) * BIT
    # Trade goes with brand and region, so a usual one says little; letters nobody has as a trade are damage, not trade
    trade = min(seen.trade_bits, 14) * 600 if seen.trade_known else min(7_000 * seen.asked_trade, 14_000)
    form = 0 if seen.form in (level.NO_FORM, level.FORM_MISSING) else _FORM_SAYS
    return region, brand, trade if seen.asked_trade else 0, form, min(2_500 * seen.asked_branch, 15_000)


def _region_cost(seen: Facts) -> int:
    letters = (
        LOOKS * seen.region_looks
        + WRONG * seen.region_wrong
        + MISSING * (seen.region_missing + seen.region_extra)
    )
    if seen.region == level.DAMAGED:
        return letters
    cost = _REGION_COSTS[seen.region]
    if seen.region in (level.SAME_REGION, level.WITHIN):
        return cost + WRONG * seen.region_wrong
    if seen.region > level.REGISTERED_THERE:
        # Another place that is a letter or two away may be the same one, misread
        return min(cost, letters + _MISREAD)
    return cost


def _brand_cost(seen: Facts) -> int:
    cost = (
        LOOKS * seen.brand_looks
        + SOUNDS * seen.brand_sounds
        + WRONG * seen.brand_wrong
        + MISSING * seen.brand_missing
        + _BRAND_EXTRA * seen.brand_extra
    )
    return cost if seen.asked_brand else min(cost, _BRAND_LEFT_OUT)


def _trade_cost(seen: Facts) -> int:
    damage = LOOKS * seen.trade_looks + SOUNDS * seen.trade_sounds + WRONG * seen.trade_wrong
    # A few characters that are not there were dropped as a word rather than one by one
    gone = min(MISSING * seen.trade_missing, _TRADE_LEFT_OUT + 800 * seen.trade_missing)
    return min(damage + gone, _TRADE_OTHER) + _TRADE_EXTRA * seen.trade_extra


def _form_cost(seen: Facts) -> int:
    return _FORM_COSTS[seen.form] + _FORM_WRONG * seen.form_wrong


def _branch_cost(seen: Facts) -> int:
    if seen.branch in (level.ASKED_BRANCH, level.HELD_BRANCH):
        return _BRANCH_OTHER
    damage = LOOKS * seen.branch_looks + WRONG * seen.branch_wrong
    return min(damage + MISSING * seen.branch_missing + EXTRA * seen.branch_extra, _BRANCH_OTHER)


def _automatic(seen: Facts, code: str) -> bool:
    """Whether a pair with these facts may ever be linked without a human. Precision first: a wrong link hurts."""
    if code in ("exact", "old-number", "organisation-part"):
        return True
    if code in ("different", "masked-contradicts"):
        return False
    if seen.branch in (level.ASKED_BRANCH, level.HELD_BRANCH, level.OTHER_BRANCH):
        return False
    if code in _STRONG_CODES:
        return seen.region not in (level.SAME_PROVINCE, level.OTHER_REGION)
    if seen.whole:
        return True
    if seen.region in (level.SAME_CITY, level.SAME_PROVINCE, level.OTHER_REGION, level.HELD_MISSING):
        return False
    if seen.asked_tail:
        return False
    # 州市某某 may be of 常州 or of 莱州, and 中信 is not 中国
    if seen.region == level.DAMAGED and (seen.region_wrong or seen.region_missing):
        return False
    if seen.form in (level.NEAR_FORM, level.OTHER_FORM) or not seen.brand:
        return False
    # Sisters differ by a letter: 第十七药店 and 第十八药店
    if seen.branch_looks or seen.branch_wrong or seen.branch_missing or seen.branch_extra:
        return False
    return _brand_sure(seen) and _trade_sure(seen)


def _brand_sure(seen: Facts) -> bool:
    wrong = seen.brand_wrong + seen.brand_missing + seen.brand_extra
    damaged = wrong + seen.brand_looks + seen.brand_sounds
    if seen.region == level.ASKED_MISSING and (damaged or seen.brand <= 2):
        return False
    if not damaged:
        return True
    # Two characters, one of them another: as a rule another organisation
    if seen.brand <= 2 or seen.brand_sounds:
        return False
    # A letter that does not even look alike: 鑫润伟业 and 鑫飞伟业 are two
    return damaged == 1 and (seen.brand >= 6 or not wrong)


def _trade_sure(seen: Facts) -> bool:
    # More than the held name has may be a branch or a sister; a trade that others have, another organisation
    if seen.trade_extra > 1 or (seen.trade_known and (seen.trade_wrong or seen.trade_extra)):
        return False
    met = seen.trade_same + seen.trade_looks
    return 2 * met >= seen.trade and seen.trade_missing + seen.trade_wrong <= 2
