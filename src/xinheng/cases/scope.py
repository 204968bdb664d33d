"""Which cases a reader may know of, as a condition inside every query: nobody is asked afterwards."""

from __future__ import annotations

from typing import Any

from xinheng.cases.policy_act import DEPARTMENT_ROLES, Actor
from xinheng.cases.types import Reader

ALL = ("office", "auditor", "platform")
EVERY = "1 = 1"


def condition(reader: Reader) -> tuple[str, list[Any]]:
    """SQL over `cases_case c` that holds for the reader's cases alone, and its parameters."""
    if reader.role in ALL:
        return EVERY, []
    if reader.role == "organisation" and reader.body:
        return "c.uscc = %s", [reader.body]
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


def of_actor(actor: Actor) -> Reader:
    """As whom an actor sees the case it acts on; the exchange stands for the platform."""
    return Reader("platform" if actor.role == "exchange" else actor.role, actor.body)
