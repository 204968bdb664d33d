"""Where the region of a name ends: divisions, one inside the other, then towns and zones."""

from __future__ import annotations

import re
from importlib import resources
from typing import NamedTuple

from xinheng.kernel.orgname.places import CITY, COUNTY, LENGTHS, PLACES, Place, misread, within


def _ambiguous() -> dict[str, frozenset[str]]:
    text = (
        resources.files("xinheng.kernel").joinpath("data/orgname_ambiguous.csv").read_text(encoding="utf-8")
    )
    lines = (line.split(",") for line in text.splitlines() if not line.startswith("#"))
    return {kind: frozenset(words.split()) for kind, words in lines}


_WORDS, _BRANDS = _ambiguous()["word"], _ambiguous()["brand"]

_NOT_AFTER_A_SHORT_NAME = frozenset("镇乡堂斋沟山湾庄岛")

_WORD_WITH = re.compile("市[政场民区]|县[城域级]|省[心]")
_HEAD = re.compile("[\u4e00-\u9fff]{2,3}?(?:(?<![超都城夜门上股集菜闹花])市(?![场政民])|县|省)")
_CITY_WORK = re.compile("市(?:场|政(?:工程|建设|公用|园林|养护|设施|服务|管理|环))")

_NO_TOWN = re.compile("[家水故老同城梦异他村]乡|[古小名重城村乡]镇")
_NOT_AFTER_A_GUESS = frozenset("镇乡堂斋沟口湾店村庄山河湖岭坡桥")
_VILLAGE = re.compile("[^()]{2,3}?(?<!农)(?<!度假)村(?!镇)")
_BARE_ZONE = re.compile(
    "(?:国家)?(?:经济技术|高新技术产业|高新技术|经济)?开发区|高新区|经开区|工业园区|保税区"
)
_TOWN = re.compile(
    r"(?P<town>[^()]{2,4}?(?:街道(?!办事处)|镇(?![江海平远宁原康雄赉])|乡(?!村)|苏木))(?:[^()镇乡]{2,4}?(?:社区|(?<!度假)(?<!农)村(?!镇)))?"
)
_STREET = re.compile(r"(?!商业|步行|美食|风情|小吃|女人)[^()]{2}街道?(?!道?办事处)")
_ZONE = re.compile(
    r"[^()]{0,8}?(?:经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|技术开发区|开发区|高新区|经开区|"
    r"自由贸易试验区|自贸区|综合保税区|保税港区|保税区|保税物流园区|投资区|先行区|工业园区|工业园|产业园区|产业园|示范区|实验区|试验区|"
    r"度假区|管理区|风景区|风景名胜区|合作区|新区|园区)"
)
_ZONES = ("国家", "经济", "高新", "开发区", "经开", "工业园区", "保税区")
_SIGN = re.compile("[区镇乡街园木]")


SURE, KNOWN, LIKELY, GUESS = 3, 2, 1, 0


class Stop(NamedTuple):
    """A place in the text where the region may end, with what it means so far."""

    end: int
    codes: tuple[str, ...]
    level: int
    sure: int
    """SURE: stays a region whatever is behind it; KNOWN: unless a single character is (天台|山); LIKELY: if a brand
    is, or the form of a public body; GUESS: if a brand is."""


def stops(text: str, end: int, *, rural: bool = False, public: bool = False) -> list[Stop]:
    """Every place where the leading region of text[:end] may end, nearest last.

    `rural`: a town may stand first; `public`: nothing but the town or zone need stand before the form.
    """
    found: list[Stop] = []
    position, level = 0, -1
    codes: tuple[str, ...] = ()
    while position < end:
        stop = _division(text, position, end, codes, level)
        if stop is None:
            stop = _misread(text, position, end, codes, level)
        if stop is None:
            break
        found.append(stop)
        position, codes, level = stop.end, stop.codes, stop.level
    if not found and (rural or text.startswith(_ZONES)):
        match = _BARE_ZONE.match(text, 0, end - 1) or (_TOWN.match(text, 0, end - 1) if rural else None)
        if match and not _NO_TOWN.match(text, match.end() - 2):
            found.append(Stop(match.end(), (), COUNTY, LIKELY))
    elif found and _SIGN.search(text, position, end):
        _towns_and_zones(text, end, found, public)
    elif rural and found and found[-1].level == COUNTY:
        match = _VILLAGE.match(text, position, end - 1)
        if match:
            found.append(Stop(match.end(), codes, level, LIKELY))
    return found


def _misread(text: str, at: int, end: int, codes: tuple[str, ...], level: int) -> Stop | None:
    """A division with one character misread: at the head 兴玍市, behind a short name 南平勜|延平区."""
    if not at:
        match = _HEAD.match(text, 0, end - 2)
        may_be = misread(match[0]) if match else ()
        if match and may_be:
            return Stop(match.end(), may_be, COUNTY if match[0][-1] in "县区" else CITY, LIKELY)
    elif codes and level < COUNTY and text[at - 1] not in "省市县区" and text[at + 1 : at + 3] in LENGTHS:
        stop = _division(text, at + 1, end, codes, level)
        if stop and stop.sure == SURE and within(stop.codes, codes):
            return stop
    return None


def _division(text: str, at: int, end: int, codes: tuple[str, ...], level: int) -> Stop | None:
    for length in LENGTHS.get(text[at : at + 2], ()):
        if at + length > end:
            continue
        word = text[at : at + length]
        place = PLACES.get(word)
        if place is None:
            continue
        follower = text[at + length : at + length + 1]
        if word[-1] == "市" and _CITY_WORK.match(text, at + length - 1):
            continue
        stop = _accept(word, place, follower, at + length, codes, level)
        if stop is not None:
            if (
                not (place.full or place.ward)
                and follower
                and follower in "市县省"
                and not _WORD_WITH.match(text, stop.end)
            ):
                return Stop(stop.end + 1, stop.codes, stop.level, SURE)
            return stop
    return None


def _accept(
    word: str, place: Place, follower: str, end: int, codes: tuple[str, ...], level: int
) -> Stop | None:
    """The stop behind `word` where it stands for a division and not for a brand or the name of a town."""
    if codes and not place.codes:
        return None
    inner = within(place.codes, codes) if codes else place.codes
    if place.full and (len(word) > 2 or not place.ward):
        if codes and not inner and place.ward:
            return None
        return Stop(end, inner or place.heads, place.level, SURE)
    word_too = word in _WORDS
    if word in _BRANDS or (
        follower in _NOT_AFTER_A_SHORT_NAME
        and (place.level == COUNTY or word_too or not inner or follower == "湾")
    ):
        return None
    if codes and inner and place.level > level:
        return Stop(end, inner, place.level, LIKELY if word_too else KNOWN)
    if place.full or (codes and place.level == COUNTY) or place.ward:
        return None
    return Stop(end, place.heads, place.level, GUESS if codes else LIKELY if word_too else KNOWN)


def _towns_and_zones(text: str, end: int, found: list[Stop], public: bool) -> None:
    for _ in range(3):
        last = found[-1]
        for pattern in (_TOWN, _ZONE, _STREET):
            match = pattern.match(text, last.end, end)
            if match is None or (pattern is _TOWN and _NO_TOWN.match(match["town"][-2:])):
                continue
            stop = match.end()
            if pattern is _TOWN and stop == end:
                stop = match.end("town")
            if stop < end or public:
                bare = (pattern is _ZONE and stop - last.end <= 3) or public
                sure = SURE if bare else LIKELY if pattern is _ZONE else KNOWN
                found.append(Stop(stop, last.codes, last.level, sure))
                break
        else:
            return


def whole_place(text: str) -> Stop | None:
    """What `text` means if it is nothing but a region ("淮北", "安徽省淮北市")."""
    found = stops(text, len(text), public=True)
    if found and found[-1].end == len(text):
        return found[-1]
    return None


def places_before(brand: str) -> int:
    """How many characters at the head of a long brand are names of divisions, wherever they lie."""
    at = 0
    while at < len(brand) - 2:
        for length in LENGTHS.get(brand[at : at + 2], ()):
            after = brand[at + length : at + length + 1]
            word = brand[at : at + length]
            if (
                word in PLACES
                and word not in _BRANDS
                and at + length <= len(brand) - 2
                and after not in _NOT_AFTER_A_GUESS
            ):
                at += length
                break
        else:
            break
    return at


def place_at_end(brand: str) -> int:
    """How many characters at the end of a brand name a city or province: 同仁堂|贵阳."""
    for length in (2, 3, 4):
        place = PLACES.get(brand[-length:])
        if place and place.level < COUNTY and len(brand) - length >= 2 and brand[-length:] not in _WORDS:
            return length
    return 0


def inside(text: str, start: int, end: int) -> tuple[int, Stop] | None:
    """A city or province named within text[start:end], or any division with its kind written out."""
    for at in range(start, end - 1):
        for length in LENGTHS.get(text[at : at + 2], ()):
            place = PLACES.get(text[at : at + length])
            if place is None or at + length > end:
                continue
            word = text[at : at + length]
            strong = place.level < COUNTY or (place.full and not place.ward and length > 2)
            if strong and place.codes and word not in _WORDS:
                tail = text[at:end]
                found = [stop for stop in stops(tail, len(tail)) if stop.sure >= KNOWN]
                if found:
                    return at, found[-1]._replace(end=at + found[-1].end)
    return None
