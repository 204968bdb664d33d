"""The city in six figures with their change. Pure: sums that are kept, and deliveries; never entries that are withheld."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from xinheng.faces.site.deliveries import Delivery

SPAN = timedelta(days=30)
LICENCE, PENALTY = "admin-licence", "admin-penalty"


@dataclass(frozen=True)
class Figure:
    """A number in words and digits, and how it stood before."""

    label: str
    value: str
    change: str


def six(
    deliveries: Sequence[Delivery],
    *,
    summary: Any,
    lists: Iterable[str],
    on: date,
    position: int,
    position_before: int,
) -> list[Figure]:
    """What is public and who is registered, from `summary`; while it was never counted, what was delivered.

    `lists` are the items that are lists; `position_before` is that of a week ago.
    """
    if summary.as_of is None:
        return [*_delivered(deliveries, on=on), _log(position, position_before)]
    return [
        Figure(_("登记机构"), f"{summary.organisations:,}", _("其中存续 %(n)s 家") % {"n": f"{summary.active_organisations:,}"}),
        Figure(_("公示中的记录"), f"{sum(summary.entries.values()):,}", _gained(sum(summary.this_month.values()))),
        _monthly(_("本月行政许可"), summary, LICENCE),
        _monthly(_("本月行政处罚"), summary, PENALTY),
        Figure(
            _("名单公示"),
            f"{_sum(summary.entries, lists):,}",
            _gained(_sum(summary.this_month, lists)),
        ),
        _log(position, position_before),
    ]  # fmt: skip


def _delivered(deliveries: Sequence[Delivery], *, on: date) -> list[Figure]:
    """The last thirty days of deliveries beside the thirty before."""
    now = [one for one in deliveries if on - SPAN < one.on <= on]
    before = [one for one in deliveries if on - 2 * SPAN < one.on <= on - SPAN]
    week = [one for one in now if one.on > on - timedelta(days=7)]
    return [
        _flow(_("行政许可，近三十天"), _taken(now, LICENCE), _taken(before, LICENCE)),
        _flow(_("行政处罚，近三十天"), _taken(now, PENALTY), _taken(before, PENALTY)),
        _flow(_("更正的记录"), sum(one.updated for one in now), sum(one.updated for one in before)),
        Figure(
            _("报送单位"),
            f"{len({one.source for one in now}):,}",
            _("本周 %(n)s 家") % {"n": len({one.source for one in week})},
        ),
        Figure(
            _("不受理的自然人信息"),
            f"{sum(one.refused_personal for one in now):,}",
            _("只计行数，不保存"),
        ),
    ]


def _log(position: int, before: int) -> Figure:
    return Figure(
        _("公开账本"), f"{position:,}", _("一周增加 %(n)s") % {"n": f"{max(0, position - before):,}"}
    )


def _monthly(label: str, summary: Any, item: str) -> Figure:
    last = summary.last_month.get(item, 0)
    return Figure(label, f"{summary.this_month.get(item, 0):,}", _("上月 %(n)s") % {"n": f"{last:,}"})


def _gained(number: int) -> str:
    return _("本月新增 %(n)s") % {"n": f"{number:,}"}


def _sum(counts: Mapping[str, int], items: Iterable[str]) -> int:
    return sum(counts.get(item, 0) for item in items)


def _flow(label: str, now: int, before: int) -> Figure:
    return Figure(label, f"{now:,}", _("此前三十天 %(n)s") % {"n": f"{before:,}"})


def _taken(deliveries: Iterable[Delivery], item: str) -> int:
    return sum(one.taken for one in deliveries if one.item.code == item)
