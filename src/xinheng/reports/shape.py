"""The shapes a report is made of: `report.json`, `proof.json` and the trust bundle.

All three are plain JSON. `report.json` is what the pages print, `proof.json` binds it to the public log, the trust
bundle is the one public file a reader needs. Dates are `YYYY-MM-DD` in Asia/Shanghai, instants ISO 8601 with an offset,
bytes are standard base64, an absent text is `""` and an absent date is `None`.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

FORMAT = 1
LAYOUT = "V2.0"
REPORT_FILE = "report.json"
PROOF_FILE = "proof.json"

Audience = Literal["public", "self", "authority"]
Severity = Literal["", "minor", "ordinary", "serious", "undetermined"]

# The eight sections of the national layout, in its order (domain facts, 2.3).
SECTIONS: dict[str, str] = {
    "administration": "行政管理",
    "honours": "诚实守信",
    "serious": "严重失信",
    "abnormal": "经营异常",
    "commitments": "信用承诺",
    "evaluation": "信用评价",
    "judgments": "司法判决",
    "other": "其他",
}


class Pack(TypedDict):
    """The pack of law the report was made under."""

    code: str
    name: str
    digest: str


class Organisation(TypedDict):
    """The subject, as the register knew it on the known-on day."""

    code: str
    name: str
    former_names: list[str]
    kind: str
    region: str
    industry: str
    established_on: str
    status: str


class FieldValue(TypedDict):
    """One printed field. `value` is the stored value, never a formatted one: it is compared with the proven part.

    `withheld` marks a field whose value this audience may not see: its value is then "" or ［不予公示］.
    """

    code: str
    label: str
    value: str
    type: NotRequired[Literal["text", "date", "code", "enum", "money"]]
    withheld: NotRequired[bool]


class Rule(TypedDict):
    """The provision behind class and period; `confidence` other than `verified` prints 待核实."""

    id: str
    citation: str
    confidence: str


class Dispute(TypedDict):
    """An objection not decided on the valid-on day: `field` and its `label` are "" where it is about the whole entry."""

    field: str
    label: str
    since: str


class Entry(TypedDict):
    """One statement as this audience may see it on the valid-on day. `adverse` entries print how they end; `listed`
    ones are on a list until they leave it. Reports of earlier releases say nothing of disputes."""

    id: int
    item: str
    title: str
    fields: list[FieldValue]
    severity: Severity
    shown_from: str | None
    shown_until: str | None
    earliest_repair: str | None
    marks: list[str]
    rule: Rule
    item_name: NotRequired[str]
    decided_on: NotRequired[str | None]
    adverse: NotRequired[bool]
    listed: NotRequired[bool]
    disputes: NotRequired[list[Dispute]]


class ItemNote(TypedDict):
    """Whether one item of a section is collected by this platform; `collected: False` prints 本平台暂未归集, `withheld`
    that it is collected and not shown to this audience."""

    code: str
    name: str
    collected: bool
    withheld: NotRequired[bool]


class Section(TypedDict):
    """One section of the body. `collected: False` says honestly that silence here means nothing.

    `omitted` counts entries this audience may see but the report leaves out because there are too many for one file.
    """

    code: str
    title: str
    collected: bool
    entries: list[Entry]
    items: NotRequired[list[ItemNote]]
    omitted: NotRequired[int]


class StatusEntry(TypedDict):
    """Where the status of a report is found: a W3C `BitstringStatusListEntry`."""

    id: str
    type: str
    statusPurpose: str
    statusListIndex: str
    statusListCredential: str
    statusSize: int
    statusMessage: list[dict[str, str]]


class Report(TypedDict):
    """The machine-readable report, attached to its own PDF as `report.json`.

    `certificate` is the SHA-256 fingerprint (hex) of the document certificate; when given it is printed, and a file
    signed with another certificate is refused. `verify_url` may be "". `sandbox` prints 演示数据 on the first page.
    """

    number: str
    audience: Audience
    issued_at: str
    valid_on: str
    known_on: str
    position: int
    origin: str
    pack: Pack
    issuer: str
    organisation: Organisation
    sections: list[Section]
    status_index: int
    verify_url: str
    credentialStatus: NotRequired[StatusEntry]
    certificate: NotRequired[str]
    labels: NotRequired[list[str]]
    advice: NotRequired[list[str]]
    supplement: NotRequired[Section]
    sandbox: NotRequired[bool]
    format: NotRequired[int]
    layout: NotRequired[str]


class PartSchema(TypedDict):
    """The order of field codes inside the parts of an item, after each part's header values."""

    item: str
    version: str
    public: list[str]
    shared: NotRequired[list[str]]


class ProvenStatement(TypedDict):
    """Opens the public part of one statement and places its leaf in the log.

    `shared` and `salt1` appear together, only in reports for the organisation itself or an authority; `c1` then still
    stands and must match.
    """

    id: int
    leaf_index: int
    public: str
    salt0: str
    c1: str
    c2: str
    path: list[str]
    shared: NotRequired[str]
    salt1: NotRequired[str]


class Proof(TypedDict):
    """`proof.json`: inclusion of every entry under one signed checkpoint."""

    origin: str
    checkpoint: str
    size: int
    schemas: list[PartSchema]
    statements: list[ProvenStatement]


class LogKey(TypedDict):
    """A key of the log: `key_id` 8 hex digits and `public` base64, both as in C2SP signed notes."""

    name: str
    key_id: str
    public: str
    valid_from: str
    retired_at: str | None


class TrustedCertificate(TypedDict):
    """A document certificate and the instants between which it signed."""

    pem: str
    valid_from: str
    retired_at: str | None


class StatusList(TypedDict):
    """Two bits for each report, zlib-compressed, as bundles of 0.1 to 0.3 carried it; see `statuslist`."""

    as_of: str
    origin: str
    list: str
    signature: str


class TrustBundle(TypedDict):
    """Everything needed to verify reports offline."""

    version: int
    origin: str
    log_keys: list[LogKey]
    certificates: list[TrustedCertificate]
    status_lists: NotRequired[list[str]]
    jwks: NotRequired[dict[str, list[dict[str, str]]]]
    status: NotRequired[StatusList]
