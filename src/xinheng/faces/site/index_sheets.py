"""Tables of the indices: months of one area, and all areas of one month. In the order of codes: nothing here is a rank.

The public ones hold public parts alone; the index itself is on the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xinheng.evaluation import indices
from xinheng.faces.site import sheets
from xinheng.faces.site.sheets import Row, Sheet
from xinheng.faces.site.words import named
from xinheng.law import service as law

MONTHS = 24
CODES = {"place": "index-months", "county": "index-by-county", "sector": "index-by-sector"}
# Sections of the classification of industries of the national economy (GB/T 4754)
SECTIONS = {
    "A": gettext_noop("农、林、牧、渔业"), "B": gettext_noop("采矿业"), "C": gettext_noop("制造业"),
    "D": gettext_noop("电力、热力、燃气及水生产和供应业"), "E": gettext_noop("建筑业"), "F": gettext_noop("批发和零售业"),
    "G": gettext_noop("交通运输、仓储和邮政业"), "H": gettext_noop("住宿和餐饮业"),
    "I": gettext_noop("信息传输、软件和信息技术服务业"), "J": gettext_noop("金融业"), "K": gettext_noop("房地产业"),
    "L": gettext_noop("租赁和商务服务业"), "M": gettext_noop("科学研究和技术服务业"),
    "N": gettext_noop("水利、环境和公共设施管理业"), "O": gettext_noop("居民服务、修理和其他服务业"), "P": gettext_noop("教育"),
    "Q": gettext_noop("卫生和社会工作"), "R": gettext_noop("文化、体育和娱乐业"),
    "S": gettext_noop("公共管理、社会保障和社会组织"), "T": gettext_noop("国际组织"),
}  # fmt: skip
TONES = {"serious": "seal", "penalties": "ochre", "abnormal": "slate"}


def areas(by: str) -> list[tuple[str, str]]:
    """The areas of an axis as (code, name), in the order of their codes."""
    if by == "county":
        return sheets.counties()
    return [(code, _(name)) for code, name in SECTIONS.items()] if by == "sector" else [("", _("全部"))]


def axes() -> list[tuple[str, str]]:
    """Along which areas are told apart, with their names."""
    return [("county", _("县区")), ("sector", _("行业门类"))]


def area_name(by: str, area: str) -> str:
    """The name of an area; "" for one there is not."""
    return dict(areas(by)).get(area, "")


def shown_parts(*, public: bool) -> tuple[tuple[str, str], ...]:
    """The columns: parts with their unit, led by the index where it may be seen."""
    plan = indices.plan()
    if plan is None:
        return ()
    parts = tuple((one.code, f"{named(one)}，{unit(one)}") for one in plan.parts if one.public or not public)
    return parts if public else (("", _("指数")), *parts)


def unit(part: law.IndexPart) -> str:
    """What a value of a part speaks of."""
    return _("每千家") if part.of_organisations else "%"


def value(micro: int) -> float | None:
    """Millionths as a number with one decimal, cut; None where there is no value. For showing, never for a decision."""
    return micro // 100_000 / 10 if micro >= 0 else None


def months(*, by: str, area: str, on: date, public: bool) -> Sheet:
    """The parts (and the index) of one area, month by month; the last month has not ended."""
    first = _months(on)[0]
    found = indices.indices(by=by, area=area, first=first, public=public)
    columns = shown_parts(public=public)
    running = {one.month for one in found if one.running}
    told = {(one.month, one.part): value(one.micro) for one in found}
    rows = tuple(
        Row(
            month,
            month + (_("（未满）") if month in running else ""),
            tuple(told.get((month, code)) for code, _label in columns),
        )
        for month in sorted({one.month for one in found})
    )
    # The parts a value stands for speak for themselves; a share is drawn on a scale to 100
    return Sheet(
        CODES["place"], _("逐月变化"), note(public), _("月份"), columns, rows, chart="time",
        period=f"{rows[0].code} — {rows[-1].code}" if rows else "", tones=_tones(columns), percent=_percent(columns),
    )  # fmt: skip


def by_area(*, by: str, month: str, public: bool) -> Sheet:
    """All areas of an axis in one month, in the order of their codes; one that is too small has no values."""
    found = indices.indices(by=by, first=month, last=month, public=public) if month else ()
    columns = shown_parts(public=public)
    told = {(one.area, one.part): value(one.micro) for one in found}
    known = {one.area for one in found}
    rows = tuple(
        Row(code, label, tuple(told.get((code, part)) for part, _label in columns))
        for code, label in areas(by)
        if code in known or by == "county"
    )
    titles = {"county": _("按县区"), "sector": _("按行业门类")}
    return Sheet(
        CODES[by], titles[by], note(public), _("县区") if by == "county" else _("行业门类"), columns, rows,
        period=month, tones=_tones(columns), percent=_percent(columns),
    )  # fmt: skip


def note(public: bool) -> str:
    """What the values are, and what they are not."""
    plan = indices.plan()
    n = plan.at_least if plan else 0
    if public:
        return _(
            "只数正在公示的记录；个体工商户不计。每月末定数，定数后不再改动。按代码排列，不是排名；主体不足 %(n)s 家的不列。"
        ) % {"n": n}
    return _(
        "数现行有效、无异议待定的记录；个体工商户不计。每月末按当时所知定数，定数后不再改动。按代码排列，不是排名；主体不足 %(n)s 家的不列。"
    ) % {"n": n}


def months_known(on: date, *, public: bool) -> list[str]:
    """The months with values, oldest first."""
    return sorted({one.month for one in indices.indices(by="place", first=_months(on)[0], public=public)})


def latest_month(on: date, *, public: bool) -> str:
    """The last month with values; "" where there are none."""
    return next(reversed(months_known(on, public=public)), "")


def _months(on: date) -> list[str]:
    last = on.year * 12 + on.month - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last - MONTHS + 1, last + 1)]


def _tones(columns: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(TONES.get(code, "pine") for code, _label in columns)


def _percent(columns: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    plan = indices.plan()
    shares = {one.code for one in plan.parts if not one.of_organisations} if plan else set()
    return tuple(code for code, _label in columns if code in shares or not code)
