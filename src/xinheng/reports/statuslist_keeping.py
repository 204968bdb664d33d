"""How every issued report stands, kept by a follower: what an entry of the ledger touched is looked at again, the rest is not.

The table is derived. A list made at any moment reads it and looks again at what the follower has not seen yet, so a slow
follower makes a list slower, never wrong. A report is

    withdrawn   when it was withdrawn
    superseded  when anything on file about its organisation came in, changed or ended after it was issued
    disputed    when an entry it shows is under objection
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction

from xinheng.evidence import service as evidence
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.reports import content, statuslist
from xinheng.reports.models import Report, State
from xinheng.reports.statuslist import CURRENT, DISPUTED, SUPERSEDED, WITHDRAWN

FOLLOWER = "reports"
_CHUNK = 500
Standing = tuple[int, date | None]
_lists: dict[tuple[str, int, str], tuple[bytes, datetime, str]] = {}


def follow(entries: Sequence[evidence.Entry], at: datetime) -> None:
    """Looks again at the reports these entries touched."""
    _write(_look(list(_touched(entries))))


def rebuild() -> int:
    """Makes the whole table anew from the reports and what is on file; returns how many reports there are."""
    count = 0
    with transaction.atomic():
        State.objects.all().delete()
        for serials in _all_serials():
            found = _look(serials)
            _write(found)
            count += len(found)
    return count


def standings(*, on: date, number: int | None = None) -> dict[int, int]:
    """Serial → state of every report that is not current on a day; only those of list `number` where one is named."""
    rows = State.objects.filter(state__gt=CURRENT) | State.objects.filter(ends_on__lt=on)
    if number is not None:
        first = number * statuslist.ENTRIES
        rows = rows.filter(serial__gte=first, serial__lt=first + statuslist.ENTRIES)
    states = {
        serial: _on(state, ends_on, on)
        for serial, state, ends_on in rows.values_list("serial", "state", "ends_on")
    }
    for serial, (state, ends_on) in _look(_unseen()).items():
        if number is None or statuslist.place(serial)[0] == number:
            states[serial] = _on(state, ends_on, on)
    return {serial: state for serial, state in states.items() if state}


def standing(*, serial: int, on: date) -> int:
    """The state of one report on a day."""
    found = _look([serial]) if serial in _unseen() else dict[int, Standing]()
    if serial not in found:
        row = State.objects.filter(serial=serial).values_list("state", "ends_on").first()
        found = {serial: row} if row is not None else _look([serial])
    return _on(*found[serial], on)


def lists() -> range:
    """The numbers of the lists that exist: one at least."""
    newest = Report.objects.order_by("-serial").values_list("serial", flat=True).first() or 0
    return range(statuslist.place(newest)[0] + 1)


def signed(*, number: int, at: datetime) -> tuple[str, datetime]:
    """List `number` as a compact JWS, and since when it holds.

    Within `statuslist.TTL` the same list is given while no state changed, so that caches agree. The caller has made sure
    that the list exists (`lists`).
    """
    states = {
        serial % statuslist.ENTRIES: state
        for serial, state in standings(on=evidence.legal_day(at), number=number).items()
    }
    origin = evidence.origin()
    shape = json.dumps(sorted(states.items())).encode()
    key = (origin + str(evidence.jwks()["keys"][-1]["kid"]), number, address())
    kept = _lists.get(key)
    if kept is not None and kept[0] == shape and kept[1] <= at < kept[1] + statuslist.TTL:
        return kept[2], kept[1]
    told = statuslist.credential(
        number, states, at=at, issuer=statuslist.issuer_of(origin), address=address()
    )
    text = evidence.sign_jws(json.dumps(told, separators=(",", ":")).encode(), type=statuslist.TYPE)
    since = at.replace(microsecond=0)
    if len(_lists) > 16:
        _lists.clear()
    _lists[key] = (shape, since, text)
    return text, since


def bundle_part(at: datetime) -> list[str]:
    """The status lists of the trust bundle."""
    return [signed(number=number, at=at)[0] for number in lists()]


def address() -> str:
    """Where the lists are published, without a slash at the end."""
    return settings.PUBLIC_URL.rstrip("/") or f"https://{evidence.origin()}"


def findings() -> Iterator[evidence.Finding]:
    """States that are not what the reports and the records say; ones the follower has not reached are not judged."""
    stored = {row[0]: (row[1], row[2]) for row in State.objects.values_list("serial", "state", "ends_on")}
    unseen = set(_unseen())
    for serials in _all_serials():
        for serial, expected in _look(serials).items():
            kept = stored.pop(serial, None)
            if kept != expected and serial not in unseen:
                yield evidence.Finding(
                    "report-state",
                    f"第 {serial} 份报告的状态与账本不符；运行 xinheng withdrawals --rebuild 可重新统计",
                )
    for serial in sorted(stored):
        yield evidence.Finding("report-state", f"状态表里有一份没有出具过的报告({serial})")


def _on(state: int, ends_on: date | None, on: date) -> int:
    return SUPERSEDED if state < SUPERSEDED and ends_on is not None and ends_on < on else state


def _unseen() -> list[int]:
    """Serials the entries after the follower's cursor touched."""
    behind = evidence.lag()[FOLLOWER]
    return list(_touched(evidence.events(after=evidence.size() - behind))) if behind else []


def _touched(entries: Sequence[evidence.Entry]) -> Iterator[int]:
    """Serials of the reports these entries issued, withdrew, or whose organisation they speak of."""
    numbers: list[str] = []
    for entry in entries:
        if entry.kind == "report.issued":
            numbers.append(entry.body["detail"]["report"])
        elif entry.kind == "report.withdrawn":
            numbers += entry.body["detail"]["withdrawn"]
    found: set[int] = set()
    for part in _parts(numbers):
        found |= set(Report.objects.filter(number__in=part).values_list("serial", flat=True))
    if Report.objects.exists():
        ids = [entry.id for entry in entries]
        codes = sorted(records.touched(ids) | register.codes_of_events(ids))
        for part in _parts(codes):
            found |= set(Report.objects.filter(uscc__in=part).values_list("serial", flat=True))
    yield from sorted(found)


def _look(serials: Sequence[int]) -> dict[int, Standing]:
    """How these reports stand now, with the day on which that ends by itself."""
    found: dict[int, Standing] = {}
    shown = cache(_shown)
    for part in _parts(serials):
        rows = list(Report.objects.filter(serial__in=part))
        usccs = sorted({row.uscc for row in rows})
        changed = records.last_changed(usccs)
        for code, leaf in register.last_changed(usccs).items():
            changed[code] = max(leaf, changed.get(code, -1))
        days, marks = records.last_days(usccs), records.mark_spells(usccs)
        for row in rows:
            ends_on = next((day for day in days.get(row.uscc, ()) if day >= row.issued_on), None)
            if row.withdrawn_by is not None:
                state = WITHDRAWN
            elif changed.get(row.uscc, -1) >= row.seen_position:
                state = SUPERSEDED
            else:
                state = _marked(row, marks.get(row.uscc, ()), shown)
            found[row.serial] = (state, ends_on)
    return found


def _marked(
    report: Report, spells: Sequence[records.MarkSpell], shown_by: Callable[..., frozenset[int]]
) -> int:
    """What marks on the entries it shows make of a report whose entries did not change."""
    if not spells:
        return CURRENT
    seen = shown_by(report.uscc, report.audience, report.issued_on, report.valid_on, report.known_position)
    state = CURRENT
    for spell in spells:
        if spell.statement_id not in seen:
            continue
        later = spell.first_leaf >= report.seen_position
        if spell.until is None:
            if _ended(spell, spells):
                continue
            if spell.kind == records.DISPUTED:
                state = max(state, DISPUTED)
            elif later:
                state = SUPERSEDED
        elif later and _known_before(spell, spells, report.seen_position):
            # It says "disputed", and no longer is
            state = SUPERSEDED
    return state


def _same(one: records.MarkSpell, other: records.MarkSpell) -> bool:
    return (one.statement_id, one.kind, one.field, one.case, one.since) == (
        other.statement_id, other.kind, other.field, other.case, other.since,
    )  # fmt: skip


def _ended(spell: records.MarkSpell, spells: Sequence[records.MarkSpell]) -> bool:
    return any(
        one.until is not None and one.first_leaf > spell.first_leaf and _same(one, spell) for one in spells
    )


def _known_before(spell: records.MarkSpell, spells: Sequence[records.MarkSpell], position: int) -> bool:
    return any(one.until is None and one.first_leaf < position and _same(one, spell) for one in spells)


def _shown(uscc: str, audience: str, on: date, valid_on: date, known_at: int) -> frozenset[int]:
    """The entries a report shows: asked of the gate again, as known when it was issued."""
    entries = content.entries_of(uscc=uscc, audience=audience, on=on, valid_on=valid_on, known_at=known_at)
    return frozenset(entry.id for entry in entries[: content.MAX_ENTRIES])


def _write(found: dict[int, Standing]) -> None:
    for part in _parts(sorted(found)):
        State.objects.filter(serial__in=part).delete()
        evidence.insert_rows(
            State._meta.db_table, ["serial", "state", "ends_on"],
            [(serial, found[serial][0], _text(found[serial][1])) for serial in part],
        )  # fmt: skip


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _all_serials() -> Iterator[list[int]]:
    after = 0
    while rows := list(
        Report.objects.filter(serial__gt=after).order_by("serial").values_list("serial", flat=True)[:5_000]
    ):
        yield rows
        after = rows[-1]


def _parts(values: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield list(values[start : start + _CHUNK])
