"""The exact rows behind a figure, page by page: read from the kept copies, nothing counted, nothing stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from xinheng.intake import kept_relations as intake
from xinheng.law import service as law
from xinheng.oversight import counting
from xinheng.oversight.models import Cause, Cell, Returned

LATE, BACK = "late", "returned"
KINDS = (LATE, BACK)
Settled = Mapping[tuple[str, int], date]


@dataclass(frozen=True)
class Place:
    """Where a row stands: batch and row of the file. What a list goes on after, and what a bulletin freezes."""

    batch: str
    row: int

    def __str__(self) -> str:
        return f"{self.batch}:{self.row}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place a page's address names; None for anything that is none."""
        batch, _, row = text.partition(":")
        return cls(batch, int(row)) if row.isascii() and row.isdigit() and batch and len(row) < 10 else None


@dataclass(frozen=True)
class ExactRow:
    """A row as it may be shown, with its day of receipt and, where there is one, the last day in time."""

    place: Place
    item: str
    received_on: date
    outcome: str
    doc: str
    code: str
    name: str
    authority: str
    decided: str
    decided_on: date | None
    due_on: date | None
    problems: tuple[dict[str, str], ...]
    settled_on: date | None = None
    erased: bool = False


@dataclass(frozen=True)
class RowPage:
    """A part of a list of rows and the place it goes on after."""

    rows: list[ExactRow]
    next: Place | None


def rows(
    *, kind: str, source: str, item: str, first: date, last: date, code: str = "", field: str = "",
    after: Place | None = None, limit: int = 50,
) -> RowPage:  # fmt: skip
    """Late or returned first rows of a unit and item, newest batch first; with `code` (and `field`) only rows that
    broke that rule."""
    found: list[ExactRow] = []
    for place, chosen in _chosen(kind, source, item, first, last, code, field, after):
        found += _show(place, chosen[: limit + 1 - len(found)], _settled([place.number]))
        if len(found) > limit:
            return RowPage(found[:limit], found[limit - 1].place)
    return RowPage(found, None)


def places(*, kind: str, source: str, item: str, first: date, last: date, limit: int) -> list[Place]:
    """Only where the rows stand: what a bulletin freezes."""
    found: list[Place] = []
    for batch, chosen in _chosen(kind, source, item, first, last, "", "", None):
        found += [Place(batch.number, row) for row in chosen]
        if len(found) >= limit:
            break
    return found[:limit]


def shown(where: Sequence[Place]) -> dict[Place, ExactRow]:
    """Rows by place, as they may be shown now: of erased decisions nothing but the place is left."""
    wanted: dict[str, list[int]] = {}
    for place in where:
        wanted.setdefault(place.batch, []).append(place.row)
    answer: dict[Place, ExactRow] = {}
    settled = _settled(list(wanted))
    for batch in intake.closed_batches(sorted(wanted)):
        answer.update({row.place: row for row in _show(batch, wanted[batch.number], settled)})
    return answer


def _settled(batches: list[str]) -> Settled:
    """When returned rows of these batches came in again."""
    rows = Returned.objects.filter(batch__in=batches, settled_on__isnull=False)
    return {(batch, row): on for batch, row, on in rows.values_list("batch", "row", "settled_on")}


def _chosen(
    kind: str, source: str, item: str, first: date, last: date, code: str, field: str, after: Place | None
) -> Iterator[tuple[intake.Closed, list[int]]]:
    """Batches that have such rows, newest first, each with the numbers of its rows."""
    pack = law.active()
    if item not in pack.items:
        return
    numbers = _batches(kind, source, item, first, last, code, field)
    for number in numbers:
        if after is not None and number > after.batch:
            continue
        (batch,) = intake.closed_batches([number])
        chosen = _rows_of(batch, pack, kind, code, field)
        if after is not None and number == after.batch:
            chosen = [row for row in chosen if row > after.row]
        if chosen:
            yield batch, chosen


def _batches(kind: str, source: str, item: str, first: date, last: date, code: str, field: str) -> list[str]:
    if code:
        found: Any = Cause.objects.filter(code=code)
        found = found.filter(field=field) if field else found
    elif kind == LATE:
        found = Cell.objects.filter(first=True, timeliness="late")
    else:
        found = Cell.objects.filter(first=True, outcome__in=counting.RETURNED)
    found = found.filter(source=source, item=item, received_on__gte=first, received_on__lte=last)
    return list(found.order_by("-batch").values_list("batch", flat=True).distinct())


def _rows_of(batch: intake.Closed, pack: law.Pack, kind: str, code: str, field: str) -> list[int]:
    frame = intake.answered_rows(batches=[batch], pack=pack)
    if code:
        same = pl.element().struct.field("code") == code
        same = same & (pl.element().struct.field("field") == field) if field else same
        hit = pl.col("problems").list.eval(same).list.any()
        return frame.filter(hit & pl.col("outcome").is_in(counting.RETURNED))["row"].to_list()
    again = list(Returned.objects.filter(batch=batch.number, again=True).values_list("row", flat=True))
    mended = list(Returned.objects.filter(settled_batch=batch.number).values_list("settled_row", flat=True))
    sent_back = pl.col("outcome").is_in(counting.RETURNED) & ~pl.col("row").is_in(again)
    if kind == BACK:
        return frame.filter(sent_back)["row"].to_list()
    taken = (pl.col("outcome") == "accepted") & ~pl.col("row").is_in(mended)
    return frame.filter((pl.col("timeliness") == "late") & (taken | sent_back))["row"].to_list()


def _show(batch: intake.Closed, numbers: Sequence[int], settled: Settled) -> list[ExactRow]:
    if not numbers:
        return []
    pack = law.active()
    frame = intake.shown_rows(batch=batch, rows=numbers)
    typed = intake.answered_rows(batches=[batch], pack=pack).filter(pl.col("row").is_in(list(numbers)))
    days = dict(typed.select("row", "decided_on").iter_rows())
    gone = set(typed.filter("erased")["row"].to_list())
    due = _due(pack, batch.item, [day for day in days.values() if day is not None])
    return [
        ExactRow(
            place=Place(batch.number, row["row"]), item=batch.item, received_on=batch.received_on, outcome=row["outcome"],
            doc=row["doc"], code=row["code"], name=row["name"], authority=row["authority"], decided=row["decided"],
            decided_on=days.get(row["row"]), due_on=due.get(days.get(row["row"])), problems=tuple(row["problems"] or ()),
            settled_on=settled.get((batch.number, row["row"])), erased=row["row"] in gone,
        )
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip


def _due(pack: law.Pack, item: str, days: list[date]) -> dict[date | None, date | None]:
    provision = pack.items[item].timeliness
    if not provision or not days:
        return {}
    try:
        return dict(law.due_table(pack=pack, provision=provision, starts=days).items())
    except (law.NotAdopted, law.UnknownProvision):
        return {}
