"""Which file holds which records: worked out before anything is written, with arithmetic only.

A *stream* is one department and item; it sends files from time to time over three years. A file holds new records
(a range of numbers), repeats within the file, and what comes back from the stream's two earlier files: repeats,
corrections, and first versions sent again after their correction. Total rows are exactly what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from .faults import FaultCycle
from .habits import split
from .organisations import day_number
from .place import Department
from .schema import ITEMS
from .story import StoryFile
from .streams import Again, Stream, decision_streams, item_streams, sendings

__all__ = [
    "CORRECTION", "FIRST", "REPEAT", "REPEAT_LATER", "ROLES", "SUPERSEDED", "Batch", "Habits", "Plan", "Range",
    "Shared", "fit",    "plan_city", "plan_single",
]  # fmt: skip

FIRST, REPEAT, REPEAT_LATER, CORRECTION, SUPERSEDED = range(5)
ROLES = ("first", "repeated_in_file", "repeated_in_later_file", "correction", "superseded_version_again")

_XLSX_ROWS, _XLSX_BUDGET = 5_000, 20_000
_COMING_BACK = {
    REPEAT_LATER: ("sent_twice_later",),
    CORRECTION: ("corrected_later", "corrected_then_resent"),
    SUPERSEDED: ("corrected_then_resent",),
}


@dataclass(frozen=True, slots=True)
class Range:
    """Records ``start`` … ``stop − 1`` of an item in one role. The rest says how they looked when first sent."""

    role: int
    start: int
    stop: int
    sent: int  # day number of the first sending
    numbers_from: int  # place of ``start`` in the numbers of its year
    skip: int = 0  # after so many numbers one is left out


@dataclass(frozen=True, slots=True)
class Habits:
    """How a file looks. ``date_style`` is an index into the styles of :mod:`.dates`; 6 means date cells (XLSX)."""

    container: str = "csv"
    encoding: str = "utf-8"
    title: bool = False
    header: str = "code"
    shuffled: bool = False
    date_style: int = 0
    newline: str = "\n"
    blank_rows_behind: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One file. ``old_ids`` and ``narrow`` belong to the stream: the columns a department's system has."""

    order: int
    department: Department
    item: str
    sent: int
    rows: int
    ranges: tuple[Range, ...]
    habits: Habits
    old_ids: bool = False
    narrow: bool = False
    story: StoryFile | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All files in the order they are taken in."""

    batches: tuple[Batch, ...]
    single: bool = False
    streams: tuple[Stream, ...] = ()

    @property
    def rows(self) -> int:
        """Data rows of all files."""
        return sum(b.rows for b in self.batches)


@dataclass(frozen=True, slots=True)
class Shared:
    """An item beside the two: the sectors that own it, and how many records its subjects allow."""

    item: str
    owners: tuple[str, ...]
    most: int


def plan_city(
    *, departments: list[Department], records: int, today: date, seed: int, cycles: dict[str, FaultCycle], clean: bool,
    stories: Sequence[StoryFile] = (), items: Sequence[Shared] = (),
) -> Plan:  # fmt: skip
    """The files of a city: from every department with an item, over three years, ``records`` rows in all.

    The story's rows count among them. ``items`` are those beside the two of the double publicity, which take the rest.
    """
    wanted: list[tuple[date, Stream | StoryFile, int]] = [(s.sent, s, len(s.rows)) for s in stories]
    records -= sum(len(s.rows) for s in stories)
    counts = split(records, {i.item: i.most for i in items})
    streams = decision_streams(departments, records - sum(counts.values()), seed, clean)
    for shared in items:
        if rows := counts.get(shared.item):
            streams += item_streams(departments, shared.item, shared.owners, rows, seed, clean)
    for number, stream in enumerate(streams):
        stream.number = number
        wanted += [(day, stream, rows) for day, rows in sendings(stream, records, today, seed) if rows]
    wanted.sort(key=lambda w: w[0])
    next_number = dict.fromkeys((*ITEMS, *counts), 0)
    looks = _Looks(seed)
    batches: list[Batch] = []
    by_kind = {d.kind.slug: d for d in reversed(departments)}
    for order, (sent, sender, rows) in enumerate(wanted, 1):
        if isinstance(sender, StoryFile):
            batches.append(Batch(order, by_kind[sender.kind], sender.item, day_number(sent), rows, (),
                                 Habits(header=sender.header), story=sender))  # fmt: skip
            continue
        ranges = _ranges(sender, sent, rows, next_number, cycles[sender.item])
        habits = Habits() if clean else looks.next(rows)
        both = not clean and sender.item in ITEMS
        batches.append(Batch(
            order, sender.department, sender.item, day_number(sent), rows, ranges, habits,
            old_ids=both and sender.number % 3 == 0, narrow=both and sender.number % 4 == 1,
        ))  # fmt: skip
    return Plan(tuple(batches), streams=tuple(streams))


def plan_single(*, source: Department, records: int, today: date, cycle: FaultCycle) -> Plan:
    """One file of penalties from one source (a data bureau that gathered them from all departments)."""
    stream = Stream(source, "admin-penalty", records)
    ranges = _ranges(stream, today, records, dict.fromkeys(ITEMS, 0), cycle)
    batch = Batch(1, source, "admin-penalty", day_number(today), records, ranges, Habits())
    return Plan((batch,), single=True)


def _ranges(
    stream: Stream, sent: date, rows: int, next_number: dict[str, int], cycle: FaultCycle
) -> tuple[Range, ...]:
    """What a file holds, and the stream's memory moved on by one file."""

    def count(tags: tuple[str, ...], start: int, stop: int) -> int:
        return cycle.count(tags, start, stop, sloppy=stream.sloppy)

    back: list[Range] = []
    coming = 0
    for first, role in _due(stream.earlier):
        stop = first.stop
        # At least one row of a file is new
        while stop > first.start and coming + count(_COMING_BACK[role], first.start, stop) >= rows:
            stop -= 1
        back.append(_again(first, role, stop, stream.skip))
        coming += count(_COMING_BACK[role], first.start, stop)
    start = next_number[stream.item]
    new, repeats = fit(rows - coming, start, count)
    given = stream.given.get(sent.year, 0)
    now = Again(start, start + new, day_number(sent), given + 1)
    stream.given[sent.year] = given + new
    next_number[stream.item] = start + new
    stream.earlier = [*stream.earlier[-1:], now]
    return (
        _again(now, FIRST, now.stop, stream.skip),
        _again(now, REPEAT, start + repeats, stream.skip),
        *back,
    )


def _due(earlier: list[Again]) -> Iterable[tuple[Again, int]]:
    if earlier:
        yield earlier[-1], REPEAT_LATER
        yield earlier[-1], CORRECTION
    if len(earlier) > 1:
        yield earlier[-2], SUPERSEDED


def _again(first: Again, role: int, stop: int, skip: int) -> Range:
    return Range(role, first.start, stop, first.sent, first.numbers_from, skip)


def fit(rows: int, start: int, count: Callable[[tuple[str, ...], int, int], int]) -> tuple[int, int]:
    """How many new records, with those repeated at once, make ``rows`` rows; and up to which one repeats count."""
    tags = ("sent_twice_here",)
    new = max(1, int(rows / 1.1))
    while new + count(tags, start, start + new) > rows and new > 1:
        new -= max(1, rows // 1000)
    while new + 1 + count(tags, start, start + new + 1) <= rows:
        step = max(1, (rows - new - count(tags, start, start + new)) // 2)
        if new + step + count(tags, start, start + new + step) > rows:
            step = 1
        new += step
    full = new + count(tags, start, start + new) == rows
    # One short: the next record would bring its repeat along; take it without.
    return (new, new) if full else (new + 1, new)


_DECKS: dict[str, tuple[object, ...]] = {
    "container": ("xlsx",) * 5 + ("csv",) * 7,
    "encoding": ("utf-8-bom",) * 4 + ("gb18030",) * 5 + ("utf-8",) * 3,
    "title": (True,) * 3 + (False,) * 9,
    "header": ("name",) * 6 + ("code",) * 6,
    "shuffled": (True,) * 4 + (False,) * 8,
    "csv_date": (0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5),
    "xlsx_date": (6, 6, 6, 6, 6, 6, 0, 0, 0, 1, 3, 4),
    "newline": ("\r\n",) * 7 + ("\n",) * 5,
    "blank": (3,) + (0,) * 11,
}
"""How files look, in twelfths: dealt like cards, so that a dozen files of a kind already show everything."""


class _Looks:
    """Deals the looks of files; workbooks only while they are small and few (they are slow to write)."""

    def __init__(self, seed: int) -> None:
        self._decks = {name: list(cards) for name, cards in _DECKS.items()}
        for name, cards in self._decks.items():
            Random(f"{seed}/looks/{name}").shuffle(cards)
        self._dealt = dict.fromkeys(_DECKS, 0)
        self._xlsx_left = _XLSX_BUDGET

    def _deal(self, name: str) -> Any:
        card = self._decks[name][self._dealt[name] % 12]
        self._dealt[name] += 1
        return card

    def next(self, rows: int) -> Habits:
        """The looks of the next file, of so many rows."""
        xlsx = self._deal("container") == "xlsx" and rows <= min(_XLSX_ROWS, self._xlsx_left)
        self._xlsx_left -= rows if xlsx else 0
        common = {name: self._deal(name) for name in ("title", "header", "shuffled")}
        if xlsx:
            return Habits("xlsx", "", date_style=self._deal("xlsx_date"), **common)
        return Habits(
            "csv", self._deal("encoding"), date_style=self._deal("csv_date"), newline=self._deal("newline"),
            blank_rows_behind=self._deal("blank"), **common,
        )  # fmt: skip
