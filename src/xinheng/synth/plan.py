"""Which file holds which records: worked out before anything is written, with arithmetic only.

A *stream* is one department and item; it sends files from time to time over three years. A file holds new records
(a range of numbers), repeats within the file, and what comes back from the stream's two earlier files: repeats,
corrections, and first versions sent again after their correction. Total rows are exactly what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from .faults import FaultCycle
from .organisations import day_number
from .place import Department
from .schema import ITEMS
from .story import StoryFile

__all__ = [
    "CORRECTION", "FIRST", "REPEAT", "REPEAT_LATER", "ROLES", "SUPERSEDED", "Batch", "Habits", "Plan", "Range",
    "plan_city", "plan_single",
]  # fmt: skip

FIRST, REPEAT, REPEAT_LATER, CORRECTION, SUPERSEDED = range(5)
ROLES = ("first", "repeated_in_file", "repeated_in_later_file", "correction", "superseded_version_again")

HISTORY = 1095
_PENALTY_SHARE = 0.55
_MOST_FILES, _MOST_ROWS = 36, 20_000
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
    numbers_from: int  # document number of ``start``, before the year's offset
    offset: int  # numbers given before the year of ``sent``
    offset_before: int  # numbers given before the year before


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

    @property
    def rows(self) -> int:
        """Data rows of all files."""
        return sum(b.rows for b in self.batches)


@dataclass(slots=True)
class _Stream:
    number: int
    department: Department
    item: str
    rows: int
    given: int = 0  # document numbers so far
    earlier: list[Range] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)


def _shares(total: int, weights: list[float]) -> list[int]:
    """``total`` split in proportion to ``weights``, exactly (largest remainders)."""
    whole = sum(weights) or 1.0
    exact = [total * w / whole for w in weights]
    parts = [int(x) for x in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in by_rest[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _streams(departments: list[Department], records: int) -> list[_Stream]:
    penalties = int(records * _PENALTY_SHARE)
    streams: list[_Stream] = []
    for item, total in (("admin-penalty", penalties), ("admin-licence", records - penalties)):
        able = [d for d in departments if d.weight(item) > 0]
        parts = _shares(total, [d.weight(item) for d in able])
        # A department with next to nothing to report leaves its few rows to the largest.
        spare = sum(p for p in parts if p < 5)
        parts = [p if p >= 5 else 0 for p in parts]
        parts[parts.index(max(parts))] += spare
        streams += [_Stream(0, d, item, p) for d, p in zip(able, parts, strict=True) if p]
    for number, stream in enumerate(streams):
        stream.number = number
    return streams


def _sent_days(rng: Random, files: int, today: date) -> list[date]:
    """Working days on which a stream sends: from early in the history to this week, about evenly."""
    start = rng.uniform(0.02, 0.6) * HISTORY / max(2, files)
    gap = (HISTORY - start) / max(1, files - 1)
    days: list[date] = []
    for i in range(files):
        play = rng.randrange(0, max(1, min(15, int(gap / 3)))) if 0 < i < files - 1 else rng.randrange(0, 5)
        ago = HISTORY - start - i * gap if files > 1 else rng.uniform(0, HISTORY)
        day = today - timedelta(days=int(ago) + play)
        if day.weekday() >= 5:
            day -= timedelta(days=day.weekday() - 4)
        days.append(max(day, days[-1] + timedelta(days=1)) if days else day)
    return days


def plan_city(
    *, departments: list[Department], records: int, today: date, seed: int, cycles: dict[str, FaultCycle], clean: bool,
    stories: Sequence[StoryFile] = (),
) -> Plan:  # fmt: skip
    """The files of a city: from every department with an item, over three years, ``records`` rows in all.

    The story's rows count among them.
    """
    records -= sum(len(s.rows) for s in stories)
    per_file = min(max(records // 150, 60), _MOST_ROWS)
    wanted: list[tuple[date, _Stream | StoryFile, int]] = [(s.sent, s, len(s.rows)) for s in stories]
    for each in _streams(departments, records):
        rng = Random(f"{seed}/stream/{each.department.code}/{each.item}")
        files = 1 if each.rows < 30 else max(3, min(_MOST_FILES, round(each.rows / per_file)))
        files = max(files, -(-each.rows // _MOST_ROWS))
        sizes = _shares(each.rows, [rng.uniform(0.8, 1.25) for _ in range(files)])
        wanted += zip(_sent_days(rng, files, today), [each] * files, sizes, strict=True)
    wanted.sort(key=lambda w: w[0])
    next_number = dict.fromkeys(ITEMS, 0)
    looks = _Looks(seed)
    batches: list[Batch] = []
    by_kind = {d.kind.slug: d for d in reversed(departments)}
    for order, (sent, sender, rows) in enumerate(wanted, 1):
        if isinstance(sender, StoryFile):
            teller = by_kind[sender.kind]
            batches.append(
                Batch(
                    order,
                    teller,
                    sender.item,
                    day_number(sent),
                    rows,
                    (),
                    Habits(header=sender.header),
                    story=sender,
                )
            )
            continue
        stream = sender
        ranges = _ranges(stream, sent, rows, next_number, cycles[stream.item])
        habits = Habits() if clean else looks.next(rows)
        batches.append(Batch(
            order, stream.department, stream.item, day_number(sent), rows, ranges, habits,
            old_ids=not clean and stream.number % 3 == 0, narrow=not clean and stream.number % 4 == 1,
        ))  # fmt: skip
    return Plan(tuple(batches))


def plan_single(*, source: Department, records: int, today: date, cycle: FaultCycle) -> Plan:
    """One file of penalties from one source (a data bureau that gathered them from all departments)."""
    stream = _Stream(0, source, "admin-penalty", records)
    ranges = _ranges(stream, today, records, dict.fromkeys(ITEMS, 0), cycle)
    batch = Batch(1, source, "admin-penalty", day_number(today), records, ranges, Habits())
    return Plan((batch,), single=True)


def _ranges(
    stream: _Stream, sent: date, rows: int, next_number: dict[str, int], cycle: FaultCycle
) -> tuple[Range, ...]:
    """What a file holds, and the stream's memory moved on by one file."""
    back = [_again(r, role) for r, role in _due(stream.earlier)]
    coming = sum(cycle.count(_COMING_BACK[r.role], r.start, r.stop) for r in back)
    start = next_number[stream.item]
    new, repeats = _fit(max(1, rows - coming), start, cycle)
    stream.offsets.setdefault(sent.year, stream.given)
    offset = stream.offsets[sent.year]
    before = stream.offsets.get(sent.year - 1, offset)
    first = Range(FIRST, start, start + new, day_number(sent), stream.given + 1, offset, before)
    stream.given += new
    next_number[stream.item] = start + new
    stream.earlier = [*stream.earlier[-1:], first]
    return (first, _again(first, REPEAT, start + repeats), *back)


def _due(earlier: list[Range]) -> Iterable[tuple[Range, int]]:
    if earlier:
        yield earlier[-1], REPEAT_LATER
        yield earlier[-1], CORRECTION
    if len(earlier) > 1:
        yield earlier[-2], SUPERSEDED


def _again(first: Range, role: int, stop: int | None = None) -> Range:
    stop = first.stop if stop is None else stop
    return Range(role, first.start, stop, first.sent, first.numbers_from, first.offset, first.offset_before)


def _fit(rows: int, start: int, cycle: FaultCycle) -> tuple[int, int]:
    """How many new records, with those repeated at once, make ``rows`` rows; and up to which one repeats count."""
    tags = ("sent_twice_here",)
    new = max(1, int(rows / 1.1))
    while new + cycle.count(tags, start, start + new) > rows and new > 1:
        new -= max(1, rows // 1000)
    while new + 1 + cycle.count(tags, start, start + new + 1) <= rows:
        step = max(1, (rows - new - cycle.count(tags, start, start + new)) // 2)
        if new + step + cycle.count(tags, start, start + new + step) > rows:
            step = 1
        new += step
    full = new + cycle.count(tags, start, start + new) == rows
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
