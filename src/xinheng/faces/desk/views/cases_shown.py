"""What the pages of cases draw: time left in words and a shape, the strip of counted days. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinheng.faces.site.words import in_chinese

SOON = 2
LONGEST = 92  # days a strip draws; what is longer is told in words
WEEKDAYS = "一二三四五六日"
UNANNOUNCED = "尚未公布"  # how the law room marks a day of a year whose holidays nobody announced


@dataclass(frozen=True)
class Left:
    """How much time a clock still has: a word, a shape, a tone. The colour only repeats them."""

    tone: str
    shape: str
    text: str


@dataclass(frozen=True)
class StripDay:
    """One day of a strip: whether it counts, as which one, why not, and what else falls on it."""

    date: date
    head: str
    counted: bool
    number: int
    why: str
    notice: str
    unannounced: bool
    first: bool
    due: bool
    today: bool


@dataclass(frozen=True)
class Strip:
    """The days of a clock, and the same in one sentence; `cut` where only the end of a long count is drawn."""

    days: tuple[StripDay, ...]
    counted: int
    skipped: tuple[tuple[str, int], ...]
    notices: tuple[str, ...]
    cut: int


def left(
    *,
    days: int | None,
    overdue: Any = None,
    final: bool = False,
    provisional: bool = False,
    paused: bool = False,
) -> Left:
    """What a clock with `days` working days left says. `overdue` is the first day it is late, or nothing; a
    provisional day that has passed makes nobody late."""
    if final:
        return Left("", "", _("已办结"))
    if days is None and paused:
        return Left("", "", _("暂停计时"))
    if days is None:
        return Left("", "", _("不计时"))
    if provisional and days < 0:
        return Left("due", "◇", _("暂定的日子已过"))
    if days < 0 or overdue:
        late = max(1, -days)
        return Left("over", "▲", ngettext("逾期 %(n)s 个工作日", "逾期 %(n)s 个工作日", late) % {"n": late})
    if days == 0:
        return Left("due", "◆", _("今天到期"))
    words = ngettext("剩 %(n)s 个工作日", "剩 %(n)s 个工作日", days) % {"n": days}
    return Left("due", "◇", words) if days <= SOON else Left("", "", words)


def strip(working: Iterable[Mapping[str, Any]], *, due: date | None, on: date) -> Strip:
    """The working of a clock as days to draw: each has date, counted, why and notice."""
    days: list[StripDay] = []
    skipped: Counter[str] = Counter()
    notices: dict[str, None] = {}
    number = 0
    for place, day in enumerate(working):
        told, counted, why = _day(day["date"]), bool(day["counted"]), str(day.get("why", ""))
        notice = str(day.get("notice", ""))
        number += counted
        if notice:
            notices[notice] = None
        if not counted:
            skipped[why] += 1
        days.append(
            StripDay(
                date=told, head=_head(told, place == 0), counted=counted, number=number if counted else 0,
                why=why, notice=notice, unannounced=UNANNOUNCED in why, first=place == 0, due=told == due,
                today=told == on,
            )
        )  # fmt: skip
    cut = max(0, len(days) - LONGEST)
    return Strip(tuple(days[cut:]), number, tuple(skipped.items()), tuple(notices), cut)


def _head(day: date, first: bool) -> str:
    """What stands over a day: its weekday, or the month where one begins."""
    chinese = in_chinese()
    if first or day.day == 1:
        return f"{day.month}月" if chinese else f"{day:%b}"
    return WEEKDAYS[day.weekday()] if chinese else "MTWTFSS"[day.weekday()]


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def bars(rows: Sequence[Any], *, top: int = 20) -> list[dict[str, Any]]:
    """A bar of open clocks for each body, cut where the overdue ones end; widths in per cent of the longest."""
    shown = list(rows)[:top]
    longest = max((row.open for row in shown), default=0) or 1

    def width(count: int) -> float:
        return round(100 * count / longest, 2)

    return [
        {
            "row": row,
            "late": width(row.overdue),
            "today": width(row.due_today),
            "edge": width(row.overdue + row.due_today),
            "rest": width(max(0, row.open - row.overdue - row.due_today)),
        }
        for row in shown
    ]
