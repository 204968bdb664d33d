"""The shape of a case paper: the JSON that is kept with a case and set by `papers.case_paper`.

Every key but `kind`, `office` and `made_on` may be left out: an empty part is not printed. Days are `YYYY-MM-DD`, texts are
data and never markup. Who fills the content puts in no more than the addressee may see; nothing is looked up when it is set,
so the same content gives the same bytes for ever.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

FORMAT = 1
Confidence = Literal["verified", "likely", "unverified", ""]

# The kinds the template knows. `decision` and `decline` read `case_kind` and `outcome`; any other kind is set with its `title`.
KINDS: dict[str, str] = {
    "acceptance": "受理通知书",
    "supplement": "补正通知书",
    "decline": "不予受理通知书",
    "transfer": "转办函",
    "extension": "延长办理期限告知书",
    "decision": "决定书",
    "repair-notice": "信用修复告知书",
    "commitment": "信用承诺书",
    "objection-sheet": "异议申请表",
    "notice": "告知书",
}


class PaperField(TypedDict):
    """A labelled value. An empty value is a line to be filled in by hand on sheets and letters, and left out elsewhere."""

    label: str
    value: str
    code: NotRequired[bool]


class PaperLaw(TypedDict):
    """A provision the paper rests on. Anything but `verified` is printed with 待核实 and never as settled law."""

    citation: str
    confidence: Confidence
    text: NotRequired[str]


class PaperDay(TypedDict):
    """One day of the working: counted or not, and why."""

    date: str
    counted: bool
    why: str


class PaperDate(TypedDict):
    """A date that binds somebody, and how it came about. `provisional`: a year not yet announced was needed."""

    label: str
    date: str
    note: NotRequired[str]
    law: NotRequired[PaperLaw]
    provisional: NotRequired[bool]
    working: NotRequired[list[PaperDay]]


class PaperItem(TypedDict):
    """One thing asked for, proven or promised. `state`: "" | proven | to-do | by-authority."""

    text: str
    how: NotRequired[str]
    state: NotRequired[str]
    law: NotRequired[PaperLaw]


class PaperChange(TypedDict):
    """A field as it was and as it is now (decisions that correct)."""

    label: str
    before: str
    after: str


class PaperRemedy(TypedDict):
    """What the addressee can do next, with whom, and until when. `last_on` may be "" where service has not happened yet."""

    text: str
    to: NotRequired[str]
    last_on: NotRequired[str]
    law: NotRequired[PaperLaw]
    note: NotRequired[str]
    provisional: NotRequired[bool]


class PaperService(TypedDict):
    """When and how it reached its addressee. Both "" prints the receipt to be signed."""

    on: str
    manner: str


class CasePaper(TypedDict):
    """A paper of a case. `number` "" prints 草稿，未编号 (sheets and letters that carry no number say nothing).

    kind: a key of KINDS · case_kind: objection | repair | "" · outcome (decisions): upheld-corrected | upheld-annulled |
    refused | repaired | declined | revoked | suppressed | "" · to: whom it is addressed to (`to_code` its code) ·
    entry: what the entry shows to this addressee, first the title · paragraphs: the text between salutation and lists, set
    after the standard first sentence (`lead` replaces that sentence) · successor_of: the body whose duties the addressee took over · items: supplements, materials, conditions, promises.
    """

    kind: str
    office: str
    made_on: str
    format: NotRequired[int]
    case_kind: NotRequired[str]
    outcome: NotRequired[str]
    title: NotRequired[str]
    number: NotRequired[str]
    case_number: NotRequired[str]
    outside: NotRequired[str]
    sandbox: NotRequired[bool]
    to: NotRequired[str]
    to_code: NotRequired[str]
    applicant: NotRequired[str]
    applicant_code: NotRequired[str]
    received_on: NotRequired[str]
    channel: NotRequired[str]
    entry: NotRequired[list[PaperField]]
    field: NotRequired[str]
    lead: NotRequired[str]
    paragraphs: NotRequired[list[str]]
    reason: NotRequired[str]
    items_title: NotRequired[str]
    items: NotRequired[list[PaperItem]]
    changes: NotRequired[list[PaperChange]]
    law: NotRequired[list[PaperLaw]]
    dates: NotRequired[list[PaperDate]]
    remedies: NotRequired[list[PaperRemedy]]
    service: NotRequired[PaperService]
    windows: NotRequired[list[str]]
    fields: NotRequired[list[PaperField]]
    contact: NotRequired[str]
    successor_of: NotRequired[str]
    remarks: NotRequired[list[str]]
    effect: NotRequired[dict[str, Any]]
