"""The door of the checks room: one answer before a decision, its evidence, and who sees that it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from xinheng.checks import asking, sealing, seeing
from xinheng.checks.asking import MAX_BATCH
from xinheng.checks.errors import (
    CheckUnknown,
    CodeUnreadable,
    MatterNotYours,
    MatterUnknown,
    NotDeferred,
    NotSealedYet,
    PurposeRefused,
    TooManyCodes,
)
from xinheng.checks.facts import facts_of
from xinheng.checks.feedback import (
    Ageing,
    FeedbackLine,
    Given,
    HintLine,
    ageing,
    answer,
    answer_many,
    feedback,
    open_feedback,
)
from xinheng.checks.feedback import of_check as hints_of
from xinheng.checks.feedback_demo import demo_feedback
from xinheng.checks.feedback_errors import (
    FeedbackFourEyes,
    FeedbackIncomplete,
    NoSuchHint,
    NotPublishable,
    NotYourCheck,
)
from xinheng.checks.figures import (
    by_body,
    by_month,
    counted_until,
    duties,
    first_check,
    keep_decisions,
    monthly,
    shares,
)
from xinheng.checks.figures_behind import Behind, behind
from xinheng.checks.may import Ground, May, may
from xinheng.checks.numbers import id_of, number_of
from xinheng.checks.policy_feedback import BUCKETS, Age, working_days_allowed
from xinheng.checks.repeating import repeated, repeated_batch
from xinheng.checks.results import Answered, ResultLine, answered, result
from xinheng.checks.results import publish as publish_result
from xinheng.checks.results import published as published_results
from xinheng.checks.results import withdraw as withdraw_result
from xinheng.checks.types import (
    PUBLIC,
    Answer,
    Asker,
    Batch,
    CheckEntry,
    CheckHint,
    Evidence,
    Kept,
    Scope,
    Seen,
    Told,
)
from xinheng.checks.units import sector_of_unit, unit_in_pack
from xinheng.checks.verification import Verified, verify_answer

__all__ = [
    "BUCKETS",
    "MAX_BATCH",
    "PUBLIC",
    "Age",
    "Ageing",
    "Answer",
    "Answered",
    "Asker",
    "Batch",
    "Behind",
    "CheckEntry",
    "CheckHint",
    "CheckUnknown",
    "CodeUnreadable",
    "Evidence",
    "FeedbackFourEyes",
    "FeedbackIncomplete",
    "FeedbackLine",
    "Given",
    "Ground",
    "HintLine",
    "Kept",
    "MatterNotYours",
    "MatterUnknown",
    "May",
    "NoSuchHint",
    "NotDeferred",
    "NotPublishable",
    "NotSealedYet",
    "NotYourCheck",
    "PurposeRefused",
    "ResultLine",
    "Seen",
    "Told",
    "TooManyCodes",
    "Verified",
    "ageing",
    "answer",
    "answer_digest",
    "answer_many",
    "answered",
    "behind",
    "by_body",
    "by_month",
    "check",
    "check_many",
    "counted_until",
    "demo_feedback",
    "duties",
    "evidence",
    "facts_of",
    "feedback",
    "first_check",
    "hints_of",
    "id_of",
    "keep_decisions",
    "may",
    "monthly",
    "number_of",
    "of_batch",
    "of_body",
    "of_subject",
    "open_feedback",
    "proof",
    "publish_result",
    "published_results",
    "release",
    "repeated",
    "repeated_batch",
    "result",
    "seal",
    "sector_of_unit",
    "shares",
    "unit_in_pack",
    "verify_answer",
    "withdraw_result",
    "working_days_allowed",
]  # fmt: skip


def check(
    *,
    uscc: str,
    matter: str,
    asker: Asker,
    at: datetime,
    scope: Scope = "public",
    purpose: str = "",
    case_number: str = "",
    record: bool = True,
) -> Answer:
    """Answers what counts for `matter` about one organisation, signed; unless it is a visitor's, its evidence is
    durably written before this returns.

    A code that is not registered or has a wrong check digit is answered, but there was nothing to check: `unchecked` says
    why and `valid_until` is None. What is no code of an organisation, or looks like a person's number, is refused before
    anything is written down: `CodeUnreadable`. Scope "shared" needs a unit and a purpose. Raises `MatterUnknown`, `PurposeRefused`, `MatterNotYours` (both recorded).
    """
    return asking.check(
        uscc=uscc, matter=matter, asker=asker, at=at, scope=scope, purpose=purpose, case_number=case_number, record=record
    )  # fmt: skip


def check_many(
    *,
    usccs: Sequence[str],
    matter: str,
    asker: Asker,
    at: datetime,
    scope: Scope = "public",
    purpose: str = "",
    case_number: str = "",
    record: bool = True,
) -> Batch:
    """`check` for up to 10,000 codes in one transaction: one answer for each row given, in that order. A code given twice
    has the same answer twice; a row that is no code has one without a number that says so.

    Raises `TooManyCodes`, `CodeUnreadable` where no row is a code, and what `check` raises (a refusal is recorded once for the whole batch).
    """
    return asking.check_many(
        usccs=usccs, matter=matter, asker=asker, at=at, scope=scope, purpose=purpose, case_number=case_number,
        record=record,
    )  # fmt: skip


def answer_digest(*, usccs: Sequence[str], matter: str, asker: Asker, on: date) -> dict[str, str]:
    """For each code a digest that stays the same as long as the answer to it does. Not recorded.

    Covers what counts, hints, marks and status; not number, instants, position or how long an answer is valid. Scope
    "shared" where the asker has a unit and the scope "check-shared", else "public".
    """
    return asking.answer_digest(usccs=usccs, matter=matter, asker=asker, on=on)


def evidence(*, number: str, reader: Asker, on: date | None = None) -> Evidence:
    """What is kept of a check. For its own unit, the office and the auditor; `CheckUnknown` for all others.

    What statements say is filled in as far as the gate opens it on `on` (the ledger's last day where not given).
    """
    return seeing.evidence(number=number, reader=reader, on=on)


def of_batch(
    *, batch: str, reader: Asker, after: int = 0, limit: int = 10_000, on: date | None = None
) -> list[Evidence]:  # fmt: skip
    """What is kept of a batch, one for each row asked, in that order, after the first `after` rows; for the same readers
    as `evidence`. A code asked twice is there twice; a row that is no code has no number and says so in its payload."""
    return seeing.of_batch(batch=batch, reader=reader, after=after, limit=limit, on=on)


def proof(*, number: str) -> dict[str, Any]:
    """Anyone's proof that a check is in the ledger as it was kept: the row's leaf, its path to the sealed root, the
    sealing entry and its inclusion under the newest checkpoint. Raises `CheckUnknown`, `NotSealedYet`."""
    return sealing.proof(number=number)


def of_body(*, body: str, on: date, after: str | None = None, limit: int = 50) -> list[Kept]:
    """The checks of a unit (of all for ""), newest first, after the keyset `after` (a number)."""
    return seeing.of_body(body=body, on=on, after=after, limit=limit)


def of_subject(*, uscc: str, on: date, after: str | None = None, limit: int = 50) -> list[Seen]:
    """Every non-public check on an organisation, newest first, as it may see it: deferred ones from their day on (or
    from their release). Refused attempts are among them."""
    return seeing.of_subject(uscc=uscc, on=on, after=after, limit=limit)


def release(*, number: str, actor: str, at: datetime) -> None:
    """Ends the deferral of a check: from the day of `at` the organisation sees it. Raises `CheckUnknown`,
    `NotDeferred`. Repeating it changes nothing."""
    seeing.release(number=number, actor=actor, at=at)


def seal(*, at: datetime) -> int:
    """Binds every check not sealed yet into the ledger, in batches; returns how many. Safe to repeat."""
    return sealing.seal(at=at)
