"""The tables of objections and repairs: how many, how they ended, how long they took, department by department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinheng.evidence import service as evidence
from xinheng.faces.site.sheets import Row, Sheet, short_names
from xinheng.home import home
from xinheng.remedies import service as remedies

MONTHS = 12
CODES = ("objections-by-department", "repairs-by-department", "remedies-by-month")
OFFICE = ""


def sheets(on: date) -> list[Sheet]:
    """All tables of the last twelve months, the running one included. Asked of the cases once for each ledger entry."""
    return list(_sheets(str(home().root), on, evidence.size(), get_language() or ""))


def sheet(code: str, *, on: date) -> Sheet | None:
    """One of them; None where there is none of that code."""
    return next((one for one in sheets(on) if one.code == code), None)


@lru_cache(maxsize=8)
def _sheets(_root: str, on: date, _position: int, _language: str) -> tuple[Sheet, ...]:
    first = _first_month(on)
    told = remedies.figures(first=first, last=on)
    period = f"{first:%Y-%m} — {on:%Y-%m}"
    names = short_names([code for code in told["body"].to_list() if code])
    return _objections(told, names, period), _repairs(told, names, period), _by_month(first, on, period)


def _objections(told: pl.DataFrame, names: dict[str, str], period: str) -> Sheet:
    columns = (
        ("objections", _("提出")),
        ("upheld", _("成立")),
        ("refused", _("不成立")),
        ("upheld-share", _("成立的占比，%")),
        ("mean-days", _("平均用时，天")),
        ("worst-days", _("最长用时，天")),
    )
    wanted = ("objections", "upheld", "refused", "upheld_share", "mean_days", "worst_days")
    return Sheet(
        CODES[0], _("异议，按办理单位"), _("成立的占比＝成立÷（成立＋不成立）；用时从收到之日起算，到给出结果为止。没有异议的单位也列在这里。"),
        _("单位"), columns, _rows(told, names, wanted, by="objections"), period=period,
        tones=("slate", "ochre", "pine", "ochre", "slate", "seal"), plain=("upheld", "refused"), sparse=True,
    )  # fmt: skip


def _repairs(told: pl.DataFrame, names: dict[str, str], period: str) -> Sheet:
    columns = (
        ("repairs", _("申请")),
        ("repaired", _("已修复")),
        ("declined", _("不予受理")),
        ("mean-days", _("平均用时，天")),
        ("worst-days", _("最长用时，天")),
        ("in-time-share", _("按期办结的占比，%")),
        ("overdue", _("逾期未办结")),
    )
    wanted = (
        "repairs", "repaired", "declined", "repair_mean_days", "repair_worst_days", "in_time_share", "overdue",
    )  # fmt: skip
    return Sheet(
        CODES[1], _("信用修复，按办理单位"), _("按期办结和逾期未办结把异议和修复合在一起算：一个单位的期限是一样的期限。"), _("单位"), columns,
        _rows(told.filter(pl.col("body") != OFFICE), names, wanted, by="repairs"), period=period,
        tones=("slate", "pine", "ochre", "slate", "seal", "pine", "seal"),
        plain=("declined", "worst-days", "in-time-share"), sparse=True,
    )  # fmt: skip


def _by_month(first: date, on: date, period: str) -> Sheet:
    told = remedies.monthly(first=first, last=on)
    columns = (
        ("objections", _("异议提出")), ("upheld", _("异议成立")), ("repairs", _("修复申请")), ("repaired", _("已修复")),
    )  # fmt: skip
    rows = tuple(
        Row(month, month, tuple(values))
        for month, *values in told.select("month", "objections", "upheld", "repairs", "repaired").iter_rows()
    )
    return Sheet(
        CODES[2], _("异议和修复，按月"), _("提出和申请按提出的月份计，成立和修复按办结的月份计；最后一个月未满。"), _("月份"), columns, rows,
        chart="time", period=period, tones=("slate", "ochre", "slate", "pine"), plain=("upheld", "repaired"),
    )  # fmt: skip


def _rows(told: pl.DataFrame, names: dict[str, str], wanted: Sequence[str], *, by: str) -> tuple[Row, ...]:
    ordered = told.sort([by, "body"], descending=[True, False])
    return tuple(
        Row(
            code or "office",
            names.get(code) or _("平台核对"),
            tuple(map(_tenths, values)),
            foreign=bool(code),
        )
        for code, *values in ordered.select("body", *wanted).iter_rows()
    )


def _tenths(value: float | None) -> float | None:
    """Days and shares to one decimal, everywhere alike."""
    return round(value, 1) if isinstance(value, float) else value


def _first_month(on: date) -> date:
    month = on.year * 12 + on.month - MONTHS
    return date(month // 12, month % 12 + 1, 1)
