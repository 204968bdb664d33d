"""Entries as this room needs them: which are expected where, whether the public sees them here, by when they were due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel.periods import Period
from xinheng.kernel.supposing import due_shown
from xinheng.kernel.text import norm_docno
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.sync import policy_places

SCHEMA = {
    "id": pl.Int64, "item": pl.String, "uscc": pl.String, "authority": pl.String, "decided_on": pl.Date,
    "until": pl.Date, "state": pl.String, "doc": pl.String, "shown_here": pl.Boolean,
}  # fmt: skip
PART = 5_000
ENDED = ("repaired", "suppressed", "annulled")
NEXT = Period(1, "working_days")


def items(pack: law.Pack) -> list[str]:
    """The items whose entries are compared at all."""
    return sorted(
        code for code, item in pack.items.items()
        if policy_places.expected(
            adverse=item.adverse, timeliness=item.timeliness, received=item.received, sector=""
        )
    )  # fmt: skip


def places(pack: law.Pack, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The places entries of these items and authorities are expected at.

    GSXT takes what market-regulation bodies decided, by the authority's name in the register, and items that are theirs
    alone.
    """
    asked = set(pairs)
    names = register.get(sorted({authority for _, authority in asked if authority}))
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for code, authority in asked:
        item = pack.items.get(code)
        if item is None:
            found[code, authority] = ()
            continue
        name = names[authority].name if authority in names else ""
        sector = law.sector_of(pack=pack, authority=authority, authority_name=name, basis="")
        found[code, authority] = policy_places.expected(
            adverse=item.adverse, timeliness=item.timeliness, received=item.received,
            sector=policy_places.MARKET if item.owners == (policy_places.MARKET,) else sector,
        )  # fmt: skip
    return found


def owed(pack: law.Pack, decisions: Iterable[tuple[str, date | None]]) -> dict[tuple[str, date], date | None]:
    """For each (item, day of decision) the last day on which the entry had to be public; None where no period runs, or
    where the calendar does not reach."""
    starts: dict[str, set[date]] = {}
    asked = {(item, day) for item, day in decisions if day is not None}
    for item, day in asked:
        found = pack.items.get(item)
        if found is not None and found.timeliness:
            starts.setdefault(found.timeliness, set()).add(day)
    table: dict[str, dict[date, date | None]] = {}
    for provision, days in starts.items():
        try:
            table[provision] = law.due_table(pack=pack, provision=provision, starts=days)
        except (law.NotAdopted, law.UnknownProvision):
            table[provision] = {}
    return {
        (item, day): table.get(pack.items[item].timeliness, {}).get(day) if item in pack.items else None
        for item, day in asked
    }


def follow(changed: Mapping[int, int]) -> dict[int, date]:
    """Statement → the day by which other places have to follow its standing row: sites are updated daily, so the next
    working day (our choice; no provision names a day)."""
    if not changed:
        return {}
    spans = evidence.spans(sorted({evidence.event_of(row) for row in changed.values()}))
    calendar = law.active().calendar
    days = {id_: evidence.legal_day(spans[evidence.event_of(row)][2]) for id_, row in changed.items()}
    by = {day: due_shown(NEXT, day, calendar).due for day in set(days.values())}
    return {id_: by[day] for id_, day in days.items()}


def scope(
    *, on: date, wanted: Sequence[str], authority: str = "", usccs: Sequence[str] | None = None
) -> pl.DataFrame:
    """Every statement of these items (of an authority, of these organisations), whether the public sees it on a day, and
    its document number in its comparable spelling."""
    rows: list[tuple[Any, ...]] = []
    if not wanted:
        return pl.DataFrame(schema=SCHEMA)
    shown = _shown(on, wanted, authority)
    marks = ", ".join(["%s"] * len(wanted))
    for part in [None] if usccs is None else _parts(sorted(set(usccs))):
        where, params = f"s.item IN ({marks}) AND t.state <> 'erased'", [*wanted]
        if authority:
            where, params = f"{where} AND s.authority = %s", [*params, authority]
        if part is not None:
            where, params = f"{where} AND s.uscc IN ({', '.join(['%s'] * len(part))})", [*params, *part]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.id, s.item, s.uscc, s.authority, s.decided_on, t.show_until, t.state, s.public"
                f" FROM records_statement s {evidence.then()} records_standing t ON t.statement_id = s.id"
                f" AND t.closed_by IS NULL WHERE {where} ORDER BY s.id",
                params,
            )
            while found := cursor.fetchmany(PART):
                rows.extend(
                    (*row[:4], records.as_date(row[4]), records.as_date(row[5]), row[6],
                     document(bytes(row[7])), row[0] in shown)
                    for row in found
                )  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def document(public: bytes) -> str:
    """The document number of a stored public part in its comparable spelling; "" for one that was erased."""
    return norm_docno(document_shown(public))


def document_shown(public: bytes) -> str:
    """The document number as the decision has it."""
    if not public:
        return ""
    cells = public.decode().split("\x1f")
    item = records.item_of(cells[1], cells[2])
    values = records.decode(item, public)
    return next((values[code] for code in item.document_number if values.get(code)), "")


def _shown(on: date, wanted: Sequence[str], authority: str) -> set[int]:
    sql, params = publication.visible_sql(audience="public", on=on)
    marks = ", ".join(["%s"] * len(wanted))
    narrowed = " AND v.authority = %s" if authority else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT v.id FROM ({sql}) v WHERE v.item IN ({marks}){narrowed}",
            [*params, *wanted, *([authority] if authority else [])],
        )
        return {row[0] for row in cursor.fetchall()}


def _parts(values: Sequence[str], size: int = 500) -> list[Sequence[str]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
