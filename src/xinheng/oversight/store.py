"""The derived tables: what is counted of every finished batch, kept up by a follower of the ledger.

Everything here can be dropped and counted again from the kept copies (`rebuild`), and `damage` does exactly that to
tell whether what is stored is what the rows say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, models, transaction

from xinheng.evidence import service as evidence
from xinheng.intake import kept_relations as intake
from xinheng.law import service as law
from xinheng.oversight import counting
from xinheng.oversight.models import Cause, Cell, Delivery, Returned, Run

FOLLOWER = "oversight"
TABLES: tuple[type[models.Model], ...] = (Delivery, Cell, Cause, Returned, Run)
DELIVERY = ("batch", "source", "item", "received_on", "rows", "personal")
# Rows counted together: many small batches cost no more than one large one
AT_ONCE = 100_000


NOTICE = "law.notice-loaded"


def follow(entries: Sequence[evidence.Entry], at: datetime) -> None:
    """Counts the batches that these ledger entries closed. Seeing an entry twice changes nothing.

    A calendar notice changes which day was the last of a period, so everything is counted again.
    """
    if any(entry.kind == NOTICE for entry in entries):
        rebuild()
        return
    closed = [entry.body["detail"]["batch"] for entry in entries if entry.kind == "intake.closed"]
    counted = set(Delivery.objects.filter(batch__in=closed).values_list("batch", flat=True))
    wanted = [number for number in closed if number not in counted]
    if wanted:
        pack = law.active()
        for group in _groups(intake.closed_batches(wanted), pack):
            _add(group, pack)


def rebuild() -> int:
    """Empties the derived tables and counts every finished batch again. Says how many there were."""
    pack = law.active()
    counted = 0
    with transaction.atomic():
        for table in TABLES:
            table.objects.all().delete()  # type: ignore[attr-defined]
        for group in _groups(intake.closed_batches(), pack):
            _add(group, pack)
            counted += len(group)
    return counted


def _groups(batches: Iterable[intake.Closed], pack: law.Pack) -> Iterator[list[intake.Closed]]:
    """Batches of one item together, in the order they were closed, up to AT_ONCE rows; unknown items are left out."""
    waiting: dict[str, list[intake.Closed]] = {}
    for batch in batches:
        if batch.item not in pack.items:
            continue
        group = waiting.setdefault(batch.item, [])
        if group and sum(one.rows for one in group) + batch.rows > AT_ONCE:
            yield waiting.pop(batch.item)
            group = waiting.setdefault(batch.item, [])
        group.append(batch)
    yield from waiting.values()


def _add(batches: list[intake.Closed], pack: law.Pack) -> None:
    """Writes what batches of one item add, inside the caller's transaction."""
    item = batches[0].item
    rows = intake.answered_rows(batches=batches, pack=pack)
    earlier = _returned_before({batch.source for batch in batches}, item)
    found = counting.count(rows, item=item, earlier=earlier)
    evidence.insert_rows(
        "oversight_delivery", DELIVERY, [[*map(evidence.plain, delivery_row(batch))] for batch in batches]
    )
    evidence.insert_frame("oversight_cell", _bare(found.cells))
    evidence.insert_frame("oversight_cause", found.causes)
    evidence.insert_frame("oversight_returned", _bare(found.returned))
    _settle(found.settled, {batch.number for batch in batches})
    _join_runs(found.runs, item)


def delivery_row(batch: intake.Closed) -> tuple[Any, ...]:
    """The row of Delivery for a batch."""
    return (
        batch.number,
        batch.source,
        batch.item,
        batch.received_on,
        batch.rows,
        batch.counts["refused_personal"],
    )


def _bare(frame: pl.DataFrame) -> pl.DataFrame:
    """Truth values as each database takes them."""
    if connection.vendor == "postgresql":
        return frame
    return frame.with_columns(pl.col(pl.Boolean).cast(pl.Int8))


def _settle(settled: pl.DataFrame, own: set[str]) -> None:
    """Marks rows of earlier batches as brought in; those of the batches in hand are written with it."""
    for batch, row, by, at_row, on in settled.iter_rows():
        if batch not in own:
            Returned.objects.filter(batch=batch, row=row).update(
                settled_batch=by, settled_row=at_row, settled_on=on
            )


def _returned_before(sources: set[str], item: str) -> pl.DataFrame:
    rows = Returned.objects.filter(source__in=sources, item=item).values_list(*counting.RETURNED_ROW)
    return pl.DataFrame(list(rows), schema=counting.RETURNED_ROW, orient="row")


def _join_runs(new: pl.DataFrame, item: str) -> None:
    """Joins new runs with the stored ones of the same sequences."""
    if new.is_empty():
        return
    stored = Run.objects.filter(
        item=item, authority__in=new["authority"].unique().to_list(), year__in=new["year"].unique().to_list()
    )
    old = pl.DataFrame(
        list(stored.values_list("id", *counting.RUN)), schema={"id": pl.Int64, **counting.RUN}, orient="row"
    ).join(new, on=list(counting.RUN_KEY), how="semi")
    ids = old["id"].to_list()
    for start in range(0, len(ids), 5_000):
        Run.objects.filter(id__in=ids[start : start + 5_000]).delete()
    evidence.insert_frame("oversight_run", counting.merge_runs(pl.concat([old.drop("id"), new])))


def runs(*, authority: str | None = None) -> pl.DataFrame:
    """Stored runs, of one authority or of all."""
    found = Run.objects.all() if authority is None else Run.objects.filter(authority=authority)
    return pl.DataFrame(list(found.values_list(*counting.RUN)), schema=counting.RUN, orient="row")


@dataclass
class _Recount:
    """All derived rows as the kept copies give them now."""

    deliveries: list[tuple[Any, ...]] = field(default_factory=list)
    cells: list[tuple[Any, ...]] = field(default_factory=list)
    causes: list[tuple[Any, ...]] = field(default_factory=list)
    returned: dict[str, pl.DataFrame] = field(default_factory=dict)
    runs: list[pl.DataFrame] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)


def damage() -> list[str]:
    """Derived tables that are not what the kept rows say, by name. Batches the follower has not reached yet are left
    out; of batches with erased rows only what erasure cannot change is compared: the number of rows by answer."""
    fresh = _recount(set(Delivery.objects.values_list("batch", flat=True)))
    whole = {"batch__in": fresh.erased}
    pairs = {
        "oversight_delivery": (list(Delivery.objects.values_list(*DELIVERY)), fresh.deliveries),
        "oversight_cell": (
            list(Cell.objects.exclude(**whole).values_list(*counting.CELL)) + _answers(fresh.erased), fresh.cells,
        ),
        "oversight_cause": (list(Cause.objects.exclude(**whole).values_list(*counting.CAUSE)), fresh.causes),
    }  # fmt: skip
    if not fresh.erased:
        told = [row for frame in fresh.returned.values() for row in frame.iter_rows()]
        pairs["oversight_returned"] = (list(Returned.objects.values_list(*counting.RETURNED_ROW)), told)
    found = [
        name for name, (stored, told) in pairs.items() if sorted(map(repr, stored)) != sorted(map(repr, told))
    ]
    if _runs_differ(fresh):
        found.append("oversight_run")
    return found


def _runs_differ(fresh: _Recount) -> bool:
    told = counting.merge_runs(pl.concat([pl.DataFrame(schema=counting.RUN), *fresh.runs]))
    stored = runs().sort(*counting.RUN_KEY, "first")
    if not fresh.erased:
        return not stored.equals(told)
    # An erased decision keeps its place in the sequence: it is not missing
    days = ("first_on", "last_on")
    both = counting.merge_runs(pl.concat([stored, told]))
    return not both.drop(days).equals(stored.drop(days))


def _answers(batches: Iterable[str]) -> list[tuple[Any, ...]]:
    """Stored cells of batches with erased rows, by answer alone."""
    found = Cell.objects.filter(batch__in=list(batches)).values_list("batch", "outcome")
    return [(batch, outcome, int(rows)) for batch, outcome, rows in found.annotate(whole=models.Sum("rows"))]


def _recount(counted: set[str]) -> _Recount:
    pack = law.active()
    fresh = _Recount()
    for group in _groups([batch for batch in intake.closed_batches() if batch.number in counted], pack):
        item = group[0].item
        rows = intake.answered_rows(batches=group, pack=pack)
        before = fresh.returned.get(item, pl.DataFrame(schema=counting.RETURNED_ROW))
        found = counting.count(rows, item=item, earlier=before)
        fresh.deliveries += [delivery_row(batch) for batch in group]
        fresh.erased |= found.erased
        by_answer = rows.filter(pl.col("batch").is_in(list(found.erased))).group_by("batch", "outcome").len()
        fresh.cells += [(batch, outcome, int(rows)) for batch, outcome, rows in by_answer.iter_rows()]
        sound = ~pl.col("batch").is_in(list(found.erased))
        fresh.cells += list(found.cells.filter(sound).iter_rows())
        fresh.causes += list(found.causes.filter(sound).iter_rows())
        fresh.returned[item] = pl.concat([counting.with_settled(before, found.settled), found.returned])
        fresh.runs.append(found.runs)
    return fresh
