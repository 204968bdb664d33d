"""The values of indices as kept: closed ones against the ledger, running ones against their digest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence

FIGURES, RUNNING, REFRESH = (
    "evaluation_indexfigure",
    "evaluation_indexrunning",
    "evaluation_indexrefresh",
)
COLUMNS = ("id", "public", "axis", "month", "area", "part", "n", "base", "micro")
MOMENT = ("id", "day", "month", "pack", "position", "digest")


def rows_of(month: str, values: Sequence[tuple[bool, Any]]) -> list[tuple[Any, ...]]:
    """Values of a month as rows without their ids, in the order of the columns."""
    return [
        (public, one.axis, month, one.area, one.part, one.n, one.base, one.micro) for public, one in values
    ]


def kept_digest(moment: tuple[date, str, str, int], rows: str) -> str:
    """What the running values and their moment are, in one value."""
    return evidence.rows_digest([(1, moment[0].isoformat(), *moment[1:], rows)])


def findings() -> Iterator[evidence.Finding]:
    """Closed months that are not what the ledger bound, and running values that are not what was counted."""
    try:
        yield from evidence.unbound_tables(
            {FIGURES: COLUMNS}, kinds=("evaluation.index",), code="index-row", under="evaluation"
        )
        yield from _running()
    except (ValueError, TypeError, UnicodeDecodeError):
        yield evidence.Finding("index-unreadable", "指数表里有读不出的值")


def _running() -> Iterator[evidence.Finding]:
    kept = _rows(RUNNING, COLUMNS)
    moments = _rows(REFRESH, MOMENT)
    if not moments:
        if kept:
            yield evidence.Finding("index-unknown", "本月指数没有注明取自何时")
        return
    number, day, month, pack, position, digest = moments[0]
    told = (day if isinstance(day, date) else date.fromisoformat(day), month, pack, position)
    if len(moments) > 1 or number != 1 or kept_digest(told, evidence.rows_digest(kept)) != digest:
        yield evidence.Finding("index-changed", "本月指数与取数时的摘要不符：重新取数即可更正")
    elif position > evidence.size():
        yield evidence.Finding("index-moment", "本月指数所注的账本位置超出账本")


def _rows(table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" ORDER BY id')
        return list(cursor.fetchall())


__all__ = ["COLUMNS", "FIGURES", "MOMENT", "REFRESH", "RUNNING", "findings", "kept_digest", "rows_of"]
