"""Which cases a reader may know of, as a condition inside every query: nobody is asked afterwards."""

from __future__ import annotations

from typing import Any

from xinheng.cases.policy_act import DEPARTMENT_ROLES, Actor
from xinheng.cases.types import Reader

ALL = ("office", "auditor", "platform")
EVERY = "1 = 1"
TOLD = (
    "(c.kind <> 'listing' OR EXISTS (SELECT 1 FROM cases_document td JOIN cases_service ts ON ts.document_id = td.id"
    " WHERE td.case_id = c.id))"
)
"""What is opened against an organisation is told to it by its first paper, and is there for it from the service of that
paper on: not while the facts are being established, and never where it was dropped before."""


def condition(reader: Reader) -> tuple[str, list[Any]]:
    """SQL over `cases_case c` that holds for the reader's cases alone, and its parameters."""
    if reader.role in ALL:
        return EVERY, []
    if reader.role == "organisation" and reader.body:
        return f"c.uscc = %s AND {TOLD}", [reader.body]
    if reader.role in DEPARTMENT_ROLES and reader.body:
        return "(c.body = %s OR c.authority = %s)", [reader.body, reader.body]
    return "1 = 0", []


def branches(reader: Reader) -> list[tuple[str, list[Any]]]:
    """The same as conditions that exclude each other and have an index each: for lists and sums over many cases."""
    if reader.role in DEPARTMENT_ROLES and reader.body:
        return [
            ("c.body = %s", [reader.body]),
            ("c.elsewhere = %s AND NOT (c.elsewhere = '')", [reader.body]),
        ]
    return [condition(reader)]


def unindexed(condition: str) -> str:
    """The same condition, by which no index is chosen: for what has a narrower index of its own."""
    return condition.replace("c.body = ", "c.body || '' = ").replace("c.elsewhere = ", "c.elsewhere || '' = ")


def of_actor(actor: Actor) -> Reader:
    """As whom an actor sees the case it acts on; the exchange stands for the platform."""
    return Reader("platform" if actor.role == "exchange" else actor.role, actor.body)
