"""Answers as typed values. `raw` is always the whole answer as it came, for what is not named here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Limit:
    """What was left of the allowance after the last answer: `left` requests, one more in `seconds`."""

    name: str
    left: int
    seconds: int


@dataclass(frozen=True)
class Entry:
    """An entry that counts for the matter."""

    statement: int
    side: str
    item: str
    title: str
    authority: str
    document: str
    decided_on: date | None
    until: date | None
    marks: tuple[str, ...]

    @property
    def disputed(self) -> bool:
        """Under objection: no measure may rest on it."""
        return "disputed" in self.marks


@dataclass(frozen=True)
class Hint:
    """What the law lets (可以, "may") or bids (应当, "must") a department do. A hint: the department decides."""

    ordinal: int
    measure: str
    name: str
    strength: str
    citation: str
    until: date | None
    pending: bool
    entries: tuple[int, ...]

    @property
    def must(self) -> bool:
        """Of kind 应当: the unit reports what it did about it."""
        return self.strength == "must"


@dataclass(frozen=True)
class Sentence:
    """A remark, or what a law forbids to do with credit results in this matter."""

    code: str
    text: str
    text_en: str
    citation: str


@dataclass(frozen=True)
class Check:
    """The answer to one check. Do not rely on it after `valid_until`: ask again.

    `unchecked` is "" or why there was nothing to check (not-registered, code-invalid, code-unreadable,
    personal-number); then nothing follows from it and `valid_until` is None.
    """

    number: str
    uscc: str
    name: str
    found: bool
    status: str
    matter: str
    scope: str
    unchecked: str
    valid_until: date | None
    entries: tuple[Entry, ...]
    hints: tuple[Hint, ...]
    incentives: tuple[Hint, ...]
    forbids: tuple[Sentence, ...]
    notes: tuple[Sentence, ...]
    digest: str
    signature: str
    repeated: bool
    raw: dict[str, Any] = field(repr=False)

    def holds(self, on: date) -> bool:
        """Whether the answer may still be relied on, on a day."""
        return self.valid_until is not None and on <= self.valid_until

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Check:
        """From the JSON of the API."""
        return cls(
            raw["number"], raw["uscc"], raw["name"], raw["found"], raw["status"], raw["matter"], raw["scope"],
            raw.get("unchecked", ""), day(raw["valid_until"]), tuple(map(_entry, raw["entries"])), tuple(map(_hint, raw["hints"])),
            tuple(map(_hint, raw["incentives"])), tuple(map(_sentence, raw["forbids"])),
            tuple(map(_sentence, raw["notes"])), raw["digest"], raw["signature"], bool(raw.get("repeated")), raw,
        )  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """The answers to a batch, in the order asked, under one signature."""

    number: str
    answers: tuple[Check, ...]
    digest: str
    signature: str
    repeated: bool
    raw: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class May:
    """Whether one's unit may take a measure: a hint. `refusal` is "" or the code of why not."""

    allowed: bool
    strength: str
    refusal: str
    text: str
    citations: tuple[str, ...]
    until: date | None
    raw: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Feedback:
    """Feedback on a hint as the platform keeps it; a correction has the next `version`."""

    number: str
    hint: int
    version: int
    applied: bool
    reason: str
    document: str


def _entry(raw: dict[str, Any]) -> Entry:
    return Entry(
        raw["statement"], raw.get("side", ""), raw.get("item", ""), raw.get("title", ""),
        raw.get("authority_name", ""), raw.get("document", ""), day(raw.get("decided_on")), day(raw.get("until")),
        tuple(raw.get("marks", ())),
    )  # fmt: skip


def _hint(raw: dict[str, Any]) -> Hint:
    return Hint(
        raw["ordinal"], raw["measure"], raw["name"], raw["strength"], raw["citation"], day(raw["until"]),
        raw["pending"], tuple(raw["entries"]),
    )  # fmt: skip


def _sentence(raw: dict[str, Any]) -> Sentence:
    return Sentence(raw["code"], raw["says"], raw["says_en"], raw.get("citation", ""))


def day(text: str | None) -> date | None:
    """A day of the API; None where it is open."""
    return date.fromisoformat(text) if text else None
