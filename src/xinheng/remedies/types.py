"""What the room answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xinheng.law import service as law

PROVEN, TO_DO, BY_AUTHORITY = "proven", "to-do", "by-authority"


@dataclass(frozen=True)
class Item:
    """One line of a checklist: `state` is proven, to-do or by-authority; `how` says by what, or what to do."""

    code: str
    text: str
    state: str
    how: str
    text_en: str = ""
    how_en: str = ""


@dataclass(frozen=True)
class Checklist:
    """What stands between an organisation and the end of an entry.

    `earliest` is the first day of asking (None: no minimum period was found, or not repairable; `possible` says which), with the
    sentences it follows from. `letter` is the content of the commitment letter. `case` is an open repair case.
    `decided_by` is the last day the law leaves for acceptance and decision if it is asked for on that first day (today
    where it may be asked for now); None where no such period is in force here.
    """

    statement: int
    possible: bool
    why_not: str
    earliest: date | None
    now: bool
    days_left: int
    governs: str
    provision: str
    working: tuple[str, ...]
    working_en: tuple[str, ...]
    path: law.RepairPath | None
    items: tuple[Item, ...]
    letter: dict[str, Any]
    case: str = ""
    ends_on: date | None = None
    decided_by: date | None = None


@dataclass(frozen=True)
class OwnCopy:
    """The platform's copy against what the source sent: the fields in which they differ (field, name, sent, shown),
    and whether the row named its organisation without a code, so that the platform linked it. `corrected`: an objection
    was upheld before, so that a difference is the correction's and no fault of the copy."""

    same: bool
    differs: tuple[tuple[str, str, str, str], ...]
    linked: bool
    batch: str
    row: int
    received_on: date
    sender: str
    kept: bool = True
    corrected: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For the case's record: fields and places, never a value (values may be restricted)."""
        return {
            "same": self.same, "fields": [one[0] for one in self.differs], "linked": self.linked,
            "batch": self.batch, "row": self.row, "received_on": self.received_on.isoformat(), "kept": self.kept,
        }  # fmt: skip


@dataclass(frozen=True)
class Pushed:
    """What a file of pushed cases did. `refused`: (outside number, code, why), told to the sender with the results."""

    rows: int
    opened: tuple[str, ...]
    repeated: int
    refused: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Notice:
    """A repair notice (修复告知书): served with the decision, matched later to the entry that was taken in."""

    number: str
    authority: str
    uscc: str
    document: str
    decided_on: date
    made_on: date
    served_on: date | None = None
    manner: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    statement: int | None = None


@dataclass(frozen=True)
class Unserved:
    """A penalty that was taken in without the day its repair notice was served. `notice`: one was made, "" if none."""

    statement: int
    authority: str
    authority_name: str
    uscc: str
    subject: str
    document: str
    decided_on: date | None
    received_on: date
    notice: str


@dataclass(frozen=True)
class NextStep:
    """What is open to who does not agree: until when, by which provision. `last_day` is None where it is unknown.

    `counts_from` is result, decision or none; `exact` that the day it counts from is on record (the result was served);
    `over` that the last day has passed. `when` says all of it in a sentence, "" where there is no last day.
    """

    text: str
    text_en: str
    provision: str
    last_day: date | None
    provisional: bool
    from_day: date
    adopted: bool = True
    counts_from: law.CountsFrom = "result"
    exact: bool = False
    over: bool = False
    when: str = ""
    when_en: str = ""


@dataclass(frozen=True)
class Silent:
    """A case whose answer did not come in time."""

    case: str
    kind: str
    statement: int | None
    uscc: str
    body: str
    due_on: date
