"""The thousand places of the city's population: what organisation *i* is follows from i mod 1000.

So shares are exact for every size from a thousand up, and "an individual business in catering in the second
district" can be found by arithmetic. The first sixty places hold at least one of everything.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .place import Place
from .words import SECTORS

__all__ = ["SLOTS", "STYLES", "Slot", "Test", "slots_of"]

SLOTS = 1000

# How a name is put together; the index goes into the slot.
STYLES = ("plain", "bracket", "person", "person_shop", "village")
_PLAIN, _BRACKET, _PERSON, _PERSON_SHOP, _VILLAGE = range(5)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a thousand. ``earliest`` is the first year such an organisation could exist with its code."""

    prefix: str
    kind: str
    sector: str
    style: int
    suffix: str = ""
    shop: bool = False
    district: int = 0
    status: str = "存续"
    renamed: int = 0  # how many former names
    earliest: int = 1992


Test = Callable[[Slot], bool]

_COMPANY_SECTORS = {
    "retail": 60, "making": 44, "building": 44, "services": 42, "software": 34, "transport": 32, "catering": 20,
    "foodshop": 22, "property": 18, "farming": 18, "health": 14, "chemical": 12, "leisure": 14, "teaching": 12,
    "foodmaking": 14,
}  # fmt: skip
_SHOP_SECTORS = {
    "retail": 150, "catering": 130, "foodshop": 100, "services": 45, "leisure": 40, "transport": 35, "farming": 20,
    "health": 16, "teaching": 9,
}  # fmt: skip
_OTHERS = (  # share, prefix, kind, sector, style, suffix, earliest
    (10, "93", "农民专业合作社", "cooperative", _PLAIN, "专业合作社", 2007),
    (12, "52", "民办非企业单位", "nonprofit", _PLAIN, "", 1999),
    (6, "51", "社会团体", "association", _PLAIN, "", 1995),
    (1, "53", "基金会", "fund", _PLAIN, "", 2004),
    (11, "12", "事业单位", "institution", _VILLAGE, "", 1992),
    (3, "11", "机关", "government", _VILLAGE, "", 1992),
    (1, "13", "群众团体", "mass", _VILLAGE, "", 1992),
    (6, "N2", "村级集体经济组织", "collective", _VILLAGE, "", 2018),
    (1, "81", "基层工会", "union", _PLAIN, "", 2016),
    (2, "31", "律师事务所", "law", _PLAIN, "", 1996),
    (1, "A1", "其他机构", "barracks", _VILLAGE, "", 2018),
    (1, "Y1", "其他组织", "other", _PLAIN, "", 2017),
)
_FORMS = (  # share of companies, kind, what follows the trade
    (78, "有限责任公司", "有限公司"), (8, "有限责任公司", "有限责任公司"), (4, "股份有限公司", "股份有限公司"),
    (5, "个人独资企业", "厂"), (2, "有限合伙企业", "中心（有限合伙）"), (3, "分公司", "有限公司{district}分公司"),
)  # fmt: skip
_PERSON_SHARE, _PERSON_SHOP_SHARE = 5, 17  # places in a thousand: name is a person's; name contains one
_DISTRICT_WEIGHTS = (26, 24, 20, 22, 8)


def slots_of(place: Place, seed: int) -> list[Slot]:
    """The thousand slots of a city, shuffled by seed, with the rare ones also among the first sixty."""
    rng = random.Random(f"{seed}/slots")
    slots = [*_companies(rng, place), *_shops(rng)]
    for share, prefix, kind, sector, style, suffix, earliest in _OTHERS:
        slots += [Slot(prefix, kind, sector, style, suffix, earliest=earliest) for _ in range(share)]
    slots = slots[:SLOTS] + [slots[0]] * (SLOTS - len(slots))
    slots = [_lived(rng, place, s) for s in slots]
    rng.shuffle(slots)
    return _rare_first(slots)


def _companies(rng: random.Random, place: Place) -> Iterable[Slot]:
    forms = [f for share, *f in _FORMS for _ in range(share)]
    for sector, share in _COMPANY_SECTORS.items():
        for _ in range(share):
            kind, suffix = rng.choice(forms)
            style = _BRACKET if rng.random() < 0.06 else _PLAIN
            yield Slot("91", kind, sector, style, suffix)


def _shops(rng: random.Random) -> Iterable[Slot]:
    sectors = [s for s, share in _SHOP_SECTORS.items() for _ in range(share)]
    rng.shuffle(sectors)
    for i, sector in enumerate(sectors):
        style = (
            _PERSON
            if i < _PERSON_SHARE
            else _PERSON_SHOP
            if i < _PERSON_SHARE + _PERSON_SHOP_SHARE
            else _PLAIN
        )
        yield Slot("92", "个体工商户", sector, style, shop=True)


def _lived(rng: random.Random, place: Place, slot: Slot) -> Slot:
    """A slot with a district, a status and perhaps a change of name behind it."""
    weights = [_DISTRICT_WEIGHTS[i % len(_DISTRICT_WEIGHTS)] for i in range(len(place.districts))]
    district = rng.choices(range(len(place.districts)), weights)[0]
    status, renamed = "正常", 0
    if slot.prefix in ("91", "92", "93"):
        states = ("存续", "注销", "吊销，未注销", "迁出", "歇业")
        status = rng.choices(states, (87, 8, 2, 2, 1))[0]
    if slot.prefix in ("91", "93", "52") and slot.style != _PERSON and rng.random() < 0.08:
        renamed = 2 if rng.random() < 0.3 else 1
    suffix = slot.suffix.format(district=place.districts[district][1][:-1])
    return replace(slot, district=district, status=status, renamed=renamed, suffix=suffix)


def _rare_first(slots: list[Slot]) -> list[Slot]:
    """The same slots, one of each prefix, sector, special style and life event moved to the front."""
    tests: list[Test] = [_is_of(prefix=p) for p in sorted({s.prefix for s in slots})]
    tests += [_is_of(sector=n, shop=False) for n in SECTORS if n not in ("law", "other")]
    tests += [_is_of(sector=n, shop=True) for n in _SHOP_SECTORS]
    tests += [
        _is_of(style=_PERSON), _is_of(style=_BRACKET), _is_of(renamed=1, prefix="91"), _is_of(renamed=2),
        _is_of(status="注销"), _is_of(status="迁出"),
    ]  # fmt: skip
    front: list[int] = []
    for test in tests:
        found = next((i for i, s in enumerate(slots) if i not in front and test(s)), None)
        if found is not None:
            front.append(found)
    chosen = set(front)
    return [slots[i] for i in front] + [s for i, s in enumerate(slots) if i not in chosen]


def _is_of(**wanted: object) -> Test:
    """A test for slots whose fields have these values."""
    return lambda slot: all(getattr(slot, name) == value for name, value in wanted.items())
