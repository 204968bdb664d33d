"""Names of divisions, now and formerly, as they stand in organisations' names."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

from xinheng.kernel.orgname.folding import fold

PROVINCE, CITY, COUNTY = 0, 1, 2

_KINDS = (
    "自治区", "自治州", "自治县", "自治旗", "特别行政区", "地区", "林区", "特区", "新区", "矿区", "省", "市", "盟", "县", "区", "旗",
)  # fmt: skip
_PEOPLES = (
    "维吾尔", "哈萨克", "蒙古族", "蒙古", "回族", "藏族", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族",
    "土家族", "哈尼族", "傣族", "黎族", "傈僳族", "佤族", "畲族", "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜",
    "土族", "达斡尔族", "仫佬族", "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯", "锡伯族", "阿昌族", "普米族", "塔吉克",
    "怒族", "鄂温克族", "鄂伦春", "德昂族", "保安族", "裕固族", "独龙族", "各族", "回", "壮", "族",
)  # fmt: skip

#: Countries whose enterprises and money stand behind many names here: G20, ASEAN, and neighbours in trade
COUNTRIES = (
    "美国", "英国", "法国", "德国", "意大利", "日本", "韩国", "加拿大", "澳大利亚", "俄罗斯", "巴西", "阿根廷", "墨西哥", "印度",
    "印度尼西亚", "南非", "沙特阿拉伯", "土耳其", "新加坡", "马来西亚", "泰国", "越南", "菲律宾", "缅甸", "柬埔寨", "老挝", "文莱",
    "瑞士", "荷兰", "新西兰",
)  # fmt: skip
WHOLE = (
    "中国",
    "中华人民共和国",
    "中华全国",
    "中华",
    "中央",
    "全国",
    "国家",
    "中国共产党",
    "中共",
    "中国共产主义青年团",
    "共青团",
)


#: How some places are called that no list says: abbreviations, and zones with a name of their own
_CALLED = {
    "巴州": "652800", "博州": "652700", "克州": "653000", "前郭县": "220721", "前郭": "220721", "喀左县": "211324",
    "喀左": "211324", "阜蒙县": "210921", "杜蒙县": "230624", "察右前旗": "150926", "察右中旗": "150927",
    "察右后旗": "150928", "科右前旗": "152221", "科右中旗": "152222", "科左中旗": "150521", "科左后旗": "150522",
    "达茂旗": "150223", "克旗": "150425", "阿旗": "150421", "翁旗": "150426", "鄂前旗": "150623", "新右旗": "150727",
    "新左旗": "150726", "莫旗": "150722", "二连": "152501", "二连市": "152501", "乌市": "650100", "东川": "530113",
    "杨凌": "610403", "杨凌示范区": "610403", "洋浦": "460400", "雄安": "130600", "雄安新区": "130600",
    "天府新区": "510100", "两江新区": "500000", "西咸新区": "610000", "贵安新区": "520000", "金普新区": "210200",
    "北戴河新区": "130300", "浦东": "310115", "曹妃甸": "130209", "浑南": "210112", "横琴": "440400", "前海": "440300",
}  # fmt: skip


class Place(NamedTuple):
    """What a word may mean: codes of today (or the old one), its level, and whether the kind is written out."""

    codes: tuple[str, ...]
    heads: tuple[str, ...]
    """Those of the highest level: what the word means where nothing stands before it (西安 is the city)."""
    level: int
    full: bool
    ward: bool
    """Only districts of cities have this name: too weak to open a name without its kind."""


def level_of(code: str) -> int:
    return PROVINCE if code.endswith("0000") else CITY if code.endswith("00") else COUNTY


def short_of(name: str) -> str:
    """The name as people say it: 大厂回族自治县 -> 大厂, 淮北市 -> 淮北; "" where nothing of it is left."""
    for kind in _KINDS:
        if name.endswith(kind):
            base = name[: -len(kind)]
            if kind.startswith("自治") or kind == "地区":
                base = _without_peoples(base)
            return base if len(base) > 1 else ""
    return ""


def _without_peoples(base: str) -> str:
    shrunk = True
    while shrunk:
        shrunk = False
        for people in _PEOPLES:
            if base.endswith(people) and len(base) - len(people) >= 2:
                base, shrunk = base[: -len(people)], True
                break
    return base


def _read() -> dict[str, Place]:
    text = (
        resources.files("xinheng.kernel").joinpath("data/orgname_divisions.csv").read_text(encoding="utf-8")
    )
    rows = [line.split(",") for line in text.splitlines() if line and not line.startswith("#")][1:]
    found: dict[str, dict[str, tuple[bool, bool]]] = {}
    # As long as a division of today bears a name, the former bearers elsewhere do not count
    standing: set[tuple[str, str]] = set()
    for code, name, today in rows:
        now, name = today or code, fold(name)
        ward = name.endswith("区") and level_of(code) == COUNTY
        short = short_of(name)
        plain = f"{short}{name[-1]}" if short and "自治" in name[-3:-1] else ""
        formal = f"{short}{name[-3:]}" if plain else ""
        for word, full in ((name, True), (short, False), (plain, True), (formal, True)):
            if not word or (today != code and (word, now[:2]) in standing and now not in found[word]):
                continue
            standing.add((word, now[:2])) if today == code else None
            was = found.setdefault(word, {}).get(now, (False, True))
            found[word][now] = (full or was[0], ward and was[1])
    for word, code in _CALLED.items():
        found.setdefault(word, {})[code] = (word[-1] in "州县旗市区", False)
    return {word: _place(word, codes) for word, codes in found.items()}


def _place(word: str, codes: dict[str, tuple[bool, bool]]) -> Place:
    top = min(map(level_of, codes))
    full = any(full for full, _ in codes.values())
    heads = tuple(sorted(code for code in codes if level_of(code) == top))
    return Place(tuple(sorted(codes)), heads, top, full, all(ward for _, ward in codes.values()))


PLACES = _read()
for _word in (*WHOLE, *COUNTRIES):
    PLACES.setdefault(_word, Place((), (), PROVINCE, True, False))

LENGTHS: dict[str, tuple[int, ...]] = {}
"""First two characters -> lengths of the names that begin so, longest first."""
for _word in sorted(PLACES, key=len, reverse=True):
    if len(_word) not in LENGTHS.get(_word[:2], ()):
        LENGTHS[_word[:2]] = (*LENGTHS.get(_word[:2], ()), len(_word))


def within(codes: tuple[str, ...], outer: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `codes` that lie in one of `outer` (or are one of them)."""
    heads = tuple([code.removesuffix("00").removesuffix("00") for code in outer])
    return tuple([code for code in codes if code.startswith(heads)])


@cache
def _masked() -> dict[str, tuple[str, ...]]:
    """Full names with one character hidden -> codes of all that it may be."""
    found: dict[str, tuple[str, ...]] = {}
    for word, place in PLACES.items():
        if place.full and len(word) in (3, 4) and word[-1] in "省市县区":
            for at in range(len(word) - 1):
                key = f"{word[:at]}?{word[at + 1 :]}"
                found[key] = tuple(sorted({*found.get(key, ()), *place.heads}))
    return found


def misread(word: str) -> tuple[str, ...]:
    """Codes of the divisions whose full name differs from `word` in one character, not the last."""
    codes: set[str] = set()
    for at in range(len(word) - 1):
        codes.update(_masked().get(f"{word[:at]}?{word[at + 1 :]}", ()))
    return tuple(sorted(codes))
