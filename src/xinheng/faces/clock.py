"""The one place where the present comes from. Everything below the faces is told the time."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from xinheng.evidence.service import SHANGHAI, legal_day
from xinheng.home import home
from xinheng.kernel.errors import Refused, WrongUse

DEMO_DAY = date(2026, 11, 20)
"""The day a demonstration lives on: its stories, terms and holidays are then the same for every visitor."""


def now() -> datetime:
    """The instant of this command or request, UTC.

    In a sandbox `XINHENG_TODAY=YYYY-MM-DD` sets the Shanghai day, else the day fixed in its home.json (a
    demonstration's); the hour is the clock's. Outside a sandbox `XINHENG_TODAY` is refused (exit 3).
    """
    present = datetime.now(UTC)
    wanted = os.environ.get("XINHENG_TODAY", "").strip()
    place = home()
    if not wanted:
        fixed = place.config.get("today", "") if place.sandbox else ""
        return on_day(date.fromisoformat(fixed)) if fixed else present
    if place.exists and not place.sandbox:
        raise Refused(
            "XINHENG_TODAY 只能用于沙盒数据目录(init --sandbox 或 demo 建立的)。正式环境的日期以时钟为准。",
            code="today-refused",
        )
    try:
        return on_day(date.fromisoformat(wanted))
    except ValueError:
        raise WrongUse(f"XINHENG_TODAY 应写成 YYYY-MM-DD,现在是「{wanted}」。", code="bad-date") from None


def on_day(day: date) -> datetime:
    """The present hour on another Shanghai day, UTC."""
    local = datetime.now(UTC).astimezone(SHANGHAI)
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def today() -> date:
    """The Shanghai day of `now()`."""
    return legal_day(now())
