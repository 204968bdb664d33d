"""Ledger events about accounts that change no row: lock-outs, and reads of what is not public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xinheng.evidence import service as evidence

READ = "accounts.read"


def read(
    *,
    actor: str,
    at: datetime,
    what: str,
    purpose: str,
    subject: Mapping[str, Any] | None = None,
    role: str = "",
    unit: str = "",
) -> None:
    """Writes down that somebody read what is not public: `what` kind of thing, which one, and for what purpose.

    `subject` holds ids and codes of organisations and batches, never content; `uscc` (or `usccs`) in it is whose data
    was looked at, and that organisation is told (`readings`). `role` and `unit` are what it is told of the reader.
    """
    detail = {"what": what, **(subject or {})}
    if role:
        detail |= {"role": role, "unit": unit}
    with evidence.event(evidence.Act(kind=READ, actor=actor, at=at, purpose=purpose, detail=detail)):
        pass


def locked_out(*, name: str, at: datetime) -> None:
    """Writes down that an account was locked after too many wrong passwords."""
    act = evidence.Act(kind="accounts.locked", actor="platform", at=at, detail={"account": name})
    with evidence.event(act):
        pass
