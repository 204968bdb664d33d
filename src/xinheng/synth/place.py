"""The fictional city: its name, its districts, and the departments that send files."""

from __future__ import annotations

from dataclasses import dataclass

from .codes import code_of

__all__ = ["KINDS", "UNREGISTERED", "Department", "DepartmentKind", "Place", "departments_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """A city that does not exist. ``districts`` are (region code, name); names must not be those of real places.

    The default borrows no real district; its region codes have the form of a prefecture's and its districts'.
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
    penalties: float
    licences: float
    prefix: str = "11"


KINDS: dict[str, DepartmentKind] = {
    k.slug: k
    for k in (
        DepartmentKind("sjj", "数据资源管理局", "数据", 0, 0),
        DepartmentKind("scjg", "市场监督管理局", "市监", 26, 24),
        DepartmentKind("jtys", "交通运输局", "交", 11, 9),
        DepartmentKind("wjw", "卫生健康委员会", "卫", 7, 9),
        DepartmentKind("cgj", "城市管理局", "城管", 9, 6),
        DepartmentKind("sthj", "生态环境局", "环", 8, 4),
        DepartmentKind("yjgl", "应急管理局", "应急", 5, 3),
        DepartmentKind("zjj", "住房和城乡建设局", "建", 6, 6),
        DepartmentKind("xfjy", "消防救援支队", "消", 6, 3),
        DepartmentKind("ycj", "烟草专卖局", "烟", 3, 9),
        DepartmentKind("nyj", "农业农村局", "农", 3, 4),
        DepartmentKind("rsj", "人力资源和社会保障局", "人社", 3, 3),
        DepartmentKind("wlj", "文化广电和旅游局", "文旅", 3, 3),
        DepartmentKind("swj", "税务局", "税", 5, 0),
        DepartmentKind("gaj", "公安局", "公", 2, 4),
        DepartmentKind("zrzy", "自然资源和规划局", "自然资规", 1, 4),
        DepartmentKind("slj", "水务局", "水", 1.5, 2),
        DepartmentKind("jyj", "教育局", "教", 1, 2),
        DepartmentKind("ybj", "医疗保障局", "医保", 1, 0),
        DepartmentKind("gjj", "住房公积金管理中心", "公积金", 1, 0, "12"),
    )
}
_IN_DISTRICTS = ("scjg", "cgj", "wjw", "jtys", "nyj", "yjgl", "rsj", "jyj")
_DISTRICT_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Department:
    """One sending authority. ``district`` is an index into the place's districts, −1 for the city itself."""

    number: int
    kind: DepartmentKind
    code: str
    name: str
    short: str
    region: str
    district: int

    def weight(self, item: str) -> float:
        """Its share of an item's decisions, relative to the other departments."""
        whole = self.kind.penalties if item == "admin-penalty" else self.kind.licences
        return whole if self.district < 0 else whole * _DISTRICT_SHARE


def departments_of(place: Place, count: int) -> list[Department]:
    """The first ``count`` departments: the city's own, the data bureau first, then the districts' by kind.

    There are 20 city departments and 8 kinds in each district; ``count`` beyond that gives all of them.
    """
    spots = [(kind, -1) for kind in KINDS.values()]
    spots += [(KINDS[slug], d) for slug in _IN_DISTRICTS for d in range(len(place.districts))]
    return [_department(place, i, kind, district) for i, (kind, district) in enumerate(spots[:count])]


def _department(place: Place, number: int, kind: DepartmentKind, district: int) -> Department:
    region, name = (place.code, place.name) if district < 0 else place.districts[district]
    full = f"{place.name}{name}" if district >= 0 else name
    code = code_of(kind.prefix, region, f"0030{number:04d}")
    return Department(number, kind, code, full + kind.name, name[:-1] + kind.mark, region, district)


UNREGISTERED = ("林业局", "粮食和物资储备局", "盐务管理局", "地震局")
"""Bureaus that sign decisions in a few rows but are in no register: such rows are quarantined."""
