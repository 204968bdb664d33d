"""The door of the statistics room: how many, of what is public and of who is registered. Never a scan in a request."""

from __future__ import annotations

from xinheng.statistics.counting import CUBES
from xinheng.statistics.deliveries import LastDelivery, deliveries
from xinheng.statistics.errors import NoSuchCube
from xinheng.statistics.keeping import refresh
from xinheng.statistics.reading import (
    AsOf,
    Summary,
    as_of,
    by_department,
    by_month,
    by_region,
    organisations,
    series,
    summary,
)

__all__ = [
    "CUBES",
    "AsOf",
    "LastDelivery",
    "NoSuchCube",
    "Summary",
    "as_of",
    "by_department",
    "by_month",
    "by_region",
    "deliveries",
    "organisations",
    "refresh",
    "series",
    "summary",
]
