"""Rows and instants for the tests of oversight. Every organisation and number here is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

from xinheng.kernel import uscc


def code(prefix: str, number: int = 1) -> str:
    """A valid code with this prefix."""
    first = f"{prefix}340600MA{number:07d}"
    return first + uscc.check_char(first)


SUBJECT, SHOP, BUREAU, OTHER = code("91"), code("92"), code("11"), code("11", 2)
SOUND = {
    "CF_XDR_MC": "淮北市甲乙丙商贸有限公司", "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": SUBJECT, "CF_FRDB": "钱多多",
    "CF_WSH": "淮市监罚〔2026〕1号", "CF_WFXW": "销售过期食品", "CF_SY": "货架上有三件过期食品。", "CF_YJ": "食品安全法第三十四条",
    "CF_CFLB": "罚款", "CF_NR": "罚款两千元。", "CF_NR_FK": "0.2", "CF_JDRQ": "2026/11/19", "CF_YXQ": "2027/11/19",
    "CF_CFJG": "淮北市某某局", "CF_CFJGDM": BUREAU, "CF_SJLY": "淮北市某某局", "CF_SJLYDM": BUREAU,
}  # fmt: skip


def penalty(number: int | str = 1, **changes: str) -> dict[str, str]:
    """A sound penalty with a serial number, and some fields changed."""
    doc = number if isinstance(number, str) else f"淮市监罚〔2026〕{number}号"
    return {**SOUND, "CF_WSH": doc, **changes}


def csv_bytes(rows: Sequence[dict[str, str]]) -> bytes:
    """A file of such rows."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(SOUND), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def at(day: str) -> datetime:
    """Ten in the morning of a Shanghai day."""
    moment = date.fromisoformat(day)
    return datetime(moment.year, moment.month, moment.day, 2, tzinfo=UTC)
