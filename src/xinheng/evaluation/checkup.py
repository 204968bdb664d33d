"""The credit check-up (信用体检) of an organisation: what is on file, what ends when, what it can do. Facts and days.

It asks no model and knows no score. An individual business may read its own file like anybody; nothing here classes it.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from xinheng.cases import service as cases
from xinheng.evaluation import policy_checkup as policy
from xinheng.evaluation.checkup_types import CheckUp
from xinheng.evaluation.policy_checkup import Seen
from xinheng.evaluation.received import Received, received
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication

AUDIENCE, MOST = "self", 2_000


def checkup(*, uscc: str, on: date) -> CheckUp:
    """The check-up of an organisation on a day, as it may itself see its file.

    Of more than 2,000 entries the newest are looked at, and `more` says so. Whose file it is, is the caller's to ask.
    """
    entries, more = _entries(uscc, on)
    items, paths = law.active().items, _paths(on)
    seen = [_seen(items[entry.item], entry, paths) for entry in entries if entry.item in items]
    lines, _next = cases.of_subject(uscc=uscc, on=on, limit=200, own=True)
    results = _results(uscc, on)
    return CheckUp(
        uscc, on, policy.facets(seen, on), policy.endings(seen, on), policy.steps(seen, lines, on),
        policy.missing(seen, results, on), results, policy.months(seen, on), tuple(entries), more,
    )  # fmt: skip


def _entries(uscc: str, on: date) -> tuple[list[publication.Entry], bool]:
    found: list[publication.Entry] = []
    while len(found) < MOST:
        part = publication.statements(
            audience=AUDIENCE, on=on, uscc=uscc, after=found[-1].id if found else None, limit=publication.MAX_PAGE
        )  # fmt: skip
        found += part
        if len(part) < publication.MAX_PAGE:
            return found, False
    return found, True


def _results(uscc: str, on: date) -> tuple[Received, ...]:
    """The newest of each evaluation that was received; those for supervision alone are not among them."""
    found = received(usccs=[uscc], on=on, audience=AUDIENCE).get(uscc, ())
    return tuple(one for one in found if one.newest)


def _paths(on: date) -> Any:
    """How entries of an item decided by a body are repaired; asked once for each pair."""
    pack = law.active()

    @cache
    def path(item: str, authority: str, name: str) -> law.RepairPath | None:
        unit = law.department(pack=pack, uscc=authority) if authority else None
        sector = unit.sector if unit is not None else ""
        sector = sector or law.sector_of(pack=pack, authority=authority, authority_name=name, basis="")
        try:
            return law.repair_path(pack=pack, item=item, authority=authority, sector=sector, on=on)
        except XinhengError:
            return None

    return path


def _seen(item: law.Item, entry: publication.Entry, paths: Any) -> Seen:
    card, values = item.card, entry.values
    name = values.get(item.authority_name, "")
    return Seen(
        id=entry.id, item=item, title=policy.title_of(item, values),
        number=values.get(card.document, "") if card.document else "", authority=name,
        decided_on=entry.decided_on, received_on=entry.received_on, show_from=entry.show_from,
        show_until=entry.show_until, repair_from=entry.earliest_repair, severity=entry.severity,
        marks=entry.marks, disputed=bool(entry.disputes),
        left_on=policy.day_of(item, card.exit_on, values),
        valid_to=policy.day_of(item, card.ends or item.valid_to, values),
        due=policy.day_of(item, law.what_fields(item=item).due, values),
        outcome=values.get(card.outcome, "") if card.outcome else "",
        path=paths(entry.item, entry.authority, name) if item.adverse else None,
    )  # fmt: skip
