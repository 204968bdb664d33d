"""Life lines: decision → published → earliest repair → ends, drawn on one scale with today on it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Four events in the order a life runs; the words are looked up by the templates
DECIDED, SHOWN, REPAIR, ENDS = "decided", "shown", "repair", "ends"


@dataclass(frozen=True)
class Dates:
    """What is known of one entry's life; any but the decision may be unknown."""

    ref: str
    label: str
    number: str
    decided: date
    shown: date | None = None
    repair: date | None = None
    ends: date | None = None
    listed: bool = False


@dataclass(frozen=True)
class Point:
    """One event: where it stands, in per cent of the width, and whether it is still to come on the day shown."""

    kind: str
    on: date
    at: str
    coming: bool


@dataclass(frozen=True)
class Line:
    """One entry's line. `past` runs from the start to `now`, `ahead` from there to the end; all in per cent.

    `listed` says that the words are those of a list: put on, taken off."""

    ref: str
    label: str
    number: str
    points: tuple[Point, ...]
    start: str
    now: str
    end: str
    open_ended: bool
    listed: bool


@dataclass(frozen=True)
class Tick:
    at: str
    label: str
    anchor: str


@dataclass(frozen=True)
class Stack:
    """Lines on one scale, the oldest decision first, with today and the years."""

    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    today: str
    today_anchor: str


def stack(entries: Sequence[Dates], *, on: date) -> Stack | None:
    """Puts the lives on one scale that holds every date and the day itself. None when there is nothing to draw."""
    if not entries:
        return None
    known = [d for e in entries for d in (e.decided, e.shown, e.repair, e.ends) if d is not None]
    first, last = min([*known, on]), max([*known, on])
    room = timedelta(days=max(10, (last - first).days // 40))
    first, last = first - room, last + room
    scale = _Scale(first, last)
    lines = tuple(_line(e, scale, on) for e in sorted(entries, key=lambda e: (e.decided, e.ref)))
    return Stack(lines, _ticks(scale), scale.place(on), scale.anchor(on))


def single(entry: Dates, *, on: date) -> Stack:
    """One life by itself, for a card."""
    drawn = stack([entry], on=on)
    assert drawn is not None
    return drawn


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def share(self, day: date) -> float:
        return (day - self.first).days / max(1, (self.last - self.first).days)

    def place(self, day: date) -> str:
        # A dot as decimal mark whatever the language of the page: this goes into SVG attributes
        return f"{min(100.0, max(0.0, 100 * self.share(day))):.2f}%"

    def anchor(self, day: date) -> str:
        share = self.share(day)
        return "start" if share < 0.08 else "end" if share > 0.92 else "middle"


def _line(entry: Dates, scale: _Scale, on: date) -> Line:
    events = ((DECIDED, entry.decided), (SHOWN, entry.shown), (REPAIR, entry.repair), (ENDS, entry.ends))
    points = tuple(Point(kind, day, scale.place(day), day > on) for kind, day in events if day is not None)
    end = entry.ends or max(on, max(p.on for p in points))
    now = min(max(on, entry.decided), end)
    return Line(
        entry.ref,
        entry.label,
        entry.number,
        points,
        scale.place(entry.decided),
        scale.place(now),
        scale.place(end),
        open_ended=entry.ends is None,
        listed=entry.listed,
    )


def _ticks(scale: _Scale) -> tuple[Tick, ...]:
    """One mark a year, thinned so that the labels of a narrow screen never touch; months when it is all one year."""
    years = [
        y for y in range(scale.first.year, scale.last.year + 2) if scale.first <= date(y, 1, 1) <= scale.last
    ]
    if years:
        step = max(1, -(-len(years) // 6))
        return tuple(_tick(scale, date(y, 1, 1), str(y)) for y in years[::step])
    months = [date(scale.first.year, m, 1) for m in range(1, 13)]
    inside = [m for m in months if scale.first <= m <= scale.last]
    step = max(1, -(-len(inside) // 6))
    return tuple(_tick(scale, m, f"{m.year}-{m.month:02d}") for m in inside[::step])


def _tick(scale: _Scale, day: date, label: str) -> Tick:
    return Tick(scale.place(day), label, scale.anchor(day))
