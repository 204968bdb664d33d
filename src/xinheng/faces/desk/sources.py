"""For whom an account may send, and which catalogue items concern it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.register import service as register

RECENT = 2_000


@dataclass(frozen=True)
class Sender:
    """A unit that sends: code and name."""

    code: str
    name: str


def senders(account: Any) -> list[Sender]:
    """The units this account may send for, by name: its own, or for the office all that the pack names or that sent."""
    if account.only_body is not None:
        return _named([account.only_body])
    codes = {department.uscc for department in law.active().departments if department.uscc}
    codes |= {batch.source for batch in intake.batches(limit=RECENT)}
    return _named(codes)


def sender_of(account: Any, wanted: str) -> Sender | None:
    """The unit a form names, where this account may send for it; a department's own whatever the form says."""
    code = account.only_body if account.only_body is not None else wanted
    return next((sender for sender in senders(account) if sender.code == code), None)


def items_for(account: Any) -> list[law.Item]:
    """All items, those that concern the account's unit first (its sector owns them, or it sent them before)."""
    items = list(law.active().items.values())
    if account.only_body is None:
        return items
    sent = {batch.item for batch in intake.batches(source=account.only_body, limit=RECENT)}
    sectors = {
        department.sector
        for department in law.active().departments
        if department.uscc and department.uscc == account.only_body
    }
    own = [item.code in sent or bool(sectors & set(getattr(item, "owners", ()))) for item in items]
    return [item for item, mine in zip(items, own, strict=True) if mine] + [
        item for item, mine in zip(items, own, strict=True) if not mine
    ]


def names(codes: Any) -> dict[str, str]:
    """Unit names by code, the code itself where the register does not know it."""
    known = register.get(codes)
    in_pack = {one.uscc: one.name for one in law.active().departments if one.uscc}
    return {code: known[code].shown_name if code in known else in_pack.get(code, code) for code in set(codes)}


def _named(codes: Any) -> list[Sender]:
    return sorted((Sender(code, name) for code, name in names(codes).items()), key=lambda one: one.name)
