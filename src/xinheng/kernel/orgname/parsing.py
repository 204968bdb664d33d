"""The parts of an organisation's name: region | brand | trade | form | branch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from xinheng.kernel.orgname.folding import fold
from xinheng.kernel.orgname.forms import (
    FORMS,
    MARKS,
    REMAINS,
    behind_parent,
    branch_kind,
    damaged_form,
    form_of,
)
from xinheng.kernel.orgname.middle import LONG, first_word, split_middle
from xinheng.kernel.orgname.places import COUNTY, WHOLE
from xinheng.kernel.orgname.regions import (
    KNOWN,
    LIKELY,
    SURE,
    Stop,
    inside,
    place_at_end,
    places_before,
    stops,
    whole_place,
)


@dataclass(frozen=True, slots=True)
class OrgName:
    """A name in its parts; each is "" where the name has none."""

    text: str
    """The whole name, folded."""
    region: str = ""
    """As written: "安徽省淮北市", "濉溪"."""
    division: str = ""
    """Six-digit code of the most exact division; "" where there is none or it may be several."""
    divisions: tuple[str, ...] = ()
    """All codes the region may mean."""
    brand: str = ""
    trade: str = ""
    form: str = ""
    form_class: str = ""
    """company, company-limited-by-shares, partnership, sole, cooperative, individual, school, hospital, institution,
    association, foundation, private-nonprofit, government, party, union, court, village or ""."""
    branch: str = ""
    """What stands behind the parent's form: "濉溪分公司"."""
    branch_kind: str = ""
    """branch, sub-branch, shop, project, office, department, works, union, party, other or ""."""
    aside: str = ""
    """What else brackets hold: a further place (北京某某(上海)有限公司), a remark."""


_GROUP = re.compile(r"\(([^()]*)\)")
#: What makes another word of the short name of a county: 天台山, 永兴隆
_JOINED = frozenset("山湖河江湾庄岛桥寨沟堂斋轩阁隆达源")
_SECOND_NAME = re.compile("第[二三]名称")
_NOISE = re.compile(r"\([-0-9株有]*\)")
_PUBLIC = frozenset(("school", "hospital", "government", "court", "institution", "union", "village", "party"))
_RURAL = frozenset(("cooperative", "individual", "village", "school", "hospital"))
_SEATED = frozenset(("school", "hospital", "government", "court", "village", "party", "union"))
_PUBLIC |= {"association", "cooperative", "foundation", "private-nonprofit"}


def parse(name: str) -> OrgName:
    """The parts of one name; never raises. A text that folds to nothing has only empty parts, and so has one of
    more than 400 characters, which is no name.

    In order the parts give the text again, but for: a region in brackets or before the form, which counts as the
    region where the name does not begin with one (else as `aside`), and brackets left empty by it; numbers in
    brackets, which are noise; trade words before the brand, which are put before the others.

    >>> name = parse("中兴（淮北）商贸有限公司濉溪分公司")
    >>> name.region, name.brand, name.trade, name.form, name.branch
    ('淮北', '中兴', '商贸', '有限公司', '濉溪分公司')
    """
    text = fold(name)
    if text.startswith("第一名称"):
        text = _SECOND_NAME.split(text[4:], maxsplit=1)[0].rstrip("(")
    if not text or len(text) > _LONGEST_NAME:
        return OrgName(text)
    rest, place = (text, _NO_PLACE) if "(" not in text else _without_places(text)
    length = form_of(rest)
    branch = kind = mark = ""
    if length < 4 or rest[-length:] not in _PLAIN:
        at = behind_parent(rest)
        if at == len(rest):
            at = _behind_place(rest)
        rest, branch = rest[:at], rest[at:]
        kind = (branch_kind(branch.rstrip(")")) or "other") if branch else ""
        rest, mark = _cut_mark(rest)
        length = form_of(rest)
    form_class = FORMS.get(rest[len(rest) - length :], "") if length else ""
    if length < 3 or rest[len(rest) - length :] in REMAINS:
        damaged, damaged_class = damaged_form(rest)
        if damaged:
            length, form_class = damaged, damaged_class
        elif 1 < length == len(rest) > 2 and not branch:
            length = form_of(rest[1:])
    form = rest[len(rest) - length :]
    if mark in MARKS:
        form, form_class = f"{form}({mark})", MARKS[mark] or form_class
    elif mark:
        place = place._replace(more=place.more + mark)
    return _parts(text, rest, length, place, (form, form_class, branch, kind))


_LONGEST_NAME = 400
_OFFICES = frozenset(("局", "厅", "委员会", "办公室", "分局", "管理局", "监督管理局", "监督局"))
_PLAIN = frozenset(("有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "专业合作社"))


class _Bracketed(NamedTuple):
    """A region that stood in brackets, where it stood, and what else brackets held."""

    word: str
    stop: Stop | None
    at: int
    more: str = ""


_LONGEST = 6
_NO_PLACE = _Bracketed("", None, 0)


def _parts(text: str, rest: str, length: int, place: _Bracketed, tail: tuple[str, str, str, str]) -> OrgName:
    form, form_class, branch, kind = tail
    end = len(rest) - length
    found = stops(rest, end, rural=form_class in _RURAL, public=form_class in _SEATED)
    while True:
        start = found[-1].end if found else 0
        brand, trade, cut = _middle(rest, start, end, place.at, bool(found or place.stop), form_class)
        if not found or _stays(found[-1], rest[start:end], brand, cut, bool(place.stop)):
            break
        if start == end and form_class in _PUBLIC and found[-1].sure == LIKELY:
            break
        found.pop()
    stop = found[-1] if found else None
    region, aside = rest[:start], place.word + place.more
    if len(brand) >= LONG and stop and stop.codes and not aside and (behind := place_at_end(brand)):
        brand, aside = brand[:-behind], brand[-behind:]
    if len(brand) > LONG and stop and cut <= 0:
        cut = places_before(brand)
    if cut > 0:
        region, brand = region + brand[:cut], brand[cut:]
    if stop is None or not stop.codes:
        if place.stop and (not region or place.stop.codes):
            region, stop, aside = place.word, place.stop, region + place.more
        elif cut <= 0 and (within := _within(rest, start, end, (brand, trade), form_class)):
            aside, (region, stop, brand, trade) = region + aside, within
    if trade and not brand and (region in WHOLE or aside in WHOLE):
        first = first_word(trade)
        brand, trade = trade[:first], trade[first:]
    if form in _OFFICES and brand and stop and stop.codes:
        # 人力资源和社会保障|局: what an office does is no brand
        brand, trade = "", brand + trade
    codes = stop.codes if stop else ()
    division = codes[0] if len(codes) == 1 else ""
    return OrgName(text, region, division, codes, brand, trade, form, form_class, branch, kind, aside)


def _within(
    rest: str, start: int, end: int, known: tuple[str, str], form_class: str
) -> tuple[str, Stop, str, str] | None:
    """The region that stands behind the brand (某佳技术|上海|有限公司), with brand and trade freed of it."""
    one = inside(rest, start + 2, end) if end - start > 3 else None
    if one is None:
        return None
    at, stop = one
    brand, trade, _ = split_middle(rest[start:at] + rest[stop.end : end], True, form_class)
    if known[1] and not trade and len(known[0]) <= LONG:
        # 海力|通化|工: the place was two halves of other words
        return None
    if 2 <= len(brand) <= _LONGEST or (not brand and rest[:start] in WHOLE):
        return rest[at : stop.end], stop, brand, trade
    return None


def _stays(stop: Stop, behind: str, brand: str, cut: int, bracketed: bool) -> bool:
    """Whether the region may end here, with this text and brand behind it, and another region in brackets."""
    if stop.sure == SURE or (len(brand) >= 2 and cut >= 0):
        return True
    if stop.sure < KNOWN or len(behind) == 1 or bracketed:
        return False
    return stop.level < COUNTY or cut >= 0 or behind[0] not in _JOINED


def _middle(
    rest: str, start: int, end: int, bracket: int, located: bool, form_class: str
) -> tuple[str, str, int]:
    """Brand and trade; a region in brackets parts them where it stands between."""
    if start < bracket - 1 and bracket < end - 1:
        brand, trade, cut = split_middle(rest[start:bracket], located, form_class)
        if brand:
            return brand, trade + rest[bracket:end], cut
    return split_middle(rest[start:end], located, form_class)


def _without_places(text: str) -> tuple[str, _Bracketed]:
    """The text without regions and noise in brackets, and the first such region."""
    text = _NOISE.sub("", text) or text
    place = _NO_PLACE
    for group in _GROUP.findall(text):
        at = text.find(f"({group})")
        stop = whole_place(group) if at > 0 else None
        if stop:
            place = place._replace(more=place.more + group) if place.word else _Bracketed(group, stop, at)
            text = text[:at] + text[at + len(group) + 2 :]
    return text, place


def _cut_mark(text: str) -> tuple[str, str]:
    """Without a bracket at the end, and what it holds: something of the form, or a remark."""
    if text.endswith(")"):
        start = text.rfind("(")
        if start > 1 and text[start + 1 : -1] != "集团":
            return text[:start], text[start + 1 : -1]
    return text, ""


def _behind_place(text: str) -> int:
    """Where a branch begins that says no form of its parent: 泽信控股|邯郸分公司."""
    for word in ("分公司", "支公司", "支行", "分行"):
        cut = len(text) - len(word)
        if cut > 2 and text.endswith(word):
            for length in (5, 4, 3, 2):
                if cut - length >= 2 and whole_place(text[cut - length : cut]):
                    return cut - length
            return cut
    for word in ("代表处", "办事处", "联络处"):
        cut = len(text) - len(word)
        for length in (5, 4, 3, 2):
            if text.endswith(word) and cut - length >= 4 and whole_place(text[cut - length : cut]):
                return cut - length
    return len(text)
