"""Statutory time by the provisions of a pack: strict, as sets, and as it is shown past the last announced year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xinheng.kernel import periods, supposing
from xinheng.kernel.periods import CalendarEnds, CalendarGap, Due, Pause, Period
from xinheng.law.errors import NoBasis, NotAdopted, UnknownProvision
from xinheng.law.types import Pack


def due(*, pack: Pack, provision: str, start: date, pauses: Iterable[Pause] = ()) -> Due:
    """When a statutory period that began on `start` ends, with its working.

    The version in force on `start` governs. Raises `UnknownProvision`, `NoBasis` (none in force that day),
    `NotAdopted`, `CalendarEnds` past the last holiday year, `StillPaused`.
    """
    return periods.due(_period(pack, provision, start), start, pack.calendar, pauses)


def due_table(*, pack: Pack, provision: str, starts: Iterable[date]) -> dict[date, date | None]:
    """Due days of many starts; None where there is no basis that day, or the calendar does not reach.

    Raises `UnknownProvision`, `NotAdopted`.
    """
    table: dict[date, date | None] = {}
    for start in set(starts):
        try:
            table[start] = periods.due_date(_period(pack, provision, start), start, pack.calendar)
        except (NoBasis, CalendarEnds, CalendarGap):
            table[start] = None
    return table


def due_shown(*, pack: Pack, provision: str, start: date, pauses: Iterable[Pause] = ()) -> Due:
    """When a period ends, to be shown: past the last holiday year too, where every day of an unannounced year says so
    and the answer is `provisional`, with the years in `unannounced`. Equal to `due` wherever that answers.

    Raises as `due` does, but never `CalendarEnds`.
    """
    return supposing.due_shown(_period(pack, provision, start), start, pack.calendar, pauses)


def due_shown_table(*, pack: Pack, provision: str, starts: Iterable[date]) -> dict[date, tuple[date, bool]]:
    """(due day, provisional) of many starts, as `due_shown` gives them; starts without a basis, or before the
    calendar, are left out. Raises `UnknownProvision`, `NotAdopted`."""
    by_period: dict[Period, list[date]] = {}
    for start in set(starts):
        try:
            by_period.setdefault(_period(pack, provision, start), []).append(start)
        except NoBasis:
            continue
    table: dict[date, tuple[date, bool]] = {}
    for period, days in by_period.items():
        table |= supposing.due_shown_table(period, days, pack.calendar)
    return table


def due_extended(
    *, pack: Pack, provision: str, extension: str, start: date, pauses: Iterable[Pause] = ()
) -> Due:
    """`due_shown` of a period lengthened once by another: the extension begins when the period ends. The versions in
    force on `start` govern. Raises as `due_shown`, for either."""
    base, further = _period(pack, provision, start), _period(pack, extension, start)
    return supposing.due_extended(base, further, start, pack.calendar, pauses)


def calendar_until(pack: Pack) -> date:
    """The last day whose holidays are announced and loaded: later days are supposed."""
    return pack.calendar.last_day


def unannounced_year(*, pack: Pack, on: date) -> int | None:
    """From November on, the next year where its holiday notice is not loaded: notices come out early that month."""
    year = on.year + 1
    return year if on.month >= 11 and pack.calendar.last_day.year < year else None


def working_days_between(*, pack: Pack, start: date, day: date) -> int:
    """How many working days lie in (start, day], supposed ones too; negative where `day` is earlier. For days left."""
    return supposing.working_days_between(start, day, pack.calendar)


def _period(pack: Pack, code: str, start: date) -> Period:
    if code not in pack.provisions:
        known = "、".join(sorted(pack.provisions))
        raise UnknownProvision(f"没有「{code}」这个期限。可用的有：{known}。")
    found = pack.provision(code, start)
    if found is None:
        raise NoBasis(
            f"{start.isoformat()} 没有「{pack.provisions[code][0].name}」的规定可以适用，不能计算期限。"
        )
    if not pack.effective(found.source):
        raise NotAdopted(
            f"「{found.name}」待核实，本办公室尚未采用，不能据以计算期限。核实后运行 xinheng law adopt {code}。"
        )
    return found.period
