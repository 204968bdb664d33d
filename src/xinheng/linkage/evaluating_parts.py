"""A rough split of a name for the simulators: region, brand, trade, form. On purpose not the kernel's parser.

Trades are learned from the register at hand: what stands before the form in many names. A name that does not come
apart plainly (branches, institutions) has no split, and the sets that change a part leave it out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Split", "Splitter", "parent_of"]

_FORM = re.compile("(?:农民专业合作社|专业合作社|(?:集团|股份)?有限(?:责任)?公司|厂|经营部|门市部)$")
_PROVINCES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 "
    "云南 西藏 陕西 甘肃 青海 宁夏 新疆"
)
PROVINCES = tuple(_PROVINCES.split(" "))
_KIND = re.compile("(?:特别行政区|[^省市县区]{1,5}自治[区州县旗]|省|市|县|区|盟|旗|地区)$")
_PARENT = re.compile(r"(.*?(?:公司|合作社|银行|厂|学校|医院|中心))(.+)$")
_SEEN = 60  # a trade is what this many names end in before their form


@dataclass(frozen=True, slots=True)
class Split:
    """The parts; together they are the name. `place` is the region without province and without 市, 县, 区."""

    region: str
    brand: str
    trade: str
    form: str
    place: str

    @property
    def name(self) -> str:
        """The whole name."""
        return self.region + self.brand + self.trade + self.form


def parent_of(name: str) -> str:
    """The name of the body this one says it is a branch of, or empty."""
    match = _PARENT.fullmatch(name)
    return match[1] if match else ""


class Splitter:
    """Splits names after having seen a register."""

    def __init__(self, names: Iterable[str], places: Iterable[str]) -> None:
        self._places = {_bare(place) for place in places if len(_bare(place)) >= 2} | set(PROVINCES)
        ends: Counter[str] = Counter()
        for name in names:
            _, rest = self._region(name)
            if match := _FORM.search(rest):
                rest = rest[: match.start()]
                ends.update(rest[-length:] for length in range(2, 9) if length <= len(rest) - 2)
        self._trades = {end for end, times in ends.items() if times >= _SEEN}

    def split(self, name: str) -> Split | None:
        """The parts, or nothing where the name has none to speak of (no region, no trade, brand too long)."""
        region, rest = self._region(name)
        match = _FORM.search(rest)
        if match is None or not region or "(" in name or "（" in name:
            return None
        middle = rest[: match.start()]
        trade = next((middle[at:] for at in range(2, len(middle) - 1) if middle[at:] in self._trades), "")
        brand = middle[: len(middle) - len(trade)]
        # A brand that is a trade elsewhere means that the place took the brand: 兴业 is a county too
        if not trade or not 2 <= len(brand) <= 5 or brand in self._trades:
            return None
        return Split(region, brand, trade, match[0], _bare(self._last(region)))

    def _region(self, name: str) -> tuple[str, str]:
        at = 0
        for _ in range(3):
            taken = self._place_at(name, at)
            if not taken:
                break
            at += taken
        return name[:at], name[at:]

    def _place_at(self, name: str, at: int) -> int:
        for length in (7, 6, 5, 4, 3, 2):
            if name[at : at + length] in self._places and len(name) - at - length >= 2:
                rest = name[at + length :]
                # 淮北市鑫源 but not 淮北市场: a mark counts only where a name can still follow
                mark = next((m for m in ("自治区", "地区", "省", "市", "县", "区") if rest.startswith(m)), "")
                return length + (0 if rest.startswith(("市场", "市政", "县域", "区域")) else len(mark))
        return 0

    def _last(self, region: str) -> str:
        at = last = 0
        while taken := self._place_at(region + "甲乙", at):
            last, at = at, at + taken
            if at >= len(region):
                break
        return region[last:]


def _bare(place: str) -> str:
    out = _KIND.sub("", place)
    return out if len(out) >= 2 else place


def county_of(code: str, divisions: Mapping[str, str]) -> str:
    """The county a unified code was given in, or empty: the clerk's other place for an organisation."""
    name = divisions.get(code[2:8], "") if len(code) == 18 and not code[2:8].endswith("00") else ""
    return name if name.endswith(("县", "市")) else ""
