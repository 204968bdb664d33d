"""What a check is asked with and answered by, as the description of the API says it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

CODE, MATTER, NUMBER, DAY = "91340621MA2N00000X", "procurement-award", "HC000000011862", "2026-11-20"
NUMBER_PATTERN = r"^HC[0-9]{12,18}$"
# One line of text: no control characters, which no code, name or purpose has
LINE = r"^[^\x00-\x1f\x7f]*$"
MOST = 10_000
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=LINE)]
MATTER_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"
MatterCode = Annotated[str, Field(pattern=MATTER_PATTERN)]


class _Asked(Schema):
    """What single checks and batches have in common."""

    model_config = ConfigDict(extra="forbid")

    matter: MatterCode = Field(
        description="code of the matter that is to be decided, from /api/v1/matters", examples=[MATTER]
    )
    scope: Literal["public", "shared"] = Field(
        "public", description="public: what everyone may see; shared: what bodies share, for a purpose"
    )
    purpose: str = Field(
        "", max_length=200, pattern=LINE, examples=["award-review"],
        description="code or text of a purpose of the matter's use; only for scope shared",
    )  # fmt: skip
    case_number: str = Field(
        "", max_length=100, pattern=LINE, description="the asker's own number of the case", examples=["淮采2026-118"]
    )  # fmt: skip


class CheckRequest(_Asked):
    """One organisation, one matter."""

    code: Code = Field(
        description="unified social credit code; any other code is answered, with a note", examples=[CODE]
    )


class BatchRequest(_Asked):
    """Up to 10,000 organisations, one matter. A code given twice is answered once."""

    codes: list[Code] = Field(min_length=1, max_length=MOST, examples=[[CODE]])


class Disputed(Schema):
    """A field somebody objects to, and since when; "" is the whole entry."""

    field: str
    since: str = Field(examples=[DAY])


class CheckedEntry(Schema):
    """An entry that counts for the matter. Of one that ended since, only its number (`ended` true)."""

    statement: int = Field(examples=[4259843])
    ended: bool = Field(False, description="told again later: it ended, nothing of it may be used")
    side: Literal["", "adverse", "positive"] = Field("", examples=["adverse"])
    item: str = Field("", examples=["serious-list"])
    item_name: str = Field("", examples=["严重失信主体名单"])
    list_kind: str = Field("", description="name of the kind of list; empty for none")
    title: str = ""
    authority_name: str = ""
    document: str = ""
    law: str = ""
    decided_on: str | None = Field(None, examples=[DAY])
    severity: str = ""
    until: str | None = Field(None, description="the last day it is shown and counts; null where open")
    earliest_repair: str | None = None
    marks: list[str] = Field(default_factory=list, examples=[["disputed"]])
    disputes: list[Disputed] = Field(default_factory=list)


class Hint(Schema):
    """What the law lets or bids a department do because of an entry. A hint: the department decides by law."""

    ordinal: int = Field(description="asks for feedback on it", examples=[1])
    measure: str = Field(examples=["fiscal-funds"])
    name: str
    name_en: str
    side: Literal["adverse", "incentive"]
    strength: Literal["", "must", "may"] = Field(description="must: 应当; may: 可以")
    citation: str = Field(description="the provision")
    provision: str = Field(description="id of the provision")
    confidence: str = Field(description="how sure the pack is of it: verified | likely | assumed …")
    pending: bool = Field(description="not verified yet (待核实): not law until it is")
    entry: int = Field(description="the newest entry it follows from")
    entries: list[int]
    scope: str
    scope_en: str
    until: str | None
    says: str
    says_en: str


class Told(Schema):
    """A sentence in both languages."""

    code: str = Field(examples=["hints-only"])
    says: str
    says_en: str
    citation: str = ""
    confidence: str = ""


class Check(Schema):
    """The answer. Everything but `digest`, `signature`, `repeated` and `whole` is what was signed, as canonical JSON."""

    v: int = Field(examples=[1])
    number: str = Field(description="evidence number; empty where nothing was recorded", examples=[NUMBER])
    asked_at: str = Field(examples=["2026-11-20T02:00:00.000000Z"])
    asked_on: str = Field(examples=[DAY])
    uscc: str = Field(examples=[CODE])
    found: bool = Field(description="whether the code is on the register")
    name: str
    status: str = Field(examples=["存续"])
    kind: str = Field(examples=["企业"])
    matter: str = Field(examples=[MATTER])
    matter_name: str
    use: str = Field(examples=["procurement"])
    scope: Literal["public", "shared"]
    purpose: str
    case_number: str
    unit: str = Field(description="code of the unit that asked")
    entries: list[CheckedEntry]
    hints: list[Hint]
    incentives: list[Hint]
    forbids: list[Told] = Field(description="what a law forbids to do with credit results in this matter")
    notes: list[Told]
    position: int = Field(description="size of the ledger the answer rests on")
    pack: str = Field(description="digest of the rules it was given under")
    unchecked: Literal["", "not-registered", "code-invalid", "code-unreadable", "personal-number"] = Field(
        "", description="why there was nothing to check; then nothing follows from the answer. Empty: checked"
    )
    valid_until: str | None = Field(
        description="the last day it may be relied on; then ask again. null: not to be relied on at all",
        examples=[DAY],
    )
    why_valid: str
    why_valid_en: str
    deferred_until: str | None = Field(description="the organisation sees the check from this day on")
    digest: str = Field(description="SHA-256 of the canonical payload")
    signature: str = Field(description="JWS (EdDSA) by the log key of /trust.json; empty within a batch")
    repeated: bool = Field(
        False, description="this Idempotency-Key was answered before: the same answer again"
    )
    whole: bool = Field(True, description="false: an entry ended since; told again without it, unsigned")


class Checks(Schema):
    """The answers of a batch in the order asked, under one signature."""

    number: str = Field(description="number of the batch: its first answer's", examples=[NUMBER])
    answers: list[Check]
    digest: str
    signature: str = Field(
        description="JWS over {v, number, asked_at, matter, scope, unit, answers: [[uscc, number, digest], …]}"
    )
    seconds: float = Field(description="how long it took", examples=[1.3])
    repeated: bool = False
    whole: bool = True


class Kept(Schema):
    """What is kept of a check of one's unit."""

    number: str = Field(examples=[NUMBER])
    outcome: Literal["answered", "refused"]
    at: str = Field(examples=["2026-11-20T02:00:00+00:00"])
    unit: str
    asker: str
    batch: str = Field(description="number of the batch it was part of; empty for a single check")
    digest: str = Field(description="of the answer as it was given")
    whole: bool = Field(description="false: an entry ended since and is not told any more")
    event: int | None = Field(description="ledger entry it was sealed in; null before that")
    position: int | None
    released_on: str | None = Field(description="day its deferral was ended")
    answer: dict[str, Any] = Field(description="the payload, or of a refusal its reason in `refused`")


class CheckProof(Schema):
    """That a check is in the ledger as it was kept. Everything is base64 but numbers and the digest."""

    number: str = Field(examples=[NUMBER])
    digest: str
    leaf_data: str = Field(
        description="what is hashed into the sealed tree: digest and a salted hash of the row"
    )
    index: int
    count: int
    path: list[str]
    root: str
    event: int
    event_leaf: int
    position: int
    sealed_at: str
    checkpoint: str = Field(description="signed note; empty until the next checkpoint")
    event_salt: str = Field(description="opens the sealing entry: its leaf is made of salt and body")
    event_body: str = Field(description="header and canonical JSON of the sealing entry; names the root")
    leaf: str = Field(description="the sealing entry's leaf")
    ledger_path: list[str]


class Answering(Schema):
    """What the unit did about one hint of kind 应当."""

    model_config = ConfigDict(extra="forbid")

    hint: int = Field(ge=1, le=1_000, description="`ordinal` of the hint", examples=[1])
    applied: bool = Field(description="whether the measure was applied")
    reason: str = Field(
        "", max_length=500, pattern=LINE, description="why not; or of a correction, why", examples=["本次未发生该项资金"]
    )  # fmt: skip
    document: str = Field(
        "", max_length=100, pattern=LINE, description="number of the document it was done by", examples=["淮财〔2026〕18号"]
    )  # fmt: skip


class Answered(Schema):
    """The feedback as kept. The same again is the first one; another one is a correction with the next version."""

    number: str = Field(examples=[NUMBER])
    hint: int = Field(examples=[1])
    version: int = Field(examples=[1])
    applied: bool
    reason: str
    document: str
    answered_on: str = Field(examples=[DAY])
