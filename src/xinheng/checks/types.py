"""What a check is asked with and answered by. Plain values; everything in `Answer.payload()` is what is signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Scope = Literal["public", "shared"]
AskerKind = Literal["public", "desk", "api", "cli"]
Side = Literal["adverse", "positive"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: through which door, as whom, for which unit.

    `body` is the code of the unit, `sector` its sector ("" unknown), `matters` the matters it may ask for (() = all of
    its unit). A visitor of the public site is `PUBLIC`.
    """

    kind: AskerKind
    id: str = ""
    role: str = ""
    body: str = ""
    sector: str = ""
    scopes: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()


PUBLIC = Asker("public", role="public")


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """One entry that counts for the matter, as this asker may see it.

    `disputes` are (field code or "", since). `until` is the last day it is shown and counts; None where open.
    """

    statement: int
    item: str
    item_name: str
    list_kind: str
    title: str
    authority_name: str
    document: str
    law: str
    decided_on: date | None
    severity: str
    until: date | None
    earliest_repair: date | None
    marks: tuple[str, ...]
    disputes: tuple[tuple[str, date], ...]
    side: Side


@dataclass(frozen=True, slots=True)
class CheckHint:
    """What the law lets or bids a department do because of an entry: a hint, the department decides.

    `entries` are all statements it follows from, `entry` the newest of them. `strength` is "must" (应当), "may" (可以)
    or "". Fields beside are those of `law.Hint`.
    """

    ordinal: int
    measure: str
    name: str
    name_en: str
    side: str
    strength: str
    citation: str
    provision: str
    confidence: str
    pending: bool
    entry: int
    entries: tuple[int, ...]
    scope: str
    scope_en: str
    until: date | None
    says: str
    says_en: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence in both languages, with the provision it rests on ("" where it is our own remark)."""

    code: str
    says: str
    says_en: str
    citation: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check answers. `number` is "" for what was not recorded (visitors); `found` says whether the code is on
    the register, and `status`, `name`, `kind` are then the registered ones.

    `unchecked` is "" for an answer to rely on; "not-registered" and "code-invalid" where there was nothing to check, in a
    batch also "code-unreadable" and "personal-number" for a row that is no code. `valid_until` is None then.

    `data` is the payload as plain JSON values, exactly what `digest` and `signature` cover.
    """

    data: dict[str, Any]
    canonical: bytes
    digest: str
    signature: str

    def payload(self) -> dict[str, Any]:
        """Exactly what is signed, as JSON values."""
        return self.data

    def body(self) -> bytes:
        """The answer as sent by the API: the payload and beside it `digest` and `signature`; UTF-8 JSON."""
        return b'%s,"digest":"%s","signature":"%s"}' % (
            self.canonical[:-1], self.digest.encode(), self.signature.encode(),
        )  # fmt: skip

    number = property(lambda self: self.data["number"])
    uscc = property(lambda self: self.data["uscc"])
    name = property(lambda self: self.data["name"])
    found = property(lambda self: self.data["found"])
    status = property(lambda self: self.data["status"])
    kind = property(lambda self: self.data["kind"])
    matter = property(lambda self: self.data["matter"])
    matter_name = property(lambda self: self.data["matter_name"])
    use = property(lambda self: self.data["use"])
    scope = property(lambda self: self.data["scope"])
    purpose = property(lambda self: self.data["purpose"])
    case_number = property(lambda self: self.data["case_number"])
    asked_on = property(lambda self: date.fromisoformat(self.data["asked_on"]))
    valid_until = property(lambda self: _day(self.data["valid_until"]))
    unchecked = property(lambda self: self.data.get("unchecked", ""))
    why_valid = property(lambda self: self.data["why_valid"])
    position = property(lambda self: self.data["position"])
    pack = property(lambda self: self.data["pack"])
    deferred_until = property(lambda self: _day(self.data["deferred_until"]))

    @property
    def entries(self) -> tuple[CheckEntry, ...]:
        """What counts for the matter, newest first: adverse and positive."""
        return tuple(entry_of(one) for one in self.data["entries"])

    @property
    def hints(self) -> tuple[CheckHint, ...]:
        """Measures of the adverse side, each with its basis."""
        return tuple(hint_of(one) for one in self.data["hints"])

    @property
    def incentives(self) -> tuple[CheckHint, ...]:
        """Incentives earned, each with its basis."""
        return tuple(hint_of(one) for one in self.data["incentives"])

    @property
    def forbids(self) -> tuple[Told, ...]:
        """What a law forbids to do with credit results in this matter."""
        return tuple(Told(**one) for one in self.data["forbids"])

    @property
    def notes(self) -> tuple[Told, ...]:
        """What else has to be said: not registered, code invalid, hints are no decision …"""
        return tuple(Told(**one) for one in self.data["notes"])


@dataclass(frozen=True, slots=True)
class Batch:
    """Many checks at once: each answer under its own number and digest, one signature over all of them.

    `answers` has one for each row asked, in that order: a code given twice has the same one twice, a row that is no code
    has one without a number that says so (`unchecked`).

    `number` is the number of the first answer's row; `seconds` is how long it took.
    """

    number: str
    answers: list[Answer]
    digest: str
    signature: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a recorded check.

    `payload` is the answer; of entries that ended since only their number is left, and then `whole` is false: the
    digest is that of the answer as it was given. `event`, `position` are None until the row was sealed into the
    ledger. A refusal has `outcome` "refused" and its sentence in `payload["refused"]`.
    """

    number: str
    outcome: Literal["answered", "refused"]
    at: datetime
    body: str
    asker: str
    role: str
    batch: str
    payload: dict[str, Any]
    digest: str
    whole: bool
    event: int | None = None
    position: int | None = None
    released_on: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A non-public check as the organisation sees it: who looked, for which matter and purpose.

    Not the unit's own case number: it may name a proceeding not opened to the organisation, or other parties.
    """

    number: str
    on: date
    unit: str
    unit_name: str
    matter: str
    matter_name: str
    purpose: str
    outcome: str = "answered"


@dataclass(frozen=True, slots=True)
class Kept:
    """A recorded check in a list of its unit's."""

    number: str
    at: datetime
    uscc: str
    name: str
    matter: str
    matter_name: str
    scope: str
    purpose: str
    case_number: str
    asker: str
    outcome: str
    batch: str
    valid_until: date | None
    deferred_until: date | None
    hints: int
    sealed: bool = field(default=False)


def entry_of(data: dict[str, Any]) -> CheckEntry:
    """An entry of a payload, typed."""
    return CheckEntry(
        **{
            **{key: data[key] for key in _TEXTS},
            "decided_on": _day(data["decided_on"]), "until": _day(data["until"]),
            "earliest_repair": _day(data["earliest_repair"]), "marks": tuple(data["marks"]),
            "disputes": tuple((one["field"], date.fromisoformat(one["since"])) for one in data["disputes"]),
        }
    )  # fmt: skip


def hint_of(data: dict[str, Any]) -> CheckHint:
    """A hint of a payload, typed."""
    return CheckHint(**{**data, "entries": tuple(data["entries"]), "until": _day(data["until"])})


_TEXTS = (
    "statement", "item", "item_name", "list_kind", "title", "authority_name", "document", "law", "severity", "side",
)  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
