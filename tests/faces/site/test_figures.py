"""Six figures with their change: from the sums that are kept, or from deliveries while nothing was summed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.utils import translation

from xinheng.faces.site.figures import six
from xinheng.statistics import service as statistics

ON = date(2026, 11, 20)
MOMENT = statistics.AsOf(ON, date(2026, 11, 19), 7, datetime(2026, 11, 20, tzinfo=UTC))


def told(summary: Any) -> list[tuple[str, str]]:
    with translation.override("zh-hans"):
        found = six(
            [], summary=summary, lists=("serious-list",), on=ON, position=1_200, position_before=1_000
        )
    assert len(found) == 6
    return [(figure.value, figure.change) for figure in found]


def test_kept_sums_are_shown_with_how_they_stood_before() -> None:
    summary = statistics.Summary(
        MOMENT, organisations=2_000, active_organisations=1_800, entries={"admin-licence": 900, "serious-list": 30},
        this_month={"admin-licence": 40, "serious-list": 2}, last_month={"admin-licence": 55}, authorities=3,
    )  # fmt: skip
    assert told(summary) == [
        ("2,000", "其中存续 1,800 家"), ("930", "本月新增 42"), ("40", "上月 55"), ("0", "上月 0"), ("30", "本月新增 2"),
        ("1,200", "一周增加 200"),
    ]  # fmt: skip


def test_while_nothing_was_summed_deliveries_speak() -> None:
    assert told(statistics.Summary(None))[-1] == ("1,200", "一周增加 200")
    assert told(statistics.Summary(None))[0] == ("0", "此前三十天 0")
