"""The tables of checks and feedback, for the public and for the desk: how much was checked before it was decided, and
what became of the hints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinheng.checks import service as checks
from xinheng.faces.site.sheets import Row, Sheet, short_names
from xinheng.home import home

MONTHS = 12
CODES = ("checks-by-month", "checks-by-department", "feedback-by-department")


def sheets(on: date) -> list[Sheet]:
    """All tables of the last twelve months up to a day, the running month included; made once a day, and
    again when the night's count is new."""
    until = checks.counted_until(on=on)
    return list(_sheets(str(home().root), on, until, get_language() or ""))


def sheet(code: str, *, on: date) -> Sheet | None:
    """One of them; None where there is none of that code."""
    return next((one for one in sheets(on) if one.code == code), None)


def of_body(*, body: str | None, on: date) -> Sheet:
    """The months of one unit (None: of all), for the desk; counted anew."""
    first = first_month(on)
    return _by_month(checks.by_month(first=first, last=on, on=on, body=body), f"{first:%Y-%m} — {on:%Y-%m}")


def first_month(on: date) -> date:
    """The first day of the twelve months that end with this one."""
    month = on.year * 12 + on.month - MONTHS
    return date(month // 12, month % 12 + 1, 1)


@lru_cache(maxsize=8)
def _sheets(_root: str, on: date, _until: date | None, _language: str) -> tuple[Sheet, ...]:
    first = first_month(on)
    period = f"{first:%Y-%m} — {on:%Y-%m}"
    told = checks.by_body(first=first, last=on, on=on)
    names = short_names(told["body"].to_list())
    return (
        _by_month(checks.by_month(first=first, last=on, on=on), period),
        _checked(told, names, period),
        _fed_back(told, names, period),
    )


def _by_month(told: pl.DataFrame, period: str) -> Sheet:
    columns = (
        ("share-checked", _("决定前已核查，%")), ("share-fed-back", _("提示已反馈，%")), ("decisions", _("应核查的决定")),
        ("checks", _("核查次数")), ("hints", _("应当类提示")), ("applied", _("已采取")), ("not-applied", _("未采取")),
        ("unanswered", _("未反馈")),
    )  # fmt: skip
    wanted = (
        "share_checked", "share_fed_back", "decisions", "checks", "hints", "applied", "not_applied", "unanswered",
    )  # fmt: skip
    rows = tuple(
        Row(month, month, tuple(values)) for month, *values in told.select("month", *wanted).iter_rows()
    )
    return Sheet(
        CODES[0], _("核查和反馈，按月"),
        _("已核查的占比＝作出决定时本单位的核查仍在有效期内的决定÷应核查的决定；已反馈的占比＝有答复的提示÷应当类提示（所依据的记录在答复以前就不再计入的，不算）。没有分母的月份不写占比；最后一个月未满。"),
        _("月份"), columns, rows, chart="time", period=period, tones=("pine", "slate", "slate", "slate", "ochre"),
        plain=("decisions", "hints", "applied", "not-applied", "unanswered"),
        percent=("share-checked", "share-fed-back"),
    )  # fmt: skip


def _checked(told: pl.DataFrame, names: dict[str, str], period: str) -> Sheet:
    columns = (
        ("decisions", _("应核查的决定")), ("checked", _("决定前已核查")), ("share-checked", _("已核查的占比，%")),
        ("checks", _("核查次数")), ("organisations", _("被核查的主体")), ("matters", _("事项")),
    )  # fmt: skip
    wanted = ("decisions", "checked", "share_checked", "checks", "organisations", "matters")
    return Sheet(
        CODES[1], _("核查，按单位"),
        _("应核查的决定：行政许可等事项目录中要求先核查再决定的。只数经平台报送的决定；没有的单位也列在这里。"),
        _("单位"), columns, _rows(told, names, wanted), period=period,
        tones=("slate", "pine", "pine", "slate"), plain=("organisations", "matters"), sparse=True, percent=("share-checked",),
    )  # fmt: skip


def _fed_back(told: pl.DataFrame, names: dict[str, str], period: str) -> Sheet:
    columns = (
        ("hints", _("应当类提示")), ("applied", _("已采取")), ("not-applied", _("未采取")), ("unanswered", _("未反馈")),
        ("overdue", _("逾期未反馈")), ("share-fed-back", _("已反馈的占比，%")),
    )  # fmt: skip
    wanted = ("hints", "applied", "not_applied", "unanswered", "overdue", "share_fed_back")
    ordered = told.sort(["hints", "body"], descending=[True, False])
    return Sheet(
        CODES[2], _("措施提示的反馈，按单位"),
        _("提示不是决定：是否采取措施，由该部门依法决定；未采取的同样算已反馈。"),
        _("单位"), columns, _rows(ordered, names, wanted), period=period,
        tones=("slate", "pine", "ochre", "seal", "seal", "pine"), plain=("overdue", "not-applied"), sparse=True, percent=("share-fed-back",),
    )  # fmt: skip


def _rows(told: pl.DataFrame, names: dict[str, str], wanted: Sequence[str]) -> tuple[Row, ...]:
    return tuple(
        Row(code, names.get(code, code), tuple(values), foreign=True)
        for code, *values in told.select("body", *wanted).iter_rows()
    )
