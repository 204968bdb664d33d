"""The one place where the present comes from. Everything below the faces is told the time."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from xinheng.evidence.service import SHANGHAI, legal_day
from xinheng.home import home
from xinheng.kernel.errors import Refused, WrongUse


def now() -> datetime:
    """The instant of this command or request, UTC.

    In a sandbox `XINHENG_TODAY=YYYY-MM-DD` sets the Shanghai day; anywhere else it is refused (exit 3).
    """
    present = datetime.now(UTC)
    wanted = os.environ.get("XINHENG_TODAY", "").strip()
    if not wanted:
        return present
    if home().exists and not home().sandbox:
        raise Refused(
            "XINHENG_TODAY 只能用于沙盒数据目录(init --sandbox 或 demo 建立的)。正式环境的日期以时钟为准。",
            code="today-refused",
        )
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        raise WrongUse(f"XINHENG_TODAY 应写成 YYYY-MM-DD,现在是「{wanted}」。", code="bad-date") from None
    local = present.astimezone(SHANGHAI)
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def today() -> date:
    """The Shanghai day of `now()`."""
    return legal_day(now())
