"""Administrative divisions: codes and the names in force. Facts, packaged; a code that is not listed is a code all the
same (development zones, historical ones, provinces outside the list)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建", "江西", "山东",
    "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆",
)  # fmt: skip
"""Short names of the provinces, whether or not their divisions are listed."""


@cache
def names() -> Mapping[str, str]:
    """Six-digit code → name in force ("340621" → "濉溪县"), province, city and county, in the order of codes."""
    text = resources.files("xinheng.kernel").joinpath("data/divisions.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {row["code"]: row["name"] for row in csv.DictReader(lines)}


def related(one: str, other: str) -> bool:
    """Whether one division is the other, lies in it or contains it. "" is the whole country."""
    a, b = one.rstrip("0"), other.rstrip("0")
    a, b = a + "0" * (len(a) % 2), b + "0" * (len(b) % 2)
    return a.startswith(b) or b.startswith(a)
