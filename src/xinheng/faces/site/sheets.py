"""The tables of the statistics: one truth for the page, its charts, the CSV and the API."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinheng.faces.site.words import SEVERITIES, in_chinese, named, term
from xinheng.law import service as law
from xinheng.register import service as register
from xinheng.statistics import service as statistics

MONTHS, YEAR, LICENCE, PENALTY = 24, 12, "admin-licence", "admin-penalty"
PLACE = re.compile(r"..{1,5}?[市县区](?=.{3})")


@dataclass(frozen=True)
class Row:
    """What is counted, how it is called, and the numbers; `code` is for machines."""

    code: str
    label: str
    values: tuple[float | None, ...]
    foreign: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table: the column of names, columns of numbers, rows. `chart` says how it is drawn: along time, or as bars;
    columns in `plain` stand in the table alone, and so do the rows without anything where it is `sparse`; those in `percent`
    are drawn on a scale to 100."""

    code: str
    title: str
    note: str
    head: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    chart: str = "bars"
    period: str = ""
    tones: tuple[str, ...] = field(default=("pine", "slate", "ochre"))
    plain: tuple[str, ...] = ()
    sparse: bool = False
    percent: tuple[str, ...] = ()

    @property
    def cells(self) -> list[tuple[Row, list[dict[str, Any]]]]:
        """Rows with every number as digits and as a share of the largest of its column (for the inline bar)."""
        tops = [
            100 if code in self.percent else max((row.values[place] or 0 for row in self.rows), default=0)
            for place, (code, _label) in enumerate(self.columns)
        ]
        return [
            (
                row,
                [
                    {
                        "value": "" if value is None else value,
                        "text": text(value),
                        "bar": round(100 * (value or 0) / top, 1) if top else 0,
                    }
                    for value, top in zip(row.values, tops, strict=True)
                ],
            )
            for row in self.rows
        ]


def sheet(code: str, *, on: date, items: Sequence[str] = ()) -> Sheet | None:
    """The table of this code; None where there is none. `items` narrows those that count entries."""
    make = SHEETS.get(code)
    return make(on, items or (LICENCE, PENALTY)) if make else None


def as_csv(found: Sheet) -> bytes:
    """The table as a file: UTF-8 with a mark, so that spreadsheets read the Chinese; numbers without grouping."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("代码"), found.head, *(label for _code, label in found.columns)])
    for row in found.rows:
        writer.writerow(
            [_plain(row.code), _plain(row.label), *("" if value is None else value for value in row.values)]
        )  # fmt: skip
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def text(value: float | None) -> str:
    """Digits grouped by three; a rate with one decimal; a dash where there can be none."""
    if value is None:
        return "—"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def _plain(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _by_month(on: date, items: Sequence[str]) -> Sheet:
    months = _months(on, MONTHS)
    found = [dict(statistics.by_month(items=[item], first=months[0], last=months[-1])) for item in items]
    rows = tuple(Row(month, month, tuple(one.get(month, 0) for one in found)) for month in months)
    return Sheet(
        "by-month", _("按决定月份"), _("按决定日期所在的月份计，只数正在公示的；最后一个月未满。"), _("月份"), _item_columns(items), rows,
        chart="time", period=f"{months[0]} — {months[-1]}",
    )  # fmt: skip


def _by_department(on: date, items: Sequence[str]) -> Sheet:
    months = _months(on, YEAR)
    found = [dict(statistics.by_department(items=[item], first=months[0], last=months[-1])) for item in items]
    codes = {code for one in found for code in one}
    names = short_names(codes)
    rows = [Row(code, names[code], tuple(one.get(code, 0) for one in found), foreign=True) for code in codes]
    rows.sort(key=_most_first)
    return Sheet(
        "by-department", _("按作出决定的机关"), _("近十二个月作出、正在公示的决定，从多到少。"), _("机关"), _item_columns(items),
        tuple(rows), period=f"{months[0]} — {months[-1]}",
    )  # fmt: skip


def _by_county(on: date, items: Sequence[str]) -> Sheet:
    months = _months(on, YEAR)
    found = [dict(statistics.by_region(items=[item], first=months[0], last=months[-1])) for item in items]
    standing = dict(statistics.organisations(by=("region",), active=True))
    # Organisations outside of the counties are no base for a rate
    rows = tuple(
        Row(
            code, label,
            (*(one.get(code, 0) for one in found), *(_rate(one.get(code, 0), standing.get(code, 0)) if code else None for one in found)),
        )
        for code, label in counties(extra=any("" in one for one in found))
    )  # fmt: skip
    rates = tuple(
        (f"{code}-rate", _("%(item)s，每千家") % {"item": label}) for code, label in _item_columns(items)
    )
    return Sheet(
        "by-county", _("按县区"), _("近十二个月作出、正在公示的决定，按相对人登记的县区计；每千家按存续主体计。"), _("县区"),
        (*_item_columns(items), *rates), rows, period=f"{months[0]} — {months[-1]}",
        tones=("pine", "slate", "pine", "slate") if len(items) == 2 else ("pine", "pine"),
    )  # fmt: skip


def _by_class(on: date, _items: Sequence[str]) -> Sheet:
    found: dict[str, dict[str, int]] = {}
    for kind, severity, n in statistics.series(by=("kind", "severity"), items=[PENALTY]):
        found.setdefault(kind, {})[severity] = n
    classes = [code for code in SEVERITIES if any(code in one for one in found.values())] or ["ordinary"]
    rows = [
        Row(kind, term(kind) or _("其他"), tuple(one.get(code, 0) for code in classes))
        for kind, one in found.items()
    ]
    rows.sort(key=_most_first)
    tones = {"ordinary": "ochre", "serious": "seal", "minor": "slate", "undetermined": "slate"}
    return Sheet(
        "penalties-by-class", _("行政处罚按失信程度和主体类型"), _("正在公示的行政处罚。轻微的只归集，默认不公示，不在其中。"),
        _("主体类型"), tuple((code, term(SEVERITIES[code])) for code in classes), tuple(rows),
        tones=tuple(tones[code] for code in classes),
    )  # fmt: skip


def _by_item(on: date, _items: Sequence[str]) -> Sheet:
    totals = dict(statistics.series(by=("item",)))
    items = law.active().items
    rows = [Row(code, named(item), (totals.get(code, 0),)) for code, item in items.items()]
    rows.sort(key=_first_most)
    return Sheet(
        "by-item", _("按信息类别"), _("目录中的每一类各有多少条正在公示。"), _("类别"), (("entries", _("正在公示")),), tuple(rows),
    )  # fmt: skip


def _organisations_by_kind(on: date, _items: Sequence[str]) -> Sheet:
    found: dict[str, list[int]] = {}
    for kind, active, n in statistics.organisations(by=("kind", "active")):
        found.setdefault(kind, [0, 0])[0 if active else 1] += n
    rows = [Row(kind, term(kind) or _("其他"), tuple(counts)) for kind, counts in found.items()]
    rows.sort(key=_first_most)
    return Sheet(
        "organisations-by-kind", _("登记主体按类型"), _("登记库中的机构；注销、吊销、迁出等算已终止。"), _("主体类型"),
        (("active", _("存续")), ("ended", _("已终止"))), tuple(rows),
    )  # fmt: skip


def _organisations_by_county(on: date, _items: Sequence[str]) -> Sheet:
    found: dict[str, list[int]] = {}
    for region, active, n in statistics.organisations(by=("region", "active")):
        found.setdefault(region, [0, 0])[0 if active else 1] += n
    rows = tuple(
        Row(code, label, tuple(found.get(code, [0, 0]))) for code, label in counties(extra="" in found)
    )
    return Sheet(
        "organisations-by-county", _("登记主体按县区"), _("登记库中的机构，按登记的行政区划计。"), _("县区"),
        (("active", _("存续")), ("ended", _("已终止"))), rows,
    )  # fmt: skip


def _organisations_by_year(on: date, _items: Sequence[str]) -> Sheet:
    found = {
        year: n
        for year, n in statistics.organisations(by=("founded",))
        if year.isdigit() and int(year) <= on.year
    }
    years = [str(year) for year in range(on.year - MONTHS + 1, on.year + 1)]
    rows = tuple(Row(year, year, (found.get(year, 0),)) for year in years)
    return Sheet(
        "organisations-by-year", _("登记主体按成立年份"), _("近二十四年成立、仍在登记库中的机构（含已终止的）。"), _("年份"),
        (("founded", _("成立")),), rows, chart="time",
    )  # fmt: skip


SHEETS: dict[str, Callable[[date, Sequence[str]], Sheet]] = {
    "by-month": _by_month,
    "by-department": _by_department,
    "by-county": _by_county,
    "penalties-by-class": _by_class,
    "by-item": _by_item,
    "organisations-by-kind": _organisations_by_kind,
    "organisations-by-county": _organisations_by_county,
    "organisations-by-year": _organisations_by_year,
}
TITLES = {"entries": gettext_lazy("正在公示的记录"), "organisations": gettext_lazy("登记主体")}


def counties(*, extra: bool = False) -> list[tuple[str, str]]:
    """The counties of this place in the order of their codes; `extra` adds a line for everyone else (code "")."""
    pack = law.active()
    found = [(code, term(names[0])) for code, names in sorted(pack.counties.items())]
    return [*found, ("", _("其他地区"))] if extra else found


def short_names(codes: Iterable[str]) -> dict[str, str]:
    """How authorities are called in a table: the pack's short name, else the register's without the place's name."""
    units = law.active().departments
    spoken = {unit.name: unit.short if in_chinese() else unit.name_en for unit in units}
    spoken |= {unit.uscc: spoken[unit.name] for unit in units if unit.uscc}
    full = full_names(codes)
    lead = _lead(list(full.values()))
    return {
        code: spoken.get(code) or spoken.get(name) or name.removeprefix(lead) for code, name in full.items()
    }


def full_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of authorities as registered; the code itself where the register does not know it."""
    wanted = list(codes)
    known = register.get(wanted)
    return {code: known[code].shown_name if code in known else code for code in wanted}


def _lead(names: Sequence[str]) -> str:
    """The name of a place that most of these names begin with, "" where none does: nobody needs to read it each time."""
    places = Counter(found.group() for name in names if (found := PLACE.match(name)))
    for place, n in places.most_common(1):
        return place if n > len(names) // 2 else ""
    return ""


def _most_first(row: Row) -> tuple[float, str]:
    return -sum(value or 0 for value in row.values), row.code


def _first_most(row: Row) -> tuple[float, str]:
    return -(row.values[0] or 0), row.code


def _item_columns(items: Sequence[str]) -> tuple[tuple[str, str], ...]:
    known = law.active().items
    return tuple((code, named(known[code])) for code in items)


def _rate(n: int, base: int) -> float | None:
    return round(1000 * n / base, 1) if base else None


def _months(on: date, count: int) -> list[str]:
    last = on.year * 12 + on.month - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last - count + 1, last + 1)]
