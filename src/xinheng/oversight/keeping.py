"""What oversight decides is written once, each row bound by the ledger entry it came with, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import models

from xinheng.evidence import service as evidence
from xinheng.oversight.models import Bulletin, Finding, Order, Silent, Step

KINDS = {
    "found": "oversight.found", "stepped": "oversight.stepped", "compared": "oversight.compared",
    "issued": "oversight.bulletin", "ordered": "oversight.ordered", "silent": "cases.overdue",
}  # fmt: skip
BOUND: tuple[type[models.Model], ...] = (Finding, Bulletin, Order, Step, Silent)


def columns(table: type[models.Model]) -> list[str]:
    """The columns of a bound table in the order they are bound in."""
    return [str(field.column) for field in table._meta.concrete_fields]


def write(event: evidence.OpenEvent, table: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows of a bound table inside `event`; ids follow from the event, also where it writes more than once."""
    if not rows:
        return
    name = table._meta.db_table
    started = event.detail.setdefault("bound", {}).get(name, [0, ""])[0]
    event.count(len(rows))
    names = columns(table)
    made = [{**row, "id": event.row_id(started + place)} for place, row in enumerate(rows)]
    values = [tuple(evidence.plain(row[column]) for column in names) for row in made]
    evidence.insert_rows(name, names, values)
    event.detail["bound"][name] = [len(values), evidence.rows_digest(values)]
    if started:
        rebind(event, table)


def rebind(event: evidence.OpenEvent, table: type[models.Model]) -> None:
    """Binds the rows an open event has written to a table as they are now: nothing of it is committed yet."""
    start, end = evidence.row_range(event.id)
    found = table.objects.filter(id__gte=start, id__lt=end).order_by("id")  # type: ignore[attr-defined]
    rows = [tuple(evidence.plain(cell) for cell in row) for row in found.values_list(*columns(table))]
    event.detail["bound"][table._meta.db_table] = [len(rows), evidence.rows_digest(rows)]


def take_steps(
    event: evidence.OpenEvent, ofs: Iterable[str], *, state: str, reason: str, on: date, actor: str
) -> None:
    """Writes the same step for many matters."""
    rows = [{"of": of, "state": state, "reason": reason, "taken_on": on, "actor": actor} for of in ofs]
    write(event, Step, rows)


def state_of(of: str) -> str:
    """How a matter stands; "" where no step was ever taken."""
    newest = Step.objects.filter(of=of).order_by("-id").values_list("state", flat=True).first()
    return newest or ""


def steps(of: str) -> list[Step]:
    """What became of a matter, oldest first."""
    return list(Step.objects.filter(of=of).order_by("id"))


def next_serial(table: type[models.Model], **within: Any) -> int:
    """The next serial, drawn in the transaction that uses it: no gaps, because nothing is drawn in advance."""
    evidence.lock(f"oversight.{table._meta.db_table}")
    found = table.objects.filter(**within).aggregate(last=models.Max("serial"))  # type: ignore[attr-defined]
    return (found["last"] or 0) + 1


def findings() -> Iterator[evidence.Finding]:
    """Bound rows that are not what the ledger bound, and derived tables that do not follow from the kept rows."""
    from xinheng.oversight import store

    tables = {table._meta.db_table: columns(table) for table in BOUND}
    yield from evidence.unbound_tables(tables, kinds=list(KINDS.values()), code="oversight-row")
    for name in store.damage():
        yield evidence.Finding(
            "oversight-derived", f"{name} 与留存的报送内容不符；运行 xinheng suspected --rebuild 可重新统计"
        )
