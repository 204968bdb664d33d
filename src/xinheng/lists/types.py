"""What the room of lists gives: entries, the ratio, watches. Immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

Exit = Literal["", "removal", "correction", "revocation", "expiry"]
EXITS: tuple[Exit, ...] = ("removal", "correction", "revocation", "expiry")
EXIT_NAMES: Mapping[str, tuple[str, str]] = {
    "removal": ("移出", "Removed"), "correction": ("更正", "Corrected"),
    "revocation": ("撤销", "Revoked"), "expiry": ("期满", "Stay ended"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry on a list as the public may see it; of one that left, only which it was and how it left.

    `until` is the day the stay ends at the latest (for kinds without a stay of their own the day the kind names),
    `warning_on` the first day of the warning before it, `early_on` the first day an early exit may be asked for where
    the pack says one. `own_case` is the number of the proceeding here, "" for an entry that was received.
    """

    statement: int
    uscc: str
    name: str
    item: str
    kind: str
    kind_name: str
    authority: str
    authority_name: str
    document: str
    listed_on: date
    until: date | None
    warning_on: date | None
    early_on: date | None
    state: Literal["listed", "left"]
    exit: Exit
    left_on: date | None
    exit_document: str
    marks: tuple[str, ...]
    own_case: str

    def as_dict(self) -> dict[str, object]:
        """Plain values, for `--json` and the API."""
        days = {
            name: getattr(self, name) for name in ("listed_on", "until", "warning_on", "early_on", "left_on")
        }
        plain = {
            name: getattr(self, name)
            for name in (
                "statement", "uscc", "name", "item", "kind", "kind_name", "authority", "authority_name", "document",
                "state", "exit", "exit_document", "own_case",
            )
        }  # fmt: skip
        return {
            **plain, **{name: day.isoformat() if day else None for name, day in days.items()},
            "marks": list(self.marks),
        }  # fmt: skip


@dataclass(frozen=True)
class Ratio:
    """Distinct listed enterprises ÷ existing enterprises, against the 1 % line, in whole numbers.

    `per_million` is rounded down; `over` compares exactly: listed × 100 > existing. `listed_existing` are those among
    the listed that still exist. `by_kind` has kind, name, enterprises, entries; `exits` has exit, n since `since`.
    """

    on: date
    listed: int
    listed_existing: int
    existing: int
    per_million: int
    over: bool
    since: date
    by_kind: pl.DataFrame
    exits: pl.DataFrame

    @property
    def percent(self) -> str:
        """The share in per cent with four places, cut off, never rounded up to a line it is under."""
        return f"{self.per_million // 10_000}.{self.per_million % 10_000:04d}"

    def as_dict(self) -> dict[str, object]:
        """Plain values, for `--json` and the API."""
        return {
            "on": self.on.isoformat(), "listed": self.listed, "listed_existing": self.listed_existing,
            "existing": self.existing, "per_million": self.per_million, "percent": self.percent, "line_percent": 1,
            "over": self.over, "by_kind": self.by_kind.to_dicts(), "since": self.since.isoformat(),
            "exits": self.exits.to_dicts(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watched:
    """An organisation one unit watches: internal, until a day, with nothing attached to it."""

    id: int
    body: str
    uscc: str
    name: str
    reason: str
    basis: str
    sector: str
    by: str
    since: date
    until: date
    ended_on: date | None = None
    ended_why: str = ""

    def stands(self, on: date) -> bool:
        """Whether it stands on a day: begun, not past its last day, not ended."""
        return self.since <= on <= self.until and (self.ended_on is None or self.ended_on > on)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a round recorded: warnings that began, warnings taken back, entries whose stay ended, cases closed by it."""

    warned: int
    taken_back: int
    expired: int
    closed: int
