"""The numbers as kept: when they are taken anew, and whether they are what they should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from time import perf_counter

import polars as pl
from django.db import connection, transaction

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.statistics import counting
from xinheng.statistics.models import Refresh
from xinheng.statistics.policy_due import Taken, is_due

CELLS, BODIES = "statistics_cell", "statistics_body"
MOMENT = ("day", "cut_off", "known_at", "position", "instant", "took")


def refresh(*, at: datetime, force: bool = False) -> bool:
    """Takes the numbers anew if the ledger moved or the day changed; True when it did.

    What a count costs decides how soon the next may follow (`policy_due`); `force` does not wait. Counted is what was
    known at the end of yesterday and is public today; in a home whose ledger began today, what is known now. Reading
    goes on while it counts: the old numbers are replaced in one transaction.
    """
    on, position = evidence.legal_day(at), evidence.size()
    last = Refresh.objects.filter(id=1).first()
    taken = Taken(last.day, last.position, evidence.instant_of(last.instant), last.took) if last else None
    if not is_due(taken=taken, on=on, position=position, at=at, hurry=force):
        return False
    start = perf_counter()
    cut_off, known_at = cut_off_of(on, position)
    pack = law.active()
    cells, bodies = (
        counting.cells(on=on, known_at=known_at, pack=pack),
        counting.bodies(pack=pack),
    )
    took = round((perf_counter() - start) * 1000)
    moment = (on, cut_off, known_at, position, evidence.microseconds(at), took)
    with transaction.atomic():
        evidence.lock("statistics")
        _replace(CELLS, cells)
        _replace(BODIES, bodies)
        Refresh.objects.update_or_create(
            id=1,
            defaults={
                **dict(zip(MOMENT, moment, strict=True)),
                "digest": evidence.rows_digest([moment, [digest(cells, bodies)]]),
            },
        )
    return True


def cut_off_of(on: date, position: int) -> tuple[date, int]:
    """The day at whose end what was known is counted, and its ledger position."""
    yesterday = on - timedelta(days=1)
    known_at = evidence.position_on(yesterday)
    return (yesterday, known_at) if known_at else (on, position)


def digest(cells: pl.DataFrame, bodies: pl.DataFrame) -> str:
    """What both tables hold, in one value."""
    flags = bodies.with_columns(pl.col("active").cast(pl.Int64))
    return evidence.rows_digest([[evidence.frame_digest(cells), evidence.frame_digest(flags)]])


def findings() -> Iterator[evidence.Finding]:
    """The numbers against their digest and, while nothing happened since they were taken, against a new count."""
    try:
        last = Refresh.objects.filter(id=1).first()
        cells, bodies = _kept(CELLS, counting.CELL_COLUMNS), _kept(BODIES, counting.BODY_COLUMNS)
        if last is None:
            if cells or bodies or Refresh.objects.exists():
                yield evidence.Finding("statistics-unknown", "统计数没有注明取自何时")
            return
        moment = [getattr(last, name) for name in MOMENT]
        if evidence.rows_digest([moment, [rows_digest(cells, bodies)]]) != last.digest:
            yield evidence.Finding("statistics-changed", "统计数与取数时的摘要不符:重新取数即可更正")
            return
        yield from _moment(last, rows_digest(cells, bodies))
    except (ValueError, TypeError, UnicodeDecodeError):
        yield evidence.Finding("statistics-unreadable", "统计表里有读不出的值")


def rows_digest(cells: list[tuple[object, ...]], bodies: list[tuple[object, ...]]) -> str:
    """`digest` of rows as read back, so that a damaged value is seen as it is."""
    flags = [tuple(int(v) if isinstance(v, bool) else v for v in row) for row in bodies]
    return evidence.rows_digest([[evidence.rows_digest(cells), evidence.rows_digest(flags)]])


def _moment(last: Refresh, kept: str) -> Iterator[evidence.Finding]:
    at = evidence.instant_of(last.instant)
    told = (last.day, last.cut_off, last.known_at)
    if evidence.legal_day(at) != last.day or told[1:] != cut_off_of(last.day, last.position):
        yield evidence.Finding("statistics-moment", "统计数所注的日期或账本位置不成立")
    elif last.position > evidence.size() or last.took < 0:
        yield evidence.Finding("statistics-moment", "统计数所注的账本位置超出账本")
    elif last.position == evidence.size():
        pack = law.active()
        again = counting.cells(on=last.day, known_at=last.known_at, pack=pack), counting.bodies(pack=pack)
        if digest(*again) != kept:
            yield evidence.Finding("statistics-differ", "统计数与重新取数的结果不一致")


def _replace(table: str, frame: pl.DataFrame) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    evidence.insert_frame(table, frame)


def _kept(table: str, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
        return list(cursor.fetchall())
