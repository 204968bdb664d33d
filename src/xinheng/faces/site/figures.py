"""The city in six figures with their change. Pure: what is counted are deliveries, never entries that are withheld."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from xinheng.faces.site.deliveries import Delivery

SPAN = timedelta(days=30)


@dataclass(frozen=True)
class Figure:
    """A number in words and digits, and how it stood before."""

    label: str
    value: str
    change: str


def six(deliveries: Sequence[Delivery], *, on: date, position: int, position_before: int) -> list[Figure]:
    """What came in during the last thirty days beside the thirty before; `position_before` is that of a week ago."""
    now = [one for one in deliveries if on - SPAN < one.on <= on]
    before = [one for one in deliveries if on - 2 * SPAN < one.on <= on - SPAN]
    week = [one for one in now if one.on > on - timedelta(days=7)]
    return [
        _flow(_("行政许可，近三十天"), _taken(now, "admin-licence"), _taken(before, "admin-licence")),
        _flow(_("行政处罚，近三十天"), _taken(now, "admin-penalty"), _taken(before, "admin-penalty")),
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
        Figure(
            _("公开账本"),
            f"{position:,}",
            _("一周增加 %(n)s") % {"n": f"{max(0, position - position_before):,}"},
        ),
    ]


def _flow(label: str, now: int, before: int) -> Figure:
    return Figure(label, f"{now:,}", _before(f"{before:,}"))


def _before(value: str) -> str:
    return _("此前三十天 %(n)s") % {"n": value}


def _taken(deliveries: Iterable[Delivery], item: str) -> int:
    return sum(one.taken for one in deliveries if one.item.code == item)
