"""Whose results a body may see. The office and the auditor all; an authority those it has to do with, by what is held.

Three measures, each no wider than its purpose needs:

- *Scores and grades of local models*: an adverse decision of its own about the organisation, or an open case of its own.
  A licence, an honour or a registration is not enough.
- *Early warnings*: an adverse decision, an inspection, or an entry of its own among the reasons; a county's unit only
  organisations of its county.
- *Supervisory risk classes*: units of a sector that inspects, and of these organisations only. Not the office: it plans no
  inspections.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection

from xinheng.cases import service as cases
from xinheng.checks import service as checks
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

MOST = 1_000
AUDIENCE = "authority"
INSPECTION = "inspection-result"
"""The item that says a unit inspected; the sectors that own it are those that inspect."""


def adverse_items(pack: law.Pack) -> tuple[str, ...]:
    """Items whose every entry is an adverse decision."""
    return tuple(sorted(code for code, item in pack.items.items() if item.adverse))


def acting_items(pack: law.Pack) -> tuple[str, ...]:
    """Items by which an authority has acted on an organisation as its supervisor."""
    return (*adverse_items(pack), *((INSPECTION,) if INSPECTION in pack.items else ()))


def seen_by(*, body: str | None, usccs: Sequence[str], on: date) -> frozenset[str]:
    """Of these organisations (at most 1,000), the ones a body may see scores and grades of on a day.

    `body` None is the office or the auditor, who see all; "" is a unit without a code, which sees none. An authority sees
    an organisation while an adverse decision of its own about it is open to authorities, or a case of its own is open. Two queries.
    """
    wanted = list(dict.fromkeys(usccs))[:MOST]
    if body is None:
        return frozenset(wanted)
    if not body or not wanted:
        return frozenset()
    decided = _decided(body, wanted, adverse_items(law.active()), on)
    return decided | cases.with_open(body=body, usccs=[one for one in wanted if one not in decided])


def acted_on(*, body: str | None, usccs: Sequence[str], on: date) -> frozenset[str]:
    """Of these organisations (at most 1,000), the ones a body decided against or inspected. None and "" as in `seen_by`.
    One query."""
    wanted = list(dict.fromkeys(usccs))[:MOST]
    if body is None:
        return frozenset(wanted)
    return _decided(body, wanted, acting_items(law.active()), on) if body and wanted else frozenset()


def classes_of(*, body: str | None, usccs: Sequence[str], on: date) -> frozenset[str]:
    """Of these organisations, the ones whose supervisory risk class a body may see: none but for a unit that inspects."""
    return acted_on(body=body, usccs=usccs, on=on) if body and inspects(body=body, on=on) else frozenset()


def inspects(*, body: str, on: date) -> bool:
    """Whether a unit is of a sector that inspects, or of one whose part it is."""
    pack = law.active()
    sector, item = checks.sector_of_unit(body=body, on=on) if body else "", pack.items.get(INSPECTION)
    owners = item.owners if item is not None else ()
    while sector and sector not in owners:
        known = pack.sectors.get(sector)
        sector = (known.part_of or "") if known is not None else ""
    return bool(sector)


def county_of(*, body: str | None) -> str:
    """The county (six digits) a unit acts for: as the pack's list of departments says, else the one its name begins with
    or names; "" for a unit of the whole place, the office and the auditor."""
    if not body:
        return ""
    pack = law.active()
    known = register.get([body]).get(body)
    name = known.shown_name if known is not None else ""
    unit = law.department(pack=pack, uscc=body) or (law.department(pack=pack, name=name) if name else None)
    if unit is not None and unit.region[:6] in pack.counties:
        return unit.region[:6]
    return next((code for code, names in sorted(pack.counties.items()) if names[0] and names[0] in name), "")


def _decided(body: str, wanted: Sequence[str], items: Sequence[str], on: date) -> frozenset[str]:
    gate, params = publication.visible_sql(audience=AUDIENCE, on=on)
    of_items, of_codes = (", ".join(["%s"] * len(some)) for some in (items, wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT v.uscc FROM ({gate}) v WHERE v.authority = %s AND v.item IN ({of_items})"
            f" AND v.uscc IN ({of_codes})",
            [*params, body, *items, *wanted],
        )
        return frozenset(row[0] for row in cursor.fetchall())
