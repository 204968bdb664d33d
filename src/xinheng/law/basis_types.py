"""What every value of a pack rests on: when it is in force, what it cites, how sure we are. Typed and immutable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Confidence = Literal["verified", "likely", "unverified"]


@dataclass(frozen=True, slots=True)
class InForce:
    """The days a value is in force, both included; `last` is None while it is in force."""

    first: date
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first.isoformat()} 至 {self.last.isoformat() if self.last else '今'}"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, regulation, rule or document that is cited."""

    id: str
    title: str
    number: str
    rank: str
    in_force: InForce
    confidence: Confidence
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """An instrument and the place in it."""

    instrument: Instrument
    article: str

    def __str__(self) -> str:
        number = f"（{self.instrument.number}）" if self.instrument.number else ""
        return f"《{self.instrument.title}》{number}{self.article}"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from. `id` is what an office adopts; a `protective` choice only shortens or
    withholds, so it is followed before adoption."""

    id: str
    where: str
    in_force: InForce
    confidence: Confidence
    citation: Citation | None = None
    our_choice: bool = False
    because: str = ""
    protective: bool = False
    note: str = ""

    @property
    def cited(self) -> str:
        """The citation as a reader sees it; for a choice of ours it says so."""
        if self.our_choice:
            basis = f"，参照{self.citation}" if self.citation else ""
            because = self.because.rstrip("。")
            return f"本系统的设计选择，不是法律规定（{because}{basis}）"
        return str(self.citation) if self.citation else ""


LINKING = ("by-name", "never")


@dataclass(frozen=True, slots=True)
class Linking:
    """Whether a row without a valid code may find its organisation by name: `by-name`, or `never`."""

    how: Literal["by-name", "never"] = "by-name"
    source: Source | None = None


BY_NAME = Linking()
