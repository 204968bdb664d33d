"""The tables of the lists: how many enterprises are on each kind, and how they left, month by month."""

from __future__ import annotations

from datetime import date

import polars as pl
from django.utils.translation import gettext as _

from xinheng.faces.site.measure_rows import EXITS
from xinheng.faces.site.sheets import Row, Sheet
from xinheng.faces.site.words import named
from xinheng.law import service as law
from xinheng.lists import service as lists

MONTHS = 12
CODES = ("listed-by-kind", "exits-by-reason", "exits-by-kind", "exits-by-month")


def sheets(ratio: lists.Ratio, on: date) -> list[Sheet]:
    """All tables; the exits of the last twelve months, the running one included."""
    first = first_month(on)
    left = lists.exits(first=first, last=on)
    period = f"{first:%Y-%m} — {on:%Y-%m}"
    return [
        _by_kind(ratio), _exits_by_reason(left, period), _exits_by_kind(left, period),
        _exits_by_month(left, first, on, period),
    ]  # fmt: skip


def sheet(code: str, *, on: date) -> Sheet | None:
    """One of them; None where there is none of that code."""
    if code not in CODES:
        return None
    return next(one for one in sheets(lists.ratio(on=on), on) if one.code == code)


def _by_kind(ratio: lists.Ratio) -> Sheet:
    found = ratio.by_kind.sort(["enterprises", "kind"], descending=[True, False])
    rows = tuple(
        Row(code, _kind(code, name), (enterprises, entries), foreign=True)
        for code, name, enterprises, entries in found.select(
            "kind", "name", "enterprises", "entries"
        ).iter_rows()
    )
    return Sheet(
        CODES[0], _("在列的企业，按名单"), _("同一家企业在几份名单上，每份各算一次；合计见上面的占比，同一家只算一家。"), _("名单"),
        (("enterprises", _("企业，家")), ("entries", _("记录，条"))), rows, period=ratio.on.isoformat(), tones=("slate", "slate"),
        plain=("entries",),
    )  # fmt: skip


def _exits_by_reason(left: pl.DataFrame, period: str) -> Sheet:
    told = dict(left.group_by("exit").agg(pl.col("n").sum()).select("exit", "n").iter_rows())
    rows = tuple(Row(code, str(label), (told.get(code, 0),)) for code, label in EXITS.items())
    return Sheet(
        CODES[1], _("离开名单，按方式"),
        _("提前移出：认定机关依申请移出；更正：列入有误；撤销：列入决定被撤销；届满移出：期限到了自动停止。"), _("方式"),
        (("left", _("离开")),), rows, period=period, tones=("slate",),
    )  # fmt: skip


def _exits_by_kind(left: pl.DataFrame, period: str) -> Sheet:
    counted = left.group_by("kind", "exit").agg(pl.col("n").sum())
    told = {(kind, way): n for kind, way, n in counted.select("kind", "exit", "n").iter_rows()}
    codes = sorted({kind for kind, _way in told}, key=lambda kind: (-_all(told, kind), kind))
    rows = tuple(
        Row(
            code,
            _kind(code, code),
            (_all(told, code), *(told.get((code, way), 0) for way in EXITS)),
            foreign=True,
        )
        for code in codes
    )
    return Sheet(
        CODES[2], _("离开名单，按名单和方式"),
        _("最近十二个月离开的，经营异常名录也在其中。"), _("名单"), _columns(), rows,
        period=period, tones=("slate", "pine", "ochre", "seal", "slate"), plain=tuple(EXITS), sparse=True,
    )  # fmt: skip


def _exits_by_month(left: pl.DataFrame, first: date, on: date, period: str) -> Sheet:
    counted = left.group_by("month", "exit").agg(pl.col("n").sum())
    told = {(str(month)[:7], way): n for month, way, n in counted.select("month", "exit", "n").iter_rows()}
    rows = tuple(
        Row(month, month, (sum(told.get((month, way), 0) for way in EXITS), *(told.get((month, way), 0) for way in EXITS)))
        for month in months(first, on)
    )  # fmt: skip
    return Sheet(
        CODES[3], _("离开名单，按月和方式"), _("按离开的月份计；最后一个月未满。"), _("月份"), _columns(), rows, chart="time",
        period=period, tones=("slate", "pine", "ochre", "seal", "slate"), plain=("correction", "revocation"),
    )  # fmt: skip


def _columns() -> tuple[tuple[str, str], ...]:
    return (("left", _("离开")), *((code, str(label)) for code, label in EXITS.items()))


def _all(told: dict[tuple[str, str], int], kind: str) -> int:
    return sum(told.get((kind, way), 0) for way in EXITS)


def _kind(code: str, name: str) -> str:
    known = law.active().lists.get(code)
    return named(known) if known else name


def first_month(on: date) -> date:
    """The first day of the first of the twelve months."""
    month = on.year * 12 + on.month - MONTHS
    return date(month // 12, month % 12 + 1, 1)


def months(first: date, last: date) -> list[str]:
    """Every month from one day to another, as 2026-11."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [
        f"{(first.year * 12 + first.month - 1 + n) // 12:04d}-{(first.month - 1 + n) % 12 + 1:02d}"
        for n in range(count + 1)
    ]
