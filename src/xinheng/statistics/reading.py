"""Reading the numbers: sums over small kept tables. Nothing here looks at an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.statistics.counting import CUBES
from xinheng.statistics.errors import NoSuchCube
from xinheng.statistics.models import Refresh

BODY_AXES = ("kind", "region", "active", "founded")


@dataclass(frozen=True)
class AsOf:
    """Of which moment the numbers are: known at the end of `cut_off` (ledger position `known_at`), public on `day`."""

    day: date
    cut_off: date
    known_at: int
    taken_at: datetime


@dataclass(frozen=True)
class Summary:
    """The whole in a few numbers. `as_of` is None while no count was taken: then everything is 0."""

    as_of: AsOf | None
    organisations: int = 0
    active_organisations: int = 0
    entries: dict[str, int] = field(default_factory=dict)
    this_month: dict[str, int] = field(default_factory=dict)
    last_month: dict[str, int] = field(default_factory=dict)
    authorities: int = 0


def as_of() -> AsOf | None:
    """The moment of the numbers kept, None before the first count."""
    row = Refresh.objects.filter(id=1).first()
    if row is None:
        return None
    return AsOf(row.day, row.cut_off, row.known_at, evidence.instant_of(row.instant))


def summary(*, on: date) -> Summary:
    """Totals by item, with those decided in the month of `on` and in the month before; organisations registered."""
    moment = as_of()
    if moment is None:
        return Summary(None)
    month = f"{on:%Y-%m}"
    before = f"{on.year - (on.month == 1)}-{(on.month - 2) % 12 + 1:02d}"
    by_item = series(by=("item", "month"))
    totals: dict[str, int] = {}
    for item, _, n in by_item:
        totals[item] = totals.get(item, 0) + n
    found = organisations(by=("active",))
    return Summary(
        as_of=moment,
        organisations=sum(n for _, n in found),
        active_organisations=sum(n for active, n in found if active),
        entries=totals,
        this_month={item: n for item, when, n in by_item if when == month},
        last_month={item: n for item, when, n in by_item if when == before},
        authorities=len(series(by=("authority",))),
    )


def series(
    *,
    by: Sequence[str],
    items: Sequence[str] = (),
    first: str = "",
    last: str = "",
    region: str | None = None,
    authority: str | None = None,
) -> list[tuple[Any, ...]]:
    """Public entries told apart by the axes in `by`, in their order, the count last.

    Axes: item, month, authority, region, kind, severity. `items` (none: all) and the months `first` … `last`
    (YYYY-MM, both included) narrow. Raises `NoSuchCube` for axes that are not kept together.
    """
    wanted = {*by, *(("region",) if region is not None else ()), *(("authority",) if authority is not None else ())}  # fmt: skip
    cube = next((name for name, axes in CUBES.items() if wanted <= {"item", *axes}), None)
    if cube is None:
        raise NoSuchCube(f"没有按「{'、'.join(by)}」一起分的统计数。")
    where, params = ["cube = %s"], [cube]
    if items:
        where.append(f"item IN ({', '.join(['%s'] * len(items))})")
        params += items
    for condition, value in (
        ("month >= %s", first or None), ("month <= %s", last or None), ("region = %s", region),
        ("authority = %s", authority),
    ):  # fmt: skip
        if value is not None:
            where.append(condition)
            params.append(value)
    return _sums("statistics_cell", by, " AND ".join(where), params)


def by_month(
    *, items: Sequence[str], first: str = "", last: str = "", authority: str | None = None
) -> list[tuple[Any, ...]]:
    """(month, n) of decisions that are public, in the order of months; a month without any is absent."""
    return series(by=("month",), items=items, first=first, last=last, authority=authority)


def by_department(*, items: Sequence[str], first: str = "", last: str = "") -> list[tuple[Any, ...]]:
    """(authority code, n), the most first."""
    found = series(by=("authority",), items=items, first=first, last=last)
    return sorted(found, key=lambda row: (-row[-1], row[0]))


def by_region(*, items: Sequence[str], first: str = "", last: str = "") -> list[tuple[Any, ...]]:
    """(county code, n); the empty code stands for organisations outside of this place's counties."""
    return series(by=("region",), items=items, first=first, last=last)


def organisations(*, by: Sequence[str], active: bool | None = None) -> list[tuple[Any, ...]]:
    """Registered organisations told apart by kind, region, active (whether), founded (year); the count last."""
    if unknown := [axis for axis in by if axis not in BODY_AXES]:
        raise NoSuchCube(f"主体统计没有「{'、'.join(unknown)}」这一项。")
    where, params = ("active = %s", [active]) if active is not None else ("1 = 1", [])
    return _sums("statistics_body", by, where, params)


def _sums(table: str, by: Sequence[str], where: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    axes = ", ".join(by)
    group = f" GROUP BY {axes} ORDER BY {axes}" if by else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {axes}{', ' if by else ''}COALESCE(SUM(n), 0) FROM {table} WHERE {where}{group}", params
        )
        return [(*row[:-1], int(row[-1])) for row in cursor.fetchall()]
