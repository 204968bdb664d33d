"""The day a claim reached the one who has to answer: from there its clock runs."""

from __future__ import annotations

from datetime import date, datetime

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.remedies.errors import ReceivedWrong

MOST_BACK = 3
"""Working days a slip of the counter may be entered late; further back would make others late without their doing."""


def arrived(received_on: date | None, at: datetime) -> date:
    """The day of receipt: the day of the act, or the one given where that lies at most three working days before.

    Raises `ReceivedWrong`.
    """
    on = evidence.legal_day(at)
    if received_on is None:
        return on
    if received_on > on:
        raise ReceivedWrong(f"收到日期 {received_on.isoformat()} 还没有到：请填写实际收到的日期。")
    # What lies months back need not be in the calendar
    if (on - received_on).days > 31 or _working_days(received_on, on) > MOST_BACK:
        raise ReceivedWrong(
            f"收到日期 {received_on.isoformat()} 早于今天 {MOST_BACK} 个工作日以上，不能补录：办理期限从登记之日起算。"
            "请填写今天的日期，在说明中写明申请人交来的日期。"
        )
    return received_on


def _working_days(start: date, day: date) -> int:
    return law.working_days_between(pack=law.active(), start=start, day=day)
