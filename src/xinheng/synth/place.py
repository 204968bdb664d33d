"""The place: its name, its districts, and the departments that send files. Fictional unless a pack names it."""

from __future__ import annotations

from dataclasses import dataclass

from .codes import code_of
from .draw import salt
from .habits import DECISIONS

__all__ = ["KINDS", "Department", "DepartmentKind", "Place", "Unit", "departments_of", "unregistered_of"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A department as a pack names it. ``code`` is "" where its credit code is not known: it gets a synthetic one."""

    name: str
    short: str
    sector: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the organisations are. ``districts`` are (region code, name); a county is its own only district.

    The default does not exist: it borrows no real district, its region codes only have the form of a prefecture's and
    its districts'. A pack's place has that pack's districts and departments; its organisations are fictional all the
    same.
    """

    name: str = "信衡市"
    code: str = "340600"
    districts: tuple[tuple[str, str], ...] = (
        ("340602", "衡东区"),
        ("340603", "衡西区"),
        ("340604", "衡北区"),
        ("340621", "临衡县"),
        ("340671", "衡新区"),
    )
    units: tuple[Unit, ...] = ()

    def full(self, district: int) -> str:
        """The name of a district with the city's before it; a county's own name alone."""
        name = self.districts[district][1]
        return name if name == self.name else self.name + name

    @property
    def short(self) -> str:
        """The name without 市, 县, 区."""
        return self.name[:-1] if len(self.name) > 2 and self.name[-1] in "市县区" else self.name


@dataclass(frozen=True, slots=True)
class DepartmentKind:
    """What kind of authority: its name after the place, the mark in its document numbers, how much it decides."""

    slug: str
    name: str
    mark: str
    sector: str
    penalties: float = 0
    licences: float = 0
    prefix: str = "11"


_DATA, _FUND = "administrative-approval", "housing-fund"
KINDS: dict[str, DepartmentKind] = {
    k.slug: k
    for k in (
        DepartmentKind("sjj", "数据资源管理局", "数据", _DATA),
        DepartmentKind("scjg", "市场监督管理局", "市监", "market-regulation", 26, 24),
        DepartmentKind("jtys", "交通运输局", "交", "transport", 11, 9),
        DepartmentKind("wjw", "卫生健康委员会", "卫", "health", 7, 9),
        DepartmentKind("cgj", "城市管理局", "城管", "urban-management", 9, 6),
        DepartmentKind("sthj", "生态环境局", "环", "ecology", 8, 4),
        DepartmentKind("yjgl", "应急管理局", "应急", "work-safety", 5, 3),
        DepartmentKind("zjj", "住房和城乡建设局", "建", "construction", 6, 6),
        DepartmentKind("xfjy", "消防救援支队", "消", "fire", 6, 3),
        DepartmentKind("ycj", "烟草专卖局", "烟", "tobacco", 3, 9),
        DepartmentKind("nyj", "农业农村局", "农", "agriculture", 3, 4),
        DepartmentKind("rsj", "人力资源和社会保障局", "人社", "human-resources", 3, 3),
        DepartmentKind("wlj", "文化广电和旅游局", "文旅", "culture-tourism", 3, 3),
        DepartmentKind("swj", "税务局", "税", "tax", 5, 0),
        DepartmentKind("gaj", "公安局", "公", "public-security", 2, 4),
        DepartmentKind("zrzy", "自然资源和规划局", "自然资规", "natural-resources", 1, 4),
        DepartmentKind("slj", "水务局", "水", "water", 1.5, 2),
        DepartmentKind("jyj", "教育局", "教", "education", 1, 2),
        DepartmentKind("ybj", "医疗保障局", "医保", "medical-insurance", 1, 0),
        DepartmentKind("gjj", "住房公积金管理中心", "公积金", _FUND, 1, 0, "12"),
        # No penalties or licences of their own; owners of other items
        DepartmentKind("fgw", "发展和改革委员会", "发改", "development-reform"),
        DepartmentKind("fy", "中级人民法院", "法", "court"),
        DepartmentKind("bb", "委机构编制委员会办公室", "编", "staffing"),
        DepartmentKind("czj", "财政局", "财", "finance"),
        DepartmentKind("mzj", "民政局", "民", "civil-affairs"),
        DepartmentKind("sfj", "司法局", "司", "justice"),
        DepartmentKind("gxj", "工业和信息化局", "工信", "industry"),
        DepartmentKind("kjj", "科学技术局", "科", "science"),
        DepartmentKind("swt", "商务局", "商", "commerce"),
        DepartmentKind("tjj", "统计局", "统", "statistics"),
    )
}
_ALWAYS = ("sjj", "scjg", "jtys", "wjw", "cgj", "sthj", "yjgl", "zjj", "fgw", "fy", "bb")
"""Kinds that stand in every place, whether or not its pack names one: the story and the courts need them."""
_IN_DISTRICTS = ("scjg", "cgj", "wjw", "jtys", "nyj", "yjgl", "rsj", "jyj")
_DISTRICT_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Department:
    """One sending authority. ``district`` is an index into the place's districts, −1 for the place itself."""

    number: int
    kind: DepartmentKind
    code: str
    name: str
    short: str
    region: str
    district: int

    def weight(self, item: str) -> float:
        """Its share of penalties or licences, relative to the other departments."""
        whole = self.kind.penalties if item == "admin-penalty" else self.kind.licences
        return whole if self.district < 0 else whole * _DISTRICT_SHARE

    @property
    def _habit(self) -> str:
        """What a habit hangs on: the kind and the district, so that the same bureau has it in every place."""
        return f"{self.kind.slug}/{self.district}"

    def late_share(self, seed: int) -> int:
        """Per mille of its decisions that are reported late: its habit, between 2 % and 30 %."""
        draw = salt(seed, f"late/{self._habit}") % 1000
        return 20 + draw * draw * 280 // 1_000_000

    def sloppy(self, seed: int) -> bool:
        """Whether its rows are wrong more often: one department in seven."""
        return salt(seed, f"careless/{self._habit}") % 7 == 0

    def skips(self, seed: int, item: str) -> int:
        """After how many document numbers it leaves one decision unreported; 0 for most: never."""
        draw = salt(seed, f"gaps/{item}/{self._habit}")
        return 25 + draw // 8 % 50 if draw % 6 == 0 and item in DECISIONS else 0


def departments_of(place: Place, count: int | None = None) -> list[Department]:
    """The place's departments: its own, the data bureau first, then those of the districts by kind.

    All of the place's own and a few of the districts' where ``count`` is not given; else the first ``count``. A place
    with ``units`` has these under their names, each once; what a pack does not name is left out unless always needed.
    """
    spots = [(kind, unit) for kind, unit in _own(place)]
    made = [_own_department(place, i, kind, unit) for i, (kind, unit) in enumerate(spots)]
    real = [d for d, (code, _) in enumerate(place.districts) if code != place.code]
    below = [(KINDS[slug], d) for slug in _IN_DISTRICTS for d in real]
    made += [_district_department(place, i, kind, d) for i, (kind, d) in enumerate(below, len(made))]
    return made[: len(spots) + min(4, len(below)) if count is None else count]


def _own(place: Place) -> list[tuple[DepartmentKind, Unit | None]]:
    """The place's own departments: each kind with the unit that is it, then the units of no kind."""
    left = list(place.units)
    found: list[tuple[DepartmentKind, Unit | None]] = []
    for kind in KINDS.values():
        unit = next((u for u in left if u.sector == kind.sector), None)
        if unit is not None:
            left.remove(unit)
        if unit is not None or not place.units or kind.slug in _ALWAYS:
            found.append((kind, unit))
    for number, unit in enumerate(left, 1):
        found.append((DepartmentKind(f"unit{number}", unit.name, unit.short, unit.sector), unit))
    return found


def _own_department(place: Place, number: int, kind: DepartmentKind, unit: Unit | None) -> Department:
    prefix = (
        "12"
        if unit and unit.name.endswith(("中心", "学校", "医院", "院")) and "法院" not in unit.name
        else kind.prefix
    )
    code = (unit.code if unit else "") or code_of(prefix, place.code, f"0030{number:04d}")
    word = kind.name.removeprefix("中级") if place.name[-1] in "县区" else kind.name
    mark = kind.mark if not kind.slug.startswith("unit") else _mark(kind.mark)
    name = unit.name if unit else place.name + word
    return Department(number, kind, code, name, place.short + mark, place.code, -1)


def _mark(short: str) -> str:
    """A mark for document numbers from a short name: 市市场监管局 → 市场监管."""
    return short.removeprefix("市").removeprefix("县").removesuffix("局") or short


def _district_department(place: Place, number: int, kind: DepartmentKind, district: int) -> Department:
    region, name = place.districts[district]
    code = code_of(kind.prefix, region, f"0030{number:04d}")
    return Department(
        number, kind, code, place.full(district) + kind.name, name[:-1] + kind.mark, region, district
    )


_UNREGISTERED = ("盐务管理局", "地震局", "粮食和物资储备局", "供销合作总社")


def unregistered_of(place: Place) -> list[tuple[str, str]]:
    """Names and codes of bureaus that sign decisions in a few rows but are in no register: quarantined."""
    names = {u.name for u in place.units}
    return [
        (place.name + n, code_of("11", place.code, f"0099{i:04d}"))
        for i, n in enumerate(_UNREGISTERED)
        if place.name + n not in names
    ]
