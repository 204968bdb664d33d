"""What the tests of the case engine share: who acts, and how a case comes about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from moments import AT
from xinheng.cases import service as cases

SUBJECT = "91340600MA2N0000XX"
OTHER_SUBJECT = "91340600MA2N1111XX"
BODY = "113406000031234568"
OTHER_BODY = "113406000039999998"
FIRM = cases.Actor("firm-1", "organisation", SUBJECT)
STRANGER = cases.Actor("firm-2", "organisation", OTHER_SUBJECT)
OFFICE = cases.Actor("office-1", "office")
OFFICE_2 = cases.Actor("office-2", "office")
CLERK = cases.Actor("scjg-decide", "authority", BODY)
SECOND = cases.Actor("scjg-decide2", "reviewer", BODY)
FOREIGN = cases.Actor("jtys-decide", "authority", OTHER_BODY)
AUDITOR = cases.Actor("auditor", "auditor")
EXCHANGE = cases.Actor("credit-china", "exchange")
ALL = cases.Reader("office")
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def at(days: int = 0) -> datetime:
    """An instant some days after the day the tests live in."""
    return AT + timedelta(days=days)


def on_day(day: date) -> datetime:
    """Ten in the morning of a day in Shanghai."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def object_to(**given: Any) -> cases.Done:
    """An objection by the firm against an entry of the body."""
    told: dict[str, Any] = {
        "kind": "objection", "actor": FIRM, "at": at(), "uscc": SUBJECT, "item": "admin-penalty", "authority": BODY,
        "body": BODY, "channel": "workspace", "reason": "罚款金额与决定书不符", "field": "CF_NR_FK",
    }  # fmt: skip
    return cases.open(**{**told, **given})


def apply_for_repair(**given: Any) -> cases.Done:
    """An application that came from the window with its outside number."""
    told: dict[str, Any] = {
        "kind": "repair", "actor": EXCHANGE, "at": at(), "uscc": SUBJECT, "item": "admin-penalty", "authority": BODY,
        "body": BODY, "channel": "exchange", "outside": "XF-1", "reason": "",
        "detail": {"commitment": True, "ruling": "1"}, "attachments": [cases.Upload("证明.png", PNG)],
    }  # fmt: skip
    return cases.open(**{**told, **given})


def seen(number: str) -> cases.Case:
    """A case as the office sees it on the first day."""
    return cases.case(number=number, reader=ALL, on=at().date())


def effects(found: list[tuple[str, str]] | None = None) -> Mapping[str, Any]:
    """Effects that only remember that they ran."""
    from xinheng.law.case_types import EFFECTS

    def of(name: str) -> Any:
        def run(event: Any, case: cases.CaseFacts, step: cases.StepFacts) -> dict[str, Any]:
            if found is not None:
                found.append((name, case.number))
            return {"ran": name}

        return run

    return {name: of(name) for name in EFFECTS if name}
